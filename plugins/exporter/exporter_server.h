/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup exporter exporter
 *
 * @defgroup exporter_server exporter_server
 * @{ @ingroup exporter
 *
 * Answers HTTP requests for the daemon's metrics, on one thread of its own.
 *
 *   GET or HEAD of /metrics   200 with the metrics, or 503 with a sentence
 *   anything else             404 or 405 with a sentence
 *
 * Whatever clients do, the daemon is asked once a second at most: an answer,
 * the sentence as well, is good for that long.  Clients are bounded: sixteen
 * connections, ten seconds for one that is silent, 16 KiB for a request.
 */

#ifndef EXPORTER_SERVER_H_
#define EXPORTER_SERVER_H_

#include <sys/socket.h>

typedef struct exporter_server_t exporter_server_t;

/**
 * Start to serve.
 *
 * @param listen	address and port to listen on, IPv4 or IPv6; port 0 for any
 * @param socket	URI of the daemon's socket, has to stay
 * @param timeout	how long the daemon may take for an answer, ms
 * @return			server, NULL with errno if there cannot be one
 */
exporter_server_t *exporter_server_create(const struct sockaddr *listen,
										  const char *socket,
										  unsigned int timeout);

/**
 * Get the port that it listens on.
 */
unsigned int exporter_server_get_port(exporter_server_t *self);

/**
 * Close all connections, and end.
 *
 * @param self		server, or NULL
 */
void exporter_server_destroy(exporter_server_t *self);

#endif /** EXPORTER_SERVER_H_ @}*/
