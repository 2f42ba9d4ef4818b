/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_fetch_pauses kupf_fetch_pauses
 * @{ @ingroup kupf
 *
 * When all threads that wait for a key have to go, and for how long nobody may
 * wait then: if charon has no thread left for anything else (kupf_stall.h), and
 * if there was always somebody who waits for too long.
 *
 * A thread waits within charon's credential manager, under its read lock, which
 * lives as long as the enumerator.  That does not stop others: it is a
 * pthread_rwlock_t, whose readers pass waiting writers (strongSwan's own
 * substitute for systems without one is different, see its rwlock.c).  Writers
 * are plugins that come and go (add_set(), remove_set(), validators); while
 * charon runs these are pkcs11 tokens, and ipseckey, dnscert and systime-fix if
 * their settings change, which is on charon's main thread: such a thread waits
 * until nobody waits for a key.  So that this comes, however many UEs do,
 * nobody waits across the end of a span of KUPF_FETCH_SPAN milliseconds (or of
 * the longest wait, if that is more) in which there was always somebody.
 * The cache of certificates only tries for the lock.  charon's own plugins wait
 * there as well, for a database (sql) or for DNS (dnscert).  A backend for
 * connections would be no better a place, as nin3a asks those within a hook,
 * which has the bus mutex.
 *
 * Guarded by the mutex of kupf_fetch.
 */

#ifndef KUPF_FETCH_PAUSES_H_
#define KUPF_FETCH_PAUSES_H_

#include "kupf_fetch_requests.h"

#include <threading/mutex.h>

/** Milliseconds after which who waits looks whether others can work */
#define KUPF_FETCH_LOOK 50

/** Looks in a row by which others cannot, before nobody waits any more */
#define KUPF_FETCH_STALLS 3

/** Milliseconds for which nobody begins to wait after others could not */
#define KUPF_FETCH_PAUSE 1000

/** Milliseconds of waits without a gap, after which all who wait are let go */
#define KUPF_FETCH_SPAN 5000

/** Milliseconds without a wait that are a gap: who waited has let go of the
 * lock of the credential manager */
#define KUPF_FETCH_GAP 50

typedef struct kupf_fetch_pauses_t kupf_fetch_pauses_t;

struct kupf_fetch_pauses_t {

	/**
	 * Whether nobody may begin to wait.
	 */
	bool (*is_on)(kupf_fetch_pauses_t *this);

	/**
	 * Somebody begins to wait, and nobody else does.
	 */
	void (*begin)(kupf_fetch_pauses_t *this);

	/**
	 * Get when somebody who waits has to look next.
	 *
	 * @return			time_monotonic()
	 */
	timeval_t (*get_look)(kupf_fetch_pauses_t *this);

	/**
	 * Look whether others can work, if it is time for that; called by a thread
	 * that waits.
	 *
	 * @param mutex		mutex, held, but not while it looks
	 * @return			KUPF_FETCH_PENDING to go on waiting; else all have to
	 *					go, and what that is counted as
	 */
	kupf_counter_t (*look)(kupf_fetch_pauses_t *this, mutex_t *mutex);

	/**
	 * The last one of those who waited has gone.
	 */
	void (*end)(kupf_fetch_pauses_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_fetch_pauses_t *this);
};

/**
 * Create the object; nobody waits.
 *
 * @param timeout	longest wait for an answer, milliseconds
 */
kupf_fetch_pauses_t *kupf_fetch_pauses_create(u_int timeout);

#endif /** KUPF_FETCH_PAUSES_H_ @}*/
