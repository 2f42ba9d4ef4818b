/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_facts nin3a_facts
 * @{ @ingroup nin3a
 *
 * Reads facts for nin3a_policy out of charon's objects: those about an IKE_SA,
 * its connection and its session.  tunnel_message reads those about a message.
 *
 * To be called by the thread that has the IKE_SA checked out.
 */

#ifndef NIN3A_FACTS_H_
#define NIN3A_FACTS_H_

#include "nin3a/nin3a_config.h"
#include "nin3a_policy.h"

#include "kupf/store/kupf_session.h"

#include <daemon.h>

/**
 * Get the facts about an IKE_SA itself, ikev2 and responder.
 */
void nin3a_facts_of_ike_sa(ike_sa_t *ike_sa, nin3a_facts_t *facts);

/**
 * Get the facts about a connection, from named to psk_only, and ppk_required.
 */
void nin3a_facts_of_connection(peer_cfg_t *peer_cfg, nin3a_config_t *config,
							   nin3a_facts_t *facts);

/**
 * Whether we are who the UE wants, by the connection's identity.
 *
 * @param wanted	identity that the UE wants of us (IDr), or NULL
 */
bool nin3a_facts_are_wanted(peer_cfg_t *peer_cfg, identification_t *wanted);

/**
 * Whether charon says that the peer has used a PSK in its round of
 * authentication, of which nothing else is known yet.
 */
bool nin3a_facts_psk_verified(ike_sa_t *ike_sa);

/**
 * Whether a session has the identity of the peer, type and bytes.
 */
bool nin3a_facts_has_id(const kupf_session_t *session, ike_sa_t *ike_sa);

/**
 * Whether an address of ours is the session's UPF address, or it has none.
 */
bool nin3a_facts_has_address(const kupf_session_t *session, host_t *local);

#endif /** NIN3A_FACTS_H_ @}*/
