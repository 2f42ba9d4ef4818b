/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_status.h"

typedef struct child_t child_t;

/**
 * A CHILD_SA; most tunnels have one, and short names.
 */
struct child_t {
	/** next one, in the order in which they were installed */
	child_t *next;
	/** SPI of what we receive */
	uint32_t spi_in;
	/** SPI of what we send */
	uint32_t spi_out;
	/** XFRM interface IDs */
	uint32_t if_id_in, if_id_out;
	/** octets received and sent when it was measured last */
	uint64_t octets_in, octets_out;
	/** name */
	char name[];
};

/**
 * Details of a tunnel.
 */
struct tunnel_status_t {
	/** CHILD_SAs, at most TUNNEL_STATUS_CHILDREN_MAX */
	child_t *children;
	/** number of them */
	u_int child_count;
	/** time_monotonic() when it came up */
	uint32_t established;
	/** our address and port */
	kupf_endpoint_t local;
	/** address and port of the peer */
	kupf_endpoint_t remote;
	/** moves that were told since moved_at, which is time_monotonic() */
	uint32_t moved_at;
	u_int moves;
};

/*
 * Described in header
 */
kupf_endpoint_t tunnel_status_endpoint(host_t *host)
{
	return (kupf_endpoint_t){
		.address = kupf_address_of_host(host),
		.port = host->get_port(host),
	};
}

/*
 * Described in header
 */
bool tunnel_status_child(child_sa_t *child_sa, child_sa_state_t state,
						 kupf_child_t *child, bool *installed)
{
	switch (state)
	{
		case CHILD_INSTALLED:
		case CHILD_REKEYED:
		case CHILD_DELETING:
		case CHILD_DELETED:
		case CHILD_DESTROYING:
			break;
		default:
			return FALSE;
	}
	*installed = state == CHILD_INSTALLED;
	*child = (kupf_child_t){
		.spi_in = ntohl(child_sa->get_spi(child_sa, TRUE)),
		.spi_out = ntohl(child_sa->get_spi(child_sa, FALSE)),
		.if_id_in = child_sa->get_if_id(child_sa, TRUE),
		.if_id_out = child_sa->get_if_id(child_sa, FALSE),
	};
	snprintf(child->name, sizeof(child->name), "%s",
			 child_sa->get_name(child_sa));
	return TRUE;
}

/*
 * Described in header
 */
tunnel_status_t *tunnel_status_create()
{
	tunnel_status_t *this;

	INIT(this,
		.established = time_monotonic(NULL),
	);
	return this;
}

/**
 * Whether two addresses with ports are the same.
 */
static bool is_same(const kupf_endpoint_t *a, const kupf_endpoint_t *b)
{
	return a->port == b->port && kupf_address_equals(&a->address, &b->address);
}

/**
 * Whether another move is to be told.
 */
static bool take_move(tunnel_status_t *this)
{
	uint32_t now = time_monotonic(NULL);

	if (now - this->moved_at >= TUNNEL_STATUS_MOVES_TIME)
	{
		this->moved_at = now;
		this->moves = 0;
	}
	return this->moves++ < TUNNEL_STATUS_MOVES_MAX;
}

/*
 * Described in header
 */
tunnel_path_t tunnel_status_set_path(tunnel_status_t *this,
									 const kupf_endpoint_t *local,
									 const kupf_endpoint_t *remote)
{
	bool first = !this->local.port;

	if (is_same(&this->local, local) && is_same(&this->remote, remote))
	{
		return TUNNEL_PATH_SAME;
	}
	this->local = *local;
	this->remote = *remote;
	if (first)
	{
		return TUNNEL_PATH_SAME;
	}
	return take_move(this) ? TUNNEL_PATH_MOVED : TUNNEL_PATH_RESTLESS;
}

/**
 * Create a child.
 */
static child_t *child_create(const kupf_child_t *child)
{
	size_t size = strlen(child->name) + 1;
	child_t *new;

	new = malloc(sizeof(*new) + size);
	*new = (child_t){
		.spi_in = child->spi_in,
		.spi_out = child->spi_out,
		.if_id_in = child->if_id_in,
		.if_id_out = child->if_id_out,
	};
	memcpy(new->name, child->name, size);
	return new;
}

/*
 * Described in header
 */
bool tunnel_status_set_child(tunnel_status_t *this, const kupf_child_t *child,
							 bool installed)
{
	child_t **pos, *old;

	pos = &this->children;
	while (*pos && (*pos)->spi_in != child->spi_in)
	{
		pos = &(*pos)->next;
	}
	if (*pos && !installed)
	{
		old = *pos;
		*pos = old->next;
		this->child_count--;
		free(old);
		return TRUE;
	}
	else if (*pos)
	{
		(*pos)->spi_out = child->spi_out;
	}
	else if (installed && this->child_count < TUNNEL_STATUS_CHILDREN_MAX)
	{
		*pos = child_create(child);
		this->child_count++;
		return TRUE;
	}
	return FALSE;
}

/*
 * Described in header
 */
bool tunnel_status_has_child(const tunnel_status_t *this)
{
	return this->child_count > 0;
}

/*
 * Described in header
 */
void tunnel_status_get(const tunnel_status_t *this, kupf_tunnel_t *tunnel)
{
	kupf_child_t *copy = tunnel->children;
	const child_t *child;

	tunnel->local = this->local;
	tunnel->remote = this->remote;
	tunnel->established = this->established;
	tunnel->child_count = min(this->child_count, KUPF_CHILDREN_MAX);
	for (child = this->children;
		 child && copy < tunnel->children + KUPF_CHILDREN_MAX;
		 child = child->next)
	{
		copy->spi_in = child->spi_in;
		copy->spi_out = child->spi_out;
		copy->if_id_in = child->if_id_in;
		copy->if_id_out = child->if_id_out;
		snprintf(copy->name, sizeof(copy->name), "%s", child->name);
		copy++;
	}
}

/**
 * Take up a number that never becomes less, unless two threads have asked for
 * it and the earlier answer comes second.
 *
 * @return			by how much it is more
 */
static uint64_t take_more(uint64_t *last, uint64_t now)
{
	uint64_t more = now > *last ? now - *last : 0;

	*last += more;
	return more;
}

/*
 * Described in header
 */
void tunnel_status_take_traffic(tunnel_status_t *this,
								const kupf_tunnel_t *tunnel, uint64_t *in,
								uint64_t *out)
{
	const kupf_child_t *measured;
	child_t *child;
	u_int i;

	*in = *out = 0;
	for (i = 0; i < tunnel->child_count; i++)
	{
		measured = &tunnel->children[i];
		child = this->children;
		while (child && child->spi_in != measured->spi_in)
		{
			child = child->next;
		}
		if (child && measured->measured)
		{
			*in += take_more(&child->octets_in, measured->in.octets);
			*out += take_more(&child->octets_out, measured->out.octets);
		}
	}
}

/*
 * Described in header
 */
void tunnel_status_destroy(tunnel_status_t *this)
{
	child_t *child;

	if (this)
	{
		while ((child = this->children))
		{
			this->children = child->next;
			free(child);
		}
		free(this);
	}
}
