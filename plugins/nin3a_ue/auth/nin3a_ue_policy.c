/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_policy.h"

ENUM(nin3a_ue_reason_names, NIN3A_UE_UNDECIDED, NIN3A_UE_INCOMPLETE,
	"undecided",
	"allowed",
	"cancelled",
	"no-answer",
	"unreadable-answer",
	"refused-by-upf",
	"no-auth-payload",
	"auth-method",
	"eap-payload",
	"another-auth-follows",
	"ike-proposal",
	"address-mismatch",
	"wrong-key",
	"not-our-key",
	"responder-identity",
	"session-expired",
	"own-auth",
	"inner-address",
	"no-child-sa",
	"incomplete",
);

/*
 * Described in header
 */
const char *nin3a_ue_reason_token(nin3a_ue_reason_t reason)
{
	const char *token = enum_to_name(nin3a_ue_reason_names, reason);

	return token ?: "undecided";
}

/*
 * Described in header
 */
nin3a_ue_reason_t nin3a_ue_policy_response(const nin3a_ue_facts_t *facts)
{
	if (facts->refused)
	{
		return NIN3A_UE_REFUSED;
	}
	if (!facts->auth.payload)
	{
		return NIN3A_UE_NO_AUTH_PAYLOAD;
	}
	if (facts->auth.method != TUNNEL_AUTH_METHOD)
	{
		return NIN3A_UE_METHOD;
	}
	if (facts->auth.eap_payload)
	{
		return NIN3A_UE_EAP_PAYLOAD;
	}
	if (facts->auth.another_follows)
	{
		return NIN3A_UE_ANOTHER_AUTH;
	}
	if (!facts->ike_proposal)
	{
		return NIN3A_UE_IKE_PROPOSAL;
	}
	if (!facts->address_match)
	{
		return NIN3A_UE_ADDRESS_MISMATCH;
	}
	return NIN3A_UE_ALLOWED;
}

/*
 * Described in header
 */
nin3a_ue_reason_t nin3a_ue_policy_authorize(const nin3a_ue_facts_t *facts)
{
	if (!facts->psk_verified)
	{
		return NIN3A_UE_METHOD;
	}
	if (!facts->key_ours)
	{
		return NIN3A_UE_NOT_OUR_KEY;
	}
	if (!facts->responder_id)
	{
		return NIN3A_UE_RESPONDER_ID;
	}
	if (!facts->session_alive)
	{
		return NIN3A_UE_SESSION_EXPIRED;
	}
	if (!facts->ike_proposal)
	{
		return NIN3A_UE_IKE_PROPOSAL;
	}
	if (!facts->address_match)
	{
		return NIN3A_UE_ADDRESS_MISMATCH;
	}
	return NIN3A_UE_ALLOWED;
}
