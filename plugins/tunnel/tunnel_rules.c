/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_rules.h"

/*
 * Described in header
 */
const char *tunnel_rules_token(tunnel_verdict_t verdict)
{
	static const char *tokens[] = {
		[TUNNEL_NOT_DUE] = "not-due",
		[TUNNEL_UNPROTECTED] = "unprotected",
		[TUNNEL_MEDIATION] = "mediation",
		[TUNNEL_REDIRECT] = "redirect",
		[TUNNEL_MISPLACED] = "misplaced",
		[TUNNEL_CONTRADICTORY] = "contradictory",
		[TUNNEL_REAUTH] = "reauth",
		[TUNNEL_EXCESS] = "excess",
		[TUNNEL_NOT_YET] = "not-yet",
		[TUNNEL_TOO_LATE] = "too-late",
		[TUNNEL_PASS] = "pass",
	};

	return tokens[verdict];
}

/**
 * Whether the IKE_SA is established, or has been and lasts for the exchanges
 * that end it.
 */
static bool is_established(const tunnel_facts_t *facts)
{
	switch (facts->state)
	{
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
		case IKE_REKEYED:
		case IKE_DELETING:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Whether a message is due as far as its exchange goes.
 */
static bool is_due(const tunnel_facts_t *facts)
{
	/* we ask as initiator, and are asked as responder */
	bool mine = facts->initiator != facts->request;

	switch ((int)facts->exchange)
	{
		case IKE_SA_INIT:
			if (facts->request)
			{
				return facts->state == IKE_CREATED;
			}
			return facts->state == IKE_CONNECTING && mine &&
				   facts->message_id == 0;
		case IKE_AUTH:
			return facts->state == IKE_CONNECTING && mine;
		case TUNNEL_IKE_INTERMEDIATE:
			return facts->state == IKE_CONNECTING && mine &&
				   facts->additional_ke;
		case CREATE_CHILD_SA:
		case INFORMATIONAL:
			return is_established(facts);
		case TUNNEL_IKE_FOLLOWUP_KE:
			return is_established(facts) && facts->additional_ke;
		default:
			return FALSE;
	}
}

/**
 * Whether charon could move the end of the peer for a message: to wherever a
 * request comes from, without MOBIKE also a response (with it, that may be the
 * answer to a probe of another path).
 */
static bool is_moving(const tunnel_facts_t *facts)
{
	return facts->elsewhere && is_established(facts) &&
		   (facts->request || !facts->mobike);
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_message(const tunnel_facts_t *facts)
{
	if (facts->exchange == TUNNEL_ME_CONNECT)
	{
		return TUNNEL_MEDIATION;
	}
	if (!is_due(facts) || is_moving(facts))
	{
		return TUNNEL_NOT_DUE;
	}
	if (facts->exchange != IKE_SA_INIT && !facts->protected)
	{
		return TUNNEL_UNPROTECTED;
	}
	return TUNNEL_PASS;
}

/**
 * Whether a payload belongs into an IKE_AUTH message.
 */
static bool is_of_auth(payload_type_t type)
{
	switch (type)
	{
		case PLV2_ID_INITIATOR:
		case PLV2_ID_RESPONDER:
		case PLV2_CERTIFICATE:
		case PLV2_CERTREQ:
		case PLV2_AUTH:
		case PLV2_EAP:
		case PLV2_CONFIGURATION:
		case PLV2_SECURITY_ASSOCIATION:
		case PLV2_TS_INITIATOR:
		case PLV2_TS_RESPONDER:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Whether a payload belongs into a CREATE_CHILD_SA message.
 */
static bool is_of_create(payload_type_t type)
{
	switch (type)
	{
		case PLV2_SECURITY_ASSOCIATION:
		case PLV2_NONCE:
		case PLV2_KEY_EXCHANGE:
		case PLV2_TS_INITIATOR:
		case PLV2_TS_RESPONDER:
		case PLV2_CONFIGURATION:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Whether there is more in the payloads of a message than it may have.
 */
static bool is_excess(const tunnel_facts_t *facts, payload_type_t type)
{
	switch (type)
	{
		case PLV2_CONFIGURATION:
			/* what we have asked for ourselves is looked at elsewhere */
			return facts->request && facts->asked > TUNNEL_ASKED_MAX;
		case PLV2_DELETE:
			return facts->deleted > facts->children + TUNNEL_DELETED_SPARE;
		case PLV2_VENDOR_ID:
			return facts->vendors > TUNNEL_VENDORS_MAX;
		default:
			return FALSE;
	}
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_payload(const tunnel_facts_t *facts,
									  payload_type_t type)
{
	bool belongs;

	if (is_excess(facts, type))
	{
		return TUNNEL_EXCESS;
	}
	switch (type)
	{
		case PLV2_NOTIFY:
		case PLV2_VENDOR_ID:
		case PLV2_FRAGMENT:
		case PL_UNKNOWN:
			return TUNNEL_PASS;
		default:
			break;
	}
	switch ((int)facts->exchange)
	{
		case IKE_SA_INIT:
			belongs = type == PLV2_SECURITY_ASSOCIATION ||
					  type == PLV2_KEY_EXCHANGE || type == PLV2_NONCE ||
					  type == PLV2_CERTREQ;
			break;
		case IKE_AUTH:
			belongs = is_of_auth(type);
			break;
		case TUNNEL_IKE_INTERMEDIATE:
		case TUNNEL_IKE_FOLLOWUP_KE:
			belongs = type == PLV2_KEY_EXCHANGE;
			break;
		case CREATE_CHILD_SA:
			belongs = is_of_create(type);
			break;
		case INFORMATIONAL:
			belongs = type == PLV2_DELETE || type == PLV2_CONFIGURATION;
			break;
		default:
			belongs = FALSE;
			break;
	}
	return belongs ? TUNNEL_PASS : TUNNEL_MISPLACED;
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_notify(const tunnel_facts_t *facts,
									 notify_type_t type)
{
	if (type >= TUNNEL_ME_FIRST && type <= TUNNEL_ME_LAST)
	{	/* in an answer it is one that we have asked for */
		return facts->request ? TUNNEL_MEDIATION : TUNNEL_PASS;
	}
	switch (type)
	{
		case REDIRECT:
			return TUNNEL_REDIRECT;
		case AUTH_LIFETIME:
			/* the responder tells the initiator (RFC 4478, 3), never the
			 * other way round */
			return facts->original ? TUNNEL_PASS : TUNNEL_MISPLACED;
		case UPDATE_SA_ADDRESSES:
			/* the initiator tells the responder (RFC 4555, 3.5) */
		case IKEV2_MESSAGE_ID_SYNC_SUPPORTED:
			/* message IDs are what they are: whoever takes over from a UPF sets
			 * them (RFC 6311, 5.1) in messages that are out of order */
			return facts->original ? TUNNEL_MISPLACED : TUNNEL_PASS;
		case NO_ADDITIONAL_SAS:
			/* an answer to who asks for an SA (RFC 7296, 1.3) */
			return facts->exchange == IKE_AUTH ||
				   facts->exchange == CREATE_CHILD_SA ? TUNNEL_PASS
													  : TUNNEL_MISPLACED;
		case ADDITIONAL_IP4_ADDRESS:
		case ADDITIONAL_IP6_ADDRESS:
			return facts->addresses < TUNNEL_ADDRESSES_MAX ? TUNNEL_PASS
														   : TUNNEL_EXCESS;
		default:
			return TUNNEL_PASS;
	}
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_begun(const tunnel_facts_t *facts)
{
	/* charon goes on with it, whatever comes; one that we rekey may be that one,
	 * or another one */
	if (!facts->begun || facts->children_rekeying > (facts->rekeying ? 1 : 0))
	{
		return TUNNEL_PASS;
	}
	return facts->rekeying ? TUNNEL_NOT_YET : TUNNEL_TOO_LATE;
}

/**
 * Likewise for a request to create or rekey something.
 */
static bool is_create_settled(const tunnel_facts_t *facts)
{
	if (facts->any_selectors)
	{	/* a CHILD_SA, and one that the peer has rekeyed it may delete only */
		return !facts->rekeying || !facts->again;
	}
	/* the IKE_SA, which the peer rekeys once; for a half-open CHILD_SA charon
	 * answers TEMPORARY_FAILURE */
	return !facts->ike_collided && (!facts->rekeying || facts->half_open);
}

/**
 * Whether nothing that we have asked for keeps a request from having its effect.
 */
static bool is_settled(const tunnel_facts_t *facts)
{
	switch ((int)facts->exchange)
	{
		case INFORMATIONAL:
			/* it may delete the CHILD_SA that we rekey, or another one */
			return !facts->rekeying || facts->deleted <= 1;
		case CREATE_CHILD_SA:
			return is_create_settled(facts);
		case TUNNEL_IKE_FOLLOWUP_KE:
			/* it may be the one that ends the rekeying of the IKE_SA */
			return !facts->ike_begun || !facts->child_busy;
		default:
			return TRUE;
	}
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_request(const tunnel_facts_t *facts)
{
	tunnel_verdict_t verdict = tunnel_rules_begun(facts);

	if (verdict == TUNNEL_PASS && !is_settled(facts))
	{
		return TUNNEL_NOT_YET;
	}
	return verdict;
}

/*
 * Described in header
 */
tunnel_verdict_t tunnel_rules_answer(const tunnel_facts_t *facts)
{
	if (facts->exchange != CREATE_CHILD_SA)
	{
		return TUNNEL_PASS;
	}
	if (facts->sa && (facts->error || (facts->child_due && !facts->selectors)))
	{
		return TUNNEL_CONTRADICTORY;
	}
	if (facts->no_additional_sas)
	{
		return TUNNEL_REAUTH;
	}
	return TUNNEL_PASS;
}
