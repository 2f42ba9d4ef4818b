/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_output.h"
#include "kupfctl_session.h"

static const kupfctl_option_t options[] = {
	KUPFCTL_SESSION_OPTIONS,
	{}
};

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	vici_req_t *req;

	if (!kupfctl_args_get(args, "--key-file") &&
		!kupfctl_args_get(args, "--kamf-file") &&
		!kupfctl_args_get(args, "--ktngf-file"))
	{
		kupfctl_error("a session needs a key: --key-file, or --kamf-file and "
					  "--rand");
		return KUPFCTL_USAGE;
	}
	req = kupfctl_session_begin("establish-session", args);
	if (!req)
	{
		return KUPFCTL_USAGE;
	}
	return kupfctl_request(ctl, req);
}

const kupfctl_command_t kupfctl_establish = {
	.name = "establish",
	.usage = "SESSION",
	.summary = "hand a session and its key to the daemon",
	.details =
		"Prints the UPF address that the UE must use.  The same again succeeds "
		"and\nchanges nothing.\n\n"
		"The key is that in --key-file, and --ue-id names whose it is; or the "
		"daemon\nderives it from --kamf-file, --rand and --fc (or as --derivation "
		"says), and the\nidentity as well unless --ue-id is given.  A file contains 32 octets as they "
		"are, or text, 0x<hex> or\n0s<base64>.  Keys are not taken from the "
		"command line, where others see them.\n",
	.options = options,
	.min = 1,
	.max = 1,
	.run = run,
};
