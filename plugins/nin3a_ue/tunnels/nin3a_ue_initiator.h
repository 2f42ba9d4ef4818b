/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_initiator nin3a_ue_initiator
 * @{ @ingroup nin3a_ue
 *
 * Initiates IKE_SAs, step 10 of TR 33.754's figure 6.Y.2.1.
 *
 * To be called in a job, by a thread that has no IKE_SA checked out; does not
 * wait for the UPF.
 */

#ifndef NIN3A_UE_INITIATOR_H_
#define NIN3A_UE_INITIATOR_H_

#include "nin3a_ue_legs.h"

/**
 * Initiate an IKE_SA for a session, always a new one.  It is bound to the
 * session before anything is sent.
 *
 * @param legs			legs, with an attempt for the session that has begun
 * @param session		session of the attempt
 * @param connection	name of the template
 * @return				FALSE if there is no IKE_SA, for abort()
 */
bool nin3a_ue_initiate(nin3a_ue_legs_t *legs, kupf_session_t *session,
					   const char *connection);

#endif /** NIN3A_UE_INITIATOR_H_ @}*/
