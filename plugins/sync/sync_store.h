/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_store sync_store
 * @{ @ingroup sync
 *
 * The sessions of a group, as the engine has them.  GROUP.md has the layout.
 *
 * A change is one script in the engine: bucket, index and stream agree at any time,
 * and changes are numbered without a gap.  What is older than what is there is
 * refused, so that writers need not know of each other.
 */

#ifndef SYNC_STORE_H_
#define SYNC_STORE_H_

#include "sync_content.h"
#include "sync_engine.h"

typedef struct sync_entry_t sync_entry_t;
typedef enum sync_result_t sync_result_t;

/**
 * What has come of it.
 */
enum sync_result_t {
	SYNC_DONE,
	/** there is no such session */
	SYNC_NONE,
	/** the engine has a later generation, or this one with other content */
	SYNC_STALE,
	/** the record cannot be opened */
	SYNC_UNREADABLE,
	/** content is missing or wrong */
	SYNC_WRONG,
	/** no connection, or the engine has refused it: sync_engine_t.error */
	SYNC_LOST,
};

/**
 * A record that was opened.  To be wiped with sync_entry_wipe().
 */
struct sync_entry_t {
	/** what it says in clear */
	sync_header_t header;
	/** what was sealed */
	uint8_t plain[SYNC_RECORD_MAX];
	size_t len;
};

/**
 * Wipe an entry.
 */
void sync_entry_wipe(sync_entry_t *self);

/**
 * Content of an entry.
 */
static inline wire_octets_t sync_entry_content(const sync_entry_t *self)
{
	return wire_octets(self->plain, self->len);
}

/**
 * Get a session.
 *
 * @param name		its name
 * @param entry		[out] record, if it is DONE; a tombstone is one, too
 * @return			DONE, NONE, UNREADABLE or LOST
 */
sync_result_t sync_store_get(sync_engine_t *engine, wire_octets_t name,
							 sync_entry_t *entry);

/**
 * Find the session of an identity.
 *
 * @param id		typed text, as kupf's events have it
 * @param name		[out] name of the session, room for SYNC_NAME_MAX + 1
 * @param entry		[out] record, as above
 * @return			DONE, NONE, UNREADABLE or LOST
 */
sync_result_t sync_store_find(sync_engine_t *engine, wire_octets_t id,
							  char *name, sync_entry_t *entry);

/**
 * Put a session, or modify it.
 *
 * @param line		session; without a generation it gets the next one
 * @param modify	whether it has to be there, and keeps what the line leaves out
 * @param generation	[out] generation that it has, or that refuses it
 * @param error		[out] what is wrong, if it is WRONG; SYNC_ERROR_SIZE
 * @return			what has come of it
 */
sync_result_t sync_store_put(sync_engine_t *engine, const sync_line_t *line,
							 bool modify, uint32_t *generation, char *error);

/**
 * Delete a session: a tombstone takes its place, also that of a session that has
 * its generation.
 *
 * @param name		its name
 * @param generation	[out] generation of the tombstone, or what refuses it
 * @param now		seconds since 1970
 * @return			DONE, NONE, STALE (somebody else was faster) or LOST
 */
sync_result_t sync_store_delete(sync_engine_t *engine, const char *name,
								uint32_t *generation, uint64_t now);

/**
 * Say that all sessions of the group were put: UPFs that have kept others, as the
 * group was made anew, remove them.
 *
 * @return			DONE or LOST
 */
sync_result_t sync_store_complete(sync_engine_t *engine);

/**
 * Say that the UE of a session has come to a UPF, unless it came to another one
 * later.
 *
 * @param name		name of the session
 * @param time		engine's time of that, us since 1970
 * @param won		[out] FALSE if it has come to another one later
 * @return			DONE or LOST
 */
sync_result_t sync_store_claim(sync_engine_t *engine, const char *name,
							   int64_t time, bool *won);

/**
 * Read a claim: a time and the name of a UPF.
 *
 * @param upf		[out] name, room for SYNC_GROUP_MAX + 1
 * @return			time, us since 1970; -1 if it is none
 */
int64_t sync_store_read_claim(wire_octets_t claim, char *upf);

#endif /** SYNC_STORE_H_ @}*/
