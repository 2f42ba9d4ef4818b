/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_expiry kupf_expiry
 * @{ @ingroup kupf
 *
 * Timing wheel: which sessions end when, and which are about to.
 *
 * One slot a second, KUPF_EXPIRY_SLOTS of them; a session that is due at second
 * t is in slot t modulo their number and is passed over until its round comes.
 * It is due twice: when its life is about to end, and when it ends.  Add and
 * remove take constant time, and so does each look for what is due: it goes on
 * where the last one has ended, also within a slot.  The wheel holds no references: whoever
 * adds a session removes it before the last reference is gone.
 *
 * Its lock is a leaf, any thread may call.
 */

#ifndef KUPF_EXPIRY_H_
#define KUPF_EXPIRY_H_

#include "kupf_session.h"

/** Number of slots, a power of two; a turn takes 2 hours and 16 minutes */
#define KUPF_EXPIRY_SLOTS 8192

/** Sessions and slots that are looked at with the lock held */
#define KUPF_EXPIRY_STEPS 1024

typedef struct kupf_expiry_t kupf_expiry_t;

struct kupf_expiry_t {

	/**
	 * Add a session; nothing is done for one that never expires.
	 */
	void (*add)(kupf_expiry_t *this, kupf_session_t *session);

	/**
	 * Remove a session; nothing is done for one that is not in the wheel.
	 */
	void (*remove)(kupf_expiry_t *this, kupf_session_t *session);

	/**
	 * Get sessions that are due.  Those whose life is over stay in the wheel
	 * until they are removed, which the caller does before it comes again;
	 * those whose life is about to end are due again at its end.
	 *
	 * @param now		time_monotonic(), seconds; never goes back
	 * @param due		[out] sessions, references for the caller
	 * @param max		most sessions
	 * @param more		[out] whether there may be more: ask again at once
	 * @return			number of sessions, also 0 with more
	 */
	u_int (*get_due)(kupf_expiry_t *this, time_t now, kupf_session_t **due,
					 u_int max, bool *more);

	/**
	 * Destroy the wheel.
	 */
	void (*destroy)(kupf_expiry_t *this);
};

/**
 * Create a wheel.
 *
 * @param now		time_monotonic(), seconds
 * @param margin	see kupf_session_get_ending(), 0 if that is of no interest
 * @return			wheel
 */
kupf_expiry_t *kupf_expiry_create(time_t now, uint32_t margin);

#endif /** KUPF_EXPIRY_H_ @}*/
