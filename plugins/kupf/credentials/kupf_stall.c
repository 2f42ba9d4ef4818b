/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_stall.h"

#include <processing/jobs/callback_job.h>

/**
 * Jobs that were queued and that are done.  A job outlives whoever queued it,
 * hence they are nobody's.
 */
static u_int queued, done;

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
static void finish(void *data)
{
	__atomic_add_fetch(&done, 1, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
bool kupf_stall_look(u_int *ticket)
{
	callback_job_t *job;

	if (!lib->processor->get_total_threads(lib->processor) ||
		lib->processor->get_idle_threads(lib->processor))
	{	/* also if charon has none yet, or none any more */
		*ticket = 0;
		return FALSE;
	}
	if (*ticket &&
		(int)(__atomic_load_n(&done, __ATOMIC_RELAXED) - *ticket) < 0)
	{
		return TRUE;
	}
	job = callback_job_create_with_prio(arrive, NULL, finish, NULL,
										JOB_PRIO_CRITICAL);
	/* they are taken in the order in which they are queued, about */
	*ticket = __atomic_add_fetch(&queued, 1, __ATOMIC_RELAXED) ?: 1;
	lib->processor->queue_job(lib->processor, (job_t*)job);
	return FALSE;
}
