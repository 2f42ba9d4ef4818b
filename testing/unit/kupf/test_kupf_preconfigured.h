/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_preconfigured test_kupf_preconfigured
 * @{ @ingroup tests
 *
 * The file of pre-configured sessions, and sessions that were found.
 */

#ifndef TEST_KUPF_PRECONFIGURED_H_
#define TEST_KUPF_PRECONFIGURED_H_

#include "test_runner.h"
#include "test_upf.h"

/** Keys, which no message may have */
#define HEX "4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d"
#define KEY " key=0x" HEX
#define KEY_2 " key=0x" HEX HEX

/** Key of a session that is fed */
#define FED " key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

extern test_upf_t upf;

void write_file(const char *text);
void use_file(const char *path);
void setup();
void teardown();

/**
 * Read a file; what is wrong with it, or "".
 */
const char *load(const char *text);

/**
 * Name of the session of an identity of type ID_KEY_ID, "-" if there is none.
 */
const char *find(const char *id);

/**
 * Whether there is a session of that name.
 */
bool has(const char *name);
u_int count(kupf_store_t *store);

/**
 * Carry out a command and check what its reply says.
 */
void run(const char *expected, const char *name, const char *script);

/** Cases of the other sources */
void kupf_preconfigured_file_cases(Suite *suite);
void kupf_preconfigured_threads_cases(Suite *suite);

#endif /** TEST_KUPF_PRECONFIGURED_H_ @}*/
