/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_removal.h"
#include "kupf/kupf_counters.h"

typedef struct private_kupf_removal_t private_kupf_removal_t;

/**
 * Private data of the object.
 */
struct private_kupf_removal_t {
	/** public interface */
	kupf_removal_t public;
	/** sessions */
	kupf_store_t *store;
	/** addresses of the UPF */
	kupf_pool_t *pool;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** events */
	kupf_events_t *events;
	/** sessions that fed ones hide, or NULL */
	kupf_preconfigured_t *preconfigured;
};

METHOD(kupf_removal_t, show, void,
	private_kupf_removal_t *this, kupf_session_t *session)
{
	if (this->preconfigured)
	{
		this->preconfigured->show(this->preconfigured, session);
	}
}

METHOD(kupf_removal_t, retire, u_int,
	private_kupf_removal_t *this, kupf_session_t *session, kupf_reason_t reason)
{
	kupf_session_data_t data;
	u_int tunnels;

	tunnels = this->enforcer->close(this->enforcer, session, reason);
	this->addresses->leave(this->addresses, session);
	show(this, session);
	kupf_session_get_data(session, &data);
	kupf_pool_drop(this->pool, &data);
	if (reason == KUPF_REASON_EXPIRED)
	{
		kupf_count(KUPF_SESSIONS_EXPIRED);
		DBG2(DBG_CFG, "kupf: session '%s' expired", data.name);
		this->events->session_expired(this->events, session);
	}
	return tunnels;
}

METHOD(kupf_removal_t, remove_expired, bool,
	private_kupf_removal_t *this, kupf_session_t *session)
{
	if (!kupf_session_expired(session, time_monotonic(NULL)))
	{
		return FALSE;
	}
	if (this->store->remove(this->store, session))
	{
		retire(this, session, KUPF_REASON_EXPIRED);
	}
	return TRUE;
}

METHOD(kupf_removal_t, get_living, kupf_session_t*,
	private_kupf_removal_t *this, const char *name)
{
	kupf_session_t *session;

	session = this->store->get(this->store, name);
	if (session && remove_expired(this, session))
	{
		kupf_session_unref(session);
		session = this->store->get(this->store, name);
	}
	return session;
}

METHOD(kupf_removal_t, expire, bool,
	private_kupf_removal_t *this)
{
	kupf_session_t *due[KUPF_EXPIRE_MAX];
	time_t now = time_monotonic(NULL);
	u_int count, i;

	this->addresses->reap(this->addresses);
	count = this->store->expire(this->store, now, due, countof(due));
	for (i = 0; i < count; i++)
	{
		if (kupf_session_expired(due[i], now))
		{
			retire(this, due[i], KUPF_REASON_EXPIRED);
		}
		else
		{
			this->events->rekey_request(this->events, due[i], "expiring");
		}
		kupf_session_unref(due[i]);
	}
	return count == countof(due);
}

METHOD(kupf_removal_t, destroy, void,
	private_kupf_removal_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_removal_t *kupf_removal_create(kupf_store_t *store, kupf_pool_t *pool,
									kupf_ue_addresses_t *addresses,
									kupf_enforcer_t *enforcer,
									kupf_events_t *events,
									kupf_preconfigured_t *preconfigured)
{
	private_kupf_removal_t *this;

	INIT(this,
		.public = {
			.retire = _retire,
			.show = _show,
			.remove_expired = _remove_expired,
			.get_living = _get_living,
			.expire = _expire,
			.destroy = _destroy,
		},
		.store = store,
		.pool = pool,
		.addresses = addresses,
		.enforcer = enforcer,
		.events = events,
		.preconfigured = preconfigured,
	);
	return &this->public;
}
