/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_commands kupf_commands
 * @{ @ingroup kupf
 *
 * The commands of the protocol: from request to answer.
 */

#ifndef KUPF_COMMANDS_H_
#define KUPF_COMMANDS_H_

#include "kupf_audit.h"
#include "kupf_work.h"
#include "kupf/kupf.h"
#include "kupf_check.h"
#include "kupf/procedures/kupf_pool.h"
#include "kupf/procedures/kupf_procedures.h"
#include "wire/wire_reader.h"

typedef struct kupf_commands_t kupf_commands_t;

struct kupf_commands_t {

	/**
	 * Whether there are keys in answers.
	 */
	bool secret;

	/**
	 * Carry out a command, or begin to.  Called by the server's thread only.
	 *
	 * @param client	identifies the client
	 * @param peer		its user and process, for the log
	 * @param listing	whether it has registered for KUPF_LIST_EVENT
	 * @param name		name of the command
	 * @param arguments	reader at the beginning of the message, which has to stay
	 *					as it is as long as the work needs it
	 * @param work		[out] what is left to do, adopted by the caller, to be
	 *					done before the next request of this client; NULL if there
	 *					is nothing
	 * @return			answer: packet with its length, valid until the next call;
	 *					empty if there is work left, which sends it
	 */
	wire_octets_t (*execute)(kupf_commands_t *this, const void *client,
							 const kupf_peer_t *peer, bool listing,
							 wire_octets_t name,
							 wire_reader_t *arguments, kupf_work_t **work);

	/**
	 * Get the eventfd that is signalled when work that waits may go on.
	 */
	int (*get_wake)(kupf_commands_t *this);

	/**
	 * A client has disconnected; its work is destroyed.
	 *
	 * @param client	identifies the client
	 */
	void (*client_gone)(kupf_commands_t *this, const void *client);

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
 * @param addresses	inner addresses, to count
 * @param enforcer	tunnels, to list and count
 * @param check		looks for what is wrong
 * @return			commands
 */
kupf_commands_t *kupf_commands_create(kupf_procedures_t *sessions,
									  kupf_store_t *store, kupf_store_t *all,
									  kupf_preconfigured_t *preconfigured,
									  kupf_pool_t *pool,
									  kupf_ue_addresses_t *addresses,
									  kupf_enforcer_t *enforcer,
									  kupf_check_t *check);

#endif /** KUPF_COMMANDS_H_ @}*/
