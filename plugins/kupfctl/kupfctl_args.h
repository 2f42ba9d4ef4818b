/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_args kupfctl_args
 * @{ @ingroup kupfctl
 *
 * Arguments of the command line, parsed by a command's table of options.
 */

#ifndef KUPFCTL_ARGS_H_
#define KUPFCTL_ARGS_H_

#include "kupfctl.h"

/** Most arguments on a command line */
#define KUPFCTL_ARGS_MAX 512

/**
 * Parsed arguments; strings are borrowed from argv.
 */
struct kupfctl_args_t {
	/** options given, in their order */
	struct {
		/** which one */
		const kupfctl_option_t *option;
		/** its argument, NULL if it has none */
		const char *value;
	} given[KUPFCTL_ARGS_MAX];
	/** number of options given */
	unsigned int count;
	/** positional arguments, in their order */
	const char *words[KUPFCTL_ARGS_MAX];
	/** number of positional arguments */
	unsigned int words_count;
};

/**
 * Parse arguments.  Options may stand before, between and after positional
 * arguments, as "--name value" and "--name=value"; "--" ends them.
 *
 * @param args		[out] parsed arguments
 * @param options	options allowed besides the global ones, or NULL
 * @param argc		number of arguments
 * @param argv		arguments, without the names of program and command
 * @param first		stop at the first positional argument
 * @return			number of arguments parsed, -1 if wrong: that was printed
 */
int kupfctl_args_parse(kupfctl_args_t *args, const kupfctl_option_t *options,
					   int argc, char *argv[], bool first);

/**
 * Get the argument of an option that was given, or the option's own name if
 * it has no argument.
 *
 * @param args		parsed arguments
 * @param name		name of option
 * @return			argument, NULL if the option was not given
 */
const char *kupfctl_args_get(const kupfctl_args_t *args, const char *name);

#endif /** KUPFCTL_ARGS_H_ @}*/
