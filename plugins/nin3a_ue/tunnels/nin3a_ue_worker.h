/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_worker nin3a_ue_worker
 * @{ @ingroup nin3a_ue
 *
 * Has charon's worker threads do what must not be done in a hook or in a
 * request, and none of it after its end.  What is to be done is named by
 * identifiers and names, it carries no IKE_SA and no key.
 *
 * Any thread may queue a job, also in a hook.
 */

#ifndef NIN3A_UE_WORKER_H_
#define NIN3A_UE_WORKER_H_

#include "nin3a_ue_sas.h"

#include <daemon.h>

typedef struct nin3a_ue_worker_t nin3a_ue_worker_t;
typedef struct nin3a_ue_job_t nin3a_ue_job_t;

/**
 * What a job is about; members that it does not need are zero.
 */
struct nin3a_ue_job_t {
	/** attempt to begin */
	nin3a_ue_order_t order;
	/** unique identifier of an IKE_SA */
	uint32_t ike_sa;
	/** how far it has come, if it is done in steps */
	u_int step;
	/** what an IKE_SA is found by that may be none of ours */
	nin3a_ue_spis_t spis;
	/** message ID of a message on it */
	uint32_t message_id;
};

/**
 * Does a job, in a thread that has no IKE_SA checked out.
 *
 * @param object	as passed to queue()
 * @param job		what it is about, may be changed for the next time
 * @return			whether and when to do it again
 */
typedef job_requeue_t (*nin3a_ue_job_cb_t)(void *object, nin3a_ue_job_t *job);

struct nin3a_ue_worker_t {

	/**
	 * Queue a job.
	 *
	 * @param cb		does it
	 * @param object	passed to cb, has to live until the worker is destroyed
	 * @param job		what it is about, is copied
	 * @param delay		milliseconds
	 */
	void (*queue)(nin3a_ue_worker_t *this, nin3a_ue_job_cb_t cb, void *object,
				  const nin3a_ue_job_t *job, uint32_t delay);

	/**
	 * Check an IKE_SA of ours out, by its SPIs: by its unique identifier charon
	 * would search through all of them, and wait for each that is in use.
	 *
	 * @param unique_id	unique identifier
	 * @return			IKE_SA for checkin(), NULL if there is none
	 */
	ike_sa_t *(*checkout)(nin3a_ue_worker_t *this, uint32_t unique_id);

	/**
	 * Check an IKE_SA out, whosever it is.
	 *
	 * @param spis		its SPIs
	 * @return			IKE_SA for checkin(), NULL if there is none
	 */
	ike_sa_t *(*checkout_spis)(nin3a_ue_worker_t *this,
							   const nin3a_ue_spis_t *spis);

	/**
	 * Check an IKE_SA in.
	 *
	 * @param ike_sa	IKE_SA
	 * @param status	DESTROY_ME to have it destroyed
	 */
	void (*checkin)(nin3a_ue_worker_t *this, ike_sa_t *ike_sa,
					status_t status);

	/**
	 * Destroy the object.  Waits for jobs that are being done; no other one
	 * will be.
	 */
	void (*destroy)(nin3a_ue_worker_t *this);
};

/**
 * Create the object.
 *
 * @param sas		IKE_SAs
 */
nin3a_ue_worker_t *nin3a_ue_worker_create(nin3a_ue_sas_t *sas);

#endif /** NIN3A_UE_WORKER_H_ @}*/
