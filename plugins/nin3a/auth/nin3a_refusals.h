/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_refusals nin3a_refusals
 * @{ @ingroup nin3a
 *
 * Tells about refused attempts: a counter each, an event each, and a log line
 * of level 1 unless there are too many.  What is about IKE_SA_INIT, where a
 * stranger pays with one packet, has an event only as long as there are not
 * too many of that kind.
 *
 * Called in hooks of charon, with no lock of ours held.
 */

#ifndef NIN3A_REFUSALS_H_
#define NIN3A_REFUSALS_H_

#include "kupf/kupf_limiter.h"
#include "nin3a/tunnels/nin3a_tunnels.h"

typedef struct nin3a_refusals_t nin3a_refusals_t;

struct nin3a_refusals_t {

	/**
	 * Tell about a refused attempt.  If nothing spoke against it so far, the
	 * reason is found here: no key verified the UE, or, with the right key,
	 * the IKE_SA was not completed.
	 *
	 * @param attempt	attempt, adopted
	 * @param state		how far the IKE_SA had come
	 */
	void (*report)(nin3a_refusals_t *this, nin3a_attempt_t *attempt,
				   nin3a_state_t state);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_refusals_t *this);
};

/**
 * Create the object.
 *
 * @param kupf		gets the events, and has the sessions
 * @param limiter	bounds the log
 * @param early		bounds log and events about IKE_SA_INIT
 */
nin3a_refusals_t *nin3a_refusals_create(kupf_t *kupf, kupf_limiter_t *limiter,
										kupf_limiter_t *early);

#endif /** NIN3A_REFUSALS_H_ @}*/
