/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_socket kupf_socket
 * @{ @ingroup kupf
 *
 * The UNIX socket in the file system: mode 0660 from the moment it exists, with
 * the user of charon.
 *
 * A second charon, by mistake or to find out that there is one already, takes
 * nothing from the first: an old socket in the way is removed only if nobody
 * serves it, and at the end ours only if it is still the one at its path.
 */

#ifndef KUPF_SOCKET_H_
#define KUPF_SOCKET_H_

#include <library.h>

typedef struct kupf_socket_t kupf_socket_t;

/**
 * For one thread.
 */
struct kupf_socket_t {

	/**
	 * Get the file descriptor, which does not block.
	 */
	int (*get_fd)(kupf_socket_t *this);

	/**
	 * Remove the socket and close it.
	 */
	void (*destroy)(kupf_socket_t *this);
};

/**
 * Whether a text names a socket: unix://PATH, and the path is short enough.
 *
 * @param uri		text
 */
bool kupf_socket_is_uri(const char *uri);

/**
 * Get the path of a text that names a socket.
 *
 * @param uri		unix://PATH
 * @return			part of the text
 */
const char *kupf_socket_get_path(const char *uri);

/**
 * Create the socket, and listen.
 *
 * @param uri		unix://PATH
 * @param group		group of the socket, name or number; NULL for that of charon
 * @return			socket, NULL on failure (which is logged)
 */
kupf_socket_t *kupf_socket_create(const char *uri, const char *group);

#endif /** KUPF_SOCKET_H_ @}*/
