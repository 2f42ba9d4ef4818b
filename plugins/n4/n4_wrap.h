/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_wrap n4_wrap
 * @{ @ingroup n4
 *
 * Keys that an SMF has wrapped for the engine: AES-256-GCM (NIST SP 800-38D) with
 * a key that both have, by libcrypto if it was there when this was built.
 *
 * The nonce has 12 octets, of which the last 8 are a number that goes up by one
 * with each key that is wrapped.  The last N4_WRAP_WINDOW numbers are taken in
 * any order, each once; older ones are not taken.
 */

#ifndef N4_WRAP_H_
#define N4_WRAP_H_

#include "n4_content.h"

/** Octets of the key that keys are wrapped with, of a nonce, and of the tag */
#define N4_WRAP_KEY 32
#define N4_WRAP_NONCE 12
#define N4_WRAP_TAG 16

/** Octets of a wrapped key: nonce, key, tag */
#define N4_WRAP_SIZE (N4_WRAP_NONCE + N4_KEY_SIZE + N4_WRAP_TAG)

/** Numbers that may be late */
#define N4_WRAP_WINDOW 1024

/** Parts of additional data, at most */
#define N4_WRAP_PARTS 3

typedef struct n4_wrap_t n4_wrap_t;

/**
 * What a receiver knows.  All zero is nothing: no key can be unwrapped.
 */
struct n4_wrap_t {
	/** key, in memory of n4_pages_take(); NULL for none */
	n4_content_t *key;
	/** greatest number that was taken, and whether there was one */
	uint64_t last;
	bool began;
	/** those of the window that were taken, by number modulo its size */
	uint64_t taken[N4_WRAP_WINDOW / 64];
};

/**
 * Whether this was built with libcrypto.
 */
bool n4_wrap_is_there(void);

/**
 * Unwrap a key.
 *
 * @param self		what is known; the number is taken on success
 * @param wrapped	wrapped key, N4_WRAP_SIZE octets
 * @param data		additional data, N4_WRAP_PARTS parts in their order
 * @param key		[out] key, N4_KEY_SIZE octets; wiped on failure
 * @return			FALSE if it was wrapped with another key or for other data,
 *					was changed, or its number was taken or is too old
 */
bool n4_wrap_open(n4_wrap_t *self, wire_octets_t wrapped,
				  const wire_octets_t data[N4_WRAP_PARTS], uint8_t *key);

#endif /** N4_WRAP_H_ @}*/
