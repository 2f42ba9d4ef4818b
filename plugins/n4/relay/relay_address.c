/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_address.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * Described in header
 */
bool relay_address_read(relay_address_t *self, const char *text)
{
	static const uint8_t none[16];

	memset(self, 0, sizeof(*self));
	self->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(self->family, text, self->octets) == 1 &&
		   memcmp(self->octets, none, sizeof(none)) &&
		   /* multicast, and what is beyond it */
		   self->octets[0] < (self->family == AF_INET ? 224 : 255);
}

/*
 * Described in header
 */
const char *relay_address_text(const relay_address_t *self)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(self->family, self->octets, text, sizeof(text)) ?: "?";
}

/*
 * Described in header
 */
bool relay_address_equals(const relay_address_t *self,
						  const relay_address_t *other)
{
	return self->family == other->family &&
		   !memcmp(self->octets, other->octets, relay_address_len(self));
}

/*
 * Described in header
 */
socklen_t relay_address_to_socket(const relay_address_t *self, uint16_t port,
								  struct sockaddr_storage *to)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6*)to;
	struct sockaddr_in *ipv4 = (struct sockaddr_in*)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = self->family;
	if (self->family == AF_INET)
	{
		ipv4->sin_port = htons(port);
		memcpy(&ipv4->sin_addr, self->octets, 4);
		return sizeof(*ipv4);
	}
	ipv6->sin6_port = htons(port);
	memcpy(&ipv6->sin6_addr, self->octets, 16);
	return sizeof(*ipv6);
}

/*
 * Described in header
 */
uint16_t relay_address_from_socket(relay_address_t *self,
								   const struct sockaddr_storage *from)
{
	const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6*)from;
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in*)from;

	memset(self, 0, sizeof(*self));
	self->family = from->ss_family;
	if (self->family == AF_INET)
	{
		memcpy(self->octets, &ipv4->sin_addr, 4);
		return ntohs(ipv4->sin_port);
	}
	memcpy(self->octets, &ipv6->sin6_addr, 16);
	return ntohs(ipv6->sin6_port);
}
