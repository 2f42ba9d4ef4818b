/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool.h"
#include "kupf/store/kupf_range.h"

#include <collections/array.h>
#include <collections/hashtable.h>
#include <threading/mutex.h>
#include <utils/debug.h>

typedef struct private_kupf_pool_t private_kupf_pool_t;
typedef struct range_t range_t;
typedef struct quarantine_t quarantine_t;

/**
 * Consecutive addresses.
 */
struct range_t {
	/** first address */
	kupf_address_t first;
	/** number of addresses */
	uint32_t size;
	/** addresses from here on were never allocated in order */
	uint32_t next;
	/** a bit for each address that is held or in quarantine */
	uint8_t *taken;
};

/**
 * An address in quarantine.
 */
struct quarantine_t {
	/** neighbours, longest in quarantine first */
	quarantine_t *prev, *next;
	/** range of the address */
	range_t *range;
	/** position in the range */
	uint32_t offset;
	/** time_monotonic() of its end */
	time_t until;
};

/**
 * Private data of a pool.
 */
struct private_kupf_pool_t {
	/** public interface */
	kupf_pool_t public;
	/** range_t, in the order of the configuration */
	array_t *ranges;
	/** quarantine_t, by range and offset */
	hashtable_t *quarantined;
	/** longest and shortest in quarantine */
	quarantine_t *oldest, *newest;
	/** seconds of quarantine */
	u_int quarantine;
	/** whether any number of sessions may have an address */
	bool shared;
	/** whether only named addresses are held */
	bool closed;
	/** addresses held by sessions */
	uint64_t held;
	/** lock for all of it */
	mutex_t *mutex;
};

/**
 * Hash an address in quarantine.
 */
static u_int quarantine_hash(const void *key)
{
	const quarantine_t *entry = key;

	return chunk_hash_inc(chunk_from_thing(entry->offset),
						  (uintptr_t)entry->range);
}

/**
 * Compare addresses in quarantine.
 */
static bool quarantine_equals(const void *a, const void *b)
{
	const quarantine_t *x = a, *y = b;

	return x->range == y->range && x->offset == y->offset;
}

/**
 * Get and set the bit of an address.
 */
static bool is_taken(range_t *range, uint32_t offset)
{
	return range->taken[offset / 8] & (1 << (offset % 8));
}

static void set_taken(range_t *range, uint32_t offset, bool taken)
{
	if (taken)
	{
		range->taken[offset / 8] |= 1 << (offset % 8);
	}
	else
	{
		range->taken[offset / 8] &= ~(1 << (offset % 8));
	}
}

/**
 * Find the range of an address.
 */
static range_t *find_range(private_kupf_pool_t *this,
						   const kupf_address_t *address, uint32_t *offset)
{
	range_t *range;
	int i;

	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		if (range->first.family == address->family)
		{
			*offset = kupf_range_distance(&range->first, address);
			if (*offset < range->size)
			{
				return range;
			}
		}
	}
	return NULL;
}

/**
 * Take an address out of quarantine.
 */
static void end_quarantine(private_kupf_pool_t *this, quarantine_t *entry)
{
	*(entry->prev ? &entry->prev->next : &this->oldest) = entry->next;
	*(entry->next ? &entry->next->prev : &this->newest) = entry->prev;
	this->quarantined->remove(this->quarantined, entry);
	free(entry);
}

METHOD(kupf_pool_t, is_managed, bool,
	private_kupf_pool_t *this)
{
	return array_count(this->ranges) > 0;
}

/**
 * Whether an address of a range is in a prefix.  No range has all of one, so one
 * that has any of it has its own first or last address there.
 */
static bool is_within(range_t *range, const kupf_address_t *prefix)
{
	kupf_address_t last = range->first;

	kupf_range_add(&last, range->size - 1);
	return kupf_address_contains(prefix, &range->first) ||
		   kupf_address_contains(prefix, &last);
}

METHOD(kupf_pool_t, contains, bool,
	private_kupf_pool_t *this, const kupf_address_t *address)
{
	bool found = FALSE;
	uint32_t offset;
	range_t *range;
	int i;

	/* the ranges never change */
	if (!address->prefix)
	{
		return find_range(this, address, &offset) != NULL;
	}
	for (i = 0; !found && i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		found = is_within(range, address);
	}
	return found;
}

METHOD(kupf_pool_t, reserve, kupf_pool_status_t,
	private_kupf_pool_t *this, const kupf_address_t *address)
{
	kupf_pool_status_t status = KUPF_POOL_OK;
	quarantine_t key, *entry = NULL;

	this->mutex->lock(this->mutex);
	key.range = find_range(this, address, &key.offset);
	if (!key.range)
	{
		status = KUPF_POOL_OUTSIDE;
	}
	else if (!this->shared)
	{
		entry = this->quarantined->get(this->quarantined, &key);
		if (is_taken(key.range, key.offset) && !entry)
		{
			status = KUPF_POOL_IN_USE;
		}
		else
		{
			if (entry)
			{
				end_quarantine(this, entry);
			}
			set_taken(key.range, key.offset, TRUE);
			this->held++;
		}
	}
	this->mutex->unlock(this->mutex);
	return status;
}

/**
 * Find an address that was never allocated.  What others have reserved is
 * passed over once, so that this takes constant time on average.
 */
static range_t *find_fresh(private_kupf_pool_t *this, uint32_t *offset)
{
	range_t *range;
	int i;

	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		while (range->next < range->size)
		{
			*offset = range->next++;
			if (!is_taken(range, *offset))
			{
				return range;
			}
		}
	}
	return NULL;
}

/**
 * Get the next address in turn, all around the ranges.
 */
static range_t *next_shared(private_kupf_pool_t *this, uint32_t *offset)
{
	range_t *range;
	int i;

	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		if (range->next < range->size)
		{
			*offset = range->next++;
			return range;
		}
	}
	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		range->next = 0;
	}
	if (!array_get(this->ranges, ARRAY_HEAD, &range))
	{
		return NULL;
	}
	*offset = range->next++;
	return range;
}

METHOD(kupf_pool_t, allocate, kupf_pool_status_t,
	private_kupf_pool_t *this, time_t now, kupf_address_t *address)
{
	kupf_pool_status_t status = KUPF_POOL_OK;
	range_t *range;
	uint32_t offset;

	this->mutex->lock(this->mutex);
	if (this->closed)
	{
		this->mutex->unlock(this->mutex);
		return KUPF_POOL_CLOSED;
	}
	range = this->shared ? next_shared(this, &offset)
						 : find_fresh(this, &offset);
	if (!range && this->oldest && this->oldest->until <= now)
	{
		range = this->oldest->range;
		offset = this->oldest->offset;
		end_quarantine(this, this->oldest);
	}
	if (range)
	{
		if (!this->shared)
		{
			set_taken(range, offset, TRUE);
			this->held++;
		}
		*address = range->first;
		kupf_range_add(address, offset);
	}
	else
	{
		status = KUPF_POOL_EXHAUSTED;
	}
	this->mutex->unlock(this->mutex);
	return status;
}

METHOD(kupf_pool_t, release, void,
	private_kupf_pool_t *this, const kupf_address_t *address, time_t now)
{
	quarantine_t *entry;

	INIT(entry,
		.until = now + this->quarantine,
	);

	this->mutex->lock(this->mutex);
	entry->range = find_range(this, address, &entry->offset);
	if (!entry->range || !is_taken(entry->range, entry->offset) ||
		this->quarantined->get(this->quarantined, entry))
	{
		free(entry);
	}
	else
	{
		this->held--;
		this->quarantined->put(this->quarantined, entry, entry);
		entry->prev = this->newest;
		*(this->newest ? &this->newest->next : &this->oldest) = entry;
		this->newest = entry;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_pool_t, set_closed, void,
	private_kupf_pool_t *this, bool closed)
{
	this->mutex->lock(this->mutex);
	this->closed = closed;
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_pool_t, get_count, uint64_t,
	private_kupf_pool_t *this, uint64_t *held, uint64_t *quarantined)
{
	uint64_t count = 0;
	range_t *range;
	int i;

	this->mutex->lock(this->mutex);
	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &range);
		count += range->size;
	}
	*held = this->held;
	*quarantined = this->quarantined->get_count(this->quarantined);
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(kupf_pool_t, destroy, void,
	private_kupf_pool_t *this)
{
	range_t *range;

	while (this->oldest)
	{
		end_quarantine(this, this->oldest);
	}
	this->quarantined->destroy(this->quarantined);
	while (array_remove(this->ranges, ARRAY_TAIL, &range))
	{
		free(range->taken);
		free(range);
	}
	array_destroy(this->ranges);
	this->mutex->destroy(this->mutex);
	free(this);
}

/**
 * Whether a range shares an address with another one of the pool.
 */
static bool overlaps(private_kupf_pool_t *this, range_t *range)
{
	uint32_t offset;
	range_t *other;
	int i;

	for (i = 0; i < array_count(this->ranges); i++)
	{
		array_get(this->ranges, i, &other);
		if (other->first.family == range->first.family &&
			kupf_range_distance(&range->first, &other->first) < range->size)
		{
			return TRUE;
		}
	}
	return find_range(this, &range->first, &offset) != NULL;
}

/**
 * Add a prefix, a range or an address to the pool.
 */
static bool add_range(private_kupf_pool_t *this, char *text)
{
	kupf_address_t last;
	range_t *range;

	INIT(range);
	if (!kupf_range_parse(text, &range->first, &last))
	{
		free(range);
		return FALSE;
	}
	range->size = kupf_range_distance(&range->first, &last);
	range->size = min(range->size, KUPF_POOL_RANGE_MAX - 1) + 1;
	if (overlaps(this, range))
	{
		free(range);
		return FALSE;
	}
	range->taken = calloc(range->size / 8 + 1, 1);
	array_insert(this->ranges, ARRAY_TAIL, range);
	return TRUE;
}

/*
 * Described in header
 */
kupf_pool_t *kupf_pool_create(const char *spec, u_int quarantine, bool shared)
{
	private_kupf_pool_t *this;
	enumerator_t *enumerator;
	char *token, *text;

	INIT(this,
		.public = {
			.is_managed = _is_managed,
			.contains = _contains,
			.reserve = _reserve,
			.allocate = _allocate,
			.release = _release,
			.set_closed = _set_closed,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.ranges = array_create(0, 0),
		.quarantined = hashtable_create(quarantine_hash, quarantine_equals, 8),
		.quarantine = quarantine,
		.shared = shared,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	enumerator = enumerator_create_token(spec ?: "", ", ", " ");
	while (enumerator->enumerate(enumerator, &token))
	{
		if (!*token)
		{
			continue;
		}
		text = strdup(token);
		if (!add_range(this, text))
		{
			free(text);
			enumerator->destroy(enumerator);
			destroy(this);
			return NULL;
		}
		free(text);
	}
	enumerator->destroy(enumerator);
	return &this->public;
}

/*
 * Described in header
 */
bool kupf_pool_take(kupf_pool_t *pool, kupf_session_data_t *data,
					 kupf_error_t *error)
{
	kupf_pool_status_t status;

	if (!pool->is_managed(pool))
	{
		return TRUE;
	}
	if (data->upf_address.family != AF_UNSPEC)
	{
		status = pool->reserve(pool, &data->upf_address);
	}
	else
	{
		status = pool->allocate(pool, time_monotonic(NULL),
								&data->upf_address);
	}
	switch (status)
	{
		case KUPF_POOL_OK:
			data->upf_address_pooled = TRUE;
			return TRUE;
		case KUPF_POOL_OUTSIDE:
			return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
							  "field 'upf-address': expected one of the "
							  "addresses in charon.plugins.kupf.addresses");
		case KUPF_POOL_IN_USE:
			return kupf_error(error, KUPF_CAUSE_ADDRESS_IN_USE,
							  "field 'upf-address': another session has it");
		case KUPF_POOL_CLOSED:
			return kupf_error(error, KUPF_CAUSE_NOT_SYNCHRONISED,
							  "field 'upf-address' is missing: no address is "
							  "given out before the first sync-end");
		default:
			return kupf_error(error, KUPF_CAUSE_NO_ADDRESS,
							  "all of charon.plugins.kupf.addresses are held "
							  "or in quarantine");
	}
}

/*
 * Described in header
 */
void kupf_pool_drop(kupf_pool_t *pool, const kupf_session_data_t *data)
{
	if (data->upf_address_pooled)
	{
		pool->release(pool, &data->upf_address, time_monotonic(NULL));
	}
}
