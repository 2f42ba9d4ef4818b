/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_decision nin3a_ue_decision
 * @{ @ingroup nin3a_ue
 *
 * Gathers the facts about an IKE_SA of ours from charon and from plugin kupf,
 * asks nin3a_ue_policy, and carries its answer out: on the message and in
 * charon's authorization.
 *
 * charon verifies the UPF by whatever its payload says, before the connection
 * has a say (process_i() in its ike_auth.c).  So a response that is refused is
 * changed into one that can only end as one with a wrong key, and while an
 * exchange is handled the thread has no other credentials than the key of the
 * session (tunnel_keyring).
 *
 * Called in hooks of charon, by the thread that has the IKE_SA checked out.
 */

#ifndef NIN3A_UE_DECISION_H_
#define NIN3A_UE_DECISION_H_

#include "nin3a_ue/nin3a_ue_config.h"
#include "nin3a_ue/tunnels/nin3a_ue_legs.h"
#include "nin3a_ue/tunnels/nin3a_ue_sas.h"

#include "tunnel/tunnel_bounds.h"
#include "tunnel/tunnel_keyring.h"

#include <daemon.h>

/** Least time from an AUTH_LIFETIME to the reauthentication that it asks for,
 * seconds; one that leaves less is not followed */
#define NIN3A_UE_REAUTH_MIN 60

typedef struct nin3a_ue_decision_t nin3a_ue_decision_t;

struct nin3a_ue_decision_t {

	/**
	 * Judge a message that was decrypted and parsed and that charon has not
	 * looked at.
	 *
	 * @param ike_sa	any IKE_SA
	 * @param message	message that came for it
	 */
	void (*judge_message)(nin3a_ue_decision_t *this, ike_sa_t *ike_sa,
						  message_t *message);

	/**
	 * Keep what a UPF sets up within bounds: a request for more is changed into one
	 * that does nothing.
	 *
	 * @param bounds	counts that
	 * @param ike_sa	IKE_SA of ours
	 * @param message	message that came for it, parsed
	 */
	void (*judge_bounds)(nin3a_ue_decision_t *this, tunnel_bounds_t *bounds,
						 ike_sa_t *ike_sa, message_t *message);

	/**
	 * Judge whether an IKE_SA may go on.
	 *
	 * @param ike_sa	any IKE_SA
	 * @param final		FALSE after the UPF was verified, TRUE when the IKE_SA
	 *					is about to be established
	 * @return			FALSE if it must not; TRUE also if it is none of ours
	 */
	bool (*authorize)(nin3a_ue_decision_t *this, ike_sa_t *ike_sa, bool final);

	/**
	 * Judge a CHILD_SA that is being negotiated: its protection, and that there
	 * is an inner address for it.
	 *
	 * @param ike_sa	any IKE_SA
	 * @param child_sa	CHILD_SA
	 * @param type		how far it has come
	 * @return			FALSE if it must not be; TRUE also if the IKE_SA is none
	 *					of ours
	 */
	bool (*allows_child)(nin3a_ue_decision_t *this, ike_sa_t *ike_sa,
						 child_sa_t *child_sa, narrow_hook_t type);

	/**
	 * Judge the protection of an IKE_SA that was rekeyed.
	 *
	 * @param ike_sa	its successor
	 * @return			FALSE if it must not stay
	 */
	bool (*allows_rekeyed)(nin3a_ue_decision_t *this, ike_sa_t *ike_sa);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_decision_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		keys and sessions
 * @param config	settings
 * @param sas		IKE_SAs
 * @param legs		legs
 * @param keyring	keeps other credentials out
 */
nin3a_ue_decision_t *nin3a_ue_decision_create(kupf_t *kupf,
										nin3a_ue_config_t *config,
										nin3a_ue_sas_t *sas,
										nin3a_ue_legs_t *legs,
										tunnel_keyring_t *keyring);

#endif /** NIN3A_UE_DECISION_H_ @}*/
