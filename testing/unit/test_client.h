/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_client test_client
 * @{ @ingroup tests
 *
 * The other end of the socket: packets as they are on the wire, with nothing
 * of kupf's own between.  A client waits five seconds for what it expects.
 */

#ifndef TEST_CLIENT_H_
#define TEST_CLIENT_H_

#include "wire/wire_packet.h"

#include <vici_message.h>

/**
 * Connect to a UNIX socket.
 *
 * @return			socket, -1 if nobody listens
 */
int test_connect(const char *path);

/**
 * Make a packet with its length.
 *
 * @param type		type
 * @param name		name, NULL for none
 * @param fmt		message for test_encode(), NULL for none
 * @return			allocated packet
 */
chunk_t test_packet(wire_packet_type_t type, const char *name,
					const char *fmt, ...);

/**
 * Send everything.
 *
 * @return			FALSE if the server has closed the connection
 */
bool test_send(int fd, chunk_t data);

/**
 * Send a request.
 */
void test_request(int fd, const char *name, const char *fmt, ...);

/**
 * Receive a packet.
 *
 * @param packet	[out] allocated, without its length
 * @return			FALSE if the server has closed the connection
 */
bool test_receive(int fd, chunk_t *packet);

/**
 * Whether the server closes the connection, whatever it sends before.
 */
bool test_closed(int fd);

/**
 * Receive a reply.
 *
 * @return			message, fails the test if something else comes
 */
vici_message_t *test_reply(int fd);

/**
 * Receive an event.
 *
 * @param name		name that it must have
 * @return			message, fails the test if something else comes
 */
vici_message_t *test_event(int fd, const char *name);

/**
 * Receive a packet that is nothing but its type.
 */
void test_bare(int fd, wire_packet_type_t type);

/**
 * Register for an event.
 */
void test_register(int fd, const char *event);

#endif /** TEST_CLIENT_H_ @}*/
