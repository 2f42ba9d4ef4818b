/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_enforcer.h"
#include "nin3a_ue_check.h"
#include "nin3a_ue_counters.h"
#include "tunnel/tunnel_traffic.h"

typedef struct private_nin3a_ue_enforcer_t private_nin3a_ue_enforcer_t;

/**
 * Private data of the enforcer.
 */
struct private_nin3a_ue_enforcer_t {
	/** public interface */
	nin3a_ue_enforcer_t public;
	/** settings */
	nin3a_ue_config_t *config;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** jobs */
	nin3a_ue_jobs_t *jobs;
	/** sessions */
	kupf_store_t *store;
};

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	private_nin3a_ue_enforcer_t *this, kupf_role_t *attached)
{
	return *attached = KUPF_ROLE_UE;
}

METHOD(kupf_enforcer_t, covers, bool,
	private_nin3a_ue_enforcer_t *this, ike_sa_t *ike_sa)
{
	uint32_t unique_id;

	if (ike_sa->get_version(ike_sa) != IKEV2 ||
		!ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) ||
		ike_sa->has_condition(ike_sa, COND_AUTHENTICATED))
	{
		return FALSE;
	}
	unique_id = ike_sa->get_unique_id(ike_sa);
	/* one that is refused is verified all the same, and must fail as one with
	 * a wrong key does */
	return this->sas->get_stage(this->sas, unique_id) == NIN3A_UE_STAGE_CONNECTING;
}

METHOD(kupf_enforcer_t, own, kupf_session_t*,
	private_nin3a_ue_enforcer_t *this, ike_sa_t *ike_sa)
{
	return this->sas->get_session(this->sas, ike_sa->get_unique_id(ike_sa));
}

METHOD(kupf_enforcer_t, accepts, const char*,
	private_nin3a_ue_enforcer_t *this, const kupf_session_data_t *data)
{
	return data->upf_address.family == AF_UNSPEC ? "upf-address" : NULL;
}

/**
 * Close what there is for a session that is not in the store.
 */
static u_int drop(private_nin3a_ue_enforcer_t *this, const char *name,
				  kupf_session_t *current, kupf_reason_t reason)
{
	array_t *ids;
	u_int count;

	ids = array_create(sizeof(uint32_t), 0);
	count = this->legs->drop(this->legs, name, current, reason, ids);
	this->jobs->close(this->jobs, ids);
	array_destroy(ids);
	return count;
}

/**
 * Whether there can be a tunnel for a session.  One that is pre-configured was
 * read before anybody could say that it lacks the address.
 */
static bool is_usable(kupf_session_t *session)
{
	if (!(kupf_session_get_services(session) & KUPF_SERVICE_IKE))
	{
		return FALSE;
	}
	if (kupf_session_get_upf_address(session)->family == AF_UNSPEC)
	{
		DBG1(DBG_CFG, "nin3a-ue: session '%s' has no upf-address",
			 kupf_session_get_name(session));
		return FALSE;
	}
	return TRUE;
}

/**
 * Want a tunnel for a session.  First that, then ask the store: who removes a
 * session removes it from the store first and then calls close().
 */
static void want(private_nin3a_ue_enforcer_t *this, kupf_session_t *session)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *current;
	nin3a_ue_order_t order;

	if (!is_usable(session))
	{
		drop(this, name, NULL, KUPF_REASON_DELETED);
		return;
	}
	this->legs->want(this->legs, session, &order);
	current = this->store->get(this->store, name);
	if (current)
	{
		this->jobs->start(this->jobs, &order);
		kupf_session_unref(current);
	}
	else
	{
		drop(this, name, NULL, KUPF_REASON_DELETED);
	}
}

METHOD(kupf_enforcer_t, established, void,
	private_nin3a_ue_enforcer_t *this, kupf_session_t *session)
{
	want(this, session);
}

METHOD(kupf_enforcer_t, replaced, void,
	private_nin3a_ue_enforcer_t *this, kupf_session_t *old,
	kupf_session_t *new, uint32_t grace)
{
	/* how long the old tunnel stays is the UPF's business: here it stays until
	 * there is another one */
	want(this, new);
}

METHOD(kupf_enforcer_t, count_tunnels, u_int,
	private_nin3a_ue_enforcer_t *this, const char *session)
{
	return this->legs->count_tunnels(this->legs, session);
}

METHOD(kupf_enforcer_t, describe, u_int,
	private_nin3a_ue_enforcer_t *this, const char *session,
	kupf_tunnel_t *tunnels, u_int max)
{
	return this->legs->describe(this->legs, session, tunnels, max);
}

METHOD(kupf_enforcer_t, measure, void,
	private_nin3a_ue_enforcer_t *this, kupf_tunnel_t *tunnel)
{
	tunnel_traffic_measure(tunnel);
}

METHOD(kupf_enforcer_t, get_attempts, bool,
	private_nin3a_ue_enforcer_t *this, const char *session,
	kupf_attempts_t *attempts)
{
	return this->legs->get_attempts(this->legs, session, attempts);
}

METHOD(kupf_enforcer_t, retry, bool,
	private_nin3a_ue_enforcer_t *this, const char *session, bool *waited)
{
	nin3a_ue_order_t order;
	bool there;

	there = this->legs->retry(this->legs, session, &order);
	this->jobs->start(this->jobs, &order);
	*waited = order.start;
	return there;
}

METHOD(kupf_enforcer_t, close_, u_int,
	private_nin3a_ue_enforcer_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *current;
	u_int count;

	current = this->store->get(this->store, name);
	count = drop(this, name, current, reason);
	kupf_session_unref(current);
	return count;
}

METHOD(kupf_enforcer_t, counters, void,
	private_nin3a_ue_enforcer_t *this, kupf_counter_cb_t cb, void *user)
{
	nin3a_ue_totals_t totals;

	nin3a_ue_counters_report(cb, user);
	this->legs->get_totals(this->legs, &totals);
	cb(user, "nin3a-ue-legs", totals.legs);
	cb(user, "nin3a-ue-legs-connecting", totals.connecting);
	cb(user, "nin3a-ue-legs-waiting", totals.waiting);
	cb(user, "nin3a-ue-ike-sas", totals.ike_sas);
	cb(user, "nin3a-ue-tunnels-up", totals.up);
}

METHOD(kupf_enforcer_t, check, void,
	private_nin3a_ue_enforcer_t *this, kupf_findings_t *findings)
{
	nin3a_ue_check_connection(this->config, findings);
}

METHOD(nin3a_ue_enforcer_t, destroy, void,
	private_nin3a_ue_enforcer_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_enforcer_t *nin3a_ue_enforcer_create(nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  kupf_store_t *store)
{
	private_nin3a_ue_enforcer_t *this;

	INIT(this,
		.public = {
			.enforcer = {
				.get_role = _get_role,
				.covers = _covers,
				.own = _own,
				.accepts = _accepts,
				.established = _established,
				.count_tunnels = _count_tunnels,
				.describe = _describe,
				.measure = _measure,
				.get_attempts = _get_attempts,
				.retry = _retry,
				.close = _close_,
				.replaced = _replaced,
				.counters = _counters,
				.check = _check,
			},
			.destroy = _destroy,
		},
		.config = config,
		.sas = sas,
		.legs = legs,
		.jobs = jobs,
		.store = store,
	);

	return &this->public;
}
