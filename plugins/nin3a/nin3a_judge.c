/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_judge.h"
#include "nin3a_message.h"

typedef struct private_nin3a_judge_t private_nin3a_judge_t;

/**
 * Private data of the judge.
 */
struct private_nin3a_judge_t {
	/** public interface */
	nin3a_judge_t public;
	/** keys and sessions */
	kupf_t *kupf;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** closes tunnels */
	nin3a_actions_t *actions;
};

/**
 * Get the facts about the IKE_SA itself.
 */
static void get_ike_sa_facts(ike_sa_t *ike_sa, nin3a_facts_t *facts)
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

/**
 * Get the facts about a connection.
 */
static void get_connection_facts(private_nin3a_judge_t *this,
								 peer_cfg_t *peer_cfg, nin3a_facts_t *facts)
{
	facts->named = this->config->is_named(this->config,
										  peer_cfg->get_name(peer_cfg));
	facts->psk_only = TRUE;
	facts->local_rounds = count_rounds(peer_cfg, TRUE, &facts->psk_only);
	facts->remote_rounds = count_rounds(peer_cfg, FALSE, &facts->psk_only);
}

/**
 * Judge the first IKE_AUTH request for a NIN3A connection.
 */
static void judge_first(private_nin3a_judge_t *this, ike_sa_t *ike_sa,
						message_t *request, peer_cfg_t *peer_cfg)
{
	nin3a_attempt_t *attempt;
	identification_t *id;
	nin3a_reason_t reason;
	nin3a_facts_t facts = {
		.first_round = !ike_sa->get_peer_cfg(ike_sa),
	};

	get_ike_sa_facts(ike_sa, &facts);
	get_connection_facts(this, peer_cfg, &facts);
	nin3a_message_get_facts(request, &facts);
	reason = nin3a_policy_request(&facts);

	id = nin3a_message_get_id(request);
	attempt = nin3a_attempt_create(id, ike_sa->get_my_host(ike_sa),
								   ike_sa->get_other_host(ike_sa), reason);
	attempt->no_ppk_auth = facts.no_ppk_auth;
	DESTROY_IF(id);

	this->tunnels->begin(this->tunnels, ike_sa->get_unique_id(ike_sa),
						 attempt);
	if (reason == NIN3A_ALLOWED)
	{
		nin3a_message_allow(request);
	}
	else
	{
		nin3a_message_refuse(request);
	}
}

METHOD(nin3a_judge_t, judge_request, bool,
	private_nin3a_judge_t *this, ike_sa_t *ike_sa, message_t *request)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	peer_cfg_t *peer_cfg;
	bool named = FALSE;

	if (this->tunnels->get_state(this->tunnels, unique_id) != NIN3A_STATE_NONE)
	{
		this->tunnels->refuse(this->tunnels, unique_id, NIN3A_SECOND_ROUND);
		nin3a_message_refuse(request);
		return TRUE;
	}
	peer_cfg = nin3a_message_select(ike_sa, request);
	if (peer_cfg)
	{
		named = this->config->is_named(this->config,
									   peer_cfg->get_name(peer_cfg));
		if (named)
		{
			judge_first(this, ike_sa, request, peer_cfg);
		}
		peer_cfg->destroy(peer_cfg);
	}
	return named;
}

/**
 * Whether a session has the identity of the peer, type and bytes.
 */
static bool has_id(const kupf_session_t *session, identification_t *peer)
{
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	return type == peer->get_type(peer) &&
		   chunk_equals(id, peer->get_encoding(peer));
}

/**
 * Whether the UE came to the right address of ours.
 */
static bool is_address_right(private_nin3a_judge_t *this,
							 const kupf_session_t *session, ike_sa_t *ike_sa)
{
	const kupf_address_t *address = kupf_session_get_upf_address(session);

	return address->family == AF_UNSPEC ||
		   !this->config->require_address_match(this->config) ||
		   kupf_address_is_host(address, ike_sa->get_my_host(ike_sa));
}

/**
 * Get the session that is in the store in place of another one now: itself,
 * or what it was modified to.  Of the same name may also be a later one, which
 * starts with generation 1 again.
 *
 * @return			new reference, NULL if it is gone
 */
static kupf_session_t *get_current(private_nin3a_judge_t *this,
								   const kupf_session_t *session)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);
	kupf_session_t *current;

	current = store->get(store, kupf_session_get_name(session));
	if (current && current != session &&
		kupf_session_get_generation(current) <=
									kupf_session_get_generation(session))
	{
		kupf_session_unref(current);
		current = NULL;
	}
	return current;
}

/**
 * Bind an IKE_SA to the session whose key has verified its peer.
 */
static void bind_session(private_nin3a_judge_t *this, ike_sa_t *ike_sa,
						 kupf_session_t *session)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);
	nin3a_spis_t spis = {
		.initiator = id->get_initiator_spi(id),
		.responder = id->get_responder_spi(id),
		.initiated_here = id->is_initiator(id),
	};

	this->tunnels->bind(this->tunnels, ike_sa->get_unique_id(ike_sa), session,
						&spis);
}

/**
 * Judge an IKE_SA whose peer was verified.
 */
static nin3a_reason_t judge_verified(private_nin3a_judge_t *this,
									 ike_sa_t *ike_sa, nin3a_facts_t *facts)
{
	kupf_session_t *session, *current = NULL;
	auth_cfg_t *auth;

	/* the round's own configuration is not stored yet */
	auth = ike_sa->get_auth_cfg(ike_sa, FALSE);
	facts->psk_verified =
		(uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS) == AUTH_CLASS_PSK;

	session = this->kupf->get_verified(this->kupf,
									   ike_sa->get_unique_id(ike_sa));
	if (session)
	{
		/* first bind, then ask the store: see nin3a_tunnels.h */
		bind_session(this, ike_sa, session);
		current = get_current(this, session);

		facts->key_ours = has_id(session, ike_sa->get_other_id(ike_sa));
		facts->session_known = current != NULL;
		facts->session_alive = !kupf_session_expired(session,
													 time_monotonic(NULL));
		facts->session_service = kupf_session_get_services(session) &
								 KUPF_SERVICE_IKE;
		facts->address_match = is_address_right(this, session, ike_sa);
	}
	kupf_session_unref(current);
	kupf_session_unref(session);
	return nin3a_policy_verified(facts);
}

/**
 * A session was modified while a UE authenticated with it: it gets the tunnel
 * and the grace, as if it had come a moment earlier.
 */
static void follow_modification(private_nin3a_judge_t *this,
								kupf_session_t *session,
								kupf_session_t *current)
{
	if (kupf_session_needs_rekey(session, current))
	{
		this->actions->check(this->actions, current,
							 this->config->get_grace(this->config));
	}
	else
	{
		this->tunnels->refresh(this->tunnels, current);
	}
}

/**
 * Judge an IKE_SA that is about to be established.
 */
static nin3a_reason_t judge_final(private_nin3a_judge_t *this,
								  ike_sa_t *ike_sa, nin3a_facts_t *facts)
{
	kupf_session_t *session, *current = NULL;
	nin3a_reason_t reason;

	get_connection_facts(this, ike_sa->get_peer_cfg(ike_sa), facts);
	session = this->tunnels->get_session(this->tunnels,
										 ike_sa->get_unique_id(ike_sa));
	if (session)
	{
		current = get_current(this, session);
	}
	if (current)
	{
		facts->session_known = TRUE;
		facts->session_alive = !kupf_session_expired(current,
													 time_monotonic(NULL));
	}
	reason = nin3a_policy_final(facts);
	if (reason == NIN3A_ALLOWED && current != session)
	{
		follow_modification(this, session, current);
	}
	kupf_session_unref(current);
	kupf_session_unref(session);
	return reason;
}

METHOD(nin3a_judge_t, is_named, bool,
	private_nin3a_judge_t *this, ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);

	return peer_cfg && this->config->is_named(this->config,
											  peer_cfg->get_name(peer_cfg));
}

/**
 * Refuse an IKE_SA in authorization.  One that came to the connection without
 * a judgement of its request has no attempt yet.
 */
static void refuse(private_nin3a_judge_t *this, ike_sa_t *ike_sa,
				   nin3a_state_t state, nin3a_reason_t reason)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	if (state == NIN3A_STATE_NONE)
	{
		this->tunnels->begin(this->tunnels, unique_id,
						nin3a_attempt_create(ike_sa->get_other_id(ike_sa),
											 ike_sa->get_my_host(ike_sa),
											 ike_sa->get_other_host(ike_sa),
											 reason));
	}
	else
	{
		this->tunnels->refuse(this->tunnels, unique_id, reason);
	}
}

METHOD(nin3a_judge_t, authorize, bool,
	private_nin3a_judge_t *this, ike_sa_t *ike_sa, bool final)
{
	nin3a_state_t state;
	nin3a_reason_t reason;
	nin3a_facts_t facts = {};

	state = this->tunnels->get_state(this->tunnels,
									 ike_sa->get_unique_id(ike_sa));
	if (state == NIN3A_STATE_NONE && !is_named(this, ike_sa))
	{
		return TRUE;
	}
	if (state == NIN3A_STATE_REFUSED)
	{
		return FALSE;
	}
	get_ike_sa_facts(ike_sa, &facts);
	facts.guarded = state == NIN3A_STATE_GUARDED;
	facts.verified = state == NIN3A_STATE_VERIFIED;
	reason = final ? judge_final(this, ike_sa, &facts)
				   : judge_verified(this, ike_sa, &facts);
	if (reason != NIN3A_ALLOWED)
	{
		refuse(this, ike_sa, state, reason);
		return FALSE;
	}
	return TRUE;
}

METHOD(nin3a_judge_t, destroy, void,
	private_nin3a_judge_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_judge_t *nin3a_judge_create(kupf_t *kupf, nin3a_config_t *config,
								  nin3a_tunnels_t *tunnels,
								  nin3a_actions_t *actions)
{
	private_nin3a_judge_t *this;

	INIT(this,
		.public = {
			.judge_request = _judge_request,
			.authorize = _authorize,
			.is_named = _is_named,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.tunnels = tunnels,
		.actions = actions,
	);

	return &this->public;
}
