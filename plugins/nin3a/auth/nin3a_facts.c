/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_facts.h"

#include "compat.h"

/*
 * Described in header
 */
void nin3a_facts_of_ike_sa(ike_sa_t *ike_sa, nin3a_facts_t *facts)
{
	facts->ikev2 = ike_sa->get_version(ike_sa) == IKEV2;
	facts->responder = !ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR);
}

/**
 * Count the rounds of authentication that are configured for one side.
 *
 * @param psk_only	[out] set to FALSE if one is not a PSK one
 */
static u_int count_rounds(peer_cfg_t *peer_cfg, bool local, bool *psk_only)
{
	enumerator_t *enumerator;
	auth_cfg_t *auth;
	u_int count = 0;

	enumerator = peer_cfg->create_auth_cfg_enumerator(peer_cfg, local);
	while (enumerator->enumerate(enumerator, &auth))
	{
		count++;
		if ((uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS) != AUTH_CLASS_PSK)
		{
			*psk_only = FALSE;
		}
	}
	enumerator->destroy(enumerator);
	return count;
}

/*
 * Described in header
 */
void nin3a_facts_of_connection(peer_cfg_t *peer_cfg, nin3a_config_t *config,
							   nin3a_facts_t *facts)
{
	facts->named = config->is_named(config, peer_cfg->get_name(peer_cfg));
	facts->psk_only = TRUE;
	facts->local_rounds = count_rounds(peer_cfg, TRUE, &facts->psk_only);
	facts->remote_rounds = count_rounds(peer_cfg, FALSE, &facts->psk_only);
	facts->ppk_required = compat_ppk_required(peer_cfg);
}

/*
 * Described in header
 */
bool nin3a_facts_are_wanted(peer_cfg_t *peer_cfg, identification_t *wanted)
{
	enumerator_t *enumerator;
	identification_t *ours = NULL;
	auth_cfg_t *auth;

	enumerator = peer_cfg->create_auth_cfg_enumerator(peer_cfg, TRUE);
	if (enumerator->enumerate(enumerator, &auth))
	{
		ours = auth->get(auth, AUTH_RULE_IDENTITY);
	}
	enumerator->destroy(enumerator);
	/* as build_r() in charon's ike_auth.c looks at it, when our AUTH payload
	 * is due; it has found the connection with IDr as a pattern */
	return !wanted || wanted->get_type(wanted) == ID_ANY || !ours ||
		   wanted->matches(wanted, ours);
}

/*
 * Described in header
 */
bool nin3a_facts_psk_verified(ike_sa_t *ike_sa)
{
	auth_cfg_t *auth = ike_sa->get_auth_cfg(ike_sa, FALSE);

	/* the round's own configuration is not stored yet */
	return (uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS) == AUTH_CLASS_PSK;
}

/*
 * Described in header
 */
bool nin3a_facts_has_id(const kupf_session_t *session, ike_sa_t *ike_sa)
{
	identification_t *peer = ike_sa->get_other_id(ike_sa);
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	return type == peer->get_type(peer) &&
		   chunk_equals(id, peer->get_encoding(peer));
}

/*
 * Described in header
 */
bool nin3a_facts_has_address(const kupf_session_t *session, host_t *local)
{
	const kupf_address_t *address = kupf_session_get_upf_address(session);

	return address->family == AF_UNSPEC ||
		   kupf_address_is_host(address, local);
}
