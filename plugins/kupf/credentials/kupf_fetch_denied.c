/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch_denied.h"

#include <sys/random.h>

/** Sets of the table, a power of two, and entries of a set */
#define SETS 2048
#define WAYS 4

typedef struct private_kupf_fetch_denied_t private_kupf_fetch_denied_t;
typedef struct entry_t entry_t;

/**
 * An identity.
 */
struct entry_t {
	/** hash */
	uint64_t hash;
	/** end of its life, ms; 0 for no entry */
	uint64_t end;
};

/**
 * Private data of the table.
 */
struct private_kupf_fetch_denied_t {
	/** public interface */
	kupf_fetch_denied_t public;
	/** key of the hash function */
	u_char key[16];
	/** life of an entry, ms */
	uint64_t ttl;
	/** number of entries */
	u_int count;
	/** entries, by the low bits of the hash */
	entry_t sets[SETS][WAYS];
};

/**
 * Compute the hash of an identity.
 */
static uint64_t get_hash(private_kupf_fetch_denied_t *this, id_type_t type,
						 chunk_t id)
{
	uint64_t both[2] = { chunk_mac(id, this->key), type };

	return chunk_mac(chunk_from_thing(both), this->key);
}

/**
 * Find the entry of a hash.
 *
 * @return			entry, NULL if there is none
 */
static entry_t *find(private_kupf_fetch_denied_t *this, uint64_t hash)
{
	entry_t *set = this->sets[hash % SETS];
	u_int i;

	for (i = 0; i < WAYS; i++)
	{
		if (set[i].hash == hash && set[i].end)
		{
			return &set[i];
		}
	}
	return NULL;
}

METHOD(kupf_fetch_denied_t, add, void,
	private_kupf_fetch_denied_t *this, id_type_t type, chunk_t id, uint64_t now)
{
	uint64_t hash = get_hash(this, type, id);
	entry_t *set = this->sets[hash % SETS], *entry;
	u_int i;

	entry = find(this, hash);
	if (!entry)
	{	/* none, or the one that ends first */
		entry = set;
		for (i = 1; i < WAYS; i++)
		{
			if (set[i].end < entry->end)
			{
				entry = &set[i];
			}
		}
	}
	if (this->ttl)
	{
		this->count += !entry->end;
		*entry = (entry_t){
			.hash = hash,
			.end = now + this->ttl,
		};
	}
}

METHOD(kupf_fetch_denied_t, has, bool,
	private_kupf_fetch_denied_t *this, id_type_t type, chunk_t id, uint64_t now)
{
	entry_t *entry;

	entry = find(this, get_hash(this, type, id));
	return entry && now < entry->end;
}

METHOD(kupf_fetch_denied_t, remove_, void,
	private_kupf_fetch_denied_t *this, id_type_t type, chunk_t id)
{
	entry_t *entry;

	entry = find(this, get_hash(this, type, id));
	if (entry)
	{
		entry->end = 0;
		this->count--;
	}
}

METHOD(kupf_fetch_denied_t, get_count, u_int,
	private_kupf_fetch_denied_t *this)
{
	return this->count;
}

METHOD(kupf_fetch_denied_t, destroy, void,
	private_kupf_fetch_denied_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_fetch_denied_t *kupf_fetch_denied_create(uint64_t ttl)
{
	private_kupf_fetch_denied_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.has = _has,
			.remove = _remove_,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.ttl = ttl,
	);
	if (getrandom(this->key, sizeof(this->key), 0) != sizeof(this->key))
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
