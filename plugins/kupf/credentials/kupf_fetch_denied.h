/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_fetch_denied kupf_fetch_denied
 * @{ @ingroup kupf
 *
 * Identities of which the SMF side had no key a moment ago.
 *
 * A table of fixed size that holds hashes, not identities: SipHash of 64 bits
 * with a key that nobody outside of this process knows.  If two identities
 * have the same one, whose key is not there is refused for both, for as long as
 * the entry lives; with 8192 entries that is one chance in 2^51 for each
 * identity, and nobody can look for such a pair.  If a flood fills a set of
 * the table, the entry that would end first is given up: that identity is
 * asked for again, which the caller limits in another way.
 *
 * Not thread-safe: the caller has a lock.
 */

#ifndef KUPF_FETCH_DENIED_H_
#define KUPF_FETCH_DENIED_H_

#include <library.h>
#include <utils/identification.h>

typedef struct kupf_fetch_denied_t kupf_fetch_denied_t;

struct kupf_fetch_denied_t {

	/**
	 * Remember an identity.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @param now		time_monotonic() in ms
	 */
	void (*add)(kupf_fetch_denied_t *this, id_type_t type, chunk_t id,
				uint64_t now);

	/**
	 * Whether an identity is remembered.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @param now		time_monotonic() in ms
	 */
	bool (*has)(kupf_fetch_denied_t *this, id_type_t type, chunk_t id,
				uint64_t now);

	/**
	 * Forget an identity.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 */
	void (*remove)(kupf_fetch_denied_t *this, id_type_t type, chunk_t id);

	/**
	 * Get the number of identities in the table, also those that are not
	 * remembered any more.
	 */
	u_int (*get_count)(kupf_fetch_denied_t *this);

	/**
	 * Destroy the table.
	 */
	void (*destroy)(kupf_fetch_denied_t *this);
};

/**
 * Create the table.
 *
 * @param ttl		how long an identity is remembered, ms; 0 for not at all
 * @return			table, NULL if the kernel has no randomness
 */
kupf_fetch_denied_t *kupf_fetch_denied_create(uint64_t ttl);

#endif /** KUPF_FETCH_DENIED_H_ @}*/
