/* SPDX-License-Identifier: MIT */

/**
 * @defgroup psk_ends psk_ends
 * @{ @ingroup psk
 *
 * When connections of a consumer end, and why: they are marked first, and the
 * consumer is told later, when nothing else is under way, as it may close what
 * it is told of.
 */

#ifndef PSK_ENDS_H_
#define PSK_ENDS_H_

#include "kupf_psk_types.h"
#include "psk_links.h"

#include "wire/wire_reader.h"

/**
 * Time that does not jump, ms.
 */
uint64_t psk_ends_now(void);

/**
 * A connection ends; an earlier end stays.
 *
 * @param link		connection
 * @param reason	why, a constant
 * @param grace		ms from now
 */
void psk_ends_mark(psk_links_t *self, psk_link_t *link, const char *reason,
				   uint64_t grace);

/**
 * Mark all connections, which end at once.
 */
void psk_ends_mark_all(psk_links_t *self, const char *reason);

/**
 * Mark the connections that an event psk-end is about.
 */
void psk_ends_read(psk_links_t *self, const wire_reader_t *event);

/**
 * Call back for the connections that end, each of which may be gone after it.
 *
 * @param cb		called with each end, and with each grace that has begun
 * @param ctx		for it
 */
void psk_ends_tell(psk_links_t *self, kupf_psk_client_end_cb_t cb, void *ctx);

/**
 * When there is something to tell: 0 for at once, PSK_NEVER if nothing ends.
 */
uint64_t psk_ends_due(const psk_links_t *self);

#endif /** PSK_ENDS_H_ @}*/
