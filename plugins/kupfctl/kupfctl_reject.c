/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_conn.h"

#include <string.h>

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;
	const char *ue_id = args->words[0];

	req = kupfctl_begin("reject-key");
	vici_add_key_value(req, "ue-id", (void*)ue_id, strlen(ue_id));
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_reject = {
	.name = "reject",
	.usage = "UE-ID",
	.summary = "answer a request for a key: no such UE",
	.details =
		"Answers the event key-request; \"establish\" is the other answer. The "
		"reply says\nhow many of charon's threads waited.\n",
	.min = 1,
	.max = 1,
	.run = run,
};
