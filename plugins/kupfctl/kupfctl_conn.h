/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_conn kupfctl_conn
 * @{ @ingroup kupfctl
 *
 * Requests to the daemon, and what to say if they fail.
 */

#ifndef KUPFCTL_CONN_H_
#define KUPFCTL_CONN_H_

#include "kupfctl.h"
#include "client/kupf_client.h"

/**
 * Create a client of the daemon.  It connects once at most.
 *
 * @param ctl		names the socket, and the deadline
 * @return			client, for kupf_client_destroy()
 */
kupf_client_t *kupfctl_client(const kupfctl_t *ctl);

/**
 * Connect, so that it can be told from a connection that is lost later.
 *
 * @param client	client
 * @return			exit status; if it failed, that was printed
 */
kupfctl_status_t kupfctl_connect(kupf_client_t *client);

/**
 * Register for an event.
 *
 * @param client	client
 * @param event		name of event
 * @param cb		called for each
 * @param user		user data for it
 * @return			exit status; if it failed, that was printed
 */
kupfctl_status_t kupfctl_register(kupf_client_t *client, const char *event,
								  kupf_client_event_cb_t cb, void *user);

/**
 * Print why a request has failed.
 *
 * @param client	client
 * @param reply		reply to the request
 * @return			exit status
 */
kupfctl_status_t kupfctl_status(kupf_client_t *client,
								const kupf_client_reply_t *reply);

/**
 * Send the request that was begun, and wait for the reply.
 *
 * @param client	client
 * @param reply		[out] reply, valid until the next call of the client; with a
 *					message only if it is one of the daemon
 * @return			exit status; if it is none of success, that was printed
 */
kupfctl_status_t kupfctl_call(kupf_client_t *client,
							  kupf_client_reply_t *reply);

/**
 * Connect, send the request that was begun, and print the reply.
 *
 * @param ctl		global settings
 * @param client	client
 * @return			exit status
 */
kupfctl_status_t kupfctl_request(const kupfctl_t *ctl, kupf_client_t *client);

/**
 * Whether a reply is the daemon's, and not what is instead of one.
 */
static inline bool kupfctl_is_answer(const kupf_client_reply_t *reply)
{
	return reply->status == KUPF_CLIENT_OK ||
		   reply->status == KUPF_CLIENT_REFUSED;
}

#endif /** KUPFCTL_CONN_H_ @}*/
