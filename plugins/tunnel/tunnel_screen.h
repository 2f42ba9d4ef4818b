/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_screen tunnel_screen
 * @{ @ingroup tunnel
 *
 * Stands where charon takes packets from its sockets, before it counts them or
 * has an IKE_SA for them: the first message of an IKE_SA that is none does not
 * get in, nor does an INFORMATIONAL without protection.  All else is for
 * tunnel_guard, which knows the IKE_SA.
 */

#ifndef TUNNEL_SCREEN_H_
#define TUNNEL_SCREEN_H_

#include "tunnel_rules.h"

#include <daemon.h>

/**
 * Gets INVALID_IKE_SPI, which does not get in (tunnel_invalid_spi.h).  Called by
 * charon's thread that receives: it must not wait.
 *
 * @param user		as passed to tunnel_screen_install()
 * @param message	as it was received, from its IKE header on
 */
typedef void (*tunnel_screen_cb_t)(void *user, chunk_t message);

/**
 * Whether a packet gets in.  An IKE_SA_INIT request has no responder's SPI and
 * message ID 0, with a cookie or another group, too (RFC 7296, 2.2, 2.6 and
 * 3.1); exchanges of IKEv1 are in IKEv1 messages only, and the first one has
 * message ID 0 (RFC 2408, 3.1).  All of an INFORMATIONAL is encrypted (RFC 7296,
 * 1.4), but for what this end takes as a hint at most (1.5): INVALID_IKE_SPI, which
 * answers any exchange of an IKE_SA that was set up, CREATE_CHILD_SA as well.  A pure
 * function of its argument.
 *
 * @param message	as it was received, from its IKE header on
 * @return			TUNNEL_NOT_DUE or TUNNEL_UNPROTECTED if it is to be dropped;
 *					TUNNEL_PASS also for what is no message at all, which charon
 *					drops
 */
tunnel_verdict_t tunnel_screen_judge(chunk_t message);

/**
 * Begin to look at packets.  They are looked at by charon's thread that receives
 * them, which takes no lock and waits for nothing but for them; what is dropped
 * is counted by tunnel_guard.
 *
 * @param cb		gets INVALID_IKE_SPI, or NULL
 * @param user		passed to cb
 */
void tunnel_screen_install(tunnel_screen_cb_t cb, void *user);

/**
 * Look at no packets any more.  At its end charon has no thread any more that
 * receives.
 */
void tunnel_screen_remove(void);

#endif /** TUNNEL_SCREEN_H_ @}*/
