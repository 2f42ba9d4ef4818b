/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_procedures n4_procedures
 * @{ @ingroup n4
 *
 * Session establishment, modification and deletion (TS 29.244 clause 6.3): a
 * key in the request is taken out, and told to kupf when the UPF has accepted
 * the request.  The response waits for that a while, and gets the answer.
 */

#ifndef N4_PROCEDURES_H_
#define N4_PROCEDURES_H_

#include "n4_engine.h"

/**
 * Pass a message on as it is.
 *
 * @param self		engine
 * @param smf		number of the SMF
 * @param from_upf	whether it is the UPF's
 * @param message	message
 */
void n4_procedures_pass(kupf_n4_t *self, unsigned int smf, bool from_upf,
						const n4_message_t *message);

/**
 * A message about a session has come from an SMF.
 *
 * @param self		engine
 * @param exchange	exchange that it begins, repeats or answers
 * @param message	message
 */
void n4_procedures_from_smf(kupf_n4_t *self, n4_exchange_t *exchange,
							const n4_message_t *message);

/**
 * A message about a session has come from the UPF.
 */
void n4_procedures_from_upf(kupf_n4_t *self, n4_exchange_t *exchange,
							const n4_message_t *message);

/**
 * Send what has waited too long.
 */
void n4_procedures_run_out(kupf_n4_t *self);

/**
 * kupf has answered: n4_feed_done_t of an engine.
 */
void n4_procedures_done(void *user, n4_exchange_t *exchange,
						const n4_answer_t *answer);

/**
 * An exchange is forgotten: n4_exchange_end_t of an engine.
 */
void n4_procedures_end(void *user, n4_exchange_t *exchange);

#endif /** N4_PROCEDURES_H_ @}*/
