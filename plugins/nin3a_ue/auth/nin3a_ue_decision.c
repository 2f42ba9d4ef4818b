/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_decision.h"
#include "nin3a_ue_inner.h"
#include "nin3a_ue/nin3a_ue_counters.h"

#include "kupf/kupf_limiter.h"
#include "tunnel/tunnel_message.h"

typedef struct private_nin3a_ue_decision_t private_nin3a_ue_decision_t;

/**
 * Private data.
 */
struct private_nin3a_ue_decision_t {
	/** public interface */
	nin3a_ue_decision_t public;
	/** keys and sessions */
	kupf_t *kupf;
	/** settings */
	nin3a_ue_config_t *config;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** keeps other credentials out */
	tunnel_keyring_t *keyring;
	/** bounds the log lines that an established UPF can cause */
	kupf_limiter_t limiter;
};

/**
 * Count a log line that was left out.
 */
static void count_suppressed()
{
	nin3a_ue_count(NIN3A_UE_COUNTED_SUPPRESSED);
}

/**
 * Whether an IKE_SA is protected as it must be.
 */
static bool is_protected(private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa)
{
	char why[TUNNEL_PROFILE_WHY_LEN];
	nin3a_ue_settings_t settings;
	proposal_t *proposal = ike_sa->get_proposal(ike_sa);

	this->config->get(this->config, &settings);
	if (tunnel_profile_allows(settings.ike_profile, proposal, why, sizeof(why)))
	{
		return TRUE;
	}
	DBG1(DBG_CFG, "nin3a-ue: IKE_SA with UPF %H is outside of the profile: %s",
		 ike_sa->get_other_host(ike_sa), why);
	return FALSE;
}

/**
 * Get the facts that do not depend on a message.
 */
static void get_facts(private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa,
					  kupf_session_t *session, nin3a_ue_facts_t *facts)
{
	facts->ike_proposal = is_protected(this, ike_sa);
	facts->address_match = kupf_address_is_host(
								kupf_session_get_upf_address(session),
								ike_sa->get_other_host(ike_sa));
	facts->session_alive = !kupf_session_expired(session,
												 time_monotonic(NULL));
}

/**
 * Judge an IKE_SA_INIT response: charon does, but does not say what it was.
 */
static void judge_init(private_nin3a_ue_decision_t *this, uint32_t unique_id,
					   message_t *response)
{
	if (response->get_notify(response, NO_PROPOSAL_CHOSEN))
	{
		this->sas->set_failure(this->sas, unique_id, NIN3A_UE_IKE_PROPOSAL);
	}
	else if (tunnel_message_is_error(response) &&
			 !response->get_notify(response, INVALID_KE_PAYLOAD))
	{
		this->sas->set_failure(this->sas, unique_id, NIN3A_UE_REFUSED);
	}
}

/**
 * Judge an IKE_AUTH response.
 */
static void judge_auth(private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa,
					   kupf_session_t *session, message_t *response)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	nin3a_ue_settings_t settings;
	nin3a_ue_reason_t reason;
	nin3a_ue_facts_t facts = {};

	this->config->get(this->config, &settings);
	tunnel_message_get_auth(response, &facts.auth);
	get_facts(this, ike_sa, session, &facts);
	facts.refused = tunnel_message_is_error(response);

	reason = nin3a_ue_policy_response(&facts);
	if (reason == NIN3A_UE_ALLOWED &&
		!nin3a_ue_inner_judge(this->legs, ike_sa, response, settings.dns))
	{
		reason = NIN3A_UE_INNER_ADDRESS;
	}
	switch (reason)
	{
		case NIN3A_UE_ALLOWED:
			tunnel_message_allow(response);
			break;
		case NIN3A_UE_REFUSED:
			/* charon gives up at the error, before any other payload */
			this->sas->set_failure(this->sas, unique_id, reason);
			break;
		default:
			this->sas->set_failure(this->sas, unique_id, reason);
			tunnel_message_refuse(response);
			break;
	}
}

/**
 * Keep charon from reauthenticating at once, and again and again: it does so
 * over_time before the end that the UPF has told (set_auth_lifetime() in its
 * ike_sa.c).
 */
static void judge_lifetime(private_nin3a_ue_decision_t *this,
						   ike_sa_t *ike_sa, message_t *message)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	uint32_t lifetime, over_time;

	if (tunnel_message_get_lifetime(message, &lifetime))
	{
		over_time = peer_cfg ? peer_cfg->get_over_time(peer_cfg) : 0;
		if (lifetime < NIN3A_UE_REAUTH_MIN ||
			lifetime - NIN3A_UE_REAUTH_MIN < over_time ||
			!this->sas->take_lifetime(this->sas,
									  ike_sa->get_unique_id(ike_sa)))
		{
			if (kupf_limiter_allows(&this->limiter))
			{
				DBG1(DBG_CFG, "nin3a-ue: ignoring AUTH_LIFETIME of %us of UPF "
					 "%H, over_time is %us", lifetime,
					 ike_sa->get_other_host(ike_sa), over_time);
			}
			nin3a_ue_count(NIN3A_UE_COUNTED_LIFETIMES_IGNORED);
			tunnel_message_remove_lifetime(message);
		}
	}
}

/**
 * Judge a response that comes before the IKE_SA is established.  Our next
 * request is built by the same thread.
 */
static void judge_response(private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa,
						   message_t *response)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	kupf_session_t *session;

	this->keyring->begin(this->keyring, unique_id,
						 peer_cfg ? peer_cfg->get_ppk_id(peer_cfg) : NULL);
	switch (response->get_exchange_type(response))
	{
		case IKE_SA_INIT:
			judge_init(this, unique_id, response);
			break;
		case IKE_AUTH:
			session = this->sas->get_session(this->sas, unique_id);
			if (session)
			{
				judge_auth(this, ike_sa, session, response);
				kupf_session_unref(session);
			}
			break;
		default:
			break;
	}
}

METHOD(nin3a_ue_decision_t, judge_message, void,
	private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa, message_t *message)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	nin3a_ue_stage_t stage;

	stage = this->sas->get_stage(this->sas, unique_id);
	if (stage == NIN3A_UE_STAGE_NONE)
	{
		return;
	}
	judge_lifetime(this, ike_sa, message);
	if (!message->get_request(message))
	{
		if (stage == NIN3A_UE_STAGE_CONNECTING)
		{
			judge_response(this, ike_sa, message);
		}
	}
	else if (message->get_exchange_type(message) == INFORMATIONAL &&
			 tunnel_message_closes(message))
	{
		this->sas->set_reason(this->sas, unique_id, KUPF_REASON_PEER);
	}
}

METHOD(nin3a_ue_decision_t, judge_bounds, void,
	private_nin3a_ue_decision_t *this, tunnel_bounds_t *bounds,
	ike_sa_t *ike_sa, message_t *message)
{
	nin3a_ue_settings_t settings;
	tunnel_bound_t bound;

	this->config->get(this->config, &settings);
	bound = bounds->check(bounds, ike_sa, message, &settings.limits);
	if (bound == TUNNEL_WITHIN)
	{
		return;
	}
	nin3a_ue_count(bound == TUNNEL_CHILDREN_EXCEEDED ?
						NIN3A_UE_COUNTED_CHILDREN_REFUSED :
						NIN3A_UE_COUNTED_REKEYINGS_REFUSED);
	if (kupf_limiter_allows(&this->limiter))
	{
		DBG1(DBG_CFG, "nin3a-ue: UPF %H sets up too %s on IKE_SA [%u], refused",
			 ike_sa->get_other_host(ike_sa),
			 bound == TUNNEL_CHILDREN_EXCEEDED ? "many CHILD_SAs" : "much a "
			 "minute", ike_sa->get_unique_id(ike_sa));
	}
}

/**
 * Whether the UPF has used one PSK and nothing else.
 *
 * @param final		whether charon has stored the round
 */
static bool is_psk_verified(ike_sa_t *ike_sa, bool final)
{
	enumerator_t *enumerator;
	u_int rounds = 0, psk = 0;
	auth_cfg_t *auth;

	if (!final)
	{
		auth = ike_sa->get_auth_cfg(ike_sa, FALSE);
		return (uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS) ==
															AUTH_CLASS_PSK;
	}
	enumerator = ike_sa->create_auth_cfg_enumerator(ike_sa, FALSE);
	while (enumerator->enumerate(enumerator, &auth))
	{
		rounds++;
		psk += (uintptr_t)auth->get(auth, AUTH_RULE_AUTH_CLASS) ==
															AUTH_CLASS_PSK;
	}
	enumerator->destroy(enumerator);
	return rounds == 1 && psk == 1;
}

/**
 * Whether the UPF has the identity that the connection names; any will do if it
 * names none.  charon looks at that as well, but does not say that it was this.
 */
static bool is_wanted(ike_sa_t *ike_sa)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	identification_t *id, *wanted = NULL;
	enumerator_t *enumerator;
	auth_cfg_t *auth;

	if (!peer_cfg)
	{
		return FALSE;
	}
	enumerator = peer_cfg->create_auth_cfg_enumerator(peer_cfg, FALSE);
	if (enumerator->enumerate(enumerator, &auth))
	{
		wanted = auth->get(auth, AUTH_RULE_IDENTITY);
	}
	enumerator->destroy(enumerator);
	id = ike_sa->get_other_id(ike_sa);
	return wanted && id && id->matches(id, wanted) != ID_MATCH_NONE;
}

METHOD(nin3a_ue_decision_t, authorize, bool,
	private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa, bool final)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_session_t *session, *verified;
	nin3a_ue_reason_t reason;
	nin3a_ue_facts_t facts = {};

	if (this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_NONE)
	{
		return TRUE;
	}
	session = this->sas->get_session(this->sas, unique_id);
	if (!session)
	{
		return FALSE;
	}
	verified = this->kupf->get_verifying_session(this->kupf, unique_id);
	get_facts(this, ike_sa, session, &facts);
	facts.psk_verified = is_psk_verified(ike_sa, final);
	facts.key_ours = verified == session;
	facts.responder_id = is_wanted(ike_sa);
	reason = nin3a_ue_policy_authorize(&facts);
	kupf_session_unref(verified);
	kupf_session_unref(session);
	if (reason != NIN3A_UE_ALLOWED)
	{
		this->sas->set_failure(this->sas, unique_id, reason);
		return FALSE;
	}
	/* whatever has spoken against it before */
	return this->sas->get_failure(this->sas, unique_id) ==
														NIN3A_UE_UNDECIDED;
}

/**
 * Whether an IKE_SA has an inner address, if a CHILD_SA needs one: without one
 * charon would send from our own address through the tunnel.
 */
static bool has_inner(ike_sa_t *ike_sa, child_cfg_t *child_cfg)
{
	enumerator_t *enumerator;
	host_t *host;
	bool found;

	if (child_cfg->get_mode(child_cfg) != MODE_TUNNEL)
	{
		return TRUE;
	}
	enumerator = ike_sa->create_virtual_ip_enumerator(ike_sa, TRUE);
	found = enumerator->enumerate(enumerator, &host);
	enumerator->destroy(enumerator);
	return found;
}

METHOD(nin3a_ue_decision_t, allows_child, bool,
	private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type)
{
	child_cfg_t *child_cfg = child_sa->get_config(child_sa);
	char why[TUNNEL_PROFILE_WHY_LEN];
	nin3a_ue_settings_t settings;

	if (type == NARROW_INITIATOR_PRE_NOAUTH ||
		type == NARROW_INITIATOR_PRE_AUTH ||
		this->sas->get_stage(this->sas,
						ike_sa->get_unique_id(ike_sa)) == NIN3A_UE_STAGE_NONE)
	{
		return TRUE;
	}
	if (!has_inner(ike_sa, child_cfg))
	{
		DBG1(DBG_CFG, "nin3a-ue: refused CHILD_SA with UPF %H, which has "
			 "assigned no inner address", ike_sa->get_other_host(ike_sa));
		this->sas->set_failure(this->sas, ike_sa->get_unique_id(ike_sa),
							   NIN3A_UE_INNER_ADDRESS);
		return FALSE;
	}
	this->config->get(this->config, &settings);
	if (tunnel_profile_allows_child_sa(settings.esp_profile, settings.esp_mode,
									   child_sa, why, sizeof(why)))
	{
		return TRUE;
	}
	if (type != NARROW_RESPONDER_POST)
	{	/* charon calls responders a second time */
		DBG1(DBG_CFG, "nin3a-ue: refused CHILD_SA with UPF %H, outside of the "
			 "profile: %s", ike_sa->get_other_host(ike_sa), why);
		nin3a_ue_count(NIN3A_UE_COUNTED_PROPOSALS_REFUSED);
	}
	return FALSE;
}

METHOD(nin3a_ue_decision_t, allows_rekeyed, bool,
	private_nin3a_ue_decision_t *this, ike_sa_t *ike_sa)
{
	if (is_protected(this, ike_sa))
	{
		return TRUE;
	}
	nin3a_ue_count(NIN3A_UE_COUNTED_PROPOSALS_REFUSED);
	return FALSE;
}

METHOD(nin3a_ue_decision_t, destroy, void,
	private_nin3a_ue_decision_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_decision_t *nin3a_ue_decision_create(kupf_t *kupf,
										nin3a_ue_config_t *config,
										nin3a_ue_sas_t *sas,
										nin3a_ue_legs_t *legs,
										tunnel_keyring_t *keyring)
{
	private_nin3a_ue_decision_t *this;

	INIT(this,
		.public = {
			.judge_message = _judge_message,
			.judge_bounds = _judge_bounds,
			.authorize = _authorize,
			.allows_child = _allows_child,
			.allows_rekeyed = _allows_rekeyed,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.sas = sas,
		.legs = legs,
		.keyring = keyring,
		.limiter = KUPF_LIMITER("nin3a-ue", count_suppressed),
	);

	return &this->public;
}
