/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool_remembered.h"

#include <library.h>

struct kupf_pool_remembered_t {
	/** addresses of the pool */
	kupf_pool_ranges_t *ranges;
	/** who had them, by hash once they are sorted */
	kupf_pool_had_t *had;
	/** number of these, and of those that kupf_pool_remembered_any() has
	 * passed */
	size_t count, passed;
};

/**
 * Compare by hash.
 */
static int compare_hash(const void *a, const void *b)
{
	const kupf_pool_had_t *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/**
 * Compare by number.
 */
static int compare_number(const void *a, const void *b)
{
	const kupf_pool_had_t *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/**
 * Find the place of an address, if it is remembered still.
 */
static bool find_place(const kupf_pool_remembered_t *this,
					   const kupf_pool_had_t *had, kupf_pool_place_t *place)
{
	return kupf_pool_ranges_place(this->ranges, had->number, place) &&
		   kupf_pool_place_is_remembered(place);
}

/*
 * Described in header
 */
bool kupf_pool_remembered_add(kupf_pool_remembered_t *this, uint64_t hash,
							  const kupf_pool_place_t *place)
{
	kupf_pool_had_t *grown;

	if (!(this->count & (this->count - 1)))
	{	/* there is room up to the next power of 2 */
		grown = realloc(this->had, sizeof(*grown) * max(this->count * 2, 1));
		if (!grown)
		{
			return FALSE;
		}
		this->had = grown;
	}
	this->had[this->count++] = (kupf_pool_had_t){
		.hash = hash,
		.number = kupf_pool_place_number(place),
	};
	kupf_pool_place_remember(place);
	return TRUE;
}

/*
 * Described in header
 */
void kupf_pool_remembered_sort(kupf_pool_remembered_t *this)
{
	if (this->count)
	{
		qsort(this->had, this->count, sizeof(*this->had), compare_hash);
	}
}

/*
 * Described in header
 */
size_t kupf_pool_remembered_get_count(const kupf_pool_remembered_t *this)
{
	return this->count;
}

/*
 * Described in header
 */
bool kupf_pool_remembered_find(const kupf_pool_remembered_t *this,
							   uint64_t hash, kupf_pool_place_t *place)
{
	kupf_pool_had_t key = {
		.hash = hash,
	}, *had = NULL;

	if (this->count)
	{
		had = bsearch(&key, this->had, this->count, sizeof(key), compare_hash);
	}
	return had && find_place(this, had, place);
}

/*
 * Described in header
 */
bool kupf_pool_remembered_any(kupf_pool_remembered_t *this,
							  kupf_pool_place_t *place)
{
	while (this->passed < this->count)
	{
		if (find_place(this, &this->had[this->passed++], place))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
kupf_pool_had_t *kupf_pool_remembered_get_all(
									const kupf_pool_remembered_t *this,
									size_t *count)
{
	kupf_pool_place_t place;
	kupf_pool_had_t *all;
	size_t i;

	*count = 0;
	all = malloc(max(this->count, 1) * sizeof(*all));
	for (i = 0; all && i < this->count; i++)
	{
		if (find_place(this, &this->had[i], &place))
		{
			all[(*count)++] = this->had[i];
		}
	}
	if (*count)
	{
		qsort(all, *count, sizeof(*all), compare_number);
	}
	return all;
}

/*
 * Described in header
 */
void kupf_pool_remembered_destroy(kupf_pool_remembered_t *this)
{
	free(this->had);
	free(this);
}

/*
 * Described in header
 */
kupf_pool_remembered_t *kupf_pool_remembered_create(kupf_pool_ranges_t *ranges)
{
	kupf_pool_remembered_t *this;

	INIT(this,
		.ranges = ranges,
	);
	return this;
}
