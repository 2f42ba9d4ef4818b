/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_session.h"

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;

	req = kupfctl_session_begin("request-rekey", args);
	if (!req)
	{
		return KUPFCTL_USAGE;
	}
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_rekey = {
	.name = "rekey",
	.usage = "SESSION",
	.summary = "ask who feeds sessions for a new key",
	.details =
		"Raises the event rekey-request; the reply says how many clients were "
		"told.\nThe new key comes with \"modify\".\n",
	.min = 1,
	.max = 1,
	.run = run,
};
