/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl kupfctl
 *
 * @defgroup kupfctl_h kupfctl
 * @{ @ingroup kupfctl
 *
 * Command line tool for the socket of plugin kupf.
 *
 * It knows the client library only, and kupf_kdf for "derive".  All commands
 * are in one table, kupfctl_commands.c; those that do more than to send a
 * request and print the reply have a file of their own, kupfctl_COMMAND.c.
 * Parsing, --help and shell completion all come from the table.
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
	/** how long the daemon may take to answer, ms */
	unsigned int timeout;
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
	 * "FILE" for names of files, "SESSION" for those of sessions; NULL for
	 * none */
	const char *words;
	/** field in the request, NULL if it is not sent as it is */
	const char *field;
	/** may be repeated */
	bool many;
	/** what it is, for --help */
	const char *help;
	/** what the field is in a line of a file, if it has another name there than
	 * in the request */
	const char *word;
};

/**
 * A command.
 */
struct kupfctl_command_t {
	/** name */
	const char *name;
	/** positional arguments, for --help; NULL if there are none */
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

	/** name of the request that it sends; NULL if run does it all */
	const char *request;
	/** field of its positional argument, NULL for the name of a session */
	const char *field;
	/** it takes lines with fields, which --help lists */
	bool has_lines;
	/** one of the options with a key has to be given */
	bool needs_key;

	/** carries it out for the sessions of --file, if that is given, in place of
	 * the one that is named; NULL if there is no such option */
	kupfctl_status_t (*run_file)(const kupfctl_t *ctl,
								 const kupfctl_args_t *args);

	/**
	 * Carry it out; NULL to send the request and print the reply.
	 *
	 * @param ctl		global settings
	 * @param args		parsed arguments
	 * @return			exit status; errors have been printed
	 */
	kupfctl_status_t (*run)(const kupfctl_t *ctl, const kupfctl_args_t *args);
};

/** Events that "watch" registers for if none are named */
#define KUPFCTL_EVENTS \
	"tunnel-up tunnel-down auth-failed session-expired rekey-request " \
	"session-flapping"

/** The commands; the last one has no name */
extern const kupfctl_command_t kupfctl_commands[];

/** Options that every command has */
extern const kupfctl_option_t kupfctl_global_options[];

/** Those that do it all themselves, see run above */
kupfctl_status_t kupfctl_load(const kupfctl_t *ctl,
							  const kupfctl_args_t *args);
kupfctl_status_t kupfctl_sync(const kupfctl_t *ctl,
							  const kupfctl_args_t *args);
kupfctl_status_t kupfctl_modify_many(const kupfctl_t *ctl,
									 const kupfctl_args_t *args);
kupfctl_status_t kupfctl_delete_many(const kupfctl_t *ctl,
									 const kupfctl_args_t *args);
kupfctl_status_t kupfctl_metrics(const kupfctl_t *ctl,
								 const kupfctl_args_t *args);
kupfctl_status_t kupfctl_list(const kupfctl_t *ctl,
							  const kupfctl_args_t *args);
kupfctl_status_t kupfctl_check(const kupfctl_t *ctl,
							   const kupfctl_args_t *args);
kupfctl_status_t kupfctl_watch(const kupfctl_t *ctl,
							   const kupfctl_args_t *args);
kupfctl_status_t kupfctl_derive(const kupfctl_t *ctl,
								const kupfctl_args_t *args);
kupfctl_status_t kupfctl_completion(const kupfctl_t *ctl,
									const kupfctl_args_t *args);

#endif /** KUPFCTL_H_ @}*/
