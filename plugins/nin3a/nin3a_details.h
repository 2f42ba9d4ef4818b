/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_details nin3a_details
 * @{ @ingroup nin3a
 *
 * What is kept about a tunnel only to be shown: its addresses, its CHILD_SAs
 * and when it came up.  So list-sessions need not ask charon for the IKE_SA,
 * which another thread may have checked out.
 *
 * Not to be used by two threads at once: nin3a_tunnels and nin3a_ue_sas have
 * the mutex.  Values are made of charon's objects before that is locked, in
 * hooks, by the thread that has the IKE_SA checked out.
 */

#ifndef NIN3A_DETAILS_H_
#define NIN3A_DETAILS_H_

#include "kupf.h"

typedef struct nin3a_details_t nin3a_details_t;

/**
 * Make a value of an address with a port.
 */
kupf_endpoint_t nin3a_details_endpoint(host_t *host);

/**
 * Make a value of a CHILD_SA that is about to be in another state.  CHILD_SAs
 * are followed by their states and not by the hooks for their end and for
 * rekeying, as these leave out what a collision of two rekeyings makes and
 * takes away again.
 *
 * @param state		state
 * @param child		[out] value
 * @param installed	[out] whether it is installed then
 * @return			FALSE if that state says nothing
 */
bool nin3a_details_child(child_sa_t *child_sa, child_sa_state_t state,
						 kupf_child_t *child, bool *installed);

/**
 * Create the details of a tunnel that comes up now.
 */
nin3a_details_t *nin3a_details_create();

/**
 * Set the addresses.
 *
 * @param local		our address and port
 * @param remote	address and port of the peer
 */
void nin3a_details_set_path(nin3a_details_t *this,
							const kupf_endpoint_t *local,
							const kupf_endpoint_t *remote);

/**
 * Keep or forget a CHILD_SA; of those beyond the first KUPF_CHILDREN_MAX none
 * is kept.
 *
 * @param child		CHILD_SA, found by its inbound SPI
 * @param installed	whether it is installed
 */
void nin3a_details_set_child(nin3a_details_t *this, const kupf_child_t *child,
							 bool installed);

/**
 * Copy them out.
 *
 * @param tunnel	[out] local, remote, established, child_count and children;
 *					others are left alone
 */
void nin3a_details_get(const nin3a_details_t *this, kupf_tunnel_t *tunnel);

/**
 * Destroy them.
 *
 * @param this		details, or NULL
 */
void nin3a_details_destroy(nin3a_details_t *this);

#endif /** NIN3A_DETAILS_H_ @}*/
