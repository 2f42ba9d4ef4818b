/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_assignment nin3a_ue_assignment
 * @{ @ingroup nin3a_ue
 *
 * Which inner addresses a leg and its IKE_SAs have: those that its session names,
 * and those that UPFs assign and that nobody else has.
 *
 * To be called under the mutex of nin3a_ue_sas; nothing here calls out of it.
 */

#ifndef NIN3A_UE_ASSIGNMENT_H_
#define NIN3A_UE_ASSIGNMENT_H_

#include "nin3a_ue_addresses.h"
#include "nin3a_ue_leg.h"

/**
 * Set the session that a leg is wanted for: it has the addresses that this names,
 * and not those any more that the one before has named.
 *
 * @param all		whose an address is
 * @param leg		leg
 * @param session	session, of which the leg gets a reference, or NULL
 * @return			the one before, for the caller to drop, or NULL
 */
kupf_session_t *nin3a_ue_assignment_want(nin3a_ue_addresses_t *all,
										 nin3a_ue_leg_t *leg,
										 kupf_session_t *session);

/**
 * A UPF assigns an inner address to an IKE_SA, see nin3a_ue_legs_t.assign().
 *
 * @param all		whose an address is
 * @param sa		IKE_SA
 * @param address	address
 * @param local		whether it is on an interface of this host
 * @return			whether it is taken
 */
bool nin3a_ue_assignment_take(nin3a_ue_addresses_t *all, nin3a_ue_sa_t *sa,
							  const kupf_address_t *address, bool local);

/**
 * An IKE_SA is gone: what it had is nobody's, but its leg remembers that.
 *
 * @param now		time_monotonic()
 */
void nin3a_ue_assignment_lose(nin3a_ue_addresses_t *all, nin3a_ue_sa_t *sa,
							  time_t now);

#endif /** NIN3A_UE_ASSIGNMENT_H_ @}*/
