/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_record.h"

/**
 * Make a value of an address with a port.
 */
static kupf_endpoint_t endpoint_of(host_t *host)
{
	chunk_t address = host->get_address(host);
	kupf_endpoint_t endpoint = {
		.address = {
			.family = host->get_family(host),
		},
		.port = host->get_port(host),
	};

	memcpy(endpoint.address.bytes, address.ptr,
		   min(address.len, sizeof(endpoint.address.bytes)));
	return endpoint;
}

/**
 * Make a value of a CHILD_SA.
 */
static kupf_child_t child_of(child_sa_t *child_sa)
{
	kupf_child_t child = {
		.spi_in = ntohl(child_sa->get_spi(child_sa, TRUE)),
		.spi_out = ntohl(child_sa->get_spi(child_sa, FALSE)),
	};

	snprintf(child.name, sizeof(child.name), "%s",
			 child_sa->get_name(child_sa));
	return child;
}

/*
 * Described in header
 */
void nin3a_record_path(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
					   host_t *local, host_t *remote)
{
	kupf_endpoint_t me = endpoint_of(local), other = endpoint_of(remote);

	tunnels->set_path(tunnels, ike_sa->get_unique_id(ike_sa), &me, &other);
}

/*
 * Described in header
 */
void nin3a_record_up(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
					 child_sa_t *child_sa)
{
	kupf_child_t child = child_of(child_sa);

	nin3a_record_path(tunnels, ike_sa, ike_sa->get_my_host(ike_sa),
					  ike_sa->get_other_host(ike_sa));
	tunnels->set_child(tunnels, ike_sa->get_unique_id(ike_sa), &child, TRUE);
}

/*
 * Described in header
 */
void nin3a_record_child(nin3a_tunnels_t *tunnels, ike_sa_t *ike_sa,
						child_sa_t *child_sa, child_sa_state_t state)
{
	kupf_child_t child;

	switch (state)
	{
		case CHILD_INSTALLED:
		case CHILD_REKEYED:
		case CHILD_DELETING:
		case CHILD_DELETED:
		case CHILD_DESTROYING:
			child = child_of(child_sa);
			tunnels->set_child(tunnels, ike_sa->get_unique_id(ike_sa), &child,
							   state == CHILD_INSTALLED);
			break;
		default:
			break;
	}
}
