/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench_lookup bench_lookup
 * @{ @ingroup bench
 *
 * Looks keys up as long as asked for, inside of charon.
 */

#ifndef BENCH_LOOKUP_H_
#define BENCH_LOOKUP_H_

#include <library.h>

typedef enum bench_lookup_kind_t bench_lookup_kind_t;

/**
 * Where keys are looked up.
 */
enum bench_lookup_kind_t {
	/** session by identity in kupf's store */
	BENCH_LOOKUP_STORE,
	/** charon's credential manager, get_shared() as our AUTH needs it */
	BENCH_LOOKUP_SHARED,
	/** charon's credential manager, the first key that a verifier tries */
	BENCH_LOOKUP_FIRST,
};

/**
 * Look keys of UEs in random order up, each timed on its own less what reading
 * the clock takes.  The identity is made before the clock starts.
 *
 * @param kind		where
 * @param first		number of the first UE
 * @param count		number of UEs to choose from
 * @param seconds	how long
 * @param text		[out] "count N found N p50 US p99 US p999 US max US"
 * @param len		size of text
 * @return			FALSE if kupf is not loaded
 */
bool bench_lookup(bench_lookup_kind_t kind, u_int first, u_int count,
				  double seconds, char *text, size_t len);

#endif /** BENCH_LOOKUP_H_ @}*/
