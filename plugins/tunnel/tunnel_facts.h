/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_facts tunnel_facts
 * @{ @ingroup tunnel
 *
 * Reads facts for tunnel_rules out of an IKE_SA of charon and a message on it.
 *
 * To be called by the thread that has the IKE_SA checked out.
 */

#ifndef TUNNEL_FACTS_H_
#define TUNNEL_FACTS_H_

#include "tunnel_rules.h"

#include <daemon.h>

/**
 * Get the facts about an IKE_SA itself and the header of a message, up to
 * message_id.
 */
void tunnel_facts_of_message(ike_sa_t *ike_sa, message_t *message,
							 tunnel_facts_t *facts);

/**
 * Whether a message, as it was received, is encrypted: all of it from its first
 * payload on, which is such that charon looks at nothing else before its
 * integrity.
 */
bool tunnel_facts_is_protected(message_t *message);

/**
 * Count what a payload of a parsed message adds to those before it; notifies
 * are counted by whoever looks at them.
 */
void tunnel_facts_count(ike_sa_t *ike_sa, payload_t *payload,
						tunnel_facts_t *facts);

/**
 * Get the facts about what is under way on an IKE_SA.
 */
void tunnel_facts_of_tasks(ike_sa_t *ike_sa, tunnel_facts_t *facts);

/**
 * Get the facts about what is under way, and what a parsed request asks for.
 */
void tunnel_facts_of_request(ike_sa_t *ike_sa, message_t *message,
							 tunnel_facts_t *facts);

/**
 * Get the facts about what a parsed response says.
 */
void tunnel_facts_of_answer(ike_sa_t *ike_sa, message_t *message,
							tunnel_facts_t *facts);

#endif /** TUNNEL_FACTS_H_ @}*/
