/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_source n4_source
 * @{ @ingroup n4
 *
 * Keys of sessions whose SMF sends none: somebody is asked, by the subscriber and
 * the DNN, and may answer at once or later; what has become of the key is
 * told, as the SMF would not understand it.
 */

#ifndef N4_SOURCE_H_
#define N4_SOURCE_H_

#include "n4_engine.h"

/**
 * Ask for the key of a session, if there is somebody to ask.
 *
 * @param self		engine
 * @param session	session without a key
 */
void n4_source_ask(kupf_n4_t *self, n4_session_t *session);

/**
 * Give a session a key: kupf_n4_provide() without a push.
 */
bool n4_source_provide(kupf_n4_t *self, const char *name,
					   const kupf_n4_key_t *key);

/**
 * Ask again for the keys of all sessions that have none.
 */
void n4_source_ask_again(kupf_n4_t *self);

/**
 * A change that no exchange waits for was answered: n4_feed_told_t of an engine.
 */
void n4_source_told(void *user, const n4_session_t *session,
					const n4_answer_t *answer);

#endif /** N4_SOURCE_H_ @}*/
