/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_completion kupfctl_completion
 * @{ @ingroup kupfctl
 *
 * Scripts for the completion of shells, made of the table of commands.
 *
 * For names of sessions they run "kupfctl completion sessions", which prints
 * those only that no shell takes for anything but a word.
 */

#ifndef KUPFCTL_COMPLETION_H_
#define KUPFCTL_COMPLETION_H_

#include "kupfctl.h"

/** What stands in a table for names of files, and of sessions */
#define KUPFCTL_WORDS_FILE "FILE"
#define KUPFCTL_WORDS_SESSION "SESSION"

/** Print the script for zsh */
void kupfctl_completion_zsh(void);

/** Print the script for fish */
void kupfctl_completion_fish(void);

/**
 * Print a case for each option of a command that has an argument.
 *
 * @param command	its name, or a pattern
 * @param options	options, or NULL
 * @param print		prints what offers these words
 * @param end		what stands behind that
 */
void kupfctl_completion_arguments(const char *command,
								  const kupfctl_option_t *options,
								  void (*print)(const char *words),
								  const char *end);

/**
 * Print names of options, a blank before each.
 *
 * @param options	options, or NULL
 */
void kupfctl_completion_names(const kupfctl_option_t *options);

#endif /** KUPFCTL_COMPLETION_H_ @}*/
