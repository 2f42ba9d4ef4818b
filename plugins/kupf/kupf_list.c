/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_list.h"
#include "kupf_reply.h"

typedef struct list_enumerator_t list_enumerator_t;

/**
 * Enumerates list-session messages.
 */
struct list_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** sessions */
	enumerator_t *sessions;
	/** filters */
	kupf_request_t filter;
};

/**
 * Whether a session passes the filters of list-sessions.
 */
static bool is_listed(kupf_session_t *session, u_int tunnels,
					  kupf_request_t *filter)
{
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	return (!(filter->fields & KUPF_FIELD_SESSION) ||
			streq(filter->session, kupf_session_get_name(session))) &&
		   (!(filter->fields & KUPF_FIELD_UE_ID) ||
			(filter->id_type == type && chunk_equals(id,
							chunk_create(filter->id, filter->id_len)))) &&
		   (!(filter->fields & KUPF_FIELD_STATE) ||
			filter->up == (tunnels > 0));
}

METHOD(enumerator_t, list_enumerate, bool,
	list_enumerator_t *this, va_list args)
{
	vici_message_t **message;
	vici_builder_t *builder;
	kupf_session_t *session;
	u_int tunnels;

	VA_ARGS_VGET(args, message);

	while (this->sessions->enumerate(this->sessions, &session))
	{
		tunnels = this->enforcer->count(this->enforcer,
										kupf_session_get_name(session));
		if (is_listed(session, tunnels, &this->filter))
		{
			builder = vici_builder_create();
			kupf_reply_session(builder, session);
			kupf_reply_details(builder, session);
			kupf_reply_text(builder, "state", tunnels ? "up" : "provisioned");
			kupf_reply_number(builder, "tunnels", tunnels);
			*message = builder->finalize(builder);
			return *message != NULL;
		}
	}
	return FALSE;
}

METHOD(enumerator_t, list_destroy, void,
	list_enumerator_t *this)
{
	this->sessions->destroy(this->sessions);
	free(this);
}

/**
 * Enumerate the one session that a filter names, or all of them.
 */
static enumerator_t *create_session_enumerator(kupf_store_t *store,
											   kupf_request_t *filter)
{
	kupf_session_t *session;

	if (filter->fields & KUPF_FIELD_SESSION)
	{
		session = store->get(store, filter->session);
	}
	else if (filter->fields & KUPF_FIELD_UE_ID)
	{
		session = store->find(store, filter->id_type,
								chunk_create(filter->id, filter->id_len));
	}
	else
	{
		return store->create_enumerator(store);
	}
	return session ? enumerator_create_single(session,
											  (void*)kupf_session_unref) :
					 enumerator_create_empty();
}

/*
 * Described in header
 */
enumerator_t *kupf_list_create_enumerator(kupf_store_t *store,
										  kupf_enforcer_t *enforcer,
										  const kupf_request_t *filter)
{
	list_enumerator_t *enumerator;

	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _list_enumerate,
			.destroy = _list_destroy,
		},
		.enforcer = enforcer,
		.filter = *filter,
	);
	enumerator->sessions = create_session_enumerator(store,
													 &enumerator->filter);
	return &enumerator->public;
}
