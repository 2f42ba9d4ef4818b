/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_settings.h"
#include "kupf_faults.h"
#include "kupf/keys/kupf_unknown.h"

#include <plugins/plugin_feature.h>
#include <plugins/plugin_loader.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

/** Settings of a plugin, in strongswan.conf and in what we tell */
#define SECTION "%s.plugins.%s"
#define FULL_NAME "charon.plugins.%s.%s"

/** From so many characters in a row on, that keys are written with, a text is
 * not repeated: 16 octets in base64 */
#define KEY_CHARACTERS 22

/** Feature that depends on what charon must not start without */
#define REQUIRED "kupf-required"

/** Longest text that is repeated */
#define TEXT_MAX 80

/** Room for what was expected */
#define EXPECTED_MAX 128

/** Largest number before the unit of a time, so that nothing overflows */
#define TIME_NUMBER_MAX 1000000000

/**
 * Whether a text may have a key in it.
 */
static bool like_key(const char *text)
{
	u_int run = 0;

	for (; *text && run < KEY_CHARACTERS; text++)
	{
		run = isalnum((u_char)*text) || strchr("+/=_-", *text) ? run + 1 : 0;
	}
	return run >= KEY_CHARACTERS;
}

/**
 * Write a text, or what can be told of it.
 */
static const char *show(const char *text, char *buf, size_t size)
{
	size_t len = strlen(text);

	if (len > TEXT_MAX || like_key(text))
	{
		snprintf(buf, size, "a text of %zu characters", len);
	}
	else
	{
		snprintf(buf, size, "'%s'", text);
	}
	return buf;
}

static bool parse_bool(const char *text, bool *value)
{
	*value = settings_value_as_bool((char*)text, FALSE);
	return *value == settings_value_as_bool((char*)text, TRUE);
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return isdigit((u_char)*text) && !*end && !errno;
}

/**
 * Parse what follows the point of a time.
 */
static const char *parse_fraction(const char *text, uint64_t *ms)
{
	uint64_t weight = 100;

	for (; isdigit((u_char)*text); text++)
	{
		*ms += (*text - '0') * weight;
		weight /= 10;
	}
	return text;
}

/**
 * Parse a time: number, fraction, unit.
 */
static bool parse_time(const char *text, uint64_t *ms)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	const char *end;
	uint64_t number;
	u_int i;

	number = strtoull(text, (char**)&end, 10);
	if (!isdigit((u_char)*text) || number > TIME_NUMBER_MAX)
	{
		return FALSE;
	}
	*ms = number * 1000;
	if (end[0] == '.' && isdigit((u_char)end[1]))
	{
		end = parse_fraction(end + 1, ms);
	}
	end += strspn(end, " ");
	for (i = 0; i < countof(units); i++)
	{
		if (*end == units[i].unit)
		{
			*ms *= units[i].seconds;
			return !end[1];
		}
	}
	return !*end;
}

/**
 * Parse a setting that is a number in the end, and compare it with its range.
 */
static bool parse_ranged(const kupf_setting_t *setting, const char *text,
						 uint32_t *value)
{
	uint64_t number = 0;
	int name;
	bool ok;

	switch (setting->type)
	{
		case KUPF_SETTING_NUMBER:
			ok = parse_number(text, &number);
			break;
		case KUPF_SETTING_NAME:
			ok = enum_from_name(*setting->names, text, &name);
			number = ok ? name : 0;
			break;
		case KUPF_SETTING_TIME:
			ok = parse_time(text, &number) && number % 1000 == 0;
			number /= 1000;
			break;
		default:
			ok = parse_time(text, &number);
			break;
	}
	*value = number;
	return ok && number >= setting->least && number <= setting->most;
}

/**
 * Parse a value into its member.
 *
 * @param text		value, NULL for none
 * @param member	[out] member
 */
static bool parse(const kupf_setting_t *setting, const char *text, void *member)
{
	switch (setting->type)
	{
		case KUPF_SETTING_BOOL:
			return parse_bool(text, member);
		case KUPF_SETTING_TEXT:
			*(const char**)member = text;
			return !text || !setting->check || setting->check(text);
		default:
			if (!text)
			{
				*(uint32_t*)member = 0;
				return TRUE;
			}
			return parse_ranged(setting, text, member);
	}
}

/**
 * Write all names that a setting can have.
 */
static void expect_names(const kupf_setting_t *setting, char *buf, size_t size)
{
	size_t len = 0;
	uint32_t i;

	for (i = setting->least; i <= setting->most && len < size; i++)
	{
		len += snprintf(buf + len, size - len, "%s%s",
						i == setting->least ? "" :
						i == setting->most ? " or " : ", ",
						enum_to_name(*setting->names, i));
	}
}

/**
 * Write what was expected.
 */
static const char *expect(const kupf_setting_t *setting, char *buf, size_t size)
{
	switch (setting->type)
	{
		case KUPF_SETTING_BOOL:
			return "yes or no";
		case KUPF_SETTING_NUMBER:
			snprintf(buf, size, "a number from %u to %u", setting->least,
					 setting->most);
			break;
		case KUPF_SETTING_TIME:
			snprintf(buf, size, "a time from %us to %us, like 30s, 1m or 2h",
					 setting->least, setting->most);
			break;
		case KUPF_SETTING_FRACTION:
			snprintf(buf, size, "a time from %gs to %gs, like 30s, 1m or 2.5s",
					 setting->least / 1000.0, setting->most / 1000.0);
			break;
		case KUPF_SETTING_NAME:
			expect_names(setting, buf, size);
			break;
		default:
			return setting->expected;
	}
	return buf;
}

/**
 * Get a setting as it is written, or its default.
 */
static const char *get(const kupf_settings_t *table,
					   const kupf_setting_t *setting)
{
	return lib->settings->get_str(lib->settings, SECTION ".%s",
								  (char*)setting->value, lib->ns,
								  table->plugin, setting->name);
}

/**
 * Tell that a setting is wrong.
 */
static void refuse(const kupf_settings_t *table, const kupf_setting_t *setting,
				   const char *expected)
{
	char buf[TEXT_MAX + 32];

	kupf_faults_add(table->plugin, TRUE, FULL_NAME " = %s: expected %s",
					table->plugin, setting->name,
					show(get(table, setting) ?: "", buf, sizeof(buf)), expected);
}

/*
 * Described in header
 */
void kupf_settings_refuse(const kupf_settings_t *table, const char *name,
						  const char *expected)
{
	u_int i;

	for (i = 0; i < table->count; i++)
	{
		if (streq(table->settings[i].name, name))
		{
			refuse(table, &table->settings[i], expected);
		}
	}
}

/**
 * Whether a name is that of a setting; if not, the closest one.
 */
static bool is_known(const kupf_settings_t *table, const char *name,
					 const char **meant)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	u_int i;

	/* strongSwan's own */
	if (streq(name, "load"))
	{
		return TRUE;
	}
	for (i = 0; i < table->count; i++)
	{
		if (streq(name, table->settings[i].name))
		{
			return TRUE;
		}
		kupf_unknown_compare(&unknown, table->settings[i].name);
	}
	*meant = unknown.meant;
	return FALSE;
}

/**
 * Tell of a name that is in the section of the plugin, if it is not known.
 */
static void check_name(const kupf_settings_t *table, const char *name,
					   const char *what, u_int number)
{
	const char *meant = NULL;

	if (is_known(table, name, &meant))
	{
		return;
	}
	if (meant)
	{
		kupf_faults_add(table->plugin, FALSE, "%s '%s' below charon.plugins.%s "
						"is not known, is '%s' meant?", what, name,
						table->plugin, meant);
	}
	else
	{	/* not repeated, it may be a key that went astray, or a half of one */
		kupf_faults_add(table->plugin, FALSE, "%s %u below charon.plugins.%s, "
						"with a name of %zu octets, is not known and not used",
						what, number, table->plugin, strlen(name));
	}
}

/**
 * Tell of all names in the section of the plugin that are not known.
 */
static void check_names(const kupf_settings_t *table)
{
	enumerator_t *enumerator;
	char *name, *value;
	u_int number = 0;

	enumerator = lib->settings->create_key_value_enumerator(lib->settings,
											SECTION, lib->ns, table->plugin);
	while (enumerator->enumerate(enumerator, &name, &value))
	{
		check_name(table, name, "setting", ++number);
	}
	enumerator->destroy(enumerator);
	number = 0;

	enumerator = lib->settings->create_section_enumerator(lib->settings,
											SECTION, lib->ns, table->plugin);
	while (enumerator->enumerate(enumerator, &name))
	{
		check_name(table, name, "section", ++number);
	}
	enumerator->destroy(enumerator);
}

/*
 * Described in header
 */
bool kupf_settings_read(const kupf_settings_t *table, void *values)
{
	const kupf_setting_t *setting;
	char buf[EXPECTED_MAX];
	bool ok = TRUE;
	u_int i;

	kupf_faults_forget(table->plugin);
	for (i = 0; i < table->count; i++)
	{
		setting = &table->settings[i];
		if (!parse(setting, get(table, setting),
				   (char*)values + setting->offset))
		{
			refuse(table, setting, expect(setting, buf, sizeof(buf)));
			ok = FALSE;
		}
	}
	check_names(table);
	return ok;
}

/**
 * Whether charon must not start without us.  Who writes anything here wants it,
 * unless it says no.
 */
static bool is_fatal()
{
	char *value;

	value = lib->settings->get_str(lib->settings, SECTION ".fatal", NULL,
								   lib->ns, "kupf");
	return value && settings_value_as_bool(value, TRUE);
}

/*
 * Described in header
 */
void kupf_settings_require(const char *feature)
{
	/* of no use in itself, but charon has to have it */
	plugin_feature_t features[] = {
		PLUGIN_NOOP,
			PLUGIN_PROVIDE(CUSTOM, REQUIRED),
				PLUGIN_DEPENDS(CUSTOM, (char*)feature),
	};

	if (is_fatal())
	{
		lib->plugins->add_static_features(lib->plugins, REQUIRED, features,
										  countof(features), TRUE, NULL, NULL);
	}
}
