/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_publisher.h"
#include "kupf_reply.h"

#include <time.h>

/** Room for an address with a port, and a scope */
#define HOST_TEXT 96

typedef struct private_kupf_publisher_t private_kupf_publisher_t;

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
 * Private data of the publisher.
 */
struct private_kupf_publisher_t {
	/** public interface */
	kupf_publisher_t public;
	/** who wants an event, by kupf_event_t */
	kupf_subscribers_t *subscribers[KUPF_EVENTS];
	/** those that it tells about, a bit each */
	u_int offered;
};

METHOD(kupf_publisher_t, offers, bool,
	private_kupf_publisher_t *this, kupf_event_t type)
{
	return this->offered & (1 << type);
}

METHOD(kupf_publisher_t, subscribe, void,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_subscriber_t *subscriber)
{
	this->subscribers[type]->add(this->subscribers[type], subscriber);
}

METHOD(kupf_publisher_t, unsubscribe, bool,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_subscriber_t *subscriber)
{
	return this->subscribers[type]->remove(this->subscribers[type], subscriber);
}

METHOD(kupf_events_t, observe, void,
	private_kupf_publisher_t *this, kupf_event_t type,
	kupf_events_deserted_t deserted, void *user)
{
	this->subscribers[type]->observe(this->subscribers[type], deserted, user);
}

METHOD(kupf_publisher_t, begin_event, bool,
	private_kupf_publisher_t *this, kupf_event_t type, wire_writer_t *writer)
{
	if (!this->subscribers[type]->are_any(this->subscribers[type]))
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
	wire_octets_t packet;
	u_int told = 0;

	add_time(writer);
	if (wire_packet_end(writer, &packet))
	{
		told = this->subscribers[type]->notify(this->subscribers[type], packet);
	}
	wire_writer_deinit(writer);
	return told;
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

/**
 * Add inner addresses: those that we were assigned (RFC 7296, 3.15), on a UE, or
 * those of the session.
 */
static void add_ue_addresses(wire_writer_t *writer, kupf_session_t *session,
							 ike_sa_t *ike_sa)
{
	kupf_address_t assigned[KUPF_UE_ADDRESSES_MAX];
	const kupf_address_t *addresses = assigned;
	enumerator_t *enumerator;
	u_int count = 0;
	host_t *host;

	enumerator = ike_sa->create_virtual_ip_enumerator(ike_sa, TRUE);
	while (count < countof(assigned) && enumerator->enumerate(enumerator, &host))
	{
		assigned[count++] = kupf_address_of_host(host);
	}
	enumerator->destroy(enumerator);
	if (!count)
	{
		addresses = kupf_session_get_ue_addresses(session, &count);
	}
	kupf_reply_addresses(writer, "ue-addresses", addresses, count);
}

METHOD(kupf_events_t, tunnel_up, void,
	private_kupf_publisher_t *this, kupf_session_t *session, ike_sa_t *ike_sa,
	child_sa_t *child_sa)
{
	wire_writer_t writer;

	if (!begin_event(this, KUPF_EVENT_TUNNEL_UP, &writer))
	{
		return;
	}
	add_session(&writer, session);
	wire_writer_number(&writer, "unique-id", ike_sa->get_unique_id(ike_sa));
	add_host(&writer, "local", ike_sa->get_my_host(ike_sa));
	add_host(&writer, "remote", ike_sa->get_other_host(ike_sa));
	add_ue_addresses(&writer, session, ike_sa);
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
		this->subscribers[i]->destroy(this->subscribers[i]);
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
		this->subscribers[i] = kupf_subscribers_create();
	}

	return &this->public;
}
