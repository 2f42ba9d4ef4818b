/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_index.h"

#include <threading/rwlock.h>

/** Shards, a power of two */
#define SHARDS 64

/** Buckets of a shard that has anything, a power of two */
#define BUCKETS_MIN 16

typedef struct private_kupf_psk_index_t private_kupf_psk_index_t;
typedef struct shard_t shard_t;
typedef struct entry_t entry_t;

/**
 * An identity of a session.
 */
struct entry_t {
	/** next one in the same bucket */
	entry_t *next;
	/** session */
	kupf_session_t *session;
	/** hash of the identity */
	uint32_t hash;
	/** form of the key */
	uint8_t form;
	/** octets of the identity */
	uint8_t len;
	/** the identity */
	uint8_t id[];
};

/**
 * Part of the index, by the low bits of the hash.
 */
struct shard_t {
	/** guards it */
	rwlock_t *lock;
	/** buckets, NULL as long as it has had nothing */
	entry_t **buckets;
	/** number of buckets, a power of two */
	u_int size;
	/** number of entries */
	u_int count;
};

/**
 * Private data of an index.
 */
struct private_kupf_psk_index_t {
	/** public interface */
	kupf_psk_index_t public;
	/** shards */
	shard_t shards[SHARDS];
};

/**
 * Get the shard of a hash.
 */
static shard_t *get_shard(private_kupf_psk_index_t *this, uint32_t hash)
{
	return &this->shards[hash % SHARDS];
}

/**
 * Get the bucket of a hash, in a shard that has buckets.
 */
static entry_t **get_bucket(shard_t *shard, uint32_t hash)
{
	return &shard->buckets[hash / SHARDS % shard->size];
}

/**
 * Whether an entry is that of an identity.
 */
static bool is_of(const entry_t *entry, uint32_t hash, chunk_t id)
{
	return entry->hash == hash && entry->len == id.len &&
		   memeq(entry->id, id.ptr, id.len);
}

/**
 * Double the buckets of a shard.
 */
static void grow(shard_t *shard)
{
	entry_t **old = shard->buckets, **bucket, *entry;
	u_int i, before = shard->size;

	shard->size = before ? 2 * before : BUCKETS_MIN;
	shard->buckets = calloc(shard->size, sizeof(entry_t*));
	for (i = 0; i < before; i++)
	{
		while ((entry = old[i]))
		{
			old[i] = entry->next;
			bucket = get_bucket(shard, entry->hash);
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	free(old);
}

/**
 * Find the pointer to the entry of a session.
 *
 * @return			NULL if there is none
 */
static entry_t **find_entry(shard_t *shard, uint32_t hash, chunk_t id,
							kupf_session_t *session)
{
	entry_t **pos;

	if (!shard->size)
	{
		return NULL;
	}
	for (pos = get_bucket(shard, hash); *pos; pos = &(*pos)->next)
	{
		if (is_of(*pos, hash, id) && (*pos)->session == session)
		{
			return pos;
		}
	}
	return NULL;
}

METHOD(kupf_psk_index_t, add, void,
	private_kupf_psk_index_t *this, chunk_t id, u_int form,
	kupf_session_t *session)
{
	uint32_t hash = chunk_hash(id);
	shard_t *shard = get_shard(this, hash);
	entry_t *entry, **bucket;

	shard->lock->write_lock(shard->lock);
	if (!find_entry(shard, hash, id, session))
	{
		if (shard->count >= shard->size)
		{
			grow(shard);
		}
		entry = malloc(sizeof(entry_t) + id.len);
		entry->session = kupf_session_ref(session);
		entry->hash = hash;
		entry->form = form;
		entry->len = id.len;
		memcpy(entry->id, id.ptr, id.len);
		bucket = get_bucket(shard, hash);
		entry->next = *bucket;
		*bucket = entry;
		shard->count++;
	}
	shard->lock->unlock(shard->lock);
}

METHOD(kupf_psk_index_t, remove_, bool,
	private_kupf_psk_index_t *this, chunk_t id, kupf_session_t *session)
{
	uint32_t hash = chunk_hash(id);
	shard_t *shard = get_shard(this, hash);
	entry_t *entry = NULL, **pos;

	shard->lock->write_lock(shard->lock);
	pos = find_entry(shard, hash, id, session);
	if (pos)
	{
		entry = *pos;
		*pos = entry->next;
		shard->count--;
	}
	shard->lock->unlock(shard->lock);
	if (entry)
	{
		kupf_session_unref(entry->session);
		free(entry);
	}
	return entry != NULL;
}

METHOD(kupf_psk_index_t, find, kupf_session_t*,
	private_kupf_psk_index_t *this, chunk_t id, kupf_psk_index_counts_t counts,
	void *user, u_int *form, bool *many)
{
	uint32_t hash = chunk_hash(id);
	shard_t *shard = get_shard(this, hash);
	kupf_session_t *found = NULL;
	entry_t *entry;

	*many = FALSE;
	shard->lock->read_lock(shard->lock);
	entry = shard->size ? *get_bucket(shard, hash) : NULL;
	for (; entry && !*many; entry = entry->next)
	{
		if (is_of(entry, hash, id) && counts(user, entry->session))
		{
			*many = found != NULL;
			found = entry->session;
			*form = entry->form;
		}
	}
	found = found && !*many ? kupf_session_ref(found) : NULL;
	shard->lock->unlock(shard->lock);
	return found;
}

METHOD(kupf_psk_index_t, get_count, u_int,
	private_kupf_psk_index_t *this)
{
	u_int i, count = 0;

	for (i = 0; i < SHARDS; i++)
	{
		this->shards[i].lock->read_lock(this->shards[i].lock);
		count += this->shards[i].count;
		this->shards[i].lock->unlock(this->shards[i].lock);
	}
	return count;
}

METHOD(kupf_psk_index_t, destroy, void,
	private_kupf_psk_index_t *this)
{
	shard_t *shard;
	entry_t *entry;
	u_int i, j;

	for (i = 0; i < SHARDS; i++)
	{
		shard = &this->shards[i];
		for (j = 0; j < shard->size; j++)
		{
			while ((entry = shard->buckets[j]))
			{
				shard->buckets[j] = entry->next;
				kupf_session_unref(entry->session);
				free(entry);
			}
		}
		free(shard->buckets);
		shard->lock->destroy(shard->lock);
	}
	free(this);
}

/*
 * Described in header
 */
kupf_psk_index_t *kupf_psk_index_create()
{
	private_kupf_psk_index_t *this;
	u_int i;

	INIT(this,
		.public = {
			.add = _add,
			.remove = _remove_,
			.find = _find,
			.get_count = _get_count,
			.destroy = _destroy,
		},
	);
	for (i = 0; i < SHARDS; i++)
	{
		this->shards[i].lock = rwlock_create(RWLOCK_TYPE_DEFAULT);
	}
	return &this->public;
}
