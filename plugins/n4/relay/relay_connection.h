/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_connection relay_connection
 * @{ @ingroup n4_relay
 *
 * A client of the socket for keys: packets that come from it, and those that go
 * to it.  It has a request of 8 KiB at most, and 1 MiB of what it has not read;
 * whoever does not read is disconnected.  Requests are wiped when they are done.
 *
 * Nothing here waits.
 */

#ifndef RELAY_CONNECTION_H_
#define RELAY_CONNECTION_H_

#include "wire/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest request, octets */
#define RELAY_CONNECTION_IN_SIZE 8192

typedef struct relay_connection_t relay_connection_t;

/**
 * A connection.
 */
struct relay_connection_t {
	/** descriptor, does not block, -1 if there is none */
	int fd;
	/** what has come in */
	uint8_t in[RELAY_CONNECTION_IN_SIZE];
	size_t in_len;
	/** what has to go out, and its room */
	uint8_t *out;
	size_t out_len, out_room;
};

/**
 * Called with each packet that has come; may have others sent, and with that
 * the client disconnected.
 *
 * @param user		of whoever receives
 * @param body		packet without its length, wiped after this
 * @return			FALSE if it is none that a client may send
 */
typedef bool (*relay_connection_handle_t)(void *user,
										  relay_connection_t *connection,
										  wire_octets_t body);

/**
 * Disconnect a client, if there is one.
 */
void relay_connection_close(relay_connection_t *self);

/**
 * Send what can be sent.
 */
void relay_connection_flush(relay_connection_t *self);

/**
 * Have octets sent; who has too many unread is disconnected.
 */
void relay_connection_put(relay_connection_t *self, wire_octets_t octets);

/**
 * Receive what has come in.  A client that is gone, or has sent what is no
 * packet, is disconnected.
 *
 * @param handle	called with each packet
 * @param user		for it
 */
void relay_connection_receive(relay_connection_t *self,
							  relay_connection_handle_t handle, void *user);

#endif /** RELAY_CONNECTION_H_ @}*/
