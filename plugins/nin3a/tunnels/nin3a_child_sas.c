/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_child_sas.h"
#include "nin3a_inner_addresses.h"
#include "nin3a/nin3a_counters.h"

typedef struct private_nin3a_child_sas_t private_nin3a_child_sas_t;

/**
 * Private data of the object.
 */
struct private_nin3a_child_sas_t {
	/** public interface */
	nin3a_child_sas_t public;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** sessions */
	kupf_store_t *store;
	/** bounds the log */
	kupf_limiter_t *limiter;
};

/**
 * Whether this is the one call for a CHILD_SA in which its proposal is
 * negotiated and something can be refused: charon calls responders a second
 * time, which is for what other plugins have widened.
 */
static bool is_decision(narrow_hook_t type)
{
	switch (type)
	{
		case NARROW_RESPONDER:
		case NARROW_INITIATOR_POST_NOAUTH:
		case NARROW_INITIATOR_POST_AUTH:
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Check the protection of a CHILD_SA.
 */
static bool is_protected(private_nin3a_child_sas_t *this, child_sa_t *child_sa,
						 char *why, size_t len)
{
	nin3a_settings_t settings;

	this->config->get(this->config, &settings);
	return tunnel_profile_allows_child_sa(settings.esp_profile,
										  settings.esp_mode, child_sa, why,
										  len);
}

/**
 * Whether the CHILD_SA that is being negotiated takes the place of another one.
 */
static bool is_rekeying(ike_sa_t *ike_sa, narrow_hook_t type)
{
	enumerator_t *enumerator;
	bool rekeying = FALSE;
	task_t *task;

	enumerator = ike_sa->create_task_enumerator(ike_sa,
							type == NARROW_RESPONDER ? TASK_QUEUE_PASSIVE :
													   TASK_QUEUE_ACTIVE);
	while (!rekeying && enumerator->enumerate(enumerator, &task))
	{
		rekeying = task->get_type(task) == TASK_CHILD_REKEY;
	}
	enumerator->destroy(enumerator);
	return rekeying;
}

/**
 * Tell that a CHILD_SA is refused, and why.
 */
static void report(private_nin3a_child_sas_t *this, nin3a_counter_t counter,
				   kupf_session_t *session, const char *why,
				   const char *more)
{
	nin3a_count(counter);
	if (kupf_limiter_allows(this->limiter))
	{
		DBG1(DBG_CFG, "nin3a: refused CHILD_SA of session '%s'%s%s",
			 kupf_session_get_name(session), why, more);
	}
}

METHOD(nin3a_child_sas_t, narrow, void,
	private_nin3a_child_sas_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	narrow_hook_t type, linked_list_t *local, linked_list_t *remote)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	char why[TUNNEL_PROFILE_WHY_LEN];
	kupf_session_t *session;

	session = this->tunnels->get_session(this->tunnels, unique_id);
	if (!session)
	{	/* nothing may pass on a NIN3A connection without a session */
		nin3a_inner_addresses_refuse(remote);
		return;
	}
	if (is_decision(type) && !is_protected(this, child_sa, why, sizeof(why)))
	{
		nin3a_inner_addresses_refuse(remote);
		report(this, NIN3A_PROPOSALS_REFUSED, session,
			   ", outside of the profile: ", why);
	}
	else if (is_decision(type) &&
			 nin3a_inner_addresses_outdated(this->store, session,
							!this->tunnels->was_up(this->tunnels, unique_id)) &&
			 !is_rekeying(ike_sa, type))
	{
		nin3a_inner_addresses_refuse(remote);
		report(this, NIN3A_OUTDATED_REFUSED, session,
			   ": it was modified, or is gone, and this is an old tunnel", "");
	}
	else
	{
		nin3a_inner_addresses_narrow(session, remote);
		if (!tunnel_bounds_selectors(local, remote) && is_decision(type))
		{
			nin3a_count(NIN3A_SELECTORS_EXCEEDED);
		}
		if (is_decision(type) && remote->get_count(remote) == 0)
		{
			report(this, NIN3A_SELECTORS_REFUSED, session,
				   ": no traffic selector is the session's", "");
		}
	}
	kupf_session_unref(session);
}

METHOD(nin3a_child_sas_t, permits, bool,
	private_nin3a_child_sas_t *this, tunnel_bounds_t *bounds, ike_sa_t *ike_sa,
	message_t *request)
{
	nin3a_settings_t settings;

	if (request->get_exchange_type(request) != CREATE_CHILD_SA ||
		this->tunnels->get_state(this->tunnels,
					ike_sa->get_unique_id(ike_sa)) != NIN3A_STATE_ESTABLISHED)
	{
		return TRUE;
	}
	this->config->get(this->config, &settings);
	switch (bounds->check(bounds, ike_sa, request, &settings.limits))
	{
		case TUNNEL_CHILDREN_EXCEEDED:
			nin3a_count(NIN3A_CHILD_SAS_EXCEEDED);
			return FALSE;
		case TUNNEL_RATE_EXCEEDED:
			nin3a_count(NIN3A_REKEYINGS_EXCEEDED);
			return FALSE;
		default:
			return TRUE;
	}
}

METHOD(nin3a_child_sas_t, destroy, void,
	private_nin3a_child_sas_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_child_sas_t *nin3a_child_sas_create(nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										kupf_store_t *store,
										kupf_limiter_t *limiter)
{
	private_nin3a_child_sas_t *this;

	INIT(this,
		.public = {
			.permits = _permits,
			.narrow = _narrow,
			.destroy = _destroy,
		},
		.config = config,
		.tunnels = tunnels,
		.store = store,
		.limiter = limiter,
	);

	return &this->public;
}
