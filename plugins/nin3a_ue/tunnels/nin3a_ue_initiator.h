/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_initiator nin3a_ue_initiator
 * @{ @ingroup nin3a_ue
 *
 * Initiates IKE_SAs, step 10 of TR 33.754's figure 6.Y.2.1.
 *
 * Nothing here waits for the UPF.
 */

#ifndef NIN3A_UE_INITIATOR_H_
#define NIN3A_UE_INITIATOR_H_

#include "nin3a_ue_legs.h"

/**
 * Initiate an IKE_SA for a session, always a new one.  It is bound to the
 * session before anything is sent.  To be called in a job, by a thread that has
 * no IKE_SA checked out.
 *
 * @param legs			legs, with an attempt for the session that has begun
 * @param session		session of the attempt
 * @param connection	name of the template
 * @return				FALSE if there is no IKE_SA, for abort()
 */
bool nin3a_ue_initiate(nin3a_ue_legs_t *legs, kupf_session_t *session,
					   const char *connection);

/**
 * An IKE_SA is about to be set up that is none of ours.  One that charon initiates
 * in place of one of ours becomes ours: not all versions tell that by
 * ike_reestablish_pre().  One that must not be is to be closed, and until then
 * charon may not use any other key for it.  To be called in a hook.
 *
 * @param legs		legs
 * @param ike_sa	IKE_SA, checked out
 * @param ids		array of uint32_t that it is added to if it must not be
 * @return			TRUE if it is an attempt of ours now
 */
bool nin3a_ue_follow(nin3a_ue_legs_t *legs, ike_sa_t *ike_sa, array_t *ids);

#endif /** NIN3A_UE_INITIATOR_H_ @}*/
