/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_sockets.h"

#include <unistd.h>

/** Octets that may wait in a socket */
#define SOCKET_BUFFER (4 * 1024 * 1024)

/*
 * Described in header
 */
int relay_sockets_get(const relay_sockets_t *self,
					  const relay_address_t *address)
{
	unsigned int i;

	for (i = 0; i < self->count; i++)
	{
		if (relay_address_equals(&self->sockets[i].address, address))
		{
			return self->sockets[i].fd;
		}
	}
	return -1;
}

/*
 * Described in header
 */
bool relay_sockets_open(relay_sockets_t *self, const relay_address_t *address,
						uint16_t port)
{
	relay_socket_t *sock = &self->sockets[self->count];
	int on = 1, buffer = SOCKET_BUFFER;
	struct sockaddr_storage local;
	socklen_t len;

	if (relay_sockets_get(self, address) != -1)
	{
		return true;
	}
	sock->address = *address;
	sock->fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock->fd < 0)
	{
		return false;
	}
	self->count++;
	if (address->family == AF_INET6)
	{
		setsockopt(sock->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	/* the kernel gives as much as it may */
	setsockopt(sock->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	len = relay_address_to_socket(address, port, &local);
	return bind(sock->fd, (struct sockaddr*)&local, len) == 0;
}

/*
 * Described in header
 */
void relay_sockets_close(relay_sockets_t *self)
{
	while (self->count)
	{
		close(self->sockets[--self->count].fd);
	}
}
