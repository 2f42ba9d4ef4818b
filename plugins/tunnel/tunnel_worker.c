/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_worker.h"

#include <stddef.h>

#include <library.h>
#include <processing/jobs/callback_job.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

typedef struct private_tunnel_worker_t private_tunnel_worker_t;
typedef struct task_data_t task_data_t;

/**
 * Private data of the worker.
 */
struct private_tunnel_worker_t {
	/** public interface */
	tunnel_worker_t public;
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
	private_tunnel_worker_t *worker;
	/** does it */
	tunnel_job_cb_t cb;
	/** passed to cb */
	void *object;
	/** what it is about */
	max_align_t data[];
};

/**
 * Drop a reference.
 */
static void unref(private_tunnel_worker_t *this)
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
	private_tunnel_worker_t *this = task->worker;
	job_requeue_t requeue = JOB_REQUEUE_NONE;
	bool allowed;

	this->mutex->lock(this->mutex);
	allowed = !this->stopped;
	this->running += allowed;
	this->mutex->unlock(this->mutex);
	if (allowed)
	{
		requeue = task->cb(task->object, task->data);
		this->mutex->lock(this->mutex);
		this->running--;
		this->idle->signal(this->idle);
		this->mutex->unlock(this->mutex);
	}
	return requeue;
}

METHOD(tunnel_worker_t, queue, void,
	private_tunnel_worker_t *this, tunnel_job_cb_t cb, void *object,
	const void *data, size_t len, uint64_t delay)
{
	task_data_t *task;
	job_t *callback;

	INIT_EXTRA(task, len,
		.worker = this,
		.cb = cb,
		.object = object,
	);
	memcpy(task->data, data, len);
	ref_get(&this->ref);
	callback = (job_t*)callback_job_create(task_run, task, task_destroy, NULL);
	if (delay > UINT32_MAX)
	{
		lib->scheduler->schedule_job(lib->scheduler, callback, delay / 1000);
	}
	else if (delay)
	{
		lib->scheduler->schedule_job_ms(lib->scheduler, callback, delay);
	}
	else
	{
		lib->processor->queue_job(lib->processor, callback);
	}
}

METHOD(tunnel_worker_t, destroy, void,
	private_tunnel_worker_t *this)
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
tunnel_worker_t *tunnel_worker_create()
{
	private_tunnel_worker_t *this;

	INIT(this,
		.public = {
			.queue = _queue,
			.destroy = _destroy,
		},
		.ref = 1,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.idle = condvar_create(CONDVAR_TYPE_DEFAULT),
	);

	return &this->public;
}
