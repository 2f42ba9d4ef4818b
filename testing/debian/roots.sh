# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Roots: bare systems of a Debian release, as debootstrap makes them, for what
# has to work on a machine that has nothing else. To be sourced by bash after
# layers.sh. A root is kept in the cache and never changed: each user has a layer
# of its own over it, which is gone in the end.

# Packages come from where this machine's come from, with the release's name
# replaced: "URI SUITE" a line for release $1, the release itself first.
root_sources()
{
	local own

	# shellcheck source=/dev/null
	own=$(. /etc/os-release; echo "${VERSION_CODENAME:-}")
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' | awk -v own="$own" -v target="$1" '
		index($2, own) == 1 {
			$2 = target substr($2, length(own) + 1)
			if (!seen[$0]++) print
		}' | sort -k 2 | grep . ||
		die "apt's configuration has no entry of Debian's $own to derive others from"
}

# Makes sure that a bare root of release $1 is in the cache, or one with packages
# $2... in addition. Sets $REPLY to its directory.
debian_root()
{
	local suite=$1 bare dir

	shift
	bare=$nin3a_cache/roots/$suite
	dir=$bare${1:+-$(echo "$@" | sha256sum | cut -c 1-12)}
	mkdir -p "$nin3a_cache/roots"
	exec 8>"$nin3a_cache/roots/lock"
	flock 8
	if [ ! -d "$bare" ]
	then
		install_packages debootstrap
		echo "making a root of Debian $suite" >&2
		make_root "$suite" "$bare.tmp" >"$bare.log" 2>&1 8>&- </dev/null ||
			{ tail -n 15 "$bare.log" >&2; die "no root: see $bare.log"; }
		mv "$bare.tmp" "$bare"
	fi
	if [ ! -d "$dir" ]
	then
		echo "adding to it: $*" >&2
		rm -rf "$dir.tmp"
		cp -a "$bare" "$dir.tmp"
		add_packages "$dir.tmp" "$@" >"$dir.log" 2>&1 8>&- </dev/null ||
			{ tail -n 15 "$dir.log" >&2; die "no root: see $dir.log"; }
		mv "$dir.tmp" "$dir"
	fi
	exec 8>&-
	REPLY=$dir
}

make_root()
{
	rm -rf "$2"
	debootstrap --variant=minbase --include=ca-certificates "$1" "$2" \
		"$(root_sources "$1" | sed 's/ .*//;q')" || return 1
	rm -f "$2"/etc/apt/sources.list "$2"/var/cache/apt/archives/*.deb
	root_sources "$1" | sed 's/.*/deb & main/' \
		>"$2/etc/apt/sources.list.d/debian.list"
	apt-config dump | grep -i '^Acquire::.*Proxy' \
		>"$2/etc/apt/apt.conf.d/proxy" || true
}

# (no daemon starts in there: it has no init)
add_packages()
{
	network_of "$1"
	unshare -m -p -f --kill-child --propagation private /bin/sh -e -c '
		mount -t proc proc "$1/proc"
		mount -t tmpfs run "$1/run"
		exec env -i DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			chroot "$@"' sh "$1" /bin/sh -e -c '
		apt-get -q update
		apt-get -q -y --no-install-recommends install "$@"
		apt-get clean' sh "${@:2}"
}

# Lets root $1 resolve names as this machine does.
network_of()
{
	rm -f "$1/etc/resolv.conf"
	cat /etc/resolv.conf >"$1/etc/resolv.conf"
	cat /etc/hosts >"$1/etc/hosts"
}

# Mounts directory $3, with a layer on a tmpfs at $2 over root $1. Must be called
# in a mount namespace of its own.
mount_root()
{
	local root=$1 layer=$2 to=$3

	mkdir -p "$layer" "$to"
	mount -t tmpfs -o mode=755 root "$layer"
	mkdir "$layer/upper" "$layer/work"
	mount -t overlay -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work" \
		root "$to"
	network_of "$to"
}

# Copies the repository, or an unpacked release, to directory $1, without what
# was built in it.
copy_tree()
{
	mkdir -p "$1"
	if git -C "$top" rev-parse >/dev/null 2>&1
	then
		# (a file that was removed is still listed)
		git -C "$top" ls-files -z --cached --others --exclude-standard |
			tar -C "$top" -c --null --ignore-failed-read -T - 2>/dev/null
	else
		tar -C "$top" -c --exclude=./build --exclude=./b .
	fi | tar -C "$1" -x
}
