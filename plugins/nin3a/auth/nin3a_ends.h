/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ends nin3a_ends
 * @{ @ingroup nin3a
 *
 * Why an IKE_SA ends, as far as charon says so by its alerts: an attempt is
 * refused, or an end that a tunnel will have gets its reason.
 *
 * Called in hooks of charon only, with no lock of ours held.
 */

#ifndef NIN3A_ENDS_H_
#define NIN3A_ENDS_H_

#include "nin3a_unjudged.h"

typedef struct nin3a_ends_t nin3a_ends_t;

struct nin3a_ends_t {

	/**
	 * Tell about the refusal of an IKE_SA that charon gives up, once: of its
	 * attempt, or, if it was not judged, of what was noted.  Does nothing for
	 * one that was established.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 */
	void (*refused)(nin3a_ends_t *this, uint32_t ike_sa);

	/**
	 * charon has raised an alert.
	 *
	 * @param args		what comes with it, read if the alert is known here
	 */
	void (*alert)(nin3a_ends_t *this, ike_sa_t *ike_sa, alert_t alert,
				  va_list args);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_ends_t *this);
};

/**
 * Create the object.
 *
 * @param tunnels	tunnels
 * @param unjudged	has those that were not judged
 * @param refusals	tells about refused attempts
 */
nin3a_ends_t *nin3a_ends_create(nin3a_tunnels_t *tunnels,
								nin3a_unjudged_t *unjudged,
								nin3a_refusals_t *refusals);

#endif /** NIN3A_ENDS_H_ @}*/
