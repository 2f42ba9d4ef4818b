/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_publisher kupf_publisher
 * @{ @ingroup kupf
 *
 * Events of the protocol: what is in them.  Each has its kupf_subscribers_t,
 * who queue it without waiting, and must not subscribe or unsubscribe in the
 * call.
 */

#ifndef KUPF_PUBLISHER_H_
#define KUPF_PUBLISHER_H_

#include "kupf_subscribers.h"
#include "kupf/kupf_events.h"
#include "wire/wire_packet.h"

typedef struct kupf_publisher_t kupf_publisher_t;

struct kupf_publisher_t {

	/**
	 * Raises the events.
	 */
	kupf_events_t events;

	/**
	 * Whether it tells about an event at all.
	 */
	bool (*offers)(kupf_publisher_t *this, kupf_event_t event);

	/**
	 * Whether it is a publisher of sessions, so that clients may list them.
	 */
	bool lists;

	/**
	 * Begin an event that is no method of events, unless nobody wants it.
	 *
	 * @param writer	[out] writer for what is in it, to be given to end()
	 * @return			FALSE if nobody does
	 */
	bool (*begin)(kupf_publisher_t *this, kupf_event_t event,
				  wire_writer_t *writer);

	/**
	 * End such an event with its time, and give it to all who want it.
	 *
	 * @return			how many that are
	 */
	u_int (*end)(kupf_publisher_t *this, kupf_event_t event,
				 wire_writer_t *writer);

	/**
	 * Register for an event; a second time changes nothing.
	 */
	void (*subscribe)(kupf_publisher_t *this, kupf_event_t event,
					  kupf_subscriber_t *subscriber);

	/**
	 * Take a registration back.  When this returns, the subscriber is not
	 * called for the event any more.
	 *
	 * @return			FALSE if it was not registered
	 */
	bool (*unsubscribe)(kupf_publisher_t *this, kupf_event_t event,
						kupf_subscriber_t *subscriber);

	/**
	 * Destroy the object; nobody is registered any more.
	 */
	void (*destroy)(kupf_publisher_t *this);
};

/**
 * Create the object for the SMF side.
 */
kupf_publisher_t *kupf_publisher_create();

/**
 * Create an object for others, that tells about some events only.
 *
 * @param events	kupf_event_t, a bit each
 */
kupf_publisher_t *kupf_publisher_create_of(u_int events);

#endif /** KUPF_PUBLISHER_H_ @}*/
