/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_fetch kupf_fetch
 * @{ @ingroup kupf
 *
 * Asks the SMF side for the key of a UE that came before its session: raises
 * key-request and has the thread that handles the UE's IKE_AUTH wait for the
 * answer (step 2 of key derivation and distribution, study on TR 33.778).
 *
 * Anybody can make up identities, so everything here is bounded:
 *
 * - the number of threads that wait, and for how long;
 * - the requests in a second; one for an identity, however many IKE_SAs ask;
 * - identities that the SMF side has rejected, or has not answered for, are not
 *   asked for again for a while.  They are kept as 64-bit keyed hashes in a
 *   table of fixed size, in which a later one may take the place of an earlier
 *   one: then that one is only asked for sooner;
 * - without a subscriber to key-request nobody waits, and when the last one
 *   goes, those who do are released.
 *
 * A thread waits within charon's credential manager, under its read lock.
 * Writers to that lock are plugins that come or go, and readers pass those
 * that wait for it.  The IKE_SA stays checked out, and charon drops
 * retransmissions of a request that it is working on.  No lock of kupf is held
 * while waiting, and none of charon's hooks is being called.
 *
 * The mutex is not held in calls to the store and the events.
 */

#ifndef KUPF_FETCH_H_
#define KUPF_FETCH_H_

#include "kupf_events.h"
#include "kupf_store.h"

/** Identities not to be asked for that are kept at most */
#define KUPF_FETCH_NEGATIVE 8192

typedef struct kupf_fetch_t kupf_fetch_t;
typedef struct kupf_fetch_config_t kupf_fetch_config_t;

/**
 * Settings.
 */
struct kupf_fetch_config_t {
	/** longest wait for an answer, milliseconds */
	u_int timeout;
	/** threads that may wait at the same time */
	u_int max_waiting;
	/** how long an identity is not asked for again, seconds, 0 not at all */
	u_int negative_ttl;
	/** requests in a second, 0 for any number */
	u_int rate;
};

/**
 * All methods may be called by any thread.
 */
struct kupf_fetch_t {

	/**
	 * Get the session of an identity that the store does not have, and wait
	 * for it if need be.
	 *
	 * @param id		identity of the UE
	 * @param local		our address, for the request
	 * @param remote	address of the UE, for the request
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*get)(kupf_fetch_t *this, identification_t *id,
						   host_t *local, host_t *remote);

	/**
	 * A session has entered the store, or is there as before: whoever waits
	 * for its identity goes on.
	 *
	 * @param session	session
	 */
	void (*answer)(kupf_fetch_t *this, kupf_session_t *session);

	/**
	 * There is no UE of that identity: whoever waits for it goes on without.
	 *
	 * @param type		type of the identity
	 * @param id		identity as in the ID payload
	 * @return			number of threads that waited
	 */
	u_int (*reject)(kupf_fetch_t *this, id_type_t type, chunk_t id);

	/**
	 * Destroy the object; nobody waits any more.
	 */
	void (*destroy)(kupf_fetch_t *this);
};

/**
 * Create the object.
 *
 * @param store		sessions
 * @param events	events; the caller registers no observer for key-request
 * @param config	settings, copied
 * @return			object, NULL if the kernel has no randomness
 */
kupf_fetch_t *kupf_fetch_create(kupf_store_t *store, kupf_events_t *events,
								const kupf_fetch_config_t *config);

#endif /** KUPF_FETCH_H_ @}*/
