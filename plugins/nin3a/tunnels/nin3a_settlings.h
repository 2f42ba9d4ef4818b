/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_settlings nin3a_settlings
 * @{ @ingroup nin3a
 *
 * Sessions whose IKE_SAs are settled later: one a session, however many IKE_SAs
 * its UE sets up meanwhile.
 *
 * All functions may be called by any thread.
 */

#ifndef NIN3A_SETTLINGS_H_
#define NIN3A_SETTLINGS_H_

#include <library.h>

typedef struct nin3a_settlings_t nin3a_settlings_t;
typedef struct nin3a_settling_t nin3a_settling_t;

struct nin3a_settlings_t {

	/**
	 * An IKE_SA of a session has come.
	 *
	 * @param session	name of the session
	 * @param serial	of the IKE_SA
	 * @param time		seconds after which it is settled
	 * @return			internal settling, to be looked at after that time; NULL
	 *					if there was one already
	 */
	nin3a_settling_t *(*add)(nin3a_settlings_t *this, const char *session,
							 uint32_t serial, uint32_t time);

	/**
	 * Get what there is to settle.
	 *
	 * @param settling	as add() has returned it
	 * @param serial	[out] of the newest IKE_SA whose time is over
	 * @return			name of the session, until next() returns 0
	 */
	const char *(*get)(nin3a_settlings_t *this, nin3a_settling_t *settling,
					   uint32_t *serial);

	/**
	 * The IKE_SAs up to one are settled: look whether others have yet to be.
	 *
	 * @param settling	gone after this if there are none
	 * @param serial	of the newest one that is settled
	 * @return			seconds after which to settle these, 0 if there are none
	 */
	uint32_t (*next)(nin3a_settlings_t *this, nin3a_settling_t *settling,
					 uint32_t serial);

	/**
	 * Destroy the object, with what there is to settle.
	 */
	void (*destroy)(nin3a_settlings_t *this);
};

/**
 * Create an object without any.
 */
nin3a_settlings_t *nin3a_settlings_create();

#endif /** NIN3A_SETTLINGS_H_ @}*/
