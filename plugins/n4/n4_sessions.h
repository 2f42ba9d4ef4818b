/* SPDX-License-Identifier: MIT */

/**
 * @defgroup n4_sessions n4_sessions
 * @{ @ingroup n4
 *
 * The N4 sessions of a UPF, found by SMF and the UPF's SEID.
 */

#ifndef N4_SESSIONS_H_
#define N4_SESSIONS_H_

#include "kupf_n4_config.h"
#include "n4_pages.h"

/** Room for the name of a session at kupf, "n4-SEID-SMF" */
#define N4_NAME_SIZE 65

/** Longest name of an SMF, so that names of sessions have room */
#define N4_SMF_NAME_MAX 44

typedef struct n4_session_t n4_session_t;
typedef struct n4_sessions_t n4_sessions_t;

/**
 * A session.  It is for the table only to change it, but for its content.
 */
struct n4_session_t {
	/** number of the SMF */
	unsigned int smf;
	/** SEID of the UPF */
	uint64_t seid;
	/** name at kupf */
	char name[N4_NAME_SIZE];
	/** what is known, never NULL */
	n4_content_t *content;
	/** those who hold it besides the table */
	unsigned int refs;
	/** it is not in the table any more */
	bool gone;
	/** its SMF has asked the UPF to delete it */
	bool leaving;
	/** number of the last change that was asked for, and of the one that its
	 * content is of */
	uint32_t changes, changed;
	/** the next one of its bucket */
	n4_session_t *chained;
	/** its neighbours in the order in which they were added */
	n4_session_t *before, *after;
	/** its neighbours among those of its SMF */
	n4_session_t *smf_before, *smf_after;
};

/**
 * Create a table.
 *
 * @param max		most sessions that it takes
 * @param smf_max	most sessions of an SMF
 * @return			table, NULL if there is no memory
 */
n4_sessions_t *n4_sessions_create(size_t max, size_t smf_max);

/**
 * Destroy a table and its sessions, which nobody may hold any more.
 */
void n4_sessions_destroy(n4_sessions_t *self);

/**
 * Get the place for contents, which those of sessions are from.
 */
n4_pages_t *n4_sessions_pages(n4_sessions_t *self);

/**
 * Get the number of sessions.
 */
size_t n4_sessions_count(const n4_sessions_t *self);

/**
 * Whether an SMF may have another session.
 *
 * @param self		table
 * @param smf		number of the SMF
 * @param opening	sessions of it that are about to come
 */
bool n4_sessions_have_room(const n4_sessions_t *self, unsigned int smf,
						   size_t opening);

/**
 * Find a session.
 *
 * @return			session, NULL if there is none
 */
n4_session_t *n4_sessions_find(n4_sessions_t *self, unsigned int smf,
							   uint64_t seid);

/**
 * Add a session that is not there.
 *
 * @param self		table
 * @param smf		number of its SMF
 * @param name		name of its SMF
 * @param seid		SEID of the UPF
 * @param content	what is known, adopted on success
 * @return			session, NULL if there are too many or there is no memory
 */
n4_session_t *n4_sessions_add(n4_sessions_t *self, unsigned int smf,
							  const char *name, uint64_t seid,
							  n4_content_t *content);

/**
 * Remove a session; it lives as long as somebody holds it.
 */
void n4_sessions_remove(n4_sessions_t *self, n4_session_t *session);

/**
 * Hold a session.
 *
 * @return			session, to be given to n4_sessions_put()
 */
n4_session_t *n4_sessions_get(n4_session_t *session);

/**
 * Hold it no longer.
 */
void n4_sessions_put(n4_sessions_t *self, n4_session_t *session);

/**
 * Get the first session of an SMF, to go from there to those after it.
 *
 * @return			session, NULL if there is none
 */
n4_session_t *n4_sessions_first(const n4_sessions_t *self, unsigned int smf);

/**
 * Begin to walk through all sessions, from the first one on.  There is one walk
 * at a time; sessions may come and go meanwhile.
 */
void n4_sessions_rewind(n4_sessions_t *self);

/**
 * Get the next session of the walk.
 *
 * @return			session, NULL after the last one
 */
n4_session_t *n4_sessions_next(n4_sessions_t *self);

#endif /** N4_SESSIONS_H_ @}*/
