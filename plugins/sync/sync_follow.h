/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_follow sync_follow
 * @{ @ingroup sync
 *
 * Has plugin kupf of this host's charon follow a group: loads its sessions, then
 * follows its changes.  Everything is loaded anew if charon has started anew, if
 * changes are missing in the stream, if the engine is another run of itself (it may
 * have lost the last writes), or if something may not have arrived.
 *
 * Without the engine, or if the group is gone from it, charon goes on with what it
 * has.  One thread, and no call waits for longer than its peer may take.
 */

#ifndef SYNC_FOLLOW_H_
#define SYNC_FOLLOW_H_

#include "sync_config.h"

#include <signal.h>

typedef struct sync_follow_t sync_follow_t;

/**
 * Create what follows a group.
 *
 * @param config	configuration, valid until it is destroyed
 * @return			follower, NULL if there is no memory
 */
sync_follow_t *sync_follow_create(const sync_config_t *config);

/**
 * Do what there is to do, and wait for more for half a second at most.
 *
 * @param self		follower
 * @param signals	those that are blocked while it waits, NULL for the same
 */
void sync_follow_step(sync_follow_t *self, const sigset_t *signals);

/**
 * Whether everything is loaded, and was not found to be missing since.
 */
bool sync_follow_is_loaded(const sync_follow_t *self);

/**
 * How long the next step may wait: not at all if there is something that can be
 * done at once.
 *
 * @return			ms, up to half a second
 */
int sync_follow_wait(const sync_follow_t *self);

/**
 * Destroy it.
 */
void sync_follow_destroy(sync_follow_t *self);

#endif /** SYNC_FOLLOW_H_ @}*/
