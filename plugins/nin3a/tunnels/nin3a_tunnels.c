/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_tunnels.h"
#include "nin3a/nin3a_counters.h"

#include <threading/mutex.h>

typedef struct private_nin3a_tunnels_t private_nin3a_tunnels_t;

/**
 * Private data of the tunnels.
 */
struct private_nin3a_tunnels_t {
	/** public interface */
	nin3a_tunnels_t public;
	/** entries */
	nin3a_table_t *table;
	/** number of tunnels */
	u_int up;
	/** how many were established so far */
	uint32_t serial;
	/** guards all of it */
	mutex_t *mutex;
};

/**
 * Lock the table and find an entry.
 */
static nin3a_entry_t *lock_entry(private_nin3a_tunnels_t *this,
								 uint32_t ike_sa)
{
	this->mutex->lock(this->mutex);
	return this->table->find(this->table, ike_sa);
}

METHOD(nin3a_tunnels_t, begin, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, nin3a_attempt_t *attempt)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (entry)
	{
		nin3a_entry_refuse(entry, NIN3A_SECOND_ROUND);
	}
	else
	{
		this->table->add(this->table, nin3a_entry_create(ike_sa, attempt));
		attempt = NULL;
	}
	this->mutex->unlock(this->mutex);
	nin3a_attempt_destroy(attempt);
}

METHOD(nin3a_tunnels_t, get_state, nin3a_state_t,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	nin3a_state_t state = entry ? entry->state : NIN3A_STATE_NONE;

	this->mutex->unlock(this->mutex);
	return state;
}

METHOD(nin3a_tunnels_t, refuse, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, nin3a_reason_t reason)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (entry)
	{
		nin3a_entry_refuse(entry, reason);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, bind_, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, kupf_session_t *session,
	const tunnel_spis_t *spis)
{
	bool done = FALSE;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && entry->state == NIN3A_STATE_GUARDED)
	{
		entry->state = NIN3A_STATE_VERIFIED;
		entry->spis = *spis;
		this->table->bind(this->table, entry, session);
		done = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return done;
}

METHOD(nin3a_tunnels_t, establish, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_attempt_t *attempt = NULL;
	bool done = FALSE;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && entry->state == NIN3A_STATE_VERIFIED)
	{
		entry->state = NIN3A_STATE_ESTABLISHED;
		entry->serial = ++this->serial;
		attempt = entry->attempt;
		entry->attempt = NULL;
		done = TRUE;
	}
	this->mutex->unlock(this->mutex);
	nin3a_attempt_destroy(attempt);
	return done;
}

METHOD(nin3a_tunnels_t, up, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	kupf_session_t *session = NULL;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && nin3a_entry_up(entry))
	{
		this->up++;
		session = kupf_session_ref(entry->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_tunnels_t, down, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *up_as,
	kupf_reason_t *reason)
{
	kupf_session_t *session = NULL;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && entry->up)
	{
		nin3a_entry_down(entry);
		this->up--;
		*up_as = entry->up_as;
		*reason = entry->reason;
		session = kupf_session_ref(entry->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_tunnels_t, take_attempt, nin3a_attempt_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, nin3a_state_t *state)
{
	nin3a_attempt_t *attempt = NULL;
	nin3a_entry_t *entry;

	*state = NIN3A_STATE_NONE;
	entry = lock_entry(this, ike_sa);
	if (entry)
	{
		*state = entry->state;
		attempt = entry->attempt;
		entry->attempt = NULL;
		/* what is reported as refused must not be established after all */
		nin3a_entry_refuse(entry, NIN3A_INCOMPLETE);
	}
	this->mutex->unlock(this->mutex);
	return attempt;
}

METHOD(nin3a_tunnels_t, get_session, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	kupf_session_t *session = NULL;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (nin3a_entry_is_bound(entry))
	{
		session = kupf_session_ref(entry->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_tunnels_t, get_spis, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, tunnel_spis_t *spis)
{
	bool found = FALSE;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && entry->session)
	{
		*spis = entry->spis;
		found = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return found;
}

METHOD(nin3a_tunnels_t, set_reason, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, kupf_reason_t reason)
{
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry)
	{
		nin3a_entry_give_reason(entry, reason);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, condemn, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry;
	bool done = FALSE;

	entry = lock_entry(this, ike_sa);
	if (entry && entry->state == NIN3A_STATE_ESTABLISHED && !entry->closing)
	{
		entry->closing = TRUE;
		nin3a_entry_give_reason(entry, KUPF_REASON_REFUSED);
		done = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return done;
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

METHOD(nin3a_tunnels_t, set_path, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa,
	const kupf_endpoint_t *local, const kupf_endpoint_t *remote,
	tunnel_told_t *told)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (entry && entry->details)
	{
		switch (tunnel_status_set_path(entry->details, local, remote))
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
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, set_child, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, const kupf_child_t *child,
	bool installed, tunnel_told_t *told)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	bool last = FALSE;

	if (entry && entry->details)
	{
		if (tunnel_status_set_child(entry->details, child, installed))
		{
			tell(entry, told);
		}
		last = entry->up && !entry->losing && !entry->closing &&
			   !tunnel_status_has_child(entry->details);
		entry->losing |= last;
	}
	this->mutex->unlock(this->mutex);
	return last;
}

METHOD(nin3a_tunnels_t, lease, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, u_int i)
{
	bool done = FALSE;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (nin3a_entry_is_bound(entry) && i < KUPF_UE_ADDRESSES_MAX &&
		!(entry->leased & (1 << i)))
	{
		entry->leased |= 1 << i;
		done = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return done;
}

METHOD(nin3a_tunnels_t, rekey, bool,
	private_nin3a_tunnels_t *this, uint32_t old, uint32_t new,
	const tunnel_spis_t *spis)
{
	nin3a_entry_t *entry = lock_entry(this, old);
	bool closing = FALSE;

	if (entry)
	{
		this->table->move(this->table, entry, new);
		entry->spis = *spis;
		closing = entry->closing;
		if (!closing)
		{	/* what was said about the predecessor only, e.g. its DELETE in a
			 * collision of two rekeyings */
			entry->reason = NIN3A_NO_REASON;
		}
	}
	this->mutex->unlock(this->mutex);
	return closing;
}

METHOD(nin3a_tunnels_t, remove_, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->table->remove(this->table, ike_sa);
	if (entry && entry->up)
	{
		this->up--;
	}
	this->mutex->unlock(this->mutex);
	nin3a_entry_destroy(entry);
}

METHOD(nin3a_tunnels_t, count, u_int,
	private_nin3a_tunnels_t *this, const char *session, u_int *up)
{
	u_int all;

	this->mutex->lock(this->mutex);
	all = nin3a_chain_count(this->table, session, up);
	this->mutex->unlock(this->mutex);
	return all;
}

METHOD(nin3a_tunnels_t, uses, bool,
	private_nin3a_tunnels_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	bool used;

	this->mutex->lock(this->mutex);
	used = nin3a_chain_uses(this->table, session, dnn, address);
	this->mutex->unlock(this->mutex);
	return used;
}

METHOD(nin3a_tunnels_t, describe, u_int,
	private_nin3a_tunnels_t *this, const char *session, kupf_tunnel_t *tunnels,
	u_int max)
{
	u_int count;

	this->mutex->lock(this->mutex);
	count = nin3a_chain_describe(this->table, session, tunnels, max);
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(nin3a_tunnels_t, select_, u_int,
	private_nin3a_tunnels_t *this, const char *session,
	nin3a_tunnels_filter_t filter, void *user, kupf_reason_t reason,
	array_t *ids)
{
	u_int up;

	this->mutex->lock(this->mutex);
	up = nin3a_chain_select(this->table, session, filter, user, reason, ids);
	this->mutex->unlock(this->mutex);
	return up;
}

METHOD(nin3a_tunnels_t, vacate, u_int,
	private_nin3a_tunnels_t *this, const char *session, uint32_t up_as,
	array_t *ids)
{
	u_int up;

	this->mutex->lock(this->mutex);
	up = nin3a_chain_vacate(this->table, session, up_as, ids);
	this->mutex->unlock(this->mutex);
	return up;
}

METHOD(nin3a_tunnels_t, refresh, void,
	private_nin3a_tunnels_t *this, kupf_session_t *session)
{
	array_t *dropped;

	dropped = array_create(0, 0);
	this->mutex->lock(this->mutex);
	nin3a_chain_refresh(this->table, session, dropped);
	this->mutex->unlock(this->mutex);
	array_destroy_function(dropped, (void*)kupf_session_unref, NULL);
}

METHOD(nin3a_tunnels_t, crowds, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *serial)
{
	nin3a_entry_t *entry;
	bool crowds;

	entry = lock_entry(this, ike_sa);
	crowds = entry && nin3a_chain_crowds(this->table, entry);
	*serial = entry ? entry->serial : 0;
	this->mutex->unlock(this->mutex);
	return crowds;
}

METHOD(nin3a_tunnels_t, settle, void,
	private_nin3a_tunnels_t *this, const char *session, uint32_t serial,
	array_t *ids)
{
	this->mutex->lock(this->mutex);
	nin3a_chain_settle(this->table, session, serial, ids);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, is_waiting, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *serial)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	bool waiting;

	waiting = entry && entry->state == NIN3A_STATE_ESTABLISHED &&
			  !entry->up && !entry->closing;
	*serial = entry ? entry->serial : 0;
	this->mutex->unlock(this->mutex);
	return waiting;
}

METHOD(nin3a_tunnels_t, was_up, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	bool was = entry && entry->details;

	this->mutex->unlock(this->mutex);
	return was;
}

METHOD(nin3a_tunnels_t, is_losing, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	bool losing = entry && entry->losing;

	this->mutex->unlock(this->mutex);
	return losing;
}

METHOD(nin3a_tunnels_t, crop, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, u_int max, array_t *close,
	array_t *force)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (nin3a_entry_is_bound(entry))
	{
		nin3a_chain_crop(this->table, entry, max, close, force);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, childless, void,
	private_nin3a_tunnels_t *this, const char *session, uint32_t serial,
	array_t *chosen)
{
	this->mutex->lock(this->mutex);
	nin3a_chain_childless(this->table, session, serial, chosen);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, lose, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *up_as,
	uint32_t *serial)
{
	kupf_session_t *session = NULL;
	nin3a_entry_t *entry;

	entry = lock_entry(this, ike_sa);
	if (entry && nin3a_entry_lose(entry))
	{
		this->up--;
		entry->serial = ++this->serial;
		*up_as = entry->up_as;
		*serial = entry->serial;
		session = kupf_session_ref(entry->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_tunnels_t, get_count, u_int,
	private_nin3a_tunnels_t *this, u_int *up)
{
	u_int count;

	this->mutex->lock(this->mutex);
	count = this->table->get_count(this->table);
	*up = this->up;
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(nin3a_tunnels_t, destroy, void,
	private_nin3a_tunnels_t *this)
{
	this->table->destroy(this->table);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_tunnels_t *nin3a_tunnels_create()
{
	private_nin3a_tunnels_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.get_state = _get_state,
			.refuse = _refuse,
			.bind = _bind_,
			.establish = _establish,
			.up = _up,
			.down = _down,
			.take_attempt = _take_attempt,
			.get_session = _get_session,
			.get_spis = _get_spis,
			.set_reason = _set_reason,
			.condemn = _condemn,
			.lease = _lease,
			.rekey = _rekey,
			.remove = _remove_,
			.set_path = _set_path,
			.set_child = _set_child,
			.describe = _describe,
			.count = _count,
			.uses = _uses,
			.select = _select_,
			.vacate = _vacate,
			.refresh = _refresh,
			.crowds = _crowds,
			.settle = _settle,
			.is_waiting = _is_waiting,
			.crop = _crop,
			.childless = _childless,
			.lose = _lose,
			.was_up = _was_up,
			.is_losing = _is_losing,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.table = nin3a_table_create(),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
