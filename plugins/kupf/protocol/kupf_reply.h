/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_reply kupf_reply
 * @{ @ingroup kupf
 *
 * From sessions and errors to messages.  None of them ever holds a key.
 *
 * These functions add to a message that somebody else writes.
 */

#ifndef KUPF_REPLY_H_
#define KUPF_REPLY_H_

#include "kupf_check.h"
#include "kupf/kupf_tunnel.h"
#include "kupf/procedures/kupf_request.h"
#include "kupf/store/kupf_session.h"

#include "wire/wire_packet.h"

/**
 * Begin the reply to a request.
 *
 * @param writer	[out] writer, to be given to wire_writer_deinit()
 */
void kupf_reply_begin(wire_writer_t *writer);

/**
 * End the reply to a request, and count it.
 *
 * @param command	name of the command, to log a refusal
 * @param success	whether it has succeeded
 * @param error		why it has not, in that case
 * @return			packet with its length, valid as long as the writer; empty
 *					if memory is exhausted
 */
wire_octets_t kupf_reply_end(wire_writer_t *writer, const char *command,
							 bool success, const kupf_error_t *error);

/**
 * Add a key and a time by the clock on the wall, seconds since 1970.
 *
 * @param when		time_monotonic() seconds, 0 for never, which stays 0
 */
void kupf_reply_time(wire_writer_t *writer, const char *name, uint32_t when);

/**
 * Add a key and an IKE identity in typed text.
 */
void kupf_reply_identity(wire_writer_t *writer, const char *name,
						 id_type_t type, chunk_t id);

/**
 * Add an address with a port: 192.0.2.1[4500], as in events; nothing if it is
 * not known.
 */
void kupf_reply_endpoint(wire_writer_t *writer, const char *name,
						 const kupf_address_t *address, uint16_t port);

/**
 * Add a list of addresses.
 */
void kupf_reply_addresses(wire_writer_t *writer, const char *name,
						  const kupf_address_t *addresses, u_int count);

/**
 * Add what a client needs to know of its session: session, ue-id, upf-address
 * (if there is one), generation, expires.
 */
void kupf_reply_session(wire_writer_t *writer,
						const kupf_session_t *session);

/**
 * Add what the session leads to: dnn and snssai, if known.
 */
void kupf_reply_network(wire_writer_t *writer, const kupf_session_t *session);

/**
 * Add what kupf_reply_session() leaves out: pdu-session-id, dnn, snssai (if
 * known), origin, ue-addresses, services, all other members, created, modified.
 *
 * @param tunnel	tunnel, or NULL; what it was assigned is told as ue-addresses in
 *					place of the session's
 */
void kupf_reply_details(wire_writer_t *writer, const kupf_session_t *session,
						const kupf_tunnel_t *tunnel);

/**
 * Add cause and errmsg.
 */
void kupf_reply_error(wire_writer_t *writer, const kupf_error_t *error);

/**
 * Look for what is wrong with the host, and add it to a reply.
 *
 * @param reply		reply
 * @param check		looks
 */
void kupf_reply_check(wire_writer_t *reply, kupf_check_t *check);

#endif /** KUPF_REPLY_H_ @}*/
