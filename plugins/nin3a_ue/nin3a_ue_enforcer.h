/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_enforcer nin3a_ue_enforcer
 * @{ @ingroup nin3a_ue
 *
 * What plugin kupf asks and tells: see kupf_enforcer_t.
 */

#ifndef NIN3A_UE_ENFORCER_H_
#define NIN3A_UE_ENFORCER_H_

#include "nin3a_ue/tunnels/nin3a_ue_jobs.h"

typedef struct nin3a_ue_enforcer_t nin3a_ue_enforcer_t;

struct nin3a_ue_enforcer_t {

	/**
	 * Implements the enforcer.
	 */
	kupf_enforcer_t enforcer;

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ue_enforcer_t *this);
};

/**
 * Create the object.
 *
 * @param config	settings
 * @param sas		IKE_SAs
 * @param legs		legs
 * @param jobs		jobs
 * @param store		sessions
 */
nin3a_ue_enforcer_t *nin3a_ue_enforcer_create(nin3a_ue_config_t *config,
											  nin3a_ue_sas_t *sas,
											  nin3a_ue_legs_t *legs,
											  nin3a_ue_jobs_t *jobs,
											  kupf_store_t *store);

#endif /** NIN3A_UE_ENFORCER_H_ @}*/
