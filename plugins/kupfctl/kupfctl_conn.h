/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_conn kupfctl_conn
 * @{ @ingroup kupfctl
 *
 * The connection to the daemon.  There is at most one.
 *
 * Whoever waits for the daemon would wait for ever if it went away and libvici
 * did not notice, as it may before strongSwan 6.0, and it tells nobody who
 * only waits for events.  So a thread of ours watches the socket; the loss of
 * the connection ends the process with KUPFCTL_NO_CONNECTION, whatever it
 * does at that moment.
 */

#ifndef KUPFCTL_CONN_H_
#define KUPFCTL_CONN_H_

#include "kupfctl.h"

#include <libvici.h>

/**
 * Called when the connection is lost, before the process ends.
 *
 * @param user		user data
 */
typedef void (*kupfctl_lost_cb_t)(void *user);

/**
 * Begin a request, like vici_begin(), also before there is a connection.
 *
 * @param command	name of command on the wire
 * @return			request, for vici_submit() or vici_free_req()
 */
vici_req_t *kupfctl_begin(const char *command);

/**
 * Connect.
 *
 * @param ctl		names the socket
 * @return			connection, NULL if that failed: it was printed
 */
vici_conn_t *kupfctl_connect(const kupfctl_t *ctl);

/**
 * Have a function called when the connection is lost.
 *
 * @param cb		function; may be called by another thread
 * @param user		user data for it
 */
void kupfctl_on_lost(kupfctl_lost_cb_t cb, void *user);

/**
 * Close a connection.
 *
 * @param conn		connection from kupfctl_connect()
 */
void kupfctl_disconnect(vici_conn_t *conn);

/**
 * Register for an event.  Ends the process if the connection is lost.
 *
 * @param conn		connection
 * @param event		name of event
 * @param cb		called for each, by a thread of libvici
 * @param user		user data for it
 * @return			FALSE if the daemon refuses: that was printed
 */
bool kupfctl_register(vici_conn_t *conn, const char *event,
					  vici_event_cb_t cb, void *user);

/**
 * Send a request and wait for the reply.  Ends the process if the connection
 * is lost.
 *
 * @param conn		connection
 * @param req		request, adopted
 * @return			reply, NULL if there is none that can be used: that was
 *					printed, and the status is KUPFCTL_REFUSED
 */
vici_res_t *kupfctl_submit(vici_conn_t *conn, vici_req_t *req);

/**
 * Whether a reply says that the request was carried out; if not, its cause is
 * printed.
 *
 * @param res		reply, borrowed
 * @return			TRUE if carried out
 */
bool kupfctl_succeeded(vici_res_t *res);

/**
 * Connect, send a request, print the reply, disconnect.
 *
 * @param ctl		global settings
 * @param req		request, adopted
 * @return			exit status
 */
kupfctl_status_t kupfctl_request(const kupfctl_t *ctl, vici_req_t *req);

#endif /** KUPFCTL_CONN_H_ @}*/
