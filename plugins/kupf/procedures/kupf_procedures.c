/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_procedures.h"
#include "kupf_generation.h"
#include "kupf_request.h"
#include "kupf/kupf_counters.h"

typedef struct private_kupf_procedures_t private_kupf_procedures_t;

/**
 * Private data of the procedures.
 */
struct private_kupf_procedures_t {
	/** public interface */
	kupf_procedures_t public;
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
	/** waits for sessions, or NULL */
	kupf_fetch_t *fetch;
	/** sessions that fed ones hide, or NULL */
	kupf_preconfigured_t *preconfigured;
	/** FC unless a request names one */
	uint16_t fc;
};

/**
 * Turn a status of the store into an error.
 */
static bool store_error(kupf_store_status_t status, kupf_error_t *error)
{
	switch (status)
	{
		case KUPF_STORE_OK:
			return TRUE;
		case KUPF_STORE_IDENTITY_IN_USE:
			return kupf_error(error, KUPF_CAUSE_IDENTITY_IN_USE,
							  "field 'ue-id': another session has it");
		case KUPF_STORE_FULL:
			return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
							  "charon.plugins.kupf.max_sessions is reached");
		default:
			return kupf_error(error, KUPF_CAUSE_BUSY,
							  "the session is being changed by another client");
	}
}

/**
 * A session is gone as it was: have what it has hidden be there again.
 */
static void show(private_kupf_procedures_t *this, kupf_session_t *session)
{
	if (this->preconfigured)
	{
		this->preconfigured->show(this->preconfigured, session);
	}
}

/**
 * Finish a session that was removed from the store.
 */
static u_int retire(private_kupf_procedures_t *this, kupf_session_t *session,
					kupf_reason_t reason)
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

/**
 * Remove a session if its life is over.
 */
static bool remove_expired(private_kupf_procedures_t *this,
						   kupf_session_t *session)
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

/**
 * Get the session of a name, but remove it if its life is over.
 */
static kupf_session_t *get_living(private_kupf_procedures_t *this,
								  const char *name)
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

/**
 * Whether another session has an identity, and lives.  The store decides, but
 * an address is better not taken in vain, and what has expired has to go.
 */
static bool identity_in_use(private_kupf_procedures_t *this,
							const kupf_session_data_t *data)
{
	kupf_session_t *session;
	bool used;

	session = this->store->find_alike(this->store, data->id_type, data->id);
	used = session && !streq(kupf_session_get_name(session), data->name) &&
		   !remove_expired(this, session);
	kupf_session_unref(session);
	return used;
}

/**
 * Whether nobody else has the inner addresses of a session.  What has expired
 * has to go.
 */
static bool addresses_free(private_kupf_procedures_t *this,
						   const kupf_session_data_t *data,
						   kupf_error_t *error)
{
	kupf_session_t *other;
	bool expired = TRUE;
	u_int i;

	/* it may be a different one each time, or stay as its UE does */
	for (i = 0; expired && i <= data->ue_address_count; i++)
	{
		if (this->addresses->is_free(this->addresses, data, &other))
		{
			return TRUE;
		}
		expired = other && remove_expired(this, other);
		kupf_session_unref(other);
	}
	return kupf_error(error, KUPF_CAUSE_ADDRESS_IN_USE,
					  KUPF_UE_ADDRESSES_IN_USE);
}

/**
 * Have a session hold its inner addresses.  What has expired has to go.
 */
static bool take_addresses(private_kupf_procedures_t *this,
						   kupf_session_t *session,
						   const kupf_session_data_t *data, kupf_error_t *error)
{
	kupf_error_t wrong;

	wrong.cause = KUPF_CAUSE_NONE;
	return this->addresses->take(this->addresses, session, &wrong) ||
		   (addresses_free(this, data, error) &&
			this->addresses->take(this->addresses, session, error));
}

/**
 * A session is there, with this identity and key: have those go on who wait for
 * it, and hide what is pre-configured in its place.
 */
static void tell(private_kupf_procedures_t *this, kupf_session_t *session)
{
	if (this->preconfigured)
	{
		this->preconfigured->hide(this->preconfigured, session);
	}
	if (this->fetch)
	{
		this->fetch->answer(this->fetch, session);
	}
}

/**
 * Whether another session has the identity of a key in TLS, for one of the
 * services that have consumers.
 */
static bool psk_identity_in_use(private_kupf_procedures_t *this,
								const kupf_session_data_t *data)
{
	kupf_consumers_t *consumers = this->enforcer->consumers;

	return consumers && consumers->in_use(consumers, data);
}

/**
 * Whether the enforcer can make use of a session, and the addresses that a
 * request names are not of the wrong side.
 */
static bool is_accepted(private_kupf_procedures_t *this,
						const kupf_session_data_t *data, u_int fields,
						kupf_error_t *error)
{
	const char *missing;

	if (!kupf_request_check(data, error))
	{
		return FALSE;
	}
	if (psk_identity_in_use(this, data))
	{
		return kupf_error(error, KUPF_CAUSE_IDENTITY_IN_USE,
						  "field 'psk-identity': another session has it");
	}
	missing = this->enforcer->accepts(this->enforcer, data);
	if (missing)
	{
		return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field '%s' is "
						  "missing: without it there is no tunnel", missing);
	}
	return !(fields & (KUPF_FIELD_UE_ADDRESSES | KUPF_FIELD_UPF_ADDRESS)) ||
		   this->addresses->check(this->addresses, data, error);
}

/**
 * Whether there is memory for a session.
 */
static bool has_memory(const kupf_session_data_t *data, kupf_error_t *error)
{
	kupf_session_t *session;

	session = kupf_session_create(data);
	if (!session)
	{
		return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
						  "no more memory for keys");
	}
	kupf_session_unref(session);
	return TRUE;
}

/**
 * Add a session of new contents to the store.
 */
static kupf_session_t *add_session(private_kupf_procedures_t *this,
								   kupf_session_data_t *data,
								   const kupf_store_hashes_t *hashes,
								   kupf_error_t *error)
{
	kupf_session_t *session;

	/* the store decides, and whether there is memory is seen when it is needed,
	 * but a client that tries again and again must not put the whole pool into
	 * quarantine */
	if (this->store->is_full(this->store))
	{
		store_error(KUPF_STORE_FULL, error);
		return NULL;
	}
	if (this->pool->is_managed(this->pool) &&
		(!addresses_free(this, data, error) || !has_memory(data, error) ||
		 !kupf_pool_take(this->pool, data, error)))
	{
		return NULL;
	}
	session = kupf_session_create(data);
	if (!session)
	{
		kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
				   "no more memory for keys");
	}
	else if (take_addresses(this, session, data, error))
	{
		if (store_error(this->store->put_hashed(this->store, session, hashes),
						error))
		{
			return session;
		}
		this->addresses->leave(this->addresses, session);
	}
	kupf_pool_drop(this->pool, data);
	kupf_session_unref(session);
	return NULL;
}

/**
 * Exchange a session for one of new contents.
 */
static kupf_session_t *exchange_session(private_kupf_procedures_t *this,
										kupf_session_t *old,
										kupf_session_data_t *data,
										kupf_error_t *error)
{
	kupf_session_data_t before;
	kupf_session_t *session;
	bool moved;

	if (identity_in_use(this, data))
	{
		store_error(KUPF_STORE_IDENTITY_IN_USE, error);
		return NULL;
	}
	if (!addresses_free(this, data, error))
	{
		return NULL;
	}
	kupf_session_get_data(old, &before);
	moved = !kupf_address_equals(&before.upf_address, &data->upf_address);
	if (moved)
	{
		data->upf_address_pooled = FALSE;
		if (!kupf_pool_take(this->pool, data, error))
		{
			return NULL;
		}
	}
	session = kupf_session_create(data);
	if (!session)
	{
		kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
				   "no more memory for keys");
	}
	else if (this->addresses->take(this->addresses, session, error))
	{
		if (store_error(this->store->replace(this->store, old, session),
						error))
		{
			if (moved)
			{
				kupf_pool_drop(this->pool, &before);
			}
			return session;
		}
		this->addresses->leave(this->addresses, session);
	}
	if (moved)
	{
		kupf_pool_drop(this->pool, data);
	}
	kupf_session_unref(session);
	return NULL;
}

/**
 * Modify a session to what a request says, whose key is derived already.
 */
static kupf_session_t *change_session(private_kupf_procedures_t *this,
									  kupf_session_t *old,
									  kupf_request_t *request,
									  kupf_error_t *error)
{
	kupf_session_data_t data;
	kupf_session_t *session;
	uint32_t grace = UINT32_MAX;

	kupf_session_get_data(old, &data);
	if (!(request->fields & KUPF_FIELD_GENERATION))
	{
		if (data.generation == UINT32_MAX)
		{
			kupf_error(error, KUPF_CAUSE_LIMIT_REACHED, "the session was "
					   "modified too often: delete it and establish it anew");
			return NULL;
		}
		data.generation++;
	}
	kupf_request_apply(&data, request);

	session = is_accepted(this, &data, request->fields, error) ?
			  exchange_session(this, old, &data, error) : NULL;
	if (session)
	{
		kupf_count(KUPF_SESSIONS_MODIFIED);
		DBG2(DBG_CFG, "kupf: session '%s' modified, generation %u",
			 data.name, data.generation);
		if (request->fields & KUPF_FIELD_GRACE)
		{
			grace = request->grace;
		}
		this->enforcer->replaced(this->enforcer, old, session, grace);
		this->addresses->leave(this->addresses, old);
		tell(this, session);
		show(this, old);
	}
	return session;
}

/**
 * There is a session of the name of a request that establishes one: leave it
 * as it is if it is the same, or modify it if that is wanted.
 *
 * @param session	session, the reference is adopted
 * @param data		content that the request has for a new one
 * @return			new reference, NULL with error set
 */
static kupf_session_t *keep_or_change(private_kupf_procedures_t *this,
									  kupf_session_t *session,
									  const kupf_session_data_t *data,
									  kupf_request_t *request,
									  kupf_error_t *error)
{
	kupf_session_t *changed = NULL;
	kupf_generation_t generation;

	generation = kupf_generation_compare(session, data, request, error);

	if (generation == KUPF_GENERATION_STALE)
	{
		kupf_session_unref(session);
		return NULL;
	}
	if (generation == KUPF_GENERATION_SAME)
	{
		tell(this, session);
		return session;
	}
	if (request->replace)
	{
		changed = change_session(this, session, request, error);
	}
	else
	{
		kupf_error(error, KUPF_CAUSE_SESSION_EXISTS, "field 'session': there "
				   "is one of that name with other content");
	}
	kupf_session_unref(session);
	return changed;
}

METHOD(kupf_procedures_t, prepare, void,
	private_kupf_procedures_t *this, kupf_request_t *request)
{
	/* an identity that is derived is not there yet */
	request->hashed = (request->fields & KUPF_FIELD_UE_ID) != 0;
	if (request->hashed)
	{
		this->store->prepare(this->store, request->session, request->id_type,
							 chunk_create(request->id, request->id_len),
							 &request->hashes);
	}
}

/**
 * Look for sessions of the name and the identity of a request.
 *
 * @param hashes	[out] hashes of these
 * @param session	[out] reference to that of the name, if it lives, or NULL
 * @return			whether there was one of the name or the identity
 */
static bool look(private_kupf_procedures_t *this, kupf_request_t *request,
				 const kupf_session_data_t *data, kupf_store_hashes_t *hashes,
				 kupf_session_t **session)
{
	bool known;

	if (!request->hashed)
	{
		prepare(this, request);
	}
	request->hashed = FALSE;
	*hashes = request->hashes;
	known = this->store->look(this->store, data->name, data->id_type, data->id,
							  hashes, session);
	if (*session && remove_expired(this, *session))
	{
		kupf_session_unref(*session);
		*session = this->store->get(this->store, data->name);
	}
	return known;
}

METHOD(kupf_procedures_t, establish, kupf_session_t*,
	private_kupf_procedures_t *this, kupf_request_t *request,
	kupf_error_t *error)
{
	kupf_session_t *session;
	kupf_session_data_t data = {
		.name = request->session,
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};
	kupf_store_hashes_t hashes;
	bool known;

	if (!(request->fields & (KUPF_FIELD_KEY | KUPF_FIELDS_DERIVE)))
	{
		kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
				   "field 'key' is missing: expected it, or 'kamf' and 'rand'");
		return NULL;
	}
	if (!kupf_request_derive(request, this->fc, error))
	{
		return NULL;
	}
	if (!(request->fields & KUPF_FIELD_UE_ID))
	{
		kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
				   "field 'ue-id' is missing: it goes with 'key'");
		return NULL;
	}
	kupf_request_apply(&data, request);

	known = look(this, request, &data, &hashes, &session);
	if (session)
	{
		return keep_or_change(this, session, &data, request, error);
	}
	if (!is_accepted(this, &data, request->fields, error))
	{
		return NULL;
	}
	if (known && identity_in_use(this, &data))
	{
		store_error(KUPF_STORE_IDENTITY_IN_USE, error);
		return NULL;
	}
	session = add_session(this, &data, &hashes, error);
	if (session)
	{
		kupf_count(KUPF_SESSIONS_ESTABLISHED);
		DBG2(DBG_CFG, "kupf: session '%s' established", data.name);
		/* before its namesake is closed, to be what is wanted instead */
		this->enforcer->established(this->enforcer, session);
		tell(this, session);
	}
	return session;
}

/**
 * Modify a session, unless it is what it is to be already.
 */
static kupf_session_t *modify_session(private_kupf_procedures_t *this,
									  kupf_session_t *old,
									  kupf_request_t *request,
									  kupf_error_t *error)
{
	kupf_session_data_t data;

	kupf_session_get_data(old, &data);
	kupf_request_apply(&data, request);
	switch (kupf_generation_compare_content(old, &data, request, error))
	{
		case KUPF_GENERATION_SAME:
			tell(this, old);
			return kupf_session_ref(old);
		case KUPF_GENERATION_STALE:
			return NULL;
		default:
			return change_session(this, old, request, error);
	}
}

METHOD(kupf_procedures_t, modify, kupf_session_t*,
	private_kupf_procedures_t *this, kupf_request_t *request,
	kupf_error_t *error)
{
	kupf_session_t *old, *session = NULL;
	kupf_session_data_t data;

	old = get_living(this, request->session);
	if (!old)
	{
		kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION,
				   "field 'session': there is none of that name");
		return NULL;
	}
	if (!(request->fields & KUPF_FIELD_PDU_SESSION_ID))
	{	/* it is part of the derivation, whoever names it */
		kupf_session_get_data(old, &data);
		request->pdu_session_id = data.pdu_session_id;
	}
	if (kupf_request_derive(request, this->fc, error))
	{
		session = modify_session(this, old, request, error);
	}
	kupf_session_unref(old);
	return session;
}

METHOD(kupf_procedures_t, delete_, bool,
	private_kupf_procedures_t *this, const char *name, u_int *tunnels,
	kupf_error_t *error)
{
	kupf_session_t *session;
	bool done = FALSE;

	while (!done)
	{
		session = get_living(this, name);
		if (!session)
		{
			return kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION,
							  "field 'session': there is none of that name");
		}
		done = this->store->remove(this->store, session);
		if (done)
		{
			*tunnels = retire(this, session, KUPF_REASON_DELETED);
			kupf_count(KUPF_SESSIONS_DELETED);
			DBG2(DBG_CFG, "kupf: session '%s' deleted", name);
		}
		kupf_session_unref(session);
	}
	return TRUE;
}

/**
 * Get the session of a name, be it a pre-configured one.
 */
static kupf_session_t *get_any(private_kupf_procedures_t *this,
							   const char *name)
{
	kupf_session_t *session;
	kupf_store_t *store;

	session = get_living(this, name);
	if (!session && this->preconfigured)
	{
		store = this->preconfigured->get_store(this->preconfigured);
		session = store->get(store, name);
	}
	return session;
}

METHOD(kupf_procedures_t, close_tunnels, bool,
	private_kupf_procedures_t *this, const char *name, uint32_t up_as,
	u_int *tunnels, kupf_error_t *error)
{
	kupf_session_t *session;
	bool done;

	session = get_any(this, name);
	if (!session)
	{
		return kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION,
						  "field 'session': there is none of that name");
	}
	done = this->enforcer->vacate(this->enforcer, name, up_as, tunnels) ||
		   kupf_error(error, KUPF_CAUSE_NOT_ALLOWED, "this host sets the "
					  "session's tunnel up by itself, and would again: delete "
					  "the session");
	kupf_session_unref(session);
	return done;
}

METHOD(kupf_procedures_t, reject_key, bool,
	private_kupf_procedures_t *this, kupf_request_t *request, u_int *waited,
	kupf_error_t *error)
{
	kupf_session_data_t data = {
		.name = "",
		.id_type = request->id_type,
		.id = chunk_create(request->id, request->id_len),
	};

	if (identity_in_use(this, &data))
	{
		return store_error(KUPF_STORE_IDENTITY_IN_USE, error);
	}
	*waited = this->fetch ? this->fetch->reject(this->fetch, data.id_type,
												data.id) : 0;
	return TRUE;
}

METHOD(kupf_procedures_t, request_rekey, bool,
	private_kupf_procedures_t *this, const char *name, u_int *told,
	kupf_error_t *error)
{
	kupf_session_t *session;

	session = get_living(this, name);
	if (!session)
	{
		return kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION,
						  "field 'session': there is none of that name");
	}
	*told = this->events->rekey_request(this->events, session, "requested");
	kupf_session_unref(session);
	return TRUE;
}

METHOD(kupf_procedures_t, expire, bool,
	private_kupf_procedures_t *this)
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

METHOD(kupf_procedures_t, destroy, void,
	private_kupf_procedures_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_procedures_t *kupf_procedures_create(kupf_store_t *store, kupf_pool_t *pool,
									  kupf_ue_addresses_t *addresses,
									  kupf_enforcer_t *enforcer,
									  kupf_events_t *events,
									  kupf_fetch_t *fetch,
									  kupf_preconfigured_t *preconfigured,
									  uint16_t fc)
{
	private_kupf_procedures_t *this;

	INIT(this,
		.public = {
			.prepare = _prepare,
			.establish = _establish,
			.modify = _modify,
			.delete = _delete_,
			.close_tunnels = _close_tunnels,
			.reject_key = _reject_key,
			.request_rekey = _request_rekey,
			.expire = _expire,
			.destroy = _destroy,
		},
		.store = store,
		.pool = pool,
		.addresses = addresses,
		.enforcer = enforcer,
		.events = events,
		.fetch = fetch,
		.preconfigured = preconfigured,
		.fc = fc,
	);

	return &this->public;
}
