/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_prefixes kupf_prefixes
 * @{ @ingroup kupf
 *
 * Counts for kupf_holders how many addresses there are in each IPv6 prefix, in
 * the space of a DNN.  Of the DNN there is the hash alone: should two have one,
 * a prefix is taken for used by both.
 *
 * An open hash table with linear probing, of which a quarter at least is empty.
 * It has no lock.
 */

#ifndef KUPF_PREFIXES_H_
#define KUPF_PREFIXES_H_

#include "kupf_address.h"

typedef struct kupf_prefix_count_t kupf_prefix_count_t;
typedef struct kupf_prefixes_t kupf_prefixes_t;

/**
 * A table; what is in it is for its functions only.
 */
struct kupf_prefixes_t {
	/** slots, each at its hash or behind it, with no empty one between */
	kupf_prefix_count_t *slots;
	/** number of slots less one */
	uint32_t mask;
	/** slots that are not empty */
	uint32_t count;
};

/**
 * Make an empty table.
 */
void kupf_prefixes_init(kupf_prefixes_t *this);

/**
 * Whether there is any address in a prefix.
 *
 * @param hash		hash of the prefix and its space
 */
bool kupf_prefixes_has(const kupf_prefixes_t *this,
					   const kupf_address_t *prefix, uint32_t hash);

/**
 * Have room for prefixes.
 *
 * @param count		how many more there may be
 * @return			FALSE if memory is exhausted
 */
bool kupf_prefixes_reserve(kupf_prefixes_t *this, uint32_t count);

/**
 * Count an address that comes into a prefix, for which there is room.
 *
 * @param hash		hash of the prefix and its space
 */
void kupf_prefixes_add(kupf_prefixes_t *this, const kupf_address_t *prefix,
					   uint32_t hash);

/**
 * An address that was counted goes.
 *
 * @param hash		hash of the prefix and its space
 */
void kupf_prefixes_remove(kupf_prefixes_t *this, const kupf_address_t *prefix,
						  uint32_t hash);

/**
 * Free what a table has.
 */
void kupf_prefixes_clear(kupf_prefixes_t *this);

#endif /** KUPF_PREFIXES_H_ @}*/
