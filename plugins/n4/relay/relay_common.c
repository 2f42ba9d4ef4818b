/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_common.h"

#include <stdarg.h>
#include <stdio.h>

/*
 * Described in header
 */
void relay_common_say(const relay_common_t *self, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	self->log(line);
}
