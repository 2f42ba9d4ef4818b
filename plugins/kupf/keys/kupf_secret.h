/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_secret kupf_secret
 * @{ @ingroup kupf
 *
 * Memory for key bytes.
 *
 * Key bytes live in pages of their own, which are left out of core dumps
 * (MADV_DONTDUMP) and, where RLIMIT_MEMLOCK allows, kept out of swap (mlock).
 * They are wiped when they are given back.  A million keys of 32 octets cost
 * 32 octets each, plus one page in 256 for bookkeeping.
 *
 * All functions may be called by any thread.
 */

#ifndef KUPF_SECRET_H_
#define KUPF_SECRET_H_

#include <library.h>

/** Shortest key accepted, octets: K_UPF, the output of TS 33.220 Annex B */
#define KUPF_KEY_MIN 32

/** Longest key accepted, octets: a pre-configured PSK */
#define KUPF_KEY_MAX 64

/** Octets in front of a buffer of kupf_secret_alloc(): one that is to fill pages
 * is so much less */
#define KUPF_SECRET_HEAD 64

/**
 * Whether a key may be used at all.  An empty secret would make charon fall
 * back to SK_p, which is an authentication bypass (get_psk_sig() in its
 * keymat_v2.c), and so would be a key that everybody can guess.
 *
 * @param key		key bytes
 * @return			TRUE if 32 to 64 octets and not all zero
 */
bool kupf_secret_acceptable(chunk_t key);

/**
 * Copy a key into protected memory.
 *
 * @param key		key bytes, kupf_secret_acceptable()
 * @return			the copy, to be given to kupf_secret_destroy(); NULL if the
 *					key is not acceptable or memory is exhausted
 */
uint8_t *kupf_secret_create(chunk_t key);

/**
 * Wipe a key and give its memory back.
 *
 * @param secret	from kupf_secret_create(), or NULL
 * @param len		its length, octets
 */
void kupf_secret_destroy(uint8_t *secret, size_t len);

/**
 * Whether some key may have been swapped out, since RLIMIT_MEMLOCK did not allow
 * to lock its memory.
 */
bool kupf_secret_is_swappable();

/**
 * Allocate pages for a buffer that keys pass through.  It is left out of core
 * dumps.  It is kept out of swap if it is small, up to a limit for all of them
 * (1 MiB): what clients can make more of leaves RLIMIT_MEMLOCK to the keys.
 *
 * @param size		octets
 * @return			zeroed memory, to be given to kupf_secret_free(), or NULL
 */
void *kupf_secret_alloc(size_t size);

/**
 * Wipe such a buffer and give it back.
 *
 * @param buffer	from kupf_secret_alloc(), or NULL
 * @param size		the size that was asked for, octets
 */
void kupf_secret_free(void *buffer, size_t size);

#endif /** KUPF_SECRET_H_ @}*/
