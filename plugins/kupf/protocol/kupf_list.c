/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_list.h"
#include "kupf_reply.h"

#include <endian.h>
#include <inttypes.h>

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
	kupf_store_t *store;
	/** where the walk through them is */
	uint64_t cursor;
	/** whether it is over */
	bool over;
	/** vici_message_t*, yet to be yielded */
	array_t *messages;
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

/**
 * Add an address with a port: 192.0.2.1[4500], as in events.
 */
static void add_endpoint(vici_builder_t *builder, const char *name,
						 const kupf_endpoint_t *endpoint)
{
	char address[KUPF_ADDRESS_TEXT], text[KUPF_ADDRESS_TEXT + 8];

	if (endpoint->address.family != AF_UNSPEC)
	{
		snprintf(text, sizeof(text), "%s[%u]",
				 kupf_address_print(&endpoint->address, address),
				 endpoint->port);
		kupf_reply_text(builder, name, text);
	}
}

/**
 * Add an IKE SPI.
 */
static void add_ike_spi(vici_builder_t *builder, const char *name,
						uint64_t spi)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, be64toh(spi));
	kupf_reply_text(builder, name, text);
}

/**
 * Add a CHILD_SA.
 */
static void add_child(vici_builder_t *builder, const kupf_child_t *child)
{
	char in[9], out[9];

	snprintf(in, sizeof(in), "%08x", child->spi_in);
	snprintf(out, sizeof(out), "%08x", child->spi_out);
	builder->begin_section(builder, in);
	kupf_reply_text(builder, "child", child->name);
	kupf_reply_text(builder, "spi-in", in);
	kupf_reply_text(builder, "spi-out", out);
	builder->end_section(builder);
}

/**
 * Add a tunnel.
 */
static void add_tunnel(vici_builder_t *builder, const kupf_tunnel_t *tunnel)
{
	char name[11];
	u_int i;

	snprintf(name, sizeof(name), "%u", tunnel->ike_sa);
	builder->begin_section(builder, name);
	kupf_reply_number(builder, "tunnel-id", tunnel->up_as);
	add_ike_spi(builder, "initiator-spi", tunnel->spi_i);
	add_ike_spi(builder, "responder-spi", tunnel->spi_r);
	add_endpoint(builder, "local", &tunnel->local);
	add_endpoint(builder, "remote", &tunnel->remote);
	kupf_reply_number(builder, "generation", tunnel->generation);
	kupf_reply_time(builder, "established", tunnel->established);
	builder->begin_section(builder, "child-sas");
	for (i = 0; i < tunnel->child_count; i++)
	{
		add_child(builder, &tunnel->children[i]);
	}
	builder->end_section(builder);
	builder->end_section(builder);
}

/**
 * Add the tunnels of a session that is up.
 */
static void add_tunnels(list_enumerator_t *this, vici_builder_t *builder,
						const char *session)
{
	kupf_tunnel_t tunnels[KUPF_TUNNELS_MAX];
	u_int i, count;

	count = this->enforcer->describe(this->enforcer, session, tunnels,
									 countof(tunnels));
	builder->begin_section(builder, "ike-sas");
	for (i = 0; i < count; i++)
	{
		add_tunnel(builder, &tunnels[i]);
	}
	builder->end_section(builder);
}

/**
 * Add the message about a session, if it passes the filters, and drop the
 * reference to it.
 */
static void add_session(list_enumerator_t *this, kupf_session_t *session)
{
	vici_builder_t *builder;
	vici_message_t *message;
	u_int tunnels;

	tunnels = this->enforcer->count(this->enforcer,
									kupf_session_get_name(session));
	if (is_listed(session, tunnels, &this->filter))
	{
		builder = vici_builder_create();
		kupf_reply_session(builder, session);
		kupf_reply_details(builder, session);
		kupf_reply_text(builder, "state", tunnels ? "up" : "provisioned");
		kupf_reply_number(builder, "tunnels", tunnels);
		if (tunnels)
		{
			add_tunnels(this, builder, kupf_session_get_name(session));
		}
		message = builder->finalize(builder);
		if (message)
		{
			array_insert(this->messages, ARRAY_TAIL, message);
		}
	}
	kupf_session_unref(session);
}

/**
 * Add the messages of the next step.  No session is held when it is done: the
 * client may never come for the rest.
 *
 * @return			FALSE if there is none
 */
static bool add_step(list_enumerator_t *this)
{
	kupf_session_t *session;
	array_t *sessions;
	bool more;

	if (this->over)
	{
		return FALSE;
	}
	sessions = array_create(0, 0);
	more = this->store->walk(this->store, &this->cursor, sessions);
	while (array_remove(sessions, ARRAY_HEAD, &session))
	{
		add_session(this, session);
	}
	array_destroy(sessions);
	this->over = !more;
	return more;
}

METHOD(enumerator_t, list_enumerate, bool,
	list_enumerator_t *this, va_list args)
{
	vici_message_t **message;

	VA_ARGS_VGET(args, message);

	while (!array_remove(this->messages, ARRAY_HEAD, message))
	{
		if (!add_step(this))
		{
			return FALSE;
		}
	}
	return TRUE;
}

METHOD(enumerator_t, list_destroy, void,
	list_enumerator_t *this)
{
	vici_message_t *message;

	while (array_remove(this->messages, ARRAY_HEAD, &message))
	{
		message->destroy(message);
	}
	array_destroy(this->messages);
	free(this);
}

/**
 * Add the one session that a filter names, if it does: then there is no walk.
 */
static void add_named(list_enumerator_t *this)
{
	kupf_request_t *filter = &this->filter;
	kupf_session_t *session;

	if (filter->fields & KUPF_FIELD_SESSION)
	{
		session = this->store->get(this->store, filter->session);
	}
	else if (filter->fields & KUPF_FIELD_UE_ID)
	{
		session = this->store->find(this->store, filter->id_type,
								chunk_create(filter->id, filter->id_len));
	}
	else
	{
		return;
	}
	this->over = TRUE;
	if (session)
	{
		add_session(this, session);
	}
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
		.store = store,
		.enforcer = enforcer,
		.messages = array_create(0, 0),
		.filter = *filter,
	);
	add_named(enumerator);
	return &enumerator->public;
}
