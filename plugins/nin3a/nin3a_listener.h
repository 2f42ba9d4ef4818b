/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_listener nin3a_listener
 * @{ @ingroup nin3a
 *
 * Hooks of charon: they gather facts, ask nin3a_decision or nin3a_policy, and
 * forward.  charon calls them one after another, under one mutex for all
 * IKE_SAs: each does a constant amount of work and waits for nothing.
 */

#ifndef NIN3A_LISTENER_H_
#define NIN3A_LISTENER_H_

#include "nin3a/tunnels/nin3a_jobs.h"
#include "nin3a_config.h"

#include <bus/listeners/listener.h>

typedef struct nin3a_listener_t nin3a_listener_t;

struct nin3a_listener_t {

	/**
	 * Implements the listener.
	 */
	listener_t listener;

	/**
	 * Destroy the object, when it is not registered any more.
	 */
	void (*destroy)(nin3a_listener_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		keys, sessions and events
 * @param config	settings
 * @param tunnels	tunnels
 * @param jobs		closes tunnels
 */
nin3a_listener_t *nin3a_listener_create(kupf_t *kupf, nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										nin3a_jobs_t *jobs);

#endif /** NIN3A_LISTENER_H_ @}*/
