/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_stall.h"

#include <processing/jobs/callback_job.h>

/**
 * Whether a job of each priority waits for a thread.  A job outlives whoever
 * queued it, hence they are nobody's.
 */
static bool pending[JOB_PRIO_MAX];

/**
 * A thread has taken a job: that is all.
 */
static job_requeue_t arrive(void *data)
{
	return JOB_REQUEUE_NONE;
}

/**
 * A job is destroyed, also if charon ends before a thread took it.
 */
static void finish(bool *waits)
{
	__atomic_store_n(waits, FALSE, __ATOMIC_RELAXED);
}

/**
 * Whether a thread that might have taken a job has not.
 */
static bool is_late()
{
	int prio;

	for (prio = 0; prio < JOB_PRIO_MAX; prio++)
	{
		if (__atomic_load_n(&pending[prio], __ATOMIC_RELAXED))
		{
			return TRUE;
		}
		if (lib->processor->get_job_load(lib->processor, prio))
		{	/* these get done, and are before all that are less urgent */
			return FALSE;
		}
	}
	return FALSE;
}

/**
 * Have a job of a priority wait, in front of all others of it.
 */
static void queue(job_priority_t prio)
{
	callback_job_t *job;

	if (__atomic_exchange_n(&pending[prio], TRUE, __ATOMIC_RELAXED))
	{
		return;
	}
	job = callback_job_create_with_prio(arrive, &pending[prio],
							(callback_job_cleanup_t)finish, NULL, prio);
	if (prio == JOB_PRIO_CRITICAL)
	{
		lib->processor->queue_job(lib->processor, &job->job);
	}
	else
	{	/* at once, by this thread, if none is idle: then the first one that
		 * gets free takes the one above */
		lib->processor->execute_job(lib->processor, &job->job);
	}
}

/*
 * Described in header
 */
bool kupf_stall_look()
{
	bool late;
	int prio;

	if (!lib->processor->get_total_threads(lib->processor))
	{	/* charon has none yet, or none any more */
		return FALSE;
	}
	late = is_late();
	for (prio = 0; prio < JOB_PRIO_MAX; prio++)
	{
		queue(prio);
	}
	return late;
}
