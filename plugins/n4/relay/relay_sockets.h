/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_sockets relay_sockets
 * @{ @ingroup n4_relay
 *
 * Sockets, one for each address of the relay's.
 */

#ifndef RELAY_SOCKETS_H_
#define RELAY_SOCKETS_H_

#include "relay_config.h"

/** Most sockets: an address for each SMF and each UPF */
#define RELAY_SOCKETS (KUPF_N4_SMFS + RELAY_UPFS)

typedef struct relay_socket_t relay_socket_t;
typedef struct relay_sockets_t relay_sockets_t;

/**
 * A socket.
 */
struct relay_socket_t {
	/** descriptor */
	int fd;
	/** address that it is bound to */
	relay_address_t address;
};

/**
 * Sockets.  All zero is none.
 */
struct relay_sockets_t {
	/** sockets */
	relay_socket_t sockets[RELAY_SOCKETS];
	/** how many */
	unsigned int count;
};

/**
 * Open the socket of an address, unless there is one.
 *
 * @param self		sockets
 * @param address	address
 * @param port		port
 * @return			FALSE on failure, errno is set
 */
bool relay_sockets_open(relay_sockets_t *self, const relay_address_t *address,
						uint16_t port);

/**
 * Get the socket of an address.
 *
 * @return			descriptor, -1 if there is none
 */
int relay_sockets_get(const relay_sockets_t *self,
					  const relay_address_t *address);

/**
 * Close all.
 */
void relay_sockets_close(relay_sockets_t *self);

#endif /** RELAY_SOCKETS_H_ @}*/
