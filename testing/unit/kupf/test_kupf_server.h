/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_server test_kupf_server
 * @{ @ingroup tests
 *
 * The server on a socket, with all parts behind it, and clients.
 */

#ifndef TEST_KUPF_SERVER_H_
#define TEST_KUPF_SERVER_H_

#include "kupf/socket/kupf_server.h"
#include "test_runner.h"
#include "test_upf.h"

/** Most connections of the server, unless a test says otherwise */
#define CONNECTIONS 16

/** The parts behind the socket */
extern test_upf_t upf;

/**
 * Start the server with other settings.
 */
void restart(kupf_server_config_t config);

void setup();
void teardown();
int dial();

/**
 * Whether the server answers a client.
 */
void check_answer(int fd);

void check_alive();

/**
 * Count the file descriptors of the process.
 */
u_int count_fds();

/** Cases of the other sources */
void kupf_server_clients_cases(Suite *suite);

#endif /** TEST_KUPF_SERVER_H_ @}*/
