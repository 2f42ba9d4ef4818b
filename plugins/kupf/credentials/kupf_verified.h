/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_verified kupf_verified
 * @{ @ingroup kupf
 *
 * The sessions whose keys have verified a peer, each until our own AUTH payload
 * is built with the same key.  Any thread may call; the lock is a leaf.
 */

#ifndef KUPF_VERIFIED_H_
#define KUPF_VERIFIED_H_

#include "kupf/store/kupf_session.h"

typedef struct kupf_verified_t kupf_verified_t;

struct kupf_verified_t {

	/**
	 * Pin a session to an IKE_SA, instead of another one if it has one.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @param session	session; a reference is taken
	 */
	void (*pin)(kupf_verified_t *this, uint32_t ike_sa, kupf_session_t *session);

	/**
	 * Take the pin of an IKE_SA away, if it has one.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 */
	void (*unpin)(kupf_verified_t *this, uint32_t ike_sa);

	/**
	 * Get the session that is pinned to an IKE_SA.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 * @return			new reference, NULL if there is none
	 */
	kupf_session_t *(*get)(kupf_verified_t *this, uint32_t ike_sa);

	/**
	 * Get the number of pins.
	 */
	u_int (*get_count)(kupf_verified_t *this);

	/**
	 * Take all pins away and destroy the object.
	 */
	void (*destroy)(kupf_verified_t *this);
};

/**
 * Create an object without pins.
 */
kupf_verified_t *kupf_verified_create();

#endif /** KUPF_VERIFIED_H_ @}*/
