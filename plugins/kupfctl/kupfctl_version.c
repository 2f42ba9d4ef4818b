/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	(void)args;
	return kupfctl_request(ctl, kupfctl_begin("version"));
}

const kupfctl_command_t kupfctl_version = {
	.name = "version",
	.usage = "",
	.summary = "print the versions of daemon, plugin and protocol",
	.details =
		"The value of \"boot\" changes whenever the daemon starts: it has lost "
		"all\nsessions then.\n",
	.run = run,
};
