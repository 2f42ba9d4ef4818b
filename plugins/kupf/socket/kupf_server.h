/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_server kupf_server
 * @{ @ingroup kupf
 *
 * The UNIX socket that the SMF side feeds: listens, checks who connects, and
 * runs the connections.
 *
 * It has one thread of its own, which waits for all clients with epoll: no
 * client can occupy one of charon's workers, and requests of all clients are
 * carried out one after the other, long ones in steps (kupf_work) between which
 * it looks after all the others.  libstrongswan's stream service is not used
 * since it hides the file descriptor, which the check of the peer's
 * credentials needs.
 */

#ifndef KUPF_SERVER_H_
#define KUPF_SERVER_H_

#include "kupf/protocol/kupf_commands.h"
#include "kupf/protocol/kupf_publisher.h"

typedef struct kupf_server_t kupf_server_t;
typedef struct kupf_server_config_t kupf_server_config_t;

/**
 * Settings, valid during kupf_server_create() only.
 */
struct kupf_server_config_t {
	/** unix://PATH */
	const char *uri;
	/** group of the socket, name or number; NULL for that of charon */
	const char *group;
	/** users who may connect, names or numbers separated by comma or space;
	 * NULL for all that the mode of the socket admits */
	const char *allowed_users;
	/** groups who may connect, likewise; either is enough */
	const char *allowed_groups;
	/** most connections */
	u_int max_connections;
};

struct kupf_server_t {

	/**
	 * Close all connections, remove the socket and end the thread.
	 */
	void (*destroy)(kupf_server_t *this);
};

/**
 * Create the socket, mode 0660 with the user of charon, and start to serve.
 *
 * @param config	settings
 * @param commands	commands, outlive the server
 * @param publisher	tells about events, outlive the server
 * @return			server, NULL on failure (which is logged)
 */
kupf_server_t *kupf_server_create(const kupf_server_config_t *config,
								  kupf_commands_t *commands,
								  kupf_publisher_t *publisher);

#endif /** KUPF_SERVER_H_ @}*/
