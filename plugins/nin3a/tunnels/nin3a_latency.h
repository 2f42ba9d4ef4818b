/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_latency nin3a_latency
 * @{ @ingroup nin3a
 *
 * How long set-ups take: from the IKE_SA_INIT request that an IKE_SA begins
 * with, when charon takes it up, until the IKE_SA is a tunnel.  It is counted in
 * nin3a_counters; what fails, and what comes up again, is not.
 *
 * The memory is the same whatever happens: the last NIN3A_LATENCY_PLACES
 * IKE_SAs that have begun.  One that is there, and no tunnel of a session, when as
 * many others have begun is not measured, which is counted (NIN3A_SETUPS_UNTIMED).
 *
 * Called in hooks of charon only, which come one at a time; the work is
 * constant.
 */

#ifndef NIN3A_LATENCY_H_
#define NIN3A_LATENCY_H_

#include <library.h>

/** IKE_SAs that may be on their way at a time, a power of two */
#define NIN3A_LATENCY_PLACES 4096

typedef struct nin3a_latency_t nin3a_latency_t;

/**
 * IKE_SAs are named by their unique identifiers, which are not 0.
 */
struct nin3a_latency_t {

	/**
	 * An IKE_SA begins; a request that was sent again changes nothing.
	 *
	 * @param now		nin3a_latency_now(), not 0
	 */
	void (*begin)(nin3a_latency_t *this, uint32_t ike_sa, uint64_t now);

	/**
	 * An IKE_SA is a tunnel: count how long that took, once.
	 *
	 * @param now		nin3a_latency_now()
	 */
	void (*up)(nin3a_latency_t *this, uint32_t ike_sa, uint64_t now);

	/**
	 * An IKE_SA is gone.
	 */
	void (*remove)(nin3a_latency_t *this, uint32_t ike_sa);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_latency_t *this);
};

/**
 * Get the time.
 *
 * @return			microseconds since some point in the past
 */
uint64_t nin3a_latency_now();

/**
 * Create the object.
 */
nin3a_latency_t *nin3a_latency_create();

#endif /** NIN3A_LATENCY_H_ @}*/
