/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_requests kupf_psk_requests
 * @{ @ingroup kupf
 *
 * Keys that the consumers of a service have asked the SMF side for, bounded as
 * fetching for IKE is (kupf_fetch.h): how many in a second, how many that are
 * not answered yet, and one for a session however many ask.  A request is
 * answered when its session comes or changes, or over when its time is.
 */

#ifndef KUPF_PSK_REQUESTS_H_
#define KUPF_PSK_REQUESTS_H_

#include "kupf/store/kupf_session.h"

typedef struct kupf_psk_requests_t kupf_psk_requests_t;
typedef struct kupf_psk_bounds_t kupf_psk_bounds_t;
typedef enum kupf_psk_asked_t kupf_psk_asked_t;

/**
 * Bounds of a service.
 */
struct kupf_psk_bounds_t {
	/** requests in a second, 0 for any number */
	u_int rate;
	/** requests that are not answered yet */
	u_int waiting;
	/** how long one counts as such, milliseconds */
	u_int timeout;
};

/**
 * What became of a request.
 */
enum kupf_psk_asked_t {
	/** the SMF side is to be asked */
	KUPF_PSK_ASKED,
	/** it was asked already, and has not answered yet */
	KUPF_PSK_JOINED,
	/** there are too many requests */
	KUPF_PSK_REFUSED,
};

/**
 * All methods may be called by any thread.
 */
struct kupf_psk_requests_t {

	/**
	 * Ask for a key.
	 *
	 * @param session	name of the session, empty if it is not known
	 * @param address	an inner address of it, AF_UNSPEC if none is known
	 */
	kupf_psk_asked_t (*ask)(kupf_psk_requests_t *this, const char *session,
							const kupf_address_t *address);

	/**
	 * Nobody was there to be asked: it is as if nobody had.
	 */
	void (*withdraw)(kupf_psk_requests_t *this, const char *session,
					 const kupf_address_t *address);

	/**
	 * A session has come or changed.
	 */
	void (*answer)(kupf_psk_requests_t *this, kupf_session_t *session);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_psk_requests_t *this);
};

/**
 * Create the object.
 */
kupf_psk_requests_t *kupf_psk_requests_create(const kupf_psk_bounds_t *bounds);

#endif /** KUPF_PSK_REQUESTS_H_ @}*/
