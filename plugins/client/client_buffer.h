/* SPDX-License-Identifier: MIT */

/**
 * @defgroup client_buffer client_buffer
 * @{ @ingroup client
 *
 * Octets on their way: put in at the end, taken out at the start.  There may
 * be keys among them: all memory that is not used any more is wiped.
 */

#ifndef CLIENT_BUFFER_H_
#define CLIENT_BUFFER_H_

#include "wire/wire.h"

typedef struct client_buffer_t client_buffer_t;

/**
 * A buffer.
 */
struct client_buffer_t {
	/** memory */
	uint8_t *buf;
	/** where the octets start; those before it were taken */
	size_t start;
	/** where they end */
	size_t end;
	/** size of the memory */
	size_t room;
	/** most octets that it may have */
	size_t max;
};

/**
 * Make room for more octets behind the end.  Wipes what was taken.
 *
 * @param self		buffer
 * @param more		how many
 * @return			FALSE if that would be too many, or there is no memory
 */
bool client_buffer_reserve(client_buffer_t *self, size_t more);

/**
 * Get the octets.
 *
 * @return			octets, valid until there is room made for others
 */
wire_octets_t client_buffer_get(const client_buffer_t *self);

/**
 * Take octets from the start.  They stay where they are until they are wiped.
 */
void client_buffer_take(client_buffer_t *self, size_t len);

/**
 * Wipe what was taken.
 */
void client_buffer_wipe_taken(client_buffer_t *self);

/**
 * Wipe everything, and give the memory back; the buffer may be used again.
 */
void client_buffer_clear(client_buffer_t *self);

#endif /** CLIENT_BUFFER_H_ @}*/
