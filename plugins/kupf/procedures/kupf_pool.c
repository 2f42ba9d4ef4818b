/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool.h"
#include "kupf_pool_memory.h"
#include "kupf_pool_ranges.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_kupf_pool_t private_kupf_pool_t;
typedef struct quarantine_t quarantine_t;

/**
 * An address in quarantine.
 */
struct quarantine_t {
	/** neighbours, longest in quarantine first */
	quarantine_t *prev, *next;
	/** the address */
	kupf_pool_place_t place;
	/** time_monotonic() of its end */
	time_t until;
};

/**
 * Private data of a pool.
 */
struct private_kupf_pool_t {
	/** public interface */
	kupf_pool_t public;
	/** what it is made of */
	char *spec;
	/** its addresses, and which of them are held or in quarantine */
	kupf_pool_ranges_t *ranges;
	/** what is remembered over a restart, or NULL */
	kupf_pool_memory_t *memory;
	/** number of addresses remembered that nobody has held since */
	uint64_t remembered;
	/** time_monotonic() from which on others than their sessions get them */
	time_t remembered_until;
	/** quarantine_t, by place */
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

	return chunk_hash_inc(chunk_from_thing(entry->place.offset),
						  (uintptr_t)entry->place.range);
}

/**
 * Compare addresses in quarantine.
 */
static bool quarantine_equals(const void *a, const void *b)
{
	const quarantine_t *x = a, *y = b;

	return x->place.range == y->place.range &&
		   x->place.offset == y->place.offset;
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
	return kupf_pool_ranges_get_size(this->ranges) > 0;
}

METHOD(kupf_pool_t, contains, bool,
	private_kupf_pool_t *this, const kupf_address_t *address)
{
	/* the ranges never change */
	return kupf_pool_ranges_contain(this->ranges, address);
}

/**
 * Have a session hold an address.
 */
static void hold(private_kupf_pool_t *this, const kupf_pool_place_t *place,
				 const char *name)
{
	if (kupf_pool_place_is_remembered(place))
	{
		this->remembered--;
	}
	kupf_pool_place_take(place);
	this->held++;
	if (this->memory)
	{
		kupf_pool_memory_set(this->memory, place, name);
	}
}

/**
 * Find the address that a session had before charon's start.
 */
static bool find_remembered(private_kupf_pool_t *this, const char *name,
							kupf_pool_place_t *place)
{
	return this->remembered && kupf_pool_memory_find(this->memory, name, place);
}

/**
 * Whether the time is over in which what is remembered is for its sessions only.
 */
static bool is_settled(private_kupf_pool_t *this, time_t now)
{
	return now >= this->remembered_until;
}

/**
 * Tell the memory when that time is over.
 */
static void settle(private_kupf_pool_t *this, time_t now)
{
	if (this->memory && is_settled(this, now))
	{
		kupf_pool_memory_settle(this->memory);
	}
}

METHOD(kupf_pool_t, reserve, kupf_pool_status_t,
	private_kupf_pool_t *this, const char *name, const kupf_address_t *address)
{
	kupf_pool_status_t status = KUPF_POOL_OK;
	quarantine_t key, *entry = NULL;
	kupf_pool_place_t before;

	this->mutex->lock(this->mutex);
	if (!kupf_pool_ranges_find(this->ranges, address, &key.place))
	{
		status = KUPF_POOL_OUTSIDE;
	}
	else if (!this->shared)
	{
		entry = this->quarantined->get(this->quarantined, &key);
		if (kupf_pool_place_is_taken(&key.place) && !entry)
		{
			status = KUPF_POOL_IN_USE;
		}
		else
		{
			if (entry)
			{
				end_quarantine(this, entry);
			}
			if (find_remembered(this, name, &before))
			{	/* that is no longer what its UE is told */
				kupf_pool_memory_set(this->memory, &before, NULL);
			}
			hold(this, &key.place, name);
		}
	}
	this->mutex->unlock(this->mutex);
	return status;
}

/**
 * Find an address for a session, which is not in quarantine then.
 */
static bool find_free(private_kupf_pool_t *this, const char *name, time_t now,
					  kupf_pool_place_t *place)
{
	if (this->shared)
	{
		return kupf_pool_ranges_next(this->ranges, place);
	}
	if (find_remembered(this, name, place) ||
		kupf_pool_ranges_fresh(this->ranges, place))
	{
		return TRUE;
	}
	if (this->oldest && this->oldest->until <= now)
	{
		*place = this->oldest->place;
		end_quarantine(this, this->oldest);
		return TRUE;
	}
	return this->remembered && is_settled(this, now) &&
		   kupf_pool_memory_any(this->memory, place);
}

METHOD(kupf_pool_t, allocate, kupf_pool_status_t,
	private_kupf_pool_t *this, const char *name, time_t now,
	kupf_address_t *address)
{
	kupf_pool_status_t status = KUPF_POOL_OK;
	kupf_pool_place_t place;

	this->mutex->lock(this->mutex);
	settle(this, now);
	if (this->closed && !find_remembered(this, name, &place))
	{
		status = KUPF_POOL_CLOSED;
	}
	else if (!find_free(this, name, now, &place))
	{
		status = KUPF_POOL_EXHAUSTED;
	}
	else
	{
		if (!this->shared)
		{
			hold(this, &place, name);
		}
		kupf_pool_place_address(&place, address);
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
	if (!kupf_pool_ranges_find(this->ranges, address, &entry->place) ||
		!kupf_pool_place_is_taken(&entry->place) ||
		this->quarantined->get(this->quarantined, entry))
	{
		free(entry);
	}
	else
	{
		this->held--;
		settle(this, now);
		if (this->memory)
		{
			kupf_pool_memory_set(this->memory, &entry->place, NULL);
		}
		this->quarantined->put(this->quarantined, entry, entry);
		entry->prev = this->newest;
		*(this->newest ? &this->newest->next : &this->oldest) = entry;
		this->newest = entry;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_pool_t, remember, void,
	private_kupf_pool_t *this, const char *path, time_t now)
{
	if (this->shared || !is_managed(this))
	{
		return;
	}
	this->mutex->lock(this->mutex);
	this->memory = kupf_pool_memory_create(path, this->spec, this->ranges);
	if (this->memory)
	{
		this->remembered = kupf_pool_memory_get_count(this->memory);
		this->remembered_until = now + this->quarantine;
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
	private_kupf_pool_t *this, time_t now, uint64_t *held,
	uint64_t *quarantined)
{
	this->mutex->lock(this->mutex);
	*held = this->held;
	*quarantined = this->quarantined->get_count(this->quarantined);
	if (!is_settled(this, now))
	{
		*quarantined += this->remembered;
	}
	this->mutex->unlock(this->mutex);
	return kupf_pool_ranges_get_size(this->ranges);
}

METHOD(kupf_pool_t, destroy, void,
	private_kupf_pool_t *this)
{
	while (this->oldest)
	{
		end_quarantine(this, this->oldest);
	}
	this->quarantined->destroy(this->quarantined);
	if (this->memory)
	{
		kupf_pool_memory_destroy(this->memory);
	}
	if (this->ranges)
	{
		kupf_pool_ranges_destroy(this->ranges);
	}
	free(this->spec);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_pool_t *kupf_pool_create(const char *spec, u_int quarantine, bool shared)
{
	private_kupf_pool_t *this;

	INIT(this,
		.public = {
			.is_managed = _is_managed,
			.contains = _contains,
			.reserve = _reserve,
			.allocate = _allocate,
			.release = _release,
			.remember = _remember,
			.set_closed = _set_closed,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.spec = strdup(spec ?: ""),
		.ranges = kupf_pool_ranges_create(spec),
		.quarantined = hashtable_create(quarantine_hash, quarantine_equals, 8),
		.quarantine = quarantine,
		.shared = shared,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	if (!this->ranges)
	{
		destroy(this);
		return NULL;
	}
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
		status = pool->reserve(pool, data->name, &data->upf_address);
	}
	else
	{
		status = pool->allocate(pool, data->name, time_monotonic(NULL),
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
							  "all of charon.plugins.kupf.addresses are held, "
							  "in quarantine, or were of other sessions before "
							  "the start");
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
