/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_fetch_requests kupf_fetch_requests
 * @{ @ingroup kupf
 *
 * Requests for keys under way: one for an identity, however many threads wait
 * for it, and what came of it.  Guarded by the mutex of kupf_fetch.
 */

#ifndef KUPF_FETCH_REQUESTS_H_
#define KUPF_FETCH_REQUESTS_H_

#include "kupf/kupf_counters.h"

#include <utils/identification.h>

/** Outcome of a request that nothing has come of yet */
#define KUPF_FETCH_PENDING KUPF_COUNTER_MAX

typedef struct kupf_fetch_requests_t kupf_fetch_requests_t;
typedef struct kupf_fetch_request_t kupf_fetch_request_t;

/**
 * A request under way.
 */
struct kupf_fetch_request_t {
	/** identity */
	identification_t *id;
	/** when waiting is over */
	timeval_t end;
	/** threads that wait */
	u_int waiting;
	/** what came of it: counter for that, or KUPF_FETCH_PENDING */
	kupf_counter_t outcome;
};

struct kupf_fetch_requests_t {

	/**
	 * Get the pending request for an identity, by type and bytes.
	 *
	 * @return			internal request, NULL if there is none
	 */
	kupf_fetch_request_t *(*get)(kupf_fetch_requests_t *this,
								 identification_t *id);

	/**
	 * Get any pending request.
	 *
	 * @return			internal request, NULL if there is none
	 */
	kupf_fetch_request_t *(*get_any)(kupf_fetch_requests_t *this);

	/**
	 * Get the number of pending requests.
	 */
	u_int (*get_count)(kupf_fetch_requests_t *this);

	/**
	 * Begin a request for an identity that has none; nobody waits for it yet.
	 *
	 * @param id		identity, copied
	 * @param timeout	longest wait, milliseconds
	 * @return			internal request, valid until the last one leaves it
	 */
	kupf_fetch_request_t *(*begin)(kupf_fetch_requests_t *this,
								   identification_t *id, u_int timeout);

	/**
	 * Settle a request, so that it is not pending any more.
	 *
	 * @param outcome	counter for what came of it
	 * @return			FALSE if it was settled before
	 */
	bool (*settle)(kupf_fetch_requests_t *this, kupf_fetch_request_t *request,
				   kupf_counter_t outcome);

	/**
	 * One thread less waits for a request that is settled.  The last one
	 * destroys it.
	 */
	void (*leave)(kupf_fetch_requests_t *this, kupf_fetch_request_t *request);

	/**
	 * Destroy the object; no request is pending, nobody waits for any.
	 */
	void (*destroy)(kupf_fetch_requests_t *this);
};

/**
 * Create the object, without a request.
 */
kupf_fetch_requests_t *kupf_fetch_requests_create();

#endif /** KUPF_FETCH_REQUESTS_H_ @}*/
