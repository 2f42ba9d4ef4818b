/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_session.h"

static const kupfctl_option_t options[] = {
	KUPFCTL_SESSION_OPTIONS,
	{ "--grace", "SECONDS", NULL, "grace", false,
	  "how long a tunnel with the old key may stay" },
	{}
};

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;

	req = kupfctl_session_begin("modify-session", args);
	if (!req)
	{
		return KUPFCTL_USAGE;
	}
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_modify = {
	.name = "modify",
	.usage = "SESSION",
	.summary = "change a session, or give it a new key",
	.details =
		"What is not given stays as it is.  A new key, with or without a new "
		"identity,\nis a re-key: the UE sets up its tunnel anew within --grace, "
		"then the old one\nis closed.\n",
	.options = options,
	.min = 1,
	.max = 1,
	.run = run,
};
