/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_nodes n4_nodes
 * @{ @ingroup n4
 *
 * Associations (TS 29.244 clause 6.2) and restarts (TS 23.007): which SMF may
 * speak of sessions, and when its sessions have ended.
 */

#ifndef N4_NODES_H_
#define N4_NODES_H_

#include "n4_engine.h"

/**
 * Look at a message about nodes that has come, before it is passed on.
 *
 * @param self		engine
 * @param from_upf	whether it is the UPF's
 * @param exchange	exchange that it begins, repeats or answers
 * @param message	message with a type less than 50
 */
void n4_nodes_see(kupf_n4_t *self, bool from_upf, n4_exchange_t *exchange,
				  const n4_message_t *message);

#endif /** N4_NODES_H_ @}*/
