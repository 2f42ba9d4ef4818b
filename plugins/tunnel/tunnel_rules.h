/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_rules tunnel_rules
 * @{ @ingroup tunnel
 *
 * Which messages are due on an IKE_SA, and what belongs into them: pure
 * functions of facts.  They say what may pass (RFC 7296, 1.2 to 1.4 and 2.21 to
 * 2.25; RFC 9242, RFC 9370), and all else may not; a state or an exchange that
 * nobody has thought of is among the latter.
 */

#ifndef TUNNEL_RULES_H_
#define TUNNEL_RULES_H_

#include <daemon.h>

/** Exchange types that strongSwan has since 6.0 only (RFC 9242, RFC 9370) */
#define TUNNEL_IKE_INTERMEDIATE 43
#define TUNNEL_IKE_FOLLOWUP_KE 44

/** Exchange type and notifies of IKE mediation, in the range of private use */
#define TUNNEL_ME_CONNECT 240
#define TUNNEL_ME_FIRST 40962
#define TUNNEL_ME_LAST 40968

/** Most addresses that a message adds to that which it comes from (MOBIKE,
 * RFC 4555, 3.6): they are kept, and may once be tried */
#define TUNNEL_ADDRESSES_MAX 8

/** Most inner addresses that a message asks for: whoever has more for one UE
 * has a reason to set up another IKE_SA */
#define TUNNEL_ASKED_MAX 8

/** CHILD_SAs that a message deletes beyond those that there are: deletions may
 * cross.  What a message is worth in log lines is bounded. */
#define TUNNEL_DELETED_SPARE 16

/** Most vendor IDs of a message, for the same reason */
#define TUNNEL_VENDORS_MAX 32

typedef enum tunnel_verdict_t tunnel_verdict_t;
typedef struct tunnel_facts_t tunnel_facts_t;

/**
 * What is thought of a message, or of a payload in it.  tunnel_rules_token()
 * has the names, which are part of names of counters and never change.
 */
enum tunnel_verdict_t {
	/** not due in the state of its IKE_SA */
	TUNNEL_NOT_DUE,
	/** nothing protects it though it comes after IKE_SA_INIT */
	TUNNEL_UNPROTECTED,
	/** asks for mediation */
	TUNNEL_MEDIATION,
	/** redirects to somewhere else (RFC 5685) */
	TUNNEL_REDIRECT,
	/** payload that does not belong into such a message */
	TUNNEL_MISPLACED,
	/** answer that says two things, or half of one */
	TUNNEL_CONTRADICTORY,
	/** answer that would have our side authenticate anew */
	TUNNEL_REAUTH,
	/** one of more than a message may have */
	TUNNEL_EXCESS,
	/** not due until our own rekeying has come to its end */
	TUNNEL_NOT_YET,
	/** comes while the peer rekeys a CHILD_SA that is gone */
	TUNNEL_TOO_LATE,
	/** there is nothing to say against it */
	TUNNEL_PASS,
};

/** Number of verdicts that speak against something */
#define TUNNEL_AGAINST TUNNEL_PASS

/**
 * What is known about a message and its IKE_SA.
 */
struct tunnel_facts_t {
	/** whether charon has additional key exchanges */
	bool additional_ke;
	/** state of the IKE_SA */
	ike_sa_state_t state;
	/** whether we have initiated this IKE_SA */
	bool initiator;
	/** whether we have initiated the first one, which was rekeyed into it */
	bool original;
	/** what the message is */
	exchange_type_t exchange;
	/** whether it is a request */
	bool request;
	/** its message ID */
	uint32_t message_id;
	/** whether it is encrypted */
	bool protected;
	/** whether it comes from another address than that of the peer, though only
	 * our end moves the IKE_SA */
	bool elsewhere;
	/** whether both ends support MOBIKE */
	bool mobike;

	/** CHILD_SAs that there are, if it deletes any */
	u_int children;

	/* of its notifies up to one */

	/** how many additional addresses (MOBIKE) there were */
	u_int addresses;

	/* of its payloads up to one, which included */

	/** how many inner addresses it asks for, or assigns */
	u_int asked;
	/** how many CHILD_SAs it deletes */
	u_int deleted;
	/** how many vendor IDs it has */
	u_int vendors;

	/* of a request, which is decrypted and parsed */

	/** we wait for the answer to a request to rekey a CHILD_SA */
	bool rekeying;
	/** we wait for the answer to a request to rekey or delete a CHILD_SA */
	bool child_busy;
	/** a CHILD_SA is in a state in which charon rekeys no IKE_SA */
	bool half_open;
	/** the peer has begun to rekey a CHILD_SA, with additional key exchanges */
	bool begun;
	/** likewise the IKE_SA */
	bool ike_begun;
	/** we wait for the answer to a request to rekey the IKE_SA, and the peer has
	 * asked for the same since */
	bool ike_collided;
	/** how many CHILD_SAs are being rekeyed */
	u_int children_rekeying;

	/* of a message, which is decrypted and parsed */

	/** it has a TSi or a TSr payload */
	bool any_selectors;
	/** it rekeys a CHILD_SA that was rekeyed already */
	bool again;

	/* of a response, which is decrypted and parsed */

	/** it answers a request for a CHILD_SA, new or rekeyed */
	bool child_due;
	/** it has an SA payload */
	bool sa;
	/** it has a TSi and a TSr payload */
	bool selectors;
	/** it has an error notify */
	bool error;
	/** it has NO_ADDITIONAL_SAS */
	bool no_additional_sas;
};

/**
 * Get the token of a verdict.
 *
 * @return			constant string, lower case with dashes
 */
const char *tunnel_rules_token(tunnel_verdict_t verdict);

/**
 * Is a message due?  Needs all facts that are not about a parsed response.
 *
 * @return			TUNNEL_PASS, or why not
 */
tunnel_verdict_t tunnel_rules_message(const tunnel_facts_t *facts);

/**
 * Does a payload belong into a message that is due?
 *
 * @param type		type of the payload
 * @return			TUNNEL_PASS, or why it is to be taken out
 */
tunnel_verdict_t tunnel_rules_payload(const tunnel_facts_t *facts,
									  payload_type_t type);

/**
 * Does a notify belong into a message that is due?
 *
 * @param type		type of the notify
 * @return			TUNNEL_PASS, or why it is to be taken out
 */
tunnel_verdict_t tunnel_rules_notify(const tunnel_facts_t *facts,
									 notify_type_t type);

/**
 * Is what a request asks for due, as far as CHILD_SAs are being rekeyed?  If not,
 * it is left out as a whole, and the peer sends it again: what comes too early
 * finds us ready once the peer has answered (RFC 7296, 2.25); if it comes too late,
 * what the peer has begun is to be forgotten meanwhile, and what goes on with that
 * then gets STATE_NOT_FOUND (RFC 9370, 2.2.4).  Needs all facts that are not about a response.
 *
 * @return			TUNNEL_PASS, or why not
 */
tunnel_verdict_t tunnel_rules_request(const tunnel_facts_t *facts);

/**
 * Likewise of any request, as far as the peer has begun to rekey a CHILD_SA.  Needs
 * the facts about tasks and CHILD_SAs only.
 *
 * @return			TUNNEL_PASS, or why not
 */
tunnel_verdict_t tunnel_rules_begun(const tunnel_facts_t *facts);

/**
 * Does a response say one thing?  If not, it is to be taken for an ordinary
 * refusal.
 *
 * @return			TUNNEL_PASS, or why not
 */
tunnel_verdict_t tunnel_rules_answer(const tunnel_facts_t *facts);

#endif /** TUNNEL_RULES_H_ @}*/
