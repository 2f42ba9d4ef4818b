/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_tunnels sync_tunnels
 * @{ @ingroup sync
 *
 * The tunnels of this UPF, one a session, and since when each is there by the
 * engine's clock: whoever has the later one of two UPFs keeps it.
 *
 * Both UPFs compare the same two pairs of a time and a name, so that they agree
 * whatever comes first, and close a tunnel by its number only: one that has come
 * up meanwhile stays.
 */

#ifndef SYNC_TUNNELS_H_
#define SYNC_TUNNELS_H_

#include "sync_seal.h"

typedef struct sync_tunnels_t sync_tunnels_t;
typedef struct sync_tunnel_t sync_tunnel_t;

/**
 * A tunnel.
 */
struct sync_tunnel_t {
	/** name of its session */
	char session[SYNC_NAME_MAX + 1];
	/** number that it came up with */
	uint32_t unique_id;
	/** when, us since 1970 by the engine's clock */
	int64_t since;
	/** whether the engine knows of it */
	bool claimed;
};

/**
 * Create an empty table.
 *
 * @param upf		name of this UPF
 */
sync_tunnels_t *sync_tunnels_create(const char *upf);

/**
 * Destroy a table.
 */
void sync_tunnels_destroy(sync_tunnels_t *self);

/**
 * A tunnel has come up; it takes the place of the one that the session had.
 *
 * @return			tunnel, the table's, not claimed; NULL if the name is too long
 */
sync_tunnel_t *sync_tunnels_up(sync_tunnels_t *self, wire_octets_t session,
							   uint32_t unique_id, int64_t since);

/**
 * A tunnel has gone.
 */
void sync_tunnels_down(sync_tunnels_t *self, wire_octets_t session,
					   uint32_t unique_id);

/**
 * Get the tunnel of a session.
 *
 * @return			tunnel, the table's; NULL if there is none
 */
sync_tunnel_t *sync_tunnels_get(sync_tunnels_t *self, wire_octets_t session);

/**
 * Whether a tunnel has to go, as the UE has come to a UPF.
 *
 * @param since		when
 * @param upf		its name
 */
bool sync_tunnels_is_older(const sync_tunnels_t *self,
						   const sync_tunnel_t *tunnel, int64_t since,
						   const char *upf);

/**
 * Have each tunnel that is not claimed looked at.
 *
 * @param cb		called with each; FALSE ends it
 * @param user		for cb
 */
void sync_tunnels_unclaimed(sync_tunnels_t *self,
							bool (*cb)(void *user, sync_tunnel_t *tunnel),
							void *user);

/**
 * Have the engine asked again about each tunnel: what it was told may be lost, and
 * so may what it has told us.
 */
void sync_tunnels_forget_claims(sync_tunnels_t *self);

/**
 * Forget all tunnels.
 */
void sync_tunnels_clear(sync_tunnels_t *self);

/**
 * Number of tunnels.
 */
unsigned int sync_tunnels_count(const sync_tunnels_t *self);

#endif /** SYNC_TUNNELS_H_ @}*/
