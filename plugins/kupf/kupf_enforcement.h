/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_enforcement kupf_enforcement
 * @{ @ingroup kupf
 *
 * Stands for the enforcer, whether one is attached or not.
 *
 * Calls go to the attached enforcer, under a read lock that keeps it attached.
 * Without one, no IKE_SA is covered, unless enforcement is not required, none
 * was initiated for a session, any session is accepted, and there are no
 * tunnels.  Consumers of keys, if enforcer.consumers is set before any session is
 * there, are told of sessions, too, without the lock.  The lock is taken before any lock of the enforcer and
 * never together with one of the store.
 */

#ifndef KUPF_ENFORCEMENT_H_
#define KUPF_ENFORCEMENT_H_

#include "kupf.h"

typedef struct kupf_enforcement_t kupf_enforcement_t;

struct kupf_enforcement_t {

	/**
	 * Implements the enforcer for the rest of kupf.
	 */
	kupf_enforcer_t enforcer;

	/**
	 * Attach an enforcer.
	 *
	 * @return			FALSE if there is one already, or it is for another role
	 */
	bool (*attach)(kupf_enforcement_t *this, kupf_enforcer_t *enforcer);

	/**
	 * Detach the enforcer; waits for calls under way.
	 */
	void (*detach)(kupf_enforcement_t *this);

	/**
	 * Destroy the guard.
	 */
	void (*destroy)(kupf_enforcement_t *this);
};

/**
 * Create a guard.
 *
 * @param required	FALSE to cover every IKE_SA while no enforcer is attached
 * @param role		role of the host
 * @return			guard
 */
kupf_enforcement_t *kupf_enforcement_create(bool required, kupf_role_t role);

#endif /** KUPF_ENFORCEMENT_H_ @}*/
