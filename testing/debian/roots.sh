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

# Makes sure that a root of release $1 with packages $2... is in the cache. Sets
# $REPLY to its directory.
debian_root()
{
	local suite=$1 dir tmp mirror

	shift
	dir=$nin3a_cache/roots/$suite${1:+-$(echo "$@" | sha256sum | cut -c 1-12)}
	REPLY=$dir
	[ ! -d "$dir" ] || return 0
	mkdir -p "$nin3a_cache/roots"
	exec 8>"$nin3a_cache/roots/lock"
	flock 8
	if [ ! -d "$dir" ]
	then
		install_packages debootstrap
		echo "making a root of Debian $suite${1:+ with $*}" >&2
		mirror=$(root_sources "$suite" | sed -n 's/ .*//p;q')
		tmp=$dir.tmp
		rm -rf "$tmp"
		# one that mounts nothing and ends with us
		debootstrap --variant=minbase --include="$(tr ' ' , <<<"ca-certificates $*")" \
			"$suite" "$tmp" "$mirror" >"$dir.log" 2>&1 8>&- ||
			{ tail -n 15 "$dir.log" >&2; die "debootstrap failed: $dir.log"; }
		rm -f "$tmp"/etc/apt/sources.list "$tmp"/var/cache/apt/archives/*.deb
		root_sources "$suite" | sed 's/.*/deb & main/' \
			>"$tmp/etc/apt/sources.list.d/debian.list"
		apt-config dump | grep -i '^Acquire::.*Proxy' \
			>"$tmp/etc/apt/apt.conf.d/proxy" || true
		mv "$tmp" "$dir"
	fi
	exec 8>&-
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
	rm -f "$to/etc/resolv.conf"
	cat /etc/resolv.conf >"$to/etc/resolv.conf"
	cat /etc/hosts >"$to/etc/hosts"
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
