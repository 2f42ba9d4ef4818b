/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	(void)args;
	return kupfctl_request(ctl, kupfctl_begin("reload-preconfigured"));
}

const kupfctl_command_t kupfctl_reload = {
	.name = "reload",
	.usage = "",
	.summary = "have the daemon read its pre-configured keys anew",
	.run = run,
};
