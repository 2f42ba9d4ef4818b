# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# The networks and hosts of strongSwan's testing.conf, as namespaces. To be
# sourced by bash after guests.sh, inside namespaces that end with the caller.
# Needs $testing, a copy of strongSwan's testing directory, and array $hosts.

# Bridges and addresses of the networks in strongSwan's testing.conf.
networks_up()
{
	local i=0 address

	ip link set lo up
	for address in 192.168.0.254/24 10.1.0.254/16 10.2.0.254/16
	do
		ip link add "br$i" type bridge
		ip address add "$address" dev "br$i"
		ip link set "br$i" up
		i=$((i + 1))
	done
}

# "MAC BRIDGE DEVICE" of each interface in a libvirt domain's description.
interfaces()
{
	perl -0ne 'while (/<interface type=.network.>(.*?)<\/interface>/sg) {
		my $x = $1;
		my ($mac) = $x =~ /mac address=.([0-9a-f:]+)/i;
		my ($net) = $x =~ /network=.vnet(\d)/;
		my ($dev) = $x =~ /target dev=.([\w-]+)/;
		print "$mac br", $net - 1, " $dev\n"; }' "$1"
}

# Commands that do what ifup does with the "auto" interfaces of a file.
ifup_commands()
{
	awk 'function bits(mask, part, i, n, len) {
			if (mask !~ /\./) return mask
			split(mask, part, ".")
			for (i in part) for (n = part[i]; n > 0; n = int(n / 2)) len += n % 2
			return len
		}
		$1 == "auto" { auto[$2] = 1 }
		$1 == "iface" { dev = $2; six = $3 == "inet6" }
		!auto[dev] || dev == "lo" { next }
		$1 == "address" { address = $2 }
		$1 == "netmask" {
			print "ip address add " address "/" bits($2) " dev " dev \
				(six ? " nodad" : "")
			print "ip link set " dev " up"
		}
		$1 == "gateway" { gateway = gateway "ip route add default via " $2 "\n" }
		END { printf "%s", gateway }' "$1"
}

connect()
{
	local host=$1 mac bridge device

	while read -r mac bridge device
	do
		ip link add "$device" type veth peer name "${device#*-}" \
			netns "$(guest_pid "$host")" address "$mac"
		ip link set "$device" master "$bridge" up
	done < <(interfaces "$testing/config/kvm/$host.xml")
	ifup_commands "$testing/hosts/$host/etc/network/interfaces" |
		guest_run "$host" /bin/sh -e
}

hosts_up()
{
	local host

	networks_up
	for host in "${hosts[@]}"
	do
		guest_start "$host" "$testing/hosts/default" "$testing/hosts/$host"
	done
	for host in "${hosts[@]}"
	do
		guest_wait "$host"
		connect "$host"
	done
}
