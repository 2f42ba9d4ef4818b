/* SPDX-License-Identifier: MIT */

/**
 * @defgroup psk_announce psk_announce
 * @{ @ingroup psk
 *
 * Tells the daemon of the connections of a consumer: of a new one, of all of them
 * when there is another connection to the daemon, which does not know any, and
 * of those that were closed.
 */

#ifndef PSK_ANNOUNCE_H_
#define PSK_ANNOUNCE_H_

#include "psk_links.h"

#include "client/kupf_client.h"

/**
 * Begin the request that tells of a connection, to be sent by the caller.
 */
void psk_announce_begin(kupf_client_t *client, const psk_link_t *link);

/**
 * Whether the daemon has taken a connection up with the key that it was set up
 * with, and for the same session: an identity may have got another key.
 */
bool psk_announce_is_right(const psk_link_t *link,
						   const kupf_client_reply_t *reply);

/**
 * The daemon knows a connection, and says of which generation its key is.
 */
void psk_announce_taken(psk_link_t *link, const kupf_client_reply_t *reply);

/**
 * Tell the daemon of the connections that it is to be told of, as many as can be
 * without waiting.  Those that were closed are removed; those of another key, or
 * that the daemon does not want, are marked as ending.
 *
 * @param client	client, which has a connection to the daemon
 * @param links		connections, which have to live as long as the client
 * @param serial	number of the connection to the daemon that they are told on
 */
void psk_announce_all(kupf_client_t *client, psk_links_t *links,
					  uint64_t serial);

#endif /** PSK_ANNOUNCE_H_ @}*/
