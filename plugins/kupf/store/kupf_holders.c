/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_holders.h"
#include "kupf_prefixes.h"
#include "kupf_space.h"

/** Slots of a part at the beginning, a power of two */
#define SLOTS_MIN 16

/** Highest bits of a hash, which choose the part */
#define PART_BITS 8

typedef struct part_t part_t;

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
	/** addresses in the prefixes whose hash leads here */
	kupf_prefixes_t prefixes;
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

/**
 * Hash an address in the space of a DNN.
 */
static uint32_t hash_address(const kupf_address_t *address, const char *dnn)
{
	return kupf_space_hash(dnn, chunk_hash_inc(chunk_from_thing(*address), 0));
}

/*
 * Described in header
 */
void kupf_holders_key(kupf_holders_key_t *key, const kupf_address_t *address,
					  const char *dnn)
{
	key->address = address;
	key->dnn = dnn;
	key->hash = hash_address(address, dnn);
	if (kupf_address_get_prefix(address, &key->prefix))
	{
		key->prefix_hash = hash_address(&key->prefix, dnn);
	}
	else
	{
		key->prefix.family = AF_UNSPEC;
		key->prefix_hash = 0;
	}
}

/*
 * Described in header
 */
kupf_holder_t *kupf_holders_next(kupf_holders_t *holders,
								 const kupf_address_t *address, const char *dnn,
								 uint32_t hash, uint32_t *pos)
{
	part_t *part = get_part(holders, hash);
	kupf_holder_t *slot;

	while ((slot = &part->slots[(*pos)++ & part->mask])->session)
	{
		if (slot->hash == hash &&
			kupf_address_equals(kupf_holder_address(slot), address) &&
			kupf_space_same(kupf_space_of(slot->session), dnn))
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
								 const kupf_holders_key_t *key)
{
	uint32_t pos = key->hash;
	kupf_holder_t *slot;

	do
	{
		slot = kupf_holders_next(holders, key->address, key->dnn, key->hash,
								 &pos);
	}
	while (slot && slot->session != session);
	return slot;
}

/*
 * Described in header
 */
kupf_holder_t *kupf_holders_find_namesake(kupf_holders_t *holders,
										  kupf_session_t *session,
										  const kupf_holders_key_t *key,
										  bool left)
{
	const char *name = kupf_session_get_name(session);
	uint32_t pos = key->hash;
	kupf_holder_t *slot;

	do
	{
		slot = kupf_holders_next(holders, key->address, key->dnn, key->hash,
								 &pos);
	}
	while (slot && (slot->session == session || slot->left != left ||
					!streq(kupf_session_get_name(slot->session), name)));
	return slot;
}

/*
 * Described in header
 */
bool kupf_holders_has_within(kupf_holders_t *holders,
							 const kupf_holders_key_t *prefix)
{
	return kupf_prefixes_has(&get_part(holders, prefix->hash)->prefixes,
							 prefix->address, prefix->hash);
}

/**
 * An address goes: count it no more, if it is in a prefix.
 */
static void uncount(kupf_holders_t *holders, const kupf_address_t *address,
					const char *dnn)
{
	kupf_address_t prefix;
	uint32_t hash;

	if (kupf_address_get_prefix(address, &prefix))
	{
		hash = hash_address(&prefix, dnn);
		kupf_prefixes_remove(&get_part(holders, hash)->prefixes, &prefix, hash);
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
bool kupf_holders_reserve(kupf_holders_t *holders,
						  const kupf_holders_key_t *keys, u_int count)
{
	bool done = TRUE;

	for (; done && count; keys++, count--)
	{
		done = reserve(get_part(holders, keys->hash)) &&
			   (keys->prefix.family == AF_UNSPEC ||
				kupf_prefixes_reserve(
							&get_part(holders, keys->prefix_hash)->prefixes,
							KUPF_UE_ADDRESSES_MAX));
	}
	return done;
}

/*
 * Described in header
 */
void kupf_holders_add(kupf_holders_t *holders, kupf_session_t *session,
					  u_int index, const kupf_holders_key_t *key)
{
	kupf_holder_t holder = {
		.session = kupf_session_ref(session),
		.hash = key->hash,
		.index = index,
	};
	part_t *part = get_part(holders, holder.hash);

	fill(part->slots, part->mask, &holder);
	part->count++;
	holders->count++;
	if (key->prefix.family != AF_UNSPEC)
	{
		kupf_prefixes_add(&get_part(holders, key->prefix_hash)->prefixes,
						  &key->prefix, key->prefix_hash);
	}
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

	uncount(holders, kupf_holder_address(holder), kupf_space_of(session));
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
		kupf_prefixes_clear(&part->prefixes);
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
		kupf_prefixes_init(&part->prefixes);
	}
	return holders;
}
