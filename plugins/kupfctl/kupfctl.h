/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl kupfctl
 *
 * @defgroup kupfctl_h kupfctl
 * @{ @ingroup kupfctl
 *
 * Command line tool for the socket of plugin kupf.
 *
 * It knows the wire only (libvici), and kupf_kdf for "derive".  Each command
 * is one file, kupfctl_COMMAND.c, with one constant kupfctl_command_t that
 * the table in kupfctl.c refers to.  Parsing, --help and shell completion all
 * come from these tables.
 */

#ifndef KUPFCTL_H_
#define KUPFCTL_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct kupfctl_t kupfctl_t;
typedef struct kupfctl_option_t kupfctl_option_t;
typedef struct kupfctl_command_t kupfctl_command_t;
typedef struct kupfctl_args_t kupfctl_args_t;
typedef enum kupfctl_status_t kupfctl_status_t;

/**
 * Exit status of the tool.
 */
enum kupfctl_status_t {
	/** done */
	KUPFCTL_DONE = 0,
	/** refused by the daemon */
	KUPFCTL_REFUSED = 1,
	/** wrong usage, unusable input, or output that can't be written */
	KUPFCTL_USAGE = 2,
	/** no connection to the daemon, or it was lost */
	KUPFCTL_NO_CONNECTION = 3,
};

/**
 * What is the same for all commands.
 */
struct kupfctl_t {
	/** URI of the socket */
	const char *socket;
	/** output in JSON */
	bool json;
};

/**
 * An option of a command.  Tables of them end with one that has no name.
 */
struct kupfctl_option_t {
	/** name with its dashes */
	const char *name;
	/** name of its argument, NULL if it has none */
	const char *arg;
	/** words that completion offers for the argument, separated by spaces;
	 * "FILE" for names of files; NULL for none */
	const char *words;
	/** field in the request, NULL if it is not sent as it is */
	const char *field;
	/** may be repeated */
	bool many;
	/** what it is, for --help */
	const char *help;
};

/**
 * A command.
 */
struct kupfctl_command_t {
	/** name */
	const char *name;
	/** positional arguments, for --help; empty if there are none */
	const char *usage;
	/** words that completion offers for them, as in kupfctl_option_t */
	const char *words;
	/** what it does, a few words */
	const char *summary;
	/** the same at length, lines of at most 78 columns; or NULL */
	const char *details;
	/** its options, NULL if it has none */
	const kupfctl_option_t *options;
	/** least number of positional arguments */
	unsigned int min;
	/** highest number of positional arguments */
	unsigned int max;

	/**
	 * Carry it out.
	 *
	 * @param ctl		global settings
	 * @param args		parsed arguments
	 * @return			exit status; errors have been printed
	 */
	kupfctl_status_t (*run)(const kupfctl_t *ctl, const kupfctl_args_t *args);
};

/** The commands; the last one is NULL */
extern const kupfctl_command_t *const kupfctl_commands[];

/** Options that every command has */
extern const kupfctl_option_t kupfctl_global_options[];

extern const kupfctl_command_t kupfctl_version;
extern const kupfctl_command_t kupfctl_establish;
extern const kupfctl_command_t kupfctl_load;
extern const kupfctl_command_t kupfctl_modify;
extern const kupfctl_command_t kupfctl_rekey;
extern const kupfctl_command_t kupfctl_retry;
extern const kupfctl_command_t kupfctl_reject;
extern const kupfctl_command_t kupfctl_reload;
extern const kupfctl_command_t kupfctl_delete;
extern const kupfctl_command_t kupfctl_list;
extern const kupfctl_command_t kupfctl_stats;
extern const kupfctl_command_t kupfctl_check;
extern const kupfctl_command_t kupfctl_watch;
extern const kupfctl_command_t kupfctl_derive;
extern const kupfctl_command_t kupfctl_completion;

#endif /** KUPFCTL_H_ @}*/
