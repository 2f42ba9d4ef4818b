/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_slab kupf_slab
 * @{ @ingroup kupf
 *
 * Memory for millions of small objects of several sizes: sessions.  Not for
 * keys, which have kupf_secret.
 *
 * Pages are cut into blocks of one size each; sizes are multiples of 16 octets.
 * An object has no head of its own.  A block whose objects are all given back
 * goes back to the system, but for one of each size, so that the waste is
 * bounded: 8 octets of an object on average, one block of each size, and what
 * those blocks have free that still hold an object.
 *
 * All functions may be called by any thread.  With the address sanitizer what
 * is free is poisoned.
 */

#ifndef KUPF_SLAB_H_
#define KUPF_SLAB_H_

#include <library.h>

/** Largest object from a block, octets; larger ones are malloc()'s */
#define KUPF_SLAB_MAX 512

/** Octets of a block */
#define KUPF_SLAB_BLOCK (64 * 1024)

/**
 * Allocate an object.
 *
 * @param size		octets, at least 1
 * @return			memory, aligned to 16 octets, not initialized; to be given to
 *					kupf_slab_free(), NULL if memory is exhausted
 */
void *kupf_slab_alloc(size_t size);

/**
 * Give an object back.
 *
 * @param object	from kupf_slab_alloc(), or NULL
 * @param size		the size that was asked for
 */
void kupf_slab_free(void *object, size_t size);

/**
 * Get the octets of all blocks.
 */
size_t kupf_slab_get_size();

#endif /** KUPF_SLAB_H_ @}*/
