# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# A virtual machine with Debian's kernel, which has ESP, on the file system of
# this machine: QEMU, with KVM where that works, else in software (TCG). It has
# no disk and no network. To be sourced by bash after layers.sh.

vm_parts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
. "$vm_parts/jobs.sh"

# Modules that the virtual machine starts with, the first ones to reach the file
# systems, the others because everything here needs them: loading them on demand
# takes longer. The kernel loads all others itself.
vm_modules="virtio_pci 9pnet_virtio 9p virtio_console overlay virtio_rng veth bridge tun
	af_packet xfrm_user esp4 esp6 xfrm_interface udp_tunnel gcm ccm ctr cbc seqiv
	echainiv authenc hmac sha1_generic sha256_generic sha512_generic
	ghash_generic aesni_intel ghash_clmulni_intel sha256_ssse3 sha512_ssse3
	crypto_null crc32c_generic nf_tables nft_compat nf_conntrack nf_nat nft_chain_nat"

# Prints the paths of module $2... below $1 and what they need, needed ones first.
module_files()
{
	awk -v wanted="${*:2}" '
		function name(path)
		{
			sub(/.*\//, "", path)
			sub(/\.ko.*$/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		function add(module,   part, i, n)
		{
			if (!(module in file) || done[module]++)
				return
			n = split(needs[module], part, " ")
			for (i = 1; i <= n; i++)
				add(name(part[i]))
			print file[module]
		}
		{
			path = $1
			sub(/:$/, "", path)
			file[name(path)] = path
			$1 = ""
			needs[name(path)] = $0
		}
		END {
			count = split(wanted, list, " ")
			for (i = 1; i <= count; i++)
				add(name(list[i]))
		}' "$1/modules.dep"
}

# Makes in directory $1 of kernel layer $2 what QEMU starts: the kernel, not
# compressed (decompression is slow in software), and an initramfs.
make_kernel()
{
	local dir=$1 layer=$2 modules release file i=1000 applet
	local busybox=$layer/bin/busybox tree=$dir/initramfs

	modules=$(echo "$layer"/lib/modules/*)
	release=${modules##*/}
	mkdir -p "$dir" "$tree"/{bin,modules,lib/modules}
	python3 - "$layer/boot/vmlinuz-$release" "$dir/vmlinux" <<-'PYTHON' || return 1
		import lzma, sys
		image = open(sys.argv[1], "rb").read()
		start = image.index(b"\xfd7zXZ\x00")
		decompressor = lzma.LZMADecompressor()
		open(sys.argv[2], "wb").write(decompressor.decompress(image[start:]))
	PYTHON
	[ -e "$modules/modules.dep" ] ||
		"$busybox" depmod -b "$layer" "$release" || return 1
	cp "$busybox" "$tree/bin/"
	for applet in sh mount mkdir cat chmod chroot echo insmod ip ln modprobe poweroff \
		sleep uname
	do
		ln -s busybox "$tree/bin/$applet"
	done
	for file in $(module_files "$modules" $vm_modules)
	do
		cp "$modules/$file" "$tree/modules/$i-${file##*/}"
		i=$((i + 1))
	done
	install -m 755 "$vm_parts/vm-init" "$tree/init"
	(cd "$tree" && find . | "$busybox" cpio -o -H newc 2>/dev/null) \
		>"$dir/initrd" || return 1
	rm -rf "$tree"
}

# Brings QEMU and a kernel into the cache. Sets $vm_qemu, a layer with QEMU, and
# $vm_kernel, a directory with kernel and initramfs.
find_vm()
{
	local layer useless_packages=$useless_packages

	apt_layer qemu qemu-system-x86
	vm_qemu=$REPLY/root
	useless_packages+='|^(initramfs-tools.*|klibc-utils|libklibc|linux-base|cpio)$'
	apt_layer kernel linux-image-amd64 busybox-static
	layer=$REPLY/root
	vm_modules_dir=$layer/lib/modules
	vm_kernel=$nin3a_cache/vm/$( { echo "$layer"; cat "$vm_parts/vm.sh" \
		"$vm_parts/vm-init"; } | sha256sum | cut -c 1-12)
	[ ! -d "$vm_kernel" ] || return 0
	mkdir -p "$nin3a_cache/vm"
	exec 8>"$nin3a_cache/vm/lock"
	flock 8
	if [ ! -d "$vm_kernel" ]
	then
		rm -rf "$vm_kernel.new"
		make_kernel "$vm_kernel.new" "$layer" || die "cannot make an initramfs"
		mv "$vm_kernel.new" "$vm_kernel"
	fi
	exec 8>&-
}

# Arguments of QEMU that share directory $2 under name $1, with options $3.
share_arguments()
{
	echo "-fsdev local,id=$1,path=$2,security_model=none$3"
	echo "-device virtio-9p-pci,fsdev=$1,mount_tag=$1"
}

# Starts QEMU with accelerator $1 and returns at once. The kernel does not
# randomize addresses: QEMU would translate each program anew at each start.
start_qemu()
{
	local accelerator=$1 shares
	# what is not there is not emulated, and what Debian's binaries and the
	# kernel's AES use is there
	local cpu=qemu64,+aes,+pclmulqdq,+popcnt,+ssse3,+sse4.1,+sse4.2

	[ "$accelerator" != kvm ] || cpu=host
	shares=$(share_arguments root / ,readonly=on,multidevs=remap
		share_arguments modules "$vm_modules_dir" ,readonly=on
		share_arguments work "$vm_work" ,multidevs=remap
		[ ! -d "$vm_work/layer" ] ||
			share_arguments layer "$vm_work/layer" ,readonly=on)
	rm -f "$vm_dir"/{up,ended,serial.in,serial.out}
	mkfifo "$vm_dir/serial.in" "$vm_dir/serial.out"
	# shellcheck disable=SC2086
	LD_LIBRARY_PATH=$vm_qemu/usr/lib/x86_64-linux-gnu \
		QEMU_MODULE_DIR=$vm_qemu/usr/lib/x86_64-linux-gnu/qemu \
		setsid /bin/sh -c '"$@"; : >"$0"' "$vm_dir/ended" \
		"$vm_qemu/usr/bin/qemu-system-x86_64" -nodefaults \
		-no-user-config -display none -no-reboot -machine q35 \
		-L "$vm_qemu/usr/share/qemu" -L "$vm_qemu/usr/share/seabios" \
		-accel "$accelerator" -cpu "$cpu" -smp "$vm_cpus" -m "$vm_memory" \
		-kernel "$vm_kernel/vmlinux" -initrd "$vm_kernel/initrd" \
		-append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr norandmaps no_timer_check tsc=reliable random.trust_cpu=on cryptomgr.notests nin3a.work=$vm_work" \
		-serial "file:$vm_dir/console" -device virtio-rng-pci \
		-chardev "pipe,id=jobs,path=$vm_dir/serial" \
		-device virtio-serial-pci -device virtserialport,chardev=jobs \
		$shares </dev/null >"$vm_dir/qemu" 2>&1 &
	vm_pid=$!
}

# Waits until the virtual machine is up, at most $1 seconds.
await_vm()
{
	local i

	for ((i = 0; i < $1 * 10; i++))
	do
		[ ! -e "$vm_dir/up" ] || return 0
		[ ! -e "$vm_dir/ended" ] || return 1
		sleep 0.1
	done
	return 1
}

# Has the kernel put together the ciphers that scenarios use: it searches modules
# for each the first time, in software for longer than an IKE daemon waits.
warm_up()
{
	local sa="ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp"
	local key=0x00000000000000000000000000000000

	job_run vm warm-up /bin/sh -ec "
		$sa spi 1 mode tunnel aead 'rfc4106(gcm(aes))' ${key}00000000 128
		$sa spi 2 mode tunnel enc aes $key auth-trunc 'hmac(sha256)' ${key}${key#0x} 128
		ip xfrm state flush" </dev/null ||
		die "the kernel of the virtual machine has no ESP"
}

# Starts a virtual machine whose file system is this machine's, read-only, but
# for directory $1. Its "layer", if there is one, has to be complete. Sets
# $vm_dir, a directory for what is about the virtual machine.
start_vm()
{
	local boot

	vm_work=$1 vm_dir=$1/vm vm_cpus=$(nproc) vm_memory=1536
	mkdir -p "$vm_dir/jobs"
	cp "$vm_parts/vm-agent" "$vm_dir/agent"
	# there may be a /dev/kvm that does not run this kernel: remembered until
	# this machine starts anew
	boot=$nin3a_cache/vm/no-kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ -w /dev/kvm ] && [ ! -e "$boot" ]
	then
		vm_accelerator=kvm
		start_qemu kvm
		! await_vm 15 || { warm_up; return; }
		stop_vm
		rm -f "$nin3a_cache"/vm/no-kvm-*
		{ cat "$vm_dir/qemu"; tail -n 20 "$vm_dir/console"; } \
			>"$boot" 2>&1
	fi
	vm_accelerator=tcg
	start_qemu tcg,thread=multi
	await_vm 120 || { cat "$vm_dir/qemu" "$vm_dir/console" >&2
		stop_vm; die "the virtual machine does not start"; }
	warm_up
}

stop_vm()
{
	[ -n "${vm_pid:-}" ] || return 0
	kill -KILL -- "-$vm_pid" 2>/dev/null || true
	wait "$vm_pid" 2>/dev/null || true
	vm_pid=
}
