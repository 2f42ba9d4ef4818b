/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_settings kupf_settings
 * @{ @ingroup kupf
 *
 * Reads and checks the settings of a plugin, by a table that has the type, the
 * range and the default of each.  All three plugins have such a table, and no
 * other way to a setting.  What a setting means is said in the .opt file next to
 * the table; a test compares the two.
 *
 * A value that is not one is an error and never a default.  It is told by one
 * line that names the setting, the value and what was expected, in the log and
 * to the command "check" (kupf_faults).  A name that is in no table is told, too,
 * but is no error, so that a setting of another version does not stop a host.
 * What may be a key that went astray is not repeated, only its length told.
 */

#ifndef KUPF_SETTINGS_H_
#define KUPF_SETTINGS_H_

#include <library.h>

/** Longest time that a setting can have, seconds: 2^31 milliseconds have room
 * for it */
#define KUPF_SETTINGS_TIME_MAX (7 * 24 * 3600)

typedef enum kupf_setting_type_t kupf_setting_type_t;
typedef struct kupf_setting_t kupf_setting_t;
typedef struct kupf_settings_t kupf_settings_t;

/**
 * Types of settings, and of the members of a struct that get their values.
 */
enum kupf_setting_type_t {
	/** yes or no, as strongSwan writes it; bool */
	KUPF_SETTING_BOOL,
	/** decimal number; uint32_t */
	KUPF_SETTING_NUMBER,
	/** time: 30, 30s, 1m, 2h, 1d; uint32_t, seconds */
	KUPF_SETTING_TIME,
	/** time that may have a fraction: 2.5s; uint32_t, milliseconds */
	KUPF_SETTING_FRACTION,
	/** one of some names; enum of four octets */
	KUPF_SETTING_NAME,
	/** text; const char*, lives as long as lib->settings */
	KUPF_SETTING_TEXT,
};

/**
 * A setting.
 */
struct kupf_setting_t {
	/** name below charon.plugins.PLUGIN */
	const char *name;
	/** type */
	kupf_setting_type_t type;
	/** default as one would write it, NULL for 0 or no text */
	const char *value;
	/** place of the member that gets the value */
	size_t offset;
	/** least and greatest value, of numbers, times and names, in the unit of
	 * the member */
	uint32_t least, most;
	/** names for values */
	enum_name_t **names;
	/** tells whether a text is right, without a word in the log; NULL if any is */
	bool (*check)(const char *text);
	/** what is right, after "expected" */
	const char *expected;
};

/**
 * All settings of a plugin.
 */
struct kupf_settings_t {
	/** name of the plugin, a literal */
	const char *plugin;
	/** settings */
	const kupf_setting_t *settings;
	/** their number */
	u_int count;
};

/**
 * Read all settings of a plugin.  Faults of its settings that were told before
 * are forgotten.
 *
 * @param table		table
 * @param values	[out] struct that gets the values
 * @return			FALSE if one is wrong, which was told; the struct is of no
 *					use then
 */
bool kupf_settings_read(const kupf_settings_t *table, void *values);

/**
 * Tell that a setting is wrong that is right by itself.
 *
 * @param table		table, after it was read
 * @param name		name of the setting, from the table
 * @param expected	what is right
 */
void kupf_settings_refuse(const kupf_settings_t *table, const char *name,
						  const char *expected);

/**
 * With charon.plugins.kupf.fatal = yes, have charon not start at all if a plugin
 * does not get into service, whatever the reason.  To be called first when the
 * plugin is created.
 *
 * @param feature	feature of type CUSTOM that the plugin provides, a literal
 */
void kupf_settings_require(const char *feature);

#endif /** KUPF_SETTINGS_H_ @}*/
