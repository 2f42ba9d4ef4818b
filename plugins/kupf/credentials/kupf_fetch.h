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
 *   asked for again for a while, see kupf_fetch_denied_t;
 * - without a subscriber to key-request nobody waits, and when the last one
 *   goes, those who do are released;
 * - nobody waits while charon has no thread left for another IKE_AUTH, nor for
 *   so long that plugins which come and go are kept waiting, see
 *   kupf_fetch_pauses_t, nor when it ends.
 *
 * A thread waits within charon's credential manager, under its read lock.  The
 * IKE_SA stays checked out, and charon drops retransmissions of a request that
 * it is working on; whoever else wants the IKE_SA waits, e.g. swanctl
 * --list-sas unless it is told --noblock.  No lock of kupf is held while
 * waiting, and none of charon's hooks is being called.
 *
 * The mutex is not held in calls to the store and the events.
 */

#ifndef KUPF_FETCH_H_
#define KUPF_FETCH_H_

#include "kupf/kupf_events.h"
#include "kupf/store/kupf_store.h"

/** Limits of the settings: milliseconds, threads, seconds, per second */
#define KUPF_FETCH_TIMEOUT_MAX 60000
#define KUPF_FETCH_WAITING_MAX 1000
#define KUPF_FETCH_TTL_MAX 86400
#define KUPF_FETCH_RATE_MAX 1000000

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
	 * for it if need be.  Never to be called in a hook of charon's bus.
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
	 * for its identity goes on, and that it was rejected is forgotten.
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
	 * Let all go who wait, and nobody wait any more: charon ends.
	 */
	void (*end)(kupf_fetch_t *this);

	/**
	 * Destroy the object; nobody is in get() any more.
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
