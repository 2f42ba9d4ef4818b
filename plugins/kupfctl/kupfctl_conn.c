/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <signal.h>
#include <stdlib.h>

/*
 * Described in header
 */
kupf_client_t *kupfctl_client(const kupfctl_t *ctl)
{
	kupf_client_t *client;

	/* standard output may be a pipe that nobody reads: an error as well */
	signal(SIGPIPE, SIG_IGN);
	client = kupf_client_create(ctl->socket);
	if (!client)
	{
		abort();
	}
	kupf_client_connect_once(client);
	kupf_client_set_timeout(client, ctl->timeout);
	return client;
}

/**
 * Print why a request was refused: that may be the words of a stranger.
 */
static void print_refusal(const kupf_client_reply_t *reply)
{
	fputs("kupfctl: ", stderr);
	kupfctl_print_text(stderr, reply->cause.len ? reply->cause :
												  wire_text("refused"));
	if (reply->errmsg.len)
	{
		fputs(": ", stderr);
		kupfctl_print_text(stderr, reply->errmsg);
	}
	fputc('\n', stderr);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_status(kupf_client_t *client,
								const kupf_client_reply_t *reply)
{
	switch (reply->status)
	{
		case KUPF_CLIENT_OK:
			return KUPFCTL_DONE;
		case KUPF_CLIENT_REFUSED:
			print_refusal(reply);
			return KUPFCTL_REFUSED;
		case KUPF_CLIENT_UNKNOWN:
			kupfctl_error("the daemon does not know this command");
			return KUPFCTL_REFUSED;
		case KUPF_CLIENT_LOST:
		case KUPF_CLIENT_TIMEOUT:
			kupfctl_error("%s", kupf_client_error(client));
			return KUPFCTL_NO_CONNECTION;
		default:
			kupfctl_error("%s", kupf_client_error(client));
			return KUPFCTL_REFUSED;
	}
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_connect(kupf_client_t *client)
{
	const kupf_client_reply_t reply = {
		.status = kupf_client_connect(client),
	};

	return kupfctl_status(client, &reply);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_register(kupf_client_t *client, const char *event,
								  kupf_client_event_cb_t cb, void *user)
{
	const kupf_client_reply_t reply = {
		.status = kupf_client_register(client, event, cb, user),
	};

	if (reply.status == KUPF_CLIENT_UNKNOWN)
	{
		kupfctl_error("the daemon does not know the event %s", event);
		return KUPFCTL_REFUSED;
	}
	return kupfctl_status(client, &reply);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_call(kupf_client_t *client,
							  kupf_client_reply_t *reply)
{
	kupf_client_call(client, reply);
	return kupfctl_status(client, reply);
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_request(const kupfctl_t *ctl, kupf_client_t *client)
{
	kupf_client_reply_t reply;
	kupfctl_status_t status;

	status = kupfctl_connect(client);
	if (status == KUPFCTL_DONE)
	{
		status = kupfctl_call(client, &reply);
		if (ctl->json && kupfctl_is_answer(&reply))
		{
			kupfctl_print_json(stdout, wire_text(""), &reply.message);
		}
		else if (status == KUPFCTL_DONE)
		{
			kupfctl_print_lines(stdout, &reply.message);
		}
	}
	return status;
}
