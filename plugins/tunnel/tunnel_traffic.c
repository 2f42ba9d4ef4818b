/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_traffic.h"

#include <daemon.h>

/**
 * Get the traffic of a CHILD_SA in one direction.
 */
static kupf_volume_t get_volume(child_sa_t *child_sa, bool inbound)
{
	kupf_volume_t volume = {};
	time_t last = 0;

	child_sa->get_usestats(child_sa, inbound, &last, &volume.octets,
						   &volume.packets);
	/* charon takes zero for never, too */
	volume.last = last;
	return volume;
}

/*
 * Described in header
 */
void tunnel_traffic_measure(kupf_tunnel_t *tunnel)
{
	child_sa_t *child_sa;
	kupf_child_t *child;
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;
	u_int i;

	id = ike_sa_id_create(IKEV2_MAJOR_VERSION, tunnel->spi_i, tunnel->spi_r,
						  tunnel->initiated_here);
	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
	id->destroy(id);
	if (!ike_sa)
	{
		return;
	}
	for (i = 0; i < tunnel->child_count; i++)
	{
		child = &tunnel->children[i];
		child_sa = ike_sa->get_child_sa(ike_sa, PROTO_ESP,
										htonl(child->spi_in), TRUE);
		if (child_sa)
		{
			child->in = get_volume(child_sa, TRUE);
			child->out = get_volume(child_sa, FALSE);
			child->measured = TRUE;
		}
	}
	charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
}
