/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "samples.h"

#include <utils/utils.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct samples_t {
	/** nanoseconds, less the clock's own */
	uint32_t *ns;
	/** their number */
	size_t count;
	/** sum */
	uint64_t sum;
};

/** Nanoseconds that it takes to read the clock */
static uint64_t overhead;

/*
 * Described in header
 */
uint64_t samples_clock()
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/*
 * Described in header
 */
uint64_t samples_overhead()
{
	return overhead;
}

/*
 * Described in header
 */
void samples_add(samples_t *this, uint64_t start, uint64_t end)
{
	uint64_t ns = end - start;

	ns = ns > overhead ? ns - overhead : 0;
	if (this->count < SAMPLES_MAX)
	{
		this->sum += ns;
		this->ns[this->count++] = min(ns, UINT32_MAX);
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;

	return (x > y) - (x < y);
}

static double us_at(samples_t *this, double quantile)
{
	return this->ns[(size_t)(quantile * (this->count - 1))] / 1000.0;
}

/*
 * Described in header
 */
void samples_report(samples_t *this, const char *what)
{
	if (this->count)
	{
		qsort(this->ns, this->count, sizeof(*this->ns), compare);
		printf("  %-26s %10.0f /s %8.2f %8.2f %8.2f %8.2f us\n", what,
			   this->sum ? this->count * 1e9 / this->sum : 0,
			   us_at(this, 0.5), us_at(this, 0.99), us_at(this, 0.999),
			   us_at(this, 1));
	}
	this->count = 0;
	this->sum = 0;
}

/*
 * Described in header
 */
samples_t *samples_create()
{
	samples_t *this = calloc(1, sizeof(*this));

	/* touched now, so that it is not part of what a session takes */
	this->ns = malloc(SAMPLES_MAX * sizeof(*this->ns));
	memset(this->ns, 0xff, SAMPLES_MAX * sizeof(*this->ns));
	return this;
}

/*
 * Described in header
 */
void samples_measure_clock()
{
	samples_t *this = samples_create();
	uint64_t start;
	u_int i;

	overhead = 0;
	for (i = 0; i < SAMPLES_MAX; i++)
	{
		start = samples_clock();
		samples_add(this, start, samples_clock());
	}
	qsort(this->ns, this->count, sizeof(*this->ns), compare);
	overhead = this->ns[this->count / 2];
	free(this->ns);
	free(this);
}
