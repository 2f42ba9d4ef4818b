/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_connection kupf_connection
 * @{ @ingroup kupf
 *
 * One client on the socket: packets in, packets out, nothing ever waits.
 *
 * The server's thread reads, carries requests out in order and writes.  What
 * takes long it does in steps (kupf_work), so that others have their turn.  Other
 * threads only queue events, under a mutex that is a leaf.  Both directions
 * are bounded: as long as a client does not read its replies, no further
 * request of it is read; a client that does not read its events is cut off.
 * What comes in is held in memory that is kept out of core dumps, and wiped as
 * soon as it is dealt with.
 *
 * What was begun is carried through, and what was read is carried out, even if
 * the client has gone meanwhile; but a list that nobody reads is not.
 */

#ifndef KUPF_CONNECTION_H_
#define KUPF_CONNECTION_H_

#include "kupf/protocol/kupf_commands.h"
#include "kupf/protocol/kupf_publisher.h"

/** Octets of unread replies from which on no request is read */
#define KUPF_REPLIES_MAX (256 * 1024)

/** Most octets of unread replies and events, beyond them it is cut off */
#define KUPF_UNREAD_MAX (4 * 1024 * 1024)

/** Most requests that are carried out in a row before others have their turn */
#define KUPF_REQUESTS_MAX 64

typedef struct kupf_connection_t kupf_connection_t;

struct kupf_connection_t {

	/**
	 * Implements the subscriber: takes events from any thread.
	 */
	kupf_subscriber_t subscriber;

	/**
	 * Do what can be done without waiting: read, carry out, write.  Called by
	 * the server's thread only, when epoll says so.
	 *
	 * @param readable	whether there may be something to read, or it is at its
	 *					end
	 * @return			FALSE if the connection is to be destroyed
	 */
	bool (*handle)(kupf_connection_t *this, bool readable);

	/**
	 * Go on with what is left to do, if anything is, for one step.  Called by
	 * the server's thread only, once after each look at all sockets.
	 *
	 * @param status	[out] KUPF_WORK_MORE if there is more to do, _WAITS if it
	 *					waits, _DONE if all is done or is for epoll to tell
	 * @return			FALSE if the connection is to be destroyed
	 */
	bool (*step)(kupf_connection_t *this, kupf_work_status_t *status);

	/**
	 * Close the connection.  Called by the server's thread only.
	 */
	void (*destroy)(kupf_connection_t *this);
};

/**
 * Create a connection and put its file descriptor into an epoll set, with the
 * connection as data.
 *
 * @param fd		connected, non-blocking socket; adopted
 * @param epoll		epoll set, outlives the connection
 * @param commands	commands
 * @param publisher	tells about events
 * @return			connection, NULL on failure (fd is closed)
 */
kupf_connection_t *kupf_connection_create(int fd, int epoll,
										  kupf_commands_t *commands,
										  kupf_publisher_t *publisher);

#endif /** KUPF_CONNECTION_H_ @}*/
