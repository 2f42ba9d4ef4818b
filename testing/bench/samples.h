/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_samples samples
 * @{ @ingroup bench
 *
 * Times of single operations, of which the time is subtracted that reading the
 * clock takes (the median of many).
 *
 * For one thread at a time.
 */

#ifndef SAMPLES_H_
#define SAMPLES_H_

#include <stddef.h>
#include <stdint.h>

/** Most operations that are timed; later ones are left out */
#define SAMPLES_MAX 1000000

typedef struct samples_t samples_t;

/**
 * Create an empty list.  It has all its memory at once, so that this is not
 * taken for what is measured.
 */
samples_t *samples_create();

/**
 * Read the clock, in nanoseconds.
 */
uint64_t samples_clock();

/**
 * Measure how long it takes to read the clock.
 */
void samples_measure_clock();

/**
 * Get the nanoseconds that it takes to read the clock.
 */
uint64_t samples_overhead();

/**
 * Add the time from a start to an end, less that for reading the clock.
 */
void samples_add(samples_t *this, uint64_t start, uint64_t end);

/**
 * Print a line of the table, if there is any time, and start anew.
 *
 * @param what		title of the line
 */
void samples_report(samples_t *this, const char *what);

#endif /** SAMPLES_H_ @}*/
