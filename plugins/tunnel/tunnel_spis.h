/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_spis tunnel_spis
 * @{ @ingroup tunnel
 *
 * IKE_SAs by their SPIs: by a unique identifier charon would search through
 * all of them, and wait for each that is in use.
 */

#ifndef TUNNEL_SPIS_H_
#define TUNNEL_SPIS_H_

#include <processing/jobs/job.h>
#include <sa/ike_sa.h>

typedef struct tunnel_spis_t tunnel_spis_t;

/**
 * What charon finds an IKE_SA by.
 */
struct tunnel_spis_t {
	/** SPI of the initiator, network order */
	uint64_t initiator;
	/** SPI of the responder, 0 until it has answered */
	uint64_t responder;
	/** whether we are the initiator, which a rekeying may change */
	bool initiated_here;
};

/**
 * Get the SPIs of an IKE_SA.
 *
 * @param ike_sa	IKE_SA that the thread has checked out
 */
tunnel_spis_t tunnel_spis_get(ike_sa_t *ike_sa);

/**
 * Check an IKE_SA out.  Not for a thread that has one checked out.
 *
 * @param spis		its SPIs
 * @return			IKE_SA for tunnel_checkin(), NULL if there is none
 */
ike_sa_t *tunnel_checkout(const tunnel_spis_t *spis);

/**
 * Check an IKE_SA in.
 *
 * @param ike_sa	IKE_SA
 * @param status	DESTROY_ME to have it destroyed
 */
void tunnel_checkin(ike_sa_t *ike_sa, status_t status);

/**
 * Check an IKE_SA in that was told to go, in a job, which is done again if it has
 * yet to go: once, not to wait for its peer any longer.
 *
 * @param ike_sa	IKE_SA
 * @param status	what that has come to, DESTROY_ME to have it destroyed
 * @param again		[in,out] whether it was told to go before
 * @param timeout	how long its peer has to answer, seconds, 0 for ever
 * @return			whether and when to do the job again
 */
job_requeue_t tunnel_checkin_told(ike_sa_t *ike_sa, status_t status,
								  bool *again, uint32_t timeout);

#endif /** TUNNEL_SPIS_H_ @}*/
