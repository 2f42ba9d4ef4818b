/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_chain nin3a_chain
 * @{ @ingroup nin3a
 *
 * Rules of nin3a_tunnels for all entries of one session, see nin3a_entry for
 * those of one.
 *
 * To be called under the mutex of nin3a_tunnels; nothing here calls out of it.
 */

#ifndef NIN3A_CHAIN_H_
#define NIN3A_CHAIN_H_

#include "nin3a_table.h"

#include "kupf/kupf.h"

#include <collections/array.h>

/**
 * Chooses entries by their session.  Called under the mutex: it may read
 * sessions and nothing else.
 *
 * @param user		what was given along with it
 * @param session	session that the entry is bound to, borrowed
 */
typedef bool (*nin3a_tunnels_filter_t)(void *user, kupf_session_t *session);

/**
 * An IKE_SA that has no CHILD_SA.
 */
typedef struct {
	/** unique identifier */
	uint32_t ike_sa;
	/** whether it was a tunnel, and its end was told */
	bool told;
} nin3a_childless_t;

/**
 * Count the entries of a session that are bound, see
 * nin3a_tunnels_t.count_bound().
 */
u_int nin3a_chain_count_bound(nin3a_table_t *table, const char *session,
							  u_int *up);

/**
 * Whether an IKE_SA of a session has an address, see nin3a_tunnels_t.uses().
 */
bool nin3a_chain_uses(nin3a_table_t *table, const char *session,
					  const char *dnn, const kupf_address_t *address);

/**
 * Describe the tunnels of a session, see nin3a_tunnels_t.describe().
 */
u_int nin3a_chain_describe(nin3a_table_t *table, const char *session,
						   kupf_tunnel_t *tunnels, u_int max);

/**
 * Have entries closed or refused, see nin3a_tunnels_t.evict().
 */
u_int nin3a_chain_evict(nin3a_table_t *table, const char *session,
						nin3a_tunnels_filter_t filter, void *user,
						kupf_reason_t reason, array_t *ids);

/**
 * Choose entries to be closed, see nin3a_tunnels_t.vacate().
 */
u_int nin3a_chain_vacate(nin3a_table_t *table, const char *session,
						 uint32_t up_as, array_t *ids);

/**
 * Bind entries to a session as it was modified, see nin3a_tunnels_t.refresh().
 *
 * @param dropped	array of kupf_session_t* that the references are added to
 *					which the entries had
 */
void nin3a_chain_refresh(nin3a_table_t *table, kupf_session_t *session,
						 array_t *dropped);

/**
 * Whether another established entry is of the same session.
 */
bool nin3a_chain_crowds(nin3a_table_t *table, const nin3a_entry_t *entry);

/**
 * Leave one established entry of a session, see nin3a_tunnels_t.settle().
 */
void nin3a_chain_settle(nin3a_table_t *table, const char *session,
						uint32_t serial, array_t *ids);

/**
 * Bound the entries of a session, see nin3a_tunnels_t.crop().
 *
 * @param entry		the one that was established; NULL, or one that is not bound,
 *					does nothing
 */
void nin3a_chain_crop(nin3a_table_t *table, const nin3a_entry_t *entry,
					  u_int max, array_t *close, array_t *force);

/**
 * Choose entries without a CHILD_SA, see nin3a_tunnels_t.childless().
 */
void nin3a_chain_childless(nin3a_table_t *table, const char *session,
						   uint32_t serial, array_t *chosen);

#endif /** NIN3A_CHAIN_H_ @}*/
