/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_index.h"
#include "kupf_identity.h"

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
 * Enumerates step by step: takes references under the lock of a shard, and
 * yields them without.
 */
struct shard_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** index */
	kupf_index_t *index;
	/** where the walk is */
	uint64_t cursor;
	/** sessions of the step that are not yielded yet */
	array_t *sessions;
	/** session that was yielded last, or NULL */
	kupf_session_t *current;
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
 * Double the buckets of a shard.  What came last stays first in its chain.
 */
static void grow(kupf_index_t *index, kupf_shard_t *shard)
{
	kupf_session_t **buckets, *session, **link, **ends[2], ***end;
	uint32_t more = shard->mask + 1, mask = 2 * shard->mask + 1, hash, i;

	buckets = calloc(mask + 1, sizeof(*buckets));
	if (!buckets)
	{	/* longer chains do as well */
		return;
	}
	for (i = 0; i <= shard->mask; i++)
	{
		ends[0] = &buckets[i];
		ends[1] = &buckets[i + more];
		for (session = shard->buckets[i]; session; session = *link)
		{
			link = get_link(index, session, &hash);
			end = &ends[(hash & more) != 0];
			**end = session;
			*end = link;
		}
		*ends[0] = *ends[1] = NULL;
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

/*
 * Described in header
 */
kupf_session_t *kupf_shard_get(kupf_shard_t *shard, uint32_t hash,
							   const char *name)
{
	kupf_session_t *session;
	kupf_session_links_t *links;

	session = kupf_shard_first(shard, hash);
	while (session)
	{
		links = kupf_session_links(session);
		if (links->name_hash == hash &&
			streq(kupf_session_get_name(session), name))
		{
			break;
		}
		session = links->name_next;
	}
	return session;
}

/**
 * Find a session by identity, as charon compares identities.  Inline, as others
 * might take the place of what is exported: each look-up would cost a call more.
 */
static inline kupf_session_t *find_alike(kupf_shard_t *shard, uint32_t hash,
										 id_type_t type, chunk_t id)
{
	kupf_session_t *session;
	kupf_session_links_t *links;
	id_type_t other_type;
	chunk_t other;

	session = kupf_shard_first(shard, hash);
	while (session)
	{
		links = kupf_session_links(session);
		if (links->id_hash == hash)
		{
			other = kupf_session_get_id(session, &other_type);
			if (kupf_identity_alike(type, id, other_type, other))
			{
				break;
			}
		}
		session = links->id_next;
	}
	return session;
}

/*
 * Described in header
 */
kupf_session_t *kupf_shard_find_alike(kupf_shard_t *shard, uint32_t hash,
									  id_type_t type, chunk_t id)
{
	return find_alike(shard, hash, type, id);
}

/*
 * Described in header
 */
kupf_session_t *kupf_shard_find(kupf_shard_t *shard, uint32_t hash,
								id_type_t type, chunk_t id)
{
	kupf_session_t *session;
	id_type_t other;

	/* there is but one that is alike */
	session = find_alike(shard, hash, type, id);
	return session && chunk_equals(kupf_session_get_id(session, &other), id) ?
		   session : NULL;
}

/**
 * Reverse the order of bits.
 */
static uint32_t reverse(uint32_t bits)
{
	bits = (bits & 0x55555555) << 1 | (bits >> 1 & 0x55555555);
	bits = (bits & 0x33333333) << 2 | (bits >> 2 & 0x33333333);
	bits = (bits & 0x0f0f0f0f) << 4 | (bits >> 4 & 0x0f0f0f0f);
	return __builtin_bswap32(bits);
}

/**
 * Get the bucket after another one, counting from the high bits of the mask to
 * the low ones: so those that a bucket is cut into when the shard doubles are
 * all before, or all after, where the walk is.
 *
 * @return			0 after the last one
 */
static uint32_t next_bucket(uint32_t bucket, uint32_t mask)
{
	return reverse(reverse(bucket | ~mask) + 1);
}

/**
 * Walk through a shard, up to so many sessions in all.
 */
static void walk_shard(kupf_index_t *index, uint64_t *cursor, array_t *sessions,
					   int enough)
{
	uint32_t number = *cursor >> 32, bucket = *cursor, hash;
	kupf_shard_t *shard = &index->shards[number];
	kupf_session_t *session;

	shard->lock->read_lock(shard->lock);
	do
	{
		session = shard->buckets[bucket & shard->mask];
		while (session)
		{
			array_insert(sessions, ARRAY_TAIL, kupf_session_ref(session));
			session = *get_link(index, session, &hash);
		}
		bucket = next_bucket(bucket, shard->mask);
	}
	while (bucket && array_count(sessions) < enough);
	shard->lock->unlock(shard->lock);
	*cursor = (uint64_t)(number + !bucket) << 32 | bucket;
}

/*
 * Described in header
 */
bool kupf_index_walk(kupf_index_t *index, uint64_t *cursor, array_t *sessions)
{
	int enough = array_count(sessions) + KUPF_INDEX_STEP, i;

	if (*cursor >> 32 == KUPF_INDEX_SHARDS)
	{
		return FALSE;
	}
	for (i = 0; i < KUPF_INDEX_STEP_SHARDS && array_count(sessions) < enough &&
				*cursor >> 32 < KUPF_INDEX_SHARDS; i++)
	{
		walk_shard(index, cursor, sessions, enough);
	}
	return TRUE;
}

/*
 * Described in header
 */
uint64_t kupf_index_locate(uint32_t hash)
{
	/* of a bucket only the bits of the mask count */
	return (uint64_t)(hash >> (32 - KUPF_INDEX_SHARD_BITS)) << 32 | hash;
}

/*
 * Described in header
 */
int kupf_index_compare(uint32_t a, uint32_t b)
{
	uint32_t shard_a = a >> (32 - KUPF_INDEX_SHARD_BITS);
	uint32_t shard_b = b >> (32 - KUPF_INDEX_SHARD_BITS);

	if (shard_a == shard_b)
	{
		a = reverse(a);
		b = reverse(b);
	}
	return (a > b) - (a < b);
}

METHOD(enumerator_t, shard_enumerate, bool,
	shard_enumerator_t *this, va_list args)
{
	kupf_session_t **session;

	VA_ARGS_VGET(args, session);

	kupf_session_unref(this->current);
	this->current = NULL;
	while (!array_remove(this->sessions, ARRAY_HEAD, &this->current))
	{
		if (!kupf_index_walk(this->index, &this->cursor, this->sessions))
		{
			return FALSE;
		}
	}
	*session = this->current;
	return TRUE;
}

METHOD(enumerator_t, shard_destroy, void,
	shard_enumerator_t *this)
{
	kupf_session_unref(this->current);
	while (array_remove(this->sessions, ARRAY_HEAD, &this->current))
	{
		kupf_session_unref(this->current);
	}
	array_destroy(this->sessions);
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
		.sessions = array_create(0, 0),
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
