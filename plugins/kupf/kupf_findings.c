/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

ENUM(kupf_severity_names, KUPF_FINDING_OK, KUPF_FINDING_FAULT,
	"ok",
	"warning",
	"fault",
);

/*
 * Described in header
 */
void kupf_findings_add(kupf_findings_t *this, kupf_severity_t severity,
					   const char *about, const char *fmt, ...)
{
	char text[KUPF_FINDING_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	this->add(this, severity, about, text);
}

/*
 * Described in header
 */
bool kupf_findings_is_local(host_t *address)
{
	bool local;
	int fd;

	fd = socket(address->get_family(address), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	local = fd >= 0 && bind(fd, address->get_sockaddr(address),
							*address->get_sockaddr_len(address)) == 0;
	if (fd >= 0)
	{
		close(fd);
	}
	return local;
}
