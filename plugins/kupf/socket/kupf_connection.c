/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_connection.h"
#include "kupf/kupf_counters.h"
#include "kupf_inbox.h"
#include "kupf/kupf_limiter.h"
#include "kupf_outbox.h"

#include <threading/mutex.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/** For lines about malformed packets */
static kupf_limiter_t malformed = KUPF_LIMITER("kupf", kupf_count_suppressed);

typedef struct private_kupf_connection_t private_kupf_connection_t;

/**
 * Private data of a connection.
 */
struct private_kupf_connection_t {
	/** public interface */
	kupf_connection_t public;
	/** socket */
	int fd;
	/** epoll set of the server */
	int epoll;
	/** commands */
	kupf_commands_t *commands;
	/** tells about events */
	kupf_publisher_t *publisher;
	/** what came in and was not dealt with */
	kupf_inbox_t *inbox;
	/** the client will not send any more */
	bool eof;
	/** the client has registered for list-session */
	bool listing;
	/** rest of the events before the answer to list-sessions, NULL if none */
	kupf_list_t *list;
	/** that answer */
	chunk_t answer;
	/** what has to go out; it and all below are guarded by mutex */
	kupf_outbox_t *outbox;
	/** what epoll was told to look for */
	uint32_t interest;
	/** the client did not read its events, or memory is exhausted */
	bool cut;
	/** guards what other threads need */
	mutex_t *mutex;
};

/**
 * Tell epoll what to look for.  The mutex is held.
 */
static void set_interest(private_kupf_connection_t *this, uint32_t interest)
{
	struct epoll_event event = {
		.events = interest,
		.data.ptr = &this->public,
	};

	if (interest != this->interest &&
		epoll_ctl(this->epoll, EPOLL_CTL_MOD, this->fd, &event) == 0)
	{
		this->interest = interest;
	}
}

METHOD(kupf_subscriber_t, notify, void,
	private_kupf_connection_t *this, wire_octets_t packet)
{
	this->mutex->lock(this->mutex);
	if (!this->cut)
	{
		if (this->outbox->get_len(this->outbox) + packet.len > KUPF_UNREAD_MAX)
		{
			this->cut = TRUE;
			kupf_count(KUPF_CONNECTIONS_SLOW);
			/* it will never become writable: this wakes the server */
			shutdown(this->fd, SHUT_RDWR);
		}
		else
		{
			this->cut = !this->outbox->add(this->outbox, packet);
		}
		set_interest(this, this->interest | EPOLLOUT);
	}
	this->mutex->unlock(this->mutex);
}

/**
 * Queue a packet of our own; none at all is one that there was no memory for,
 * and nobody shall wait for it.
 */
static void send_packet(private_kupf_connection_t *this, wire_octets_t packet)
{
	this->mutex->lock(this->mutex);
	/* without its answer a client would wait for ever */
	this->cut = !packet.len || !this->outbox->add(this->outbox, packet) ||
				this->cut;
	this->mutex->unlock(this->mutex);
}

/**
 * Whether there is room for replies, i.e. the client reads them.
 */
static bool has_room(private_kupf_connection_t *this)
{
	bool room;

	this->mutex->lock(this->mutex);
	room = !this->cut &&
		   this->outbox->get_len(this->outbox) < KUPF_REPLIES_MAX;
	this->mutex->unlock(this->mutex);
	return room;
}

/**
 * Queue events of a list as long as there is room, and the answer after the
 * last one.
 *
 * @return			TRUE if nothing is left
 */
static bool pump(private_kupf_connection_t *this)
{
	wire_octets_t packet;

	while (this->list)
	{
		if (!has_room(this))
		{
			return FALSE;
		}
		if (this->list->next(this->list, &packet))
		{
			send_packet(this, packet);
		}
		else
		{
			this->list->destroy(this->list);
			this->list = NULL;
			send_packet(this, wire_octets(this->answer.ptr, this->answer.len));
			chunk_free(&this->answer);
		}
	}
	return TRUE;
}

/**
 * Carry a command out.
 */
static bool handle_command(private_kupf_connection_t *this,
						   const wire_packet_t *packet)
{
	wire_reader_t arguments;
	wire_octets_t answer;

	if (!wire_reader_init(&arguments, packet->message))
	{
		return FALSE;
	}
	answer = this->commands->execute(this->commands, this, packet->name,
									 &arguments, &this->list);
	if (this->list && this->listing)
	{
		this->answer = chunk_clone(chunk_create((u_char*)answer.ptr,
												answer.len));
		return TRUE;
	}
	DESTROY_IF(this->list);
	this->list = NULL;
	send_packet(this, answer);
	return TRUE;
}

/**
 * Find an event by its exact name.
 */
static bool find_event(wire_octets_t name, kupf_event_t *event)
{
	for (*event = KUPF_EVENT_TUNNEL_UP; *event < KUPF_EVENTS; (*event)++)
	{
		if (wire_equals(name, enum_to_name(kupf_event_names, *event)))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Register for an event, or take it back.
 */
static void handle_register(private_kupf_connection_t *this,
							wire_octets_t name, bool on)
{
	kupf_subscriber_t *self = &this->public.subscriber;
	kupf_event_t event;
	static const uint8_t answers[][WIRE_PACKET_HEADER + 1] = {
		{ 0, 0, 0, 1, WIRE_EVENT_UNKNOWN },
		{ 0, 0, 0, 1, WIRE_EVENT_CONFIRM },
	};
	bool known, list = wire_equals(name, KUPF_LIST_EVENT);

	if (list)
	{
		known = on || this->listing;
		this->listing = on;
	}
	else
	{
		known = find_event(name, &event) &&
				(on || this->publisher->unsubscribe(this->publisher, event, self));
	}
	/* no event may come before the client knows that it has registered */
	send_packet(this, wire_octets(answers[known], sizeof(answers[known])));
	if (known && on && !list)
	{
		this->publisher->subscribe(this->publisher, event, self);
	}
}

/**
 * Handle a packet.
 *
 * @return			FALSE if it is malformed
 */
static bool handle_packet(private_kupf_connection_t *this, wire_octets_t body)
{
	wire_packet_t packet;

	if (!wire_packet_parse(body, &packet))
	{
		return FALSE;
	}
	switch (packet.type)
	{
		case WIRE_CMD_REQUEST:
			return handle_command(this, &packet);
		case WIRE_EVENT_REGISTER:
		case WIRE_EVENT_UNREGISTER:
			handle_register(this, packet.name,
							packet.type == WIRE_EVENT_REGISTER);
			return TRUE;
		default:
			return FALSE;
	}
}

/**
 * Handle all packets that have come in whole, as long as there is room for the
 * replies, and wipe them.
 *
 * @return			FALSE if something is malformed
 */
static bool handle_packets(private_kupf_connection_t *this)
{
	wire_packet_status_t status = WIRE_PACKET_WHOLE;
	wire_octets_t packet;
	bool ok = TRUE;

	while (ok && status == WIRE_PACKET_WHOLE && pump(this) && has_room(this))
	{
		status = this->inbox->next(this->inbox, &packet);
		ok = status == WIRE_PACKET_PART ||
			 (status == WIRE_PACKET_WHOLE && handle_packet(this, packet));
	}
	this->inbox->wipe(this->inbox);
	return ok;
}

/**
 * Write what there is, and tell epoll what to wait for.
 *
 * @param busy		whether there is work left that waits for room
 * @return			FALSE if the connection is at its end
 */
static bool write_packets(private_kupf_connection_t *this, bool busy)
{
	uint32_t interest = 0;
	size_t unsent;
	bool ok;

	this->mutex->lock(this->mutex);
	ok = this->outbox->send(this->outbox, this->fd) && !this->cut;
	unsent = this->outbox->get_len(this->outbox);
	if (unsent || busy)
	{
		interest |= EPOLLOUT;
	}
	else if (this->eof)
	{
		ok = FALSE;
	}
	if (!busy && !this->eof && unsent < KUPF_REPLIES_MAX)
	{
		interest |= EPOLLIN;
	}
	set_interest(this, interest);
	this->mutex->unlock(this->mutex);
	return ok;
}

METHOD(kupf_connection_t, handle, bool,
	private_kupf_connection_t *this, bool readable)
{
	if (readable && !this->eof && has_room(this) &&
		!this->inbox->read(this->inbox, this->fd, &this->eof))
	{
		return FALSE;
	}
	if (!handle_packets(this))
	{
		kupf_count(KUPF_CONNECTIONS_MALFORMED);
		if (kupf_limiter_allows(&malformed))
		{
			DBG1(DBG_CFG, "kupf: closing connection of a client that sent a "
				 "malformed packet");
		}
		/* what it asked for before it gets an answer, if it reads it now */
		write_packets(this, FALSE);
		return FALSE;
	}
	return write_packets(this, this->list != NULL || (!has_room(this) &&
						 this->inbox->has_more(this->inbox)));
}

METHOD(kupf_connection_t, destroy, void,
	private_kupf_connection_t *this)
{
	kupf_event_t event;

	for (event = KUPF_EVENT_TUNNEL_UP; event < KUPF_EVENTS; event++)
	{
		this->publisher->unsubscribe(this->publisher, event,
								  &this->public.subscriber);
	}
	this->commands->forget(this->commands, this);
	DESTROY_IF(this->list);
	chunk_free(&this->answer);
	/* close() does not do it while a child that charon has just forked, e.g.
	 * for an updown script, has the socket open too */
	epoll_ctl(this->epoll, EPOLL_CTL_DEL, this->fd, NULL);
	close(this->fd);
	this->inbox->destroy(this->inbox);
	this->outbox->destroy(this->outbox);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_connection_t *kupf_connection_create(int fd, int epoll,
										  kupf_commands_t *commands,
										  kupf_publisher_t *publisher)
{
	private_kupf_connection_t *this;
	struct epoll_event event = {
		.events = EPOLLIN,
	};

	INIT(this,
		.public = {
			.subscriber = {
				.notify = _notify,
			},
			.handle = _handle,
			.destroy = _destroy,
		},
		.fd = fd,
		.epoll = epoll,
		.commands = commands,
		.publisher = publisher,
		.inbox = kupf_inbox_create(),
		.outbox = kupf_outbox_create(),
		.interest = EPOLLIN,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	event.data.ptr = &this->public;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
