/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_holders.h"

/** Slots at the beginning, a power of two */
#define SLOTS_MIN 16

/**
 * A table.
 */
struct kupf_holders_t {
	/** slots, each at its hash or behind it, with no empty one between */
	kupf_holder_t *slots;
	/** number of slots less one */
	uint32_t mask;
	/** slots that are not empty */
	uint32_t count;
};

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
	kupf_holder_t *slot;

	while ((slot = &holders->slots[(*pos)++ & holders->mask])->session)
	{
		if (slot->hash == hash &&
			kupf_address_equals(kupf_holder_address(slot), address))
		{
			return slot;
		}
	}
	return NULL;
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

/*
 * Described in header
 */
bool kupf_holders_reserve(kupf_holders_t *holders, u_int more)
{
	uint32_t mask = holders->mask, i;
	kupf_holder_t *slots;

	if (holders->count + more <= mask - mask / 4)
	{
		return TRUE;
	}
	mask = 2 * mask + 1;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (!slots)
	{
		return FALSE;
	}
	for (i = 0; i <= holders->mask; i++)
	{
		if (holders->slots[i].session)
		{
			fill(slots, mask, &holders->slots[i]);
		}
	}
	free(holders->slots);
	holders->slots = slots;
	holders->mask = mask;
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

	holder.hash = kupf_holders_hash(kupf_holder_address(&holder));
	fill(holders->slots, holders->mask, &holder);
	holders->count++;
}

/*
 * Described in header
 */
void kupf_holders_remove(kupf_holders_t *holders, kupf_holder_t *holder)
{
	kupf_session_t *session = holder->session;
	uint32_t hole = holder - holders->slots, pos = hole;
	kupf_holder_t *slot;

	/* what follows moves up, unless that were before its hash */
	while ((slot = &holders->slots[++pos & holders->mask])->session)
	{
		if (((pos - slot->hash) & holders->mask) >=
			((pos - hole) & holders->mask))
		{
			holders->slots[hole & holders->mask] = *slot;
			hole = pos;
		}
	}
	holders->slots[hole & holders->mask] = (kupf_holder_t){};
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
	uint32_t i;

	for (i = 0; i <= holders->mask; i++)
	{
		kupf_session_unref(holders->slots[i].session);
	}
	free(holders->slots);
	free(holders);
}

/*
 * Described in header
 */
kupf_holders_t *kupf_holders_create()
{
	kupf_holders_t *holders;

	INIT(holders,
		.slots = calloc(SLOTS_MIN, sizeof(kupf_holder_t)),
		.mask = SLOTS_MIN - 1,
	);
	return holders;
}
