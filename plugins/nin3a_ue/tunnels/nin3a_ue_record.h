/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_record nin3a_ue_record
 * @{ @ingroup nin3a_ue
 *
 * Tells nin3a_ue_sas about what list-sessions shows, when charon changes it, and
 * kupf, the log and the counters what becomes of IKE_SAs.
 *
 * Called in hooks of charon, by the thread that has the IKE_SA checked out; any
 * IKE_SA may be given.
 */

#ifndef NIN3A_UE_RECORD_H_
#define NIN3A_UE_RECORD_H_

#include "nin3a_ue_sas.h"

#include <daemon.h>

/**
 * An IKE_SA goes: an attempt that has failed is told once.
 */
void nin3a_ue_record_failed(nin3a_ue_sas_t *sas, kupf_t *kupf,
							ike_sa_t *ike_sa);

/**
 * An IKE_SA goes: the end of a tunnel is told once.
 */
void nin3a_ue_record_down(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa);

/**
 * An IKE_SA has other SPIs or addresses, or is about to.
 *
 * @param local		our address and port
 * @param remote	address and port of the UPF
 */
void nin3a_ue_record_path(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa,
						  host_t *local, host_t *remote);

/**
 * A CHILD_SA is about to be in another state.
 */
void nin3a_ue_record_child(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa,
						   child_sa_t *child_sa, child_sa_state_t state);

/**
 * An IKE_SA has become a tunnel.
 *
 * @param session	its session
 * @param ike_sa	IKE_SA
 * @param child_sa	its first CHILD_SA, installed
 */
void nin3a_ue_record_up(nin3a_ue_sas_t *sas, kupf_t *kupf,
						kupf_session_t *session, ike_sa_t *ike_sa,
						child_sa_t *child_sa);

#endif /** NIN3A_UE_RECORD_H_ @}*/
