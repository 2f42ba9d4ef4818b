/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_feed n4_feed
 * @{ @ingroup n4
 *
 * Has kupf know the sessions that there are: hands changes over one after the
 * other, and all of them anew when charon has started, or when it is not known
 * what it has.  Sessions of other clients of this kupf do not survive that.
 *
 * Changes are handed over in their order.  Without a connection they count as
 * pending, and are made up for when there is one; likewise those of an SMF that
 * has too many waiting.
 */

#ifndef N4_FEED_H_
#define N4_FEED_H_

#include "n4_exchanges.h"
#include "n4_sync.h"

typedef struct n4_feed_t n4_feed_t;

/**
 * Called with what has become of a change.
 *
 * @param user		of whoever created the feed
 * @param exchange	exchange that waits for it
 * @param answer	answer, valid until this returns
 */
typedef void (*n4_feed_done_t)(void *user, n4_exchange_t *exchange,
							   const n4_answer_t *answer);

/**
 * A feed.  Members are for n4_feed only.
 */
struct n4_feed_t {
	/** client of kupf, owned */
	kupf_client_t *client;
	/** sessions */
	n4_sessions_t *sessions;
	/** called with what has become of changes */
	n4_feed_done_t done;
	/** called with what has become of changes that no exchange waits for */
	n4_feed_told_t told;
	/** for both */
	void *user;
	/** changes that were not sent yet: first one, and where the next goes */
	n4_op_t *first, **last;
	/** most of them of an SMF, and how many each has */
	size_t max, waiting[KUPF_N4_SMFS];
	/** changes that were not answered yet */
	uint64_t count;
	/** changes that were left to a synchronisation */
	uint64_t merged;
	/** synchronisation */
	n4_sync_t sync;
};

/**
 * Prepare a feed.
 *
 * @param self		[out] feed, to be given to n4_feed_deinit()
 * @param path		kupf's socket
 * @param max		most changes of an SMF that wait
 * @param sessions	sessions
 * @param done		called with what has become of changes
 * @param told		called with what has become of changes that no exchange
 *					waits for
 * @param user		for both
 * @return			FALSE if there is no memory
 */
bool n4_feed_init(n4_feed_t *self, const char *path, size_t max,
				  n4_sessions_t *sessions, n4_feed_done_t done,
				  n4_feed_told_t told, void *user);

/**
 * Give it back.  No exchange may wait any more.
 */
void n4_feed_deinit(n4_feed_t *self);

/**
 * Hand a session over, with other contents than it has; it gets them unless
 * kupf refuses them.
 *
 * @param self		feed
 * @param session	session
 * @param content	contents with a key, adopted
 * @param exchange	exchange that waits for the answer, gets an op; or NULL
 * @return			what to say of the key at once: N4_KEY_PENDING, or
 *					N4_KEY_NO_ROOM if there is no memory; 0 if it waits
 */
n4_cause_t n4_feed_change(n4_feed_t *self, n4_session_t *session,
					n4_content_t *content, n4_exchange_t *exchange);

/**
 * Have a session deleted; if too many wait, when all is synchronised.
 *
 * @param self		feed
 * @param session	session, which may go then
 * @param exchange	exchange that waits for the answer, gets an op; or NULL
 */
void n4_feed_delete(n4_feed_t *self, const n4_session_t *session,
					n4_exchange_t *exchange);

/**
 * An exchange does not wait any more.
 */
void n4_feed_leave(n4_exchange_t *exchange);

/**
 * Send what can be sent.
 */
void n4_feed_push(n4_feed_t *self);

/**
 * Do what can be done without waiting.
 */
void n4_feed_process(n4_feed_t *self);

/**
 * How long n4_feed_process() has nothing to do.
 *
 * @return			ms, -1 for ever
 */
int n4_feed_timeout(const n4_feed_t *self);

#endif /** N4_FEED_H_ @}*/
