/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_outbox kupf_outbox
 * @{ @ingroup kupf
 *
 * What a client has to be sent, in order.  The caller locks.
 *
 * If there may be keys in it, the memory is kept out of core dumps, as that of
 * kupf_inbox is, and octets are wiped once all are sent.
 */

#ifndef KUPF_OUTBOX_H_
#define KUPF_OUTBOX_H_

#include "wire/wire.h"

#include <library.h>

typedef struct kupf_outbox_t kupf_outbox_t;

struct kupf_outbox_t {

	/**
	 * Get the number of octets that were not sent yet.
	 */
	size_t (*get_len)(kupf_outbox_t *this);

	/**
	 * Add octets.
	 *
	 * @param data		octets, copied
	 * @return			FALSE if memory is exhausted
	 */
	bool (*add)(kupf_outbox_t *this, wire_octets_t data);

	/**
	 * Send to a socket, once and without waiting.
	 *
	 * @param fd		socket
	 * @return			FALSE if the socket is at its end
	 */
	bool (*send)(kupf_outbox_t *this, int fd);

	/**
	 * Destroy the outbox.
	 */
	void (*destroy)(kupf_outbox_t *this);
};

/**
 * Create an empty outbox.
 *
 * @param secret	whether there may be keys in it
 */
kupf_outbox_t *kupf_outbox_create(bool secret);

#endif /** KUPF_OUTBOX_H_ @}*/
