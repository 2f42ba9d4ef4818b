/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_decision nin3a_decision
 * @{ @ingroup nin3a
 *
 * Gathers the facts about an IKE_SA from charon and from plugin kupf, asks
 * nin3a_policy, and carries its answer out: on the message, in nin3a_tunnels
 * and in charon's authorization.
 *
 * Called in hooks of charon.
 */

#ifndef NIN3A_DECISION_H_
#define NIN3A_DECISION_H_

#include "nin3a/tunnels/nin3a_jobs.h"
#include "nin3a_unjudged.h"
#include "nin3a/tunnels/nin3a_setups.h"
#include "nin3a/nin3a_config.h"
#include "tunnel/tunnel_keyring.h"

#include <daemon.h>

typedef struct nin3a_decision_t nin3a_decision_t;

struct nin3a_decision_t {

	/**
	 * Judge an IKE_AUTH request that charon has not looked at.  One that is
	 * refused is changed so that it fails.
	 *
	 * For the rest of the exchange the thread has no credentials but those of
	 * the keyring.  If the connection is not a NIN3A one, or there is none, it
	 * is only noted why the UE fails if it does.
	 *
	 * @param ike_sa	IKE_SA, as responder
	 * @param request	its request
	 */
	void (*judge_request)(nin3a_decision_t *this, ike_sa_t *ike_sa,
						  message_t *request);

	/**
	 * Judge an IKE_SA that ends: an IKEv1 one that has come to a NIN3A
	 * connection and was never established was refused.
	 *
	 * @param ike_sa	any IKE_SA
	 */
	void (*judge_end)(nin3a_decision_t *this, ike_sa_t *ike_sa);

	/**
	 * Judge whether an IKE_SA may go on.
	 *
	 * @param ike_sa	any IKE_SA
	 * @param final		FALSE after the peer was verified, TRUE when the IKE_SA
	 *					is about to be established
	 * @return			FALSE if it must not; TRUE also if it is none of ours
	 */
	bool (*authorize)(nin3a_decision_t *this, ike_sa_t *ike_sa, bool final);

	/**
	 * Whether the connection of an IKE_SA is a NIN3A one.
	 *
	 * @param ike_sa	any IKE_SA
	 */
	bool (*is_named)(nin3a_decision_t *this, ike_sa_t *ike_sa);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_decision_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		keys and sessions
 * @param config	settings
 * @param tunnels	tunnels
 * @param jobs		closes tunnels
 * @param keyring	keeps other credentials out
 * @param unjudged	told of UEs that come to no NIN3A connection
 * @param setups	counts the set-ups of sessions
 */
nin3a_decision_t *nin3a_decision_create(kupf_t *kupf, nin3a_config_t *config,
								  nin3a_tunnels_t *tunnels,
								  nin3a_jobs_t *jobs,
								  tunnel_keyring_t *keyring,
								  nin3a_unjudged_t *unjudged,
								  nin3a_setups_t *setups);

#endif /** NIN3A_DECISION_H_ @}*/
