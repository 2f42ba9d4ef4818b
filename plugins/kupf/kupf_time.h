/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_time kupf_time
 * @{ @ingroup kupf
 *
 * The clock of time_monotonic(), in milliseconds.
 */

#ifndef KUPF_TIME_H_
#define KUPF_TIME_H_

#include <library.h>

/**
 * Get the time.
 *
 * @return			milliseconds since some moment before the start
 */
static inline uint64_t kupf_time_ms()
{
	timeval_t now;

	time_monotonic(&now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_usec / 1000;
}

#endif /** KUPF_TIME_H_ @}*/
