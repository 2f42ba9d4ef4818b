/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_record.h"

/*
 * Described in header
 */
void nin3a_record_path(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
					   host_t *local, host_t *remote)
{
	kupf_endpoint_t me = tunnel_status_endpoint(local);
	kupf_endpoint_t other = tunnel_status_endpoint(remote);

	tunnels->set_path(tunnels, ike_sa->get_unique_id(ike_sa), &me, &other);
}

/*
 * Described in header
 */
void nin3a_record_up(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
					 child_sa_t *child_sa)
{
	nin3a_record_path(tunnels, ike_sa, ike_sa->get_my_host(ike_sa),
					  ike_sa->get_other_host(ike_sa));
	nin3a_record_child(tunnels, ike_sa, child_sa, CHILD_INSTALLED);
}

/*
 * Described in header
 */
bool nin3a_record_child(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
						child_sa_t *child_sa, child_sa_state_t state)
{
	kupf_child_t child;
	bool installed;

	return tunnel_status_child(child_sa, state, &child, &installed) &&
		   tunnels->set_child(tunnels, ike_sa->get_unique_id(ike_sa), &child,
							  installed);
}
