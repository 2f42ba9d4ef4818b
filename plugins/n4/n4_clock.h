/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_clock n4_clock
 * @{ @ingroup n4
 *
 * Time.
 */

#ifndef N4_CLOCK_H_
#define N4_CLOCK_H_

#include <stdint.h>
#include <time.h>

/**
 * Time of a clock that does not jump, ms.
 */
static inline uint64_t n4_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

#endif /** N4_CLOCK_H_ @}*/
