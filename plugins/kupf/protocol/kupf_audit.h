/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_audit kupf_audit
 * @{ @ingroup kupf
 *
 * Who changed what: a line of the log, which begins with "kupf audit:", for
 * each request that changes sessions, or was to; one for all sessions of a
 * batch.  Names of sessions are in it, and never a key.
 *
 * Clients can make as many requests as they like: beyond the rate of a
 * kupf_limiter they are added up, and a line with their number comes before the
 * next one, or when charon ends.  For the server's thread only.
 */

#ifndef KUPF_AUDIT_H_
#define KUPF_AUDIT_H_

#include "kupf/kupf_error.h"

#include <sys/types.h>

typedef struct kupf_peer_t kupf_peer_t;
typedef struct kupf_audit_t kupf_audit_t;

/**
 * A client, as it was when it connected.
 */
struct kupf_peer_t {
	/** user */
	uid_t uid;
	/** process; 0 if it is of another namespace */
	pid_t pid;
};

/**
 * A request.
 */
struct kupf_audit_t {
	/** who */
	kupf_peer_t peer;
	/** name of the command, constant */
	const char *command;
};

/**
 * Log a request about one session, or about none.
 *
 * @param session	its name, empty if there is none or it is not valid
 * @param error		why it was refused, no cause if it was not
 */
void kupf_audit_one(const kupf_audit_t *audit, const char *session,
					const kupf_error_t *error);

/**
 * Log a request about many sessions.
 *
 * @param done		sessions with which it was done
 * @param failed	sessions that were refused
 * @param error		why it ended early, no cause if it did not
 */
void kupf_audit_many(const kupf_audit_t *audit, u_int done, u_int failed,
					 const kupf_error_t *error);

/**
 * Log what was added up, now.
 */
void kupf_audit_flush();

#endif /** KUPF_AUDIT_H_ @}*/
