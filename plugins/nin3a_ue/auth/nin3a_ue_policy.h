/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue nin3a_ue
 * @ingroup plugins
 *
 * @defgroup nin3a_ue_policy nin3a_ue_policy
 * @{ @ingroup nin3a_ue
 *
 * What a UPF must show to get the UE's tunnel, the UE's half of step 12 in
 * TR 33.754's figure 6.Y.2.1.
 *
 * Pure functions, as those of nin3a_policy for the other side: a fact that
 * nobody has gathered is FALSE or 0 and speaks against the UPF.
 */

#ifndef NIN3A_UE_POLICY_H_
#define NIN3A_UE_POLICY_H_

#include "tunnel/tunnel_auth.h"

typedef enum nin3a_ue_reason_t nin3a_ue_reason_t;
typedef struct nin3a_ue_facts_t nin3a_ue_facts_t;

/**
 * Answers, and why an attempt has failed.  nin3a_ue_reason_names has their
 * tokens, which appear in events, names of counters and the log, and never
 * change.  What means the same as on a UPF has the same token.
 */
enum nin3a_ue_reason_t {
	/** nobody has decided: no */
	NIN3A_UE_UNDECIDED,
	/** yes */
	NIN3A_UE_ALLOWED,
	/** its session was deleted: not told to anybody */
	NIN3A_UE_CANCELLED,
	/** the UPF does not answer */
	NIN3A_UE_NO_ANSWER,
	/** what the UPF answers cannot be read: malformed, not protected by the keys
	 * of the IKE_SA, or not due */
	NIN3A_UE_UNREADABLE,
	/** the UPF has answered with an error, e.g. AUTHENTICATION_FAILED */
	NIN3A_UE_REFUSED,
	/** the UPF wants EAP: there is no AUTH payload (RFC 7296, 2.16) */
	NIN3A_UE_NO_AUTH_PAYLOAD,
	/** AUTH payload of a method other than 2 */
	NIN3A_UE_METHOD,
	/** EAP payload beside the AUTH payload */
	NIN3A_UE_EAP_PAYLOAD,
	/** the UPF announces another round (RFC 4739) */
	NIN3A_UE_ANOTHER_AUTH,
	/** the IKE_SA is protected by a transform outside of the profile */
	NIN3A_UE_IKE_PROPOSAL,
	/** the answer is from another address than the session says */
	NIN3A_UE_ADDRESS_MISMATCH,
	/** the AUTH payload was not made with the session's key */
	NIN3A_UE_WRONG_KEY,
	/** the key that verified the UPF is not that of the session which the
	 * IKE_SA was initiated for */
	NIN3A_UE_NOT_OUR_KEY,
	/** the UPF has another identity than the connection says */
	NIN3A_UE_RESPONDER_ID,
	/** the life of the session is over */
	NIN3A_UE_SESSION_EXPIRED,
	/** we could not authenticate ourselves */
	NIN3A_UE_OWN_AUTH,
	/** the UPF has assigned none but inner addresses that must not be taken */
	NIN3A_UE_INNER_ADDRESS,
	/** the IKE_SA has got no CHILD_SA */
	NIN3A_UE_NO_CHILD,
	/** the IKE_SA was not completed, for another reason */
	NIN3A_UE_INCOMPLETE,
	/** number of reasons */
	NIN3A_UE_REASON_MAX,
};

/** Tokens for nin3a_ue_reason_t */
extern enum_name_t *nin3a_ue_reason_names;

/**
 * Get the token of a reason.
 *
 * @return			constant string, lower case with dashes
 */
const char *nin3a_ue_reason_token(nin3a_ue_reason_t reason);

/**
 * What is known about an IKE_SA that we have initiated.
 */
struct nin3a_ue_facts_t {

	/* response and authorize */

	/** its proposal is within the profile */
	bool ike_proposal;
	/** the UPF has the address that the session says */
	bool address_match;

	/* response: the IKE_AUTH response as it was parsed */

	/** it says that the UPF refuses us */
	bool refused;
	/** what it says about authentication */
	tunnel_auth_t auth;

	/* authorize */

	/** charon says that the peer used a PSK */
	bool psk_verified;
	/** the key that verified the peer is that of the IKE_SA's session */
	bool key_ours;
	/** it has the identity that the connection says, if it says one */
	bool responder_id;
	/** the life of the session is not over */
	bool session_alive;
};

/**
 * May charon look at the AUTH payload of an IKE_AUTH response?
 */
nin3a_ue_reason_t nin3a_ue_policy_response(const nin3a_ue_facts_t *facts);

/**
 * May an IKE_SA be established?
 */
nin3a_ue_reason_t nin3a_ue_policy_authorize(const nin3a_ue_facts_t *facts);

#endif /** NIN3A_UE_POLICY_H_ @}*/
