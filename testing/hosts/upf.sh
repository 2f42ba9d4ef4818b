# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# A UPF and UEs in guests, as README.md sets them up: their configuration, and
# what it takes to start and to watch them. To be sourced by bash after
# guests.sh.

# Waits up to 5 seconds until file $2 in guest $1 has text $3; prints the line.
await()
{
	local i

	for ((i = 0; i < 100; i++))
	do
		! guest_run "$1" grep -m 1 -e "$3" "$2" 2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}

# The value of field $1 in kupfctl's output $2.
field()
{
	echo "$2" | sed -n "s/^$1[ =:]*//p"
}

# A random hexadecimal number of $1 octets.
random()
{
	od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'
}

# those of README.md
ike_proposals="aes256gcm16-prfsha256-ecp256-x25519-modp2048, aes256-sha256-ecp256-x25519-modp2048"
esp_proposals="aes256gcm16-ecp256-x25519-modp2048, aes256gcm16, aes256-sha256-sha512-ecp256-x25519-modp2048, aes256-sha256-sha512"

plugins="random nonce openssl pem pkcs1 pkcs8 pubkey md5 sha1 sha2 hmac kdf"
plugins+=" aes gcm curve25519 eap-md5 kernel-libipsec kernel-netlink"
plugins+=" socket-default updown vici"

# charon's settings with plugins $1, of which those of plugin kupf are $2; $3 are
# more of charon's own, and $4 sections of other plugins.
strongswan_conf()
{
	cat <<-END
	charon {
	  load = $plugins $1
	  ${3:-}
	  retransmit_tries = 2
	  filelog {
	    log {
	      path = /var/log/charon.log
	      time_format = %T
	      flush_line = yes
	      default = 1
	    }
	  }
	  plugins {
	    kupf {
	      ${2:-}
	    }
	    ${4:-}
	  }
	}
	swanctl {
	  load = random openssl pem pkcs1 pkcs8 pubkey
	}
	END
}

# The UPF: one connection for all UEs, and no key of any, and one that drops what
# is for UEs without a tunnel; $1 are more.
upf_conf()
{
	cat <<-END
	connections {
	  nin3a {
	    version = 2
	    proposals = $ike_proposals
	    pools = pdu-session
	    dpd_delay = 30s
	    local {
	      auth = psk
	      id = upf.example.org
	    }
	    remote {
	      auth = psk
	    }
	    children {
	      pdu {
	        local_ts = 10.1.0.0/16
	        esp_proposals = $esp_proposals
	      }
	    }
	  }
	  no-tunnel {
	    remote_addrs = 127.0.0.1
	    children {
	      drop {
	        mode = drop
	        local_ts = 0.0.0.0/0, ::/0
	        remote_ts = 10.3.0.0/16
	        start_action = trap
	      }
	    }
	  }
	  ${1:-}
	}
	END
}

# The UE: what its connections look like; address, identity, and key come with
# the session.
ue_conf()
{
	cat <<-END
	connections {
	  nin3a-ue {
	    version = 2
	    proposals = $ike_proposals
	    # IKE_AUTH first, CREATE_CHILD_SA then (RFC 6023)
	    childless = force
	    dpd_delay = 30s
	    local {
	      auth = psk
	    }
	    remote {
	      auth = psk
	      id = upf.example.org
	    }
	    children {
	      pdu {
	        remote_ts = 10.1.0.0/16
	        esp_proposals = $esp_proposals
	      }
	    }
	  }
	}
	END
}

# Starts charon in guest $1 with its configuration, and waits for it.
start_charon()
{
	local guest=$1 i

	guest_run "$guest" /bin/sh -c \
		'setsid /usr/lib/ipsec/charon </dev/null >/var/log/charon.out 2>&1 &'
	for ((i = 0; i < 200; i++))
	do
		! guest_run "$guest" swanctl --load-all --noprompt \
			>/dev/null 2>&1 || return 0
		sleep 0.05
	done
	return 1
}
