/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_child_sas nin3a_child_sas
 * @{ @ingroup nin3a
 *
 * What every CHILD_SA of a NIN3A connection must be like, the first one, later
 * ones and rekeyed ones, whoever asks for it: protected as the profile says,
 * and for the inner addresses of the session.
 *
 * A tunnel whose session was modified, so that the UE has to set up another one,
 * gets none in its grace but those that take the place of what it has.
 *
 * It is refused by leaving no traffic selector, before anything is installed:
 * charon answers TS_UNACCEPTABLE, the IKE_SA stays.
 *
 * Called in hooks of charon.
 */

#ifndef NIN3A_CHILD_SAS_H_
#define NIN3A_CHILD_SAS_H_

#include "nin3a/nin3a_config.h"
#include "kupf/kupf_limiter.h"
#include "nin3a_tunnels.h"
#include "tunnel/tunnel_bounds.h"

#include <daemon.h>

typedef struct nin3a_child_sas_t nin3a_child_sas_t;

struct nin3a_child_sas_t {

	/**
	 * Bound what a UE sets up on its IKE_SA.
	 *
	 * @param bounds	counts that
	 * @param ike_sa	any IKE_SA
	 * @param request	any request, parsed
	 * @return			FALSE if it was changed into one that does nothing: there
	 *					are too many CHILD_SAs, or too many in a minute
	 */
	bool (*permits)(nin3a_child_sas_t *this, tunnel_bounds_t *bounds,
					ike_sa_t *ike_sa, message_t *request);

	/**
	 * Narrow or refuse a CHILD_SA that is being negotiated.
	 *
	 * @param ike_sa	its IKE_SA, of a NIN3A connection or bound to a session
	 * @param child_sa	CHILD_SA
	 * @param type		how far it has come
	 * @param local		traffic selectors of our side, list of traffic_selector_t
	 * @param remote	those of the UE
	 */
	void (*narrow)(nin3a_child_sas_t *this, ike_sa_t *ike_sa,
				   child_sa_t *child_sa, narrow_hook_t type,
				   linked_list_t *local, linked_list_t *remote);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_child_sas_t *this);
};

/**
 * Create the object.
 *
 * @param config	settings
 * @param tunnels	tunnels
 * @param store		sessions
 * @param limiter	bounds the log
 */
nin3a_child_sas_t *nin3a_child_sas_create(nin3a_config_t *config,
										nin3a_tunnels_t *tunnels,
										kupf_store_t *store,
										kupf_limiter_t *limiter);

#endif /** NIN3A_CHILD_SAS_H_ @}*/
