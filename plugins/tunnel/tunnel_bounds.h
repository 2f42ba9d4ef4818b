/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_bounds tunnel_bounds
 * @{ @ingroup tunnel
 *
 * Bounds what the other end sets up on an IKE_SA of ours with CREATE_CHILD_SA
 * requests: how many CHILD_SAs it has, and how many CHILD_SAs and IKE_SAs are
 * set up or rekeyed in a minute.  The count goes on when the IKE_SA is rekeyed.
 *
 * A request beyond a bound reaches none of charon's tasks: in check() it becomes
 * an empty INFORMATIONAL request, which charon answers without effect, and in
 * answer() that answer becomes an ordinary one to the request, with one notify:
 * NO_ADDITIONAL_SAS for another CHILD_SA (RFC 7296, 1.3), TEMPORARY_FAILURE for
 * what may be asked for again later (2.25).
 *
 * Each IKE_SA that the other end has sent such a request on has an entry of
 * constant size.
 */

#ifndef TUNNEL_BOUNDS_H_
#define TUNNEL_BOUNDS_H_

#include <daemon.h>

/** Most traffic selectors of either side of a CHILD_SA, which has a policy for
 * each pair of them */
#define TUNNEL_SELECTORS_MAX 16

/** Length of the time that set-ups are counted in, seconds */
#define TUNNEL_BOUNDS_WINDOW 60

typedef enum tunnel_request_t tunnel_request_t;
typedef enum tunnel_bound_t tunnel_bound_t;
typedef struct tunnel_limits_t tunnel_limits_t;
typedef struct tunnel_children_t tunnel_children_t;
typedef struct tunnel_rate_t tunnel_rate_t;
typedef struct tunnel_bounds_t tunnel_bounds_t;

/**
 * What a CREATE_CHILD_SA request asks for (RFC 7296, 1.3).
 */
enum tunnel_request_t {
	/** another CHILD_SA */
	TUNNEL_ANOTHER_CHILD,
	/** a CHILD_SA, or the IKE_SA itself, in place of one that is there */
	TUNNEL_REKEYING,
};

/**
 * What speaks against a request.
 */
enum tunnel_bound_t {
	/** nothing */
	TUNNEL_WITHIN,
	/** there are as many CHILD_SAs as there may be: NO_ADDITIONAL_SAS */
	TUNNEL_CHILDREN_EXCEEDED,
	/** too much was set up in the last minute, or too many CHILD_SAs that were
	 * rekeyed are still there: TEMPORARY_FAILURE */
	TUNNEL_RATE_EXCEEDED,
};

/**
 * The bounds; 0 for none.
 */
struct tunnel_limits_t {
	/** CHILD_SAs of an IKE_SA; as many again may be there that were rekeyed */
	uint32_t child_sas;
	/** CHILD_SAs and IKE_SAs that are set up or rekeyed in a minute */
	uint32_t rekeyings;
};

/**
 * The CHILD_SAs that an IKE_SA has.
 */
struct tunnel_children_t {
	/** all, those that were rekeyed or are being deleted among them */
	u_int all;
	/** all others */
	u_int live;
};

/**
 * What was set up of late.
 */
struct tunnel_rate_t {
	/** time_monotonic() of the first one that is counted, 0 if there is none */
	time_t since;
	/** their number */
	u_int count;
};

/**
 * Decide about a request, and count it if nothing speaks against it.  A pure
 * function of its arguments.
 *
 * @param limits	bounds
 * @param request	what is asked for
 * @param children	CHILD_SAs that there are
 * @param rate		what was set up of late, is updated
 * @param now		time_monotonic()
 */
tunnel_bound_t tunnel_bounds_judge(const tunnel_limits_t *limits,
								   tunnel_request_t request,
								   const tunnel_children_t *children,
								   tunnel_rate_t *rate, time_t now);

/**
 * Narrow what was negotiated to the first TUNNEL_SELECTORS_MAX traffic selectors
 * of either side (RFC 7296, 2.9).
 *
 * @param local		selectors of our side, those left out are destroyed
 * @param remote	selectors of the other side, likewise
 * @return			FALSE if there were more
 */
bool tunnel_bounds_selectors(linked_list_t *local, linked_list_t *remote);

/**
 * To be called in hooks only: charon's bus calls these one after another, so
 * there is no lock.  Everything takes constant time (check() in proportion to
 * the CHILD_SAs of the IKE_SA, which are bounded) and waits for nothing.
 */
struct tunnel_bounds_t {

	/**
	 * Look at an incoming message of an IKE_SA of ours, in the message hook, as
	 * it was parsed.
	 *
	 * @param ike_sa	its IKE_SA
	 * @param message	message, is changed if a bound speaks against it
	 * @param limits	bounds
	 * @return			TUNNEL_WITHIN, also for all but CREATE_CHILD_SA requests,
	 *					or which bound: to be counted by the caller
	 */
	tunnel_bound_t (*check)(tunnel_bounds_t *this, ike_sa_t *ike_sa,
							message_t *message, const tunnel_limits_t *limits);

	/**
	 * Look at an outgoing message, in the message hook, before it is encrypted.
	 *
	 * @param ike_sa	its IKE_SA
	 * @param message	message, is changed if it answers one that was changed
	 */
	void (*answer)(tunnel_bounds_t *this, ike_sa_t *ike_sa, message_t *message);

	/**
	 * An IKE_SA was rekeyed: what was counted goes on with the successor.
	 *
	 * @param old		unique identifier
	 * @param new		that of the successor
	 */
	void (*rekey)(tunnel_bounds_t *this, uint32_t old, uint32_t new);

	/**
	 * An IKE_SA is gone.
	 *
	 * @param ike_sa	unique identifier
	 */
	void (*remove)(tunnel_bounds_t *this, uint32_t ike_sa);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(tunnel_bounds_t *this);
};

/**
 * Create the object.
 */
tunnel_bounds_t *tunnel_bounds_create();

#endif /** TUNNEL_BOUNDS_H_ @}*/
