/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_session.h"

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;

	req = kupfctl_session_begin("retry-session", args);
	if (!req)
	{
		return KUPFCTL_USAGE;
	}
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_retry = {
	.name = "retry",
	.usage = "SESSION",
	.summary = "set up a tunnel now, on a UE",
	.details =
		"If the next attempt to set up the tunnel is waited for, it begins at "
		"once;\nthe reply says whether it was. \"list\" shows when it would be.\n",
	.min = 1,
	.max = 1,
	.run = run,
};
