# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Which guest has an address; to be sourced by bash.

. "${BASH_SOURCE[0]%/*}/guests.sh"

# As in testing.conf of strongSwan's testing directory.
guest_addresses="alice:10.1.0.10 venus:10.1.0.20 moon:192.168.0.1
	carol:192.168.0.100 winnetou:192.168.0.150 dave:192.168.0.200
	sun:192.168.0.2 bob:10.2.0.10"

# Sets $guest to the one that has address $1.
guest_of()
{
	local entry

	for entry in $guest_addresses
	do
		[ "${entry#*:}" != "$1" ] || { guest=${entry%%:*}; return 0; }
	done
	return 1
}
