/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_pool_remembered kupf_pool_remembered
 * @{ @ingroup kupf
 *
 * Addresses of a pool that sessions had before charon's start, found by the
 * hash of the session's name.  An address is remembered until it is taken
 * (kupf_pool_ranges).
 *
 * The lock of the pool guards it.
 */

#ifndef KUPF_POOL_REMEMBERED_H_
#define KUPF_POOL_REMEMBERED_H_

#include "kupf_pool_ranges.h"

typedef struct kupf_pool_remembered_t kupf_pool_remembered_t;
typedef struct kupf_pool_had_t kupf_pool_had_t;

/**
 * A session that had an address.
 */
struct kupf_pool_had_t {
	/** hash of its name */
	uint64_t hash;
	/** number of the address (kupf_pool_place_number()) */
	uint64_t number;
};

/**
 * Create the object, without an address.
 *
 * @param ranges	addresses of the pool, live as long as this
 */
kupf_pool_remembered_t *kupf_pool_remembered_create(kupf_pool_ranges_t *ranges);

/**
 * Add an address.  Nothing is found before kupf_pool_remembered_sort().
 *
 * @param hash		hash of the name of the session that had it
 * @param place		its place
 * @return			FALSE if there is no memory
 */
bool kupf_pool_remembered_add(kupf_pool_remembered_t *this, uint64_t hash,
							  const kupf_pool_place_t *place);

/**
 * All addresses are there.
 */
void kupf_pool_remembered_sort(kupf_pool_remembered_t *this);

/**
 * Get the number of addresses that were added.
 */
size_t kupf_pool_remembered_get_count(const kupf_pool_remembered_t *this);

/**
 * Find the address of a session, if it is remembered still.  This takes the
 * time of a binary search.
 *
 * @param hash		hash of the name of the session
 * @param place		[out] its place
 * @return			FALSE if there is none
 */
bool kupf_pool_remembered_find(const kupf_pool_remembered_t *this,
							   uint64_t hash, kupf_pool_place_t *place);

/**
 * Find an address that is remembered still, of whatever session.  What is not is
 * passed over once, so that this takes constant time on average.
 *
 * @param place		[out] its place
 * @return			FALSE if there is none any more
 */
bool kupf_pool_remembered_any(kupf_pool_remembered_t *this,
							  kupf_pool_place_t *place);

/**
 * Get those that are remembered still, in the order of their numbers.
 *
 * @param count		[out] number of them
 * @return			to be freed, NULL if there is no memory
 */
kupf_pool_had_t *kupf_pool_remembered_get_all(
									const kupf_pool_remembered_t *this,
									size_t *count);

/**
 * Destroy the object.
 */
void kupf_pool_remembered_destroy(kupf_pool_remembered_t *this);

#endif /** KUPF_POOL_REMEMBERED_H_ @}*/
