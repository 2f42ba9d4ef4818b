/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_holders.h"

#include <collections/hashtable.h>

/** Slots of a part at the beginning, a power of two */
#define SLOTS_MIN 16

/** Highest bits of a hash, which choose the part */
#define PART_BITS 8

typedef struct part_t part_t;
typedef struct within_t within_t;

/**
 * How many slots there are for addresses in a prefix.
 */
struct within_t {
	/** prefix */
	kupf_address_t prefix;
	/** slots */
	uint32_t count;
};

/**
 * A part of the table, which grows on its own.
 */
struct part_t {
	/** slots, each at its hash or behind it, with no empty one between */
	kupf_holder_t *slots;
	/** number of slots less one */
	uint32_t mask;
	/** slots that are not empty */
	uint32_t count;
	/** within_t by prefix, of the prefixes whose hash leads here */
	hashtable_t *within;
};

/**
 * A table.
 */
struct kupf_holders_t {
	/** parts */
	part_t parts[1 << PART_BITS];
	/** slots that are not empty */
	uint32_t count;
};

/**
 * Get the part for a hash.
 */
static part_t *get_part(kupf_holders_t *holders, uint32_t hash)
{
	return &holders->parts[hash >> (32 - PART_BITS)];
}

/*
 * Described in header
 */
const kupf_address_t *kupf_holder_address(const kupf_holder_t *holder)
{
	u_int count;

	return &kupf_session_get_ue_addresses(holder->session,
										  &count)[holder->index];
}

/*
 * Described in header
 */
uint32_t kupf_holders_hash(const kupf_address_t *address)
{
	return chunk_hash_inc(chunk_create((uint8_t*)address, sizeof(*address)),
						  0);
}

/*
 * Described in header
 */
kupf_holder_t *kupf_holders_next(kupf_holders_t *holders,
								 const kupf_address_t *address, uint32_t hash,
								 uint32_t *pos)
{
	part_t *part = get_part(holders, hash);
	kupf_holder_t *slot;

	while ((slot = &part->slots[(*pos)++ & part->mask])->session)
	{
		if (slot->hash == hash &&
			kupf_address_equals(kupf_holder_address(slot), address))
		{
			return slot;
		}
	}
	return NULL;
}

/*
 * Described in header
 */
kupf_holder_t *kupf_holders_find(kupf_holders_t *holders,
								 kupf_session_t *session,
								 const kupf_address_t *address)
{
	uint32_t hash, pos;
	kupf_holder_t *slot;

	hash = pos = kupf_holders_hash(address);
	do
	{
		slot = kupf_holders_next(holders, address, hash, &pos);
	}
	while (slot && slot->session != session);
	return slot;
}

/*
 * Described in header
 */
kupf_holder_t *kupf_holders_find_namesake(kupf_holders_t *holders,
										  kupf_session_t *session,
										  const kupf_address_t *address,
										  bool left)
{
	const char *name = kupf_session_get_name(session);
	uint32_t hash, pos;
	kupf_holder_t *slot;

	hash = pos = kupf_holders_hash(address);
	do
	{
		slot = kupf_holders_next(holders, address, hash, &pos);
	}
	while (slot && (slot->session == session || slot->left != left ||
					!streq(kupf_session_get_name(slot->session), name)));
	return slot;
}

/*
 * Described in header
 */
bool kupf_holders_has_within(kupf_holders_t *holders,
							 const kupf_address_t *prefix)
{
	part_t *part = get_part(holders, kupf_holders_hash(prefix));

	return part->within->get(part->within, prefix) != NULL;
}

/**
 * Count an address in its prefix, if it is in one.
 *
 * @param more		whether it comes, or goes
 */
static void count_within(kupf_holders_t *holders,
						 const kupf_address_t *address, bool more)
{
	kupf_address_t prefix;
	within_t *within;
	part_t *part;

	if (!kupf_address_get_prefix(address, &prefix))
	{
		return;
	}
	part = get_part(holders, kupf_holders_hash(&prefix));
	within = part->within->get(part->within, &prefix);
	if (!within)
	{
		INIT(within,
			.prefix = prefix,
		);
		part->within->put(part->within, &within->prefix, within);
	}
	within->count += more ? 1 : -1;
	if (!within->count)
	{
		part->within->remove(part->within, &prefix);
		free(within);
	}
}

/**
 * Put something into the first slot for its hash that is empty.
 */
static void fill(kupf_holder_t *slots, uint32_t mask,
				 const kupf_holder_t *holder)
{
	uint32_t pos = holder->hash;

	while (slots[pos & mask].session)
	{
		pos++;
	}
	slots[pos & mask] = *holder;
}

/**
 * Have room in a part for all addresses of a session.
 */
static bool reserve(part_t *part)
{
	uint32_t mask = part->mask, i;
	kupf_holder_t *slots;

	if (part->count + KUPF_UE_ADDRESSES_MAX <= mask - mask / 4)
	{
		return TRUE;
	}
	mask = 2 * mask + 1;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (!slots)
	{
		return FALSE;
	}
	for (i = 0; i <= part->mask; i++)
	{
		if (part->slots[i].session)
		{
			fill(slots, mask, &part->slots[i]);
		}
	}
	free(part->slots);
	part->slots = slots;
	part->mask = mask;
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_holders_reserve(kupf_holders_t *holders, kupf_session_t *session)
{
	const kupf_address_t *addresses;
	u_int count, i;

	addresses = kupf_session_get_ue_addresses(session, &count);
	for (i = 0; i < count; i++)
	{
		if (!reserve(get_part(holders, kupf_holders_hash(&addresses[i]))))
		{
			return FALSE;
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
void kupf_holders_add(kupf_holders_t *holders, kupf_session_t *session,
					  u_int index)
{
	kupf_holder_t holder = {
		.session = kupf_session_ref(session),
		.index = index,
	};
	part_t *part;

	holder.hash = kupf_holders_hash(kupf_holder_address(&holder));
	part = get_part(holders, holder.hash);
	fill(part->slots, part->mask, &holder);
	part->count++;
	holders->count++;
	count_within(holders, kupf_holder_address(&holder), TRUE);
}

/*
 * Described in header
 */
void kupf_holders_remove(kupf_holders_t *holders, kupf_holder_t *holder)
{
	kupf_session_t *session = holder->session;
	part_t *part = get_part(holders, holder->hash);
	uint32_t hole = holder - part->slots, pos = hole;
	kupf_holder_t *slot;

	count_within(holders, kupf_holder_address(holder), FALSE);
	/* what follows moves up, unless that were before its hash */
	while ((slot = &part->slots[++pos & part->mask])->session)
	{
		if (((pos - slot->hash) & part->mask) >= ((pos - hole) & part->mask))
		{
			part->slots[hole & part->mask] = *slot;
			hole = pos;
		}
	}
	part->slots[hole & part->mask] = (kupf_holder_t){};
	part->count--;
	holders->count--;
	kupf_session_unref(session);
}

/*
 * Described in header
 */
uint32_t kupf_holders_get_count(kupf_holders_t *holders)
{
	return holders->count;
}

/**
 * Destroy a count.
 */
static void destroy_within(void *within, const void *key)
{
	free(within);
}

/*
 * Described in header
 */
void kupf_holders_destroy(kupf_holders_t *holders)
{
	part_t *part;
	uint32_t i;

	for (part = holders->parts; part < holders->parts + countof(holders->parts);
		 part++)
	{
		for (i = 0; i <= part->mask; i++)
		{
			kupf_session_unref(part->slots[i].session);
		}
		free(part->slots);
		part->within->destroy_function(part->within, destroy_within);
	}
	free(holders);
}

/*
 * Described in header
 */
kupf_holders_t *kupf_holders_create()
{
	kupf_holders_t *holders;
	part_t *part;

	INIT(holders);
	for (part = holders->parts; part < holders->parts + countof(holders->parts);
		 part++)
	{
		part->slots = calloc(SLOTS_MIN, sizeof(kupf_holder_t));
		part->mask = SLOTS_MIN - 1;
		part->within = hashtable_create((hashtable_hash_t)kupf_holders_hash,
								(hashtable_equals_t)kupf_address_equals, 1);
	}
	return holders;
}
