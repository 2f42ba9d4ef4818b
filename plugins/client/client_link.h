/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_link client_link
 * @{ @ingroup client
 *
 * A connection to a UNIX socket, in packets.  Nothing here waits (but to
 * connect, if that is wanted), raises a signal (a connection that is gone is an
 * error, not SIGPIPE) or leaves its descriptor to a program that is executed.
 */

#ifndef CLIENT_LINK_H_
#define CLIENT_LINK_H_

#include "client_buffer.h"
#include "wire/wire_packet.h"

/** Most octets that wait to be sent */
#define CLIENT_LINK_OUT_MAX (2 * 1024 * 1024)

typedef struct client_link_t client_link_t;

/**
 * A connection.
 */
struct client_link_t {
	/** socket, -1 if there is none */
	int fd;
	/** everything was received: the daemon has closed the connection */
	bool ended;
	/** nothing more can be sent */
	bool deaf;
	/** received */
	client_buffer_t in;
	/** to be sent */
	client_buffer_t out;
};

/**
 * Prepare a connection that does not exist yet.
 */
void client_link_init(client_link_t *self);

/**
 * Connect.
 *
 * @param self		connection that does not exist
 * @param path		path of the socket
 * @param wait		how long to wait while too many others want to connect, ms
 * @return			0, or errno; EAGAIN if it was too long
 */
int client_link_open(client_link_t *self, const char *path, unsigned int wait);

/**
 * Close the connection if there is one; wipes what was not dealt with.
 */
void client_link_close(client_link_t *self);

/**
 * Have a packet sent.
 *
 * @param self		connection that exists
 * @param packet	packet with its length, copied
 * @return			FALSE if there is no room for it
 */
bool client_link_put(client_link_t *self, wire_octets_t packet);

/**
 * Send what can be sent at once, and wipe it.
 *
 * @return			0, or errno
 */
int client_link_send(client_link_t *self);

/**
 * Receive what is there, or a part of it; packets that were got before are
 * wiped.
 *
 * @return			0, or errno
 */
int client_link_receive(client_link_t *self);

/**
 * Get the next packet that was received.
 *
 * @param self		connection
 * @param packet	[out] packet, if it is whole; valid until more is received
 * @return			what was received begins with
 */
wire_packet_status_t client_link_next(client_link_t *self,
									  wire_packet_t *packet);

/**
 * Whether client_link_next() has something to say.
 */
bool client_link_has_next(const client_link_t *self);

#endif /** CLIENT_LINK_H_ @}*/
