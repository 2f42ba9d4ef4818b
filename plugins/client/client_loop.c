/* SPDX-License-Identifier: MIT */

#include "client_loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

/** Most requests for an upsert: a session may come and go between two */
#define UPSERT_TURNS 3

/**
 * The daemon breaks the protocol.
 */
static void malformed(kupf_client_t *self, const char *what)
{
	client_engine_fail(self, KUPF_CLIENT_MALFORMED,
					   "the daemon has sent %s", what);
	client_engine_close(self, KUPF_CLIENT_MALFORMED);
}

/**
 * Hand an event to who wants it; nobody may want it any more.
 */
static void handle_event(kupf_client_t *self, const wire_packet_t *packet)
{
	const client_request_t *first = client_flight_first(&self->flight);
	client_event_t *event;
	wire_reader_t reader;
	kupf_client_event_cb_t cb = NULL;
	void *user = NULL;

	if (!wire_reader_init(&reader, packet->message))
	{
		malformed(self, "a malformed event");
		return;
	}
	event = packet->name.len ? client_events_find(&self->events, packet->name) :
							   NULL;
	if (event)
	{
		cb = event->cb;
		user = event->user;
	}
	if (first && first->stream_cb && first->stream.len == packet->name.len &&
		!memcmp(first->stream.ptr, packet->name.ptr, packet->name.len))
	{
		/* a long reply is no silence */
		self->deadline = client_engine_now() + self->timeout;
		cb = first->stream_cb;
		user = first->stream_user;
	}
	if (cb)
	{
		self->depth++;
		cb(user, packet->name, &reader);
		self->depth--;
	}
}

/**
 * Whether an upsert has to be tried the other way, which is done then: a
 * session may come and go between two requests.
 */
static bool try_again(kupf_client_t *self, client_request_t *request,
					  const kupf_client_reply_t *reply)
{
	const char *const commands[] = { "establish-session", "modify-session" };
	const char *const causes[] = { "session-exists", "no-such-session" };
	wire_writer_t writer;
	wire_octets_t packet;
	bool again = false;

	if (!request->message || reply->status != KUPF_CLIENT_REFUSED ||
		!wire_equals(reply->cause, causes[request->turns % 2]) ||
		++request->turns >= UPSERT_TURNS)
	{
		return false;
	}
	wire_writer_init(&writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	wire_packet_begin(&writer, WIRE_CMD_REQUEST, commands[request->turns % 2]);
	wire_writer_raw(&writer, wire_octets(request->message, request->len));
	if (wire_packet_end(&writer, &packet))
	{
		again = client_engine_put(self, packet, request) == KUPF_CLIENT_OK;
	}
	wire_writer_deinit(&writer);
	return again;
}

/**
 * Handle an answer, which is that to the first request in flight.
 */
static void handle_answer(kupf_client_t *self, const wire_packet_t *packet)
{
	const client_request_t *first = client_flight_first(&self->flight);
	kupf_client_reply_t reply = { .status = KUPF_CLIENT_OK };
	client_request_t request;

	if (!first || first->registers != (packet->type == WIRE_EVENT_CONFIRM ||
									   packet->type == WIRE_EVENT_UNKNOWN))
	{
		malformed(self, "an answer that nobody waits for");
		return;
	}
	if (packet->type == WIRE_CMD_RESPONSE &&
		!kupf_client_reply_read(&reply, packet->message))
	{
		malformed(self, "a malformed reply");
		return;
	}
	if (packet->type == WIRE_CMD_UNKNOWN || packet->type == WIRE_EVENT_UNKNOWN)
	{
		reply.status = KUPF_CLIENT_UNKNOWN;
	}
	request = client_flight_pop(&self->flight);
	self->deadline = client_engine_now() + self->timeout;
	if (!try_again(self, &request, &reply))
	{
		client_engine_tell(self, &request, &reply);
		client_request_clear(&request);
	}
}

/**
 * Handle the packets that were received.
 */
static void handle_packets(kupf_client_t *self)
{
	wire_packet_t packet;

	while (client_engine_connected(self) && !(self->until && *self->until))
	{
		switch (client_link_next(&self->link, &packet))
		{
			case WIRE_PACKET_PART:
				return;
			case WIRE_PACKET_MALFORMED:
				malformed(self, "a malformed packet");
				return;
			case WIRE_PACKET_OVERLONG:
				malformed(self, "a packet of more than 512 KiB");
				return;
			case WIRE_PACKET_WHOLE:
				break;
		}
		self->answered = true;
		switch (packet.type)
		{
			case WIRE_EVENT:
				handle_event(self, &packet);
				break;
			case WIRE_CMD_RESPONSE:
			case WIRE_CMD_UNKNOWN:
			case WIRE_EVENT_CONFIRM:
			case WIRE_EVENT_UNKNOWN:
				handle_answer(self, &packet);
				break;
			default:
				malformed(self, "a packet that clients send");
				break;
		}
	}
}

/**
 * Close the connection if it has ended, or if the daemon is too slow.
 */
static void see_to_end(kupf_client_t *self)
{
	if (self->link.ended)
	{
		client_engine_fail(self, KUPF_CLIENT_LOST, "connection to %s lost",
						   self->name);
		client_engine_close(self, KUPF_CLIENT_LOST);
	}
	else if (self->flight.count && client_engine_now() >= self->deadline)
	{
		client_engine_fail(self, KUPF_CLIENT_TIMEOUT,
						   "no answer from %s within %u ms", self->name,
						   self->timeout);
		client_engine_close(self, KUPF_CLIENT_TIMEOUT);
	}
}

/*
 * Described in header
 */
void client_loop_step(kupf_client_t *self)
{
	int err;

	if (!client_engine_connected(self))
	{
		if (!self->wanted || client_engine_now() < self->retry_at ||
			client_engine_open(self, 0) != KUPF_CLIENT_OK)
		{
			return;
		}
	}
	err = client_link_send(&self->link) ?: client_link_receive(&self->link);
	if (err)
	{
		client_engine_fail(self, KUPF_CLIENT_LOST, "connection to %s lost: %s",
						   self->name, strerror(err));
		client_engine_close(self, KUPF_CLIENT_LOST);
		return;
	}
	handle_packets(self);
	if (client_engine_connected(self) && !(self->until && *self->until))
	{
		see_to_end(self);
	}
}

/*
 * Described in header
 */
int client_loop_patience(const kupf_client_t *self)
{
	uint64_t now = client_engine_now(), then;

	if (client_engine_connected(self))
	{
		if (self->link.ended || client_link_has_next(&self->link))
		{
			return 0;
		}
		if (!self->flight.count)
		{
			return -1;
		}
		then = self->deadline;
	}
	else if (self->wanted)
	{
		then = self->retry_at;
	}
	else
	{
		return -1;
	}
	if (then <= now)
	{
		return 0;
	}
	return then - now > INT_MAX ? INT_MAX : then - now;
}

/*
 * Described in header
 */
short client_loop_events(const kupf_client_t *self)
{
	return POLLIN | (client_buffer_get(&self->link.out).len ? POLLOUT : 0);
}

/*
 * Described in header
 */
bool client_loop_poll(kupf_client_t *self, int max)
{
	struct pollfd pfd = {
		.fd = self->link.fd,
		.events = client_loop_events(self),
	};
	int patience = client_loop_patience(self);

	if (patience < 0 || (max >= 0 && max < patience))
	{
		patience = max;
	}
	return poll(&pfd, 1, patience) >= 0 || errno != EINTR;
}
