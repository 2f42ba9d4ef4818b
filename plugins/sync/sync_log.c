/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/** Longest line */
#define LINE_MAX_LEN 512

/** Lines that may be said now, when that was last looked at, and what was not */
static unsigned int tokens = SYNC_LOG_BURST;
static time_t looked;
static unsigned long suppressed;

static void say(const char *fmt, va_list args)
{
	char line[LINE_MAX_LEN];

	vsnprintf(line, sizeof(line), fmt, args);
	fprintf(stderr, "kupf-sync: %s\n", line);
}

/*
 * Described in header
 */
void sync_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

/*
 * Described in header
 */
void sync_say_some(const char *fmt, ...)
{
	struct timespec now;
	va_list args;
	long passed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = now.tv_sec - looked;
	if (passed > 0)
	{
		looked = now.tv_sec;
		tokens = passed > SYNC_LOG_BURST / SYNC_LOG_RATE ||
				 tokens + passed * SYNC_LOG_RATE > SYNC_LOG_BURST ?
				 SYNC_LOG_BURST : tokens + passed * SYNC_LOG_RATE;
	}
	if (!tokens)
	{
		suppressed++;
		return;
	}
	tokens--;
	if (suppressed)
	{
		sync_say("%lu lines like the next one were left out", suppressed);
		suppressed = 0;
	}
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}
