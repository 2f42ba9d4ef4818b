/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_kupf_store test_kupf_store
 * @{ @ingroup tests
 *
 * Hash functions for the store, and sessions that are put into one.
 */

#ifndef TEST_KUPF_STORE_H_
#define TEST_KUPF_STORE_H_

#include "kupf/store/kupf_expiry.h"
#include "kupf/store/kupf_store.h"
#include "test_runner.h"

/** What a loop is over: chunk_hash_inc() and worse ones */
extern kupf_store_hash_t hashes[3];

/**
 * Create a store with one of them.
 */
kupf_store_t *create(int i, u_int max);

/**
 * Put a new session, which the caller does not need.
 */
kupf_store_status_t put(kupf_store_t *store, const char *name,
						id_type_t type, const char *id);

/**
 * Whether there is a session of a name or with an identity.
 */
bool is_known(kupf_store_t *store, const char *name, id_type_t type, chunk_t id);

/**
 * Name of the session with an identity, "" if there is none.
 */
const char *find(kupf_store_t *store, id_type_t type, const char *id);

/**
 * Whether there is a session of that name.
 */
bool has(kupf_store_t *store, const char *name);

/**
 * Remove a session by its name.
 */
bool remove_name(kupf_store_t *store, const char *name);

/** Cases of the other sources */
void kupf_store_growth_cases(Suite *suite);
void kupf_store_threads_cases(Suite *suite);

/**
 * Enumerating and expiring.
 */
void kupf_store_walk_case(Suite *suite);

#endif /** TEST_KUPF_STORE_H_ @}*/
