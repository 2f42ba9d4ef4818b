/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_sync n4_sync
 * @{ @ingroup n4
 *
 * Has kupf know all sessions anew, and no others, in the order that PROTOCOL.md
 * asks for: first the sessions that are to have a UPF address again, then the
 * others, sync-end, and the others once more, as they may have been refused
 * before it.
 */

#ifndef N4_SYNC_H_
#define N4_SYNC_H_

#include "n4_sessions.h"
#include "n4_vendor.h"

#include "client/kupf_client.h"

/** Most requests in flight: the client takes 64, registrations included */
#define N4_IN_FLIGHT 60

/** How long to wait after a synchronisation that has failed, ms */
#define N4_SYNC_RETRY 1000

typedef enum n4_sync_stage_t n4_sync_stage_t;
typedef struct n4_sync_t n4_sync_t;

/**
 * How far a synchronisation is.
 */
enum n4_sync_stage_t {
	/** there is none */
	N4_SYNC_NONE,
	/** sync-begin was sent */
	N4_SYNC_BEGINS,
	/** sessions whose UPF address is known, which they are to have again */
	N4_SYNC_NAMED,
	/** the others, so that they are mentioned */
	N4_SYNC_OTHERS,
	/** sync-end was sent */
	N4_SYNC_ENDS,
	/** the others again: they may have been refused before sync-end */
	N4_SYNC_AGAIN,
};

/**
 * Called with what has become of the key of a session that nobody waits for.
 *
 * @param user		of whoever created the feed
 * @param session	session
 * @param answer	answer, valid until this returns
 */
typedef void (*n4_feed_told_t)(void *user, const n4_session_t *session,
							   const n4_answer_t *answer);

/**
 * Synchronisation.
 */
struct n4_sync_t {
	/** called with keys that kupf has now, and that it was not told of */
	n4_feed_told_t told;
	/** for told */
	void *user;
	/** client of kupf */
	kupf_client_t *client;
	/** sessions */
	n4_sessions_t *sessions;
	/** how far it is */
	n4_sync_stage_t stage;
	/** there has to be one, whether charon has started anew or not */
	bool needed;
	/** something of this one has failed: it has to be done again */
	bool failed;
	/** requests of it that were not answered */
	unsigned int unanswered;
	/** when the next one may begin, ms */
	uint64_t at;
	/** how many were done */
	uint64_t count;
};

/**
 * Whether kupf has to be synchronised, perhaps not at once.
 */
bool n4_sync_is_due(const n4_sync_t *self);

/**
 * Begin, if it is time.
 */
void n4_sync_begin(n4_sync_t *self);

/**
 * Go on, as far as it goes.
 */
void n4_sync_go_on(n4_sync_t *self);

#endif /** N4_SYNC_H_ @}*/
