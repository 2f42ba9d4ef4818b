/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_rewrite relay_rewrite
 * @{ @ingroup n4_relay
 *
 * A message of one node as that of the relay: peers send to the addresses in
 * Node ID and F-SEID, not to where a message came from.
 */

#ifndef RELAY_REWRITE_H_
#define RELAY_REWRITE_H_

#include "relay_address.h"

#include "n4/n4_message.h"

typedef struct relay_rewrite_t relay_rewrite_t;

/**
 * What is changed.
 */
struct relay_rewrite_t {
	/** address in Node ID (that was an address or a name) and F-SEID */
	relay_address_t address;
	/** recovery time stamps are shifted, so that a relay that has started anew
	 * is a UPF that has: it knows no session any more */
	bool shifts;
	/** the first one that was seen, and what it became; 0 for none yet */
	uint32_t first, start;
};

/**
 * Rewrite a message.
 *
 * @param self		what is changed
 * @param octets	message, alone
 * @param out		[out] where to write to
 * @return			FALSE if it cannot be
 */
bool relay_rewrite(relay_rewrite_t *self, wire_octets_t octets, n4_out_t *out);

#endif /** RELAY_REWRITE_H_ @}*/
