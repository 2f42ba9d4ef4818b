/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_table.h"

#include <collections/hashtable.h>

/** Shards of each table, a power of two */
#define SHARDS 64

/** Initial size of a shard */
#define SHARD_SIZE 16

typedef struct private_nin3a_table_t private_nin3a_table_t;

/**
 * Private data of the table.
 */
struct private_nin3a_table_t {
	/** public interface */
	nin3a_table_t public;
	/** nin3a_entry_t by unique identifier */
	hashtable_t *by_id[SHARDS];
	/** first nin3a_entry_t of each session by its name; the key is the name
	 * in the session of exactly this entry */
	hashtable_t *by_name[SHARDS];
	/** number of entries */
	u_int count;
};

/**
 * Hash an identifier; those of a shard differ in the other bits.
 */
static u_int hash_id(const void *key)
{
	return (uintptr_t)key / SHARDS;
}

/**
 * Get the shard for an identifier.
 */
static hashtable_t *shard_of_id(private_nin3a_table_t *this, uint32_t ike_sa)
{
	return this->by_id[ike_sa % SHARDS];
}

/**
 * Get the shard for a name, by the high bits: the table in it uses the low
 * ones.
 */
static hashtable_t *shard_of_name(private_nin3a_table_t *this,
								  const char *name)
{
	uint32_t hash = hashtable_hash_str(name);

	return this->by_name[hash / (UINT32_MAX / SHARDS + 1)];
}

METHOD(nin3a_table_t, find, nin3a_entry_t*,
	private_nin3a_table_t *this, uint32_t ike_sa)
{
	hashtable_t *shard = shard_of_id(this, ike_sa);

	return shard->get(shard, (void*)(uintptr_t)ike_sa);
}

METHOD(nin3a_table_t, find_name, nin3a_entry_t*,
	private_nin3a_table_t *this, const char *name)
{
	hashtable_t *shard = shard_of_name(this, name);

	return shard->get(shard, name);
}

/**
 * Put an entry into the index by identifier.
 */
static void put_id(private_nin3a_table_t *this, nin3a_entry_t *entry)
{
	hashtable_t *shard = shard_of_id(this, entry->ike_sa);

	shard->put(shard, (void*)(uintptr_t)entry->ike_sa, entry);
}

/**
 * Make an entry the first one of its session; put() exchanges the key, too.
 */
static void put_first(private_nin3a_table_t *this, nin3a_entry_t *entry)
{
	const char *name = kupf_session_get_name(entry->session);
	hashtable_t *shard = shard_of_name(this, name);

	shard->put(shard, name, entry);
}

METHOD(nin3a_table_t, add, void,
	private_nin3a_table_t *this, nin3a_entry_t *entry)
{
	put_id(this, entry);
	this->count++;
}

METHOD(nin3a_table_t, bind_, void,
	private_nin3a_table_t *this, nin3a_entry_t *entry, kupf_session_t *session)
{
	entry->session = kupf_session_ref(session);
	entry->next = find_name(this, kupf_session_get_name(session));
	put_first(this, entry);
}

METHOD(nin3a_table_t, rebind, kupf_session_t*,
	private_nin3a_table_t *this, nin3a_entry_t *entry, kupf_session_t *session)
{
	kupf_session_t *old = entry->session;
	bool first;

	first = find_name(this, kupf_session_get_name(session)) == entry;
	entry->session = kupf_session_ref(session);
	if (first)
	{
		put_first(this, entry);
	}
	return old;
}

METHOD(nin3a_table_t, rename_, void,
	private_nin3a_table_t *this, nin3a_entry_t *entry, uint32_t ike_sa)
{
	hashtable_t *shard = shard_of_id(this, entry->ike_sa);

	shard->remove(shard, (void*)(uintptr_t)entry->ike_sa);
	entry->ike_sa = ike_sa;
	put_id(this, entry);
}

/**
 * Take an entry away from its session.
 */
static void unlink_name(private_nin3a_table_t *this, nin3a_entry_t *entry)
{
	const char *name = kupf_session_get_name(entry->session);
	hashtable_t *shard = shard_of_name(this, name);
	nin3a_entry_t *current = shard->get(shard, name);

	if (current != entry)
	{
		while (current->next != entry)
		{
			current = current->next;
		}
		current->next = entry->next;
	}
	else if (entry->next)
	{
		put_first(this, entry->next);
	}
	else
	{
		shard->remove(shard, name);
	}
}

METHOD(nin3a_table_t, remove_, nin3a_entry_t*,
	private_nin3a_table_t *this, uint32_t ike_sa)
{
	hashtable_t *shard = shard_of_id(this, ike_sa);
	nin3a_entry_t *entry;

	entry = shard->remove(shard, (void*)(uintptr_t)ike_sa);
	if (entry)
	{
		if (entry->session)
		{
			unlink_name(this, entry);
		}
		this->count--;
	}
	return entry;
}

METHOD(nin3a_table_t, get_count, u_int,
	private_nin3a_table_t *this)
{
	return this->count;
}

METHOD(nin3a_table_t, destroy, void,
	private_nin3a_table_t *this)
{
	enumerator_t *enumerator;
	nin3a_entry_t *entry;
	int i;

	for (i = 0; i < SHARDS; i++)
	{
		/* first this one: its keys are in the sessions */
		this->by_name[i]->destroy(this->by_name[i]);
	}
	for (i = 0; i < SHARDS; i++)
	{
		enumerator = this->by_id[i]->create_enumerator(this->by_id[i]);
		while (enumerator->enumerate(enumerator, NULL, &entry))
		{
			nin3a_entry_destroy(entry);
		}
		enumerator->destroy(enumerator);
		this->by_id[i]->destroy(this->by_id[i]);
	}
	free(this);
}

/*
 * Described in header
 */
nin3a_table_t *nin3a_table_create()
{
	private_nin3a_table_t *this;
	int i;

	INIT(this,
		.public = {
			.find = _find,
			.find_name = _find_name,
			.add = _add,
			.bind = _bind_,
			.rebind = _rebind,
			.rename = _rename_,
			.remove = _remove_,
			.get_count = _get_count,
			.destroy = _destroy,
		},
	);
	for (i = 0; i < SHARDS; i++)
	{
		this->by_id[i] = hashtable_create(hash_id, hashtable_equals_ptr,
										  SHARD_SIZE);
		this->by_name[i] = hashtable_create(hashtable_hash_str,
											hashtable_equals_str, SHARD_SIZE);
	}
	return &this->public;
}
