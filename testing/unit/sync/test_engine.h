/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_engine test_engine
 * @{ @ingroup testing
 *
 * An engine of the test's own: Debian's redis-server or valkey-server, or the same
 * program out of redis-tools, on a UNIX socket in the directory of the test.
 */

#ifndef TEST_ENGINE_H_
#define TEST_ENGINE_H_

#include "sync/sync_engine.h"

/**
 * Whether there is a program for it; if not, that is said.
 */
bool test_engine_is_there();

/**
 * Start it, empty.
 */
void test_engine_start();

/**
 * Kill it.
 */
void test_engine_kill();

/**
 * Fill in a configuration for it: group main, UPF upf-a, one key.
 */
void test_engine_config(sync_config_t *config);

/**
 * Give the engine a command, words in blanks, and get the reply as text: numbers of
 * elements of arrays.
 *
 * @return			static buffer, until the next call
 */
const char *test_engine_tell(const char *fmt, ...);

#endif /** TEST_ENGINE_H_ @}*/
