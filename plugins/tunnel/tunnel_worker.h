/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_worker tunnel_worker
 * @{ @ingroup tunnel
 *
 * Has charon's worker threads do what must not be done in a hook or in a
 * request, and none of it after its end.  What is to be done is named by
 * identifiers and names: a job carries no IKE_SA, no key and nothing that has
 * to be freed, as it may never be done.
 *
 * Any thread may queue a job, also in a hook.
 */

#ifndef TUNNEL_WORKER_H_
#define TUNNEL_WORKER_H_

#include <processing/jobs/job.h>

typedef struct tunnel_worker_t tunnel_worker_t;

/**
 * Does a job, in a thread that has no IKE_SA checked out.
 *
 * @param object	as passed to queue()
 * @param data		what it is about, may be changed for the next time
 * @return			whether and when to do it again
 */
typedef job_requeue_t (*tunnel_job_cb_t)(void *object, void *data);

struct tunnel_worker_t {

	/**
	 * Queue a job.
	 *
	 * @param cb		does it
	 * @param object	passed to cb, has to live until the worker is destroyed
	 * @param data		what it is about, is copied
	 * @param len		octets of data
	 * @param delay		milliseconds; of more than 49 days whole seconds count
	 */
	void (*queue)(tunnel_worker_t *this, tunnel_job_cb_t cb, void *object,
				  const void *data, size_t len, uint64_t delay);

	/**
	 * Destroy the object.  Waits for jobs that are being done; no other one
	 * will be.
	 */
	void (*destroy)(tunnel_worker_t *this);
};

/**
 * Create the object.
 */
tunnel_worker_t *tunnel_worker_create();

#endif /** TUNNEL_WORKER_H_ @}*/
