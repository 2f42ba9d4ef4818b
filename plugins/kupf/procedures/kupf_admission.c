/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_admission.h"

typedef struct private_kupf_admission_t private_kupf_admission_t;

/**
 * Private data of the object.
 */
struct private_kupf_admission_t {
	/** public interface */
	kupf_admission_t public;
	/** sessions */
	kupf_store_t *store;
	/** addresses of the UPF */
	kupf_pool_t *pool;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** removes what has expired and is in the way */
	kupf_removal_t *removal;
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

METHOD(kupf_admission_t, is_identity_free, bool,
	private_kupf_admission_t *this, const kupf_session_data_t *data,
	kupf_error_t *error)
{
	kupf_session_t *session;
	bool used;

	session = this->store->find_alike(this->store, data->id_type, data->id);
	used = session && !streq(kupf_session_get_name(session), data->name) &&
		   !this->removal->remove_expired(this->removal, session);
	kupf_session_unref(session);
	return !used || store_error(KUPF_STORE_IDENTITY_IN_USE, error);
}

/**
 * Whether nobody else has the inner addresses of a session.  What has expired
 * has to go.
 */
static bool addresses_free(private_kupf_admission_t *this,
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
		expired = other && this->removal->remove_expired(this->removal, other);
		kupf_session_unref(other);
	}
	return kupf_error(error, KUPF_CAUSE_ADDRESS_IN_USE,
					  KUPF_UE_ADDRESSES_IN_USE);
}

/**
 * Have a session hold its inner addresses.  What has expired has to go.
 */
static bool take_addresses(private_kupf_admission_t *this,
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
 * Whether another session has the identity of a key in TLS, for one of the
 * services that have consumers.
 */
static bool psk_identity_in_use(private_kupf_admission_t *this,
								const kupf_session_data_t *data)
{
	kupf_consumers_t *consumers = this->enforcer->consumers;

	return consumers && consumers->in_use(consumers, data);
}

/**
 * Whether the enforcer can make use of a session, and the addresses that a
 * request names are not of the wrong side.
 */
static bool is_accepted(private_kupf_admission_t *this,
						const kupf_session_data_t *data, kupf_fields_t fields,
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

METHOD(kupf_admission_t, add, kupf_session_t*,
	private_kupf_admission_t *this, kupf_session_data_t *data,
	kupf_fields_t fields, bool known, const kupf_store_hashes_t *hashes,
	kupf_error_t *error)
{
	kupf_session_t *session;

	if (!is_accepted(this, data, fields, error) ||
		(known && !is_identity_free(this, data, error)))
	{
		return NULL;
	}
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

METHOD(kupf_admission_t, exchange, kupf_session_t*,
	private_kupf_admission_t *this, kupf_session_t *old,
	kupf_session_data_t *data, kupf_fields_t fields, kupf_error_t *error)
{
	kupf_session_data_t before;
	kupf_session_t *session;
	bool moved;

	if (!is_accepted(this, data, fields, error) ||
		!is_identity_free(this, data, error) ||
		!addresses_free(this, data, error))
	{
		return NULL;
	}
	kupf_session_get_data(old, &before);
	moved = !kupf_address_equals(&before.upf_address, &data->upf_address);
	if (moved)
	{
		data->upf_address_pooled = FALSE;
		if (!has_memory(data, error) ||
			!kupf_pool_take(this->pool, data, error))
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

METHOD(kupf_admission_t, destroy, void,
	private_kupf_admission_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_admission_t *kupf_admission_create(kupf_store_t *store, kupf_pool_t *pool,
										kupf_ue_addresses_t *addresses,
										kupf_enforcer_t *enforcer,
										kupf_removal_t *removal)
{
	private_kupf_admission_t *this;

	INIT(this,
		.public = {
			.is_identity_free = _is_identity_free,
			.add = _add,
			.exchange = _exchange,
			.destroy = _destroy,
		},
		.store = store,
		.pool = pool,
		.addresses = addresses,
		.enforcer = enforcer,
		.removal = removal,
	);
	return &this->public;
}
