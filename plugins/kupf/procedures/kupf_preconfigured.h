/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_preconfigured kupf_preconfigured
 * @{ @ingroup kupf
 *
 * Pre-configured keys: sessions from a file that the operator writes (study on
 * TR 33.778, "Using pre-configured PSK"), see PRECONFIGURED.md.
 *
 * A file (kupf_preconfigured_file) is taken as a whole or not at all: an error
 * leaves what was read before as it is.  What has not changed keeps its session
 * object and so its tunnels; what has changed counts as modified, what is not
 * there any more as deleted.  Whoever looks an identity up meanwhile finds its
 * line as it was or as it is, whatever lines are renamed.
 *
 * An inner address is of one line, or of two: the old and the new key of a UE.
 * No line has one of a session that is fed, but for one that hides it.  A tunnel
 * of a line whose address is another line's now is closed at once.
 *
 * The sessions are in a store of their own, under the one of those that are
 * fed over the socket (kupf_overlay), which win.  As in the other store, a
 * change is made first, and the enforcer told then.
 *
 * All methods but destroy() may be called by any thread, but not in charon's
 * hooks: load() reads a file.
 */

#ifndef KUPF_PRECONFIGURED_H_
#define KUPF_PRECONFIGURED_H_

#include "kupf/kupf.h"
#include "kupf/kupf_error.h"
#include "kupf/credentials/kupf_fetch.h"
#include "kupf_ue_addresses.h"

typedef struct kupf_preconfigured_t kupf_preconfigured_t;

/**
 * Reads the file: kupf_preconfigured_file_read().
 */
typedef bool (*kupf_preconfigured_read_t)(const char *path,
										  kupf_store_t *store,
										  kupf_error_t *error);

struct kupf_preconfigured_t {

	/**
	 * Get the sessions.
	 *
	 * @return			internal store
	 */
	kupf_store_t *(*get_store)(kupf_preconfigured_t *this);

	/**
	 * Set who waits for sessions: to be told of those that come with the file.
	 *
	 * @param fetch		outlives all calls of load(), or NULL
	 */
	void (*set_fetch)(kupf_preconfigured_t *this, kupf_fetch_t *fetch);

	/**
	 * Set the file, from the settings.
	 *
	 * @param path		path, NULL for no file
	 * @param max		most sessions in it, 0 for no limit
	 */
	void (*set_file)(kupf_preconfigured_t *this, const char *path, u_int max);

	/**
	 * Get the path of the file; this does not wait while one is read.
	 *
	 * @return			allocated, NULL for no file
	 */
	char *(*get_path)(kupf_preconfigured_t *this);

	/**
	 * Read the file; without one there are no sessions.  One thread at a time
	 * reads, for all that have asked before it began: however many ask, each
	 * waits for two files at most.  What came of it is also logged.
	 *
	 * @param error		[out] error: names the line and the field, no value
	 * @return			FALSE if there is an error, and nothing has changed
	 */
	bool (*load)(kupf_preconfigured_t *this, kupf_error_t *error);

	/**
	 * A session was fed over the socket: close the tunnels of those that it
	 * hides.
	 *
	 * @param session	session, in the store
	 */
	void (*hide)(kupf_preconfigured_t *this, kupf_session_t *session);

	/**
	 * A session that was fed over the socket is gone, or has another identity:
	 * tell the enforcer about those that it has hidden and that nothing hides
	 * any more.
	 *
	 * @param session	session, not in the store any more
	 */
	void (*show)(kupf_preconfigured_t *this, kupf_session_t *session);

	/**
	 * Destroy the object and its sessions.
	 */
	void (*destroy)(kupf_preconfigured_t *this);
};

/**
 * Create the object, without a session.
 *
 * @param fed		sessions that are fed over the socket
 * @param enforcer	knows the tunnels
 * @param addresses	inner addresses of the UEs
 * @param read		reads the file
 */
kupf_preconfigured_t *kupf_preconfigured_create(kupf_store_t *fed,
											kupf_enforcer_t *enforcer,
											kupf_ue_addresses_t *addresses,
											kupf_preconfigured_read_t read);

#endif /** KUPF_PRECONFIGURED_H_ @}*/
