/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_client test_kupf_client
 * @{ @ingroup tests
 *
 * A client of the library, and what it was told.
 */

#ifndef TEST_KUPF_CLIENT_H_
#define TEST_KUPF_CLIENT_H_

#include "client/kupf_client.h"
#include "test_runner.h"

/** Deadline of tests that wait for it, ms */
#define SOON 200

/** What a client is told, in one line */
extern char told[4096];

extern kupf_client_t *client;

void setup();
void teardown();
void on_event(void *user, wire_octets_t name, const wire_reader_t *event);
void on_reply(void *user, const kupf_client_reply_t *reply);

/**
 * Begin a request with the name of a session, and nothing else.
 */
void begin(const char *command, const char *session);

/**
 * Make a call of such a request.
 */
kupf_client_status_t ask(const char *command);
bool is_connected();

/** Cases of the other sources */
void kupf_client_faults_cases(Suite *suite);
void kupf_client_reconnect_cases(Suite *suite);
void kupf_client_wiped_cases(Suite *suite);

#endif /** TEST_KUPF_CLIENT_H_ @}*/
