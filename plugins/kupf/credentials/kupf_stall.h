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
 * An idle thread says nothing: it may be reserved for what is more urgent than
 * IKE_AUTH (charon.processor.priority_threads).  Nor does one that is busy, or
 * a long queue: they need not be stuck.  So a job of each priority is queued,
 * in front of all others of it, and is to be taken until the next look.  Later
 * it may be only if there is more urgent work that gets done.
 */

#ifndef KUPF_STALL_H_
#define KUPF_STALL_H_

#include <library.h>

/**
 * Look, some tens of milliseconds after the last time.
 *
 * Once in a while work gets done to the end in the very moment of a look, so
 * it takes more than one look in a row to be sure.
 *
 * @return			TRUE if no thread has taken what it might have taken
 */
bool kupf_stall_look();

#endif /** KUPF_STALL_H_ @}*/
