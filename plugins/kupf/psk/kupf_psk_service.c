/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_service.h"
#include "kupf_psk_index.h"
#include "kupf_psk_notices.h"
#include "kupf/kupf_counters.h"

#include <sys/random.h>

typedef struct private_kupf_psk_service_t private_kupf_psk_service_t;
typedef struct identity_t identity_t;

/**
 * Private data of a service.
 */
struct private_kupf_psk_service_t {
	/** public interface */
	kupf_psk_service_t public;
	/** kupf_service_t */
	uint8_t service;
	/** name */
	char *name;
	/** forms, bits */
	u_int forms;
	/** FC */
	uint16_t fc;
	/** default grace, seconds */
	uint32_t grace;
	/** key that nobody gets */
	uint8_t nobody[KUPF_KDF_LEN];
	/** sessions */
	kupf_store_t *store;
	/** sessions of the service by identity */
	kupf_psk_index_t *index;
	/** tells consumers */
	kupf_publisher_t *publisher;
};

/**
 * An identity of a session.
 */
struct identity_t {
	/** form of the key that has it, KUPF_PSK_DIRECT + 1 at the end */
	u_int form;
	/** room for one that is derived */
	uint8_t derived[KUPF_PSK_ID_LEN];
	/** identity */
	chunk_t id;
};

/**
 * Go on to the next identity that a session has here; the first one if the form
 * of the last one is -1.
 *
 * @return			FALSE if there is no other
 */
static bool next_identity(private_kupf_psk_service_t *this,
						  kupf_session_t *session, identity_t *identity)
{
	chunk_t own = kupf_session_get_psk_identity(session);

	while (++identity->form <= KUPF_PSK_DIRECT)
	{
		if (!(this->forms & (1 << identity->form)) ||
			(identity->form == KUPF_PSK_DIRECT) != (own.len > 0))
		{
			continue;
		}
		identity->id = own;
		if (own.len)
		{
			return TRUE;
		}
		identity->id = chunk_from_thing(identity->derived);
		if (kupf_psk_identity(kupf_session_get_key(session), this->fc,
							  this->name, identity->form, identity->derived))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Whether the keys of a session are for this service.
 */
static bool is_ours(private_kupf_psk_service_t *this, kupf_session_t *session)
{
	return kupf_session_get_services(session) & this->service;
}

/**
 * Remove a session from the index.
 *
 * @return			whether it was there
 */
static bool remove_session(private_kupf_psk_service_t *this,
						   kupf_session_t *session)
{
	identity_t identity = { .form = -1 };
	bool found = FALSE;

	while (next_identity(this, session, &identity))
	{
		found |= this->index->remove(this->index, identity.id, session);
	}
	return found;
}

/**
 * Add a session to the index, if it is there still.
 */
static void add_session(private_kupf_psk_service_t *this,
						kupf_session_t *session)
{
	identity_t identity = { .form = -1 };

	while (next_identity(this, session, &identity))
	{
		this->index->add(this->index, identity.id, identity.form, session);
	}
	/* who has removed it meanwhile may have looked here before */
	if (!this->store->holds(this->store, session))
	{
		remove_session(this, session);
	}
}

METHOD(kupf_psk_service_t, established, void,
	private_kupf_psk_service_t *this, kupf_session_t *session)
{
	if (is_ours(this, session))
	{
		add_session(this, session);
		kupf_psk_notices_ready(this->publisher, session);
	}
}

METHOD(kupf_psk_service_t, closed, bool,
	private_kupf_psk_service_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	if (is_ours(this, session) && remove_session(this, session))
	{
		kupf_psk_notices_closed(this->publisher, session, reason);
		return TRUE;
	}
	return FALSE;
}

/**
 * Whether two sessions have the same keys and identities here.
 */
static bool same_keys(kupf_session_t *a, kupf_session_t *b)
{
	chunk_t id_a = kupf_session_get_psk_identity(a);
	chunk_t id_b = kupf_session_get_psk_identity(b);

	return chunk_equals_const(kupf_session_get_key(a),
							  kupf_session_get_key(b)) &&
		   id_a.len == id_b.len &&
		   (!id_a.len || memeq(id_a.ptr, id_b.ptr, id_a.len));
}

METHOD(kupf_psk_service_t, replaced, bool,
	private_kupf_psk_service_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	bool was = FALSE, same = FALSE;

	if (is_ours(this, new))
	{
		add_session(this, new);
	}
	if (is_ours(this, old))
	{
		was = remove_session(this, old);
		same = was && is_ours(this, new) && same_keys(old, new);
	}
	if (was && !is_ours(this, new))
	{
		kupf_psk_notices_end(this->publisher, old, "service", 0);
	}
	else if (was && !same)
	{
		kupf_psk_notices_end(this->publisher, old, "replaced",
							 grace == UINT32_MAX ? this->grace : grace);
	}
	if (is_ours(this, new) && !same)
	{
		kupf_psk_notices_ready(this->publisher, new);
	}
	return is_ours(this, new);
}

/**
 * Whether the key of a session may be used, now.
 */
CALLBACK(is_alive, bool,
	private_kupf_psk_service_t *this, kupf_session_t *session)
{
	return this->store->holds(this->store, session) &&
		   !kupf_session_expired(session, time_monotonic(NULL));
}

/**
 * Find out what tells the key of a session from another one that has the same
 * identity.
 *
 * @return			FALSE without a PRF
 */
static bool get_check(private_kupf_psk_service_t *this, kupf_psk_found_t *found)
{
	return found->form != KUPF_PSK_DIRECT ||
		   kupf_psk_identity(kupf_session_get_key(found->session), this->fc,
							 this->name, KUPF_PSK_EXT, found->check);
}

/**
 * Get the key that was found, or do what it would have taken.
 */
static bool get_psk(private_kupf_psk_service_t *this, kupf_psk_found_t *found)
{
	chunk_t key = chunk_from_thing(this->nobody);
	u_int form = KUPF_PSK_EXT;
	bool done;

	if (found->session)
	{
		key = kupf_session_get_key(found->session);
		form = found->form;
	}
	if (form == KUPF_PSK_DIRECT)
	{
		memcpy(found->psk, key.ptr, key.len);
		found->len = key.len;
		return get_check(this, found);
	}
	done = kupf_psk_derive(key, this->fc, this->name, form, found->psk);
	found->len = done ? KUPF_KDF_LEN : 0;
	return done && found->session;
}

METHOD(kupf_psk_service_t, find, bool,
	private_kupf_psk_service_t *this, chunk_t id, kupf_psk_found_t *found)
{
	bool many, done;

	memset(found, 0, sizeof(*found));
	found->session = this->index->find(this->index, id, is_alive, this,
									   &found->form, &many);
	done = get_psk(this, found);
	if (!done)
	{
		kupf_psk_found_clear(found);
	}
	kupf_count(done ? KUPF_PSK_FOUND : KUPF_PSK_UNKNOWN);
	if (many)
	{
		kupf_count(KUPF_PSK_AMBIGUOUS);
	}
	return done;
}

METHOD(kupf_psk_service_t, find_session, bool,
	private_kupf_psk_service_t *this, const char *name, chunk_t *id,
	kupf_psk_found_t *found)
{
	identity_t identity = { .form = -1 };

	memset(found, 0, sizeof(*found));
	found->session = this->store->get(this->store, name);
	if (found->session && is_ours(this, found->session) &&
		is_alive(this, found->session) &&
		next_identity(this, found->session, &identity))
	{
		found->form = identity.form;
		id->len = identity.id.len;
		memcpy(id->ptr, identity.id.ptr, identity.id.len);
		if (get_psk(this, found))
		{
			return TRUE;
		}
	}
	kupf_psk_found_clear(found);
	return FALSE;
}

METHOD(kupf_psk_service_t, identify, bool,
	private_kupf_psk_service_t *this, chunk_t id, kupf_psk_found_t *found)
{
	bool many;

	memset(found, 0, sizeof(*found));
	found->session = this->index->find(this->index, id, is_alive, this,
									   &found->form, &many);
	if (!found->session || !get_check(this, found))
	{
		kupf_psk_found_clear(found);
		return FALSE;
	}
	return TRUE;
}

METHOD(kupf_psk_service_t, serves, bool,
	private_kupf_psk_service_t *this, kupf_session_t *session)
{
	return is_ours(this, session) && is_alive(this, session);
}

/**
 * Who asks whether an identity is in use.
 */
typedef struct {
	private_kupf_psk_service_t *this;
	const kupf_session_data_t *data;
} asker_t;

/**
 * Whether a session is in the way of another one.
 */
CALLBACK(is_other, bool,
	asker_t *asker, kupf_session_t *session)
{
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	return is_alive(asker->this, session) &&
		   !streq(kupf_session_get_name(session), asker->data->name) &&
		   !(type == asker->data->id_type && chunk_equals(id, asker->data->id));
}

METHOD(kupf_psk_service_t, in_use, bool,
	private_kupf_psk_service_t *this, const kupf_session_data_t *data)
{
	asker_t asker = { this, data };
	kupf_session_t *session;
	u_int form;
	bool many;

	if (!data->psk_identity.len || !(data->services & this->service))
	{
		return FALSE;
	}
	session = this->index->find(this->index, data->psk_identity, is_other,
								&asker, &form, &many);
	kupf_session_unref(session);
	return session || many;
}

METHOD(kupf_psk_service_t, get_name, const char*,
	private_kupf_psk_service_t *this)
{
	return this->name;
}

METHOD(kupf_psk_service_t, get_publisher, kupf_publisher_t*,
	private_kupf_psk_service_t *this)
{
	return this->publisher;
}

METHOD(kupf_psk_service_t, destroy, void,
	private_kupf_psk_service_t *this)
{
	DESTROY_IF(this->index);
	DESTROY_IF(this->publisher);
	memwipe(this->nobody, sizeof(this->nobody));
	free(this->name);
	free(this);
}

/*
 * Described in header
 */
void kupf_psk_found_clear(kupf_psk_found_t *found)
{
	kupf_session_unref(found->session);
	memwipe(found, sizeof(*found));
}

/*
 * Described in header
 */
kupf_psk_service_t *kupf_psk_service_create(uint8_t service, const char *name,
											u_int forms, uint16_t fc,
											uint32_t grace,
											kupf_store_t *store)
{
	private_kupf_psk_service_t *this;

	INIT(this,
		.public = {
			.get_name = _get_name,
			.find = _find,
			.find_session = _find_session,
			.identify = _identify,
			.serves = _serves,
			.in_use = _in_use,
			.established = _established,
			.closed = _closed,
			.replaced = _replaced,
			.get_publisher = _get_publisher,
			.destroy = _destroy,
		},
		.service = service,
		.name = strdup(name),
		.forms = forms,
		.fc = fc,
		.grace = grace,
		.store = store,
	);
	if (getrandom(this->nobody, sizeof(this->nobody), 0) !=
		sizeof(this->nobody))
	{
		destroy(this);
		return NULL;
	}
	this->index = kupf_psk_index_create();
	this->publisher = kupf_publisher_create_of(KUPF_PSK_NOTICES);
	return &this->public;
}
