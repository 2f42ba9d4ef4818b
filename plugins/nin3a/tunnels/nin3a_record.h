/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_record nin3a_record
 * @{ @ingroup nin3a
 *
 * Tells nin3a_tunnels about what list-sessions shows, when charon changes it,
 * and kupf, which tells the SMF side by events.
 *
 * Called in hooks of charon, by the thread that has the IKE_SA checked out.
 */

#ifndef NIN3A_RECORD_H_
#define NIN3A_RECORD_H_

#include "tunnel/tunnel_status.h"
#include "nin3a_setups.h"
#include "nin3a_tunnels.h"
#include "kupf/kupf_limiter.h"

/**
 * An IKE_SA has become a tunnel.
 *
 * @param session	its session
 * @param ike_sa	IKE_SA
 * @param child_sa	its first CHILD_SA, installed
 */
void nin3a_record_up(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					 kupf_session_t *session, ike_sa_t *ike_sa,
					 child_sa_t *child_sa);

/**
 * An IKE_SA is about to have other addresses.
 *
 * @param ike_sa	any IKE_SA
 * @param local		our address and port
 * @param remote	address and port of the peer
 */
void nin3a_record_path(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					   ike_sa_t *ike_sa, host_t *local, host_t *remote);

/**
 * A CHILD_SA is about to be in another state.
 *
 * @param ike_sa	any IKE_SA
 * @param child_sa	its CHILD_SA
 * @param state		state
 * @return			TRUE if it was the last one of a tunnel, see
 *					nin3a_tunnels_t.set_child()
 */
bool nin3a_record_child(nin3a_tunnels_t *tunnels, kupf_t *kupf,
						ike_sa_t *ike_sa, child_sa_t *child_sa,
						child_sa_state_t state);

/**
 * An IKE_SA goes: the end of its tunnel, if it is one, is told once.
 *
 * @param ike_sa	unique identifier, of any IKE_SA
 * @param current	unique identifier of the IKE_SA that this thread is about to
 *					establish, 0 if there is none
 */
void nin3a_record_down(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					   uint32_t ike_sa, uint32_t current);

/**
 * A tunnel of a session came up: tell if the session flaps.
 *
 * @param setups	counts that
 * @param limiter	bounds the log
 * @param session	session
 * @param remote	address and port of the UE
 */
void nin3a_record_flapping(nin3a_setups_t *setups, kupf_t *kupf,
						   kupf_limiter_t *limiter, kupf_session_t *session,
						   host_t *remote);

#endif /** NIN3A_RECORD_H_ @}*/
