/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup version version
 * @{ @ingroup plugins
 *
 * Whether charon is of the version that a plugin was built for.
 *
 * Members of charon's objects move from one version to the next, so a plugin
 * in another version calls what is not there.  charon compares versions itself
 * from 6.0.3 on only.  A plugin therefore asks this first, before it calls
 * anything else of charon.
 *
 * Nothing in strongSwan's libraries tells their version before 6.0.3, but each
 * of its daemons has it in its own read-only data, where it is looked for, in
 * memory: no file is read, which AppArmor might forbid.  A daemon of another
 * project that loads our plugins needs a string like "strongSwan 6.0.1", too.
 * The only thing of strongSwan that is used is dbg(), which has been the same
 * in all versions.
 */

#ifndef VERSION_H_
#define VERSION_H_

#include <stdbool.h>
#include <stddef.h>

/** Longest version that is shown, with the end of the string */
#define VERSION_MAX 32

/**
 * Look for a version of strongSwan in bytes: a string of its own, or behind
 * "strongSwan ".
 *
 * @param data		bytes
 * @param len		their number
 * @param wanted	version that is expected
 * @param other		gets another version that is there, an empty string if
 *					there is none; has to hold VERSION_MAX octets
 * @return			TRUE if the expected version is there
 */
bool version_find(const char *data, size_t len, const char *wanted,
				  char *other);

/**
 * Check the version of the program that this runs in, and log one line if it is
 * another one.  Can be called in any version of charon, by any thread.
 *
 * @param plugin	name of the plugin, for the log
 * @param wanted	version that the plugin was built for: strongSwan's VERSION
 * @return			FALSE if the plugin must not be loaded
 */
bool version_fits(const char *plugin, const char *wanted);

#endif /** VERSION_H_ @}*/
