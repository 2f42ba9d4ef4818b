# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Guests: a host of its own each, made of namespaces on this kernel and an
# overlay of the machine's file system. To be sourced by bash, inside namespaces
# that end with the caller (see enter_world).
#
# $guest_state	directory on a tmpfs, for all that guests are and write
# $guest_strongswan_conf	strongSwan's configuration in the guests
# $guest_layers	directories for the overlay, the top one first, ':' between
# $guest_fifos	FIFOs that hosts get their commands from begin so, if they do
# $guest_world	a name, if the hosts are in a virtual machine (see world) and
#		the caller is not; then only guest_run can be used

# (no processes for that, nor below: do-tests enters guests hundreds of times)
guest_parts=${BASH_SOURCE[0]%/*}
guest_state=${NIN3A_GUEST_STATE:-}
guest_strongswan_conf=/etc/strongswan.conf.testing
guest_layers=${NIN3A_GUEST_LAYERS:-/}
guest_world=${NIN3A_GUEST_WORLD:-}
vm_dir=${NIN3A_VM:-}
. "$guest_parts/jobs.sh"

# The process id of guest $1's init, as seen from here.
guest_pid()
{
	[ -f "$guest_state/$1/pid" ] && cat "$guest_state/$1/pid"
}

# Runs a command in guest $1, as root with a clean environment.
guest_run()
{
	local guest=$1 pid

	shift
	if [ -n "$guest_world" ]
	then
		job_run "$guest_world.$guest" "$guest_world.$BASHPID" "$@"
		return
	fi
	[ -f "$guest_state/$guest/pid" ] || return 255
	read -r pid <"$guest_state/$guest/pid"
	nsenter -t "$pid" -m -u -i -n -p -r -w env -i HOME=/root USER=root \
		SHELL=/bin/bash LANG=C.UTF-8 TERM=dumb \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		STRONGSWAN_CONF="$guest_strongswan_conf" \
		LEAK_DETECTIVE_LOG="${LEAK_DETECTIVE_LOG:-}" "$@"
}

# Starts guest $1; each of $2... is a directory that is copied over its /.
guest_start()
{
	local guest=$1 input=/dev/null

	shift
	[ -z "${guest_fifos:-}" ] || input=$guest_fifos.$guest
	mkdir -p "$guest_state/$guest"
	NIN3A_GUEST_STATE=$guest_state NIN3A_GUEST_LAYERS=$guest_layers \
		unshare -n -m -u -i -p -f --kill-child --propagation private \
		"$guest_parts/guest-init" "$guest" "$@" \
		0<>"$input" >"$guest_state/$guest/log" 2>&1 &
	echo $! >"$guest_state/$guest/unshare"
}

# Waits until guest $1 is there, at most 20 seconds.
guest_wait()
{
	local outer pid i

	outer=$(cat "$guest_state/$1/unshare")
	for ((i = 0; i < 1000; i++))
	do
		[ -d "/proc/$outer" ] || break
		pid=
		{ read -r pid _ <"/proc/$outer/task/$outer/children"; } 2>/dev/null ||
			true
		if [ -n "$pid" ] && [ -e "/proc/$pid/root/run/guest-ready" ]
		then
			echo "$pid" >"$guest_state/$1/pid"
			return
		fi
		sleep 0.02
	done
	echo "guest $1 did not start:" >&2
	cat "$guest_state/$1/log" >&2
	return 1
}

# Ends guest $1 and all that runs in it.
guest_stop()
{
	kill -9 "$(cat "$guest_state/$1/unshare")" 2>/dev/null || true
	rm -f "$guest_state/$1/pid"
}
