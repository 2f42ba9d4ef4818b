/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_outcome n4_outcome
 * @{ @ingroup n4
 *
 * What a response of the UPF means for sessions: which begins, gets a key, or
 * ends.  kupf is told by n4_feed.
 */

#ifndef N4_OUTCOME_H_
#define N4_OUTCOME_H_

#include "n4_engine.h"

/**
 * The UPF has answered a request about a session.
 *
 * @param self		engine
 * @param exchange	exchange, which waits for kupf after this if it has an op
 * @param response	response
 * @param cause		[in,out] what the SMF is told of its key; stays if there is
 *					nothing to say, or kupf has to say it
 */
void n4_outcome_see(kupf_n4_t *self, n4_exchange_t *exchange,
					const n4_message_t *response, n4_cause_t *cause);

/**
 * A session has ended.
 *
 * @param self		engine
 * @param session	session, which goes
 * @param exchange	exchange that waits until kupf has deleted it, or NULL
 * @return			TRUE if the exchange has something to wait for
 */
bool n4_outcome_drop(kupf_n4_t *self, n4_session_t *session,
					 n4_exchange_t *exchange);

#endif /** N4_OUTCOME_H_ @}*/
