/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_sync kupf_sync
 * @{ @ingroup kupf
 *
 * Resynchronisation with the SMF side, as PFCP restoration (TS 23.527) does
 * for N4: the client says what it has, and what it no longer has goes.
 *
 * Only one client at a time, until what it has not mentioned is removed.  If it
 * disconnects before the end, nothing is removed.  Sessions that any client
 * mentions meanwhile stay.  A pool that is closed opens after the first end: all
 * addresses that UEs were told before are held then.
 *
 * All methods are called by the server's thread only.
 */

#ifndef KUPF_SYNC_H_
#define KUPF_SYNC_H_

#include "kupf_procedures.h"
#include "kupf/store/kupf_store.h"

typedef struct kupf_sync_t kupf_sync_t;

struct kupf_sync_t {

	/**
	 * Begin.  A second time by the same client begins anew.
	 *
	 * @param client	identifies the client
	 * @param error		[out] KUPF_CAUSE_BUSY if another client has begun
	 * @return			FALSE with error set
	 */
	bool (*begin)(kupf_sync_t *this, const void *client, kupf_error_t *error);

	/**
	 * A client has asked to establish or modify a session.  That counts also if
	 * it was refused, e.g. for other content: the client does have a session of
	 * that name.
	 *
	 * @param name		name of the session
	 */
	void (*mention)(kupf_sync_t *this, const char *name);

	/**
	 * A client has established or modified a session; as mention().
	 *
	 * @param session	session of the store
	 */
	void (*mark)(kupf_sync_t *this, kupf_session_t *session);

	/**
	 * Begin to remove sessions that were not mentioned; sweep() does it.
	 *
	 * @param client	identifies the client
	 * @param error		[out] KUPF_CAUSE_NOT_ALLOWED if it has not begun
	 * @return			FALSE with error set
	 */
	bool (*end)(kupf_sync_t *this, const void *client, kupf_error_t *error);

	/**
	 * Remove some sessions that were not mentioned, and close their tunnels.
	 * Each of them is removed as a whole.  What is mentioned before it is come
	 * to stays; nobody else can begin before it is over.
	 *
	 * @param removed	[out] number of sessions removed since end()
	 * @return			FALSE if it is over
	 */
	bool (*sweep)(kupf_sync_t *this, u_int *removed);

	/**
	 * A client has disconnected.  What is left of its sweep is not done.
	 */
	void (*client_gone)(kupf_sync_t *this, const void *client);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_sync_t *this);
};

/**
 * Create the object.
 *
 * @param store		sessions
 * @param sessions	to delete what was not mentioned
 * @param pool		addresses, opened when the first synchronisation is over
 */
kupf_sync_t *kupf_sync_create(kupf_store_t *store, kupf_procedures_t *sessions,
							  kupf_pool_t *pool);

#endif /** KUPF_SYNC_H_ @}*/
