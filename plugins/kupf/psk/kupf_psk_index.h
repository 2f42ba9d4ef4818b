/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_index kupf_psk_index
 * @{ @ingroup kupf
 *
 * The sessions of one service by the PSK identities of their keys.
 *
 * It only has what it is told, so sessions without the service cost nothing.
 * It may have, for a moment, a session that is gone already: who looks one up
 * says which count.  Hash tables in shards, each with a lock and a table that
 * doubles when it is full, as the store has them (kupf_store.h); these locks
 * are leaves, but for the callback of find().
 */

#ifndef KUPF_PSK_INDEX_H_
#define KUPF_PSK_INDEX_H_

#include "kupf/keys/kupf_psk.h"
#include "kupf/store/kupf_session.h"

typedef struct kupf_psk_index_t kupf_psk_index_t;

/**
 * Says whether a session counts.  Called with a lock held, so it takes a moment
 * and asks for nothing of the index.
 *
 * @param user		as given to find()
 */
typedef bool (*kupf_psk_index_counts_t)(void *user, kupf_session_t *session);

/**
 * All methods may be called by any thread.
 */
struct kupf_psk_index_t {

	/**
	 * Add a session; a second time changes nothing.
	 *
	 * @param id		identity, 1 to KUPF_PSK_IDENTITY_MAX octets
	 * @param form		form of the key that has it
	 * @param session	session; the index takes a reference
	 */
	void (*add)(kupf_psk_index_t *this, chunk_t id, u_int form,
				kupf_session_t *session);

	/**
	 * Remove a session, exactly this object.
	 *
	 * @param id		identity that it was added with
	 * @return			FALSE if it was not there
	 */
	bool (*remove)(kupf_psk_index_t *this, chunk_t id, kupf_session_t *session);

	/**
	 * Find the session that counts of those that have an identity.
	 *
	 * @param id		identity, of any length
	 * @param counts	says which session counts
	 * @param user		given to it
	 * @param form		[out] form of the key, set if one was found
	 * @param many		[out] whether more than one counts: then none is found
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*find)(kupf_psk_index_t *this, chunk_t id,
							kupf_psk_index_counts_t counts, void *user,
							u_int *form, bool *many);

	/**
	 * Get the number of identities.
	 */
	u_int (*get_count)(kupf_psk_index_t *this);

	/**
	 * Drop all sessions and destroy the index.
	 */
	void (*destroy)(kupf_psk_index_t *this);
};

/**
 * Create an empty index.
 */
kupf_psk_index_t *kupf_psk_index_create();

#endif /** KUPF_PSK_INDEX_H_ @}*/
