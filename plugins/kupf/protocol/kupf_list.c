/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_list.h"
#include "kupf_reply.h"
#include "kupf_traffic.h"

#include <endian.h>
#include <inttypes.h>

typedef struct private_kupf_list_t private_kupf_list_t;

/**
 * Private data of a list.
 */
struct private_kupf_list_t {
	/** public interface */
	kupf_work_t public;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** sessions */
	kupf_store_t *store;
	/** where the walk through them is */
	uint64_t cursor;
	/** filters; after is the session that was listed last, as far as it is
	 * needed */
	kupf_request_t filter;
	/** the walk begins at filter.after, and the first step is yet to come */
	bool resumes;
	/** sessions listed */
	uint32_t listed;
	/** where events are written */
	wire_writer_t writer;
	/** signalled when the traffic is known */
	int wake;
	/** sessions of this step that have tunnels, whose traffic is asked for;
	 * NULL if there is none */
	kupf_traffic_t *traffic;
	/** whether the walk has come to its end */
	bool walked;
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
static void add_endpoint(wire_writer_t *writer, const char *name,
						 const kupf_endpoint_t *endpoint)
{
	char address[KUPF_ADDRESS_TEXT], text[KUPF_ADDRESS_TEXT + 8];

	if (endpoint->address.family != AF_UNSPEC)
	{
		snprintf(text, sizeof(text), "%s[%u]",
				 kupf_address_print(&endpoint->address, address),
				 endpoint->port);
		wire_writer_text(writer, name, text);
	}
}

/**
 * Add an IKE SPI.
 */
static void add_ike_spi(wire_writer_t *writer, const char *name,
						uint64_t spi)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, be64toh(spi));
	wire_writer_text(writer, name, text);
}

/**
 * Add an XFRM interface ID.
 */
static void add_if_id(wire_writer_t *writer, const char *name, uint32_t value)
{
	char text[9];

	snprintf(text, sizeof(text), "%08x", value);
	wire_writer_text(writer, name, text);
}

/**
 * Add what has passed through a CHILD_SA in one direction.
 *
 * @param names		names of the fields: octets, packets, time of the last one
 */
static void add_volume(wire_writer_t *writer, const char *const names[3],
					   const kupf_volume_t *volume)
{
	wire_writer_number(writer, names[0], volume->octets);
	wire_writer_number(writer, names[1], volume->packets);
	if (volume->last)
	{
		kupf_reply_time(writer, names[2], volume->last);
	}
}

/**
 * Add a CHILD_SA.
 */
static void add_child(wire_writer_t *writer, const kupf_child_t *child)
{
	static const char *const ins[] = { "octets-in", "packets-in", "last-in" };
	static const char *const outs[] = {
		"octets-out", "packets-out", "last-out"
	};
	char in[9], out[9];

	snprintf(in, sizeof(in), "%08x", child->spi_in);
	snprintf(out, sizeof(out), "%08x", child->spi_out);
	wire_writer_begin_section(writer, in);
	wire_writer_text(writer, "child", child->name);
	wire_writer_text(writer, "spi-in", in);
	wire_writer_text(writer, "spi-out", out);
	add_if_id(writer, "if-id-in", child->if_id_in);
	add_if_id(writer, "if-id-out", child->if_id_out);
	if (child->measured)
	{
		add_volume(writer, ins, &child->in);
		add_volume(writer, outs, &child->out);
	}
	wire_writer_end_section(writer);
}

/**
 * Add a tunnel.
 */
static void add_tunnel(wire_writer_t *writer, const kupf_tunnel_t *tunnel)
{
	char name[11];
	u_int i;

	snprintf(name, sizeof(name), "%u", tunnel->ike_sa);
	wire_writer_begin_section(writer, name);
	wire_writer_number(writer, "tunnel-id", tunnel->up_as);
	add_ike_spi(writer, "initiator-spi", tunnel->spi_i);
	add_ike_spi(writer, "responder-spi", tunnel->spi_r);
	add_endpoint(writer, "local", &tunnel->local);
	add_endpoint(writer, "remote", &tunnel->remote);
	wire_writer_number(writer, "generation", tunnel->generation);
	kupf_reply_time(writer, "established", tunnel->established);
	wire_writer_begin_section(writer, "child-sas");
	for (i = 0; i < tunnel->child_count; i++)
	{
		add_child(writer, &tunnel->children[i]);
	}
	wire_writer_end_section(writer);
	wire_writer_end_section(writer);
}

/**
 * Add the tunnels of a session that is up.
 */
static void add_tunnels(wire_writer_t *writer, const kupf_tunnel_t *tunnels,
						u_int count)
{
	u_int i;

	wire_writer_begin_section(writer, "ike-sas");
	for (i = 0; i < count; i++)
	{
		add_tunnel(writer, &tunnels[i]);
	}
	wire_writer_end_section(writer);
}

/**
 * Add how setting up its tunnel gets on, on a UE.
 */
static void add_attempts(private_kupf_list_t *this, wire_writer_t *writer,
						 const char *session)
{
	kupf_attempts_t attempts;

	if (this->enforcer->get_attempts(this->enforcer, session, &attempts))
	{
		wire_writer_number(writer, "failures", attempts.failures);
		if (attempts.failure)
		{
			wire_writer_text(writer, "last-failure", attempts.failure);
			kupf_reply_time(writer, "last-failed", attempts.failed);
		}
		if (attempts.next)
		{
			kupf_reply_time(writer, "next-attempt", attempts.next);
		}
	}
}

/**
 * Whether there are as many sessions as there may be.
 */
static bool is_full(private_kupf_list_t *this)
{
	return (this->filter.fields & KUPF_FIELD_LIMIT) &&
		   this->listed == this->filter.limit;
}

/**
 * A session is listed: remember it if it is the last one for now.
 */
static void count_session(private_kupf_list_t *this, kupf_session_t *session)
{
	this->listed++;
	if (is_full(this))
	{
		strcpy(this->filter.after, kupf_session_get_name(session));
		this->filter.after_preconfigured =
										kupf_session_is_preconfigured(session);
	}
}

/**
 * Send the event of a session, if it passes the filters.
 *
 * @param up		number of its tunnels
 * @param tunnels	those of them that are described
 * @param count		number of these
 */
static void send_session(private_kupf_list_t *this, kupf_session_t *session,
						 u_int up, const kupf_tunnel_t *tunnels, u_int count,
						 kupf_work_send_t send, void *user)
{
	wire_writer_t *writer = &this->writer;
	wire_octets_t packet;

	if (is_listed(session, up, &this->filter))
	{
		wire_packet_begin(writer, WIRE_EVENT, KUPF_LIST_EVENT);
		kupf_reply_session(writer, session);
		kupf_reply_details(writer, session);
		wire_writer_text(writer, "state", up ? "up" : "provisioned");
		wire_writer_number(writer, "tunnels", up);
		add_attempts(this, writer, kupf_session_get_name(session));
		if (up)
		{
			add_tunnels(writer, tunnels, count);
		}
		if (wire_packet_end(writer, &packet))
		{
			send(user, packet);
		}
	}
}

/**
 * Send the event of a session if it has no tunnel, or have it measured first.
 */
static void send_or_measure(private_kupf_list_t *this, kupf_session_t *session,
							kupf_work_send_t send, void *user)
{
	const char *name = kupf_session_get_name(session);
	u_int up;

	up = this->enforcer->count(this->enforcer, name);
	if (!is_listed(session, up, &this->filter))
	{
		return;
	}
	count_session(this, session);
	if (!up)
	{
		send_session(this, session, 0, NULL, 0, send, user);
	}
	else
	{
		if (!this->traffic)
		{
			this->traffic = kupf_traffic_create(this->enforcer);
		}
		this->traffic->add(this->traffic, name, up);
	}
}

/**
 * Send the events of the sessions whose traffic is known, as far as they are
 * still there.
 */
static void send_measured(private_kupf_list_t *this, kupf_work_send_t send,
						  void *user)
{
	const kupf_tunnel_t *tunnels;
	kupf_session_t *session;
	const char *name;
	u_int up, count;

	while ((name = this->traffic->next(this->traffic, &up, &tunnels, &count)))
	{
		session = this->store->get(this->store, name);
		if (session)
		{
			send_session(this, session, up, tunnels, count, send, user);
			kupf_session_unref(session);
		}
	}
	this->traffic->destroy(this->traffic);
	this->traffic = NULL;
}

/**
 * Compare sessions of a step.
 */
static int compare(const void *a, const void *b, void *user)
{
	kupf_session_t *session = (kupf_session_t*)a, *other = (kupf_session_t*)b;

	return kupf_store_compare(session, kupf_session_links(other)->name_hash,
							  kupf_session_get_name(other));
}

/**
 * Put the sessions of a step in order, without those that were listed before.
 */
static void sort_sessions(private_kupf_list_t *this, uint64_t from,
						  array_t *sessions)
{
	kupf_session_t *session;

	array_sort(sessions, compare, NULL);
	while (this->resumes && array_get(sessions, ARRAY_HEAD, &session) &&
		   kupf_store_compare(session, from, this->filter.after) <= 0)
	{
		array_remove(sessions, ARRAY_HEAD, NULL);
		kupf_session_unref(session);
	}
	this->resumes = FALSE;
}

/**
 * Get the sessions of the next step: the one that a filter names, if it does,
 * or some of a walk through all.
 *
 * @return			FALSE if there are no others
 */
static bool get_sessions(private_kupf_list_t *this, array_t *sessions)
{
	kupf_request_t *filter = &this->filter;
	kupf_session_t *session;
	uint64_t from = this->cursor;
	bool more;

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
		more = this->store->walk(this->store, &this->cursor, sessions);
		sort_sessions(this, from, sessions);
		return more;
	}
	if (session)
	{
		array_insert(sessions, ARRAY_TAIL, session);
	}
	return FALSE;
}

/**
 * Say where to go on, if there may be more.
 */
static void add_after(private_kupf_list_t *this)
{
	char text[sizeof(this->filter.after) + sizeof(" preconfigured")];

	if (is_full(this))
	{
		snprintf(text, sizeof(text), "%s%s", this->filter.after,
				 this->filter.after_preconfigured ? " preconfigured" : "");
		wire_writer_text(&this->writer, "after", text);
	}
}

/**
 * Deal with the next sessions.
 */
static void take_sessions(private_kupf_list_t *this, kupf_work_send_t send,
						  void *user)
{
	kupf_session_t *session;
	array_t *sessions;

	sessions = array_create(0, 0);
	this->walked = !get_sessions(this, sessions);
	while (array_remove(sessions, ARRAY_HEAD, &session))
	{
		if (!is_full(this))
		{
			send_or_measure(this, session, send, user);
		}
		kupf_session_unref(session);
	}
	this->walked |= is_full(this);
	array_destroy(sessions);
	if (this->traffic)
	{
		this->traffic->start(this->traffic, this->wake);
	}
}

METHOD(kupf_work_t, step, kupf_work_status_t,
	private_kupf_list_t *this, kupf_work_send_t send, void *user)
{
	kupf_error_t none = {};

	if (!this->traffic)
	{
		take_sessions(this, send, user);
	}
	else if (this->traffic->is_known(this->traffic))
	{
		send_measured(this, send, user);
	}
	if (this->traffic)
	{
		return KUPF_WORK_WAITS;
	}
	if (!this->walked)
	{
		return KUPF_WORK_MORE;
	}
	wire_packet_begin(&this->writer, WIRE_CMD_RESPONSE, NULL);
	add_after(this);
	send(user, kupf_reply_end(&this->writer, "list-sessions", TRUE, &none));
	return KUPF_WORK_DONE;
}

METHOD(kupf_work_t, destroy, void,
	private_kupf_list_t *this)
{
	DESTROY_IF(this->traffic);
	wire_writer_deinit(&this->writer);
	free(this);
}

/**
 * Begin the walk behind the session that was listed last.
 */
static void resume(private_kupf_list_t *this)
{
	kupf_request_t *filter = &this->filter;
	kupf_session_t *session;

	if (!filter->after_preconfigured)
	{	/* a client may have taken the name for the cursor */
		session = this->store->get(this->store, filter->after);
		filter->after_preconfigured = session &&
									  kupf_session_is_preconfigured(session);
		kupf_session_unref(session);
	}
	this->cursor = this->store->locate(this->store, filter->after,
									   filter->after_preconfigured);
	this->resumes = TRUE;
}

/*
 * Described in header
 */
kupf_work_t *kupf_list_create(kupf_store_t *store, kupf_enforcer_t *enforcer,
							  const kupf_request_t *filter, int wake)
{
	private_kupf_list_t *this;

	INIT(this,
		.public = {
			.step = _step,
			.streams = TRUE,
			.destroy = _destroy,
		},
		.store = store,
		.enforcer = enforcer,
		.filter = *filter,
		.wake = wake,
	);
	if (filter->fields & KUPF_FIELD_AFTER)
	{
		resume(this);
	}
	wire_writer_init(&this->writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	return &this->public;
}
