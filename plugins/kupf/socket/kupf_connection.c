/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_connection.h"
#include "kupf_access.h"
#include "kupf/kupf_counters.h"
#include "kupf_inbox.h"
#include "kupf/kupf_limiter.h"
#include "kupf_outbox.h"
#include "kupf_registrations.h"

#include <threading/mutex.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/** For lines about packets that cannot be */
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
	/** user and process at its other end */
	kupf_peer_t peer;
	/** epoll set of the server */
	int epoll;
	/** commands */
	kupf_commands_t *commands;
	/** events that it has registered for */
	kupf_registrations_t *registrations;
	/** what came in and was not dealt with */
	kupf_inbox_t *inbox;
	/** the client will not send any more */
	bool eof;
	/** request that is not carried out to its end, NULL if none */
	kupf_work_t *work;
	/** what its last step was followed by */
	kupf_work_status_t status;
	/** there may be packets that nobody has looked at */
	bool more;
	/** a packet is longer than it may be */
	bool overlong;
	/** what has to go out; it and all below are guarded by mutex */
	kupf_outbox_t *outbox;
	/** what epoll was told to look for */
	uint32_t interest;
	/** the client did not read its events, or memory is exhausted */
	bool cut;
	/** nobody reads any more, what is left to do is done all the same */
	bool gone;
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
	if (!this->cut && !this->gone)
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
CALLBACK(send_packet, void,
	private_kupf_connection_t *this, wire_octets_t packet)
{
	this->mutex->lock(this->mutex);
	if (!this->gone)
	{	/* without its answer a client would wait for ever */
		this->cut = !packet.len || !this->outbox->add(this->outbox, packet) ||
					this->cut;
	}
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
 * Take a step of the request that is not carried out to its end.
 */
static void take_step(private_kupf_connection_t *this)
{
	if (this->work && (!this->work->streams || has_room(this)))
	{
		this->status = this->work->step(this->work, send_packet, this);
		if (this->status == KUPF_WORK_DONE)
		{
			this->work->destroy(this->work);
			this->work = NULL;
		}
	}
}

/**
 * Carry a command out, or begin to.
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
	answer = this->commands->execute(this->commands, this, &this->peer,
							this->registrations->is_listing(this->registrations),
							packet->name, &arguments, &this->work);
	this->status = KUPF_WORK_MORE;
	if (!this->work)
	{
		send_packet(this, answer);
	}
	return TRUE;
}

/**
 * Register for an event, or take it back.
 */
static void handle_register(private_kupf_connection_t *this,
							wire_octets_t name, bool on)
{
	kupf_registrations_t *events = this->registrations;
	static const uint8_t answers[][WIRE_PACKET_HEADER + 1] = {
		{ 0, 0, 0, 1, WIRE_EVENT_UNKNOWN },
		{ 0, 0, 0, 1, WIRE_EVENT_CONFIRM },
	};
	bool known;

	known = on ? events->knows(events, name) : events->remove(events, name);
	/* no event may come before the client knows that it has registered */
	send_packet(this, wire_octets(answers[known], sizeof(answers[known])));
	if (known && on && !this->gone)
	{
		events->add(events, name);
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
 * Handle packets that have come in whole, as long as there is room for the
 * replies and up to one that takes long, and wipe them.
 *
 * @return			FALSE if something is malformed or too long
 */
static bool handle_packets(private_kupf_connection_t *this)
{
	wire_packet_status_t status = WIRE_PACKET_WHOLE;
	u_int left = KUPF_REQUESTS_MAX;
	wire_octets_t packet;
	bool ok = TRUE;

	while (ok && status == WIRE_PACKET_WHOLE && !this->work && left-- &&
		   has_room(this))
	{
		status = this->inbox->next(this->inbox, &packet);
		ok = status == WIRE_PACKET_PART ||
			 (status == WIRE_PACKET_WHOLE && handle_packet(this, packet));
	}
	this->overlong = status == WIRE_PACKET_OVERLONG;
	this->more = ok && status == WIRE_PACKET_WHOLE &&
				 this->inbox->has_more(this->inbox);
	if (!this->work || this->work->streams)
	{
		this->inbox->wipe(this->inbox);
	}
	return ok;
}

/**
 * The socket is at its end.  What was begun is carried through, and unless the
 * client was cut off, so is what was read.
 *
 * @return			FALSE if nothing is left to do
 */
static bool linger(private_kupf_connection_t *this)
{
	bool left;

	if (this->work && this->work->streams)
	{
		this->work->destroy(this->work);
		this->work = NULL;
	}
	this->mutex->lock(this->mutex);
	left = this->work || (this->more && !this->cut);
	if (left && !this->gone)
	{
		this->gone = TRUE;
		this->outbox->destroy(this->outbox);
		this->outbox = kupf_outbox_create(this->commands->secret);
		/* it would tell of the end again and again */
		epoll_ctl(this->epoll, EPOLL_CTL_DEL, this->fd, NULL);
	}
	this->mutex->unlock(this->mutex);
	if (left)
	{	/* nobody shall take it for somebody who listens */
		this->registrations->clear(this->registrations);
	}
	return left;
}

/**
 * Write what there is, and tell epoll what to wait for.
 *
 * @return			FALSE if the connection is at its end
 */
static bool write_packets(private_kupf_connection_t *this)
{
	bool ok, idle = !this->work && !this->more;
	uint32_t interest = 0;
	size_t unsent;

	if (this->gone)
	{
		return linger(this);
	}
	this->mutex->lock(this->mutex);
	ok = this->outbox->send(this->outbox, this->fd) && !this->cut;
	unsent = this->outbox->get_len(this->outbox);
	if (unsent)
	{
		interest |= EPOLLOUT;
	}
	else if (idle && this->eof)
	{
		ok = FALSE;
	}
	if (idle && !this->eof && unsent < KUPF_REPLIES_MAX)
	{
		interest |= EPOLLIN;
	}
	set_interest(this, interest);
	this->mutex->unlock(this->mutex);
	return ok || linger(this);
}

/**
 * Count a packet that cannot be, and say so.
 */
static void report_packet(private_kupf_connection_t *this)
{
	kupf_count(this->overlong ? KUPF_CONNECTIONS_OVERLONG :
								KUPF_CONNECTIONS_MALFORMED);
	if (!kupf_limiter_allows(&malformed))
	{
		return;
	}
	if (this->overlong)
	{
		DBG1(DBG_CFG, "kupf: closing connection of a client whose packet is "
			 "longer than %u octets", WIRE_PACKET_MAX);
		return;
	}
	DBG1(DBG_CFG, "kupf: closing connection of a client that sent a malformed "
		 "packet");
}

/**
 * Handle packets, unless there is work before them, and write.
 */
static bool advance(private_kupf_connection_t *this)
{
	if (!this->work && !handle_packets(this))
	{
		report_packet(this);
		/* what it asked for before it gets an answer, if it reads it now */
		write_packets(this);
		return FALSE;
	}
	return write_packets(this);
}

METHOD(kupf_connection_t, handle, bool,
	private_kupf_connection_t *this, bool readable)
{
	if (readable && this->work)
	{	/* it is not asked for what to read meanwhile: this is the end */
		return linger(this);
	}
	if (readable && !this->eof && has_room(this) &&
		!this->inbox->read(this->inbox, this->fd, &this->eof))
	{
		return FALSE;
	}
	return advance(this);
}

METHOD(kupf_connection_t, step, bool,
	private_kupf_connection_t *this, kupf_work_status_t *status)
{
	*status = KUPF_WORK_DONE;
	if (!this->work && !this->more)
	{
		return TRUE;
	}
	take_step(this);
	if (!advance(this))
	{
		return FALSE;
	}
	if (this->work && !this->work->streams)
	{
		*status = this->status;
	}
	else if ((this->work || this->more) && has_room(this))
	{
		*status = this->work ? this->status : KUPF_WORK_MORE;
	}
	return TRUE;
}

METHOD(kupf_connection_t, destroy, void,
	private_kupf_connection_t *this)
{
	this->registrations->destroy(this->registrations);
	DESTROY_IF(this->work);
	this->commands->client_gone(this->commands, this);
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
			.step = _step,
			.destroy = _destroy,
		},
		.fd = fd,
		.peer = kupf_access_get_peer(fd),
		.epoll = epoll,
		.commands = commands,
		.inbox = kupf_inbox_create(),
		.outbox = kupf_outbox_create(commands->secret),
		.interest = EPOLLIN,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	this->registrations = kupf_registrations_create(publisher,
												&this->public.subscriber);
	event.data.ptr = &this->public;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
	{
		destroy(this);
		return NULL;
	}
	return &this->public;
}
