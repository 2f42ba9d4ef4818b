/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_setups nin3a_setups
 * @{ @ingroup nin3a
 *
 * Counts what the UEs of sessions set up: how many IKE_SAs in a minute, of which
 * there is a bound, as charon has work to do for each that outlasts it; and how
 * often their tunnels come up again.  Sessions flap whose tunnels do so within a
 * short time, as two UEs have one session, or as something ends what has just
 * come up.
 *
 * The memory is the same whatever happens: a table of places of which a session
 * has one for as long as it counts.  If there are more sessions than places, one
 * that has set up least gives way, so that many UEs which come once do not push
 * out one that comes again and again.
 *
 * Any thread may call; the mutex is a leaf, the work constant.
 */

#ifndef NIN3A_SETUPS_H_
#define NIN3A_SETUPS_H_

#include "kupf/store/kupf_session.h"

/** Set-ups of a session that are too many... */
#define NIN3A_FLAPS_MANY 5

/** ...within so many seconds */
#define NIN3A_FLAPS_SECONDS 180

/** IKE_SAs of a session are counted for so many seconds */
#define NIN3A_SETUPS_SECONDS 60

/** Sessions that can be counted at a time, a power of two */
#define NIN3A_SETUPS_PLACES 16384

typedef struct nin3a_setups_t nin3a_setups_t;

struct nin3a_setups_t {

	/**
	 * The UE of a session sets up an IKE_SA, and has shown that it has the key.
	 *
	 * @param session	session
	 * @param now		time_monotonic()
	 * @param most		how many there may be in NIN3A_SETUPS_SECONDS, 0 for any
	 *					number
	 * @return			FALSE if there are too many
	 */
	bool (*admit)(nin3a_setups_t *this, kupf_session_t *session, time_t now,
				  u_int most);

	/**
	 * A tunnel of a session has come up.  A session that was modified begins
	 * anew, as its UE may have to set up another tunnel then.
	 *
	 * @param session	session
	 * @param now		time_monotonic()
	 * @param seconds	[out] if there are too many: since the first of them
	 * @return			NIN3A_FLAPS_MANY if these are too many, once in
	 *					NIN3A_FLAPS_SECONDS, otherwise 0
	 */
	u_int (*count_up)(nin3a_setups_t *this, kupf_session_t *session, time_t now,
				   u_int *seconds);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(nin3a_setups_t *this);
};

/**
 * Create the object.
 */
nin3a_setups_t *nin3a_setups_create();

#endif /** NIN3A_SETUPS_H_ @}*/
