/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_holders kupf_holders
 * @{ @ingroup kupf
 *
 * The memory of kupf_ue_addresses: which sessions hold an inner address or
 * prefix in the space of their DNN (kupf_space), found by that, and whether any
 * holds an address in a prefix.  It has no lock and no rules, and any number of
 * sessions may hold one.
 *
 * An open hash table (keyed SipHash of libstrongswan, linear probing) with a
 * slot of 16 octets for each address of each session; a quarter of the slots at
 * least is empty.  It is cut into parts by the high bits of the hash, which
 * double on their own, so that nobody waits for more than one of them.  So do the
 * tables beside them that count the IPv6 addresses in each prefix
 * (kupf_prefixes).
 */

#ifndef KUPF_HOLDERS_H_
#define KUPF_HOLDERS_H_

#include "kupf_session.h"

typedef struct kupf_holders_t kupf_holders_t;
typedef struct kupf_holder_t kupf_holder_t;
typedef struct kupf_holders_key_t kupf_holders_key_t;

/**
 * A slot: a session holds an address.
 */
struct kupf_holder_t {
	/** the session, a reference; NULL if the slot is empty */
	kupf_session_t *session;
	/** hash of the address in its space */
	uint32_t hash;
	/** index of the address in the session */
	uint8_t index;
	/** whether the session has left, and the address is in quarantine */
	bool left;
};

/**
 * Create an empty table.
 */
kupf_holders_t *kupf_holders_create();

/**
 * An address and what finds it: hashes are computed once for all that is done.
 */
struct kupf_holders_key_t {
	/** address or prefix, stays with the caller */
	const kupf_address_t *address;
	/** DNN whose address it is, NULL if not known; stays with the caller */
	const char *dnn;
	/** prefix that it is in, AF_UNSPEC if it is in none */
	kupf_address_t prefix;
	/** their hashes */
	uint32_t hash, prefix_hash;
};

/**
 * Get the address that a session holds.
 */
const kupf_address_t *kupf_holder_address(const kupf_holder_t *holder);

/**
 * Compute the hashes of an address and of the prefix that it is in.
 *
 * @param key		[out] key
 * @param address	address or prefix
 * @param dnn		DNN of the session that has it, or NULL
 */
void kupf_holders_key(kupf_holders_key_t *key, const kupf_address_t *address,
					  const char *dnn);

/**
 * Get the next one that holds an address.
 *
 * @param address	address or prefix
 * @param dnn		DNN in whose space it is, or NULL
 * @param hash		its hash, see kupf_holders_key_t
 * @param pos		[in,out] where to look, the hash at first
 * @return			slot, valid until the table changes; NULL if there is none
 */
kupf_holder_t *kupf_holders_next(kupf_holders_t *holders,
								 const kupf_address_t *address, const char *dnn,
								 uint32_t hash, uint32_t *pos);

/**
 * Find the slot of a session for one of its addresses.
 *
 * @return			slot, valid until the table changes; NULL if there is none
 */
kupf_holder_t *kupf_holders_find(kupf_holders_t *holders,
								 kupf_session_t *session,
								 const kupf_holders_key_t *key);

/**
 * Find the slot of another session of the same name for an address.
 *
 * @param left		whether one that has left is looked for, or one that has not
 * @return			slot, valid until the table changes; NULL if there is none
 */
kupf_holder_t *kupf_holders_find_namesake(kupf_holders_t *holders,
										  kupf_session_t *session,
										  const kupf_holders_key_t *key,
										  bool left);

/**
 * Whether anybody holds an address in a prefix; the prefix as a whole does not
 * count.
 */
bool kupf_holders_has_within(kupf_holders_t *holders,
							 const kupf_holders_key_t *prefix);

/**
 * Have room for the addresses of a session, all of them.
 *
 * @param keys		the addresses
 * @param count		how many they are
 * @return			FALSE if memory is exhausted
 */
bool kupf_holders_reserve(kupf_holders_t *holders,
						  const kupf_holders_key_t *keys, u_int count);

/**
 * Add an address, for which there is room.
 *
 * @param session	session, the slot takes a reference
 * @param index		index of the address in the session
 * @param key		the address
 */
void kupf_holders_add(kupf_holders_t *holders, kupf_session_t *session,
					  u_int index, const kupf_holders_key_t *key);

/**
 * Empty a slot; others may move.
 */
void kupf_holders_remove(kupf_holders_t *holders, kupf_holder_t *holder);

/**
 * Get the number of slots that are not empty.
 */
uint32_t kupf_holders_get_count(kupf_holders_t *holders);

/**
 * Destroy the table, and drop its references.
 */
void kupf_holders_destroy(kupf_holders_t *holders);

#endif /** KUPF_HOLDERS_H_ @}*/
