/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_keys n4_keys
 * @{ @ingroup n4
 *
 * The keys that SMFs send: read, unwrapped if they are wrapped, and refused if
 * they have to be and are not.
 */

#ifndef N4_KEYS_H_
#define N4_KEYS_H_

#include "n4_engine.h"

/**
 * Read what a request says about its session.
 *
 * @param self		engine
 * @param exchange	exchange, gets contents unless there is no memory, and what
 *					is wrong with the key
 * @param request	establishment or modification
 */
void n4_keys_read(kupf_n4_t *self, n4_exchange_t *exchange,
				  const n4_message_t *request);

/**
 * Count a key that is not taken because of what the SMF has sent, and say so.
 */
void n4_keys_count_fault(kupf_n4_t *self, const n4_exchange_t *exchange);

#endif /** N4_KEYS_H_ @}*/
