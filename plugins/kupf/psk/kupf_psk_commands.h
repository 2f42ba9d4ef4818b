/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk_commands kupf_psk_commands
 * @{ @ingroup kupf
 *
 * The commands of a consumers' socket: look-up of a key by its identity, and
 * the request for one that is lacking.  There is none that lists anything.
 *
 * Answers with keys are built in memory that is kept out of core dumps, and are
 * wiped before the next one.  For one thread, the server's.
 */

#ifndef KUPF_PSK_COMMANDS_H_
#define KUPF_PSK_COMMANDS_H_

#include "kupf_psk_service.h"
#include "kupf/protocol/kupf_commands.h"

/**
 * Create the commands.
 *
 * @param service	service, outlives the commands
 * @param smf		tells the SMF side about events
 * @param rate		requests for keys in a second, 0 for any number
 * @param role		what the host is
 * @return			commands, NULL if memory is exhausted
 */
kupf_commands_t *kupf_psk_commands_create(kupf_psk_service_t *service,
										  kupf_publisher_t *smf, u_int rate,
										  kupf_role_t role);

#endif /** KUPF_PSK_COMMANDS_H_ @}*/
