/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_connection test_kupf_connection
 * @{ @ingroup tests
 *
 * One connection, with the test in the place of the server's thread.
 */

#ifndef TEST_KUPF_CONNECTION_H_
#define TEST_KUPF_CONNECTION_H_

#include "kupf/socket/kupf_connection.h"
#include "test_runner.h"
#include "test_upf.h"

/** The parts behind the connection */
extern test_upf_t upf;

/** The client's end, the server's, and its epoll set */
extern int client, inner, epoll;

/** The connection, NULL once it is at its end */
extern kupf_connection_t *connection;

void setup();
void teardown();

/**
 * Handle what there is once.
 *
 * @return			FALSE if there is nothing to do
 */
bool serve_once();

/**
 * Handle what there is, as the server does, until nothing is left.
 */
void serve();

/**
 * Send, as far as the server takes it.
 *
 * @return			octets sent
 */
size_t feed(chunk_t data);

/**
 * Receive all that the server sends.
 */
chunk_t drain();

/**
 * Take the next packet off what was received.
 */
chunk_t next_packet(chunk_t *data);

/**
 * Append a packet, which is freed.  chunk_cat() evaluates what it is given
 * twice.
 */
void append(chunk_t *data, chunk_t packet);

/**
 * Send a packet and expect one that is nothing but its type.
 */
void expect_bare(chunk_t packet, wire_packet_type_t type);

/** Cases of the other sources */
void kupf_connection_flow_cases(Suite *suite);

#endif /** TEST_KUPF_CONNECTION_H_ @}*/
