/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_jobs.h"
#include "nin3a_cut.h"
#include "kupf/store/kupf_identity.h"
#include "nin3a/nin3a_counters.h"

#include <collections/hashtable.h>
#include <daemon.h>
#include <processing/jobs/callback_job.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_nin3a_jobs_t private_nin3a_jobs_t;
typedef struct order_t order_t;
typedef struct settling_t settling_t;

/**
 * Private data of the actions.
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
	/** one reference for the owner, one for each job */
	refcount_t ref;
	/** jobs that are being carried out */
	u_int running;
	/** whether the owner has destroyed it */
	bool stopped;
	/** sessions to settle, settling_t by name */
	hashtable_t *settling;
	/** guards the three above, a leaf */
	mutex_t *mutex;
	/** signals that no job is being carried out */
	condvar_t *idle;
};

/**
 * A session whose IKE_SAs are settled later; its job has the name.
 */
struct settling_t {
	/** of the newest IKE_SA since the job was scheduled */
	uint32_t serial;
	/** time_monotonic() when its time is over */
	time_t due;
	/** name of the session */
	char name[KUPF_SESSION_NAME_MAX + 1];
};

/**
 * Data of a job.
 */
struct order_t {
	/** whose it is, a reference */
	private_nin3a_jobs_t *actions;
	/** IKE_SA to close */
	uint32_t ike_sa;
	/** SPIs of an IKE_SA to close that is in no table, or NULL */
	ike_sa_id_t *id;
	/** whether its CHILD_SAs go at once */
	bool cut;
	/** whether it was told to go before: do not wait for its peer now */
	bool force;
	/** grace that ends, or NULL */
	nin3a_grace_t *grace;
	/** session to settle, which the table owns, or NULL */
	settling_t *settling;
	/** of the newest IKE_SA to settle */
	uint32_t serial;
};

/**
 * Drop a reference.
 */
static void unref(private_nin3a_jobs_t *this)
{
	if (ref_put(&this->ref))
	{
		this->settling->destroy_function(this->settling, (void*)free);
		this->graces->destroy(this->graces);
		this->idle->destroy(this->idle);
		this->mutex->destroy(this->mutex);
		free(this);
	}
}

CALLBACK(order_destroy, void,
	order_t *order)
{
	if (order->grace)
	{
		order->actions->graces->end(order->actions->graces, order->grace);
	}
	DESTROY_IF(order->id);
	unref(order->actions);
	free(order);
}

/**
 * A job begins.
 *
 * @return			FALSE if it must not
 */
static bool enter(private_nin3a_jobs_t *this)
{
	bool allowed;

	this->mutex->lock(this->mutex);
	allowed = !this->stopped;
	this->running += allowed;
	this->mutex->unlock(this->mutex);
	return allowed;
}

/**
 * A job that has begun ends.
 */
static void leave(private_nin3a_jobs_t *this)
{
	this->mutex->lock(this->mutex);
	this->running--;
	this->idle->signal(this->idle);
	this->mutex->unlock(this->mutex);
}

/**
 * Get the SPIs of the IKE_SA to close.
 *
 * @return			NULL if it is gone
 */
static ike_sa_id_t *get_id(private_nin3a_jobs_t *this, order_t *order)
{
	nin3a_spis_t spis;

	if (order->id)
	{
		return order->id->clone(order->id);
	}
	if (this->tunnels->get_spis(this->tunnels, order->ike_sa, &spis))
	{
		return ike_sa_id_create(IKEV2_MAJOR_VERSION, spis.initiator,
								spis.responder, spis.initiated_here);
	}
	return NULL;
}

/**
 * Check an IKE_SA out, by its SPIs: by its unique identifier charon would have
 * to search through all of them.
 */
static ike_sa_t *checkout(private_nin3a_jobs_t *this, order_t *order)
{
	ike_sa_t *ike_sa = NULL;
	ike_sa_id_t *id;

	id = get_id(this, order);
	if (id)
	{
		ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
		id->destroy(id);
	}
	return ike_sa;
}

/**
 * Delete an IKE_SA, as far as that takes our doing.
 */
static status_t delete_ike_sa(ike_sa_t *ike_sa, bool cut)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
			if (cut)
			{
				nin3a_cut(ike_sa);
			}
			/* fall through */
		case IKE_CONNECTING:
			return ike_sa->delete(ike_sa, FALSE);
		default:
			/* rekeyed meanwhile: the successor has its own job; or a DELETE is
			 * under way, and a second call would end it without an answer */
			return SUCCESS;
	}
}

/**
 * Destroy an IKE_SA whose peer does not answer, as far as it was not rekeyed.
 */
static status_t force_ike_sa(ike_sa_t *ike_sa)
{
	char name[KUPF_IDENTITY_TEXT];

	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
		case IKE_DELETING:
			DBG1(DBG_CFG, "nin3a: '%s' does not answer the DELETE, not waiting "
				 "any longer",
				 kupf_identity_name(ike_sa->get_other_id(ike_sa), name));
			nin3a_count(NIN3A_CLOSE_TIMEOUTS);
			return ike_sa->delete(ike_sa, TRUE);
		default:
			return SUCCESS;
	}
}

/**
 * Check an IKE_SA in, or destroy it.
 */
static void checkin(ike_sa_t *ike_sa, status_t status)
{
	if (status == DESTROY_ME)
	{
		charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
													ike_sa);
	}
	else
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	}
}

CALLBACK(close_job, job_requeue_t,
	order_t *order)
{
	private_nin3a_jobs_t *this = order->actions;
	nin3a_settings_t settings;
	bool waiting = FALSE;
	ike_sa_t *ike_sa;
	status_t status;

	if (!enter(this))
	{
		return JOB_REQUEUE_NONE;
	}
	this->config->get(this->config, &settings);
	/* a successor has another identifier, and a job of its own */
	ike_sa = checkout(this, order);
	if (ike_sa)
	{
		status = order->force ? force_ike_sa(ike_sa) :
								delete_ike_sa(ike_sa, order->cut);
		waiting = status != DESTROY_ME && !order->force;
		checkin(ike_sa, status);
	}
	leave(this);
	if (waiting && settings.close_timeout)
	{
		order->force = TRUE;
		return JOB_RESCHEDULE(settings.close_timeout);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * Create the data of a job.
 */
static order_t *order_create(private_nin3a_jobs_t *this)
{
	order_t *order;

	INIT(order,
		.actions = this,
	);
	ref_get(&this->ref);
	return order;
}

/**
 * Schedule a job.
 */
static void schedule(callback_job_cb_t cb, order_t *order, uint32_t time)
{
	lib->scheduler->schedule_job(lib->scheduler,
					(job_t*)callback_job_create(cb, order, order_destroy, NULL),
					time);
}

/**
 * Queue a job that closes an IKE_SA.
 */
static void queue_close(order_t *order)
{
	lib->processor->queue_job(lib->processor,
					(job_t*)callback_job_create(close_job, order,
												order_destroy, NULL));
}

METHOD(nin3a_jobs_t, close_, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	order_t *order = order_create(this);

	order->ike_sa = ike_sa;
	queue_close(order);
}

METHOD(nin3a_jobs_t, cut, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	order_t *order = order_create(this);

	order->ike_sa = ike_sa;
	order->cut = TRUE;
	queue_close(order);
}

METHOD(nin3a_jobs_t, close_stranger, void,
	private_nin3a_jobs_t *this, ike_sa_id_t *id)
{
	order_t *order = order_create(this);

	order->id = id->clone(id);
	queue_close(order);
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
		this->tunnels->select(this->tunnels, name, is_outdated, &versions,
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
	order_t *order)
{
	private_nin3a_jobs_t *this = order->actions;
	kupf_session_t *session;

	if (enter(this))
	{
		session = this->graces->get_session(this->graces, order->grace);
		if (session)
		{
			close_outdated(this, session);
			kupf_session_unref(session);
		}
		leave(this);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, forget, void,
	private_nin3a_jobs_t *this, kupf_session_t *session)
{
	this->graces->drop(this->graces, session);
}

METHOD(nin3a_jobs_t, check, void,
	private_nin3a_jobs_t *this, kupf_session_t *session, uint32_t grace)
{
	nin3a_grace_t *begun = NULL;
	kupf_session_t *current;
	order_t *order;

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
		forget(this, session);
	}
	kupf_session_unref(current);
	order = order_create(this);
	order->grace = begun;
	schedule(check_job, order, grace);
}

/**
 * Close the IKE_SAs that another one of their session supersedes.
 */
static void close_superseded(private_nin3a_jobs_t *this, const char *session,
							 uint32_t serial)
{
	uint32_t ike_sa;
	order_t *order;
	array_t *ids;

	ids = array_create(sizeof(uint32_t), 0);
	this->tunnels->settle(this->tunnels, session, serial, ids);
	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		order = order_create(this);
		order->ike_sa = ike_sa;
		schedule(close_job, order, NIN3A_HANDOVER);
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

/**
 * Look whether other IKE_SAs of a session have yet to be settled; if not, the
 * next one gets a job of its own.
 *
 * @param serial	[in,out] of the newest IKE_SA that is settled
 * @return			seconds until then, 0 if there is none
 */
static uint32_t next_settling(private_nin3a_jobs_t *this, settling_t *settling,
							  uint32_t *serial)
{
	time_t now = time_monotonic(NULL);
	uint32_t next = 0;

	this->mutex->lock(this->mutex);
	if (settling->serial != *serial)
	{
		*serial = settling->serial;
		next = max(settling->due - now, NIN3A_HANDOVER);
	}
	else
	{
		this->settling->remove(this->settling, settling->name);
		free(settling);
	}
	this->mutex->unlock(this->mutex);
	return next;
}

CALLBACK(settle_job, job_requeue_t,
	order_t *order)
{
	private_nin3a_jobs_t *this = order->actions;
	uint32_t next = 0;

	if (enter(this))
	{
		close_superseded(this, order->settling->name, order->serial);
		close_all_childless(this, order->settling->name, order->serial);
		next = next_settling(this, order->settling, &order->serial);
		leave(this);
	}
	return next ? JOB_RESCHEDULE(next) : JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, settle, void,
	private_nin3a_jobs_t *this, kupf_session_t *session, uint32_t serial,
	uint32_t time)
{
	const char *name = kupf_session_get_name(session);
	settling_t *settling, *added = NULL;
	order_t *order;

	time = max(time, NIN3A_HANDOVER);
	this->mutex->lock(this->mutex);
	settling = this->settling->get(this->settling, name);
	if (!settling)
	{
		INIT(added);
		snprintf(added->name, sizeof(added->name), "%s", name);
		this->settling->put(this->settling, added->name, added);
		settling = added;
	}
	/* a worker and a hook may come in either order */
	settling->serial = max(settling->serial, serial);
	settling->due = max(settling->due, time_monotonic(NULL) + time);
	this->mutex->unlock(this->mutex);
	if (added)
	{
		order = order_create(this);
		order->settling = added;
		order->serial = serial;
		schedule(settle_job, order, time);
	}
}

METHOD(nin3a_jobs_t, crop, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	nin3a_settings_t settings;
	array_t *close, *force;
	order_t *order;

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
		order = order_create(this);
		order->ike_sa = ike_sa;
		order->force = TRUE;
		queue_close(order);
	}
	array_destroy(close);
	array_destroy(force);
}

CALLBACK(lose_job, job_requeue_t,
	order_t *order)
{
	private_nin3a_jobs_t *this = order->actions;
	nin3a_settings_t settings;
	kupf_session_t *session;
	uint32_t up_as, serial;

	if (enter(this))
	{
		session = this->tunnels->lose(this->tunnels, order->ike_sa, &up_as,
									  &serial);
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
		leave(this);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_jobs_t, lose, void,
	private_nin3a_jobs_t *this, uint32_t ike_sa)
{
	order_t *order = order_create(this);

	order->ike_sa = ike_sa;
	schedule(lose_job, order, NIN3A_MOMENT);
}

METHOD(nin3a_jobs_t, destroy, void,
	private_nin3a_jobs_t *this)
{
	this->mutex->lock(this->mutex);
	this->stopped = TRUE;
	while (this->running)
	{
		this->idle->wait(this->idle, this->mutex);
	}
	this->mutex->unlock(this->mutex);
	unref(this);
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
			.check = _check,
			.forget = _forget,
			.supersede = _supersede,
			.settle = _settle,
			.crop = _crop,
			.lose = _lose,
			.destroy = _destroy,
		},
		.kupf = kupf,
		.config = config,
		.tunnels = tunnels,
		.store = store,
		.ref = 1,
		.settling = hashtable_create(hashtable_hash_str, hashtable_equals_str,
									 32),
		.graces = nin3a_graces_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.idle = condvar_create(CONDVAR_TYPE_DEFAULT),
	);

	return &this->public;
}
