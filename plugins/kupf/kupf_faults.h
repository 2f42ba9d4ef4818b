/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_faults kupf_faults
 * @{ @ingroup kupf
 *
 * What is wrong with the settings of the plugins, from when they were read last
 * until they are read again, also of a plugin that did not load for it.  It is
 * logged when it is found, and the command "check" tells it later.
 *
 * There is room for a fixed number of faults, each of a fixed length; what does
 * not fit is logged all the same.  Any thread may call; the lock is a leaf.
 */

#ifndef KUPF_FAULTS_H_
#define KUPF_FAULTS_H_

#include <library.h>

/** Faults that are kept */
#define KUPF_FAULTS_MAX 32

/** Room for the text of a fault with its NUL; a longer one is cut */
#define KUPF_FAULT_SIZE 320

/**
 * Called for each fault, which it must not call back for.
 *
 * @param user		user data
 * @param wrong		whether it is an error, or only a warning
 * @param text		sentence, without name of the plugin
 */
typedef void (*kupf_faults_cb_t)(void *user, bool wrong, const char *text);

/**
 * Forget the faults of a plugin, as its settings are read anew.
 *
 * @param plugin	name of the plugin
 */
void kupf_faults_forget(const char *plugin);

/**
 * Log a fault and keep it.
 *
 * @param plugin	name of the plugin, a literal
 * @param wrong		whether it is an error, or only a warning
 * @param fmt		printf format string, of libc's
 * @param ...		arguments: nothing that may be a key
 */
void kupf_faults_add(const char *plugin, bool wrong, const char *fmt, ...)
					 __attribute__((format(printf, 3, 4)));

/**
 * Tell all faults, in the order in which they were found.
 *
 * @param cb		called for each
 * @param user		user data
 */
void kupf_faults_report(kupf_faults_cb_t cb, void *user);

#endif /** KUPF_FAULTS_H_ @}*/
