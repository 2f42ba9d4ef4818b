/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_audit.h"
#include "kupf/kupf_counters.h"
#include "kupf/kupf_limiter.h"

#include <inttypes.h>

/** Room for who it was */
#define PEER_SIZE 48

/** For all of these lines */
static kupf_limiter_t limiter = KUPF_LIMITER("kupf audit",
											 kupf_count_suppressed);

/**
 * Requests that had no line of their own.
 */
static struct {
	/** requests */
	uint64_t requests;
	/** sessions with which it was done, and that were refused */
	uint64_t done, failed;
	/** client */
	kupf_peer_t peer;
	/** there were others, too */
	bool several;
} unnamed;

/**
 * Print who it was.
 */
static const char *print_peer(const kupf_peer_t *peer, char text[PEER_SIZE])
{
	snprintf(text, PEER_SIZE, "uid %u, pid %d", peer->uid, peer->pid);
	return text;
}

/**
 * Add a request to those without a line of their own.
 */
static void add(const kupf_peer_t *peer, u_int done, u_int failed)
{
	if (!unnamed.requests)
	{
		unnamed.peer = *peer;
	}
	else if (unnamed.peer.uid != peer->uid || unnamed.peer.pid != peer->pid)
	{
		unnamed.several = TRUE;
	}
	unnamed.requests++;
	unnamed.done += done;
	unnamed.failed += failed;
}

/*
 * Described in header
 */
void kupf_audit_flush()
{
	char peer[PEER_SIZE];

	if (unnamed.requests)
	{
		DBG1(DBG_CFG, "kupf audit: %s: %" PRIu64 " requests without a line: "
			 "%" PRIu64 " sessions done, %" PRIu64 " refused",
			 unnamed.several ? "several clients" :
							   print_peer(&unnamed.peer, peer),
			 unnamed.requests, unnamed.done, unnamed.failed);
		memset(&unnamed, 0, sizeof(unnamed));
	}
}

/**
 * Whether a request may have a line; if not, it is added to the others.
 */
static bool has_line(const kupf_audit_t *audit, u_int done, u_int failed)
{
	if (kupf_limiter_allows(&limiter))
	{
		kupf_audit_flush();
		return TRUE;
	}
	add(&audit->peer, done, failed);
	return FALSE;
}

/*
 * Described in header
 */
void kupf_audit_one(const kupf_audit_t *audit, const char *session,
					const kupf_error_t *error)
{
	bool done = error->cause == KUPF_CAUSE_NONE;
	char peer[PEER_SIZE];

	if (has_line(audit, done, !done))
	{
		DBG1(DBG_CFG, "kupf audit: %s: %s%s%s%s%s%s",
			 print_peer(&audit->peer, peer), audit->command,
			 *session ? " '" : "", session, *session ? "'" : "",
			 done ? "" : ", refused: ",
			 done ? "" : enum_to_name(kupf_cause_names, error->cause));
	}
}

/*
 * Described in header
 */
void kupf_audit_many(const kupf_audit_t *audit, u_int done, u_int failed,
					 const kupf_error_t *error)
{
	bool whole = error->cause == KUPF_CAUSE_NONE;
	char peer[PEER_SIZE];

	if (has_line(audit, done, failed))
	{
		DBG1(DBG_CFG, "kupf audit: %s: %s, %u sessions done, %u refused%s%s",
			 print_peer(&audit->peer, peer), audit->command, done, failed,
			 whole ? "" : ", then refused: ",
			 whole ? "" : enum_to_name(kupf_cause_names, error->cause));
	}
}
