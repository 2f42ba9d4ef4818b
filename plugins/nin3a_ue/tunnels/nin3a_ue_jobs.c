/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_jobs.h"
#include "nin3a_ue/nin3a_ue_counters.h"
#include "nin3a_ue_initiator.h"
#include "tunnel/tunnel_rekeyed.h"
#include "tunnel/tunnel_spis.h"

#include <daemon.h>

typedef struct private_nin3a_ue_jobs_t private_nin3a_ue_jobs_t;
typedef struct sa_job_t sa_job_t;

/**
 * Private data of the jobs.
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
	/** has them done */
	tunnel_worker_t *worker;
	/** whether a change of the network is about to be acted upon */
	bool roaming;
};

/**
 * A job about an IKE_SA.
 */
struct sa_job_t {
	/** unique identifier */
	uint32_t ike_sa;
	/** whether it was told to go before */
	bool again;
};

/**
 * Schedule a job about an IKE_SA.
 *
 * @param delay		milliseconds
 */
static void schedule(private_nin3a_ue_jobs_t *this, tunnel_job_cb_t cb,
					 uint32_t ike_sa, uint64_t delay)
{
	sa_job_t job = {
		.ike_sa = ike_sa,
	};

	this->worker->queue(this->worker, cb, this, &job, sizeof(job), delay);
}

/*
 * Described in header
 */
ike_sa_t *nin3a_ue_checkout(nin3a_ue_sas_t *sas, uint32_t ike_sa)
{
	tunnel_spis_t spis;

	return sas->get_spis(sas, ike_sa, &spis) ? tunnel_checkout(&spis) : NULL;
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
				nin3a_ue_count(NIN3A_UE_COUNTED_CLOSE_TIMEOUTS);
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

/**
 * Close an IKE_SA; the second step is not to wait for the UPF any longer.
 */
CALLBACK(close_job, job_requeue_t,
	private_nin3a_ue_jobs_t *this, void *data)
{
	sa_job_t *job = data;
	nin3a_ue_settings_t settings;
	ike_sa_t *ike_sa;
	status_t status;

	this->config->get(this->config, &settings);
	ike_sa = nin3a_ue_checkout(this->sas, job->ike_sa);
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	status = delete_ike_sa(ike_sa, job->again);
	return tunnel_checkin_told(ike_sa, status, &job->again,
							   settings.close_timeout);
}

METHOD(nin3a_ue_jobs_t, close_, void,
	private_nin3a_ue_jobs_t *this, array_t *ids)
{
	uint32_t ike_sa;

	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		schedule(this, close_job, ike_sa, 0);
	}
}

/**
 * The UPF has not answered the DELETE of an IKE_SA that was rekeyed.
 */
static void count_timeout()
{
	nin3a_ue_count(NIN3A_UE_COUNTED_CLOSE_TIMEOUTS);
}

METHOD(nin3a_ue_jobs_t, end_rekeyed, void,
	private_nin3a_ue_jobs_t *this, const tunnel_spis_t *spis)
{
	nin3a_ue_settings_t settings;

	this->config->get(this->config, &settings);
	tunnel_rekeyed_bound(this->worker, &(tunnel_rekeyed_t){
		.spis = *spis,
		.timeout = settings.close_timeout,
		.count = count_timeout,
	});
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
	private_nin3a_ue_jobs_t *this, void *data)
{
	sa_job_t *job = data;
	ike_sa_t *ike_sa;

	ike_sa = nin3a_ue_checkout(this->sas, job->ike_sa);
	if (ike_sa)
	{
		stop_sending(ike_sa);
		tunnel_checkin(ike_sa, SUCCESS);
	}
	schedule(this, close_job, job->ike_sa, NIN3A_UE_HANDOVER);
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, hand_over, void,
	private_nin3a_ue_jobs_t *this, array_t *ids)
{
	uint32_t ike_sa;

	while (array_remove(ids, ARRAY_HEAD, &ike_sa))
	{
		schedule(this, hand_over_job, ike_sa, 0);
	}
}

CALLBACK(watch_job, job_requeue_t,
	private_nin3a_ue_jobs_t *this, void *data)
{
	sa_job_t *job = data;
	nin3a_ue_stage_t stage;

	stage = this->sas->get_stage(this->sas, job->ike_sa);
	if ((stage == NIN3A_UE_STAGE_CONNECTING || stage == NIN3A_UE_STAGE_ESTABLISHED) &&
		this->sas->condemn(this->sas, job->ike_sa,
						   stage == NIN3A_UE_STAGE_CONNECTING ? NIN3A_UE_NO_ANSWER
														: NIN3A_UE_NO_CHILD))
	{
		schedule(this, close_job, job->ike_sa, 0);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, watch, void,
	private_nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	nin3a_ue_settings_t settings;

	this->config->get(this->config, &settings);
	schedule(this, watch_job, ike_sa, (uint64_t)settings.setup_timeout * 1000);
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
	private_nin3a_ue_jobs_t *this, void *data)
{
	sa_job_t *job = data;
	bool again = FALSE, bare = FALSE;
	ike_sa_t *ike_sa;

	ike_sa = nin3a_ue_checkout(this->sas, job->ike_sa);
	if (ike_sa)
	{
		bare = !has_child(ike_sa);
		again = bare && (sets_up_child(ike_sa, TASK_QUEUE_ACTIVE) ||
						 sets_up_child(ike_sa, TASK_QUEUE_QUEUED));
		tunnel_checkin(ike_sa, SUCCESS);
	}
	if (again)
	{
		return JOB_RESCHEDULE_MS(NIN3A_UE_CHILD_PAUSE);
	}
	if (bare && this->sas->get_stage(this->sas, job->ike_sa) == NIN3A_UE_STAGE_UP)
	{
		this->sas->set_reason(this->sas, job->ike_sa, KUPF_REASON_NO_CHILD_SA);
		if (this->sas->condemn(this->sas, job->ike_sa, NIN3A_UE_NO_CHILD))
		{
			DBG1(DBG_CFG, "nin3a-ue: IKE_SA [%u] has no CHILD_SA any more, "
				 "starting anew", job->ike_sa);
			schedule(this, close_job, job->ike_sa, 0);
		}
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, check_children, void,
	private_nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	schedule(this, check_children_job, ike_sa, NIN3A_UE_CHILD_PAUSE);
}

CALLBACK(start_job, job_requeue_t,
	private_nin3a_ue_jobs_t *this, void *data)
{
	nin3a_ue_order_t *order = data;
	nin3a_ue_settings_t settings;
	kupf_session_t *session;
	nin3a_ue_order_t next;

	session = this->legs->begin(this->legs, order->name, order->serial);
	if (session)
	{
		this->config->get(this->config, &settings);
		if (!nin3a_ue_initiate(this->legs, session, settings.connection))
		{
			nin3a_ue_count(NIN3A_UE_COUNTED_NO_CONNECTION);
			this->legs->abort(this->legs, session, &next);
			this->public.start(&this->public, &next);
		}
		kupf_session_unref(session);
	}
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, start, void,
	private_nin3a_ue_jobs_t *this, const nin3a_ue_order_t *order)
{
	if (order->start)
	{
		this->worker->queue(this->worker, start_job, this, order,
							sizeof(*order), order->delay);
	}
}

CALLBACK(roam_job, job_requeue_t,
	private_nin3a_ue_jobs_t *this, void *data)
{
	nin3a_ue_order_t order;
	array_t *orders;

	__atomic_store_n(&this->roaming, FALSE, __ATOMIC_SEQ_CST);
	orders = array_create(sizeof(nin3a_ue_order_t), 0);
	this->legs->hurry(this->legs, orders);
	while (array_remove(orders, ARRAY_HEAD, &order))
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_ROAMED);
		start(this, &order);
	}
	array_destroy(orders);
	return JOB_REQUEUE_NONE;
}

METHOD(nin3a_ue_jobs_t, roam, void,
	private_nin3a_ue_jobs_t *this)
{
	if (!__atomic_exchange_n(&this->roaming, TRUE, __ATOMIC_SEQ_CST))
	{
		schedule(this, roam_job, 0, NIN3A_UE_ROAM_PAUSE);
	}
}

METHOD(nin3a_ue_jobs_t, destroy, void,
	private_nin3a_ue_jobs_t *this)
{
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_jobs_t *nin3a_ue_jobs_create(nin3a_ue_config_t *config,
									  nin3a_ue_sas_t *sas,
									  nin3a_ue_legs_t *legs,
									  tunnel_worker_t *worker)
{
	private_nin3a_ue_jobs_t *this;

	INIT(this,
		.public = {
			.start = _start,
			.close = _close_,
			.end_rekeyed = _end_rekeyed,
			.hand_over = _hand_over,
			.roam = _roam,
			.watch = _watch,
			.check_children = _check_children,
			.destroy = _destroy,
		},
		.config = config,
		.sas = sas,
		.legs = legs,
		.worker = worker,
	);

	return &this->public;
}
