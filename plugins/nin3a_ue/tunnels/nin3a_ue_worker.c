/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_worker.h"

#include <processing/jobs/callback_job.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_nin3a_ue_worker_t private_nin3a_ue_worker_t;
typedef struct task_data_t task_data_t;

/**
 * Private data of the worker.
 */
struct private_nin3a_ue_worker_t {
	/** public interface */
	nin3a_ue_worker_t public;
	/** IKE_SAs */
	nin3a_ue_sas_t *sas;
	/** one reference for the owner, one for each job */
	refcount_t ref;
	/** jobs that are being done */
	u_int running;
	/** whether the owner has destroyed it */
	bool stopped;
	/** guards the two above, a leaf */
	mutex_t *mutex;
	/** signals that a job is done */
	condvar_t *idle;
};

/**
 * A job as charon has it.
 */
struct task_data_t {
	/** whose it is, a reference */
	private_nin3a_ue_worker_t *worker;
	/** does it */
	nin3a_ue_job_cb_t cb;
	/** passed to cb */
	void *object;
	/** what it is about */
	nin3a_ue_job_t job;
};

/**
 * Drop a reference.
 */
static void unref(private_nin3a_ue_worker_t *this)
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
	unref(task->worker);
	free(task);
}

CALLBACK(task_run, job_requeue_t,
	task_data_t *task)
{
	private_nin3a_ue_worker_t *this = task->worker;
	job_requeue_t requeue = JOB_REQUEUE_NONE;
	bool allowed;

	this->mutex->lock(this->mutex);
	allowed = !this->stopped;
	this->running += allowed;
	this->mutex->unlock(this->mutex);
	if (allowed)
	{
		requeue = task->cb(task->object, &task->job);
		this->mutex->lock(this->mutex);
		this->running--;
		this->idle->signal(this->idle);
		this->mutex->unlock(this->mutex);
	}
	return requeue;
}

METHOD(nin3a_ue_worker_t, queue, void,
	private_nin3a_ue_worker_t *this, nin3a_ue_job_cb_t cb, void *object,
	const nin3a_ue_job_t *job, uint32_t delay)
{
	task_data_t *task;
	job_t *callback;

	INIT(task,
		.worker = this,
		.cb = cb,
		.object = object,
		.job = *job,
	);
	ref_get(&this->ref);
	callback = (job_t*)callback_job_create(task_run, task, task_destroy, NULL);
	if (delay)
	{
		lib->scheduler->schedule_job_ms(lib->scheduler, callback, delay);
	}
	else
	{
		lib->processor->queue_job(lib->processor, callback);
	}
}

METHOD(nin3a_ue_worker_t, checkout_spis, ike_sa_t*,
	private_nin3a_ue_worker_t *this, const nin3a_ue_spis_t *spis)
{
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	id = ike_sa_id_create(IKEV2_MAJOR_VERSION, spis->initiator,
						  spis->responder, spis->initiated_here);
	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
	id->destroy(id);
	return ike_sa;
}

METHOD(nin3a_ue_worker_t, checkout, ike_sa_t*,
	private_nin3a_ue_worker_t *this, uint32_t unique_id)
{
	nin3a_ue_spis_t spis;

	return this->sas->get_spis(this->sas, unique_id, &spis) ?
				checkout_spis(this, &spis) : NULL;
}

METHOD(nin3a_ue_worker_t, checkin, void,
	private_nin3a_ue_worker_t *this, ike_sa_t *ike_sa, status_t status)
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

METHOD(nin3a_ue_worker_t, destroy, void,
	private_nin3a_ue_worker_t *this)
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
nin3a_ue_worker_t *nin3a_ue_worker_create(nin3a_ue_sas_t *sas)
{
	private_nin3a_ue_worker_t *this;

	INIT(this,
		.public = {
			.queue = _queue,
			.checkout = _checkout,
			.checkout_spis = _checkout_spis,
			.checkin = _checkin,
			.destroy = _destroy,
		},
		.sas = sas,
		.ref = 1,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.idle = condvar_create(CONDVAR_TYPE_DEFAULT),
	);

	return &this->public;
}
