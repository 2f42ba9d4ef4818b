/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_graces nin3a_graces
 * @{ @ingroup nin3a
 *
 * Graces of modified sessions that are not over: what their tunnels are
 * compared with then.  Each has a job that waits and holds a session with its
 * key; so a session has NIN3A_GRACES_MAX of them at a time, and one that is
 * deleted keeps none of its keys for them.
 *
 * All methods but destroy() may be called by any thread, also in hooks.
 */

#ifndef NIN3A_GRACES_H_
#define NIN3A_GRACES_H_

#include "kupf/store/kupf_session.h"

#include <library.h>

/**
 * Most graces of a session that are not over.
 */
#define NIN3A_GRACES_MAX 32

typedef struct nin3a_graces_t nin3a_graces_t;
typedef struct nin3a_grace_t nin3a_grace_t;

struct nin3a_graces_t {

	/**
	 * A grace begins.
	 *
	 * @param session	session as it was modified to, gets a reference
	 * @return			internal grace, to end(); NULL if there are too many
	 */
	nin3a_grace_t *(*begin)(nin3a_graces_t *this, kupf_session_t *session);

	/**
	 * Get the session of a grace.
	 *
	 * @param grace		grace
	 * @return			reference, NULL if it was dropped
	 */
	kupf_session_t *(*get_session)(nin3a_graces_t *this, nin3a_grace_t *grace);

	/**
	 * A session is gone: drop it and what it was before it was modified, for
	 * all graces.
	 *
	 * @param session	session
	 */
	void (*drop)(nin3a_graces_t *this, kupf_session_t *session);

	/**
	 * A grace is over.
	 *
	 * @param grace		grace, gone after this
	 */
	void (*end)(nin3a_graces_t *this, nin3a_grace_t *grace);

	/**
	 * Destroy the object, with the graces that have not ended.
	 */
	void (*destroy)(nin3a_graces_t *this);
};

/**
 * Create an object without graces.
 */
nin3a_graces_t *nin3a_graces_create();

#endif /** NIN3A_GRACES_H_ @}*/
