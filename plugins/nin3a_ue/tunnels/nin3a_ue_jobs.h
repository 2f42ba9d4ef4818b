/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_jobs nin3a_ue_jobs
 * @{ @ingroup nin3a_ue
 *
 * What there is to be done about IKE_SAs and attempts, as jobs of
 * tunnel_worker.  Any thread may queue one, also in a hook.
 */

#ifndef NIN3A_UE_JOBS_H_
#define NIN3A_UE_JOBS_H_

#include "nin3a_ue/nin3a_ue_config.h"
#include "nin3a_ue_legs.h"
#include "nin3a_ue_sas.h"

#include "tunnel/tunnel_worker.h"

/** How long a tunnel stays once another one took its place, milliseconds: what
 * is on its way through it arrives.  Shorter than that of the UPF, so that the
 * UE, which sends nothing through it any more, is the one who closes it. */
#define NIN3A_UE_HANDOVER 500

/** How long an IKE_SA may be without a CHILD_SA, milliseconds: one that takes the
 * place of another may come later than that one goes */
#define NIN3A_UE_CHILD_PAUSE 2000

/** Milliseconds until a change of the network is acted upon, at least: it
 * comes as a number of events */
#define NIN3A_UE_ROAM_PAUSE 1000

typedef struct nin3a_ue_jobs_t nin3a_ue_jobs_t;

struct nin3a_ue_jobs_t {

	/**
	 * Begin an attempt as ordered.
	 *
	 * @param order		order, may be one to do nothing
	 */
	void (*start)(nin3a_ue_jobs_t *this, const nin3a_ue_order_t *order);

	/**
	 * Close IKE_SAs: the UPF gets a DELETE; those that are not established are
	 * destroyed.  What is still there when close_timeout is over is destroyed
	 * then.
	 *
	 * @param ids		array of uint32_t, unique identifiers; is emptied
	 */
	void (*close)(nin3a_ue_jobs_t *this, array_t *ids);

	/**
	 * An IKE_SA was rekeyed: what it was before goes within twice
	 * charon.plugins.nin3a-ue.close_timeout, see tunnel_rekeyed_bound().
	 *
	 * @param spis		the SPIs that it had
	 */
	void (*end_rekeyed)(nin3a_ue_jobs_t *this, const tunnel_spis_t *spis);

	/**
	 * Another tunnel took the place of IKE_SAs: nothing is sent through these
	 * any more from now on, and they are closed NIN3A_UE_HANDOVER later.
	 *
	 * @param ids		array of uint32_t, unique identifiers; is emptied
	 */
	void (*hand_over)(nin3a_ue_jobs_t *this, array_t *ids);

	/**
	 * The network has changed: begin attempts that wait.
	 */
	void (*roam)(nin3a_ue_jobs_t *this);

	/**
	 * Look after an IKE_SA that is no tunnel when setup_timeout is over.
	 *
	 * @param ike_sa	unique identifier
	 */
	void (*watch)(nin3a_ue_jobs_t *this, uint32_t ike_sa);

	/**
	 * A CHILD_SA of a tunnel has gone: if the tunnel has none and sets up none
	 * NIN3A_UE_CHILD_PAUSE later, nothing can flow, and it is closed, so that
	 * another one is set up.
	 *
	 * @param ike_sa	unique identifier
	 */
	void (*check_children)(nin3a_ue_jobs_t *this, uint32_t ike_sa);

	/**
	 * Destroy the object, once the worker is.
	 */
	void (*destroy)(nin3a_ue_jobs_t *this);
};

/**
 * Check an IKE_SA of ours out.
 *
 * @param sas		IKE_SAs
 * @param ike_sa	unique identifier
 * @return			IKE_SA for tunnel_checkin(), NULL if there is none
 */
ike_sa_t *nin3a_ue_checkout(nin3a_ue_sas_t *sas, uint32_t ike_sa);

/**
 * Create the object.
 *
 * @param config	settings
 * @param sas		IKE_SAs
 * @param legs		legs
 * @param worker	has the jobs done
 */
nin3a_ue_jobs_t *nin3a_ue_jobs_create(nin3a_ue_config_t *config,
									  nin3a_ue_sas_t *sas,
									  nin3a_ue_legs_t *legs,
									  tunnel_worker_t *worker);

#endif /** NIN3A_UE_JOBS_H_ @}*/
