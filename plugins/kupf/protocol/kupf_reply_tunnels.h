/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_reply_tunnels kupf_reply_tunnels
 * @{ @ingroup kupf
 *
 * From the tunnels and connections of a session to a message.
 */

#ifndef KUPF_REPLY_TUNNELS_H_
#define KUPF_REPLY_TUNNELS_H_

#include "kupf_reply.h"
#include "kupf/kupf.h"

/**
 * Add the tunnels of a session that is up, with their CHILD_SAs and what has
 * passed through these, as far as it was measured: section ike-sas.
 *
 * @param tunnels	tunnels
 * @param count		their number
 */
void kupf_reply_tunnels(wire_writer_t *writer, const kupf_tunnel_t *tunnels,
						u_int count);

/**
 * Add how many TLS and QUIC connections a session has, and some of them: section
 * psk-connections.
 *
 * @param consumers	know them
 * @param session	name of the session
 */
void kupf_reply_connections(wire_writer_t *writer,
							kupf_consumers_t *consumers, const char *session);

#endif /** KUPF_REPLY_TUNNELS_H_ @}*/
