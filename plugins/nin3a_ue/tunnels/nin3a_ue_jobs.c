/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_jobs.h"
#include "nin3a_ue/nin3a_ue_counters.h"
#include "nin3a_ue_initiator.h"

#include <daemon.h>
#include <processing/jobs/callback_job.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_nin3a_ue_jobs_t private_nin3a_ue_jobs_t;
typedef struct task_data_t task_data_t;

/**
 * Private data of the actions.
 */
struct private_nin3a_ue_jobs_t {
	/** public interface */
	nin3a_ue_jobs_t public;
	/** settings */
	nin3a_ue_config_t *config;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** legs */
	nin3a_ue_legs_t *legs;
	/** one reference for the owner, one for each job */
	refcount_t ref;
	/** jobs that are being carried out */
	u_int running;
	/** whether the owner has destroyed it */
	bool stopped;
	/** whether a change of the network is about to be acted upon */
	bool roaming;
	/** guards the three above, a leaf */
	mutex_t *mutex;
	/** signals that no job is being carried out */
	condvar_t *idle;
};

/**
 * Data of a job.
 */
struct task_data_t {
	/** whose it is, a reference */
	private_nin3a_ue_jobs_t *actions;
	/** attempt to begin */
	nin3a_ue_order_t order;
	/** IKE_SA */
	uint32_t ike_sa;
	/** whether to close it when it has been told to hand over before */
	bool again;
};

/**
 * Drop a reference.
 */
static void unref(private_nin3a_ue_jobs_t *this)
{
	if (ref_put(&this->ref))
	{
		this->idle->destroy(this->idle);
		this->mutex->destroy(this->mutex);
		free(this);
	}
}

CALLBACK(task_destroy, void,
	task_data_t *task)
{
	unref(task->actions);
	free(task);
}

/**
 * A job begins.
 *
 * @return			FALSE if it must not
 */
static bool enter(private_nin3a_ue_jobs_t *this)
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
static void leave(private_nin3a_ue_jobs_t *this)
{
	this->mutex->lock(this->mutex);
	this->running--;
	this->idle->signal(this->idle);
	this->mutex->unlock(this->mutex);
}

/**
 * Schedule a job for an IKE_SA or an order.
 *
 * @param delay		milliseconds
 */
static void schedule(private_nin3a_ue_jobs_t *this, callback_job_cb_t cb,
					 uint32_t ike_sa, const nin3a_ue_order_t *order,
					 uint32_t delay)
{
	task_data_t *task;
	job_t *job;

	INIT(task,
		.actions = this,
		.ike_sa = ike_sa,
	);
	if (order)
	{
		task->order = *order;
	}
	ref_get(&this->ref);
	job = (job_t*)callback_job_create(cb, task, task_destroy, NULL);
	if (delay)
	{
		lib->scheduler->schedule_job_ms(lib->scheduler, job, delay);
	}
	else
	{
		lib->processor->queue_job(lib->processor, job);
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

/**
 * Check an IKE_SA of ours out, by its SPIs: by its unique identifier charon
 * would search through all of them, and wait for each that is in use.
 */
static ike_sa_t *checkout(private_nin3a_ue_jobs_t *this, uint32_t unique_id)
{
	nin3a_ue_spis_t spis;
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	if (!this->sas->get_spis(this->sas, unique_id, &spis))
	{
		return NULL;
	}
	id = ike_sa_id_create(IKEV2_MAJOR_VERSION, spis.initiator, spis.responder,
						  spis.initiated_here);
	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
	id->destroy(id);
	return ike_sa;
}

/**
 * Delete an IKE_SA, as far as that takes our doing.
 *
 * @param again		whether it was told to go before
 */
static status_t delete_ike_sa(ike_sa_t *ike_sa, bool again)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_CREATED:
		case IKE_CONNECTING:
			return DESTROY_ME;
		case IKE_DELETING:
		case IKE_ESTABLISHED:
		case IKE_REKEYING:
			if (again)
			{
				DBG1(DBG_CFG, "nin3a-ue: UPF %H does not answer the DELETE, "
					 "not waiting any longer", ike_sa->get_other_host(ike_sa));
				nin3a_ue_count(NIN3A_UE_CLOSE_TIMEOUTS);
				return ike_sa->delete(ike_sa, TRUE);
			}
			/* a second DELETE would end the first one without an answer */
			return ike_sa->get_state(ike_sa) == IKE_DELETING ? SUCCESS
								: ike_sa->delete(ike_sa, FALSE);
		default:
			/* rekeyed meanwhile: the successor has its own job */
			return SUCCESS;
	}
}

CALLBACK(close_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	nin3a_ue_settings_t settings;
	bool waiting = FALSE;
	ike_sa_t *ike_sa;
	status_t status;

	if (!enter(this))
	{
		return JOB_REQUEUE_NONE;
	}
	this->config->get(this->config, &settings);
	ike_sa = checkout(this, task->ike_sa);
	if (ike_sa)
	{
		status = delete_ike_sa(ike_sa, task->again);
		waiting = status != DESTROY_ME && !task->again;
		checkin(ike_sa, status);
	}
	leave(this);
	if (waiting && settings.close_timeout)
	{
		task->again = TRUE;
		return JOB_RESCHEDULE(settings.close_timeout);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, close_, void,
	private_nin3a_ue_jobs_t *this, array_t *ids)
{
	uint32_t ike_sa;

	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		schedule(this, close_job, ike_sa, NULL, 0);
	}
}

/**
 * Stop sending through the CHILD_SAs of an IKE_SA.
 */
static void stop_sending(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (enumerator->enumerate(enumerator, &child_sa))
	{
		if (child_sa->get_state(child_sa) == CHILD_INSTALLED)
		{
			child_sa->remove_outbound(child_sa);
		}
	}
	enumerator->destroy(enumerator);
}

CALLBACK(hand_over_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	ike_sa_t *ike_sa;

	if (enter(this))
	{
		ike_sa = checkout(this, task->ike_sa);
		if (ike_sa)
		{
			stop_sending(ike_sa);
			checkin(ike_sa, SUCCESS);
		}
		schedule(this, close_job, task->ike_sa, NULL, NIN3A_UE_HANDOVER);
		leave(this);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, hand_over, void,
	private_nin3a_ue_jobs_t *this, array_t *ids)
{
	uint32_t ike_sa;

	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		schedule(this, hand_over_job, ike_sa, NULL, 0);
	}
}

CALLBACK(watch_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	nin3a_ue_stage_t stage;
	array_t *ids;

	if (enter(this))
	{
		stage = this->sas->get_stage(this->sas, task->ike_sa);
		if ((stage == NIN3A_UE_CONNECTING || stage == NIN3A_UE_ESTABLISHED) &&
			this->sas->condemn(this->sas, task->ike_sa,
						stage == NIN3A_UE_CONNECTING ? NIN3A_UE_NO_ANSWER
													 : NIN3A_UE_NO_CHILD))
		{
			ids = array_create(sizeof(uint32_t), 0);
			array_insert(ids, ARRAY_TAIL, &task->ike_sa);
			close_(this, ids);
			array_destroy(ids);
		}
		leave(this);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, watch, void,
	private_nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	nin3a_ue_settings_t settings;

	this->config->get(this->config, &settings);
	schedule(this, watch_job, ike_sa, NULL, settings.setup_timeout * 1000);
}

/**
 * Whether an IKE_SA that lasts has a CHILD_SA that something can flow through.
 */
static bool has_child(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	child_sa_t *child_sa;
	bool found = FALSE;

	enumerator = ike_sa->create_child_sa_enumerator(ike_sa);
	while (!found && enumerator->enumerate(enumerator, &child_sa))
	{
		switch (child_sa->get_state(child_sa))
		{
			case CHILD_INSTALLED:
			case CHILD_UPDATING:
			case CHILD_REKEYING:
				found = TRUE;
				break;
			default:
				break;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

/**
 * Whether we set up a CHILD_SA, or are about to.
 */
static bool sets_up_child(ike_sa_t *ike_sa, task_queue_t queue)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	task_t *task;

	enumerator = ike_sa->create_task_enumerator(ike_sa, queue);
	while (!found && enumerator->enumerate(enumerator, &task))
	{
		found = task->get_type(task) == TASK_CHILD_CREATE;
	}
	enumerator->destroy(enumerator);
	return found;
}

CALLBACK(check_children_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	bool again = FALSE, bare = FALSE;
	ike_sa_t *ike_sa;

	if (!enter(this))
	{
		return JOB_REQUEUE_NONE;
	}
	ike_sa = checkout(this, task->ike_sa);
	if (ike_sa)
	{
		bare = !has_child(ike_sa);
		again = bare && (sets_up_child(ike_sa, TASK_QUEUE_ACTIVE) ||
						 sets_up_child(ike_sa, TASK_QUEUE_QUEUED));
		checkin(ike_sa, SUCCESS);
	}
	if (bare && !again &&
		this->sas->get_stage(this->sas, task->ike_sa) == NIN3A_UE_UP)
	{
		this->sas->set_reason(this->sas, task->ike_sa,
							  KUPF_REASON_NO_CHILD_SA);
		if (this->sas->condemn(this->sas, task->ike_sa, NIN3A_UE_NO_CHILD))
		{
			DBG1(DBG_CFG, "nin3a-ue: IKE_SA [%u] has no CHILD_SA any more, "
				 "starting anew", task->ike_sa);
			schedule(this, close_job, task->ike_sa, NULL, 0);
		}
	}
	leave(this);
	if (again)
	{
		return JOB_RESCHEDULE_MS(NIN3A_UE_CHILD_PAUSE);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, check_children, void,
	private_nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	schedule(this, check_children_job, ike_sa, NULL, NIN3A_UE_CHILD_PAUSE);
}

static void start_order(private_nin3a_ue_jobs_t *this,
						const nin3a_ue_order_t *order);

CALLBACK(start_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	nin3a_ue_settings_t settings;
	kupf_session_t *session;
	nin3a_ue_order_t next;

	if (!enter(this))
	{
		return JOB_REQUEUE_NONE;
	}
	session = this->legs->begin(this->legs, task->order.name,
								task->order.serial);
	if (session)
	{
		this->config->get(this->config, &settings);
		if (!nin3a_ue_initiate(this->legs, session, settings.connection))
		{
			nin3a_ue_count(NIN3A_UE_NO_CONNECTION);
			this->legs->abort(this->legs, session, &next);
			start_order(this, &next);
		}
		kupf_session_unref(session);
	}
	leave(this);
	return JOB_REQUEUE_NONE;
}

/**
 * Begin an attempt as ordered.
 */
static void start_order(private_nin3a_ue_jobs_t *this,
						const nin3a_ue_order_t *order)
{
	if (order->start)
	{
		schedule(this, start_job, 0, order, order->delay);
	}
}

METHOD(nin3a_ue_jobs_t, start, void,
	private_nin3a_ue_jobs_t *this, const nin3a_ue_order_t *order)
{
	start_order(this, order);
}

CALLBACK(roam_job, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_jobs_t *this = task->actions;
	nin3a_ue_order_t order;
	array_t *orders;

	if (!enter(this))
	{
		return JOB_REQUEUE_NONE;
	}
	this->mutex->lock(this->mutex);
	this->roaming = FALSE;
	this->mutex->unlock(this->mutex);

	orders = array_create(sizeof(nin3a_ue_order_t), 0);
	this->legs->hurry(this->legs, orders);
	while (array_remove(orders, ARRAY_HEAD, &order))
	{
		nin3a_ue_count(NIN3A_UE_ROAMED);
		start_order(this, &order);
	}
	array_destroy(orders);
	leave(this);
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, roam, void,
	private_nin3a_ue_jobs_t *this)
{
	bool first;

	this->mutex->lock(this->mutex);
	first = !this->roaming;
	this->roaming = TRUE;
	this->mutex->unlock(this->mutex);
	if (first)
	{
		schedule(this, roam_job, 0, NULL, NIN3A_UE_ROAM_PAUSE);
	}
}

METHOD(nin3a_ue_jobs_t, destroy, void,
	private_nin3a_ue_jobs_t *this)
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
nin3a_ue_jobs_t *nin3a_ue_jobs_create(nin3a_ue_config_t *config,
											nin3a_ue_sas_t *sas,
											nin3a_ue_legs_t *legs)
{
	private_nin3a_ue_jobs_t *this;

	INIT(this,
		.public = {
			.start = _start,
			.close = _close_,
			.hand_over = _hand_over,
			.roam = _roam,
			.watch = _watch,
			.check_children = _check_children,
			.destroy = _destroy,
		},
		.config = config,
		.sas = sas,
		.legs = legs,
		.ref = 1,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.idle = condvar_create(CONDVAR_TYPE_DEFAULT),
	);

	return &this->public;
}
