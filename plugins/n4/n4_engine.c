/* SPDX-License-Identifier: MIT */

#include "n4_engine.h"
#include "n4_clock.h"

#include <stdarg.h>
#include <stdio.h>

/*
 * Described in header
 */
void n4_engine_log(kupf_n4_t *self, const char *fmt, ...)
{
	uint64_t now = n4_now() / 1000;
	char line[256];
	va_list args;

	if (!self->config.log)
	{
		return;
	}
	if (now != self->logged_at)
	{
		self->logged_at = now;
		self->logged = 0;
	}
	if (self->logged++ >= N4_LOG_LINES)
	{
		self->counters.unlogged++;
		return;
	}
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	self->config.log(self->config.user, line);
}
