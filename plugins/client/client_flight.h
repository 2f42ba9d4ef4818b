/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_flight client_flight
 * @{ @ingroup client
 *
 * Requests that wait for their answers, which come in the order in which the
 * requests were sent.
 */

#ifndef CLIENT_FLIGHT_H_
#define CLIENT_FLIGHT_H_

#include "kupf_client_reply.h"

/** Most requests that wait */
#define CLIENT_FLIGHT_MAX 64

typedef struct client_request_t client_request_t;
typedef struct client_flight_t client_flight_t;

/**
 * A request.
 */
struct client_request_t {
	/** it registers for an event, or takes that back: no reply but a
	 * confirmation */
	bool registers;
	/** called with what becomes of it */
	kupf_client_reply_cb_t cb;
	/** for cb */
	void *user;
	/** name of the event that its reply comes with; empty if it has none */
	wire_octets_t stream;
	/** called with these events */
	kupf_client_event_cb_t stream_cb;
	/** for stream_cb */
	void *stream_user;
	/** message of an upsert, owned, with a key; NULL if it is none */
	uint8_t *message;
	/** octets of it */
	size_t len;
	/** requests made for this upsert so far */
	unsigned int turns;
};

/**
 * The requests.  All zero is none.
 */
struct client_flight_t {
	/** a ring */
	client_request_t requests[CLIENT_FLIGHT_MAX];
	/** number of the first one */
	unsigned int first;
	/** how many */
	unsigned int count;
};

/**
 * Add a request at the end; there has to be room.
 *
 * @param self		requests
 * @param request	request, copied; its message is adopted
 */
void client_flight_push(client_flight_t *self,
						const client_request_t *request);

/**
 * Look at the first request.
 *
 * @return			request, NULL if there is none
 */
const client_request_t *client_flight_first(const client_flight_t *self);

/**
 * Take the first request; there has to be one.
 *
 * @return			request, its message is the caller's
 */
client_request_t client_flight_pop(client_flight_t *self);

/**
 * Wipe and free the message of a request, if it has one.
 */
void client_request_clear(client_request_t *self);

#endif /** CLIENT_FLIGHT_H_ @}*/
