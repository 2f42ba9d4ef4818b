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
	conntrack socat openssl perl python3)

# Debian's strongSwan, with both forms of the daemon.
strongswan_packages=(charon-systemd strongswan-charon strongswan-swanctl
	strongswan-pki libcharon-extra-plugins libcharon-extauth-plugins
	libstrongswan-standard-plugins libstrongswan-extra-plugins)

# Packages that the above depend on and that have no use in a guest.
useless_packages='^(systemd.*|udev|tpm-udev|dbus.*|libnss-systemd|libpam-systemd|libsystemd-shared|init|kmod)$'

die()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

# The packages that installing $@ would install here: "name=version" each.
missing_packages()
{
	apt-get -s -q -y --no-install-recommends install "$@" 2>/dev/null |
		awk -v useless="$useless_packages" '$1 == "Inst" && $2 !~ useless {
			match($0, /\([^ ]+/)
			print $2 "=" substr($0, RSTART + 1, RLENGTH - 1)
			found = 1
		} /newly installed/ { found = 1 } END { exit !found }'
}

# Downloads and unpacks packages that the machine lacks into directory $1.
unpack_packages()
{
	local dir=$1 deb link list

	shift
	mkdir -p "$dir/debs" "$dir/root/usr"
	# the same merged directories as the machine's: a real one would hide them
	for link in bin sbin lib lib32 lib64 libx32
	do
		[ ! -L "/$link" ] || ln -s "usr/$link" "$dir/root/$link"
	done
	list=$(missing_packages "$@") || return 1
	echo "$list" >"$dir/packages"
	if [ -n "$list" ]
	then
		# shellcheck disable=SC2086
		(cd "$dir/debs" && apt-get -q -o APT::Sandbox::User=root download \
			$list >"$dir/log" 2>&1) || return 1
	fi
	for deb in "$dir"/debs/*.deb
	do
		[ -e "$deb" ] || continue
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x --keep-directory-symlink -C "$dir/root" || return 1
	done
	rm -rf "$dir/debs"
}

# Makes sure that layer $1 with packages $2... is in the cache. Sets $REPLY to
# its directory, which holds "root" and "packages". What it has to hold depends
# on what is installed, therefore that is part of its name.
apt_layer()
{
	local name=$1 dir

	shift
	dir=$nin3a_cache/layers/$name-$( { cat /var/lib/dpkg/status; echo "$@"; } |
		sha256sum | cut -c 1-12)
	REPLY=$dir
	[ ! -d "$dir" ] || return 0
	mkdir -p "$nin3a_cache/layers"
	exec 8>"$nin3a_cache/layers/lock"
	flock 8
	if [ ! -d "$dir" ]
	then
		echo "unpacking packages for the guests: $*" >&2
		rm -rf "$dir.tmp"
		if ! unpack_packages "$dir.tmp" "$@"
		then
			# no package lists yet, or out of date
			apt-get -q update >"$nin3a_cache/layers/update.log" 2>&1 || true
			rm -rf "$dir.tmp"
			unpack_packages "$dir.tmp" "$@" ||
				die "cannot download packages: see $dir.tmp/log and" \
					"$nin3a_cache/layers/update.log"
		fi
		mv "$dir.tmp" "$dir"
	fi
	exec 8>&-
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
