/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_list.h"
#include "kupf_reply_tunnels.h"
#include "kupf_traffic.h"

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
		/* the first one is the newest one */
		kupf_reply_details(writer, session, count ? tunnels : NULL);
		wire_writer_text(writer, "state", up ? "up" : "provisioned");
		wire_writer_number(writer, "tunnels", up);
		if (this->enforcer->consumers &&
			(kupf_session_get_services(session) & ~KUPF_SERVICE_IKE))
		{
			kupf_reply_connections(writer, this->enforcer->consumers,
								   kupf_session_get_name(session));
		}
		add_attempts(this, writer, kupf_session_get_name(session));
		if (up)
		{
			kupf_reply_tunnels(writer, tunnels, count);
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

	up = this->enforcer->count_tunnels(this->enforcer, name);
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
