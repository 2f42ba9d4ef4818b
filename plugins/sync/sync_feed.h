/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_feed sync_feed
 * @{ @ingroup sync
 *
 * The stream of changes of a group, on a connection of its own: the engine answers
 * when there are some, or after a second.  Nothing here waits.
 */

#ifndef SYNC_FEED_H_
#define SYNC_FEED_H_

#include "sync_engine.h"

typedef struct sync_feed_t sync_feed_t;

/**
 * A stream.  All zero is none.
 */
struct sync_feed_t {
	/** connection, NULL if there is none */
	redisContext *context;
	/** name of the stream */
	char key[SYNC_KEY_NAME];
	/** whether an answer is waited for, and since when, us */
	bool asked;
	int64_t since;
	/** how long it may take, us */
	int64_t patience;
	/** what has failed */
	char error[128];
};

/**
 * Called with a change: either a record, or a claim.
 *
 * @param user		of whoever reads
 * @param number	number of the change
 * @param session	name of the session
 * @param record	its record, or empty
 * @param claim		claim, or empty
 */
typedef void (*sync_feed_cb_t)(void *user, uint64_t number,
							   wire_octets_t session, wire_octets_t record,
							   wire_octets_t claim);

/**
 * Connect.
 *
 * @return			FALSE if that failed, see error of the engine
 */
bool sync_feed_open(sync_feed_t *self, sync_engine_t *engine);

/**
 * Close the connection, if there is one.
 */
void sync_feed_close(sync_feed_t *self);

/**
 * Ask for changes, unless an answer is waited for.
 *
 * @param position	number of the last change that is known
 * @return			FALSE if the connection is lost
 */
bool sync_feed_ask(sync_feed_t *self, uint64_t position);

/**
 * Read what has come.  To be called when the descriptor is ready.
 *
 * @return			FALSE if the connection is lost, or the engine has refused it
 */
bool sync_feed_read(sync_feed_t *self, sync_feed_cb_t cb, void *user);

/**
 * Whether an answer takes too long.
 */
bool sync_feed_is_late(const sync_feed_t *self);

/**
 * Get the descriptor, -1 if there is none.
 */
int sync_feed_fd(const sync_feed_t *self);

#endif /** SYNC_FEED_H_ @}*/
