/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_procedures.h"
#include "kupf_admission.h"
#include "kupf_generation.h"
#include "kupf_removal.h"
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
	/** has sessions enter the store */
	kupf_admission_t *admission;
	/** has them leave */
	kupf_removal_t *removal;
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
 * Say that there is no session of a name.
 */
static bool no_such_session(kupf_error_t *error)
{
	return kupf_error(error, KUPF_CAUSE_NO_SUCH_SESSION,
					  "field 'session': there is none of that name");
}

/**
 * Get the session of a name, but remove it if its life is over.
 *
 * @return			new reference, NULL with error set
 */
static kupf_session_t *get_living(private_kupf_procedures_t *this,
								  const char *name, kupf_error_t *error)
{
	kupf_session_t *session;

	session = this->removal->get_living(this->removal, name);
	if (!session)
	{
		no_such_session(error);
	}
	return session;
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

	session = this->admission->exchange(this->admission, old, &data,
										request->fields, error);
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
		this->removal->show(this->removal, old);
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
	if (*session && this->removal->remove_expired(this->removal, *session))
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

	if (!kupf_request_complete(request, this->fc, error))
	{
		return NULL;
	}
	kupf_request_apply(&data, request);

	known = look(this, request, &data, &hashes, &session);
	if (session)
	{
		return keep_or_change(this, session, &data, request, error);
	}
	session = this->admission->add(this->admission, &data, request->fields,
								   known, &hashes, error);
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

	old = get_living(this, request->session, error);
	if (!old)
	{
		return NULL;
	}
	if (!(request->fields & KUPF_FIELD_PDU_SESSION_ID))
	{	/* it is part of the derivation, whoever names it */
		kupf_session_get_data(old, &data);
		request->data.pdu_session_id = data.pdu_session_id;
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
		session = get_living(this, name, error);
		if (!session)
		{
			return FALSE;
		}
		done = this->store->remove(this->store, session);
		if (done)
		{
			*tunnels = this->removal->retire(this->removal, session,
											 KUPF_REASON_DELETED);
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

	session = this->removal->get_living(this->removal, name);
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
		return no_such_session(error);
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

	if (!this->admission->is_identity_free(this->admission, &data, error))
	{
		return FALSE;
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

	session = get_living(this, name, error);
	if (!session)
	{
		return FALSE;
	}
	*told = this->events->rekey_request(this->events, session, "requested");
	kupf_session_unref(session);
	return TRUE;
}

METHOD(kupf_procedures_t, expire, bool,
	private_kupf_procedures_t *this)
{
	return this->removal->expire(this->removal);
}

METHOD(kupf_procedures_t, destroy, void,
	private_kupf_procedures_t *this)
{
	this->admission->destroy(this->admission);
	this->removal->destroy(this->removal);
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
		.addresses = addresses,
		.enforcer = enforcer,
		.events = events,
		.fetch = fetch,
		.preconfigured = preconfigured,
		.fc = fc,
	);
	this->removal = kupf_removal_create(store, pool, addresses, enforcer,
										events, preconfigured);
	this->admission = kupf_admission_create(store, pool, addresses, enforcer,
											this->removal);
	return &this->public;
}
