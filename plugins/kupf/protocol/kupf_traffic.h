/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_traffic kupf_traffic
 * @{ @ingroup kupf
 *
 * Sessions whose tunnels are about to be listed, and what has passed through
 * these.  Only charon can find that out, and may have to wait for the thread
 * that works with an IKE_SA, however long that takes.  So a job does it, one at
 * a time for each list, and the server's thread serves other clients meanwhile.
 * A client that goes leaves its job behind until that is done.
 *
 * It has the names of the sessions and nothing else of them, and so no key.
 * For the server's thread.
 */

#ifndef KUPF_TRAFFIC_H_
#define KUPF_TRAFFIC_H_

#include "kupf/kupf.h"

/** Jobs that there may be at a time, of all clients, there still or gone */
#define KUPF_TRAFFIC_JOBS 4

typedef struct kupf_traffic_t kupf_traffic_t;

struct kupf_traffic_t {

	/**
	 * Add a session, as long as start() was not called.
	 *
	 * @param session	name
	 * @param up		number of its tunnels, of which those that the enforcer
	 *					describes will be measured
	 */
	void (*add)(kupf_traffic_t *this, const char *session, u_int up);

	/**
	 * Begin to ask.  Nothing is asked, and that is known at once, if there are
	 * KUPF_TRAFFIC_JOBS already; that is counted.
	 *
	 * @param wake		eventfd, signalled when is_known() is TRUE
	 */
	void (*start)(kupf_traffic_t *this, int wake);

	/**
	 * Whether all is known that can be.
	 */
	bool (*is_known)(kupf_traffic_t *this);

	/**
	 * Get the next session; only if is_known().
	 *
	 * @param up		[out] number of its tunnels
	 * @param tunnels	[out] internal array of those that are described, valid
	 *					as long as this object
	 * @param count		[out] their number
	 * @return			internal name, NULL if there is no other
	 */
	const char *(*next)(kupf_traffic_t *this, u_int *up,
						const kupf_tunnel_t **tunnels, u_int *count);

	/**
	 * Destroy the object, known or not; this does not wait.
	 */
	void (*destroy)(kupf_traffic_t *this);
};

/**
 * Create the object, without a session.
 *
 * @param enforcer	knows the tunnels
 */
kupf_traffic_t *kupf_traffic_create(kupf_enforcer_t *enforcer);

#endif /** KUPF_TRAFFIC_H_ @}*/
