/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_inner_addresses nin3a_inner_addresses
 * @{ @ingroup nin3a
 *
 * The inner addresses of a UE: those of its session and no others.
 *
 * A connection with "pools = pdu-session" in swanctl.conf has them handed out
 * in IKE_AUTH (CFG_REQUEST), with the servers of the session (nin3a_servers),
 * and the traffic selectors of every CHILD_SA are cut to them.  Of a prefix a
 * UE is given one address, with the interface identifier that it asks for, and
 * may have selectors for all of it.  A tunnel whose
 * session was modified since keeps what it has, and may rekey it, until its
 * grace is over, but gets nothing new.  A session without inner addresses leaves
 * both to charon's configuration.
 *
 * Which addresses an IKE_SA has is kept in nin3a_tunnels, so nothing has to be
 * given back, and an IKE_SA and the one that takes its place may have the same
 * address at once: charon acquires for the new one first.
 */

#ifndef NIN3A_INNER_ADDRESSES_H_
#define NIN3A_INNER_ADDRESSES_H_

#include "nin3a_tunnels.h"
#include "kupf/store/kupf_store.h"

#include <attributes/attribute_provider.h>

/** Name of the pool in swanctl.conf */
#define NIN3A_POOL "pdu-session"

typedef struct nin3a_inner_addresses_t nin3a_inner_addresses_t;

struct nin3a_inner_addresses_t {

	/**
	 * Implements the attribute provider.
	 */
	attribute_provider_t provider;

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_inner_addresses_t *this);
};

/**
 * Create the object.
 *
 * @param tunnels	tunnels
 * @param store		sessions
 */
nin3a_inner_addresses_t *nin3a_inner_addresses_create(nin3a_tunnels_t *tunnels,
													  kupf_store_t *store);

/**
 * Whether a tunnel that is bound to a session gets nothing new: the session is
 * gone, or was modified so that the UE has to set up another tunnel.
 *
 * @param store		sessions
 * @param session	session as it was when the tunnel was bound to it
 * @param fresh		whether it has never had a CHILD_SA: one whose key was
 *					exchanged while it authenticated may come up, if its
 *					addresses are what they were
 */
bool nin3a_inner_addresses_outdated(kupf_store_t *store,
									kupf_session_t *session, bool fresh);

/**
 * Make the address to hand out.
 *
 * @param address	address of a session, handed out as it is, or prefix, with
 *					the interface identifier of what was requested, or ::1 if
 *					that has none
 * @param requested	what was requested, of the same family
 * @return			new host
 */
host_t *nin3a_inner_addresses_complete(const kupf_address_t *address,
									   host_t *requested);

/**
 * Cut the UE's traffic selectors to the inner addresses of its session, if it
 * has any.
 *
 * @param session	session
 * @param selectors	list of traffic_selector_t, changed in place
 */
void nin3a_inner_addresses_narrow(const kupf_session_t *session,
							linked_list_t *selectors);

/**
 * Empty a list of traffic selectors, which makes charon answer
 * TS_UNACCEPTABLE.
 *
 * @param selectors	list of traffic_selector_t
 */
void nin3a_inner_addresses_refuse(linked_list_t *selectors);

#endif /** NIN3A_INNER_ADDRESSES_H_ @}*/
