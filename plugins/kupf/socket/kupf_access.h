/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_access kupf_access
 * @{ @ingroup kupf
 *
 * Which processes may connect to the socket, and who they are.
 */

#ifndef KUPF_ACCESS_H_
#define KUPF_ACCESS_H_

#include "kupf/protocol/kupf_audit.h"

#include <library.h>

#include <sys/types.h>

typedef struct kupf_access_t kupf_access_t;

struct kupf_access_t {

	/**
	 * Check the process at the other end of a connected UNIX socket by its
	 * credentials at the time of connect(): its user, or any of its groups.
	 * A process of root may always connect: it could become any user.
	 *
	 * @param fd		socket
	 * @return			TRUE if it may connect
	 */
	bool (*is_allowed)(kupf_access_t *this, int fd);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_access_t *this);
};

/**
 * Create the check.
 *
 * @param users		users, names or numbers separated by comma or space, or NULL
 * @param groups	groups, likewise; if neither is set, everybody may connect
 * @return			check, NULL if a name is not known
 */
kupf_access_t *kupf_access_create(const char *users, const char *groups);

/**
 * Get the process at the other end of a connected UNIX socket, as it was at the
 * time of connect().
 *
 * @param fd		socket
 * @return			its user and number, user -1 if the system does not say
 */
kupf_peer_t kupf_access_get_peer(int fd);

/**
 * Whether there are users of all these names.
 *
 * @param names		names or numbers, as for kupf_access_create()
 */
bool kupf_access_are_users(const char *names);

/**
 * Whether there are groups of all these names.
 *
 * @param names		names or numbers, as for kupf_access_create()
 */
bool kupf_access_are_groups(const char *names);

/**
 * Find a group.
 *
 * @param name		name or number
 * @param id		[out] group
 * @return			FALSE if there is none of that name
 */
bool kupf_access_find_group(const char *name, gid_t *id);

#endif /** KUPF_ACCESS_H_ @}*/
