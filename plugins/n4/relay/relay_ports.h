/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_ports relay_ports
 * @{ @ingroup n4_relay
 *
 * Ports that requests came from, to which their responses have to go (TS 29.244
 * clause 6.4).  Bounded: of very old requests the port is forgotten.
 */

#ifndef RELAY_PORTS_H_
#define RELAY_PORTS_H_

#include <stdbool.h>
#include <stdint.h>

/** Requests of a peer that are remembered */
#define RELAY_PORTS 4096

typedef struct relay_ports_t relay_ports_t;

/**
 * Ports of the requests of one peer to another.
 */
struct relay_ports_t {
	/** sequence number, and port; 0 for none */
	struct {
		uint32_t sequence;
		uint16_t port;
	} requests[RELAY_PORTS];
};

/**
 * Remember the port of a request.
 */
static inline void relay_ports_put(relay_ports_t *self, uint32_t sequence,
								   uint16_t port)
{
	self->requests[sequence % RELAY_PORTS].sequence = sequence;
	self->requests[sequence % RELAY_PORTS].port = port;
}

/**
 * Get the port of a request.
 *
 * @return			port, or the other one if it is not known
 */
static inline uint16_t relay_ports_get(const relay_ports_t *self,
									   uint32_t sequence, uint16_t otherwise)
{
	return self->requests[sequence % RELAY_PORTS].sequence == sequence &&
		   self->requests[sequence % RELAY_PORTS].port ?
		   self->requests[sequence % RELAY_PORTS].port : otherwise;
}

#endif /** RELAY_PORTS_H_ @}*/
