/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_subscribers kupf_subscribers
 * @{ @ingroup kupf
 *
 * Who wants an event.  All methods but observe() and destroy() may be called by
 * any thread.
 */

#ifndef KUPF_SUBSCRIBERS_H_
#define KUPF_SUBSCRIBERS_H_

#include "kupf/kupf_events.h"
#include "wire/wire.h"

typedef struct kupf_subscribers_t kupf_subscribers_t;
typedef struct kupf_subscriber_t kupf_subscriber_t;

/**
 * Somebody who has registered for events.
 */
struct kupf_subscriber_t {

	/**
	 * Take an event; does not wait.
	 *
	 * @param packet	packet with its length, only valid during the call
	 */
	void (*notify)(kupf_subscriber_t *this, wire_octets_t packet);
};

struct kupf_subscribers_t {

	/**
	 * Add a subscriber; a second time changes nothing.
	 */
	void (*add)(kupf_subscribers_t *this, kupf_subscriber_t *subscriber);

	/**
	 * Remove a subscriber.  When this returns, it is not called any more.  If
	 * it was the last one, the observer is called, without a lock.
	 *
	 * @return			FALSE if it was none
	 */
	bool (*remove)(kupf_subscribers_t *this, kupf_subscriber_t *subscriber);

	/**
	 * Whether there are any.
	 */
	bool (*are_any)(kupf_subscribers_t *this);

	/**
	 * Give an event to all of them, and count that, with a read lock held that
	 * keeps each of them.
	 *
	 * @param packet	packet with its length
	 * @return			how many they are
	 */
	u_int (*notify)(kupf_subscribers_t *this, wire_octets_t packet);

	/**
	 * Set who observes whether there are any, see kupf_events_t.
	 */
	void (*observe)(kupf_subscribers_t *this, kupf_events_deserted_t deserted,
					void *user);

	/**
	 * Destroy the object; there are none any more.
	 */
	void (*destroy)(kupf_subscribers_t *this);
};

/**
 * Create the object, without any.
 */
kupf_subscribers_t *kupf_subscribers_create();

#endif /** KUPF_SUBSCRIBERS_H_ @}*/
