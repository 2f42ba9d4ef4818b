/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_enforcer nin3a_enforcer
 * @{ @ingroup nin3a
 *
 * What this plugin does for plugin kupf: it says which IKE_SAs may have a key,
 * counts tunnels, and closes them when their session goes or changes.
 */

#ifndef NIN3A_ENFORCER_H_
#define NIN3A_ENFORCER_H_

#include "nin3a/tunnels/nin3a_jobs.h"
#include "nin3a_config.h"

typedef struct nin3a_enforcer_t nin3a_enforcer_t;

struct nin3a_enforcer_t {

	/**
	 * Implements the enforcer.
	 */
	kupf_enforcer_t enforcer;

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_enforcer_t *this);
};

/**
 * Create the object.
 *
 * @param config	settings
 * @param tunnels	tunnels
 * @param jobs		closes them
 * @param store		sessions
 */
nin3a_enforcer_t *nin3a_enforcer_create(nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										nin3a_jobs_t *jobs,
										kupf_store_t *store);

#endif /** NIN3A_ENFORCER_H_ @}*/
