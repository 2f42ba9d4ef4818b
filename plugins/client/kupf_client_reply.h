/* SPDX-License-Identifier: MIT */

/**
 * @defgroup kupf_client_reply kupf_client_reply
 * @{ @ingroup client
 *
 * What becomes of a request, and who is told.
 */

#ifndef KUPF_CLIENT_REPLY_H_
#define KUPF_CLIENT_REPLY_H_

#include "wire/wire_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What became of a request, or of a call.
 */
enum kupf_client_status_t {
	/** done */
	KUPF_CLIENT_OK = 0,
	/** the daemon has refused it: the reply has a cause */
	KUPF_CLIENT_REFUSED = -1,
	/** the daemon does not know this command or event */
	KUPF_CLIENT_UNKNOWN = -2,
	/** no answer in time; the connection was closed, and whether the daemon
	 * has done it is not known */
	KUPF_CLIENT_TIMEOUT = -3,
	/** no connection, or it was lost; whether the daemon has done it is not
	 * known if the request was sent */
	KUPF_CLIENT_LOST = -4,
	/** the daemon has sent what it must not; the connection was closed */
	KUPF_CLIENT_MALFORMED = -5,
	/** not sent: there is no such request, or it may not be made now */
	KUPF_CLIENT_INVALID = -6,
	/** not sent: too many requests or octets wait already */
	KUPF_CLIENT_BUSY = -7,
	/** not sent: no memory */
	KUPF_CLIENT_NO_MEMORY = -8,
};

typedef enum kupf_client_status_t kupf_client_status_t;
typedef struct kupf_client_reply_t kupf_client_reply_t;

/**
 * A reply.  What it points to belongs to the client, see those who hand it out.
 */
struct kupf_client_reply_t {
	/** what became of the request */
	kupf_client_status_t status;
	/** the message, to be read from its start with a copy of this; empty
	 * unless the request is done or refused */
	wire_reader_t message;
	/** why it was refused, a word; empty otherwise */
	wire_octets_t cause;
	/** the same in a sentence; empty otherwise */
	wire_octets_t errmsg;
};

/**
 * Called with the reply to a request.  It may send requests, and make no other
 * call of this client.
 *
 * @param user		of whoever sent the request
 * @param reply		reply, valid until this returns
 */
typedef void (*kupf_client_reply_cb_t)(void *user,
									   const kupf_client_reply_t *reply);

/**
 * Called with an event.  It may send requests, and make no other call of this
 * client.
 *
 * @param user		of whoever registered
 * @param name		name of the event
 * @param event		its message, valid until this returns
 */
typedef void (*kupf_client_event_cb_t)(void *user, wire_octets_t name,
									   const wire_reader_t *event);

/**
 * Make a reply of the message of a packet.  One that does not say that the
 * request was carried out refuses it.
 *
 * @param reply		[out] reply, points into the message
 * @param message	message
 * @return			FALSE if it is malformed
 */
bool kupf_client_reply_read(kupf_client_reply_t *reply, wire_octets_t message);

/**
 * Get the value of a name of a reply, outside of its sections.
 *
 * @param reply		reply
 * @param name		name
 * @return			value, empty if there is none
 */
wire_octets_t kupf_client_reply_get(const kupf_client_reply_t *reply,
									const char *name);

/**
 * Say a status in a few words.
 *
 * @return			static text
 */
const char *kupf_client_status_text(kupf_client_status_t status);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_CLIENT_REPLY_H_ @}*/
