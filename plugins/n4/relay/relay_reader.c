/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_reader.h"

#include "kupf/keys/kupf_unknown.h"
#include "wire/wire.h"

#include <stdarg.h>
#include <stdio.h>

/*
 * Described in header
 */
void relay_reader_wrong(relay_reader_t *self, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	self->errors(text);
	self->wrong = true;
}

/*
 * Described in header
 */
void relay_reader_unknown(relay_reader_t *self, const char *section,
						  const char *what, unsigned int number,
						  const char *name, const char *known)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	char text[KUPF_UNKNOWN_SIZE];

	kupf_unknown_compare_words(&unknown, known);
	relay_reader_wrong(self, "%s%s%s, expected %s%s", section,
					   section[0] ? ": " : "",
					   kupf_unknown_print(&unknown, text, sizeof(text), what,
										  number),
					   known[0] ? "one of" : "none", known);
}

/*
 * Described in header
 */
void relay_reader_check(relay_reader_t *self, enumerator_t *settings,
						const char *section, const char *known)
{
	char *key, *value, word[64];
	unsigned int number = 0;

	while (settings->enumerate(settings, &key, &value))
	{
		number++;
		snprintf(word, sizeof(word), " %s ", key);
		if (!strstr(known, word))
		{
			relay_reader_unknown(self, section, "setting", number, key, known);
		}
	}
	settings->destroy(settings);
}

/*
 * Described in header
 */
uint64_t relay_reader_number(relay_reader_t *self, const char *key,
							 uint64_t min, uint64_t max, uint64_t otherwise)
{
	char *text = self->settings->get_str(self->settings, "%s", NULL, key);
	uint64_t number;

	if (!text)
	{
		return otherwise;
	}
	if (!wire_number(wire_text(text), max, &number) || number < min)
	{
		relay_reader_wrong(self, "%s: expected a number from %llu to %llu, not "
						   "'%.40s'", key, (unsigned long long)min,
						   (unsigned long long)max, text);
		return otherwise;
	}
	return number;
}

/*
 * Described in header
 */
bool relay_reader_bool(relay_reader_t *self, const char *key, bool otherwise)
{
	char *text = self->settings->get_str(self->settings, "%s", NULL, key);

	if (!text || streq(text, "yes") || streq(text, "no"))
	{
		return text ? streq(text, "yes") : otherwise;
	}
	relay_reader_wrong(self, "%s: expected yes or no, not '%.40s'", key, text);
	return otherwise;
}

/*
 * Described in header
 */
void relay_reader_path(relay_reader_t *self, const char *key, char *path)
{
	char *text = self->settings->get_str(self->settings, "%s", "", key);

	text += strpfx(text, "unix://") ? strlen("unix://") : 0;
	if (text[0] && (text[0] != '/' || strlen(text) >= RELAY_PATH_SIZE))
	{
		relay_reader_wrong(self, "%s: expected an absolute path of up to %d "
						   "characters", key, RELAY_PATH_SIZE - 1);
		return;
	}
	strcpy(path, text);
}
