/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup n4_relay n4-relay
 *
 * @defgroup relay_address relay_address
 * @{ @ingroup n4_relay
 *
 * An IPv4 or IPv6 address.
 */

#ifndef RELAY_ADDRESS_H_
#define RELAY_ADDRESS_H_

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

typedef struct relay_address_t relay_address_t;

/**
 * An address.
 */
struct relay_address_t {
	/** AF_INET or AF_INET6 */
	int family;
	/** its octets */
	uint8_t octets[16];
};

/**
 * Read an address.
 *
 * @param self		[out] address
 * @param text		text
 * @return			FALSE if it is none, or that of no host
 */
bool relay_address_read(relay_address_t *self, const char *text);

/**
 * Write an address.
 *
 * @return			static text, until the next call
 */
const char *relay_address_text(const relay_address_t *self);

/**
 * Octets that the address has.
 */
static inline size_t relay_address_len(const relay_address_t *self)
{
	return self->family == AF_INET ? 4 : 16;
}

/**
 * Whether two addresses are the same.
 */
bool relay_address_equals(const relay_address_t *self,
						  const relay_address_t *other);

/**
 * Make a socket's address.
 *
 * @param self		address
 * @param port		port
 * @param to		[out] socket's address
 * @return			octets of it
 */
socklen_t relay_address_to_socket(const relay_address_t *self, uint16_t port,
								  struct sockaddr_storage *to);

/**
 * Read a socket's address.
 *
 * @param self		[out] address
 * @param from		socket's address, of IPv4 or IPv6
 * @return			port
 */
uint16_t relay_address_from_socket(relay_address_t *self,
								   const struct sockaddr_storage *from);

#endif /** RELAY_ADDRESS_H_ @}*/
