/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_entry.h"
#include "nin3a/nin3a_counters.h"

/*
 * Described in header
 */
nin3a_entry_t *nin3a_entry_create(uint32_t ike_sa, nin3a_attempt_t *attempt)
{
	nin3a_entry_t *entry;

	INIT(entry,
		.ike_sa = ike_sa,
		.attempt = attempt,
		.state = attempt->reason == NIN3A_ALLOWED ? NIN3A_STATE_GUARDED
												  : NIN3A_STATE_REFUSED,
		.reason = NIN3A_NO_REASON,
	);
	return entry;
}

/*
 * Described in header
 */
void nin3a_entry_destroy(nin3a_entry_t *entry)
{
	if (entry)
	{
		kupf_session_unref(entry->session);
		nin3a_attempt_destroy(entry->attempt);
		tunnel_status_destroy(entry->status);
		free(entry);
	}
}

/*
 * Described in header
 */
bool nin3a_entry_is_bound(const nin3a_entry_t *entry)
{
	return entry && (entry->state == NIN3A_STATE_VERIFIED ||
					 entry->state == NIN3A_STATE_ESTABLISHED);
}

/*
 * Described in header
 */
void nin3a_entry_refuse(nin3a_entry_t *entry, nin3a_reason_t reason)
{
	if (entry && entry->state != NIN3A_STATE_ESTABLISHED)
	{
		entry->state = NIN3A_STATE_REFUSED;
		if (entry->attempt && entry->attempt->reason == NIN3A_ALLOWED)
		{
			entry->attempt->reason = reason;
		}
	}
}

/*
 * Described in header
 */
void nin3a_entry_give_reason(nin3a_entry_t *entry, kupf_reason_t reason)
{
	if (entry && entry->reason == NIN3A_NO_REASON)
	{
		entry->reason = reason;
	}
}

/*
 * Described in header
 */
bool nin3a_entry_up(nin3a_entry_t *entry)
{
	if (entry->state != NIN3A_STATE_ESTABLISHED || entry->up || entry->closing)
	{
		return FALSE;
	}
	entry->up = TRUE;
	entry->up_as = entry->ike_sa;
	if (!entry->status)
	{
		entry->status = tunnel_status_create();
	}
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_entry_lose(nin3a_entry_t *entry)
{
	entry->losing = FALSE;
	if (!entry->up || entry->closing || tunnel_status_has_child(entry->status))
	{
		return FALSE;
	}
	entry->up = FALSE;
	return TRUE;
}

/*
 * Described in header
 */
void nin3a_entry_down(nin3a_entry_t *entry)
{
	entry->up = FALSE;
	entry->closing = TRUE;
	nin3a_entry_give_reason(entry, KUPF_REASON_SHUTDOWN);
}

/*
 * Described in header
 */
bool nin3a_entry_verify(nin3a_entry_t *entry, const tunnel_spis_t *spis)
{
	if (entry->state != NIN3A_STATE_GUARDED)
	{
		return FALSE;
	}
	entry->state = NIN3A_STATE_VERIFIED;
	entry->spis = *spis;
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_entry_establish(nin3a_entry_t *entry, uint32_t *serial)
{
	if (entry->state != NIN3A_STATE_VERIFIED)
	{
		return FALSE;
	}
	entry->state = NIN3A_STATE_ESTABLISHED;
	entry->serial = ++*serial;
	return TRUE;
}

/*
 * Described in header
 */
nin3a_attempt_t *nin3a_entry_take_attempt(nin3a_entry_t *entry,
										  nin3a_state_t *state)
{
	nin3a_attempt_t *attempt;

	*state = NIN3A_STATE_NONE;
	if (!entry)
	{
		return NULL;
	}
	*state = entry->state;
	attempt = entry->attempt;
	entry->attempt = NULL;
	/* what is reported as refused must not be established after all */
	nin3a_entry_refuse(entry, NIN3A_INCOMPLETE);
	return attempt;
}

/*
 * Described in header
 */
bool nin3a_entry_get_spis(const nin3a_entry_t *entry, tunnel_spis_t *spis)
{
	if (!entry || !entry->session)
	{
		return FALSE;
	}
	*spis = entry->spis;
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_entry_condemn(nin3a_entry_t *entry)
{
	if (!entry || entry->state != NIN3A_STATE_ESTABLISHED || entry->closing)
	{
		return FALSE;
	}
	entry->closing = TRUE;
	nin3a_entry_give_reason(entry, KUPF_REASON_REFUSED);
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_entry_is_waiting(const nin3a_entry_t *entry)
{
	return entry->state == NIN3A_STATE_ESTABLISHED && !entry->up &&
		   !entry->closing;
}

/*
 * Described in header
 */
bool nin3a_entry_lease(nin3a_entry_t *entry, u_int i)
{
	if (!nin3a_entry_is_bound(entry) || i >= KUPF_UE_ADDRESSES_MAX ||
		entry->leased & (1 << i))
	{
		return FALSE;
	}
	entry->leased |= 1 << i;
	return TRUE;
}

/**
 * There is something to be told of a tunnel.
 */
static void tell(const nin3a_entry_t *entry, tunnel_told_t *told)
{
	if (told && entry->up)
	{
		told->session = kupf_session_ref(entry->session);
		told->up_as = entry->up_as;
	}
}

/*
 * Described in header
 */
void nin3a_entry_set_path(nin3a_entry_t *entry, const kupf_endpoint_t *local,
						  const kupf_endpoint_t *remote, tunnel_told_t *told)
{
	if (!entry || !entry->status)
	{
		return;
	}
	switch (tunnel_status_set_path(entry->status, local, remote))
	{
		case TUNNEL_PATH_MOVED:
			tell(entry, told);
			break;
		case TUNNEL_PATH_RESTLESS:
			nin3a_count(NIN3A_MOVES_UNTOLD);
			break;
		default:
			break;
	}
}

/*
 * Described in header
 */
bool nin3a_entry_set_child(nin3a_entry_t *entry, const kupf_child_t *child,
						   bool installed, tunnel_told_t *told)
{
	bool last;

	if (!entry || !entry->status)
	{
		return FALSE;
	}
	if (tunnel_status_set_child(entry->status, child, installed))
	{
		tell(entry, told);
	}
	last = entry->up && !entry->losing && !entry->closing &&
		   !tunnel_status_has_child(entry->status);
	entry->losing |= last;
	return last;
}

/*
 * Described in header
 */
bool nin3a_entry_rekey(nin3a_entry_t *entry, const tunnel_spis_t *spis)
{
	if (!entry)
	{
		return FALSE;
	}
	entry->spis = *spis;
	if (!entry->closing)
	{	/* what was said about the predecessor only, e.g. its DELETE in a
		 * collision of two rekeyings */
		entry->reason = NIN3A_NO_REASON;
	}
	return entry->closing;
}
