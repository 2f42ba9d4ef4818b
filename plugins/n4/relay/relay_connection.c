/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_connection.h"

#include "wire/wire_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Octets that a client may leave unread */
#define OUT_MAX (1024 * 1024)

/*
 * Described in header
 */
void relay_connection_close(relay_connection_t *self)
{
	if (self->fd != -1)
	{
		close(self->fd);
		self->fd = -1;
	}
	explicit_bzero(self->in, sizeof(self->in));
	self->in_len = 0;
	free(self->out);
	self->out = NULL;
	self->out_len = self->out_room = 0;
}

/*
 * Described in header
 */
void relay_connection_flush(relay_connection_t *self)
{
	ssize_t len;

	while (self->fd != -1 && self->out_len)
	{
		len = send(self->fd, self->out, self->out_len,
				   MSG_DONTWAIT | MSG_NOSIGNAL);
		if (len < 0 && errno == EAGAIN)
		{
			return;
		}
		if (len < 0)
		{
			relay_connection_close(self);
			return;
		}
		self->out_len -= len;
		memmove(self->out, self->out + len, self->out_len);
	}
}

/*
 * Described in header
 */
void relay_connection_put(relay_connection_t *self, wire_octets_t octets)
{
	size_t room = self->out_len + octets.len;
	uint8_t *out;

	if (self->fd == -1)
	{
		return;
	}
	if (room > self->out_room)
	{
		room = 2 * room;
		out = room <= 2 * OUT_MAX ? realloc(self->out, room) : NULL;
		if (!out)
		{
			relay_connection_close(self);
			return;
		}
		self->out = out;
		self->out_room = room;
	}
	memcpy(self->out + self->out_len, octets.ptr, octets.len);
	self->out_len += octets.len;
	relay_connection_flush(self);
}

/**
 * Handle all packets that have come in.
 */
static void handle_all(relay_connection_t *self,
					   relay_connection_handle_t handle, void *user)
{
	wire_packet_status_t status = WIRE_PACKET_WHOLE;
	wire_octets_t body;
	size_t size;

	while (self->fd != -1 && status == WIRE_PACKET_WHOLE)
	{
		status = wire_packet_cut(wire_octets(self->in, self->in_len), &body,
								 &size);
		if ((status == WIRE_PACKET_WHOLE && !handle(user, self, body)) ||
			(status == WIRE_PACKET_PART && size > sizeof(self->in)) ||
			status == WIRE_PACKET_MALFORMED || status == WIRE_PACKET_OVERLONG)
		{
			relay_connection_close(self);
			return;
		}
		if (status == WIRE_PACKET_WHOLE && self->fd != -1)
		{
			memmove(self->in, self->in + size, self->in_len - size);
			self->in_len -= size;
			explicit_bzero(self->in + self->in_len,
						   sizeof(self->in) - self->in_len);
		}
	}
}

/*
 * Described in header
 */
void relay_connection_receive(relay_connection_t *self,
							  relay_connection_handle_t handle, void *user)
{
	ssize_t len;

	len = recv(self->fd, self->in + self->in_len,
			   sizeof(self->in) - self->in_len, MSG_DONTWAIT);
	if (len > 0)
	{
		self->in_len += len;
		handle_all(self, handle, user);
	}
	else if (len == 0 || errno != EAGAIN)
	{
		relay_connection_close(self);
	}
}
