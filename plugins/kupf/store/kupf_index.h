/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_index kupf_index
 * @{ @ingroup kupf
 *
 * Hash index of the store: a table that is cut into shards, with chains
 * through the links of the sessions.
 *
 * A shard is guarded by its lock, which the caller takes: for reading to
 * follow a chain, for writing to add and remove.  A shard doubles its buckets
 * when it has more sessions than buckets.
 */

#ifndef KUPF_INDEX_H_
#define KUPF_INDEX_H_

#include "kupf_session.h"

#include <collections/array.h>
#include <threading/rwlock.h>

/** Shards of an index, as a power of two */
#define KUPF_INDEX_SHARD_BITS 10

/** Shards of an index */
#define KUPF_INDEX_SHARDS (1 << KUPF_INDEX_SHARD_BITS)

/** Sessions after which a step of a walk is over */
#define KUPF_INDEX_STEP 32

/** Shards after which it is over, if they have fewer */
#define KUPF_INDEX_STEP_SHARDS 32

typedef struct kupf_index_t kupf_index_t;
typedef struct kupf_shard_t kupf_shard_t;
typedef enum kupf_index_kind_t kupf_index_kind_t;

/**
 * Which links of a session an index uses.
 */
enum kupf_index_kind_t {
	/** name_next and name_hash */
	KUPF_INDEX_NAME,
	/** id_next and id_hash */
	KUPF_INDEX_ID,
};

/**
 * Part of an index.
 */
struct kupf_shard_t {
	/** guards everything here and the links of the sessions in it */
	rwlock_t *lock;
	/** heads of the chains */
	kupf_session_t **buckets;
	/** number of buckets less one */
	uint32_t mask;
	/** number of sessions */
	uint32_t count;
};

/**
 * Create an index.
 */
kupf_index_t *kupf_index_create(kupf_index_kind_t kind);

/**
 * Destroy an index; it holds no sessions any more.
 */
void kupf_index_destroy(kupf_index_t *index);

/**
 * Get the shard for a hash: shards go by its high bits, buckets by its low.
 */
kupf_shard_t *kupf_index_get_shard(kupf_index_t *index, uint32_t hash);

/**
 * Fetch the head of the chain for a hash into the processor's cache.  Needs no
 * lock.
 */
void kupf_shard_prefetch(kupf_shard_t *shard, uint32_t hash);

/**
 * Add a session, whose hash is set, to its shard: in front of all others of
 * its chain.
 */
void kupf_index_add(kupf_index_t *index, kupf_shard_t *shard,
					kupf_session_t *session);

/**
 * Remove a session from its shard.
 *
 * @return			FALSE if it is not in the shard
 */
bool kupf_index_remove(kupf_index_t *index, kupf_shard_t *shard,
					   kupf_session_t *session);

/**
 * Walk through all sessions, with no lock held between two steps.  A step is
 * some buckets of a shard, or of some shards with few sessions.
 *
 * @param cursor	[in,out] where the walk is, 0 at its beginning
 * @param sessions	array of kupf_session_t*, to which references are added;
 *					about KUPF_INDEX_STEP at most
 * @return			FALSE if it was at its end
 */
bool kupf_index_walk(kupf_index_t *index, uint64_t *cursor, array_t *sessions);

/**
 * Get the cursor of the step of a walk that has sessions of a hash.
 */
uint64_t kupf_index_locate(uint32_t hash);

/**
 * Compare hashes in the order in which a walk comes to them.
 *
 * @return			less than, equal to or greater than 0
 */
int kupf_index_compare(uint32_t a, uint32_t b);

/**
 * Enumerate all sessions, as kupf_index_walk() does.
 *
 * @return			enumerator over kupf_session_t*
 */
enumerator_t *kupf_index_create_enumerator(kupf_index_t *index);

/**
 * Get the first session of the chain for a hash.
 *
 * @return			session, NULL if the chain is empty
 */
static inline kupf_session_t *kupf_shard_first(kupf_shard_t *shard,
											   uint32_t hash)
{
	return shard->buckets[hash & shard->mask];
}

/**
 * Find a session by name.
 *
 * @param shard		shard of the hash, of an index by name
 * @param hash		hash of the name
 * @return			session, valid as long as the shard is locked; NULL if there
 *					is none
 */
kupf_session_t *kupf_shard_get(kupf_shard_t *shard, uint32_t hash,
							   const char *name);

/**
 * Find a session by identity, as charon compares identities, see
 * kupf_identity_alike().
 *
 * @param shard		shard of the hash, of an index by identity
 * @param hash		hash of the identity
 * @return			session, valid as long as the shard is locked; NULL if there
 *					is none
 */
kupf_session_t *kupf_shard_find_alike(kupf_shard_t *shard, uint32_t hash,
									  id_type_t type, chunk_t id);

/**
 * Find a session by identity, octet by octet; else as above.
 */
kupf_session_t *kupf_shard_find(kupf_shard_t *shard, uint32_t hash,
								id_type_t type, chunk_t id);

#endif /** KUPF_INDEX_H_ @}*/
