/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_table nin3a_ue_table
 * @{ @ingroup nin3a_ue
 *
 * The memory of nin3a_ue_sas and nin3a_ue_legs, and of nobody else: the IKE_SAs
 * of all legs, found by their unique identifiers, and the mutex that guards them
 * and the legs.  Whoever calls another method than lock() has it locked.
 * Locks, in this order:
 *
 *   1. the bus mutex of charon, in its hooks
 *   2. kupf's lock that keeps the enforcer attached, in calls from kupf
 *   3. the mutex of this class
 *
 * Under the mutex nothing of charon or of kupf's events or store is called, and
 * no reference to a session is dropped.
 */

#ifndef NIN3A_UE_TABLE_H_
#define NIN3A_UE_TABLE_H_

#include "nin3a_ue_leg.h"

typedef struct nin3a_ue_table_t nin3a_ue_table_t;

struct nin3a_ue_table_t {

	/**
	 * Lock the mutex.
	 */
	void (*lock)(nin3a_ue_table_t *this);

	/**
	 * Unlock the mutex.
	 */
	void (*unlock)(nin3a_ue_table_t *this);

	/**
	 * Find an IKE_SA.
	 *
	 * @return			IKE_SA, NULL if it is none of ours
	 */
	nin3a_ue_sa_t *(*find)(nin3a_ue_table_t *this, uint32_t ike_sa);

	/**
	 * Find an IKE_SA by the connection that was made for it.  In proportion to
	 * the number of IKE_SAs.
	 *
	 * @return			IKE_SA, NULL if there is none
	 */
	nin3a_ue_sa_t *(*find_connection)(nin3a_ue_table_t *this,
									  const void *connection);

	/**
	 * Add an IKE_SA to a leg.
	 *
	 * @param leg			leg
	 * @param session		session it is initiated for, the reference is
	 *						adopted
	 * @param spi			our SPI of it, network order
	 * @param connection	connection that was made for it
	 */
	void (*add)(nin3a_ue_table_t *this, nin3a_ue_leg_t *leg,
				kupf_session_t *session, uint32_t ike_sa, uint64_t spi,
				const void *connection);

	/**
	 * Take an IKE_SA out, and out of its leg.
	 *
	 * @return			IKE_SA, the caller's, with a reference to the session;
	 *					NULL if it is none of ours
	 */
	nin3a_ue_sa_t *(*take)(nin3a_ue_table_t *this, uint32_t ike_sa);

	/**
	 * Get the number of IKE_SAs.
	 */
	u_int (*get_count)(nin3a_ue_table_t *this);

	/**
	 * Give an IKE_SA another identifier.
	 *
	 * @param ike_sa	unique identifier that it has from now on
	 */
	void (*rename)(nin3a_ue_table_t *this, nin3a_ue_sa_t *sa, uint32_t ike_sa);

	/**
	 * Destroy the object and all IKE_SAs.  No leg may be left.
	 */
	void (*destroy)(nin3a_ue_table_t *this);
};

/**
 * Create the object, without an IKE_SA.
 */
nin3a_ue_table_t *nin3a_ue_table_create();

#endif /** NIN3A_UE_TABLE_H_ @}*/
