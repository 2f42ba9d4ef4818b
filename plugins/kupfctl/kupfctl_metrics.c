/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "metrics/metrics_measure.h"
#include "metrics/metrics_text.h"

/**
 * Ask with a command, and write the reply.
 */
static kupfctl_status_t ask(kupf_client_t *client, const char *command,
							void (*write)(FILE*, const kupf_client_reply_t*))
{
	kupf_client_reply_t reply;
	kupfctl_status_t status;

	kupf_client_begin(client, command);
	status = kupfctl_call(client, &reply);
	if (status == KUPFCTL_DONE)
	{
		write(stdout, &reply);
	}
	return status;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_metrics(const kupfctl_t *ctl,
								 const kupfctl_args_t *args)
{
	kupf_client_t *client = kupfctl_client(ctl);
	kupfctl_status_t status;

	(void)args;
	metrics_measure(ctl->socket, ctl->timeout);
	status = kupfctl_connect(client);
	if (status == KUPFCTL_DONE)
	{
		status = ask(client, "version", metrics_text_version);
	}
	if (status == KUPFCTL_DONE)
	{
		status = ask(client, "stats", metrics_text_stats);
	}
	if (status == KUPFCTL_DONE)
	{
		metrics_text_end(stdout);
	}
	kupf_client_destroy(client);
	return status;
}
