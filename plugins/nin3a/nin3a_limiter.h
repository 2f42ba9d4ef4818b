/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_limiter nin3a_limiter
 * @{ @ingroup nin3a
 *
 * Bounds the log lines about what UEs, or whoever reaches the UPF, do wrong:
 * what is left out is counted, in the counter NIN3A_SUPPRESSED and in a line
 * before the next one.
 */

#ifndef NIN3A_LIMITER_H_
#define NIN3A_LIMITER_H_

#include <library.h>

/** Log lines about refusals that may come at once */
#define NIN3A_LIMITER_BURST 20

/** Log lines about refusals a second, in the long run */
#define NIN3A_LIMITER_RATE 5

typedef struct nin3a_limiter_t nin3a_limiter_t;

/**
 * Any thread may ask; the lock is a leaf.
 */
struct nin3a_limiter_t {

	/**
	 * Take one line.
	 *
	 * @return			FALSE if there are too many: it is to be left out
	 */
	bool (*allows)(nin3a_limiter_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_limiter_t *this);
};

/**
 * Create the object.
 */
nin3a_limiter_t *nin3a_limiter_create();

#endif /** NIN3A_LIMITER_H_ @}*/
