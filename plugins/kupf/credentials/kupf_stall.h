/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_stall kupf_stall
 * @{ @ingroup kupf
 *
 * Whether charon's worker threads are all stuck.
 *
 * A thread that waits for a key has its IKE_SA checked out.  charon drops
 * retransmissions of the same request meanwhile, but a packet with the same
 * SPIs and another message ID waits for the IKE_SA in checkout_by_message()
 * and takes another thread: a few such packets, which anybody can send, would
 * stop charon for as long as the wait lasts.  So who waits looks now and then
 * whether a thread is left for anything else.
 *
 * Threads that are busy are not stuck: if none is idle, a job of the highest
 * priority is queued, and only if no thread took it until the next look they
 * are.
 */

#ifndef KUPF_STALL_H_
#define KUPF_STALL_H_

#include <library.h>

/**
 * Look, some tens of milliseconds after the last time.
 *
 * @param ticket	state of the caller, 0 before the first time
 * @return			TRUE if no thread has done anything since the last time
 */
bool kupf_stall_look(u_int *ticket);

#endif /** KUPF_STALL_H_ @}*/
