/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_decision.h"
#include "nin3a_facts.h"
#include "tunnel/tunnel_message.h"

typedef struct private_nin3a_decision_t private_nin3a_decision_t;

/**
 * Private data.
 */
struct private_nin3a_decision_t {
	/** public interface */
	nin3a_decision_t public;
	/** keys and sessions */
	kupf_t *kupf;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** closes tunnels */
	nin3a_jobs_t *jobs;
	/** keeps other credentials out */
	tunnel_keyring_t *keyring;
	/** told of UEs that come to no NIN3A connection */
	nin3a_unjudged_t *unjudged;
	/** counts the set-ups of sessions */
	nin3a_setups_t *setups;
};

/**
 * Create the attempt of a UE.
 */
static nin3a_attempt_t *create_attempt(ike_sa_t *ike_sa, identification_t *id,
									   nin3a_reason_t reason)
{
	return nin3a_attempt_create(id, ike_sa->get_my_host(ike_sa),
								ike_sa->get_other_host(ike_sa), reason);
}

/**
 * Get the identity of the PPK that the UE names, if the connection allows it.
 */
static identification_t *get_ppk_id(message_t *request, peer_cfg_t *peer_cfg)
{
	identification_t *allowed = peer_cfg->get_ppk_id(peer_cfg);
	identification_t *ppk_id = tunnel_message_get_ppk_id(request);

	if (ppk_id && allowed && !ppk_id->matches(ppk_id, allowed))
	{
		ppk_id->destroy(ppk_id);
		return NULL;
	}
	return ppk_id;
}

/**
 * Judge the first IKE_AUTH request for a NIN3A connection.
 */
static void judge_first(private_nin3a_decision_t *this, ike_sa_t *ike_sa,
						message_t *request, peer_cfg_t *peer_cfg)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	identification_t *id, *wanted, *ppk_id = NULL;
	nin3a_settings_t settings;
	nin3a_attempt_t *attempt;
	nin3a_facts_t facts = {
		.first_round = !ike_sa->get_peer_cfg(ike_sa),
	};

	id = tunnel_message_get_id(request);
	attempt = create_attempt(ike_sa, id, NIN3A_UNDECIDED);
	DESTROY_IF(id);
	this->unjudged->drop(this->unjudged, unique_id);

	this->config->get(this->config, &settings);
	nin3a_facts_of_ike_sa(ike_sa, &facts);
	facts.ike_proposal = tunnel_profile_allows(settings.ike_profile,
							ike_sa->get_proposal(ike_sa), attempt->detail,
							sizeof(attempt->detail));
	nin3a_facts_of_connection(peer_cfg, this->config, &facts);
	wanted = tunnel_message_get_wanted(request);
	facts.responder_id = nin3a_facts_are_wanted(peer_cfg, wanted);
	DESTROY_IF(wanted);
	tunnel_message_get_auth(request, &facts.auth);
	attempt->reason = nin3a_policy_request(&facts);
	if (attempt->reason != NIN3A_IKE_PROPOSAL)
	{
		*attempt->detail = '\0';
	}
	attempt->auth = facts.auth;
	attempt->ppk_required = facts.ppk_required;

	if (attempt->reason == NIN3A_ALLOWED)
	{
		if (facts.auth.ppk_named)
		{
			ppk_id = get_ppk_id(request, peer_cfg);
		}
		tunnel_message_allow(request);
	}
	else
	{
		tunnel_message_refuse(request);
	}
	attempt->ppk_held = this->keyring->begin(this->keyring, unique_id, ppk_id);
	DESTROY_IF(ppk_id);
	this->tunnels->begin(this->tunnels, unique_id, attempt);
}

METHOD(nin3a_decision_t, judge_request, void,
	private_nin3a_decision_t *this, ike_sa_t *ike_sa, message_t *request)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	peer_cfg_t *peer_cfg;

	if (this->tunnels->get_state(this->tunnels, unique_id) != NIN3A_STATE_NONE)
	{
		this->tunnels->refuse(this->tunnels, unique_id, NIN3A_SECOND_ROUND);
		tunnel_message_refuse(request);
		this->keyring->begin(this->keyring, unique_id, NULL);
		return;
	}
	peer_cfg = tunnel_message_select(ike_sa, request);
	if (peer_cfg &&
		this->config->is_named(this->config, peer_cfg->get_name(peer_cfg)))
	{
		judge_first(this, ike_sa, request, peer_cfg);
	}
	else if (!ike_sa->get_peer_cfg(ike_sa))
	{
		this->unjudged->pass(this->unjudged, ike_sa, request,
							 peer_cfg != NULL);
	}
	DESTROY_IF(peer_cfg);
}

/**
 * Get the session that is in the store in place of another one now: itself,
 * or what it was modified to, and not another one of the same name.
 *
 * @return			new reference, NULL if it is gone
 */
static kupf_session_t *get_current(private_nin3a_decision_t *this,
								   kupf_session_t *session)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);
	kupf_session_t *current;

	if (store->holds(store, session))
	{
		return kupf_session_ref(session);
	}
	current = store->get(store, kupf_session_get_name(session));
	if (current && current != session &&
		!kupf_session_precedes(session, current))
	{
		kupf_session_unref(current);
		current = NULL;
	}
	return current;
}

/**
 * Bind an IKE_SA to the session whose key has verified its peer.
 */
static void bind_session(private_nin3a_decision_t *this, ike_sa_t *ike_sa,
						 kupf_session_t *session)
{
	tunnel_spis_t spis = tunnel_spis_get(ike_sa);

	this->tunnels->bind(this->tunnels, ike_sa->get_unique_id(ike_sa), session,
						&spis);
}

/**
 * Judge an IKE_SA whose peer was verified.
 */
static nin3a_reason_t judge_verified(private_nin3a_decision_t *this,
									 ike_sa_t *ike_sa,
									 const nin3a_settings_t *settings,
									 nin3a_facts_t *facts)
{
	kupf_session_t *session, *current = NULL;

	facts->psk_verified = nin3a_facts_psk_verified(ike_sa);
	session = this->kupf->get_verifying_session(this->kupf,
									   ike_sa->get_unique_id(ike_sa));
	if (session)
	{
		/* first bind, then ask the store: see nin3a_tunnels.h */
		bind_session(this, ike_sa, session);
		current = get_current(this, session);

		facts->key_ours = nin3a_facts_has_id(session, ike_sa);
		facts->session_known = current != NULL;
		facts->session_alive = !kupf_session_expired(session,
													 time_monotonic(NULL));
		facts->session_service = kupf_session_get_services(session) &
								 KUPF_SERVICE_IKE;
		facts->address_match = !settings->address_match ||
							   nin3a_facts_has_address(session,
											ike_sa->get_my_host(ike_sa));
		facts->few_set_ups = this->setups->admit(this->setups, session,
												 time_monotonic(NULL),
												 settings->max_setups);
	}
	kupf_session_unref(current);
	kupf_session_unref(session);
	return nin3a_policy_verified(facts);
}

/**
 * A session was modified while a UE authenticated with it: it gets the tunnel
 * and the grace, as if it had come a moment earlier.
 */
static void follow_modification(private_nin3a_decision_t *this,
								const nin3a_settings_t *settings,
								kupf_session_t *session,
								kupf_session_t *current)
{
	if (kupf_session_needs_rekey(session, current))
	{
		this->jobs->check(this->jobs, current, settings->grace);
	}
	else
	{
		this->tunnels->refresh(this->tunnels, current);
	}
}

/**
 * Whether our AUTH payload was built with the key that verified the peer:
 * plugin kupf keeps that until it is asked for it again, to build.
 */
static bool is_pin_used(private_nin3a_decision_t *this, ike_sa_t *ike_sa)
{
	kupf_session_t *session;

	session = this->kupf->get_verifying_session(this->kupf,
									   ike_sa->get_unique_id(ike_sa));
	kupf_session_unref(session);
	return !session;
}

/**
 * Judge an IKE_SA that is about to be established.
 */
static nin3a_reason_t judge_final(private_nin3a_decision_t *this,
								  ike_sa_t *ike_sa,
								  const nin3a_settings_t *settings,
								  nin3a_facts_t *facts)
{
	kupf_session_t *session, *current = NULL;
	nin3a_reason_t reason;

	nin3a_facts_of_connection(ike_sa->get_peer_cfg(ike_sa), this->config,
							  facts);
	facts->own_auth = is_pin_used(this, ike_sa);
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
		follow_modification(this, settings, session, current);
	}
	kupf_session_unref(current);
	kupf_session_unref(session);
	return reason;
}

METHOD(nin3a_decision_t, is_named, bool,
	private_nin3a_decision_t *this, ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);

	return peer_cfg && this->config->is_named(this->config,
											  peer_cfg->get_name(peer_cfg));
}

/**
 * Refuse an IKE_SA in authorization.  One that came to the connection without
 * a judgement of its request has no attempt yet.
 */
static void refuse(private_nin3a_decision_t *this, ike_sa_t *ike_sa,
				   nin3a_state_t state, nin3a_reason_t reason)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);

	if (state == NIN3A_STATE_NONE)
	{
		this->tunnels->begin(this->tunnels, unique_id,
					create_attempt(ike_sa, ike_sa->get_other_id(ike_sa),
								   reason));
	}
	else
	{
		this->tunnels->refuse(this->tunnels, unique_id, reason);
	}
}

/**
 * Whether an identity is that of a session with a tunnel.
 *
 * @param peer		identity, or NULL
 */
static bool is_up(private_nin3a_decision_t *this, identification_t *peer)
{
	kupf_store_t *store = this->kupf->get_store(this->kupf);
	kupf_session_t *session;
	u_int up = 0;

	if (!peer)
	{
		return FALSE;
	}
	session = store->find_alike(store, peer->get_type(peer),
								peer->get_encoding(peer));
	if (session)
	{
		this->tunnels->count_bound(this->tunnels,
								   kupf_session_get_name(session),
							 &up);
		kupf_session_unref(session);
	}
	return up > 0;
}

/**
 * Whether the peer of another connection has the identity of a session with a
 * tunnel: charon would close that for it, as an older IKE_SA of the same peer
 * (INITIAL_CONTACT, unique in swanctl.conf).  To charon the identity is that of
 * EAP, if there is one; that of this round is not stored yet.
 */
static bool takes_over(private_nin3a_decision_t *this, ike_sa_t *ike_sa)
{
	auth_cfg_t *auth = ike_sa->get_auth_cfg(ike_sa, FALSE);

	return is_up(this, ike_sa->get_other_id(ike_sa)) ||
		   is_up(this, ike_sa->get_other_eap_id(ike_sa)) ||
		   is_up(this, auth->get(auth, AUTH_RULE_EAP_IDENTITY));
}

METHOD(nin3a_decision_t, authorize, bool,
	private_nin3a_decision_t *this, ike_sa_t *ike_sa, bool final)
{
	nin3a_state_t state;
	nin3a_reason_t reason;
	nin3a_settings_t settings;
	nin3a_facts_t facts = {};

	state = this->tunnels->get_state(this->tunnels,
									 ike_sa->get_unique_id(ike_sa));
	if (state == NIN3A_STATE_NONE && !is_named(this, ike_sa))
	{
		if (!takes_over(this, ike_sa))
		{
			return TRUE;
		}
		refuse(this, ike_sa, state, NIN3A_IDENTITY_IN_USE);
		return FALSE;
	}
	if (state == NIN3A_STATE_REFUSED)
	{
		return FALSE;
	}
	this->config->get(this->config, &settings);
	nin3a_facts_of_ike_sa(ike_sa, &facts);
	facts.guarded = state == NIN3A_STATE_GUARDED;
	facts.verified = state == NIN3A_STATE_VERIFIED;
	reason = final ? judge_final(this, ike_sa, &settings, &facts)
				   : judge_verified(this, ike_sa, &settings, &facts);
	if (reason != NIN3A_ALLOWED)
	{
		refuse(this, ike_sa, state, reason);
		return FALSE;
	}
	return TRUE;
}

METHOD(nin3a_decision_t, judge_end, void,
	private_nin3a_decision_t *this, ike_sa_t *ike_sa)
{
	if (ike_sa->get_version(ike_sa) != IKEV2 &&
		!ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) &&
		!ike_sa->get_statistic(ike_sa, STAT_ESTABLISHED) &&
		is_named(this, ike_sa) &&
		this->tunnels->get_state(this->tunnels,
						ike_sa->get_unique_id(ike_sa)) == NIN3A_STATE_NONE)
	{
		refuse(this, ike_sa, NIN3A_STATE_NONE, NIN3A_IKE_VERSION);
	}
}

METHOD(nin3a_decision_t, destroy, void,
	private_nin3a_decision_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_decision_t *nin3a_decision_create(kupf_t *kupf, nin3a_config_t *config,
								  nin3a_tunnels_t *tunnels,
								  nin3a_jobs_t *jobs,
								  tunnel_keyring_t *keyring,
								  nin3a_unjudged_t *unjudged,
								  nin3a_setups_t *setups)
{
	private_nin3a_decision_t *this;

	INIT(this,
		.public = {
			.judge_request = _judge_request,
			.judge_end = _judge_end,
			.authorize = _authorize,
			.is_named = _is_named,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.tunnels = tunnels,
		.jobs = jobs,
		.keyring = keyring,
		.unjudged = unjudged,
		.setups = setups,
	);

	return &this->public;
}
