# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Layers: directories that lie over the machine's own / in a guest, so that a
# guest has strongSwan and tools that are not installed on the machine. Packages
# are unpacked, never installed: no daemon of the machine starts.
#
# To be sourced by bash; needs $top, the directory of the repository.

nin3a_cache=${NIN3A_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/nin3a}

# What guests need besides strongSwan.
tool_packages=(tcpdump rsyslog iputils-ping psmisc procps iproute2 iptables
	conntrack socat openssl perl python3 curl libmicrohttpd12 nftables bpftool)

# And if scenarios with PFCP are run.
pfcp_packages=(python3-scapy tshark)

# And for those of a group of UPFs: tools of Redis, which are its server by another
# name, and what brings the library that kupf-sync needs.
group_packages=(redis-tools libhiredis-dev)

# Debian's strongSwan, with both forms of the daemon. Where these exclude each
# other (Debian 13), they can still be unpacked both: each set on its own.
strongswan_packages=(strongswan-charon strongswan-swanctl
	strongswan-pki libcharon-extra-plugins libcharon-extauth-plugins
	libstrongswan-standard-plugins libstrongswan-extra-plugins
	-- charon-systemd)

# Packages that the above depend on and that have no use in a guest.
useless_packages='^(systemd.*|udev|tpm-udev|dbus.*|libnss-systemd|libpam-systemd|libsystemd-shared|init|kmod)$'

die()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

# Says what makes it impossible to build in the tree.
check_tree()
{
	case $top in
		*[[:blank:]]*)
			die "autoconf works in no path with a blank: move '$top'" ;;
	esac
	if [ ! -w "$top" ] && { [ ! -x "$top/configure" ] ||
		[ "$top/configure.ac" -nt "$top/configure" ]; }
	then
		die "cannot write to $top: copy it to where you can, or run" \
			"'autoreconf -i' in it first"
	fi
}

# Installs packages, and shows what apt says only if it cannot.
install_packages()
{
	local log

	log=$(mktemp)
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q -y --no-install-recommends install "$@" >"$log" 2>&1 ||
		{ apt-get -q update >"$log" 2>&1 || true
			apt-get -q -y --no-install-recommends install "$@" \
				>>"$log" 2>&1; } ||
		{ tail -n 15 "$log" >&2; rm "$log"; die "cannot install $*"; }
	rm "$log"
}

# The packages that installing $@ would install here: "name=version" each, for
# each of the sets that "--" separates. What apt says goes to its log.
missing_packages()
{
	local set=() status=0

	while :
	do
		if [ $# -gt 0 ] && [ "$1" != -- ]
		then
			set+=("$1")
			shift
			continue
		fi
		LC_ALL=C apt-get -s -q -y --no-install-recommends install "${set[@]}" \
			2>>"$nin3a_cache/layers/apt.log" |
			awk -v useless="$useless_packages" '
			$1 == "Inst" && $2 !~ useless {
				match($0, /\([^ ]+/)
				print $2 "=" substr($0, RSTART + 1, RLENGTH - 1)
			} /newly installed/ { found = 1 } END { exit !found }' || status=1
		[ $# -gt 0 ] || return $status
		set=()
		shift
	done
}

# Downloads packages $2... and unpacks them into directory $1.
unpack_packages()
{
	local dir=$1 deb link

	shift
	mkdir -p "$dir/debs" "$dir/root/usr"
	# the same merged directories as the machine's: a real one would hide them
	for link in bin sbin lib lib32 lib64 libx32
	do
		[ ! -L "/$link" ] || ln -s "usr/$link" "$dir/root/$link"
	done
	printf '%s\n' "$@" >"$dir/packages"
	if [ $# -gt 0 ]
	then
		(cd "$dir/debs" && apt-get -q -o APT::Sandbox::User=root download \
			"$@") >>"$nin3a_cache/layers/apt.log" 2>&1 || return 1
	fi
	for deb in "$dir"/debs/*.deb
	do
		[ -e "$deb" ] || continue
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --keep-directory-symlink -C "$dir/root" || return 1
	done
	rm -rf "$dir/debs"
}

# Sets $REPLY to the directory of layer $1 for packages $2..., and $list to those
# that it holds: what the machine lacks, and their versions, make its name.
name_layer()
{
	# (not in the pipe: its status is missing_packages')
	list=$(missing_packages "${@:2}") || return 1
	list=$(sort -u <<<"$list")
	REPLY=$nin3a_cache/layers/$1-$(sha256sum <<<"$list" | cut -c 1-12)
}

# Makes sure that layer $1 with packages $2... is in the cache. Sets $REPLY to
# its directory, which holds "root" and "packages". Layers of that name that
# nobody has used for a day are removed.
apt_layer()
{
	local name=$1 list

	shift
	mkdir -p "$nin3a_cache/layers"
	exec 8>"$nin3a_cache/layers/lock"
	flock 8
	: >"$nin3a_cache/layers/apt.log"
	if ! name_layer "$name" "$@"
	then
		# no package lists yet
		update_lists
		name_layer "$name" "$@" || no_packages
	fi
	if [ ! -d "$REPLY" ]
	then
		echo "unpacking packages for the guests: $*" >&2
		rm -rf "$nin3a_cache/layers/$name".tmp
		# shellcheck disable=SC2086
		if ! unpack_packages "$nin3a_cache/layers/$name.tmp" $list
		then
			# the lists are out of date
			update_lists
			rm -rf "$nin3a_cache/layers/$name".tmp
			name_layer "$name" "$@" || no_packages
			# shellcheck disable=SC2086
			unpack_packages "$nin3a_cache/layers/$name.tmp" $list || no_packages
		fi
		rm -rf "$REPLY"
		mv "$nin3a_cache/layers/$name.tmp" "$REPLY"
	fi
	touch "$REPLY"
	find "$nin3a_cache/layers" -mindepth 1 -maxdepth 1 -type d \
		-name "$name-*" -mtime +0 -exec rm -rf {} +
	exec 8>&-
}

update_lists()
{
	LC_ALL=C apt-get -q update >>"$nin3a_cache/layers/apt.log" 2>&1 || true
}

no_packages()
{
	tail -n 15 "$nin3a_cache/layers/apt.log" >&2
	die "cannot download packages: apt's words are above, and all of them in" \
		"$nin3a_cache/layers/apt.log"
}

# strongSwan's version, as upstream counts, in Debian's packages.
debian_version()
{
	local version

	version=$(sed -n 's/^strongswan-libcharon=//p' "$1/packages")
	[ -n "$version" ] ||
		version=$(dpkg-query -W -f '${Version}' strongswan-libcharon)
	echo "${version%%-*}"
}

# Finds the layers for strongSwan $1, or Debian's own if $1 is empty. Sets
# $swan_version, $swan_src (sources), $swan_build (configured or built from
# them) and $swan_layers (one directory for each line, the top one first).
find_layers()
{
	local debian tools

	apt_layer tools "${tool_packages[@]}"
	tools=$REPLY/root
	apt_layer strongswan "${strongswan_packages[@]}"
	debian=$REPLY
	swan_version=${1:-$(debian_version "$debian")}
	if [ "$swan_version" = "$(debian_version "$debian")" ]
	then
		"$top/scripts/strongswan" configure "$swan_version" >&2
		swan_build=$("$top/scripts/strongswan" path configured "$swan_version")
		swan_layers=$debian/root
	else
		"$top/scripts/strongswan" build "$swan_version" >&2
		swan_build=$("$top/scripts/strongswan" path build "$swan_version")
		swan_layers=$("$top/scripts/strongswan" path root "$swan_version")
	fi
	swan_src=$("$top/scripts/strongswan" path src "$swan_version")
	[ -d "$swan_src/testing" ] || die "no sources of $swan_version: $swan_src"
	swan_layers+=$'\n'$tools
}

# Copies layers $2... (the top one first) into directory $1 as one. It must not
# lie on the same file system as /: an overlay of / refuses what is inside /.
merge_layers()
{
	local to=$1 i link

	shift
	mkdir -p "$to/usr"
	for link in bin sbin lib lib32 lib64 libx32
	do
		[ ! -L "/$link" ] || ln -s "usr/$link" "$to/$link"
	done
	for ((i = $#; i > 0; i--))
	do
		tar -C "${!i}" -c . | tar -C "$to" -x --keep-directory-symlink \
			--no-overwrite-dir
	done
}

# Puts strongSwan's VICI client for Python, as it is, into layer $1.
add_vici_client()
{
	local to=$1/usr/lib/python3/dist-packages

	mkdir -p "$to"
	cp -R "$swan_src/src/libcharon/plugins/vici/python/vici" "$to/"
}
