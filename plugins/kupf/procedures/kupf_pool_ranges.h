/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_pool_ranges kupf_pool_ranges
 * @{ @ingroup kupf
 *
 * The addresses that a pool is made of, with a bit for each that is taken, and
 * one for each that is remembered to have been given out before charon's start.
 *
 * Which prefixes and ranges there are never changes.  Whatever else is guarded
 * by the lock of the pool, but for kupf_pool_ranges_contain() and _get_size().
 */

#ifndef KUPF_POOL_RANGES_H_
#define KUPF_POOL_RANGES_H_

#include "kupf/store/kupf_address.h"

/** Most addresses used of one prefix or range */
#define KUPF_POOL_RANGE_MAX (1 << 24)

typedef struct kupf_pool_ranges_t kupf_pool_ranges_t;
typedef struct kupf_pool_range_t kupf_pool_range_t;
typedef struct kupf_pool_place_t kupf_pool_place_t;

/**
 * Where an address is.
 */
struct kupf_pool_place_t {
	/** range that has it, lives as long as the ranges do */
	kupf_pool_range_t *range;
	/** position in the range */
	uint32_t offset;
};

/**
 * Create the ranges, no address of them taken.
 *
 * @param spec		prefixes, ranges (first-last) and addresses, separated by
 *					comma or space; NULL or empty for none
 * @return			ranges, NULL if the text is wrong, or an address in it twice
 */
kupf_pool_ranges_t *kupf_pool_ranges_create(const char *spec);

/**
 * Get the number of addresses.
 */
uint64_t kupf_pool_ranges_get_size(const kupf_pool_ranges_t *ranges);

/**
 * Whether there is an address, or any of a prefix.
 */
bool kupf_pool_ranges_contain(const kupf_pool_ranges_t *ranges,
							  const kupf_address_t *address);

/**
 * Find the place of an address.
 *
 * @param place		[out] place
 * @return			FALSE if there is no such address
 */
bool kupf_pool_ranges_find(const kupf_pool_ranges_t *ranges,
						   const kupf_address_t *address,
						   kupf_pool_place_t *place);

/**
 * Get the number of an address: they are counted from 0 on, in the order of the
 * configuration.
 */
uint64_t kupf_pool_place_number(const kupf_pool_place_t *place);

/**
 * Find the place of the address of a number.
 *
 * @param place		[out] place
 * @return			FALSE if there are not so many
 */
bool kupf_pool_ranges_place(const kupf_pool_ranges_t *ranges, uint64_t number,
							kupf_pool_place_t *place);

/**
 * Get the next address that is neither taken nor remembered and that this has
 * never got.  Others are passed over once, so that this takes constant time on
 * average.
 *
 * @param place		[out] its place
 * @return			FALSE if there is none any more
 */
bool kupf_pool_ranges_fresh(kupf_pool_ranges_t *ranges,
							kupf_pool_place_t *place);

/**
 * Get the next address in turn, all around the ranges, taken or not.
 *
 * @param place		[out] its place
 * @return			FALSE if there are no addresses at all
 */
bool kupf_pool_ranges_next(kupf_pool_ranges_t *ranges,
						   kupf_pool_place_t *place);

/**
 * Whether an address is taken.
 */
bool kupf_pool_place_is_taken(const kupf_pool_place_t *place);

/**
 * Remember an address, until it is taken.
 */
void kupf_pool_place_remember(const kupf_pool_place_t *place);

/**
 * Whether an address is remembered.
 */
bool kupf_pool_place_is_remembered(const kupf_pool_place_t *place);

/**
 * Take an address, for ever: who gives it away again keeps account of that.
 */
void kupf_pool_place_take(const kupf_pool_place_t *place);

/**
 * Get the address of a place.
 *
 * @param address	[out] address
 */
void kupf_pool_place_address(const kupf_pool_place_t *place,
							 kupf_address_t *address);

/**
 * Destroy the ranges.
 */
void kupf_pool_ranges_destroy(kupf_pool_ranges_t *ranges);

#endif /** KUPF_POOL_RANGES_H_ @}*/
