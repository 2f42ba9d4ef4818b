/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_publisher.h"
#include "kupf_reply.h"
#include "kupf/kupf_counters.h"

#include <collections/array.h>
#include <threading/rwlock.h>

#include <time.h>

/** Room for an address with a port, and a scope */
#define HOST_TEXT 96

typedef struct private_kupf_publisher_t private_kupf_publisher_t;
typedef struct event_t event_t;

ENUM(kupf_event_names, KUPF_EVENT_TUNNEL_UP, KUPF_EVENT_PSK_READY,
	"tunnel-up",
	"tunnel-down",
	"auth-failed",
	"session-expired",
	"key-request",
	"rekey-request",
	"session-flapping",
	"child-up",
	"child-down",
	"tunnel-moved",
	"connection-up",
	"connection-down",
	"psk-end",
	"psk-ready",
);

/**
 * Who wants an event.
 */
struct event_t {
	/** kupf_subscriber_t* */
	array_t *subscribers;
	/** guards subscribers, held for reading while they are called */
	rwlock_t *lock;
	/** called when the last subscriber has gone, or NULL */
	kupf_events_deserted_t deserted;
	/** given to it */
	void *user;
};

/**
 * Private data of the publisher.
 */
struct private_kupf_publisher_t {
	/** public interface */
	kupf_publisher_t public;
	/** by kupf_event_t */
	event_t events[KUPF_EVENTS];
	/** those that it tells about, a bit each */
	u_int offered;
};

/**
 * Find a subscriber, with the event locked.
 *
 * @return			position, -1 if it has not registered
 */
static int find_subscriber(event_t *event, kupf_subscriber_t *subscriber)
{
	kupf_subscriber_t *current;
	int i;

	for (i = 0; i < array_count(event->subscribers); i++)
	{
		array_get(event->subscribers, i, &current);
		if (current == subscriber)
		{
			return i;
		}
	}
	return -1;
}

METHOD(kupf_publisher_t, offers, bool,
	private_kupf_publisher_t *this, kupf_event_t type)
{
	return this->offered & (1 << type);
}

METHOD(kupf_publisher_t, subscribe, void,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_subscriber_t *subscriber)
{
	event_t *event = &this->events[type];

	event->lock->write_lock(event->lock);
	if (find_subscriber(event, subscriber) < 0)
	{
		array_insert(event->subscribers, ARRAY_TAIL, subscriber);
	}
	event->lock->unlock(event->lock);
}

METHOD(kupf_publisher_t, unsubscribe, bool,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_subscriber_t *subscriber)
{
	event_t *event = &this->events[type];
	bool found, last;
	int pos;

	event->lock->write_lock(event->lock);
	pos = find_subscriber(event, subscriber);
	found = pos >= 0 && array_remove(event->subscribers, pos, NULL);
	last = found && array_count(event->subscribers) == 0;
	event->lock->unlock(event->lock);
	if (last && event->deserted)
	{
		event->deserted(event->user);
	}
	return found;
}

METHOD(kupf_events_t, observe, void,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_events_deserted_t deserted, void *user)
{
	this->events[type].deserted = deserted;
	this->events[type].user = user;
}

/**
 * Whether anybody wants an event.
 */
static bool is_wanted(private_kupf_publisher_t *this, kupf_event_t type)
{
	event_t *event = &this->events[type];
	bool wanted;

	event->lock->read_lock(event->lock);
	wanted = array_count(event->subscribers) > 0;
	event->lock->unlock(event->lock);
	return wanted;
}

METHOD(kupf_publisher_t, begin_event, bool,
	private_kupf_publisher_t *this, kupf_event_t type, wire_writer_t *writer)
{
	if (!is_wanted(this, type))
	{
		return FALSE;
	}
	wire_writer_init(writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	wire_packet_begin(writer, WIRE_EVENT, enum_to_name(kupf_event_names, type));
	return TRUE;
}

/**
 * Add the time of day: seconds since 1970, three digits behind the point.
 */
static void add_time(wire_writer_t *writer)
{
	char text[32];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(text, sizeof(text), "%lld.%03ld", (long long)now.tv_sec,
			 now.tv_nsec / 1000000);
	wire_writer_text(writer, "time", text);
}

METHOD(kupf_publisher_t, end_event, u_int,
	private_kupf_publisher_t *this, kupf_event_t type, wire_writer_t *writer)
{
	event_t *event = &this->events[type];
	kupf_subscriber_t *subscriber;
	wire_octets_t packet;
	int i = 0;

	add_time(writer);
	if (wire_packet_end(writer, &packet))
	{
		event->lock->read_lock(event->lock);
		for (i = 0; i < array_count(event->subscribers); i++)
		{
			array_get(event->subscribers, i, &subscriber);
			subscriber->notify(subscriber, packet);
			kupf_count(KUPF_EVENTS_SENT);
		}
		event->lock->unlock(event->lock);
	}
	wire_writer_deinit(writer);
	return i;
}

/**
 * Add name of the session, identity of the UE, and what it leads to.
 */
static void add_session(wire_writer_t *writer, kupf_session_t *session)
{
	id_type_t type;
	chunk_t id;

	wire_writer_text(writer, "session", kupf_session_get_name(session));
	id = kupf_session_get_id(session, &type);
	kupf_reply_identity(writer, "ue-id", type, id);
	kupf_reply_network(writer, session);
}

/**
 * Add address and port: 192.0.2.1[4500], as charon prints them.
 */
static void add_host(wire_writer_t *writer, const char *name, host_t *host)
{
	char text[HOST_TEXT];

	snprintf(text, sizeof(text), "%#H", host);
	wire_writer_text(writer, name, text);
}

/**
 * Add an SPI or an interface ID.
 */
static void add_hex(wire_writer_t *writer, const char *name, uint32_t value)
{
	char text[9];

	snprintf(text, sizeof(text), "%.8x", value);
	wire_writer_text(writer, name, text);
}

/**
 * Add what charon and the kernel know a CHILD_SA by.
 */
static void add_child(wire_writer_t *writer, child_sa_t *child_sa)
{
	wire_writer_text(writer, "child", child_sa->get_name(child_sa));
	add_hex(writer, "spi-in", ntohl(child_sa->get_spi(child_sa, TRUE)));
	add_hex(writer, "spi-out", ntohl(child_sa->get_spi(child_sa, FALSE)));
	add_hex(writer, "if-id-in", child_sa->get_if_id(child_sa, TRUE));
	add_hex(writer, "if-id-out", child_sa->get_if_id(child_sa, FALSE));
}

METHOD(kupf_events_t, tunnel_up, void,
	private_kupf_publisher_t *this, kupf_session_t *session, ike_sa_t *ike_sa,
	child_sa_t *child_sa)
{
	const kupf_address_t *addresses;
	wire_writer_t writer;
	u_int count;

	if (!begin_event(this, KUPF_EVENT_TUNNEL_UP, &writer))
	{
		return;
	}
	add_session(&writer, session);
	wire_writer_number(&writer, "unique-id", ike_sa->get_unique_id(ike_sa));
	add_host(&writer, "local", ike_sa->get_my_host(ike_sa));
	add_host(&writer, "remote", ike_sa->get_other_host(ike_sa));
	addresses = kupf_session_get_ue_addresses(session, &count);
	kupf_reply_addresses(&writer, "ue-addresses", addresses, count);
	add_child(&writer, child_sa);
	wire_writer_number(&writer, "auth-method", AUTH_PSK);
	wire_writer_number(&writer, "generation",
					   kupf_session_get_generation(session));
	end_event(this, KUPF_EVENT_TUNNEL_UP, &writer);
}

METHOD(kupf_events_t, tunnel_down, void,
	private_kupf_publisher_t *this, kupf_session_t *session, uint32_t ike_sa,
	kupf_reason_t reason)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_TUNNEL_DOWN, &writer))
	{
		return;
	}
	wire_writer_text(&writer, "session", kupf_session_get_name(session));
	wire_writer_number(&writer, "unique-id", ike_sa);
	wire_writer_text(&writer, "reason",
					 enum_to_name(kupf_reason_names, reason));
	end_event(this, KUPF_EVENT_TUNNEL_DOWN, &writer);
}

METHOD(kupf_events_t, child_changed, void,
	private_kupf_publisher_t *this, kupf_session_t *session, uint32_t up_as,
	ike_sa_t *ike_sa, child_sa_t *child_sa, bool up)
{
	kupf_event_t type = up ? KUPF_EVENT_CHILD_UP : KUPF_EVENT_CHILD_DOWN;
	wire_writer_t writer;

	if (!begin_event(this, type, &writer))
	{
		return;
	}
	add_session(&writer, session);
	wire_writer_number(&writer, "unique-id", up_as);
	add_host(&writer, "local", ike_sa->get_my_host(ike_sa));
	add_host(&writer, "remote", ike_sa->get_other_host(ike_sa));
	add_child(&writer, child_sa);
	end_event(this, type, &writer);
}

METHOD(kupf_events_t, tunnel_moved, void,
	private_kupf_publisher_t *this, kupf_session_t *session, uint32_t up_as,
	host_t *local, host_t *remote)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_TUNNEL_MOVED, &writer))
	{
		return;
	}
	add_session(&writer, session);
	wire_writer_number(&writer, "unique-id", up_as);
	add_host(&writer, "local", local);
	add_host(&writer, "remote", remote);
	end_event(this, KUPF_EVENT_TUNNEL_MOVED, &writer);
}

/**
 * Add what a UE says that it is, and where it comes from.
 */
static void add_ue(wire_writer_t *writer, identification_t *ue_id,
				   host_t *local, host_t *remote)
{
	if (ue_id)
	{
		kupf_reply_identity(writer, "ue-id", ue_id->get_type(ue_id),
							ue_id->get_encoding(ue_id));
	}
	add_host(writer, "remote", remote);
	add_host(writer, "local", local);
}

METHOD(kupf_events_t, auth_failed, void,
	private_kupf_publisher_t *this, identification_t *ue_id, host_t *local,
	host_t *remote, const char *reason)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_AUTH_FAILED, &writer))
	{
		return;
	}
	add_ue(&writer, ue_id, local, remote);
	wire_writer_text(&writer, "reason", reason);
	end_event(this, KUPF_EVENT_AUTH_FAILED, &writer);
}

METHOD(kupf_events_t, session_expired, void,
	private_kupf_publisher_t *this, kupf_session_t *session)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_SESSION_EXPIRED, &writer))
	{
		return;
	}
	wire_writer_text(&writer, "session", kupf_session_get_name(session));
	end_event(this, KUPF_EVENT_SESSION_EXPIRED, &writer);
}

METHOD(kupf_events_t, key_request, u_int,
	private_kupf_publisher_t *this, identification_t *ue_id, host_t *local,
	host_t *remote)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_KEY_REQUEST, &writer))
	{
		return 0;
	}
	add_ue(&writer, ue_id, local, remote);
	return end_event(this, KUPF_EVENT_KEY_REQUEST, &writer);
}

METHOD(kupf_events_t, rekey_request, u_int,
	private_kupf_publisher_t *this, kupf_session_t *session, const char *reason)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_REKEY_REQUEST, &writer))
	{
		return 0;
	}
	kupf_reply_session(&writer, session);
	wire_writer_text(&writer, "reason", reason);
	return end_event(this, KUPF_EVENT_REKEY_REQUEST, &writer);
}

METHOD(kupf_events_t, session_flapping, void,
	private_kupf_publisher_t *this, kupf_session_t *session, host_t *remote,
	u_int tunnels, u_int seconds)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_SESSION_FLAPPING, &writer))
	{
		return;
	}
	add_session(&writer, session);
	add_host(&writer, "remote", remote);
	wire_writer_number(&writer, "tunnels", tunnels);
	wire_writer_number(&writer, "seconds", seconds);
	end_event(this, KUPF_EVENT_SESSION_FLAPPING, &writer);
}

METHOD(kupf_publisher_t, destroy, void,
	private_kupf_publisher_t *this)
{
	int i;

	for (i = 0; i < KUPF_EVENTS; i++)
	{
		array_destroy(this->events[i].subscribers);
		this->events[i].lock->destroy(this->events[i].lock);
	}
	free(this);
}

/*
 * Described in header
 */
kupf_publisher_t *kupf_publisher_create()
{
	kupf_publisher_t *this;

	this = kupf_publisher_create_of((1 << KUPF_EVENT_PSK_END) - 1);
	this->lists = TRUE;
	return this;
}

/*
 * Described in header
 */
kupf_publisher_t *kupf_publisher_create_of(u_int events)
{
	private_kupf_publisher_t *this;
	int i;

	INIT(this,
		.public = {
			.events = {
				.observe = _observe,
				.tunnel_up = _tunnel_up,
				.tunnel_down = _tunnel_down,
				.child_changed = _child_changed,
				.tunnel_moved = _tunnel_moved,
				.auth_failed = _auth_failed,
				.session_expired = _session_expired,
				.key_request = _key_request,
				.rekey_request = _rekey_request,
				.session_flapping = _session_flapping,
			},
			.offers = _offers,
			.begin = _begin_event,
			.end = _end_event,
			.subscribe = _subscribe,
			.unsubscribe = _unsubscribe,
			.destroy = _destroy,
		},
		.offered = events,
	);
	for (i = 0; i < KUPF_EVENTS; i++)
	{
		this->events[i].subscribers = array_create(0, 0);
		this->events[i].lock = rwlock_create(RWLOCK_TYPE_DEFAULT);
	}

	return &this->public;
}
