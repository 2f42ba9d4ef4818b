/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool.h"

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
 * Octets of an address.
 */
static int address_len(const kupf_address_t *address)
{
	return address->family == AF_INET ? 4 : 16;
}

/**
 * Add an offset to an address.
 */
static void address_add(kupf_address_t *address, uint32_t offset)
{
	uint64_t carry = offset;
	int i;

	for (i = address_len(address) - 1; i >= 0 && carry; i--)
	{
		carry += address->bytes[i];
		address->bytes[i] = carry;
		carry >>= 8;
	}
}

/**
 * Distance of two addresses of one family, UINT32_MAX if it is more than
 * that, or negative.
 */
static uint32_t address_distance(const kupf_address_t *from,
								 const kupf_address_t *to)
{
	uint64_t distance = 0;
	uint8_t bytes[16];
	int i, borrow = 0, diff, len = address_len(from);

	for (i = len - 1; i >= 0; i--)
	{
		diff = to->bytes[i] - from->bytes[i] - borrow;
		borrow = diff < 0;
		bytes[i] = diff;
	}
	for (i = 0; i < len; i++)
	{
		if (distance >> 32)
		{
			return UINT32_MAX;
		}
		distance = distance << 8 | bytes[i];
	}
	return borrow ? UINT32_MAX : min(distance, UINT32_MAX);
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
			*offset = address_distance(&range->first, address);
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
	else
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

METHOD(kupf_pool_t, allocate, kupf_pool_status_t,
	private_kupf_pool_t *this, time_t now, kupf_address_t *address)
{
	kupf_pool_status_t status = KUPF_POOL_OK;
	range_t *range;
	uint32_t offset;

	this->mutex->lock(this->mutex);
	range = find_fresh(this, &offset);
	if (!range && this->oldest && this->oldest->until <= now)
	{
		range = this->oldest->range;
		offset = this->oldest->offset;
		end_quarantine(this, this->oldest);
	}
	if (range)
	{
		set_taken(range, offset, TRUE);
		this->held++;
		*address = range->first;
		address_add(address, offset);
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
 * Turn first address and prefix length into first and last usable address.
 */
static bool prefix_to_range(kupf_address_t *first, kupf_address_t *last,
							u_int prefix)
{
	u_int i, bits = 8 * address_len(first);
	uint8_t mask;

	if (prefix > bits)
	{
		return FALSE;
	}
	*last = *first;
	for (i = 0; i < bits / 8; i++)
	{
		mask = prefix >= 8 * (i + 1) ? 0xff :
			   prefix <= 8 * i ? 0 : 0xff << (8 * (i + 1) - prefix);
		first->bytes[i] &= mask;
		last->bytes[i] |= (uint8_t)~mask;
	}
	if (prefix + 1 < bits)
	{
		address_add(first, 1);
		if (first->family == AF_INET)
		{
			last->bytes[3]--;
		}
	}
	return TRUE;
}

/**
 * Parse a decimal number of up to three digits.
 */
static bool parse_prefix(const char *text, u_int *prefix)
{
	size_t len = strlen(text);

	if (!len || len > 3 || strspn(text, "0123456789") != len)
	{
		return FALSE;
	}
	*prefix = atoi(text);
	return TRUE;
}

/**
 * Parse a prefix, a range or an address.
 */
static bool parse_range(char *text, kupf_address_t *first,
						kupf_address_t *last)
{
	char *sep = strpbrk(text, "/-"), kind = sep ? *sep : '\0';
	u_int prefix;

	if (sep)
	{
		*sep++ = '\0';
	}
	if (!kupf_address_parse(chunk_from_str(text), first))
	{
		return FALSE;
	}
	switch (kind)
	{
		case '/':
			return parse_prefix(sep, &prefix) &&
				   prefix_to_range(first, last, prefix);
		case '-':
			return kupf_address_parse(chunk_from_str(sep), last) &&
				   last->family == first->family &&
				   memcmp(first->bytes, last->bytes, sizeof(last->bytes)) <= 0;
		default:
			*last = *first;
			return TRUE;
	}
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
			address_distance(&range->first, &other->first) < range->size)
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
	if (!parse_range(text, &range->first, &last))
	{
		free(range);
		return FALSE;
	}
	range->size = address_distance(&range->first, &last);
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
kupf_pool_t *kupf_pool_create(const char *spec, u_int quarantine)
{
	private_kupf_pool_t *this;
	enumerator_t *enumerator;
	char *token, *text;

	INIT(this,
		.public = {
			.is_managed = _is_managed,
			.reserve = _reserve,
			.allocate = _allocate,
			.release = _release,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.ranges = array_create(0, 0),
		.quarantined = hashtable_create(quarantine_hash, quarantine_equals, 8),
		.quarantine = quarantine,
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
			DBG1(DBG_CFG, "kupf: addresses: '%s' is not a prefix, a range "
				 "'first-last' or an address, or overlaps with another", token);
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
