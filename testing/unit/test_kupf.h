/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf test_kupf
 * @{ @ingroup tests
 *
 * Plugin kupf as an enforcer sees it, which writes down what it is told, and
 * whatever else a test notes, in one line.
 */

#ifndef TEST_KUPF_H_
#define TEST_KUPF_H_

#include "kupf/kupf.h"

typedef struct test_kupf_t test_kupf_t;

struct test_kupf_t {
	/** public interface, without attach() and detach() */
	kupf_t public;
	/** sessions, none at first */
	kupf_store_t *store;
	/** its credential set, which has nothing */
	credential_set_t credentials;
	/** answer of get_verifying_session(), or NULL; not its own */
	kupf_session_t *verified;
	/** what was told since test_kupf_assert() */
	char told[1024];
};

/**
 * Prepare it.
 */
void test_kupf_init(test_kupf_t *this);

/**
 * Give back what it has.
 */
void test_kupf_deinit(test_kupf_t *this);

/**
 * Write something down, after ", " if it is not the first.
 */
void test_kupf_note(test_kupf_t *this, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * That exactly this was told since it was asked last.
 *
 *   tunnel-up SESSION IKE_SA CHILD_SA
 *   tunnel-down SESSION IKE_SA REASON
 *   child-up SESSION IKE_SA CHILD_SA, likewise child-down
 *   tunnel-moved SESSION IKE_SA LOCAL REMOTE
 *   session-flapping SESSION TUNNELS
 *   auth-failed IDENTITY LOCAL REMOTE REASON, IDENTITY is nobody if none is known
 *
 * IKE_SA is the unique identifier under which the tunnel came up, addresses are
 * ADDRESS[PORT].
 */
void test_kupf_assert(test_kupf_t *this, const char *expected);

#endif /** TEST_KUPF_H_ @}*/
