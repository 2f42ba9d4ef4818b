/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_prefixes.h"

/** Slots of a table at the beginning, a power of two */
#define SLOTS_MIN 16

/**
 * How many addresses there are in a prefix.
 */
struct kupf_prefix_count_t {
	/** prefix, its octets as they are */
	uint64_t prefix;
	/** hash of the prefix and the space it is in */
	uint32_t hash;
	/** addresses, 0 if the slot is empty */
	uint32_t count;
};

/**
 * Get the octets of a prefix.
 */
static uint64_t bits_of(const kupf_address_t *prefix)
{
	uint64_t bits;

	memcpy(&bits, prefix->bytes, sizeof(bits));
	return bits;
}

/**
 * Get the position of a prefix, or of the empty slot for it.
 */
static uint32_t find(const kupf_prefixes_t *this, const kupf_address_t *prefix,
					 uint32_t hash)
{
	const kupf_prefix_count_t *slot;
	uint64_t bits = bits_of(prefix);
	uint32_t pos = hash;

	while ((slot = &this->slots[pos & this->mask])->count &&
		   (slot->hash != hash || slot->prefix != bits))
	{
		pos++;
	}
	return pos & this->mask;
}

/*
 * Described in header
 */
bool kupf_prefixes_has(const kupf_prefixes_t *this,
					   const kupf_address_t *prefix, uint32_t hash)
{
	return this->slots[find(this, prefix, hash)].count != 0;
}

/*
 * Described in header
 */
bool kupf_prefixes_reserve(kupf_prefixes_t *this, uint32_t count)
{
	uint32_t mask = this->mask, i, pos;
	kupf_prefix_count_t *slots;

	if (this->count + count <= mask - mask / 4)
	{
		return TRUE;
	}
	mask = 2 * mask + 1;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (!slots)
	{
		return FALSE;
	}
	for (i = 0; i <= this->mask; i++)
	{
		if (this->slots[i].count)
		{
			pos = this->slots[i].hash;
			while (slots[pos & mask].count)
			{
				pos++;
			}
			slots[pos & mask] = this->slots[i];
		}
	}
	free(this->slots);
	this->slots = slots;
	this->mask = mask;
	return TRUE;
}

/*
 * Described in header
 */
void kupf_prefixes_add(kupf_prefixes_t *this, const kupf_address_t *prefix,
					   uint32_t hash)
{
	kupf_prefix_count_t *slot = &this->slots[find(this, prefix, hash)];

	if (!slot->count++)
	{
		slot->prefix = bits_of(prefix);
		slot->hash = hash;
		this->count++;
	}
}

/*
 * Described in header
 */
void kupf_prefixes_remove(kupf_prefixes_t *this, const kupf_address_t *prefix,
						  uint32_t hash)
{
	uint32_t hole = find(this, prefix, hash), pos = hole;
	kupf_prefix_count_t *slot;

	if (--this->slots[hole].count)
	{
		return;
	}
	/* what follows moves up, unless that were before its hash */
	while ((slot = &this->slots[++pos & this->mask])->count)
	{
		if (((pos - slot->hash) & this->mask) >= ((pos - hole) & this->mask))
		{
			this->slots[hole & this->mask] = *slot;
			hole = pos;
		}
	}
	this->slots[hole & this->mask] = (kupf_prefix_count_t){};
	this->count--;
}

/*
 * Described in header
 */
void kupf_prefixes_clear(kupf_prefixes_t *this)
{
	free(this->slots);
}

/*
 * Described in header
 */
void kupf_prefixes_init(kupf_prefixes_t *this)
{
	this->slots = calloc(SLOTS_MIN, sizeof(*this->slots));
	this->mask = SLOTS_MIN - 1;
	this->count = 0;
}
