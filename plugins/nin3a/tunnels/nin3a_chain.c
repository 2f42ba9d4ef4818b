/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_chain.h"
#include "kupf/store/kupf_space.h"

/*
 * Described in header
 */
u_int nin3a_chain_count_bound(nin3a_table_t *table, const char *session,
							  u_int *up)
{
	nin3a_entry_t *entry;
	u_int all = 0, tunnels = 0;

	entry = table->find_name(table, session);
	for (; entry; entry = entry->next)
	{
		all += nin3a_entry_is_bound(entry);
		tunnels += entry->up;
	}
	if (up)
	{
		*up = tunnels;
	}
	return all;
}

/**
 * Whether a session has an inner address in the space of a DNN.
 */
static bool has_address(const kupf_session_t *session, const char *dnn,
						const kupf_address_t *address)
{
	const kupf_address_t *addresses;
	u_int count, i;

	if (!kupf_space_same(kupf_session_get_dnn(session), dnn))
	{
		return FALSE;
	}
	addresses = kupf_session_get_ue_addresses(session, &count);
	for (i = 0; i < count; i++)
	{
		if (kupf_address_equals(&addresses[i], address))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
bool nin3a_chain_uses(nin3a_table_t *table, const char *session,
					  const char *dnn, const kupf_address_t *address)
{
	nin3a_entry_t *entry;

	entry = table->find_name(table, session);
	/* one that is refused since may be an IKE_SA still */
	while (entry && !has_address(entry->session, dnn, address))
	{
		entry = entry->next;
	}
	return entry != NULL;
}

/*
 * Described in header
 */
u_int nin3a_chain_describe(nin3a_table_t *table, const char *session,
						   kupf_tunnel_t *tunnels, u_int max)
{
	nin3a_entry_t *entry;
	kupf_tunnel_t *tunnel;
	u_int count = 0;

	entry = table->find_name(table, session);
	for (; entry && count < max; entry = entry->next)
	{
		if (entry->up)
		{
			tunnel = &tunnels[count++];
			*tunnel = (kupf_tunnel_t){
				.ike_sa = entry->ike_sa,
				.up_as = entry->up_as,
				.spi_i = entry->spis.initiator,
				.spi_r = entry->spis.responder,
				.initiated_here = entry->spis.initiated_here,
				.generation = kupf_session_get_generation(entry->session),
			};
			tunnel_status_get(entry->status, tunnel);
		}
	}
	return count;
}

/**
 * Choose an entry to be closed.
 */
static void choose(nin3a_entry_t *entry, kupf_reason_t reason, array_t *ids)
{
	entry->closing = TRUE;
	nin3a_entry_give_reason(entry, reason);
	array_insert(ids, ARRAY_TAIL, &entry->ike_sa);
}

/*
 * Described in header
 */
u_int nin3a_chain_evict(nin3a_table_t *table, const char *session,
						nin3a_tunnels_filter_t filter, void *user,
						kupf_reason_t reason, array_t *ids)
{
	nin3a_entry_t *entry;
	u_int up = 0;

	entry = table->find_name(table, session);
	for (; entry; entry = entry->next)
	{
		if (nin3a_entry_is_bound(entry) && !entry->closing &&
			(!filter || filter(user, entry->session)))
		{
			choose(entry, reason, ids);
			nin3a_entry_refuse(entry, reason == KUPF_REASON_EXPIRED ?
							NIN3A_SESSION_EXPIRED : NIN3A_SESSION_GONE);
			up += entry->up;
		}
	}
	return up;
}

/*
 * Described in header
 */
void nin3a_chain_refresh(nin3a_table_t *table, kupf_session_t *session,
						 array_t *dropped)
{
	nin3a_entry_t *entry;
	kupf_session_t *old;

	entry = table->find_name(table, kupf_session_get_name(session));
	for (; entry; entry = entry->next)
	{
		if (entry->session != session &&
			!kupf_session_needs_rekey(entry->session, session))
		{
			old = table->rebind(table, entry, session);
			array_insert(dropped, ARRAY_TAIL, old);
		}
	}
}

/**
 * Whether an entry is established and will stay.
 */
static bool stays(const nin3a_entry_t *entry)
{
	return entry->state == NIN3A_STATE_ESTABLISHED && !entry->closing;
}

/*
 * Described in header
 */
u_int nin3a_chain_vacate(nin3a_table_t *table, const char *session,
						 uint32_t up_as, array_t *ids)
{
	nin3a_entry_t *entry;
	u_int up = 0;

	entry = table->find_name(table, session);
	for (; entry; entry = entry->next)
	{
		if (stays(entry) && (!up_as || entry->up_as == up_as))
		{
			choose(entry, KUPF_REASON_MOVED, ids);
			up += entry->up;
		}
	}
	return up;
}

/*
 * Described in header
 */
bool nin3a_chain_crowds(nin3a_table_t *table, const nin3a_entry_t *entry)
{
	nin3a_entry_t *other;

	if (!stays(entry))
	{
		return FALSE;
	}
	other = table->find_name(table, kupf_session_get_name(entry->session));
	while (other && (other == entry || !stays(other)))
	{
		other = other->next;
	}
	return other != NULL;
}

/**
 * Choose the entry that stays.
 */
static nin3a_entry_t *choose_winner(nin3a_entry_t *entry)
{
	nin3a_entry_t *winner = NULL;

	for (; entry; entry = entry->next)
	{
		if (stays(entry) &&
			(!winner || entry->up > winner->up ||
			 (entry->up == winner->up && entry->serial > winner->serial)))
		{
			winner = entry;
		}
	}
	return winner;
}

/*
 * Described in header
 */
void nin3a_chain_settle(nin3a_table_t *table, const char *session,
						uint32_t serial, array_t *ids)
{
	nin3a_entry_t *entry, *winner;

	entry = table->find_name(table, session);
	winner = choose_winner(entry);
	for (; entry; entry = entry->next)
	{
		if (entry != winner && stays(entry) && entry->serial <= serial)
		{
			choose(entry, KUPF_REASON_SUPERSEDED, ids);
		}
	}
}

/**
 * Choose the entry that goes first: one that is no tunnel before one that is,
 * an older one before a newer one.
 *
 * @param stay		entry that is not chosen
 * @param count		[out] number of entries that stay so far
 */
static nin3a_entry_t *choose_oldest(nin3a_entry_t *entry,
									const nin3a_entry_t *stay, u_int *count)
{
	nin3a_entry_t *oldest = NULL;

	*count = 0;
	for (; entry; entry = entry->next)
	{
		if (stays(entry))
		{
			(*count)++;
			if (entry != stay &&
				(!oldest || entry->up < oldest->up ||
				 (entry->up == oldest->up && entry->serial < oldest->serial)))
			{
				oldest = entry;
			}
		}
	}
	return oldest;
}

/**
 * Choose the oldest entry whose UE has not answered its DELETE yet.
 *
 * @param count		[out] number of these entries
 */
static nin3a_entry_t *choose_unanswered(nin3a_entry_t *entry, u_int *count)
{
	nin3a_entry_t *oldest = NULL;

	*count = 0;
	for (; entry; entry = entry->next)
	{
		if (entry->state == NIN3A_STATE_ESTABLISHED && entry->closing &&
			!entry->forced)
		{
			(*count)++;
			if (!oldest || entry->serial < oldest->serial)
			{
				oldest = entry;
			}
		}
	}
	return oldest;
}

/*
 * Described in header
 */
void nin3a_chain_crop(nin3a_table_t *table, const nin3a_entry_t *entry,
					  u_int max, array_t *close, array_t *force)
{
	nin3a_entry_t *first, *oldest;
	u_int count;

	if (!nin3a_entry_is_bound(entry))
	{
		return;
	}
	first = table->find_name(table, kupf_session_get_name(entry->session));
	oldest = choose_oldest(first, entry, &count);
	if (oldest && count > max)
	{
		choose(oldest, KUPF_REASON_SUPERSEDED, close);
	}
	oldest = choose_unanswered(first, &count);
	if (oldest && count > max)
	{
		oldest->forced = TRUE;
		array_insert(force, ARRAY_TAIL, &oldest->ike_sa);
	}
}

/*
 * Described in header
 */
void nin3a_chain_childless(nin3a_table_t *table, const char *session,
						   uint32_t serial, array_t *chosen)
{
	nin3a_childless_t childless;
	nin3a_entry_t *entry;

	entry = table->find_name(table, session);
	for (; entry; entry = entry->next)
	{
		if (stays(entry) && !entry->up && entry->serial <= serial)
		{
			childless = (nin3a_childless_t){
				.ike_sa = entry->ike_sa,
				.told = entry->status != NULL,
			};
			entry->closing = TRUE;
			nin3a_entry_give_reason(entry, KUPF_REASON_NO_CHILD_SA);
			array_insert(chosen, ARRAY_TAIL, &childless);
		}
	}
}
