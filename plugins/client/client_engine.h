/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_engine client_engine
 * @{ @ingroup client
 *
 * What a client is, its connection that comes and goes, and the packets that
 * it sends.
 */

#ifndef CLIENT_ENGINE_H_
#define CLIENT_ENGINE_H_

#include "client_events.h"
#include "client_flight.h"
#include "client_link.h"

/** How long the daemon may take unless set, ms */
#define CLIENT_TIMEOUT 10000

/** How long to wait before the second attempt to connect, and how long at most
 * after it doubled each time, ms */
#define CLIENT_BACKOFF_MIN 100
#define CLIENT_BACKOFF_MAX 10000

/** Room for the sentence about the last failure */
#define CLIENT_ERROR_SIZE 256

/** Room for a value of "boot" */
#define CLIENT_BOOT_SIZE 33

typedef struct kupf_client_t kupf_client_t;

/**
 * A client.  All its state is in here.
 */
struct kupf_client_t {
	/** the socket as it was named, for messages */
	char *name;
	/** path of the socket, in name */
	const char *path;
	/** connection */
	client_link_t link;
	/** number of connections so far */
	uint64_t serial;
	/** reconnect by ourselves */
	bool wanted;
	/** never reconnect */
	bool once;
	/** something was received on this connection */
	bool answered;
	/** when the next attempt to connect may be, ms */
	uint64_t retry_at;
	/** how long to wait after the last attempt, ms */
	uint64_t backoff;
	/** how long the daemon may take, ms */
	unsigned int timeout;
	/** when the first request in flight is given up, ms */
	uint64_t deadline;
	/** requests in flight */
	client_flight_t flight;
	/** events */
	client_events_t events;
	/** the request that is being written */
	wire_writer_t writer;
	/** octets of its packet before the message; 0 if there is none */
	size_t head;
	/** it is an establish-session */
	bool establishes;
	/** no more packets are looked at as soon as this is TRUE; or NULL */
	const bool *until;
	/** callbacks that have not returned */
	unsigned int depth;
	/** ask each connection for "boot" */
	bool follows_boot;
	/** the daemon's, as far as this connection has told; or empty */
	char boot[CLIENT_BOOT_SIZE];
	/** the one that sessions were synchronised with last; or empty */
	char synced[CLIENT_BOOT_SIZE];
	/** number of the connection on which a synchronisation was begun; or 0 */
	uint64_t sync_serial;
	/** sentence about the last failure */
	char error[CLIENT_ERROR_SIZE];
};

/**
 * Time that does not jump, ms.
 */
uint64_t client_engine_now(void);

/**
 * Say what has failed.  No value of a request may be in it.
 *
 * @return			status, as given
 */
kupf_client_status_t client_engine_fail(kupf_client_t *self,
										kupf_client_status_t status,
										const char *fmt, ...)
										__attribute__((format(printf, 3, 4)));

/**
 * Tell whoever has sent a request.
 */
void client_engine_tell(kupf_client_t *self, const client_request_t *request,
						const kupf_client_reply_t *reply);

/**
 * Whether there is a connection.
 */
bool client_engine_connected(const kupf_client_t *self);

/**
 * Connect, and register for all events.
 *
 * @param self		client that has no connection
 * @param wait		how long to wait while too many others want to connect, ms
 * @return			status; LOST if there is no connection
 */
kupf_client_status_t client_engine_open(kupf_client_t *self,
										unsigned int wait);

/**
 * Give the connection up: all requests in flight are answered.
 *
 * @param self		client
 * @param status	for the first request; the others are LOST
 */
void client_engine_close(kupf_client_t *self, kupf_client_status_t status);

/**
 * Have a packet sent, whose answer is for a request.
 *
 * @param self		client that has a connection
 * @param packet	packet, copied
 * @param request	request; its message is adopted on success
 * @return			status
 */
kupf_client_status_t client_engine_put(kupf_client_t *self,
									   wire_octets_t packet,
									   const client_request_t *request);

/**
 * Have a packet sent that registers for an event, or takes that back.
 *
 * @param self		client that has a connection
 * @param type		type of packet
 * @param name		name of event
 * @param cb		called with what becomes of it
 * @param user		for cb
 * @return			status
 */
kupf_client_status_t client_engine_register(kupf_client_t *self,
							wire_packet_type_t type, const char *name,
							kupf_client_reply_cb_t cb, void *user);

/**
 * Have "version" asked for, to know which start of the daemon it is.
 */
void client_engine_ask_boot(kupf_client_t *self);

#endif /** CLIENT_ENGINE_H_ @}*/
