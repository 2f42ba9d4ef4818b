/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_engine sync_engine
 * @{ @ingroup sync
 *
 * The engine, Redis or one that speaks its protocol, and where a group has what
 * in it.  Calls wait for the engine as long as the setting engine.timeout says,
 * and no longer; whoever gets no reply finds out why in sync_engine_error().
 *
 * Not to be used by two threads at once.
 */

#ifndef SYNC_ENGINE_H_
#define SYNC_ENGINE_H_

#include "sync_config.h"

#include <hiredis/hiredis.h>

/** Room for the name of a key of the engine */
#define SYNC_KEY_NAME 128

/** Room for what tells one run of the engine, or one making of a group, from
 * another */
#define SYNC_RUN_SIZE 48

typedef struct sync_engine_t sync_engine_t;

/**
 * An engine.
 */
struct sync_engine_t {
	/** configuration */
	const sync_config_t *config;
	/** connection, NULL if there is none */
	redisContext *context;
	/** its run */
	char run[SYNC_RUN_SIZE];
	/** when the group was made, a random number */
	char epoch[SYNC_RUN_SIZE];
	/** whether all of its sessions were put, as an import has said at its end */
	bool complete;
	/** buckets of the group */
	unsigned int buckets;
	/** clock of the engine less our monotonic one, us */
	int64_t offset;
	/** why the last call has failed */
	char error[256];
};

/**
 * Time that does not jump, us.
 */
int64_t sync_engine_now(void);

/**
 * Connect: the engine has to be recent enough, and to have the group.
 *
 * @param make		make the group if it is not there
 * @return			FALSE if there is no connection
 */
bool sync_engine_open(sync_engine_t *self, bool make);

/**
 * Close the connection, if there is one.
 */
void sync_engine_close(sync_engine_t *self);

/**
 * See how far the engine's clock is from ours.
 *
 * @return			FALSE if it does not tell its time: what was known stays
 */
bool sync_engine_measure(sync_engine_t *self);

/**
 * See that the group is still the one that was found; if not, the connection is
 * closed.  Whether it is complete is read again.
 *
 * @param last		[out] number of its last change, 0 if there is none
 * @return			FALSE if it is not, or the engine has not told
 */
bool sync_engine_look(sync_engine_t *self, uint64_t *last);

/**
 * Make another connection, which belongs to the caller.
 *
 * @return			connection, NULL if there is none
 */
redisContext *sync_engine_connect(sync_engine_t *self);

/**
 * Name a key of the group: "nin3a:", group, ":" and the text.
 *
 * @return			name, as given
 */
char *sync_engine_key(const sync_engine_t *self, char name[SYNC_KEY_NAME],
					  const char *fmt, ...)
					  __attribute__((format(printf, 3, 4)));

/**
 * Number of the bucket that something is in: FNV-1a of 32 bits, modulo buckets.
 */
unsigned int sync_engine_bucket(const sync_engine_t *self, wire_octets_t name);

/**
 * Send a command and wait for its reply.
 *
 * @param count		number of words
 * @param words		the words
 * @return			reply, to be freed; NULL if the connection was lost, which is
 *					closed then, or the engine has refused it
 */
redisReply *sync_engine_call(sync_engine_t *self, int count,
							 const wire_octets_t *words);

/**
 * The same with words that are texts, the last one followed by NULL.
 */
redisReply *sync_engine_ask(sync_engine_t *self, ...)
							__attribute__((sentinel));

/**
 * Get the engine's time, us since 1970, from our own clock.
 */
int64_t sync_engine_time(const sync_engine_t *self);

#endif /** SYNC_ENGINE_H_ @}*/
