/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_traffic.h"
#include "kupf/kupf_counters.h"
#include "kupf/procedures/kupf_request.h"

#include <collections/array.h>
#include <processing/jobs/callback_job.h>

#include <sys/eventfd.h>

typedef struct private_kupf_traffic_t private_kupf_traffic_t;
typedef struct listed_t listed_t;

/**
 * A session.
 */
struct listed_t {
	/** name */
	char name[KUPF_SESSION_NAME_MAX + 1];
	/** number of tunnels, and of those that are described */
	u_int up, count;
	/** these */
	kupf_tunnel_t tunnels[];
};

/**
 * Private data of the object, which the job has a reference to.
 */
struct private_kupf_traffic_t {
	/** public interface */
	kupf_traffic_t public;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** listed_t*; the job's from start() on until it is done */
	array_t *sessions;
	/** number of sessions that were got */
	u_int got;
	/** signalled by the job */
	int wake;
	/** whether the job is done */
	bool known;
	/** whether nobody wants to know any more */
	bool stopped;
	/** references */
	refcount_t ref;
};

/** Jobs that are queued or under way, of all clients */
static u_int jobs;

/**
 * Whether there may be another job: each may have to wait for an IKE_SA, also if
 * its client has gone.
 */
static bool begin_job()
{
	if (__atomic_add_fetch(&jobs, 1, __ATOMIC_RELAXED) <= KUPF_TRAFFIC_JOBS)
	{
		return TRUE;
	}
	__atomic_sub_fetch(&jobs, 1, __ATOMIC_RELAXED);
	kupf_count(KUPF_TRAFFIC_SKIPPED);
	return FALSE;
}

/**
 * Drop a reference.
 */
static void unref(private_kupf_traffic_t *this)
{
	if (ref_put(&this->ref))
	{
		array_destroy_function(this->sessions, (void*)free, NULL);
		free(this);
	}
}

/**
 * Whether the client is gone.
 */
static bool is_stopped(private_kupf_traffic_t *this)
{
	return __atomic_load_n(&this->stopped, __ATOMIC_ACQUIRE);
}

CALLBACK(measure, job_requeue_t,
	private_kupf_traffic_t *this)
{
	listed_t *listed;
	u_int j;
	int i;

	for (i = 0; i < array_count(this->sessions); i++)
	{
		array_get(this->sessions, i, &listed);
		for (j = 0; j < listed->count && !is_stopped(this); j++)
		{
			this->enforcer->measure(this->enforcer, &listed->tunnels[j]);
		}
	}
	if (!is_stopped(this))
	{
		__atomic_store_n(&this->known, TRUE, __ATOMIC_RELEASE);
		eventfd_write(this->wake, 1);
	}
	return JOB_REQUEUE_NONE;
}

/**
 * The job is done, or was never taken up.
 */
CALLBACK(end_job, void,
	private_kupf_traffic_t *this)
{
	__atomic_sub_fetch(&jobs, 1, __ATOMIC_RELAXED);
	unref(this);
}

METHOD(kupf_traffic_t, add, void,
	private_kupf_traffic_t *this, const char *session, u_int up)
{
	kupf_tunnel_t tunnels[KUPF_TUNNELS_MAX];
	listed_t *listed;
	u_int count;

	count = this->enforcer->describe(this->enforcer, session, tunnels,
									 countof(tunnels));
	listed = malloc(sizeof(*listed) + count * sizeof(tunnels[0]));
	listed->up = up;
	listed->count = count;
	snprintf(listed->name, sizeof(listed->name), "%s", session);
	memcpy(listed->tunnels, tunnels, count * sizeof(tunnels[0]));
	array_insert(this->sessions, ARRAY_TAIL, listed);
}

METHOD(kupf_traffic_t, start, void,
	private_kupf_traffic_t *this, int wake)
{
	if (!this->enforcer->measure || !begin_job())
	{
		this->known = TRUE;
		eventfd_write(wake, 1);
		return;
	}
	this->wake = wake;
	ref_get(&this->ref);
	/* a client can make many of them: UEs come first */
	lib->processor->queue_job(lib->processor,
				(job_t*)callback_job_create_with_prio(measure, this,
										(void*)end_job, NULL, JOB_PRIO_LOW));
}

METHOD(kupf_traffic_t, is_known, bool,
	private_kupf_traffic_t *this)
{
	return __atomic_load_n(&this->known, __ATOMIC_ACQUIRE);
}

METHOD(kupf_traffic_t, next, const char*,
	private_kupf_traffic_t *this, u_int *up, const kupf_tunnel_t **tunnels,
	u_int *count)
{
	listed_t *listed;

	if (!array_get(this->sessions, this->got, &listed))
	{
		return NULL;
	}
	this->got++;
	*up = listed->up;
	*tunnels = listed->tunnels;
	*count = listed->count;
	return listed->name;
}

METHOD(kupf_traffic_t, destroy, void,
	private_kupf_traffic_t *this)
{
	__atomic_store_n(&this->stopped, TRUE, __ATOMIC_RELEASE);
	unref(this);
}

/*
 * Described in header
 */
kupf_traffic_t *kupf_traffic_create(kupf_enforcer_t *enforcer)
{
	private_kupf_traffic_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.start = _start,
			.is_known = _is_known,
			.next = _next,
			.destroy = _destroy,
		},
		.enforcer = enforcer,
		.sessions = array_create(0, 0),
		.ref = 1,
	);

	return &this->public;
}
