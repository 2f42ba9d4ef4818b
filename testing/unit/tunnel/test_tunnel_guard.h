/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_tunnel_guard test_tunnel_guard
 * @{ @ingroup tests
 *
 * A guard, and messages on an IKE_SA that it looks at.
 */

#ifndef TEST_TUNNEL_GUARD_H_
#define TEST_TUNNEL_GUARD_H_

#include "test_ike_sa.h"
#include "tunnel/tunnel_guard.h"

/** An IKE_SA, the task that is under way on it, what its peer has begun, and
 * whether both rekey the IKE_SA */
extern test_ike_sa_t sa;
extern task_type_t sa_task;
extern task_type_t sa_begun;
extern bool sa_collided;

/** State of the CHILD_SAs that it has */
extern child_sa_state_t child_state;

/** What is tested, and the message that comes */
extern message_t *message;

/**
 * Begin with a message that has one payload, the second of three if it is a
 * fragment.
 */
void receive(exchange_type_t exchange, bool request,
			 payload_type_t first);

/**
 * Begin with an encrypted message.
 */
void begin(exchange_type_t exchange, bool request);

/**
 * Add a payload.
 */
void add(payload_t *payload);

/**
 * Add a notify without data.
 */
void add_notify(notify_type_t type);

/**
 * Number of payloads of a type, or of all for PL_NONE.
 */
u_int payloads(payload_type_t type);

/**
 * Get what was counted for a verdict.
 */
uint64_t counted(tunnel_verdict_t verdict);

/**
 * Let the guard look at the message; whether it passes.
 */
bool check(bool plain);

/** That a statement counts so many */
#define assert_counts(verdict, number, ...) do { \
	uint64_t before_##verdict = counted(verdict); \
	__VA_ARGS__; \
	ck_assert_uint_eq(counted(verdict), before_##verdict + (number)); \
} while (0)

/**
 * Begin with an IKE_SA that is established.
 */
void setup();

/**
 * End what was begun.
 */
void teardown();

/**
 * What is in messages that are due.
 */
void tunnel_guard_contents_case(Suite *suite);

#endif /** TEST_TUNNEL_GUARD_H_ @}*/
