/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_rekeyed tunnel_rekeyed
 * @{ @ingroup tunnel
 *
 * Bounds how long an IKE_SA stays that was rekeyed.  Whoever has rekeyed it has to
 * delete it (RFC 7296, 2.8); if that is still to be done after a time, it is
 * deleted from here, and after the same time again nobody waits for an answer.
 */

#ifndef TUNNEL_REKEYED_H_
#define TUNNEL_REKEYED_H_

#include "tunnel_spis.h"
#include "tunnel_worker.h"

typedef struct tunnel_rekeyed_t tunnel_rekeyed_t;

/**
 * What is known of an IKE_SA that was rekeyed.
 */
struct tunnel_rekeyed_t {
	/** SPIs that it had before and keeps */
	tunnel_spis_t spis;
	/** seconds that it may stay, and that its peer has got to answer the DELETE */
	uint32_t timeout;
	/** counts one whose peer did not answer */
	void (*count)();
	/** whether its peer was told */
	bool told;
};

/**
 * Have an IKE_SA that was rekeyed go in time.
 *
 * Can be called in hooks: everything is done by jobs.
 *
 * @param worker	has them done
 * @param rekeyed	what is known of it, is copied; with a timeout of 0 it is left to
 *					charon
 */
void tunnel_rekeyed_bound(tunnel_worker_t *worker,
						  const tunnel_rekeyed_t *rekeyed);

/**
 * What becomes of an IKE_SA when its time is over.
 *
 * @param ike_sa	IKE_SA, checked out
 * @param rekeyed	what is known of it; told is set when its peer was
 * @return			DESTROY_ME if it has to be destroyed
 */
status_t tunnel_rekeyed_end(ike_sa_t *ike_sa, tunnel_rekeyed_t *rekeyed);

#endif /** TUNNEL_REKEYED_H_ @}*/
