/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_fetch test_kupf_fetch
 * @{ @ingroup tests
 *
 * UEs that wait for keys on demand, and an SMF side that is asked for them.
 */

#ifndef TEST_KUPF_FETCH_H_
#define TEST_KUPF_FETCH_H_

#include "kupf/credentials/kupf_fetch.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <threading/thread.h>

/** Longest wait of the tests that run into it, milliseconds */
#define SHORT 100

/** As good as for ever, milliseconds; no test waits that long */
#define LONG 60000

/** Key of sessions */
#define KEY "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

typedef struct ue_t ue_t;

/**
 * A UE whose IKE_AUTH is being handled.
 */
struct ue_t {
	/** its thread */
	thread_t *thread;
	/** its identity */
	identification_t *id;
	/** session that it got */
	kupf_session_t *session;
};

/** The SMF side */
extern test_upf_t upf;
extern kupf_fetch_t *fetch;
extern host_t *local, *remote;
extern kupf_subscriber_t smf;

/**
 * How often the SMF side was asked.
 */
u_int get_requests();

/**
 * Begin, with an SMF side that listens or with none.
 */
void begin(u_int timeout, u_int max_waiting, u_int negative_ttl,
		   u_int rate, bool subscribed);

/**
 * End what was begun.
 */
void end();

/**
 * A UE comes; count is how many threads wait then.
 */
void ue_comes(ue_t *this, const char *id, u_int count);

/**
 * Wait until the SMF side was asked so many times.
 */
void await_requests(u_int count);

/**
 * A UE comes for which SMFs are asked; count is how many threads wait then,
 * asked how many requests there were by then.  It counts as waiting a moment
 * before the SMFs are asked, and what comes in that moment is found without.
 */
void ue_asked_for(ue_t *this, const char *id, u_int count, u_int asked);

/**
 * A UE gets its answer.
 */
bool ue_ends(ue_t *this);

/**
 * A UE comes that is to be answered at once.
 */
bool ue_at_once(const char *id);

/**
 * Have an SMF make a request, which is answered as expected.
 */
void run(const char *expected, const char *name, const char *script);

/**
 * Nobody answers.
 */
void kupf_fetch_unanswered_case(Suite *suite);

/**
 * All threads waiting, busy, or in a storm.
 */
void kupf_fetch_threads_case(Suite *suite);

#endif /** TEST_KUPF_FETCH_H_ @}*/
