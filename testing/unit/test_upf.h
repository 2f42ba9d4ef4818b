/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_upf test_upf
 * @{ @ingroup tests
 *
 * The parts of plugin kupf behind the socket, put together as the plugin does
 * it, with an enforcer of the test.
 */

#ifndef TEST_UPF_H_
#define TEST_UPF_H_

#include "kupf/protocol/kupf_commands.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/psk/kupf_psk_sockets.h"
#include "kupf/store/kupf_overlay.h"
#include "test_support.h"

/** Requests of consumers for keys: in a second, that wait, milliseconds */
#define TEST_UPF_PSK_RATE 100
#define TEST_UPF_PSK_WAITING 3
#define TEST_UPF_PSK_TIMEOUT 1000

typedef struct test_upf_t test_upf_t;
typedef struct test_call_t test_call_t;

struct test_upf_t {
	kupf_store_t *store;
	kupf_pool_t *pool;
	kupf_ue_addresses_t *addresses;
	test_enforcer_t enforcer;
	/** told by enforcer */
	kupf_psk_sockets_t *consumers;
	kupf_preconfigured_t *preconfigured;
	kupf_store_t *all;
	kupf_publisher_t *publisher;
	/** of publisher */
	kupf_events_t *events;
	kupf_fetch_t *fetch;
	kupf_procedures_t *sessions;
	kupf_check_t *check;
	kupf_commands_t *commands;
};

/**
 * Reads the file of pre-configured keys in place of the real one, if it is set
 * before the parts are created.
 */
extern kupf_preconfigured_read_t test_upf_read;

/**
 * Settings of the consumers' sockets, which a test begins to serve itself; none
 * unless they are set before the parts are created.
 */
extern kupf_psk_config_t test_upf_psk;

/**
 * Who the commands of a test are from.
 */
extern const kupf_peer_t test_upf_peer;

/**
 * Create the parts.
 *
 * @param addresses	addresses of the pool, NULL for none
 * @param max		most sessions, 0 for no limit
 */
void test_upf_init(test_upf_t *this, const char *addresses, u_int max);

/**
 * Create the parts, with another quarantine of addresses.
 *
 * @param quarantine	seconds
 */
void test_upf_init_with(test_upf_t *this, const char *addresses,
						u_int quarantine, u_int max);

/**
 * Delete all sessions.
 */
void test_upf_clear(test_upf_t *this);

/**
 * Destroy the parts.
 */
void test_upf_deinit(test_upf_t *this);

/**
 * A command under way.
 */
struct test_call_t {
	/** its message */
	chunk_t message;
	/** what is left to do, NULL if nothing is */
	kupf_work_t *work;
	/** chunk_t*, packets that it has sent and that nobody has taken yet */
	array_t *packets;
};

/**
 * Begin to carry out a command, for a client that has registered for
 * list-session.
 *
 * @param call		[out] the command, to be given to test_call_end()
 * @param client	identifies the client
 * @param name		name of the command
 * @param fmt		its message, see test_encode()
 */
void test_call_begin(test_upf_t *this, test_call_t *call, const void *client,
					 const char *name, const char *fmt, ...);

/**
 * Go on with it for a step, and wait first if it waits.
 *
 * @return			FALSE if it was done already
 */
bool test_call_step(test_upf_t *this, test_call_t *call);

/**
 * Take the next packet that it has sent: an event, the reply, or CMD_UNKNOWN.
 *
 * @param type		[out] type of the packet
 * @return			message, NULL if there is none in it, or no packet
 */
vici_message_t *test_call_next(test_call_t *call, wire_packet_type_t *type);

/**
 * Leave it, done or not.
 */
void test_call_end(test_call_t *call);

/**
 * Carry out a command of a client, step by step to its end.
 *
 * @param client	identifies the client
 * @param name		name of the command
 * @param fmt		its message, see test_encode()
 * @return			reply, NULL if there is no such command
 */
vici_message_t *test_execute_as(test_upf_t *this, const void *client,
								const char *name, const char *fmt, ...);

/**
 * Carry out a command.
 *
 * @param name		name of the command
 * @param fmt		its message, see test_encode()
 * @return			reply, NULL if there is no such command
 */
vici_message_t *test_execute(test_upf_t *this, const char *name,
							 const char *fmt, ...);

#endif /** TEST_UPF_H_ @}*/
