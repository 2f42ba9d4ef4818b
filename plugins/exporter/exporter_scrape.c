/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "exporter_scrape.h"
#include "client/kupf_client.h"
#include "metrics/metrics_measure.h"
#include "metrics/metrics_text.h"

#include <stdlib.h>

/**
 * Ask with a command, and write the reply.
 *
 * @return			FALSE if there is none, or a refusal
 */
static bool ask(kupf_client_t *client, const char *command, FILE *out,
				void (*write)(FILE*, const kupf_client_reply_t*))
{
	kupf_client_reply_t reply;

	kupf_client_begin(client, command);
	if (kupf_client_call(client, &reply) != KUPF_CLIENT_OK)
	{
		return false;
	}
	write(out, &reply);
	return true;
}

/**
 * Write all metrics.
 */
static bool ask_all(kupf_client_t *client, FILE *out)
{
	if (!ask(client, "version", out, metrics_text_version) ||
		!ask(client, "stats", out, metrics_text_stats))
	{
		return false;
	}
	metrics_text_end(out);
	return true;
}

/*
 * Described in header
 */
bool exporter_scrape(const char *socket, unsigned int timeout, char **text)
{
	kupf_client_t *client = kupf_client_create(socket);
	char *metrics = NULL;
	size_t len;
	FILE *out = client ? open_memstream(&metrics, &len) : NULL;
	bool done = false;

	*text = NULL;
	if (out)
	{
		metrics_measure(socket, timeout);
		kupf_client_connect_once(client);
		kupf_client_set_timeout(client, timeout);
		done = ask_all(client, out);
		/* no memory for all of it shows at the end */
		done = !fclose(out) && done;
		*text = done ? metrics : strdup(kupf_client_error(client));
		if (!done)
		{
			free(metrics);
		}
	}
	kupf_client_destroy(client);
	return done;
}
