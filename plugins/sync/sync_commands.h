/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_commands sync_commands
 * @{ @ingroup sync
 *
 * What an operator, or a test, does with a group by hand.
 */

#ifndef SYNC_COMMANDS_H_
#define SYNC_COMMANDS_H_

#include "sync_config.h"

/** Exit statuses */
#define SYNC_EXIT_DONE 0
#define SYNC_EXIT_REFUSED 1
#define SYNC_EXIT_WRONG 2
#define SYNC_EXIT_LOST 3

/**
 * Whether there is a command of that name.
 */
bool sync_commands_has(const char *name);

/**
 * Carry out a command; what comes of it is printed.
 *
 * @param config	configuration
 * @param key_file	file with a key, "-" for standard input, NULL for none
 * @param count		number of words
 * @param words		command, and what goes with it
 * @return			exit status
 */
int sync_commands_run(const sync_config_t *config, const char *key_file,
					  int count, char *words[]);

#endif /** SYNC_COMMANDS_H_ @}*/
