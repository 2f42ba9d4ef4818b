/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_n4_guard test_n4_guard
 * @{ @ingroup tests
 *
 * A session of an SMF behind the guard.
 */

#ifndef TEST_N4_GUARD_H_
#define TEST_N4_GUARD_H_

#include "client/test_fake_daemon.h"
#include "n4/n4_guard.h"
#include "test_runner.h"

/** How a daemon begins */
#define BOOT(boot) "< 0:version\nR success=yes boot=" boot "\n" \
	"< 0:sync-begin\nR success=yes\n< 0:sync-end\nR success=yes removed=0\n"

/** The F-SEID of an SMF, and one of the UPF's */
#define CP_F_SEID "0039 000d 02 0000000000000055 c0000209 "
#define F_SEID_OF "0039 000d 02 %016x c0000201 "

/** What is added if kupf cannot be reached */
#define PENDING "8002 0006 7ed9 01 0001 02"

/**
 * Establish a session of the SMF's.
 */
void open_session(uint32_t sequence, unsigned int seid, const char *node);

/**
 * How much may be said.
 */
void n4_guard_bounds_case(Suite *suite);

#endif /** TEST_N4_GUARD_H_ @}*/
