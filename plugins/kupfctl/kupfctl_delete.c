/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_session.h"

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;

	req = kupfctl_session_begin("delete-session", args);
	if (!req)
	{
		return KUPFCTL_USAGE;
	}
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_delete = {
	.name = "delete",
	.usage = "SESSION",
	.summary = "delete a session and close its tunnels",
	.min = 1,
	.max = 1,
	.run = run,
};
