/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_events.h"
#include "relay_connection.h"
#include "relay_provide.h"

#include "wire/wire_packet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/** Longest event, octets */
#define EVENT_MAX 4096

/** Connections that may wait to be accepted */
#define BACKLOG 4

/** Events, by number */
static const char *const events[] = { "key-request", "key-taken" };

enum {
	EVENT_REQUEST,
	EVENT_TAKEN,
	EVENTS,
};

typedef struct client_t client_t;

/**
 * A client.
 */
struct client_t {
	/** connection; the first member, so that it leads to the client */
	relay_connection_t connection;
	/** which events it has registered for */
	bool registered[EVENTS];
};

/**
 * Private data.
 */
struct relay_events_t {
	/** path of the socket */
	struct sockaddr_un address;
	/** listening descriptor */
	int fd;
	/** what is at the path is ours */
	bool bound;
	/** clients */
	client_t clients[RELAY_EVENTS_CLIENTS];
	/** callbacks */
	relay_events_provide_t provide;
	relay_events_again_t again;
	/** for both */
	void *user;
};

/**
 * Open the listening socket.
 */
static bool open_socket(relay_events_t *self)
{
	struct stat about;
	mode_t mask;

	/* what a start before has left */
	if (lstat(self->address.sun_path, &about) == 0 && S_ISSOCK(about.st_mode))
	{
		unlink(self->address.sun_path);
	}
	self->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (self->fd < 0)
	{
		return false;
	}
	mask = umask(0177);
	self->bound = bind(self->fd, (struct sockaddr*)&self->address,
					   sizeof(self->address)) == 0;
	umask(mask);
	return self->bound && listen(self->fd, BACKLOG) == 0;
}

/*
 * Described in header
 */
relay_events_t *relay_events_create(const char *path,
									relay_events_provide_t provide,
									relay_events_again_t again, void *user)
{
	relay_events_t *self;
	int i;

	if (strlen(path) >= sizeof(self->address.sun_path))
	{
		errno = ENAMETOOLONG;
		return NULL;
	}
	self = calloc(1, sizeof(*self));
	if (!self)
	{
		return NULL;
	}
	self->fd = -1;
	self->provide = provide;
	self->again = again;
	self->user = user;
	self->address.sun_family = AF_UNIX;
	strcpy(self->address.sun_path, path);
	for (i = 0; i < RELAY_EVENTS_CLIENTS; i++)
	{
		self->clients[i].connection.fd = -1;
	}
	if (!open_socket(self))
	{
		i = errno;
		relay_events_destroy(self);
		errno = i;
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void relay_events_destroy(relay_events_t *self)
{
	int i;

	if (self)
	{
		for (i = 0; i < RELAY_EVENTS_CLIENTS; i++)
		{
			relay_connection_close(&self->clients[i].connection);
		}
		if (self->fd != -1)
		{
			close(self->fd);
		}
		if (self->bound)
		{
			unlink(self->address.sun_path);
		}
		free(self);
	}
}

/**
 * Send a packet without a message.
 */
static void put_type(client_t *client, wire_packet_type_t type)
{
	uint8_t octets[] = { 0, 0, 0, 1, type };

	relay_connection_put(&client->connection, wire_octets(octets,
						 sizeof(octets)));
}

/**
 * A client registers for an event, or not any more.
 */
static void set_registered(relay_events_t *self, client_t *client,
						   wire_octets_t name, bool registered)
{
	int i;

	for (i = 0; i < EVENTS; i++)
	{
		if (wire_equals(name, events[i]))
		{
			client->registered[i] = registered;
			put_type(client, WIRE_EVENT_CONFIRM);
			if (registered && i == EVENT_REQUEST)
			{
				self->again(self->user);
			}
			return;
		}
	}
	put_type(client, WIRE_EVENT_UNKNOWN);
}

/**
 * Carry out a command.
 */
static void carry_out(relay_events_t *self, client_t *client,
					  const wire_packet_t *packet)
{
	relay_provide_t request;
	uint8_t buffer[EVENT_MAX];
	wire_writer_t writer;
	wire_octets_t octets;
	const char *wrong;

	if (!wire_equals(packet->name, "provide-key"))
	{
		put_type(client, WIRE_CMD_UNKNOWN);
		return;
	}
	wrong = relay_provide_read(&request, packet->message);
	if (!wrong)
	{
		wrong = self->provide(self->user, request.upf, request.session,
							  &request.key);
	}
	explicit_bzero(&request, sizeof(request));
	wire_writer_init_buffer(&writer, buffer, sizeof(buffer));
	wire_packet_begin(&writer, WIRE_CMD_RESPONSE, NULL);
	wire_writer_text(&writer, "success", wrong ? "no" : "yes");
	if (wrong)
	{
		wire_writer_text(&writer, "errmsg", wrong);
	}
	if (wire_packet_end(&writer, &octets))
	{
		relay_connection_put(&client->connection, octets);
	}
	wire_writer_deinit(&writer);
}

/**
 * Handle a packet.
 *
 * @return			FALSE if it is none that a client may send
 */
static bool handle(void *user, relay_connection_t *connection,
				   wire_octets_t body)
{
	client_t *client = (client_t*)connection;
	relay_events_t *self = user;
	wire_packet_t packet;

	if (!wire_packet_parse(body, &packet))
	{
		return false;
	}
	switch (packet.type)
	{
		case WIRE_CMD_REQUEST:
			carry_out(self, client, &packet);
			return true;
		case WIRE_EVENT_REGISTER:
		case WIRE_EVENT_UNREGISTER:
			set_registered(self, client, packet.name,
						   packet.type == WIRE_EVENT_REGISTER);
			return true;
		default:
			return false;
	}
}

/**
 * Accept a client, if there is room for it.
 */
static void accept_client(relay_events_t *self)
{
	int fd = accept4(self->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), i;

	if (fd < 0)
	{
		return;
	}
	for (i = 0; i < RELAY_EVENTS_CLIENTS; i++)
	{
		if (self->clients[i].connection.fd == -1)
		{
			self->clients[i].connection.fd = fd;
			memset(self->clients[i].registered, 0,
				   sizeof(self->clients[i].registered));
			return;
		}
	}
	close(fd);
}

/*
 * Described in header
 */
void relay_events_poll(const relay_events_t *self, struct pollfd *fds)
{
	int i;

	fds[0].fd = self->fd;
	fds[0].events = POLLIN;
	for (i = 0; i < RELAY_EVENTS_CLIENTS; i++)
	{
		fds[1 + i].fd = self->clients[i].connection.fd;
		fds[1 + i].events = POLLIN |
							(self->clients[i].connection.out_len ? POLLOUT : 0);
	}
}

/*
 * Described in header
 */
void relay_events_process(relay_events_t *self, const struct pollfd *fds)
{
	client_t *client;
	int i;

	for (i = 0; i < RELAY_EVENTS_CLIENTS; i++)
	{
		client = &self->clients[i];
		if (client->connection.fd == -1 ||
			client->connection.fd != fds[1 + i].fd)
		{
			continue;
		}
		if (fds[1 + i].revents & POLLOUT)
		{
			relay_connection_flush(&client->connection);
		}
		if (client->connection.fd != -1 && fds[1 + i].revents & ~POLLOUT)
		{
			relay_connection_receive(&client->connection, handle, self);
		}
	}
	if (fds[0].revents)
	{
		accept_client(self);
	}
}

/**
 * Send an event that was written to those who have registered for it.
 */
static void send_event(relay_events_t *self, int event, wire_writer_t *writer)
{
	wire_octets_t octets;
	int i;

	for (i = 0; wire_packet_end(writer, &octets) && i < RELAY_EVENTS_CLIENTS;
		 i++)
	{
		if (self->clients[i].registered[event])
		{
			relay_connection_put(&self->clients[i].connection, octets);
		}
	}
}

/*
 * Described in header
 */
void relay_events_ask(relay_events_t *self, const char *upf,
					  const kupf_n4_need_t *need)
{
	uint8_t buffer[EVENT_MAX];
	wire_writer_t writer;

	wire_writer_init_buffer(&writer, buffer, sizeof(buffer));
	wire_packet_begin(&writer, WIRE_EVENT, events[EVENT_REQUEST]);
	relay_provide_write_need(&writer, upf, need);
	send_event(self, EVENT_REQUEST, &writer);
	wire_writer_deinit(&writer);
}

/*
 * Described in header
 */
void relay_events_tell(relay_events_t *self, const char *upf,
					   const kupf_n4_told_t *told)
{
	uint8_t buffer[EVENT_MAX];
	wire_writer_t writer;

	wire_writer_init_buffer(&writer, buffer, sizeof(buffer));
	wire_packet_begin(&writer, WIRE_EVENT, events[EVENT_TAKEN]);
	relay_provide_write_told(&writer, upf, told);
	send_event(self, EVENT_TAKEN, &writer);
	wire_writer_deinit(&writer);
}
