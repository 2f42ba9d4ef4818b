/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a nin3a
 * @ingroup plugins
 *
 * @defgroup nin3a_policy nin3a_policy
 * @{ @ingroup nin3a
 *
 * What an IKE_SA must show to count as a NIN3A tunnel.
 *
 * Pure functions: whoever asks gathers the facts, the answer is that an IKE_SA
 * may go on, or the first reason against it.  Nobody asks without an answer
 * for each fact: a fact that was forgotten is FALSE or 0, which speaks against
 * the IKE_SA, and so does a reason that was never set (NIN3A_UNDECIDED).
 *
 * The questions, in the order in which charon comes to them:
 *
 *   nin3a_policy_request()     an IKE_AUTH request was decrypted and parsed;
 *                              charon has not looked at it
 *   nin3a_policy_mac_failed()  charon found no key that verifies the peer
 *   nin3a_policy_verified()    charon has verified the peer's AUTH payload
 *   nin3a_policy_final()       charon has built our AUTH payload and is about
 *                              to establish the IKE_SA
 */

#ifndef NIN3A_POLICY_H_
#define NIN3A_POLICY_H_

#include "tunnel/tunnel_auth.h"

/** Connections that are NIN3A ones if the setting does not name others */
#define NIN3A_CONNECTIONS "nin3a*"

typedef enum nin3a_reason_t nin3a_reason_t;
typedef struct nin3a_facts_t nin3a_facts_t;

/**
 * Answers.  nin3a_reason_names has their tokens, which appear in events, names
 * of counters and the log, and never change.
 */
enum nin3a_reason_t {
	/** nobody has decided: no */
	NIN3A_UNDECIDED,
	/** yes */
	NIN3A_ALLOWED,
	/** IKEv1 */
	NIN3A_IKE_VERSION,
	/** we are the one who initiated the IKE_SA */
	NIN3A_INITIATED_HERE,
	/** the connection is configured for anything but one round of PSK on
	 * either side */
	NIN3A_CONNECTION_CONFIG,
	/** charon came to the connection, or left it, after the IKE_AUTH request
	 * was judged */
	NIN3A_CONNECTION_SWITCHED,
	/** an IKE_AUTH request in an IKE_SA that has seen one */
	NIN3A_SECOND_ROUND,
	/** no AUTH payload, i.e. the UE asks for EAP (RFC 7296, 2.16) */
	NIN3A_NO_AUTH_PAYLOAD,
	/** AUTH payload of a method other than 2 */
	NIN3A_METHOD,
	/** EAP payload beside the AUTH payload */
	NIN3A_EAP_PAYLOAD,
	/** the UE announces another round (RFC 4739) */
	NIN3A_ANOTHER_AUTH,
	/** the IKE_SA is protected by a transform outside of the profile */
	NIN3A_IKE_PROPOSAL,
	/** the UE used a PPK that we do not have and sent NO_PPK_AUTH to be taken
	 * in place of its AUTH payload (RFC 8784) */
	NIN3A_NO_PPK_AUTH_USED,
	/** the UE used a PPK that we do not have (RFC 8784) */
	NIN3A_PPK_UNKNOWN,
	/** the connection requires a PPK and the UE used none (RFC 8784) */
	NIN3A_PPK_MISSING,
	/** no session has the UE's identity */
	NIN3A_UNKNOWN_IDENTITY,
	/** the life of the session is over */
	NIN3A_SESSION_EXPIRED,
	/** the session's key is not for IKE */
	NIN3A_SERVICE,
	/** the AUTH payload was not made with the session's key */
	NIN3A_WRONG_KEY,
	/** the key that verified the UE is not from the store, or not of the UE's
	 * identity */
	NIN3A_NOT_OUR_KEY,
	/** the session was deleted meanwhile */
	NIN3A_SESSION_GONE,
	/** the UE came to another address of ours than its session says */
	NIN3A_ADDRESS_MISMATCH,
	/** we could not authenticate ourselves, or not with the key that has
	 * verified the UE */
	NIN3A_OWN_AUTH,
	/** charon's uniqueness policy kept an older IKE_SA */
	NIN3A_UNIQUENESS,
	/** an IKE_SA of another connection has the identity of a session that has
	 * a tunnel, which charon would take for one of the same peer */
	NIN3A_IDENTITY_IN_USE,
	/** the UE of the session sets up more IKE_SAs than it may */
	NIN3A_SET_UPS,
	/** the UE wants another identity of us than the connection has (IDr) */
	NIN3A_RESPONDER_IDENTITY,
	/** an IKE_AUTH request without IDi */
	NIN3A_NO_IDENTITY,
	/** charon found no connection for the addresses, or for the identities */
	NIN3A_NO_CONNECTION,
	/** the UE of a session came to a connection that is no NIN3A one */
	NIN3A_OTHER_CONNECTION,
	/** charon chose none of the proposals for the IKE_SA */
	NIN3A_NO_PROPOSAL,
	/** a request cannot be parsed, or has a payload too often */
	NIN3A_MALFORMED,
	/** an unknown payload that is critical (RFC 7296, 2.5) */
	NIN3A_CRITICAL_PAYLOAD,
	/** the integrity check value of an IKE_AUTH request is wrong */
	NIN3A_NOT_AUTHENTIC,
	/** the key was right, but the IKE_SA was not completed */
	NIN3A_INCOMPLETE,
	/** number of reasons */
	NIN3A_REASON_MAX,
};

/** Tokens for nin3a_reason_t */
extern enum_name_t *nin3a_reason_names;

/**
 * Get the token of a reason.
 *
 * @return			constant string, lower case with dashes
 */
const char *nin3a_reason_token(nin3a_reason_t reason);

/**
 * What is known about an IKE_SA.  Which question needs which facts is told by
 * the sections.
 */
struct nin3a_facts_t {

	/* the IKE_SA: request, verified, final */

	/** it is IKEv2 */
	bool ikev2;
	/** the peer has initiated it */
	bool responder;

	/** its proposal is within the profile: request */
	bool ike_proposal;

	/* its connection: request, final */

	/** it is a NIN3A one: final */
	bool named;
	/** rounds of authentication configured for us */
	u_int local_rounds;
	/** rounds of authentication configured for the peer */
	u_int remote_rounds;
	/** each of these rounds is a PSK one */
	bool psk_only;

	/* the message: request, response (without the first two) */

	/** no IKE_AUTH request was seen before in this IKE_SA */
	bool first_round;
	/** it wants the identity of us that the connection has, or any: request */
	bool responder_id;
	/** what it says about authentication; the PPK: mac_failed */
	tunnel_auth_t auth;
	/** we have that PPK: mac_failed */
	bool ppk_held;
	/** the connection requires a PPK: mac_failed */
	bool ppk_required;

	/* what has happened so far */

	/** the request was allowed: verified */
	bool guarded;
	/** charon says that the peer used a PSK: verified */
	bool psk_verified;
	/** the key that verified the peer is that of a session with the peer's
	 * identity: verified */
	bool key_ours;
	/** the verification was allowed: final */
	bool verified;
	/** our AUTH payload was built with the key that verified the peer: final */
	bool own_auth;
	/** the IKE_SA was established: response */
	bool established;

	/* the session: verified, final (as far as marked) and mac_failed */

	/** the store has it: verified, final, mac_failed */
	bool session_known;
	/** its life is not over: verified, final, mac_failed */
	bool session_alive;
	/** its key is for IKE: verified, mac_failed */
	bool session_service;
	/** the UE came to the session's address, or to any if it has none or no
	 * match is required: verified */
	bool address_match;
	/** the UE does not set up more IKE_SAs than it may */
	bool few_set_ups;
};

/**
 * May charon look at an IKE_AUTH request for a NIN3A connection?
 */
nin3a_reason_t nin3a_policy_request(const nin3a_facts_t *facts);

/**
 * Why has no key verified a peer whose request was allowed?
 *
 * @return			a reason, never NIN3A_ALLOWED
 */
nin3a_reason_t nin3a_policy_mac_failed(const nin3a_facts_t *facts);

/**
 * May a peer that charon has verified get our AUTH payload?
 */
nin3a_reason_t nin3a_policy_verified(const nin3a_facts_t *facts);

/**
 * May an IKE_SA be established?
 */
nin3a_reason_t nin3a_policy_final(const nin3a_facts_t *facts);

/**
 * May an IKE_AUTH response be sent?  One that says that the UE failed may
 * always, but it has no AUTH payload then.
 */
nin3a_reason_t nin3a_policy_response(const nin3a_facts_t *facts);

/**
 * How much of its life may a UE be told that a session has left
 * (AUTH_LIFETIME, RFC 4478)?
 *
 * @param expiry		time_monotonic() of its end, 0 if it has none
 * @param now			time_monotonic()
 * @param minimum		shortest life to be told, seconds
 * @return				seconds, 0 to tell nothing
 */
uint32_t nin3a_policy_auth_lifetime(uint32_t expiry, uint32_t now,
									uint32_t minimum);

/**
 * Whether a connection is a NIN3A one.
 *
 * @param connections	names, separated by comma or space; one that ends in *
 *						stands for all that start with what is before it
 * @param name			name of the connection
 */
bool nin3a_policy_named(const char *connections, const char *name);

#endif /** NIN3A_POLICY_H_ @}*/
