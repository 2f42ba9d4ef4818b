/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_index.h"

/** Buckets that a shard starts with, a power of two */
#define BUCKETS_MIN 4

/**
 * An index.
 */
struct kupf_index_t {
	/** which links it uses */
	kupf_index_kind_t kind;
	/** shards */
	kupf_shard_t shards[KUPF_INDEX_SHARDS];
};

/**
 * Get the link and the hash of a session.
 */
static inline kupf_session_t **get_link(kupf_index_t *index,
										kupf_session_t *session,
										uint32_t *hash)
{
	kupf_session_links_t *links = kupf_session_links(session);

	if (index->kind == KUPF_INDEX_NAME)
	{
		*hash = links->name_hash;
		return &links->name_next;
	}
	*hash = links->id_hash;
	return &links->id_next;
}

/**
 * Double the buckets of a shard.
 */
static void grow(kupf_index_t *index, kupf_shard_t *shard)
{
	kupf_session_t **buckets, *session, **link;
	uint32_t mask = 2 * shard->mask + 1, hash, i;

	buckets = calloc(mask + 1, sizeof(*buckets));
	if (!buckets)
	{	/* longer chains do as well */
		return;
	}
	for (i = 0; i <= shard->mask; i++)
	{
		while ((session = shard->buckets[i]))
		{
			link = get_link(index, session, &hash);
			shard->buckets[i] = *link;
			*link = buckets[hash & mask];
			buckets[hash & mask] = session;
		}
	}
	free(shard->buckets);
	shard->buckets = buckets;
	shard->mask = mask;
}

/*
 * Described in header
 */
kupf_shard_t *kupf_index_get_shard(kupf_index_t *index, uint32_t hash)
{
	return &index->shards[hash >> (32 - KUPF_INDEX_SHARD_BITS)];
}

/*
 * Described in header
 */
kupf_shard_t *kupf_index_get_nth(kupf_index_t *index, u_int shard)
{
	return &index->shards[shard];
}

/*
 * Described in header
 */
void kupf_index_add(kupf_index_t *index, kupf_shard_t *shard,
					kupf_session_t *session)
{
	kupf_session_t **link;
	uint32_t hash;

	if (shard->count++ > shard->mask)
	{
		grow(index, shard);
	}
	link = get_link(index, session, &hash);
	*link = shard->buckets[hash & shard->mask];
	shard->buckets[hash & shard->mask] = session;
}

/*
 * Described in header
 */
bool kupf_index_remove(kupf_index_t *index, kupf_shard_t *shard,
					   kupf_session_t *session)
{
	kupf_session_t **pos, **link;
	uint32_t hash;

	link = get_link(index, session, &hash);
	pos = &shard->buckets[hash & shard->mask];
	while (*pos && *pos != session)
	{
		pos = get_link(index, *pos, &hash);
	}
	if (!*pos)
	{
		return FALSE;
	}
	*pos = *link;
	*link = NULL;
	shard->count--;
	return TRUE;
}

/*
 * Described in header
 */
kupf_index_t *kupf_index_create(kupf_index_kind_t kind)
{
	kupf_index_t *index;
	int i;

	INIT(index,
		.kind = kind,
	);
	for (i = 0; i < KUPF_INDEX_SHARDS; i++)
	{
		index->shards[i].lock = rwlock_create(RWLOCK_TYPE_DEFAULT);
		index->shards[i].buckets = calloc(BUCKETS_MIN,
										  sizeof(kupf_session_t*));
		index->shards[i].mask = BUCKETS_MIN - 1;
	}
	return index;
}

/*
 * Described in header
 */
void kupf_index_destroy(kupf_index_t *index)
{
	int i;

	for (i = 0; i < KUPF_INDEX_SHARDS; i++)
	{
		index->shards[i].lock->destroy(index->shards[i].lock);
		free(index->shards[i].buckets);
	}
	free(index);
}
