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

/**
 * Unlock the table.
 *
 * @return			result, for whoever asked
 */
static u_int unlock(private_nin3a_tunnels_t *this, u_int result)
{
	this->mutex->unlock(this->mutex);
	return result;
}

/**
 * Unlock the table, and get the session of an entry.
 *
 * @param entry		entry that is bound, or NULL
 * @return			new reference, NULL if there is no entry
 */
static kupf_session_t *unlock_session(private_nin3a_tunnels_t *this,
									  nin3a_entry_t *entry)
{
	kupf_session_t *session = entry ? kupf_session_ref(entry->session) : NULL;

	this->mutex->unlock(this->mutex);
	return session;
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

	return unlock(this, entry ? entry->state : NIN3A_STATE_NONE);
}

METHOD(nin3a_tunnels_t, refuse, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, nin3a_reason_t reason)
{
	nin3a_entry_refuse(lock_entry(this, ike_sa), reason);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, bind_, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, kupf_session_t *session,
	const tunnel_spis_t *spis)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (!entry || !nin3a_entry_verify(entry, spis))
	{
		return unlock(this, FALSE);
	}
	this->table->bind(this->table, entry, session);
	return unlock(this, TRUE);
}

METHOD(nin3a_tunnels_t, establish, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	nin3a_attempt_t *attempt = NULL;
	nin3a_state_t state;
	bool done;

	done = entry && nin3a_entry_establish(entry, &this->serial);
	if (done)
	{
		attempt = nin3a_entry_take_attempt(entry, &state);
	}
	this->mutex->unlock(this->mutex);
	nin3a_attempt_destroy(attempt);
	return done;
}

METHOD(nin3a_tunnels_t, up, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);
	bool up = entry && nin3a_entry_up(entry);

	this->up += up;
	return unlock_session(this, up ? entry : NULL);
}

METHOD(nin3a_tunnels_t, down, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, uint32_t *up_as,
	kupf_reason_t *reason)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (!entry || !entry->up)
	{
		return unlock_session(this, NULL);
	}
	nin3a_entry_down(entry);
	this->up--;
	*up_as = entry->up_as;
	*reason = entry->reason;
	return unlock_session(this, entry);
}

METHOD(nin3a_tunnels_t, take_attempt, nin3a_attempt_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, nin3a_state_t *state)
{
	nin3a_attempt_t *attempt;

	attempt = nin3a_entry_take_attempt(lock_entry(this, ike_sa), state);
	this->mutex->unlock(this->mutex);
	return attempt;
}

METHOD(nin3a_tunnels_t, get_session, kupf_session_t*,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	return unlock_session(this, nin3a_entry_is_bound(entry) ? entry : NULL);
}

METHOD(nin3a_tunnels_t, get_spis, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, tunnel_spis_t *spis)
{
	return unlock(this, nin3a_entry_get_spis(lock_entry(this, ike_sa), spis));
}

METHOD(nin3a_tunnels_t, set_reason, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, kupf_reason_t reason)
{
	nin3a_entry_give_reason(lock_entry(this, ike_sa), reason);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, condemn, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	return unlock(this, nin3a_entry_condemn(lock_entry(this, ike_sa)));
}

METHOD(nin3a_tunnels_t, set_path, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa,
	const kupf_endpoint_t *local, const kupf_endpoint_t *remote,
	tunnel_told_t *told)
{
	nin3a_entry_set_path(lock_entry(this, ike_sa), local, remote, told);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, set_child, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, const kupf_child_t *child,
	bool installed, tunnel_told_t *told)
{
	return unlock(this, nin3a_entry_set_child(lock_entry(this, ike_sa), child,
											  installed, told));
}

METHOD(nin3a_tunnels_t, lease, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, u_int i)
{
	return unlock(this, nin3a_entry_lease(lock_entry(this, ike_sa), i));
}

METHOD(nin3a_tunnels_t, rekey, bool,
	private_nin3a_tunnels_t *this, uint32_t old, uint32_t new,
	const tunnel_spis_t *spis)
{
	nin3a_entry_t *entry = lock_entry(this, old);

	if (entry)
	{
		this->table->rename(this->table, entry, new);
	}
	return unlock(this, nin3a_entry_rekey(entry, spis));
}

METHOD(nin3a_tunnels_t, remove_, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->table->remove(this->table, ike_sa);
	this->up -= entry && entry->up;
	this->mutex->unlock(this->mutex);
	nin3a_entry_destroy(entry);
}

METHOD(nin3a_tunnels_t, count_bound, u_int,
	private_nin3a_tunnels_t *this, const char *session, u_int *up)
{
	this->mutex->lock(this->mutex);
	return unlock(this, nin3a_chain_count_bound(this->table, session, up));
}

METHOD(nin3a_tunnels_t, uses, bool,
	private_nin3a_tunnels_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	this->mutex->lock(this->mutex);
	return unlock(this, nin3a_chain_uses(this->table, session, dnn,
										  address));
}

METHOD(nin3a_tunnels_t, describe, u_int,
	private_nin3a_tunnels_t *this, const char *session, kupf_tunnel_t *tunnels,
	u_int max)
{
	this->mutex->lock(this->mutex);
	return unlock(this, nin3a_chain_describe(this->table, session, tunnels,
											 max));
}

METHOD(nin3a_tunnels_t, measured, void,
	private_nin3a_tunnels_t *this, const kupf_tunnel_t *tunnel)
{
	nin3a_entry_t *entry = lock_entry(this, tunnel->ike_sa);
	uint64_t in, out;

	if (entry && entry->status)
	{
		tunnel_status_take_traffic(entry->status, tunnel, &in, &out);
		nin3a_count_octets(in, out);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_tunnels_t, evict, u_int,
	private_nin3a_tunnels_t *this, const char *session,
	nin3a_tunnels_filter_t filter, void *user, kupf_reason_t reason,
	array_t *ids)
{
	this->mutex->lock(this->mutex);
	return unlock(this, nin3a_chain_evict(this->table, session, filter, user,
										  reason, ids));
}

METHOD(nin3a_tunnels_t, vacate, u_int,
	private_nin3a_tunnels_t *this, const char *session, uint32_t up_as,
	array_t *ids)
{
	this->mutex->lock(this->mutex);
	return unlock(this, nin3a_chain_vacate(this->table, session, up_as, ids));
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
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	*serial = entry ? entry->serial : 0;
	return unlock(this, entry && nin3a_chain_crowds(this->table, entry));
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

	*serial = entry ? entry->serial : 0;
	return unlock(this, entry && nin3a_entry_is_waiting(entry));
}

METHOD(nin3a_tunnels_t, was_up, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	return unlock(this, entry && entry->status);
}

METHOD(nin3a_tunnels_t, is_losing, bool,
	private_nin3a_tunnels_t *this, uint32_t ike_sa)
{
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	return unlock(this, entry && entry->losing);
}

METHOD(nin3a_tunnels_t, crop, void,
	private_nin3a_tunnels_t *this, uint32_t ike_sa, u_int max, array_t *close,
	array_t *force)
{
	nin3a_chain_crop(this->table, lock_entry(this, ike_sa), max, close, force);
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
	nin3a_entry_t *entry = lock_entry(this, ike_sa);

	if (!entry || !nin3a_entry_lose(entry))
	{
		return unlock_session(this, NULL);
	}
	this->up--;
	entry->serial = ++this->serial;
	*up_as = entry->up_as;
	*serial = entry->serial;
	return unlock_session(this, entry);
}

METHOD(nin3a_tunnels_t, get_count, u_int,
	private_nin3a_tunnels_t *this, u_int *up)
{
	this->mutex->lock(this->mutex);
	*up = this->up;
	return unlock(this, this->table->get_count(this->table));
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
			.measured = _measured,
			.count_bound = _count_bound,
			.uses = _uses,
			.evict = _evict,
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
