/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_error.h"

#include <stdarg.h>
#include <stdio.h>

ENUM(kupf_cause_names, KUPF_CAUSE_NONE, KUPF_CAUSE_NO_SUCH_CONNECTION,
	"none",
	"missing-field",
	"unknown-field",
	"invalid-field",
	"session-exists",
	"no-such-session",
	"identity-in-use",
	"address-in-use",
	"no-address",
	"limit-reached",
	"not-allowed",
	"busy",
	"invalid-file",
	"not-synchronised",
	"unknown-identity",
	"stale-generation",
	"no-such-connection",
);

/*
 * Described in header
 */
bool kupf_error(kupf_error_t *error, kupf_cause_t cause, const char *fmt, ...)
{
	va_list args;

	if (error->cause == KUPF_CAUSE_NONE)
	{
		error->cause = cause;
		va_start(args, fmt);
		vsnprintf(error->message, sizeof(error->message), fmt, args);
		va_end(args);
	}
	return FALSE;
}
