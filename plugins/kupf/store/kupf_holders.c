/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_holders.h"
#include "kupf_space.h"

/** Slots of a part at the beginning, a power of two */
#define SLOTS_MIN 16

/** The same for counts of what is in prefixes */
#define WITHIN_MIN 16

/** Highest bits of a hash, which choose the part */
#define PART_BITS 8

typedef struct part_t part_t;
typedef struct within_t within_t;

/**
 * How many slots there are for addresses in a prefix.  Of the DNN there is the
 * hash alone: should two have one, the prefix is refused to both, not granted.
 */
struct within_t {
	/** prefix, its octets as they are */
	uint64_t prefix;
	/** hash of the prefix and the space it is in */
	uint32_t hash;
	/** slots, 0 if there is no such prefix */
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
	/** counts of the prefixes whose hash leads here, as the slots are */
	within_t *within;
	/** their number less one, and how many are not empty */
	uint32_t within_mask, within_count;
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

/**
 * Get the octets of a prefix.
 */
static uint64_t bits_of(const kupf_address_t *prefix)
{
	uint64_t bits;

	memcpy(&bits, prefix->bytes, sizeof(bits));
	return bits;
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

/**
 * Get the position of a prefix in a part, or of the empty slot for it.
 */
static uint32_t find_within(const part_t *part, uint64_t prefix, uint32_t hash)
{
	const within_t *slot;
	uint32_t pos = hash;

	while ((slot = &part->within[pos & part->within_mask])->count &&
		   (slot->hash != hash || slot->prefix != prefix))
	{
		pos++;
	}
	return pos & part->within_mask;
}

/*
 * Described in header
 */
bool kupf_holders_has_within(kupf_holders_t *holders,
							 const kupf_holders_key_t *prefix)
{
	part_t *part = get_part(holders, prefix->hash);

	return part->within[find_within(part, bits_of(prefix->address),
									prefix->hash)].count != 0;
}

/**
 * Count an address that comes into a prefix, for which there is room.
 */
static void count_within(kupf_holders_t *holders, const kupf_address_t *prefix,
						 uint32_t hash)
{
	part_t *part = get_part(holders, hash);
	within_t *slot;

	slot = &part->within[find_within(part, bits_of(prefix), hash)];
	if (!slot->count++)
	{
		slot->prefix = bits_of(prefix);
		slot->hash = hash;
		part->within_count++;
	}
}

/**
 * Count an address that goes, if it is in a prefix.
 */
static void uncount_within(kupf_holders_t *holders,
						   const kupf_address_t *address, const char *dnn)
{
	uint32_t hash, hole, pos;
	kupf_address_t prefix;
	within_t *slot;
	part_t *part;

	if (!kupf_address_get_prefix(address, &prefix))
	{
		return;
	}
	hash = hash_address(&prefix, dnn);
	part = get_part(holders, hash);
	hole = pos = find_within(part, bits_of(&prefix), hash);
	if (--part->within[hole].count)
	{
		return;
	}
	/* what follows moves up, unless that were before its hash */
	while ((slot = &part->within[++pos & part->within_mask])->count)
	{
		if (((pos - slot->hash) & part->within_mask) >=
			((pos - hole) & part->within_mask))
		{
			part->within[hole & part->within_mask] = *slot;
			hole = pos;
		}
	}
	part->within[hole & part->within_mask] = (within_t){};
	part->within_count--;
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

/**
 * Have room in a part for the prefixes of all addresses of a session.
 */
static bool reserve_within(part_t *part)
{
	uint32_t mask = part->within_mask, i, pos;
	within_t *slots;

	if (part->within_count + KUPF_UE_ADDRESSES_MAX <= mask - mask / 4)
	{
		return TRUE;
	}
	mask = 2 * mask + 1;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (!slots)
	{
		return FALSE;
	}
	for (i = 0; i <= part->within_mask; i++)
	{
		if (part->within[i].count)
		{
			pos = part->within[i].hash;
			while (slots[pos & mask].count)
			{
				pos++;
			}
			slots[pos & mask] = part->within[i];
		}
	}
	free(part->within);
	part->within = slots;
	part->within_mask = mask;
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
				reserve_within(get_part(holders, keys->prefix_hash)));
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
		count_within(holders, &key->prefix, key->prefix_hash);
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

	uncount_within(holders, kupf_holder_address(holder),
				   kupf_space_of(session));
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
		free(part->within);
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
		part->within = calloc(WITHIN_MIN, sizeof(within_t));
		part->within_mask = WITHIN_MIN - 1;
	}
	return holders;
}
