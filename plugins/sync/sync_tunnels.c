/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_tunnels.h"

#include <collections/hashtable.h>
#include <library.h>

/**
 * A table.
 */
struct sync_tunnels_t {
	/** name of this UPF */
	const char *upf;
	/** session => sync_tunnel_t */
	hashtable_t *tunnels;
};

/*
 * Described in header
 */
sync_tunnels_t *sync_tunnels_create(const char *upf)
{
	sync_tunnels_t *self;

	INIT(self,
		.upf = upf,
		.tunnels = hashtable_create(hashtable_hash_str, hashtable_equals_str,
									1024),
	);
	return self;
}

/*
 * Described in header
 */
void sync_tunnels_clear(sync_tunnels_t *self)
{
	enumerator_t *enumerator;
	sync_tunnel_t *tunnel;

	enumerator = self->tunnels->create_enumerator(self->tunnels);
	while (enumerator->enumerate(enumerator, NULL, &tunnel))
	{
		self->tunnels->remove_at(self->tunnels, enumerator);
		free(tunnel);
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
void sync_tunnels_destroy(sync_tunnels_t *self)
{
	sync_tunnels_clear(self);
	self->tunnels->destroy(self->tunnels);
	free(self);
}

/**
 * Terminate a name.
 */
static bool copy_name(wire_octets_t session, char name[SYNC_NAME_MAX + 1])
{
	if (session.len > SYNC_NAME_MAX)
	{
		return FALSE;
	}
	memcpy(name, session.ptr, session.len);
	name[session.len] = '\0';
	return TRUE;
}

/*
 * Described in header
 */
sync_tunnel_t *sync_tunnels_get(sync_tunnels_t *self, wire_octets_t session)
{
	char name[SYNC_NAME_MAX + 1];

	return copy_name(session, name) ? self->tunnels->get(self->tunnels, name) :
									  NULL;
}

/*
 * Described in header
 */
sync_tunnel_t *sync_tunnels_up(sync_tunnels_t *self, wire_octets_t session,
							   uint32_t unique_id, int64_t since)
{
	sync_tunnel_t *tunnel = sync_tunnels_get(self, session);

	if (!tunnel)
	{
		INIT(tunnel);
		if (!copy_name(session, tunnel->session))
		{
			free(tunnel);
			return NULL;
		}
		self->tunnels->put(self->tunnels, tunnel->session, tunnel);
	}
	tunnel->unique_id = unique_id;
	tunnel->since = since;
	tunnel->claimed = FALSE;
	return tunnel;
}

/*
 * Described in header
 */
void sync_tunnels_down(sync_tunnels_t *self, wire_octets_t session,
					   uint32_t unique_id)
{
	sync_tunnel_t *tunnel = sync_tunnels_get(self, session);

	if (tunnel && tunnel->unique_id == unique_id)
	{
		self->tunnels->remove(self->tunnels, tunnel->session);
		free(tunnel);
	}
}

/*
 * Described in header
 */
bool sync_tunnels_is_older(const sync_tunnels_t *self,
						   const sync_tunnel_t *tunnel, int64_t since,
						   const char *upf)
{
	int order = strcmp(upf, self->upf);

	return order && (since > tunnel->since ||
					 (since == tunnel->since && order > 0));
}

/*
 * Described in header
 */
void sync_tunnels_unclaimed(sync_tunnels_t *self,
							bool (*cb)(void *user, sync_tunnel_t *tunnel),
							void *user)
{
	enumerator_t *enumerator;
	sync_tunnel_t *tunnel;
	bool more = TRUE;

	enumerator = self->tunnels->create_enumerator(self->tunnels);
	while (more && enumerator->enumerate(enumerator, NULL, &tunnel))
	{
		more = tunnel->claimed || cb(user, tunnel);
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
unsigned int sync_tunnels_count(const sync_tunnels_t *self)
{
	return self->tunnels->get_count(self->tunnels);
}

/*
 * Described in header
 */
void sync_tunnels_forget_claims(sync_tunnels_t *self)
{
	enumerator_t *enumerator;
	sync_tunnel_t *tunnel;

	enumerator = self->tunnels->create_enumerator(self->tunnels);
	while (enumerator->enumerate(enumerator, NULL, &tunnel))
	{
		tunnel->claimed = FALSE;
	}
	enumerator->destroy(enumerator);
}
