/* SPDX-License-Identifier: MIT */

#include "client_link.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/** Octets received at once, at least */
#define RECEIVE_MIN (64 * 1024)

/*
 * Described in header
 */
void client_link_init(client_link_t *self)
{
	*self = (client_link_t){
		.fd = -1,
		.in = { .max = WIRE_PACKET_HEADER + WIRE_PACKET_MAX + RECEIVE_MIN },
		.out = { .max = CLIENT_LINK_OUT_MAX },
	};
}

/*
 * Described in header
 */
int client_link_open(client_link_t *self, const char *path, unsigned int wait)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval patience = {
		.tv_sec = wait / 1000,
		.tv_usec = wait % 1000 * 1000,
	};
	int err;

	if (strlen(path) >= sizeof(addr.sun_path))
	{
		return ENAMETOOLONG;
	}
	strcpy(addr.sun_path, path);
	self->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
							   (wait ? 0 : SOCK_NONBLOCK), 0);
	if (self->fd == -1)
	{
		return errno;
	}
	/* connect() heeds it as well, and nothing else of ours waits */
	if (setsockopt(self->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
				   sizeof(patience)) ||
		connect(self->fd, (struct sockaddr*)&addr, sizeof(addr)))
	{
		err = errno;
		client_link_close(self);
		return err;
	}
	return 0;
}

/*
 * Described in header
 */
void client_link_close(client_link_t *self)
{
	if (self->fd != -1)
	{
		close(self->fd);
	}
	client_buffer_clear(&self->in);
	client_buffer_clear(&self->out);
	self->fd = -1;
	self->ended = false;
	self->deaf = false;
}

/*
 * Described in header
 */
bool client_link_put(client_link_t *self, wire_octets_t packet)
{
	if (!client_buffer_reserve(&self->out, packet.len))
	{
		return false;
	}
	memcpy(self->out.buf + self->out.end, packet.ptr, packet.len);
	self->out.end += packet.len;
	return true;
}

/*
 * Described in header
 */
int client_link_send(client_link_t *self)
{
	wire_octets_t out = client_buffer_get(&self->out);
	ssize_t len;

	if (!out.len || self->deaf)
	{
		return 0;
	}
	len = send(self->fd, out.ptr, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (len >= 0)
	{
		client_buffer_take(&self->out, len);
		client_buffer_wipe_taken(&self->out);
		return 0;
	}
	if (errno == EPIPE || errno == ECONNRESET)
	{
		/* it may have said something before it went */
		self->deaf = true;
		client_buffer_clear(&self->out);
		return 0;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : errno;
}

/*
 * Described in header
 */
int client_link_receive(client_link_t *self)
{
	wire_octets_t body;
	size_t need;
	ssize_t len;

	if (wire_packet_cut(client_buffer_get(&self->in), &body, &need) !=
															WIRE_PACKET_PART)
	{
		return 0;
	}
	need -= client_buffer_get(&self->in).len;
	if (!client_buffer_reserve(&self->in,
							   need < RECEIVE_MIN ? RECEIVE_MIN : need))
	{
		return ENOMEM;
	}
	len = recv(self->fd, self->in.buf + self->in.end,
			   self->in.room - self->in.end, MSG_DONTWAIT);
	if (len > 0)
	{
		self->in.end += len;
		return 0;
	}
	if (!len || errno == ECONNRESET)
	{
		self->ended = true;
		return 0;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : errno;
}

/*
 * Described in header
 */
wire_packet_status_t client_link_next(client_link_t *self,
									  wire_packet_t *packet)
{
	wire_packet_status_t status;
	wire_octets_t body;
	size_t size;

	status = wire_packet_cut(client_buffer_get(&self->in), &body, &size);
	if (status == WIRE_PACKET_WHOLE)
	{
		client_buffer_take(&self->in, size);
		if (!wire_packet_parse(body, packet))
		{
			status = WIRE_PACKET_MALFORMED;
		}
	}
	return status;
}

/*
 * Described in header
 */
bool client_link_has_next(const client_link_t *self)
{
	wire_octets_t body;
	size_t size;

	return wire_packet_cut(client_buffer_get(&self->in), &body, &size) !=
															WIRE_PACKET_PART;
}
