/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_policy.h"

ENUM(nin3a_reason_names, NIN3A_UNDECIDED, NIN3A_INCOMPLETE,
	"undecided",
	"allowed",
	"ike-version",
	"initiated-here",
	"connection-config",
	"connection-switched",
	"second-round",
	"no-auth-payload",
	"auth-method",
	"eap-payload",
	"another-auth-follows",
	"ike-proposal",
	"no-ppk-auth",
	"ppk-unknown",
	"ppk-missing",
	"unknown-identity",
	"session-expired",
	"service",
	"wrong-key",
	"not-our-key",
	"session-gone",
	"address-mismatch",
	"own-auth",
	"uniqueness",
	"identity-in-use",
	"set-ups",
	"responder-identity",
	"no-identity",
	"no-connection",
	"other-connection",
	"no-proposal",
	"malformed",
	"critical-payload",
	"not-authentic",
	"incomplete",
);

/*
 * Described in header
 */
const char *nin3a_reason_token(nin3a_reason_t reason)
{
	const char *token = enum_to_name(nin3a_reason_names, reason);

	return token ?: "undecided";
}

/**
 * Check the IKE_SA itself.
 */
static nin3a_reason_t check_ike_sa(const nin3a_facts_t *facts)
{
	if (!facts->ikev2)
	{
		return NIN3A_IKE_VERSION;
	}
	if (!facts->responder)
	{
		return NIN3A_INITIATED_HERE;
	}
	return NIN3A_ALLOWED;
}

/**
 * Check the connection's configuration.
 */
static nin3a_reason_t check_config(const nin3a_facts_t *facts)
{
	if (facts->local_rounds != 1 || facts->remote_rounds != 1 ||
		!facts->psk_only)
	{
		return NIN3A_CONNECTION_CONFIG;
	}
	return NIN3A_ALLOWED;
}

/**
 * Check the message.
 */
static nin3a_reason_t check_message(const nin3a_facts_t *facts)
{
	if (!facts->first_round)
	{
		return NIN3A_SECOND_ROUND;
	}
	if (!facts->auth.payload)
	{
		return NIN3A_NO_AUTH_PAYLOAD;
	}
	if (facts->auth.method != TUNNEL_AUTH_METHOD)
	{
		return NIN3A_METHOD;
	}
	if (facts->auth.eap_payload)
	{
		return NIN3A_EAP_PAYLOAD;
	}
	if (facts->auth.another_follows)
	{
		return NIN3A_ANOTHER_AUTH;
	}
	return NIN3A_ALLOWED;
}

/*
 * Described in header
 */
nin3a_reason_t nin3a_policy_request(const nin3a_facts_t *facts)
{
	nin3a_reason_t reason;

	reason = check_ike_sa(facts);
	if (reason == NIN3A_ALLOWED)
	{
		reason = check_message(facts);
	}
	if (reason == NIN3A_ALLOWED)
	{
		reason = check_config(facts);
	}
	if (reason == NIN3A_ALLOWED && !facts->responder_id)
	{
		reason = NIN3A_RESPONDER_IDENTITY;
	}
	if (reason == NIN3A_ALLOWED && !facts->ike_proposal)
	{
		reason = NIN3A_IKE_PROPOSAL;
	}
	return reason;
}

/**
 * Check the PPK of a peer that no key has verified (RFC 8784, 3).
 */
static nin3a_reason_t check_ppk(const nin3a_facts_t *facts)
{
	if (facts->ppk_held)
	{
		return NIN3A_ALLOWED;
	}
	if (facts->auth.no_ppk_auth)
	{
		return NIN3A_NO_PPK_AUTH_USED;
	}
	if (facts->auth.ppk_named)
	{
		return NIN3A_PPK_UNKNOWN;
	}
	return facts->ppk_required ? NIN3A_PPK_MISSING : NIN3A_ALLOWED;
}

/*
 * Described in header
 */
nin3a_reason_t nin3a_policy_mac_failed(const nin3a_facts_t *facts)
{
	nin3a_reason_t reason;

	if (!facts->session_known)
	{
		return NIN3A_UNKNOWN_IDENTITY;
	}
	if (!facts->session_alive)
	{
		return NIN3A_SESSION_EXPIRED;
	}
	if (!facts->session_service)
	{
		return NIN3A_SERVICE;
	}
	reason = check_ppk(facts);
	return reason == NIN3A_ALLOWED ? NIN3A_WRONG_KEY : reason;
}

/*
 * Described in header
 */
nin3a_reason_t nin3a_policy_verified(const nin3a_facts_t *facts)
{
	nin3a_reason_t reason;

	reason = check_ike_sa(facts);
	if (reason != NIN3A_ALLOWED)
	{
		return reason;
	}
	if (!facts->guarded)
	{
		return NIN3A_CONNECTION_SWITCHED;
	}
	if (!facts->psk_verified)
	{
		return NIN3A_METHOD;
	}
	if (!facts->key_ours)
	{
		return NIN3A_NOT_OUR_KEY;
	}
	if (!facts->session_known)
	{
		return NIN3A_SESSION_GONE;
	}
	if (!facts->session_alive)
	{
		return NIN3A_SESSION_EXPIRED;
	}
	if (!facts->session_service)
	{
		return NIN3A_SERVICE;
	}
	if (!facts->address_match)
	{
		return NIN3A_ADDRESS_MISMATCH;
	}
	if (!facts->few_set_ups)
	{
		return NIN3A_SET_UPS;
	}
	return NIN3A_ALLOWED;
}

/*
 * Described in header
 */
nin3a_reason_t nin3a_policy_final(const nin3a_facts_t *facts)
{
	nin3a_reason_t reason;

	reason = check_ike_sa(facts);
	if (reason != NIN3A_ALLOWED)
	{
		return reason;
	}
	if (!facts->named || !facts->verified)
	{
		return NIN3A_CONNECTION_SWITCHED;
	}
	if (!facts->session_known)
	{
		return NIN3A_SESSION_GONE;
	}
	if (!facts->session_alive)
	{
		return NIN3A_SESSION_EXPIRED;
	}
	if (!facts->own_auth)
	{
		return NIN3A_OWN_AUTH;
	}
	return check_config(facts);
}

/*
 * Described in header
 */
nin3a_reason_t nin3a_policy_response(const nin3a_facts_t *facts)
{
	if (facts->established ?
		facts->auth.method != TUNNEL_AUTH_METHOD || facts->auth.eap_payload ||
		!facts->auth.payload || facts->auth.another_follows :
		facts->auth.payload)
	{
		return NIN3A_OWN_AUTH;
	}
	return NIN3A_ALLOWED;
}

/*
 * Described in header
 */
uint32_t nin3a_policy_auth_lifetime(uint32_t expiry, uint32_t now,
									uint32_t minimum)
{
	if (!expiry || expiry <= now || expiry - now < minimum)
	{
		return 0;
	}
	return expiry - now;
}

/*
 * Described in header
 */
bool nin3a_policy_named(const char *connections, const char *name)
{
	static const char *separators = ", \t\r\n";
	size_t len, name_len = strlen(name);

	while (*connections)
	{
		connections += strspn(connections, separators);
		len = strcspn(connections, separators);
		if (len && connections[len - 1] == '*')
		{
			if (name_len >= len - 1 && strneq(name, connections, len - 1))
			{
				return TRUE;
			}
		}
		else if (len && name_len == len && strneq(name, connections, len))
		{
			return TRUE;
		}
		connections += len;
	}
	return FALSE;
}
