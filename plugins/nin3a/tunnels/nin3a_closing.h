/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_closing nin3a_closing
 * @{ @ingroup nin3a
 *
 * How an IKE_SA is closed: it is told to go first, and destroyed if its peer does
 * not answer that.
 *
 * To be called in a job, by the thread that has the IKE_SA checked out.
 */

#ifndef NIN3A_CLOSING_H_
#define NIN3A_CLOSING_H_

#include <sa/ike_sa.h>

/**
 * Delete an IKE_SA, as far as that takes our doing.
 *
 * @param cut		whether its CHILD_SAs go at once, see nin3a_cut()
 * @return			DESTROY_ME to have it destroyed
 */
status_t nin3a_closing_tell(ike_sa_t *ike_sa, bool cut);

/**
 * Destroy an IKE_SA whose peer does not answer, as far as it was not rekeyed.
 *
 * @return			DESTROY_ME to have it destroyed
 */
status_t nin3a_closing_force(ike_sa_t *ike_sa);

#endif /** NIN3A_CLOSING_H_ @}*/
