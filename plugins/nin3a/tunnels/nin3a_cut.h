/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_cut nin3a_cut
 * @{ @ingroup nin3a
 *
 * The end of all traffic of a tunnel whose session is gone, whatever its UE
 * does: only the IKE_SA stays, for the exchange of the DELETE.
 */

#ifndef NIN3A_CUT_H_
#define NIN3A_CUT_H_

#include <sa/ike_sa.h>

/**
 * Uninstall all CHILD_SAs of an IKE_SA without a word to its peer.  While an
 * exchange about a CHILD_SA is under way nothing is done: charon refers to it.
 *
 * @param ike_sa	IKE_SA, checked out, about to be deleted
 * @return			FALSE if nothing was done
 */
bool nin3a_cut(ike_sa_t *ike_sa);

#endif /** NIN3A_CUT_H_ @}*/
