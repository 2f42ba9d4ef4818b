/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_redact.h"

#include <daemon.h>

/**
 * Log method of the bus that the filter stands in front of.
 */
static typeof(((bus_t*)NULL)->log) original;

/**
 * Keys that this thread holds.
 */
static __thread u_int held;

/**
 * Log, unless it is private data and the thread holds a key.
 */
static void filter(bus_t *bus, debug_t group, level_t level, char *format, ...)
{
	va_list args;

	if (level >= LEVEL_PRIVATE && held)
	{
		return;
	}
	va_start(args, format);
	bus->vlog(bus, group, level, format, args);
	va_end(args);
}

/*
 * Described in header
 */
void kupf_redact_install()
{
	original = charon->bus->log;
	charon->bus->log = filter;
}

/*
 * Described in header
 */
void kupf_redact_uninstall()
{
	if (charon->bus->log == filter)
	{
		charon->bus->log = original;
	}
}

/*
 * Described in header
 */
void kupf_redact_begin()
{
	held++;
}

/*
 * Described in header
 */
void kupf_redact_end()
{
	held--;
}
