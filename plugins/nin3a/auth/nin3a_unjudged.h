/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_unjudged nin3a_unjudged
 * @{ @ingroup nin3a
 *
 * UEs that never get as far as a rule of a NIN3A connection: their requests
 * cannot be read, or charon finds no connection, no proposal, or another
 * connection for them.  charon refuses them by itself; here it is told.
 *
 * What is about IKE_SA_INIT is told when it is answered.  What is about an
 * IKE_SA with keys is noted, and told when charon gives the IKE_SA up: a
 * message that cannot be read may be anybody's, and the UE may still send one
 * that can.  There is one note for an IKE_SA, and none for one that is
 * established or judged, so that nobody can make more of them than there are
 * half-open IKE_SAs.
 *
 * Called in hooks of charon only, which come one at a time.
 */

#ifndef NIN3A_UNJUDGED_H_
#define NIN3A_UNJUDGED_H_

#include "nin3a_refusals.h"

#include <daemon.h>

typedef struct nin3a_unjudged_t nin3a_unjudged_t;

struct nin3a_unjudged_t {

	/**
	 * Look at the answer to a request: tell if it refuses what comes before
	 * IKE_AUTH (IKE_SA_INIT, IKE_INTERMEDIATE).
	 *
	 * @param ike_sa	IKE_SA that is about to be given up, or goes on
	 * @param response	answer, not yet sent
	 */
	void (*answer)(nin3a_unjudged_t *this, ike_sa_t *ike_sa,
				   message_t *response);

	/**
	 * Note a message that charon could not read.
	 *
	 * @param ike_sa	any IKE_SA that was not judged
	 * @param message	message
	 * @param status	what is wrong with it, as of message_t.parse_body()
	 */
	void (*unreadable)(nin3a_unjudged_t *this, ike_sa_t *ike_sa,
					   message_t *message, status_t status);

	/**
	 * Note why the first IKE_AUTH request for no NIN3A connection fails if it
	 * does, which charon decides, in place of what was noted before.  Peers
	 * of other connections are nobody's business, unless they have the
	 * identity of a session.
	 *
	 * @param ike_sa	IKE_SA, as responder
	 * @param request	its request
	 * @param found		whether there is another connection for it
	 */
	void (*pass)(nin3a_unjudged_t *this, ike_sa_t *ike_sa, message_t *request,
				 bool found);

	/**
	 * Forget what was noted: the IKE_SA was judged, or is established.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 */
	void (*drop)(nin3a_unjudged_t *this, uint32_t ike_sa);

	/**
	 * Tell what was noted, once: the IKE_SA is given up.
	 *
	 * @param ike_sa	unique identifier of the IKE_SA
	 */
	void (*end)(nin3a_unjudged_t *this, uint32_t ike_sa);

	/**
	 * Destroy the object, telling nothing.
	 */
	void (*destroy)(nin3a_unjudged_t *this);
};

/**
 * Create the object.
 *
 * @param store		sessions
 * @param refusals	tells about refused attempts
 */
nin3a_unjudged_t *nin3a_unjudged_create(kupf_store_t *store,
										nin3a_refusals_t *refusals);

#endif /** NIN3A_UNJUDGED_H_ @}*/
