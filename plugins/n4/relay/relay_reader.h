/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup relay_reader relay_reader
 * @{ @ingroup n4_relay
 *
 * Reads settings of a configuration file, and says of each that is wrong what was
 * expected.  It goes on then, so that all that is wrong is said at once.
 */

#ifndef RELAY_READER_H_
#define RELAY_READER_H_

#include <library.h>
#include <settings/settings.h>

/** Room for a path */
#define RELAY_PATH_SIZE 108

typedef struct relay_reader_t relay_reader_t;

/**
 * A file that is being read.
 */
struct relay_reader_t {
	/** settings */
	settings_t *settings;
	/** called with a sentence for each thing that is wrong */
	void (*errors)(const char *text);
	/** something was */
	bool wrong;
};

/**
 * Say that something is wrong, as printf() does, in a sentence that names the
 * setting and what was expected.
 */
void relay_reader_wrong(relay_reader_t *self, const char *fmt, ...);

/**
 * See that a section has only settings that are known.
 *
 * @param self		file
 * @param settings	enumerator of its settings, destroyed
 * @param section	its name, or empty
 * @param known		names, in blanks; or empty
 */
void relay_reader_check(relay_reader_t *self, enumerator_t *settings,
						const char *section, const char *known);

/**
 * Say that a name is not known.  It is not repeated, see kupf_unknown_t.
 *
 * @param self		file
 * @param section	section that it stands in, or empty
 * @param what		what it is the name of
 * @param number	where it stands among those of its kind, counted from 1
 * @param name		name
 * @param known		names that are known, in blanks; or empty
 */
void relay_reader_unknown(relay_reader_t *self, const char *section,
						  const char *what, unsigned int number,
						  const char *name, const char *known);

/**
 * Read a number.
 *
 * @param self		file
 * @param key		name of the setting
 * @param min		least
 * @param max		most
 * @param otherwise	what it is if it is not set, or wrong
 */
uint64_t relay_reader_number(relay_reader_t *self, const char *key,
							 uint64_t min, uint64_t max, uint64_t otherwise);

/**
 * Read whether something is to be: yes or no.
 *
 * @param otherwise	what it is if it is not set, or wrong
 */
bool relay_reader_bool(relay_reader_t *self, const char *key, bool otherwise);

/**
 * Read an absolute path, "unix://" may stand before it.
 *
 * @param path		[out] path, room for RELAY_PATH_SIZE; empty if it is not set,
 *					as it was if it is wrong
 */
void relay_reader_path(relay_reader_t *self, const char *key, char *path);

#endif /** RELAY_READER_H_ @}*/
