/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_listener nin3a_ue_listener
 * @{ @ingroup nin3a_ue
 *
 * What charon tells: hooks that look up the IKE_SA, ask nin3a_ue_decision, and
 * forward to the legs, events and jobs.  They take constant time and never
 * wait.
 */

#ifndef NIN3A_UE_LISTENER_H_
#define NIN3A_UE_LISTENER_H_

#include "nin3a_ue/tunnels/nin3a_ue_jobs.h"
#include "nin3a_ue/tunnels/nin3a_ue_liveness.h"

#include <bus/listeners/listener.h>
#include <kernel/kernel_listener.h>

typedef struct nin3a_ue_listener_t nin3a_ue_listener_t;

struct nin3a_ue_listener_t {

	/**
	 * To be added to charon's bus.
	 */
	listener_t listener;

	/**
	 * To be added to charon's kernel interface.
	 */
	kernel_listener_t *kernel;

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_listener_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		gets the events
 * @param config	settings
 * @param sas		IKE_SAs
 * @param legs		legs
 * @param jobs		jobs
 * @param liveness	listens to the tunnels
 */
nin3a_ue_listener_t *nin3a_ue_listener_create(kupf_t *kupf,
											  nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  nin3a_ue_liveness_t *liveness);

#endif /** NIN3A_UE_LISTENER_H_ @}*/
