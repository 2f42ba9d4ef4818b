/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "metrics_measure.h"
#include "client/kupf_client.h"

/*
 * Described in header
 */
void metrics_measure(const char *socket, unsigned int timeout)
{
	kupf_client_t *client = kupf_client_create(socket);
	kupf_client_reply_t reply;

	if (client)
	{
		kupf_client_connect_once(client);
		kupf_client_set_timeout(client, timeout < METRICS_MEASURE_TIMEOUT ?
										timeout : METRICS_MEASURE_TIMEOUT);
		kupf_client_begin(client, "measure-traffic");
		kupf_client_call(client, &reply);
		kupf_client_destroy(client);
	}
}
