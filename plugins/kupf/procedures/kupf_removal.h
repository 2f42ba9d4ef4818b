/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_removal kupf_removal
 * @{ @ingroup kupf
 *
 * How sessions leave: what is to be done once the store has one no more, and
 * that one whose life is over leaves when somebody comes upon it, or in time.
 *
 * Any thread may call.
 */

#ifndef KUPF_REMOVAL_H_
#define KUPF_REMOVAL_H_

#include "kupf/kupf_events.h"
#include "kupf_pool.h"
#include "kupf_preconfigured.h"
#include "kupf_ue_addresses.h"
#include "kupf/store/kupf_store.h"

/** Sessions that expire in one go, so that it never takes long */
#define KUPF_EXPIRE_MAX 1000

typedef struct kupf_removal_t kupf_removal_t;

struct kupf_removal_t {

	/**
	 * Finish a session that was removed from the store: close its tunnels, give
	 * its addresses back, and have what it has hidden be there again.
	 *
	 * @param session	session
	 * @param reason	why; if it has expired, that is raised and counted
	 * @return			number of tunnels being closed
	 */
	u_int (*retire)(kupf_removal_t *this, kupf_session_t *session,
					kupf_reason_t reason);

	/**
	 * A session is gone as it was: have what it has hidden be there again.
	 *
	 * @param session	session as it was
	 */
	void (*show)(kupf_removal_t *this, kupf_session_t *session);

	/**
	 * Remove a session if its life is over.
	 *
	 * @param session	session
	 * @return			FALSE if its life is not over
	 */
	bool (*remove_expired)(kupf_removal_t *this, kupf_session_t *session);

	/**
	 * Get the session of a name, but remove it if its life is over.
	 *
	 * @param name		name
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*get_living)(kupf_removal_t *this, const char *name);

	/**
	 * Remove what has expired, see kupf_procedures_t.
	 *
	 * @return			TRUE if there may be more
	 */
	bool (*expire)(kupf_removal_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_removal_t *this);
};

/**
 * Create the object.  All that it is given outlives it.
 *
 * @param store		sessions
 * @param pool		addresses of the UPF
 * @param addresses	inner addresses of the UEs
 * @param enforcer	knows the tunnels
 * @param events	events
 * @param preconfigured	sessions that fed ones hide, NULL for none
 */
kupf_removal_t *kupf_removal_create(kupf_store_t *store, kupf_pool_t *pool,
									kupf_ue_addresses_t *addresses,
									kupf_enforcer_t *enforcer,
									kupf_events_t *events,
									kupf_preconfigured_t *preconfigured);

#endif /** KUPF_REMOVAL_H_ @}*/
