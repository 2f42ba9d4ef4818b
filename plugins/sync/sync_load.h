/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_load sync_load
 * @{ @ingroup sync
 *
 * Brings this UPF to what a group has, between sync-begin and sync-end: sessions
 * that the group does not have are removed.
 */

#ifndef SYNC_LOAD_H_
#define SYNC_LOAD_H_

#include "sync_apply.h"
#include "sync_tunnels.h"

/**
 * Load everything; in mode fetch, what kupf has already.
 *
 * @param apply		hands records over
 * @param engine	engine, connected
 * @param whole		FALSE to keep what the group does not have
 * @param position	[out] number of the last change that is in it
 * @return			FALSE if it was not completed: nothing was removed then
 */
bool sync_load(sync_apply_t *apply, sync_engine_t *engine, bool whole,
			   uint64_t *position);

/**
 * Ask kupf which tunnels are up.
 *
 * @param client	client
 * @param engine	engine, for its clock
 * @param tunnels	table, which another one takes the place of
 * @return			FALSE if it did not tell
 */
bool sync_load_tunnels(kupf_client_t *client, const sync_engine_t *engine,
					   sync_tunnels_t **tunnels);

#endif /** SYNC_LOAD_H_ @}*/
