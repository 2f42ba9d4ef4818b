/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_psk_sockets test_kupf_psk_sockets
 * @{ @ingroup tests
 *
 * The sockets of consumers on the parts behind them, the consumer of mpquic, and
 * an SMF that listens.
 */

#ifndef TEST_KUPF_PSK_SOCKETS_H_
#define TEST_KUPF_PSK_SOCKETS_H_

#include "kupf/psk/kupf_psk_connections.h"
#include "kupf/psk/kupf_psk_index.h"
#include "test_runner.h"
#include "test_upf.h"

/** K_UPF of PROTOCOL.md's first example, and what is derived for mpquic */
#define KUPF "0xf4452b1597a2a48b21903a6a86fff1e177e780b4cee394ba3cc41c5be3aa4cd6"

/** Another key */
#define OTHER "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/** Events that the SMF side has got, as text, and how many */
typedef struct {
	kupf_subscriber_t public;
	u_int count;
	vici_message_t *last;
} smf_t;

/** The parts behind the sockets */
extern test_upf_t upf;

/** The consumer of mpquic, with requests and with events */
extern int consumer, watcher;

/** What begins and ends with listen_to() and ignore() */
extern smf_t smf;

/**
 * Connect to the socket of a service.
 */
int dial(const char *service);
void setup();
void teardown();

/**
 * Carry out a command of the SMF side.
 */
void run(const char *name, const char *fmt);

/**
 * Carry out a command that is refused as an identity is in use.
 */
void refused(const char *name, const char *fmt, const char *field);

/**
 * Have the file of pre-configured keys read anew.
 */
void write_keys(const char *text);
void listen_to(kupf_event_t event);
void ignore(kupf_event_t event);

/**
 * What the event that came last says.
 */
const char *told(const char *field);

/**
 * Send a request and check a value of its reply.
 */
void assert_reply(int fd, const char *command, const char *fmt,
				  const char *key, const char *value);

/** Cases of the other sources */
void kupf_psk_sockets_requests_cases(Suite *suite);
void kupf_psk_sockets_connections_cases(Suite *suite);
void kupf_psk_sockets_config_cases(Suite *suite);

#endif /** TEST_KUPF_PSK_SOCKETS_H_ @}*/
