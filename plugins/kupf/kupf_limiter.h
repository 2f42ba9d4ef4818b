/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_limiter kupf_limiter
 * @{ @ingroup kupf
 *
 * Bounds the log lines that clients of the socket can cause: what is left out
 * is counted (KUPF_SUPPRESSED), and told in a line before the next one.
 */

#ifndef KUPF_LIMITER_H_
#define KUPF_LIMITER_H_

#include <library.h>

#include <pthread.h>

/** Lines that may come at once */
#define KUPF_LIMITER_BURST 20

/** Lines a second, in the long run */
#define KUPF_LIMITER_RATE 5

/** Where lines of one kind are logged; any thread may use it, its lock is a
 * leaf */
typedef struct kupf_limiter_t kupf_limiter_t;

struct kupf_limiter_t {
	/** guards what follows */
	pthread_mutex_t mutex;
	/** lines that were logged and still count */
	u_int used;
	/** time_monotonic() when some ceased to count */
	time_t since;
	/** lines that were left out since the last one */
	u_int left_out;
};

/** A limiter at its beginning */
#define KUPF_LIMITER { .mutex = PTHREAD_MUTEX_INITIALIZER }

/**
 * Take one line.
 *
 * @return			FALSE if there are too many: it is to be left out
 */
bool kupf_limiter_allows(kupf_limiter_t *limiter);

#endif /** KUPF_LIMITER_H_ @}*/
