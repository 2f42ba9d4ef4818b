/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_reply_tunnels kupf_reply_tunnels
 * @{ @ingroup kupf
 *
 * From the tunnels of a session to a message.
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

#endif /** KUPF_REPLY_TUNNELS_H_ @}*/
