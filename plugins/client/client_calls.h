/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_calls client_calls
 * @{ @ingroup client
 *
 * Sends the request that a client has begun, and waits for replies.
 */

#ifndef CLIENT_CALLS_H_
#define CLIENT_CALLS_H_

#include "client_engine.h"

typedef struct client_awaited_t client_awaited_t;

/**
 * A reply that somebody waits for.
 */
struct client_awaited_t {
	/** it is there */
	bool done;
	/** reply */
	kupf_client_reply_t reply;
};

/**
 * Whether a function that waits may be called; if not, it was said.
 */
bool client_calls_may_wait(kupf_client_t *self);

/**
 * Connect, unless there is a connection, or the last attempt was just now.
 *
 * @param self		client
 * @param waits		the caller is going to wait: see first whether the daemon
 *					has gone, which may call back
 * @return			status
 */
kupf_client_status_t client_calls_connect(kupf_client_t *self, bool waits);

/**
 * Send the request that was begun, and wipe it where it was written.
 *
 * @param self		client
 * @param upsert	keep its message for a second attempt
 * @param request	who is told, and what for
 * @return			status
 */
kupf_client_status_t client_calls_send(kupf_client_t *self, bool upsert,
									   client_request_t *request);

/**
 * Wipe the request that was begun, if there is one.
 */
void client_calls_forget(kupf_client_t *self);

/**
 * Callback of a request whose reply somebody waits for: user is the
 * client_awaited_t.
 */
void client_calls_keep(void *user, const kupf_client_reply_t *reply);

/**
 * Wait for such a reply; the end of the connection is one, too.
 *
 * @return			status of the reply
 */
kupf_client_status_t client_calls_await(kupf_client_t *self,
										client_awaited_t *awaited);

/**
 * Send the request that was begun, and wait for its reply.
 *
 * @param self		client
 * @param upsert	as for client_calls_send()
 * @param reply		[out] reply, or NULL
 * @return			status of the reply
 */
kupf_client_status_t client_calls_wait(kupf_client_t *self, bool upsert,
									   kupf_client_reply_t *reply);

#endif /** CLIENT_CALLS_H_ @}*/
