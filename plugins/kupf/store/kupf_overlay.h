/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_overlay kupf_overlay
 * @{ @ingroup kupf
 *
 * A store laid over another one: sessions that were fed over the socket, over
 * those that are pre-configured.
 *
 * What the upper one has hides what the lower one has under the same name or
 * the same identity.  A lookup that the upper one can answer costs what it
 * costs there.  While one of the upper store comes or goes, a lookup finds it
 * or what it hides under that name or identity, and never none of the two.
 * All that changes is changed in the upper store.
 */

#ifndef KUPF_OVERLAY_H_
#define KUPF_OVERLAY_H_

#include "kupf_store.h"

/**
 * Whether a store has a session of the same name or the same identity as one
 * of a lower store.
 */
bool kupf_overlay_hides(kupf_store_t *upper, kupf_session_t *session);

/**
 * Lay a store over another one.
 *
 * @param upper		upper store, outlives the overlay
 * @param lower		lower store, outlives the overlay
 * @return			store; destroying it destroys neither
 */
kupf_store_t *kupf_overlay_create(kupf_store_t *upper, kupf_store_t *lower);

#endif /** KUPF_OVERLAY_H_ @}*/
