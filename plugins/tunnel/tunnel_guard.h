/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup tunnel_guard tunnel_guard
 * @{ @ingroup tunnel
 *
 * Stands before charon's tasks and lets nothing reach them that is not due on
 * its IKE_SA (tunnel_rules.h): of all IKEv2 IKE_SAs of this charon, as long as
 * the connection is not known, and after.
 *
 * A message that is not due has no effect at all: no answer, no message ID used
 * up, hence the IKE_SA can go on as if it had not come.  What does not belong
 * into a message is taken out, and an answer that does not say one thing
 * becomes an ordinary refusal.  What is left out is counted by kind, and logged
 * as long as there is not too much.
 */

#ifndef TUNNEL_GUARD_H_
#define TUNNEL_GUARD_H_

#include "kupf/kupf.h"
#include "tunnel_rules.h"

#include <daemon.h>

typedef struct tunnel_guard_t tunnel_guard_t;

/**
 * To be called from the bus: it takes constant time for a message, or looks at
 * each CHILD_SA of its IKE_SA once, and waits for nothing.
 */
struct tunnel_guard_t {

	/**
	 * Look at a message before anything else does.  To be called from the
	 * message hook for each incoming message, both times: as it was received,
	 * and as it was parsed.
	 *
	 * @param ike_sa	its IKE_SA
	 * @param message	message, which may be changed
	 * @param plain		whether it was decrypted and parsed
	 * @param fixed		whether the peer's end of the IKE_SA is where we have put
	 *					it: what comes from another address is not due
	 * @return			FALSE if charon will ignore it
	 */
	bool (*check)(tunnel_guard_t *this, ike_sa_t *ike_sa, message_t *message,
				  bool plain, bool fixed);

	/**
	 * Destroy the object.  Waits for a job of it that is being done.
	 */
	void (*destroy)(tunnel_guard_t *this);
};

/**
 * Count something that was left out before it had an IKE_SA.  Any thread may.
 *
 * @param verdict	why
 */
void tunnel_guard_count(tunnel_verdict_t verdict);

/**
 * Report all counters, "<name>-guard-<token>" for each kind.
 *
 * @param name		name of the plugin
 * @param cb		called for each
 * @param user		passed to it
 */
void tunnel_guard_report(const char *name, kupf_counter_cb_t cb, void *user);

/**
 * Create the object.
 *
 * @param name		name of the plugin, constant, for the log
 * @param count_left_out	counts a log line that was left out
 */
tunnel_guard_t *tunnel_guard_create(const char *name,
									void (*count_left_out)(void));

#endif /** TUNNEL_GUARD_H_ @}*/
