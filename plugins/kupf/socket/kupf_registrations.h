/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_registrations kupf_registrations
 * @{ @ingroup kupf
 *
 * The events that a client has registered for, by their names on the wire.
 */

#ifndef KUPF_REGISTRATIONS_H_
#define KUPF_REGISTRATIONS_H_

#include "kupf/protocol/kupf_publisher.h"

typedef struct kupf_registrations_t kupf_registrations_t;

/**
 * For one thread.
 */
struct kupf_registrations_t {

	/**
	 * Whether there is an event of a name, exactly.
	 */
	bool (*knows)(kupf_registrations_t *this, wire_octets_t name);

	/**
	 * Register for an event that is known; a second time changes nothing.
	 */
	void (*add)(kupf_registrations_t *this, wire_octets_t name);

	/**
	 * Take a registration back.  When this returns, the subscriber is not
	 * called for the event any more.
	 *
	 * @return			FALSE if there is none
	 */
	bool (*remove)(kupf_registrations_t *this, wire_octets_t name);

	/**
	 * Take all registrations back.
	 */
	void (*clear)(kupf_registrations_t *this);

	/**
	 * Whether there is one for KUPF_LIST_EVENT, which comes with an answer and
	 * is nothing that the publisher knows.
	 */
	bool (*is_listing)(kupf_registrations_t *this);

	/**
	 * Take all back and destroy the object.
	 */
	void (*destroy)(kupf_registrations_t *this);
};

/**
 * Create an object without any registration.
 *
 * @param publisher		tells about events
 * @param subscriber	who is told
 */
kupf_registrations_t *kupf_registrations_create(kupf_publisher_t *publisher,
												kupf_subscriber_t *subscriber);

#endif /** KUPF_REGISTRATIONS_H_ @}*/
