/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool_ranges.h"
#include "kupf/store/kupf_range.h"

#include <collections/array.h>

/**
 * Consecutive addresses.
 */
struct kupf_pool_range_t {
	/** first address */
	kupf_address_t first;
	/** number of its first address */
	uint64_t number;
	/** number of addresses */
	uint32_t size;
	/** addresses from here on were never got in order */
	uint32_t next;
	/** a bit for each address that is taken */
	uint8_t *taken;
	/** the same for those that are remembered, NULL if none ever was */
	uint8_t *remembered;
};

/**
 * All ranges.
 */
struct kupf_pool_ranges_t {
	/** kupf_pool_range_t*, in the order of the configuration */
	array_t *array;
	/** addresses in all of them */
	uint64_t size;
};

/**
 * Whether the bit of an address is set.
 */
static bool is_set(const uint8_t *bits, uint32_t offset)
{
	return bits && bits[offset / 8] & (1 << (offset % 8));
}

/**
 * Create the bits of a range, none of them set.
 */
static uint8_t *create_bits(const kupf_pool_range_t *range)
{
	return calloc(range->size / 8 + 1, 1);
}

/*
 * Described in header
 */
bool kupf_pool_place_is_taken(const kupf_pool_place_t *place)
{
	return is_set(place->range->taken, place->offset);
}

/*
 * Described in header
 */
bool kupf_pool_place_is_remembered(const kupf_pool_place_t *place)
{
	return is_set(place->range->remembered, place->offset);
}

/*
 * Described in header
 */
void kupf_pool_place_remember(const kupf_pool_place_t *place)
{
	kupf_pool_range_t *range = place->range;

	if (!range->remembered)
	{
		range->remembered = create_bits(range);
	}
	range->remembered[place->offset / 8] |= 1 << (place->offset % 8);
}

/*
 * Described in header
 */
void kupf_pool_place_take(const kupf_pool_place_t *place)
{
	kupf_pool_range_t *range = place->range;

	range->taken[place->offset / 8] |= 1 << (place->offset % 8);
	if (range->remembered)
	{
		range->remembered[place->offset / 8] &= ~(1 << (place->offset % 8));
	}
}

/*
 * Described in header
 */
void kupf_pool_place_address(const kupf_pool_place_t *place,
							 kupf_address_t *address)
{
	*address = place->range->first;
	kupf_range_add(address, place->offset);
}

/*
 * Described in header
 */
bool kupf_pool_ranges_find(const kupf_pool_ranges_t *ranges,
						   const kupf_address_t *address,
						   kupf_pool_place_t *place)
{
	kupf_pool_range_t *range;
	int i;

	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &range);
		if (range->first.family == address->family)
		{
			place->range = range;
			place->offset = kupf_range_distance(&range->first, address);
			if (place->offset < range->size)
			{
				return TRUE;
			}
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
uint64_t kupf_pool_place_number(const kupf_pool_place_t *place)
{
	return place->range->number + place->offset;
}

/*
 * Described in header
 */
bool kupf_pool_ranges_place(const kupf_pool_ranges_t *ranges, uint64_t number,
							kupf_pool_place_t *place)
{
	kupf_pool_range_t *range;
	int i;

	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &range);
		if (number - range->number < range->size)
		{
			place->range = range;
			place->offset = number - range->number;
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Whether an address of a range is in a prefix.  No range has all of one, so
 * one that has any of it has its own first or last address there.
 */
static bool is_within(const kupf_pool_range_t *range,
					  const kupf_address_t *prefix)
{
	kupf_address_t last = range->first;

	kupf_range_add(&last, range->size - 1);
	return kupf_address_contains(prefix, &range->first) ||
		   kupf_address_contains(prefix, &last);
}

/*
 * Described in header
 */
bool kupf_pool_ranges_contain(const kupf_pool_ranges_t *ranges,
							  const kupf_address_t *address)
{
	kupf_pool_range_t *range;
	kupf_pool_place_t place;
	bool found = FALSE;
	int i;

	if (!address->prefix)
	{
		return kupf_pool_ranges_find(ranges, address, &place);
	}
	for (i = 0; !found && i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &range);
		found = is_within(range, address);
	}
	return found;
}

/*
 * Described in header
 */
bool kupf_pool_ranges_fresh(kupf_pool_ranges_t *ranges,
							kupf_pool_place_t *place)
{
	int i;

	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &place->range);
		while (place->range->next < place->range->size)
		{
			place->offset = place->range->next++;
			if (!kupf_pool_place_is_taken(place) &&
				!kupf_pool_place_is_remembered(place))
			{
				return TRUE;
			}
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
bool kupf_pool_ranges_next(kupf_pool_ranges_t *ranges,
						   kupf_pool_place_t *place)
{
	kupf_pool_range_t *range;
	int i;

	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &place->range);
		if (place->range->next < place->range->size)
		{
			place->offset = place->range->next++;
			return TRUE;
		}
	}
	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &range);
		range->next = 0;
	}
	if (!array_get(ranges->array, ARRAY_HEAD, &place->range))
	{
		return FALSE;
	}
	place->offset = place->range->next++;
	return TRUE;
}

/*
 * Described in header
 */
uint64_t kupf_pool_ranges_get_size(const kupf_pool_ranges_t *ranges)
{
	return ranges->size;
}

/**
 * Whether a range shares an address with another one.
 */
static bool overlaps(const kupf_pool_ranges_t *ranges,
					 const kupf_pool_range_t *range)
{
	kupf_pool_range_t *other;
	kupf_pool_place_t place;
	int i;

	for (i = 0; i < array_count(ranges->array); i++)
	{
		array_get(ranges->array, i, &other);
		if (other->first.family == range->first.family &&
			kupf_range_distance(&range->first, &other->first) < range->size)
		{
			return TRUE;
		}
	}
	return kupf_pool_ranges_find(ranges, &range->first, &place);
}

/**
 * Add a prefix, a range or an address.
 *
 * @param text		text, is changed
 */
static bool add(kupf_pool_ranges_t *ranges, char *text)
{
	kupf_pool_range_t *range;
	kupf_address_t last;

	INIT(range);
	if (!kupf_range_parse(text, &range->first, &last))
	{
		free(range);
		return FALSE;
	}
	range->size = kupf_range_distance(&range->first, &last);
	range->size = min(range->size, KUPF_POOL_RANGE_MAX - 1) + 1;
	if (overlaps(ranges, range))
	{
		free(range);
		return FALSE;
	}
	range->taken = create_bits(range);
	range->number = ranges->size;
	ranges->size += range->size;
	array_insert(ranges->array, ARRAY_TAIL, range);
	return TRUE;
}

/*
 * Described in header
 */
void kupf_pool_ranges_destroy(kupf_pool_ranges_t *ranges)
{
	kupf_pool_range_t *range;

	while (array_remove(ranges->array, ARRAY_TAIL, &range))
	{
		free(range->taken);
		free(range->remembered);
		free(range);
	}
	array_destroy(ranges->array);
	free(ranges);
}

/*
 * Described in header
 */
kupf_pool_ranges_t *kupf_pool_ranges_create(const char *spec)
{
	kupf_pool_ranges_t *ranges;
	enumerator_t *enumerator;
	bool ok = TRUE;
	char *token;

	INIT(ranges,
		.array = array_create(0, 0),
	);
	/* the enumerator has a copy of its own, token by token */
	enumerator = enumerator_create_token(spec ?: "", ", ", " ");
	while (ok && enumerator->enumerate(enumerator, &token))
	{
		ok = !*token || add(ranges, token);
	}
	enumerator->destroy(enumerator);
	if (!ok)
	{
		kupf_pool_ranges_destroy(ranges);
		return NULL;
	}
	return ranges;
}
