/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_meter bench_meter
 * @{ @ingroup bench
 *
 * Counts IKE_SAs as they come up, and the time that charon has spent meanwhile.
 */

#ifndef BENCH_METER_H_
#define BENCH_METER_H_

#include <bus/listeners/listener.h>

typedef struct bench_meter_t bench_meter_t;

/**
 * The meter.  Thread safe.
 */
struct bench_meter_t {

	/** to be registered at charon's bus */
	listener_t listener;

	/**
	 * Begin anew: measure from the warm-th IKE_SA from now to the target-th.
	 */
	void (*start)(bench_meter_t *this, u_int warm, u_int target);

	/**
	 * Get the result.
	 *
	 * @param text		[out] "up N wall SECONDS cpu SECONDS", where the times
	 *					are 0 until the target is reached
	 * @param len		size of text
	 */
	void (*get_result)(bench_meter_t *this, char *text, size_t len);

	/**
	 * Destroy a bench_meter_t.
	 */
	void (*destroy)(bench_meter_t *this);
};

/**
 * Create a meter.
 *
 * @param forget	whether to destroy IKE_SAs without a word, a second after
 *					they came up: an initiator of many that does not keep them
 */
bench_meter_t *bench_meter_create(bool forget);

/**
 * CPU time of the process, seconds.
 */
double bench_meter_cpu();

#endif /** BENCH_METER_H_ @}*/
