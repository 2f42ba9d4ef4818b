/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_limiter tunnel_limiter
 * @{ @ingroup tunnel
 *
 * Bounds the log lines about what peers, or whoever reaches charon, do wrong:
 * what is left out is counted, by the plugin and in a line before the next one.
 */

#ifndef TUNNEL_LIMITER_H_
#define TUNNEL_LIMITER_H_

#include <library.h>

/** Log lines about refusals that may come at once */
#define TUNNEL_LIMITER_BURST 20

/** Log lines about refusals a second, in the long run */
#define TUNNEL_LIMITER_RATE 5

typedef struct tunnel_limiter_t tunnel_limiter_t;

/**
 * Any thread may ask; the lock is a leaf.
 */
struct tunnel_limiter_t {

	/**
	 * Take one line.
	 *
	 * @return			FALSE if there are too many: it is to be left out
	 */
	bool (*allows)(tunnel_limiter_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(tunnel_limiter_t *this);
};

/**
 * Create the object.
 *
 * @param name		name of the plugin, constant, which its lines begin with
 * @param count		counts one line that was left out
 */
tunnel_limiter_t *tunnel_limiter_create(const char *name, void (*count)(void));

#endif /** TUNNEL_LIMITER_H_ @}*/
