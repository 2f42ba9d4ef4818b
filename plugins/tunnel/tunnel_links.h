/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_links tunnel_links
 * @{ @ingroup tunnel
 *
 * CHILD_SAs that charon has linked, as one was rekeyed into the other: such a
 * link has two ends, and both of them are there.
 */

#ifndef TUNNEL_LINKS_H_
#define TUNNEL_LINKS_H_

#include <daemon.h>

/**
 * Undo links from and to a CHILD_SA that have one end only, and all to one that
 * goes.  To be called in the child_state_change hook, each time; looks at each
 * CHILD_SA of the IKE_SA once.  Does nothing where charon has no such links.
 *
 * @param ike_sa	IKE_SA, that the caller's thread has checked out
 * @param child_sa	CHILD_SA whose state changes, may not be in the IKE_SA any more
 * @param state		state that it comes into
 */
void tunnel_links_mend(ike_sa_t *ike_sa, child_sa_t *child_sa,
					   child_sa_state_t state);

#endif /** TUNNEL_LINKS_H_ @}*/
