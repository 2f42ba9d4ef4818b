/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_commands test_kupf_commands
 * @{ @ingroup tests
 *
 * The parts behind the socket, commands that are carried out, and what is
 * checked of their replies.
 */

#ifndef TEST_KUPF_COMMANDS_H_
#define TEST_KUPF_COMMANDS_H_

#include "test_runner.h"
#include "test_upf.h"

/** 32 octets that can be seen in text */
#define KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define KEY_HEX \
	"4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637"

extern test_upf_t upf;

void setup();
void teardown();

/**
 * Check values of a message: name=value separated by spaces, "-" for none.
 */
void check(vici_message_t *message, const char *expected);

/**
 * Carry out a command, check its reply, and that there is no key in it.
 */
void run(const char *expected, const char *name, const char *script);

/** Cases of the other sources */
void kupf_commands_many_cases(Suite *suite);
void kupf_commands_list_cases(Suite *suite);
void kupf_commands_fields_cases(Suite *suite);

#endif /** TEST_KUPF_COMMANDS_H_ @}*/
