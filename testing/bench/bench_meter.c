/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench_meter.h"

#include <daemon.h>
#include <collections/linked_list.h>
#include <processing/jobs/callback_job.h>
#include <threading/mutex.h>

#include <time.h>

/** Milliseconds between two looks at what is to be forgotten */
#define FORGET_INTERVAL 100

typedef struct private_bench_meter_t private_bench_meter_t;
typedef struct old_t old_t;

/**
 * Private data of the meter.
 */
struct private_bench_meter_t {
	/** public interface */
	bench_meter_t public;
	/** measured from this one on */
	u_int warm;
	/** up to this one */
	u_int target;
	/** IKE_SAs that came up since the start */
	u_int up;
	/** clock and CPU time at the warm-th, and then what passed from there */
	double wall, cpu;
	/** whether the target was reached */
	bool done;
	/** whether IKE_SAs are to be forgotten */
	bool forget;
	/** old_t, the oldest first */
	linked_list_t *old;
	/** guards all of it */
	mutex_t *mutex;
};

/**
 * An IKE_SA to be forgotten.
 */
struct old_t {
	/** its SPIs */
	ike_sa_id_t *id;
	/** when */
	time_t when;
};

static double clock_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/*
 * Described in header
 */
double bench_meter_cpu()
{
	return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

METHOD(listener_t, ike_updown, bool,
	private_bench_meter_t *this, ike_sa_t *ike_sa, bool up)
{
	if (!up)
	{
		return TRUE;
	}
	this->mutex->lock(this->mutex);
	this->up++;
	if (this->up == this->warm)
	{
		this->wall = clock_of(CLOCK_MONOTONIC);
		this->cpu = bench_meter_cpu();
	}
	else if (this->up == this->target)
	{
		this->wall = clock_of(CLOCK_MONOTONIC) - this->wall;
		this->cpu = bench_meter_cpu() - this->cpu;
		this->done = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return TRUE;
}

METHOD(listener_t, child_updown, bool,
	private_bench_meter_t *this, ike_sa_t *ike_sa, child_sa_t *child_sa,
	bool up)
{
	ike_sa_id_t *id;
	old_t *old;

	if (up && this->forget)
	{
		id = ike_sa->get_id(ike_sa);
		INIT(old,
			.id = id->clone(id),
			.when = time_monotonic(NULL) + 2,
		);
		this->mutex->lock(this->mutex);
		this->old->insert_last(this->old, old);
		this->mutex->unlock(this->mutex);
	}
	return TRUE;
}

/**
 * Get the next IKE_SA whose time has come.
 */
static ike_sa_id_t *next_old(private_bench_meter_t *this)
{
	ike_sa_id_t *id = NULL;
	old_t *old;

	this->mutex->lock(this->mutex);
	if (this->old->get_first(this->old, (void**)&old) == SUCCESS &&
		old->when <= time_monotonic(NULL))
	{
		this->old->remove_first(this->old, (void**)&old);
		id = old->id;
		free(old);
	}
	this->mutex->unlock(this->mutex);
	return id;
}

static job_requeue_t forget_old(private_bench_meter_t *this)
{
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	while ((id = next_old(this)))
	{
		ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
		if (ike_sa)
		{	/* load-tester counts, and waits if it has too many under way */
			charon->bus->ike_updown(charon->bus, ike_sa, FALSE);
			charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
														ike_sa);
		}
		id->destroy(id);
	}
	return JOB_RESCHEDULE_MS(FORGET_INTERVAL);
}

METHOD(bench_meter_t, start, void,
	private_bench_meter_t *this, u_int warm, u_int target)
{
	this->mutex->lock(this->mutex);
	this->warm = warm;
	this->target = target;
	this->up = 0;
	this->wall = this->cpu = 0;
	this->done = FALSE;
	this->mutex->unlock(this->mutex);
}

METHOD(bench_meter_t, get_result, void,
	private_bench_meter_t *this, char *text, size_t len)
{
	this->mutex->lock(this->mutex);
	snprintf(text, len, "up %u wall %.6f cpu %.6f", this->up,
			 this->done ? this->wall : 0, this->done ? this->cpu : 0);
	this->mutex->unlock(this->mutex);
}

METHOD(bench_meter_t, destroy, void,
	private_bench_meter_t *this)
{
	old_t *old;

	while (this->old->remove_first(this->old, (void**)&old) == SUCCESS)
	{
		old->id->destroy(old->id);
		free(old);
	}
	this->old->destroy(this->old);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
bench_meter_t *bench_meter_create(bool forget)
{
	private_bench_meter_t *this;

	INIT(this,
		.public = {
			.listener = {
				.ike_updown = _ike_updown,
				.child_updown = _child_updown,
			},
			.start = _start,
			.get_result = _get_result,
			.destroy = _destroy,
		},
		.forget = forget,
		.old = linked_list_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	if (forget)
	{
		lib->scheduler->schedule_job_ms(lib->scheduler,
			(job_t*)callback_job_create((callback_job_cb_t)forget_old, this,
									NULL, (callback_job_cancel_t)return_false),
			FORGET_INTERVAL);
	}
	return &this->public;
}
