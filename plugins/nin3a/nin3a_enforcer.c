/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_enforcer.h"
#include "nin3a_check.h"
#include "nin3a_counters.h"
#include "tunnel/tunnel_traffic.h"

typedef struct private_nin3a_enforcer_t private_nin3a_enforcer_t;

/**
 * Private data of the enforcer.
 */
struct private_nin3a_enforcer_t {
	/** public interface */
	nin3a_enforcer_t public;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** closes them */
	nin3a_jobs_t *jobs;
	/** sessions */
	kupf_store_t *store;
};

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	private_nin3a_enforcer_t *this, kupf_role_t *attached)
{
	return *attached = KUPF_ROLE_UPF;
}

METHOD(kupf_enforcer_t, covers, bool,
	private_nin3a_enforcer_t *this, ike_sa_t *ike_sa)
{
	if (ike_sa->get_version(ike_sa) != IKEV2 ||
		ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) ||
		ike_sa->has_condition(ike_sa, COND_AUTHENTICATED))
	{
		return FALSE;
	}
	switch (this->tunnels->get_state(this->tunnels,
									 ike_sa->get_unique_id(ike_sa)))
	{
		case NIN3A_STATE_GUARDED:
		case NIN3A_STATE_VERIFIED:
			return TRUE;
		default:
			return FALSE;
	}
}

METHOD(kupf_enforcer_t, accepts, const char*,
	private_nin3a_enforcer_t *this, const kupf_session_data_t *data)
{
	return NULL;
}

METHOD(kupf_enforcer_t, count_tunnels, u_int,
	private_nin3a_enforcer_t *this, const char *session)
{
	u_int up;

	this->tunnels->count_bound(this->tunnels, session, &up);
	return up;
}

METHOD(kupf_enforcer_t, describe, u_int,
	private_nin3a_enforcer_t *this, const char *session,
	kupf_tunnel_t *tunnels, u_int max)
{
	return this->tunnels->describe(this->tunnels, session, tunnels, max);
}

METHOD(kupf_enforcer_t, measure, void,
	private_nin3a_enforcer_t *this, kupf_tunnel_t *tunnel)
{
	tunnel_traffic_measure(tunnel);
	this->tunnels->measured(this->tunnels, tunnel);
}

METHOD(kupf_enforcer_t, uses, bool,
	private_nin3a_enforcer_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	return this->tunnels->uses(this->tunnels, session, dnn, address);
}

/**
 * Whether a tunnel is not of a session of the same name that was established
 * meanwhile.
 */
static bool is_not(void *user, kupf_session_t *session)
{
	return session != user;
}

/**
 * Close IKE_SAs that were chosen.
 */
static void cut(private_nin3a_enforcer_t *this, array_t *ids)
{
	uint32_t ike_sa;

	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		this->jobs->cut(this->jobs, ike_sa);
	}
	array_destroy(ids);
}

METHOD(kupf_enforcer_t, close_, u_int,
	private_nin3a_enforcer_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *current;
	array_t *ids;
	u_int up;

	ids = array_create(sizeof(uint32_t), 0);
	current = this->store->get(this->store, name);
	up = this->tunnels->evict(this->tunnels, name, is_not, current, reason,
							   ids);
	cut(this, ids);
	kupf_session_unref(current);
	this->jobs->drop_graces(this->jobs, session);
	return up;
}

METHOD(kupf_enforcer_t, vacate, bool,
	private_nin3a_enforcer_t *this, const char *session, uint32_t up_as,
	u_int *tunnels)
{
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	*tunnels = this->tunnels->vacate(this->tunnels, session, up_as, ids);
	cut(this, ids);
	return TRUE;
}

METHOD(kupf_enforcer_t, replaced, void,
	private_nin3a_enforcer_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	const char *name = kupf_session_get_name(new);
	nin3a_settings_t settings;

	this->tunnels->refresh(this->tunnels, new);
	/* one that is bound to the old session after this sees the new one in the
	 * store, in the listener's authorize() */
	if (kupf_session_needs_rekey(old, new) &&
		this->tunnels->count_bound(this->tunnels, name, NULL))
	{
		if (grace == UINT32_MAX)
		{
			this->config->get(this->config, &settings);
			grace = settings.grace;
		}
		this->jobs->check(this->jobs, new, grace);
	}
}

METHOD(kupf_enforcer_t, counters, void,
	private_nin3a_enforcer_t *this, kupf_counter_cb_t cb, void *user)
{
	u_int count, up;

	nin3a_counters_report(cb, user);
	count = this->tunnels->get_count(this->tunnels, &up);
	cb(user, "nin3a-ike-sas", count);
	cb(user, "nin3a-tunnels-up", up);
}

METHOD(kupf_enforcer_t, check, void,
	private_nin3a_enforcer_t *this, kupf_findings_t *findings)
{
	nin3a_check_connections(this->config, findings);
}

METHOD(nin3a_enforcer_t, destroy, void,
	private_nin3a_enforcer_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_enforcer_t *nin3a_enforcer_create(nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										nin3a_jobs_t *jobs,
										kupf_store_t *store)
{
	private_nin3a_enforcer_t *this;

	INIT(this,
		.public = {
			.enforcer = {
				.get_role = _get_role,
				.covers = _covers,
				/* nothing is initiated here, and UEs come by themselves */
				.own = (void*)return_null,
				.accepts = _accepts,
				.established = (void*)nop,
				.count_tunnels = _count_tunnels,
				.describe = _describe,
				.measure = _measure,
				.uses = _uses,
				.close = _close_,
				.vacate = _vacate,
				.replaced = _replaced,
				.counters = _counters,
				.check = _check,
			},
			.destroy = _destroy,
		},
		.config = config,
		.tunnels = tunnels,
		.jobs = jobs,
		.store = store,
	);

	return &this->public;
}
