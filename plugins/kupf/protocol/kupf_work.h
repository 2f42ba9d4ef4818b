/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_work kupf_work
 * @{ @ingroup kupf
 *
 * A command that may take long, cut into steps: between two of them the
 * server's thread writes events and carries out requests of other clients.
 *
 * A step deals with about KUPF_WORK_STEP sessions, and is whole: what others
 * see is always some steps done and none half done.  Only the client that has
 * asked waits for the last one.  For one thread, the server's.
 */

#ifndef KUPF_WORK_H_
#define KUPF_WORK_H_

#include "wire/wire.h"

#include <library.h>

/** Sessions that a step deals with, about */
#define KUPF_WORK_STEP 32

typedef struct kupf_work_t kupf_work_t;
typedef enum kupf_work_status_t kupf_work_status_t;

enum kupf_work_status_t {
	/** the answer was sent, there is nothing left to do */
	KUPF_WORK_DONE,
	/** there is more to do */
	KUPF_WORK_MORE,
	/** there is more to do, but not before kupf_commands_t.get_wake() says
	 * so; another step meanwhile does nothing */
	KUPF_WORK_WAITS,
};

/**
 * Takes a packet: an event, or the answer.
 *
 * @param user		as given to step()
 * @param packet	packet with its length, only valid during the call; empty if
 *					there was no memory for it
 */
typedef void (*kupf_work_send_t)(void *user, wire_octets_t packet);

struct kupf_work_t {

	/**
	 * Take a step.  It sends events, if any, and the last step the answer.
	 *
	 * @param send		takes packets
	 * @param user		given to it
	 * @return			KUPF_WORK_DONE after the last step: to be destroyed
	 */
	kupf_work_status_t (*step)(kupf_work_t *this, kupf_work_send_t send,
							   void *user);

	/**
	 * Whether it does nothing but send events: its steps are to be taken as
	 * the client reads them, and are in vain once it does not any more.  It
	 * does not use the request after it was created, as any other one may until
	 * it is destroyed.
	 */
	bool streams;

	/**
	 * Destroy it, done or not.
	 */
	void (*destroy)(kupf_work_t *this);
};

#endif /** KUPF_WORK_H_ @}*/
