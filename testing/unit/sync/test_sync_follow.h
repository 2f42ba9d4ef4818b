/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_sync_follow test_sync_follow
 * @{ @ingroup tests
 *
 * A UPF whose sessions follow those of an engine.
 */

#ifndef TEST_SYNC_FOLLOW_H_
#define TEST_SYNC_FOLLOW_H_

#include "sync/sync_follow.h"
#include "sync/sync_store.h"
#include "test_engine.h"
#include "test_runner.h"
#include "test_upf.h"

/** Keys of sessions */
#define KEY \
	"0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define KEY_2 \
	"0x3232323232323232323232323232323232323232323232323232323232323232"

/** Settings of the follower */
extern sync_config_t config;

/** The writer's way to the engine */
extern sync_engine_t engine;

/** The UPF, and what is tested */
extern test_upf_t upf;
extern sync_follow_t *follower;

/**
 * Open the writer's way to the engine.
 */
void open_engine();

/**
 * Begin with an engine, and a UPF that follows it.
 */
void setup();

/**
 * End what was begun.
 */
void teardown();

/**
 * Have the engine keep a session.
 */
uint32_t put(const char *script);

/**
 * Have the engine delete a session.
 */
void delete(const char *name);

/**
 * Get the generation of a session of the UPF, 0 if it has none.
 */
uint32_t generation(const char *name);

/**
 * Count the sessions of the UPF.
 */
u_int count();

/** Most steps until something has to be so */
#define STEPS 200

/**
 * Follow until a condition is met.
 */
#define follow_until(condition) \
	do \
	{ \
		u_int steps; \
		for (steps = 0; !(condition) && steps < STEPS; steps++) \
		{ \
			sync_follow_step(follower, NULL); \
		} \
		ck_assert_msg(condition, "never: %s", #condition); \
	} \
	while (0)

/**
 * Follow until all that the engine has is loaded.
 */
void follow_until_loaded();

/**
 * Sessions that are fetched.
 */
void sync_follow_fetch_case(Suite *suite);

/**
 * Changes that are lost or cannot be read.
 */
void sync_follow_gaps_case(Suite *suite);

#endif /** TEST_SYNC_FOLLOW_H_ @}*/
