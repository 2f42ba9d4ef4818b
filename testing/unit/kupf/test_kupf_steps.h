/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_steps test_kupf_steps
 * @{ @ingroup tests
 *
 * Clients of which one has a long command, served in rounds.
 */

#ifndef TEST_KUPF_STEPS_H_
#define TEST_KUPF_STEPS_H_

#include "kupf/socket/kupf_connection.h"
#include "test_client.h"
#include "test_runner.h"
#include "test_upf.h"

#include <threading/semaphore.h>

/** Sessions of the UPF; far more than a step deals with */
#define SESSIONS 3000

/** Clients: the one with a long command, one that asks, one that listens */
enum { LONG, ASKS, LISTENS, CLIENTS };

/** The parts behind the connections */
extern test_upf_t upf;

/** The clients' ends, their connections, NULL once they are at their end, and
 * the epoll set of the server */
extern int clients[CLIENTS], epoll;
extern kupf_connection_t *connections[CLIENTS];

/** Held back while the file of pre-configured keys is being read */
extern semaphore_t *reading;

/**
 * Begin with a UPF, and clients that are connected.
 */
void setup();

/**
 * End what was begun.
 */
void teardown();

/**
 * A round of the server's thread: a look at all sockets, and a step of all that
 * is left to do.
 *
 * @return			what there is to do then
 */
kupf_work_status_t serve_round();

/**
 * Serve until there is nothing more to do.
 */
void serve_all();

/**
 * Send a request, or register for an event.
 */
void ask(int i, wire_packet_type_t type, const char *name,
		 const char *script);

/**
 * Octets that have come to a client and that it has not read.
 */
size_t pending(int i);

/**
 * Check a value of a reply.
 */
void expect(int i, const char *name, const char *value);

/**
 * Have the client that listens register for an event.
 */
void listen_to(const char *event);

/**
 * Put many sessions into the store.
 */
void put_sessions();

/**
 * A UE comes that no session has.
 */
u_int raise_key_request();

/**
 * A long command has begun: others are served meanwhile.
 *
 * @return			rounds that it took to serve them
 */
u_int serve_others();

/**
 * All sections of a batch, as text.
 */
char *sections(u_int count);

/**
 * Lists of sessions.
 */
void kupf_steps_list_case(Suite *suite);

/**
 * Clients that go away or do not read.
 */
void kupf_steps_gone_case(Suite *suite);

/**
 * Reloading of a file that takes long.
 */
void kupf_steps_reload_case(Suite *suite);

#endif /** TEST_KUPF_STEPS_H_ @}*/
