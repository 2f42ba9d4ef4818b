/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_again sync_again
 * @{ @ingroup sync
 *
 * Names of sessions that were refused for a reason that passes, to be tried again
 * in their order.  There is room for so many; if there are more, that is
 * remembered, and everything has to be loaded again later.
 *
 * Not to be used by two threads at once.
 */

#ifndef SYNC_AGAIN_H_
#define SYNC_AGAIN_H_

#include "sync_seal.h"

/** Most names */
#define SYNC_AGAIN_MAX 4096

typedef struct sync_again_t sync_again_t;

/**
 * Names to try again.  All zero, there are none.
 */
struct sync_again_t {
	/** ring of names, allocated with the first one */
	char (*names)[SYNC_NAME_MAX + 1];
	/** where the first one is, and how many there are */
	unsigned int first, count;
	/** there were more than there is room for */
	bool overflow;
};

/**
 * Whether a cause of kupf passes: others are in the way, or something is used up.
 */
bool sync_again_is_passing(wire_octets_t cause);

/**
 * Add a name behind the others, unless it is there.
 *
 * @param name		up to SYNC_NAME_MAX octets; a longer one is left out
 */
void sync_again_add(sync_again_t *self, wire_octets_t name);

/**
 * Take the first name.
 *
 * @param name		[out] name, room for SYNC_NAME_MAX + 1
 * @return			FALSE if there is none
 */
bool sync_again_take(sync_again_t *self, char *name);

/**
 * Forget all names, and that there were too many.
 */
void sync_again_clear(sync_again_t *self);

#endif /** SYNC_AGAIN_H_ @}*/
