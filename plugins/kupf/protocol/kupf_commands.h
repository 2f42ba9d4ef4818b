/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_commands kupf_commands
 * @{ @ingroup kupf
 *
 * The commands of the protocol: from request to reply.
 */

#ifndef KUPF_COMMANDS_H_
#define KUPF_COMMANDS_H_

#include "kupf/kupf.h"
#include "kupf/procedures/kupf_pool.h"
#include "kupf/procedures/kupf_procedures.h"

#include <vici_message.h>

typedef struct kupf_commands_t kupf_commands_t;

struct kupf_commands_t {

	/**
	 * Carry out a command.  Called by the server's thread only.
	 *
	 * @param client	identifies the client
	 * @param name		name of the command, need not end in NUL
	 * @param message	arguments, kupf_packet_check()ed
	 * @param stream	[out] messages to send as list-session events before the
	 *					reply: enumerator over vici_message_t*, adopted by the
	 *					caller as are the messages; NULL if there are none
	 * @return			reply, NULL if there is no such command
	 */
	vici_message_t *(*execute)(kupf_commands_t *this, const void *client,
							   chunk_t name, vici_message_t *message,
							   enumerator_t **stream);

	/**
	 * A client has disconnected.
	 *
	 * @param client	identifies the client
	 */
	void (*forget)(kupf_commands_t *this, const void *client);

	/**
	 * Destroy the commands.
	 */
	void (*destroy)(kupf_commands_t *this);
};

/**
 * Create the commands.
 *
 * @param sessions	procedures
 * @param store		sessions that are fed by clients
 * @param all		these and the pre-configured ones, to list
 * @param preconfigured	pre-configured ones, to read anew
 * @param pool		addresses, to count
 * @param enforcer	tunnels, to list and count
 * @return			commands
 */
kupf_commands_t *kupf_commands_create(kupf_procedures_t *sessions,
									  kupf_store_t *store, kupf_store_t *all,
									  kupf_preconfigured_t *preconfigured,
									  kupf_pool_t *pool,
									  kupf_enforcer_t *enforcer);

#endif /** KUPF_COMMANDS_H_ @}*/
