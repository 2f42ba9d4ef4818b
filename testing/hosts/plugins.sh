# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Builds the plugins for a strongSwan and installs them into a directory.
# To be sourced by bash after layers.sh; needs find_layers' results.

build_tools=(gcc make autoconf automake libtool pkg-config bzip2 python3 libc6-dev
	iproute2 util-linux)

# Installs what building needs here and is missing.
install_build_tools()
{
	local tool missing=()

	for tool in "${build_tools[@]}"
	do
		dpkg-query -W -f '${Status}' "$tool" 2>/dev/null |
			grep -q ' installed$' || missing+=("$tool")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}"
	install_packages "${missing[@]}"
}

# Builds the plugins of this repository out of its tree, in the cache: one
# directory for each repository and version of strongSwan. Sets $REPLY to it.
build_plugins()
{
	local dir

	check_tree
	dir=$nin3a_cache/plugins/$(echo "$top" | sha256sum |
		cut -c 1-12)/$swan_version${sanitize:+-asan}
	REPLY=$dir
	mkdir -p "$dir"
	# one at a time: autoreconf writes into the tree
	exec 7>"$dir/../lock"
	flock 7
	if ! build_in "$dir" >"$dir/log" 2>&1 7>&- </dev/null
	then
		tail -n 25 "$dir/log" >&2
		die "the plugins do not build for strongSwan $swan_version:" \
			"see $dir/log"
	fi
	exec 7>&-
}

build_in()
{
	local dir=$1 charon=()

	if [ ! -x "$top/configure" ] || [ ! -e "$top/Makefile.in" ] ||
		[ "$top/configure.ac" -nt "$top/configure" ]
	then
		(cd "$top" && autoreconf -i) || return 1
	fi
	# the daemon to build for, unless it is installed
	charon=(--with-charon="${swan_layers%%$'\n'*}/usr/lib/ipsec/charon")
	[ -x "${charon[0]#*=}" ] || charon=()
	if [ ! -e "$dir/Makefile" ] || [ "$top/configure" -nt "$dir/Makefile" ]
	then
		(cd "$dir" && "$top/configure" \
			--with-strongswan="$swan_src,$swan_build" \
			"${charon[@]}" --disable-tests \
			${sanitize:+--enable-asan}) || return 1
	fi
	make -C "$dir" -j "$(nproc)"
}

# Puts what scenarios run in guests below directory $1: their own IKEv2
# initiator, SMF and UPF, Python programs, scripts to wait with, and documents with samples.
install_initiator()
{
	local tool documents=$1/usr/share/nin3a-documents

	mkdir -p "$1/usr/bin" "$1/usr/lib"
	cp -R "$top/testing/initiator" "$1/usr/lib/ikev2-initiator"
	for tool in "$1"/usr/lib/ikev2-initiator/ikev2-*
	do
		ln -s "../lib/ikev2-initiator/${tool##*/}" "$1/usr/bin/"
	done
	cp -R "$top/testing/pfcp" "$1/usr/lib/pfcp-peers"
	for tool in "$1"/usr/lib/pfcp-peers/pfcp-*
	do
		ln -s "../lib/pfcp-peers/${tool##*/}" "$1/usr/bin/"
	done
	cp "$top"/testing/hosts/{expect-s*,document-sample} "$1/usr/bin/"
	mkdir -p "$documents"
	cp "$top"/{README.md,plugins/nin3a/DATAPATH.md,plugins/nin3a_ue/UE.md} \
		"$top/plugins/n4/wireshark/nin3a-n4.lua" "$documents/"
}

# Puts the plugin that breaks things (testing/faults) and the ends of TLS
# (testing/tls) below directory $2, built in build directory $1.
install_faults()
{
	make -C "$1" install-faults install-tls DESTDIR="$2" >"$2.log" 2>&1 ||
		{ tail -n 25 "$2.log" >&2; die "make install-faults failed in $1"; }
}

# Installs the plugins below directory $2. $1 is a build directory, a directory
# made by "make install DESTDIR=", or empty: build them now.
install_plugins()
{
	local from=$1 to=$2

	if [ -z "$from" ]
	then
		build_plugins
		from=$REPLY
	fi
	mkdir -p "$to"
	if [ -e "$from/Makefile" ]
	then
		# one run at a time: it also makes what is out of date
		exec 7>"$from/.install-lock"
		flock 7
		make -C "$from" install DESTDIR="$to" >"$to.log" 2>&1 7>&- ||
			{ tail -n 25 "$to.log" >&2; die "make install failed in $from"; }
		install_faults "$from" "$to" 7>&-
		exec 7>&-
	elif [ -d "$from/usr" ]
	then
		cp -R --preserve=mode "$from/." "$to/"
		# nothing that is to be installed has it
		build_plugins
		install_faults "$REPLY" "$to"
	else
		die "$from is neither a build directory nor holds a usr/"
	fi
	install_initiator "$to"
}
