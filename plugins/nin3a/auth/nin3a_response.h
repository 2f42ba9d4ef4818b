/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_response nin3a_response
 * @{ @ingroup nin3a
 *
 * Judges the IKE_AUTH responses that charon is about to send.
 */

#ifndef NIN3A_RESPONSE_H_
#define NIN3A_RESPONSE_H_

#include "nin3a/nin3a_config.h"
#include "nin3a/tunnels/nin3a_tunnels.h"

#include <daemon.h>

/**
 * Judge an IKE_AUTH response of ours.  One that must not be sent is changed so
 * that charon gives the IKE_SA up without one; one that refuses the UE loses
 * our AUTH payload; one that may be sent tells the UE when to authenticate
 * again.  Does nothing for an IKE_SA that is none of ours.
 *
 * Called in a hook of charon.
 *
 * @param config	settings
 * @param tunnels	tunnels
 * @param ike_sa	any IKE_SA, as responder
 * @param response	its response
 */
void nin3a_response_judge(nin3a_config_t *config, nin3a_tunnels_t *tunnels,
						  ike_sa_t *ike_sa, message_t *response);

#endif /** NIN3A_RESPONSE_H_ @}*/
