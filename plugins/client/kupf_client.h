/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client client
 *
 * @defgroup kupf_client kupf_client
 * @{ @ingroup client
 *
 * A client of the socket of plugin kupf: library libkupf.  What the commands,
 * fields and events are, PROTOCOL.md of plugin kupf says.
 *
 * A request is written with the functions of wire_writer.h, between
 * kupf_client_begin() and one of those that send it.  kupf_client_call() and
 * its like wait for the reply; kupf_client_send() does not, the reply comes to
 * a callback.  Events and such replies are handed out by
 * kupf_client_process(), when the descriptor is ready, and by every function
 * that waits.
 *
 * The client connects when it has to, and again when the connection was lost,
 * with a back-off of 0.1 to 10 seconds; it registers for its events anew then.
 * No request is repeated by itself.  Whatever the daemon does, no call waits
 * for ever, see kupf_client_set_timeout(), and no packet is longer than 512 KiB.
 *
 * Requests contain keys: all memory of the client's that held one is wiped.
 * There is no thread, no signal and no state outside of the client.  Two
 * threads may use two clients at the same time, not the same one.
 *
 * Functions that return a kupf_client_status_t return KUPF_CLIENT_OK, which is
 * 0, or a negative value; kupf_client_error() is a sentence about it then.
 */

#ifndef KUPF_CLIENT_H_
#define KUPF_CLIENT_H_

#include "kupf_client_reply.h"
#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kupf_client_t kupf_client_t;

/**
 * Create a client.  It does not connect yet.
 *
 * @param path		path of the socket, "unix://" may stand before it
 * @return			client, NULL if there is no memory
 */
kupf_client_t *kupf_client_create(const char *path);

/**
 * Destroy a client.  Requests in flight are answered with KUPF_CLIENT_LOST.
 *
 * @param self		client, NULL for none
 */
void kupf_client_destroy(kupf_client_t *self);

/**
 * Set the deadline: how long the daemon may take to accept a connection, to
 * answer the oldest request in flight, or to send the next event of its reply.
 * It is 10 seconds at first.  A daemon that takes longer has lost the
 * connection.
 *
 * @param self		client
 * @param timeout	milliseconds
 */
void kupf_client_set_timeout(kupf_client_t *self, unsigned int timeout);

/**
 * Have the client connect once and never again: for tools whose work is not to
 * be spread over two starts of the daemon.
 */
void kupf_client_connect_once(kupf_client_t *self);

/**
 * Get a sentence about what has failed last.  No value of a request is in it.
 *
 * @return			printable ASCII, valid until the next call
 */
const char *kupf_client_error(const kupf_client_t *self);

/**
 * Connect now, unless there is a connection, and wait until the daemon has
 * confirmed the events that are registered.
 *
 * @return			status; KUPF_CLIENT_LOST if there is no connection
 */
kupf_client_status_t kupf_client_connect(kupf_client_t *self);

/**
 * Close the connection, if there is one.  Requests in flight are answered with
 * KUPF_CLIENT_LOST.  The client does not connect by itself until it is asked
 * to, or has to send something.
 */
void kupf_client_disconnect(kupf_client_t *self);

/**
 * Get the number of connections so far, which changes with each: what the
 * daemon has kept for one is gone with it.
 */
uint64_t kupf_client_serial(const kupf_client_t *self);

/* --- requests --- */

/**
 * Begin a request.  One that was begun before and not sent is wiped.
 *
 * @param self		client
 * @param command	name of the command
 * @return			writer of the client, for its fields
 */
wire_writer_t *kupf_client_begin(kupf_client_t *self, const char *command);

/**
 * Send the request that was begun, and wait for its reply.
 *
 * @param self		client
 * @param reply		[out] reply, valid until the next call; or NULL
 * @return			status of the reply
 */
kupf_client_status_t kupf_client_call(kupf_client_t *self,
									  kupf_client_reply_t *reply);

/**
 * Send the request that was begun.  Up to 64 may be in flight.
 *
 * @param self		client
 * @param cb		called with the reply, once; NULL for nobody
 * @param user		for cb
 * @return			status; cb is called only if it is KUPF_CLIENT_OK
 */
kupf_client_status_t kupf_client_send(kupf_client_t *self,
									  kupf_client_reply_cb_t cb, void *user);

/**
 * Send the request that was begun, an establish-session, and wait for its
 * reply.  If there is the session with other content, it is modified to have
 * the fields of the request; what they do not say stays as it is.
 *
 * @param self		client
 * @param reply		[out] reply, valid until the next call; or NULL
 * @return			status of the reply
 */
kupf_client_status_t kupf_client_upsert(kupf_client_t *self,
										kupf_client_reply_t *reply);

/**
 * The same without waiting.  A modification goes behind the requests that are
 * in flight when it turns out to be needed.
 */
kupf_client_status_t kupf_client_send_upsert(kupf_client_t *self,
											 kupf_client_reply_cb_t cb,
											 void *user);

/**
 * Send the request that was begun, whose reply comes as events before it, as
 * that of list-sessions, and wait for all of it.
 *
 * @param self		client
 * @param event		name of the events, "list-session"
 * @param cb		called with each
 * @param user		for cb
 * @param reply		[out] reply, valid until the next call; or NULL
 * @return			status of the reply
 */
kupf_client_status_t kupf_client_stream(kupf_client_t *self, const char *event,
										kupf_client_event_cb_t cb, void *user,
										kupf_client_reply_t *reply);

/**
 * Wait until all requests in flight are answered.
 *
 * @return			KUPF_CLIENT_OK, or KUPF_CLIENT_LOST if the connection was
 *					lost meanwhile
 */
kupf_client_status_t kupf_client_flush(kupf_client_t *self);

/**
 * Get the number of requests in flight, registrations included.
 */
unsigned int kupf_client_in_flight(const kupf_client_t *self);

/* --- events --- */

/**
 * Register for an event, with this and with each later connection.  Up to 16.
 *
 * @param self		client
 * @param event		name of the event, up to 63 characters
 * @param cb		called with each; another one takes the place of this
 * @param user		for cb
 * @return			status; with KUPF_CLIENT_LOST it is registered as soon as
 *					there is a connection, otherwise not at all
 */
kupf_client_status_t kupf_client_register(kupf_client_t *self,
										  const char *event,
										  kupf_client_event_cb_t cb,
										  void *user);

/**
 * Take it back.  No such event is handed out any more.
 *
 * @return			status; KUPF_CLIENT_LOST if there is no connection
 */
kupf_client_status_t kupf_client_unregister(kupf_client_t *self,
											const char *event);

/* --- synchronisation --- */

/**
 * Have the client ask with each connection which start of the daemon it is,
 * so that kupf_client_must_sync() knows.
 */
void kupf_client_follow_boot(kupf_client_t *self);

/**
 * Whether the daemon is another one, or has started anew, since the client has
 * synchronised last: it may have no session of ours.
 */
bool kupf_client_must_sync(const kupf_client_t *self);

/**
 * Begin to synchronise.  All sessions that there are to be are established
 * (best by upsert) between this and kupf_client_sync_end().
 *
 * @return			status of the reply
 */
kupf_client_status_t kupf_client_sync_begin(kupf_client_t *self);

/**
 * Wait for all requests in flight, and remove the sessions that were not
 * mentioned.  If the connection was lost since kupf_client_sync_begin(), they
 * stay, and the status is KUPF_CLIENT_LOST: begin again.
 *
 * @param self		client
 * @param removed	[out] number of sessions removed, or NULL
 * @return			status of the reply
 */
kupf_client_status_t kupf_client_sync_end(kupf_client_t *self,
										  uint64_t *removed);

/**
 * Say that the caller has synchronised by requests of its own, without waiting:
 * to be called in the callback of a sync-end that was carried out.
 */
void kupf_client_synced(kupf_client_t *self);

/* --- event loops --- */

/**
 * Get the descriptor to wait for.  It changes with the connection.
 *
 * @return			descriptor of the client's, -1 if there is no connection
 */
int kupf_client_fd(const kupf_client_t *self);

/**
 * Get what to wait for, as poll() has it: POLLIN, and perhaps POLLOUT.
 */
short kupf_client_poll_events(const kupf_client_t *self);

/**
 * Get how long to wait at most before kupf_client_process().
 *
 * @return			milliseconds as poll() has them, -1 for ever
 */
int kupf_client_poll_timeout(const kupf_client_t *self);

/**
 * Do what can be done without waiting: connect, send, receive, call back.
 *
 * @return			KUPF_CLIENT_OK, or KUPF_CLIENT_LOST if there is no
 *					connection now
 */
kupf_client_status_t kupf_client_process(kupf_client_t *self);

/**
 * Wait until there is something to do, and do it: poll() with the three
 * above, and kupf_client_process().  Returns early if a signal comes.
 *
 * @param self		client
 * @param timeout	longest time to wait, ms, -1 for any
 * @return			as kupf_client_process()
 */
kupf_client_status_t kupf_client_wait(kupf_client_t *self, int timeout);

#ifdef __cplusplus
}
#endif

#endif /** KUPF_CLIENT_H_ @}*/
