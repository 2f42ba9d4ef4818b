/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_index.h"

/** Buckets that a shard starts with, a power of two */
#define BUCKETS_MIN 4

typedef struct shard_enumerator_t shard_enumerator_t;

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
 * Enumerates shard by shard: takes references under the lock of one, and
 * yields them without.
 */
struct shard_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** index */
	kupf_index_t *index;
	/** next shard */
	u_int shard;
	/** sessions of the current shard */
	kupf_session_t **sessions;
	/** number of sessions */
	u_int count;
	/** next session to yield */
	u_int pos;
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
	/* see kupf_shard_prefetch() */
	__atomic_store_n(&shard->buckets, buckets, __ATOMIC_RELAXED);
	__atomic_store_n(&shard->mask, mask, __ATOMIC_RELAXED);
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
void kupf_shard_prefetch(kupf_shard_t *shard, uint32_t hash)
{
	kupf_session_t **buckets;
	uint32_t mask;

	/* that they do not fit together, or are out of date, does no harm */
	buckets = __atomic_load_n(&shard->buckets, __ATOMIC_RELAXED);
	mask = __atomic_load_n(&shard->mask, __ATOMIC_RELAXED);
	__builtin_prefetch(buckets + (hash & mask));
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

/**
 * Drop the sessions that an enumerator holds.
 */
static void drop_sessions(shard_enumerator_t *this)
{
	u_int i;

	for (i = 0; i < this->count; i++)
	{
		kupf_session_unref(this->sessions[i]);
	}
	free(this->sessions);
	this->sessions = NULL;
	this->count = 0;
	this->pos = 0;
}

/**
 * Take references to the sessions of the next shard.
 */
static void take_sessions(shard_enumerator_t *this)
{
	kupf_shard_t *shard = &this->index->shards[this->shard++];
	kupf_session_t *session;
	uint32_t i, hash;

	shard->lock->read_lock(shard->lock);
	this->sessions = malloc(shard->count * sizeof(*this->sessions));
	for (i = 0; i <= shard->mask; i++)
	{
		session = shard->buckets[i];
		while (session)
		{
			this->sessions[this->count++] = kupf_session_ref(session);
			session = *get_link(this->index, session, &hash);
		}
	}
	shard->lock->unlock(shard->lock);
}

METHOD(enumerator_t, shard_enumerate, bool,
	shard_enumerator_t *this, va_list args)
{
	kupf_session_t **session;

	VA_ARGS_VGET(args, session);

	while (this->pos == this->count)
	{
		drop_sessions(this);
		if (this->shard == KUPF_INDEX_SHARDS)
		{
			return FALSE;
		}
		take_sessions(this);
	}
	*session = this->sessions[this->pos++];
	return TRUE;
}

METHOD(enumerator_t, shard_destroy, void,
	shard_enumerator_t *this)
{
	drop_sessions(this);
	free(this);
}

/*
 * Described in header
 */
enumerator_t *kupf_index_create_enumerator(kupf_index_t *index)
{
	shard_enumerator_t *enumerator;

	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _shard_enumerate,
			.destroy = _shard_destroy,
		},
		.index = index,
	);
	return &enumerator->public;
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
