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
#include "kupf/store/kupf_overlay.h"
#include "test_support.h"

typedef struct test_upf_t test_upf_t;

struct test_upf_t {
	kupf_store_t *store;
	kupf_pool_t *pool;
	test_enforcer_t enforcer;
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
 * Carry out a command of a client.
 *
 * @param client	identifies the client
 * @param list		[out] see kupf_commands_t
 * @param name		name of the command
 * @param fmt		its message, see test_encode()
 * @return			reply, NULL if there is no such command
 */
vici_message_t *test_execute_as(test_upf_t *this, const void *client,
								kupf_list_t **list, const char *name,
								const char *fmt, ...);

/**
 * Get the next event of a list.
 *
 * @return			message, NULL if there is none left
 */
vici_message_t *test_next(kupf_list_t *list);

/**
 * Carry out a command that has no list.
 *
 * @param name		name of the command
 * @param fmt		its message, see test_encode()
 * @return			reply, NULL if there is no such command
 */
vici_message_t *test_execute(test_upf_t *this, const char *name,
							 const char *fmt, ...);

#endif /** TEST_UPF_H_ @}*/
