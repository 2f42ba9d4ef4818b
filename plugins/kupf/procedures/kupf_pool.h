/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_pool kupf_pool
 * @{ @ingroup kupf
 *
 * Addresses of the UPF for IPsec, one for each session (TR 33.754, NIN3A with
 * IPsec, step 6).
 *
 * The pool is made of prefixes and ranges.  Of an IPv4 prefix shorter than /31
 * the first and the last address are left out, of an IPv6 prefix shorter than
 * /127 the first (Subnet-Router anycast, RFC 4291).  Of a range of more than
 * KUPF_POOL_RANGE_MAX (kupf_pool_ranges.h) addresses only the first so many are
 * used.
 *
 * A released address is not allocated again for some time, as TS 23.501
 * 5.32.6.2.2 NOTE 2 asks for; a client that names it gets it at once.
 *
 * The pool can remember over a restart which session had which address
 * (kupf_pool_memory).  A session that names none gets the one that it had, and
 * others get that only if no other is left, and not before the time of the
 * quarantine has passed.
 *
 * If addresses are shared, sessions get them in turn, none is ever held, and
 * what follows about holding and remembering does not apply.
 *
 * Any thread may call; the lock is a leaf.
 */

#ifndef KUPF_POOL_H_
#define KUPF_POOL_H_

#include "kupf/kupf_error.h"
#include "kupf/store/kupf_session.h"

typedef struct kupf_pool_t kupf_pool_t;
typedef enum kupf_pool_status_t kupf_pool_status_t;

enum kupf_pool_status_t {
	/** the address is held now */
	KUPF_POOL_OK,
	/** the address is not one of the pool's */
	KUPF_POOL_OUTSIDE,
	/** the address is held already */
	KUPF_POOL_IN_USE,
	/** all addresses are held, in quarantine, or remembered for others */
	KUPF_POOL_EXHAUSTED,
	/** only addresses that are named are held */
	KUPF_POOL_CLOSED,
};

struct kupf_pool_t {

	/**
	 * Whether the pool has any address at all.  If it has none, addresses are
	 * not managed here: sessions may share the address that the client names,
	 * or have none.
	 */
	bool (*is_managed)(kupf_pool_t *this);

	/**
	 * Whether an address is one of the pool's, held or not.
	 */
	bool (*contains)(kupf_pool_t *this, const kupf_address_t *address);

	/**
	 * Hold an address that the client names.
	 *
	 * @param name		name of the session
	 * @return			KUPF_POOL_OK, _OUTSIDE or _IN_USE
	 */
	kupf_pool_status_t (*reserve)(kupf_pool_t *this, const char *name,
								  const kupf_address_t *address);

	/**
	 * Hold the address that a session had before charon's start, or the next
	 * free one.
	 *
	 * @param name		name of the session
	 * @param now		time_monotonic(), seconds
	 * @param address	[out] address
	 * @return			KUPF_POOL_OK, _EXHAUSTED or _CLOSED
	 */
	kupf_pool_status_t (*allocate)(kupf_pool_t *this, const char *name,
								   time_t now, kupf_address_t *address);

	/**
	 * Give an address back; it goes into quarantine.
	 *
	 * @param address	address that reserve() or allocate() held
	 * @param now		time_monotonic(), seconds
	 */
	void (*release)(kupf_pool_t *this, const kupf_address_t *address,
					time_t now);

	/**
	 * Remember over a restart which session has which address, from now on, and
	 * what is remembered from before.  To be called once, before any address is
	 * held.
	 *
	 * @param path		file for it
	 * @param now		time_monotonic(), seconds
	 */
	void (*remember)(kupf_pool_t *this, const char *path, time_t now);

	/**
	 * Close the pool: as long as it is, no address is held that nobody has
	 * named and that is not remembered.  It is open when it is created.
	 */
	void (*set_closed)(kupf_pool_t *this, bool closed);

	/**
	 * Count addresses.
	 *
	 * @param now			time_monotonic(), seconds
	 * @param held			[out] held by sessions
	 * @param quarantined	[out] in quarantine, or remembered for a session
	 * @return				all addresses
	 */
	uint64_t (*get_count)(kupf_pool_t *this, time_t now, uint64_t *held,
						  uint64_t *quarantined);

	/**
	 * Destroy the pool.
	 */
	void (*destroy)(kupf_pool_t *this);
};

/**
 * Create a pool.
 *
 * @param spec			prefixes, ranges (first-last) and addresses, separated
 *						by comma or space; NULL or empty for none
 * @param quarantine	seconds that a released address is not allocated
 * @param shared		whether any number of sessions may have an address
 * @return				pool, NULL if the text is wrong (which is logged)
 */
kupf_pool_t *kupf_pool_create(const char *spec, u_int quarantine, bool shared);

/**
 * Hold the address of the UPF that a session names, or any.
 *
 * @param pool		addresses
 * @param data		[in,out] contents of the session: address, and whether it is
 *					held in the pool
 * @param error		[out] error: address not in the pool, held, none left
 * @return			FALSE with error set
 */
bool kupf_pool_take(kupf_pool_t *pool, kupf_session_data_t *data,
					 kupf_error_t *error);

/**
 * Give the address of a session back, if it is held in the pool.
 *
 * @param pool		addresses
 * @param data		contents of the session
 */
void kupf_pool_drop(kupf_pool_t *pool, const kupf_session_data_t *data);

#endif /** KUPF_POOL_H_ @}*/
