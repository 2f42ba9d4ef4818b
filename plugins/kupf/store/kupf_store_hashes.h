/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_store_hashes kupf_store_hashes
 * @{ @ingroup kupf
 *
 * Hashes of names and identities, by which the store's indexes find sessions.
 * Identities that are the same to charon (kupf_identity_alike()) have the same.
 */

#ifndef KUPF_STORE_HASHES_H_
#define KUPF_STORE_HASHES_H_

#include "kupf_identity.h"
#include "kupf_session.h"

typedef struct kupf_store_hashes_t kupf_store_hashes_t;

/**
 * Hash function, for a test to exchange for a bad one.
 */
typedef uint32_t (*kupf_store_hash_t)(chunk_t data, uint32_t inc);

/**
 * Hashes of the name and the identity of a session.
 */
struct kupf_store_hashes_t {
	/** of the name */
	uint32_t name;
	/** of the identity */
	uint32_t id;
};

/**
 * Compute the hash of a name.
 */
static inline uint32_t kupf_store_hash_name(kupf_store_hash_t hash,
											const char *name)
{
	return hash(chunk_from_str((char*)name), 0);
}

/**
 * Compute the hash of an identity that is compared without regard to case.
 */
uint32_t kupf_store_hash_folded(kupf_store_hash_t hash, id_type_t type,
								chunk_t id);

/**
 * Compute the hash of an identity, the same for all that are alike.
 */
static inline uint32_t kupf_store_hash_id(kupf_store_hash_t hash,
										  id_type_t type, chunk_t id)
{
	return kupf_identity_is_folded(type) ?
		   kupf_store_hash_folded(hash, type, id) : hash(id, type);
}

/**
 * Compute the hashes of a name and an identity.
 */
static inline kupf_store_hashes_t kupf_store_hashes(kupf_store_hash_t hash,
													const char *name,
													id_type_t type, chunk_t id)
{
	return (kupf_store_hashes_t){
		.name = kupf_store_hash_name(hash, name),
		.id = kupf_store_hash_id(hash, type, id),
	};
}

/**
 * Set the hashes of a session that is new to a store.
 *
 * @param hashes	hashes, NULL to compute them
 * @return			links of the session
 */
kupf_session_links_t *kupf_store_hashes_set(kupf_store_hash_t hash,
											kupf_session_t *session,
											const kupf_store_hashes_t *hashes);

#endif /** KUPF_STORE_HASHES_H_ @}*/
