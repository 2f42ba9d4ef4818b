/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_upf sync_upf
 * @{ @ingroup sync
 *
 * What happens at this UPF: UEs come and go, which the group is told and hears of
 * others, and charon asks for keys.  Called by the one thread of sync_follow.
 */

#ifndef SYNC_UPF_H_
#define SYNC_UPF_H_

#include "sync_apply.h"
#include "sync_events.h"
#include "sync_tunnels.h"

typedef struct sync_upf_t sync_upf_t;

/**
 * This UPF.  All zero until it is initialised.
 */
struct sync_upf_t {
	/** engine */
	sync_engine_t *engine;
	/** way to kupf */
	sync_apply_t *apply;
	/** tunnels, and whether we know them */
	sync_tunnels_t *tunnels;
	bool known;
	/** what charon has told since */
	sync_events_t events;
};

/**
 * Prepare it, and register for events.
 *
 * @param engine	engine, with the configuration; has to live as long
 * @param apply		way to kupf, with the client; has to live as long
 */
void sync_upf_init(sync_upf_t *self, sync_engine_t *engine,
				   sync_apply_t *apply);

/**
 * Free what it has, if it was initialised; the client is destroyed before.
 */
void sync_upf_deinit(sync_upf_t *self);

/**
 * charon is gone, or another one: what it has told does not count any more.
 */
void sync_upf_lose_charon(sync_upf_t *self);

/**
 * See to it that we know which tunnels there are; charon and the engine have to
 * be there.
 */
void sync_upf_look(sync_upf_t *self);

/**
 * Deal with what charon has told, not all of it at once if that is much.  The
 * engine has to be there.
 */
void sync_upf_take_events(sync_upf_t *self);

/**
 * Say of each UE that has come here that it has.  charon and the engine have to be
 * there.
 */
void sync_upf_claim(sync_upf_t *self);

/**
 * A UPF of the group says that a UE has come to it: the tunnel here goes, if it is
 * older.
 *
 * @param session	name of its session
 * @param claimed	what was said, see sync_store_read_claim()
 */
void sync_upf_claimed(sync_upf_t *self, wire_octets_t session,
					  wire_octets_t claimed);

#endif /** SYNC_UPF_H_ @}*/
