/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_commands kupf_psk_commands
 * @{ @ingroup kupf
 *
 * The commands of a consumers' socket: look-up of a key by its identity, the
 * request for one that is lacking, and what a consumer tells of its connections.
 * There is none that lists anything.
 *
 * Answers with keys are built in memory that is kept out of core dumps, and are
 * wiped before the next one.  For one thread, the server's.
 */

#ifndef KUPF_PSK_COMMANDS_H_
#define KUPF_PSK_COMMANDS_H_

#include "kupf_psk_connections.h"
#include "kupf_psk_requests.h"
#include "kupf_psk_service.h"
#include "kupf/protocol/kupf_commands.h"

/**
 * Create the commands.
 *
 * @param service	service, outlives the commands as all others do
 * @param requests	requests for keys of the service
 * @param connections	connections of all consumers
 * @param smf		tells the SMF side about events
 * @param role		what the host is
 * @return			commands, NULL if memory is exhausted
 */
kupf_commands_t *kupf_psk_commands_create(kupf_psk_service_t *service,
										  kupf_psk_requests_t *requests,
										  kupf_psk_connections_t *connections,
										  kupf_publisher_t *smf,
										  kupf_role_t role);

#endif /** KUPF_PSK_COMMANDS_H_ @}*/
