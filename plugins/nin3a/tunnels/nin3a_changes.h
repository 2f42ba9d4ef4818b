/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_changes nin3a_changes
 * @{ @ingroup nin3a
 *
 * What an established IKE_SA must keep when it changes: its protection when it
 * is rekeyed, our address when it is moved (MOBIKE).  One that does not is
 * closed, by a job; its UE gets a DELETE.
 */

#ifndef NIN3A_CHANGES_H_
#define NIN3A_CHANGES_H_

#include "nin3a_jobs.h"
#include "nin3a/nin3a_config.h"
#include "nin3a/auth/nin3a_decision.h"

#include <daemon.h>

typedef struct nin3a_changes_t nin3a_changes_t;

/**
 * Called in charon's hooks, by the thread that has the IKE_SA checked out.
 */
struct nin3a_changes_t {

	/**
	 * An IKE_SA was rekeyed.
	 *
	 * @param old		IKE_SA
	 * @param new		its successor
	 */
	void (*rekeyed)(nin3a_changes_t *this, ike_sa_t *old, ike_sa_t *new);

	/**
	 * An IKE_SA is about to be moved, by its UE (RFC 4555) or by charon: the
	 * UE's address may be any, ours must be that of the session, unless it has
	 * none or no match is required.  Ports do not matter.
	 *
	 * @param ike_sa	IKE_SA, of whatever connection
	 * @param local		our address as it will be
	 */
	void (*moved)(nin3a_changes_t *this, ike_sa_t *ike_sa, host_t *local);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_changes_t *this);
};

/**
 * Create the object.
 *
 * @param config	settings
 * @param tunnels	tunnels
 * @param jobs		closes tunnels
 * @param decision	knows NIN3A connections
 */
nin3a_changes_t *nin3a_changes_create(nin3a_config_t *config,
									  nin3a_tunnels_t *tunnels,
									  nin3a_jobs_t *jobs,
									  nin3a_decision_t *decision);

#endif /** NIN3A_CHANGES_H_ @}*/
