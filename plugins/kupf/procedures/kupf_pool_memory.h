/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_pool_memory kupf_pool_memory
 * @{ @ingroup kupf
 *
 * Which session had which address of a pool, over the end of charon: UEs were
 * told them (TR 33.754, NIN3A with IPsec, step 6) and do not know of a restart.
 *
 * It is a file with a slot of 8 octets for each address of the pool, which has a
 * keyed hash of the session's name, and which run of charon that was.  A slot is
 * written when an address is given out or back, so nothing is lost if charon is
 * killed; and nothing at all is written before the first of these, so that a
 * second charon, which finds the socket taken, does not harm it.  After a change
 * of the pool's addresses those that are still in it are kept.
 *
 * What nobody has asked for in one run is forgotten at the next: no session has
 * that name any more.  But a run counts only from kupf_pool_memory_settle() on,
 * as charon may end again before all sessions are there.
 *
 * A file that is broken is begun anew; one that is not ours is left as it is.  A
 * file that cannot be written is logged once, and what was to be written is
 * forgotten.
 *
 * The lock of the pool guards it.
 */

#ifndef KUPF_POOL_MEMORY_H_
#define KUPF_POOL_MEMORY_H_

#include "kupf_pool_ranges.h"

typedef struct kupf_pool_memory_t kupf_pool_memory_t;

/**
 * Open the file, or create it, and mark the addresses in it as remembered.
 *
 * @param path		path; others than charon's user must not be able to write it
 * @param spec		what the ranges were made of
 * @param ranges	addresses of the pool, live as long as this
 * @return			memory, NULL if the file cannot be used (which is logged)
 */
kupf_pool_memory_t *kupf_pool_memory_create(const char *path, const char *spec,
											kupf_pool_ranges_t *ranges);

/**
 * Get the number of addresses that were marked as remembered.
 */
size_t kupf_pool_memory_get_count(const kupf_pool_memory_t *this);

/**
 * Find the address that a session had, if it is remembered still.  This takes
 * the time of a binary search.
 *
 * @param name		name of the session
 * @param place		[out] its place
 * @return			FALSE if there is none
 */
bool kupf_pool_memory_find(kupf_pool_memory_t *this, const char *name,
						   kupf_pool_place_t *place);

/**
 * Find an address that is remembered still, of whatever session.  What is not is
 * passed over once, so that this takes constant time on average.
 *
 * @param place		[out] its place
 * @return			FALSE if there is none any more
 */
bool kupf_pool_memory_any(kupf_pool_memory_t *this, kupf_pool_place_t *place);

/**
 * Write which session has an address now.
 *
 * @param place		place of the address
 * @param name		name of the session, NULL for none
 */
void kupf_pool_memory_set(kupf_pool_memory_t *this,
						  const kupf_pool_place_t *place, const char *name);

/**
 * All sessions that are to come back had the time for it: this run counts.
 */
void kupf_pool_memory_settle(kupf_pool_memory_t *this);

/**
 * Close the file.
 */
void kupf_pool_memory_destroy(kupf_pool_memory_t *this);

#endif /** KUPF_POOL_MEMORY_H_ @}*/
