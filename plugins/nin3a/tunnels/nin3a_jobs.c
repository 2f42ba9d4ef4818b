/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_jobs.h"
#include "nin3a_closing.h"
#include "nin3a_graces.h"
#include "nin3a_settlings.h"
#include "nin3a/nin3a_counters.h"
#include "tunnel/tunnel_rekeyed.h"
#include "tunnel/tunnel_spis.h"
#include "tunnel/tunnel_worker.h"

#include <daemon.h>

typedef struct private_nin3a_jobs_t private_nin3a_jobs_t;
typedef struct closing_t closing_t;

/**
 * Private data of the jobs.
 */
struct private_nin3a_jobs_t {
	/** public interface */
	nin3a_jobs_t public;
	/** gets the events */
	kupf_t *kupf;
	/** settings */
	nin3a_config_t *config;
	/** tunnels */
	nin3a_tunnels_t *tunnels;
	/** sessions */
	kupf_store_t *store;
	/** graces that are not over */
	nin3a_graces_t *graces;
	/** sessions whose IKE_SAs are settled later */
	nin3a_settlings_t *settlings;
	/** has the jobs done */
	tunnel_worker_t *worker;
};

/**
 * A job that closes an IKE_SA.
 */
struct closing_t {
	/** unique identifier, 0 if it is in no table */
	uint32_t ike_sa;
	/** SPIs, if it is in no table */
	tunnel_spis_t spis;
	/** whether its CHILD_SAs go at once */
	bool cut;
	/** whether it was told to go before: do not wait for its peer now */
	bool force;
};

/**
 * Check out the IKE_SA to close.
 */
static ike_sa_t *checkout(private_nin3a_jobs_t *this, closing_t *closing)
{
	/* a successor has another identifier, and a job of its own */
	if (closing->ike_sa && !this->tunnels->get_spis(this->tunnels,
										closing->ike_sa, &closing->spis))
	{
		return NULL;
	}
	return tunnel_checkout(&closing->spis);
}

CALLBACK(close_job, job_requeue_t,
	private_nin3a_jobs_t *this, void *data)
{
	nin3a_settings_t settings;
	closing_t *closing = data;
	ike_sa_t *ike_sa;
	status_t status;

	this->config->get(this->config, &settings);
	ike_sa = checkout(this, closing);
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	status = closing->force ? nin3a_closing_force(ike_sa) :
							  nin3a_closing_tell(ike_sa, closing->cut);
	return tunnel_checkin_told(ike_sa, status, &closing->force,
							   settings.close_timeout);
}

/**
 * Schedule a job that closes an IKE_SA.
 *
 * @param delay		seconds
 */
static void schedule_close(private_nin3a_jobs_t *this, closing_t closing,
						   uint32_t delay)
{
	this->worker->queue(this->worker, close_job, this, &closing,
						sizeof(closing), (uint64_t)delay * 1000);
}

METHOD(nin3a_jobs_t, close_, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	schedule_close(this, (closing_t){ .ike_sa = ike_sa }, 0);
}

METHOD(nin3a_jobs_t, cut, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	schedule_close(this, (closing_t){ .ike_sa = ike_sa, .cut = TRUE }, 0);
}

METHOD(nin3a_jobs_t, close_stranger, void,
	private_nin3a_jobs_t *this, const tunnel_spis_t *spis)
{
	schedule_close(this, (closing_t){ .spis = *spis }, 0);
}

/**
 * The UE has not answered the DELETE of an IKE_SA that was rekeyed.
 */
static void count_timeout()
{
	nin3a_count(NIN3A_CLOSE_TIMEOUTS);
}

METHOD(nin3a_jobs_t, end_rekeyed, void,
	private_nin3a_jobs_t *this, const tunnel_spis_t *spis)
{
	nin3a_settings_t settings;

	this->config->get(this->config, &settings);
	tunnel_rekeyed_bound(this->worker, &(tunnel_rekeyed_t){
		.spis = *spis,
		.timeout = settings.close_timeout,
		.count = count_timeout,
	});
}

/**
 * What a session is compared with.
 */
typedef struct {
	/** session that the grace was given for */
	kupf_session_t *modified;
	/** session that is in the store now */
	kupf_session_t *current;
} versions_t;

/**
 * Whether a tunnel must be set up anew.  A session that was modified again
 * has another grace: a tunnel that fits the earlier version may stay, and so
 * may one of a version in between.
 */
static bool is_outdated(void *user, kupf_session_t *session)
{
	versions_t *versions = user;

	return kupf_session_precedes(session, versions->modified) &&
		   kupf_session_needs_rekey(session, versions->modified) &&
		   kupf_session_needs_rekey(session, versions->current);
}

/**
 * Close the outdated tunnels of a session.
 */
static void close_outdated(private_nin3a_jobs_t *this,
						   kupf_session_t *session)
{
	const char *name = kupf_session_get_name(session);
	versions_t versions = {
		.modified = session,
	};
	uint32_t ike_sa;
	array_t *ids;

	versions.current = this->store->get(this->store, name);
	if (versions.current)
	{
		ids = array_create(sizeof(uint32_t), 0);
		this->tunnels->evict(this->tunnels, name, is_outdated, &versions,
							  KUPF_REASON_REKEYED, ids);
		while (array_remove(ids, ARRAY_HEAD, &ike_sa))
		{
			cut(this, ike_sa);
		}
		array_destroy(ids);
		kupf_session_unref(versions.current);
	}
}

CALLBACK(check_job, job_requeue_t,
	private_nin3a_jobs_t *this, void *data)
{
	nin3a_grace_t **grace = data;
	kupf_session_t *session;

	session = this->graces->get_session(this->graces, *grace);
	if (session)
	{
		close_outdated(this, session);
		kupf_session_unref(session);
	}
	this->graces->end(this->graces, *grace);
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, drop_graces, void,
	private_nin3a_jobs_t *this, kupf_session_t *session)
{
	this->graces->drop(this->graces, session);
}

METHOD(nin3a_jobs_t, check, void,
	private_nin3a_jobs_t *this, kupf_session_t *session, uint32_t grace)
{
	nin3a_grace_t *begun = NULL;
	kupf_session_t *current;

	if (grace)
	{
		begun = this->graces->begin(this->graces, session);
	}
	if (!begun)
	{
		close_outdated(this, session);
		return;
	}
	/* one that has gone before that was told before */
	current = this->store->get(this->store, kupf_session_get_name(session));
	if (current != session &&
		!(current && kupf_session_precedes(session, current)))
	{
		drop_graces(this, session);
	}
	kupf_session_unref(current);
	this->worker->queue(this->worker, check_job, this, &begun, sizeof(begun),
						(uint64_t)grace * 1000);
}

/**
 * Close the IKE_SAs that another one of their session supersedes.
 */
static void close_superseded(private_nin3a_jobs_t *this, const char *session,
							 uint32_t serial)
{
	uint32_t ike_sa;
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	this->tunnels->settle(this->tunnels, session, serial, ids);
	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		schedule_close(this, (closing_t){ .ike_sa = ike_sa }, NIN3A_HANDOVER);
	}
	array_destroy(ids);
}

METHOD(nin3a_jobs_t, supersede, void,
	private_nin3a_jobs_t *this, kupf_session_t *session, uint32_t serial)
{
	close_superseded(this, kupf_session_get_name(session), serial);
}

/**
 * Close an IKE_SA that has no CHILD_SA.
 */
static void close_childless(private_nin3a_jobs_t *this,
							const nin3a_childless_t *childless)
{
	kupf_session_t *session;

	session = this->tunnels->get_session(this->tunnels, childless->ike_sa);
	if (session)
	{
		DBG1(DBG_CFG, "nin3a: closing IKE_SA [%u] of session '%s', it has no "
			 "CHILD_SA", childless->ike_sa, kupf_session_get_name(session));
		nin3a_count(NIN3A_CHILDLESS_CLOSED);
		if (!childless->told)
		{
			this->kupf->tunnel_down(this->kupf, session, childless->ike_sa,
									KUPF_REASON_NO_CHILD_SA);
		}
		kupf_session_unref(session);
	}
	close_(this, childless->ike_sa);
}

/**
 * Close the IKE_SAs of a session that have no CHILD_SA.
 */
static void close_all_childless(private_nin3a_jobs_t *this,
								const char *session, uint32_t serial)
{
	nin3a_childless_t childless;
	array_t *chosen;

	chosen = array_create(sizeof(nin3a_childless_t), 0);
	this->tunnels->childless(this->tunnels, session, serial, chosen);
	while (array_remove(chosen, ARRAY_HEAD, &childless))
	{
		close_childless(this, &childless);
	}
	array_destroy(chosen);
}

CALLBACK(settle_job, job_requeue_t,
	private_nin3a_jobs_t *this, void *data)
{
	nin3a_settling_t **settling = data;
	uint32_t serial, next;
	const char *name;

	name = this->settlings->get(this->settlings, *settling, &serial);
	close_superseded(this, name, serial);
	close_all_childless(this, name, serial);
	next = this->settlings->next(this->settlings, *settling, serial);
	return next ? JOB_RESCHEDULE(next) : JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, settle, void,
	private_nin3a_jobs_t *this, kupf_session_t *session, uint32_t serial,
	uint32_t time)
{
	nin3a_settling_t *begun;

	time = max(time, NIN3A_HANDOVER);
	begun = this->settlings->add(this->settlings,
								 kupf_session_get_name(session), serial, time);
	if (begun)
	{
		this->worker->queue(this->worker, settle_job, this, &begun,
							sizeof(begun), (uint64_t)time * 1000);
	}
}

METHOD(nin3a_jobs_t, await_child, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	nin3a_settings_t settings;
	kupf_session_t *session;
	uint32_t serial;

	if (this->tunnels->is_waiting(this->tunnels, ike_sa, &serial))
	{
		session = this->tunnels->get_session(this->tunnels, ike_sa);
		if (session)
		{
			this->config->get(this->config, &settings);
			settle(this, session, serial, settings.grace);
			kupf_session_unref(session);
		}
	}
}

METHOD(nin3a_jobs_t, crop, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	nin3a_settings_t settings;
	array_t *close, *force;

	this->config->get(this->config, &settings);
	close = array_create(sizeof(uint32_t), 0);
	force = array_create(sizeof(uint32_t), 0);
	this->tunnels->crop(this->tunnels, ike_sa, settings.max_ike_sas, close,
						force);
	while (array_remove(close, ARRAY_HEAD, &ike_sa))
	{
		nin3a_count(NIN3A_CROWDED_OUT);
		close_(this, ike_sa);
	}
	while (array_remove(force, ARRAY_HEAD, &ike_sa))
	{
		schedule_close(this, (closing_t){ .ike_sa = ike_sa, .force = TRUE }, 0);
	}
	array_destroy(close);
	array_destroy(force);
}

CALLBACK(lose_job, job_requeue_t,
	private_nin3a_jobs_t *this, void *data)
{
	nin3a_settings_t settings;
	uint32_t *ike_sa = data;
	kupf_session_t *session;
	uint32_t up_as, serial;

	session = this->tunnels->lose(this->tunnels, *ike_sa, &up_as, &serial);
	if (session)
	{
		DBG1(DBG_CFG, "nin3a: the tunnel of session '%s' has lost its last "
			 "CHILD_SA", kupf_session_get_name(session));
		nin3a_count(NIN3A_TUNNELS_LOST);
		this->kupf->tunnel_down(this->kupf, session, up_as,
								KUPF_REASON_NO_CHILD_SA);
		this->config->get(this->config, &settings);
		settle(this, session, serial, settings.grace);
		kupf_session_unref(session);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, lose, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	this->worker->queue(this->worker, lose_job, this, &ike_sa, sizeof(ike_sa),
						NIN3A_MOMENT * 1000);
}

METHOD(nin3a_jobs_t, destroy, void,
	private_nin3a_jobs_t *this)
{
	this->worker->destroy(this->worker);
	this->settlings->destroy(this->settlings);
	this->graces->destroy(this->graces);
	free(this);
}

/*
 * Described in header
 */
nin3a_jobs_t *nin3a_jobs_create(kupf_t *kupf, nin3a_config_t *config,
								nin3a_tunnels_t *tunnels, kupf_store_t *store)
{
	private_nin3a_jobs_t *this;

	INIT(this,
		.public = {
			.cut = _cut,
			.close = _close_,
			.close_stranger = _close_stranger,
			.end_rekeyed = _end_rekeyed,
			.check = _check,
			.drop_graces = _drop_graces,
			.supersede = _supersede,
			.settle = _settle,
			.await_child = _await_child,
			.crop = _crop,
			.lose = _lose,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.tunnels = tunnels,
		.store = store,
		.graces = nin3a_graces_create(),
		.settlings = nin3a_settlings_create(),
		.worker = tunnel_worker_create(),
	);

	return &this->public;
}
