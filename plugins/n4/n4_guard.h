/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_guard n4_guard
 * @{ @ingroup n4
 *
 * Who may say what.  SMFs of one engine are protected from each other, and the
 * UPF from them:
 *
 * - An SMF sends so many messages in a second at most.
 * - Without association it may ask for one, and for signs of life.  For a
 *   session it gets cause 72, about one cause 65 (table 8.2.1-1).
 * - It names itself as in its association, and never as another SMF that has
 *   one (unless Node IDs are rewritten): cause 72 if it wants a session,
 *   otherwise the request is dropped.
 * - It speaks of sessions that it has established, others are not found: cause
 *   65.  When it has asked for the end of one, it says nothing more about it.
 * - It has so many sessions at most, others get cause 75.
 * - It asks for an association with a time stamp from before that of the one
 *   that it has: that is an old message which somebody sends again.
 * - Nobody answers what was not asked, or what somebody else was asked.
 * - The same request again gets the same octets from here, once it is answered.
 *   Another one with its number has to wait until it is, unless an SMF that has
 *   started anew asks for an association: all that it had ends then.
 */

#ifndef N4_GUARD_H_
#define N4_GUARD_H_

#include "n4_engine.h"

/**
 * Take a message of an SMF off those that it may send in this second.
 *
 * @param smf		SMF
 * @param rate		messages in a second
 * @param now		time, ms; not 0
 * @return			FALSE if there is none left
 */
bool n4_guard_take(n4_smf_t *smf, unsigned int rate, uint64_t now);

/**
 * Judge a message.
 *
 * @param self		engine
 * @param smf		number of the SMF
 * @param from_upf	whether it is the UPF's
 * @param message	message
 * @return			exchange that it begins, repeats or answers; NULL if it goes
 *					no further: it was dropped, or answered
 */
n4_exchange_t *n4_guard_judge(kupf_n4_t *self, unsigned int smf, bool from_upf,
							  const n4_message_t *message);

#endif /** N4_GUARD_H_ @}*/
