/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_line.h"
#include "sync_seal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/** What separates words */
#define BLANKS " \t"

/**
 * Whether a text is 0x and hexadecimal digits of 32 to 64 octets.
 */
static bool is_key(const char *text)
{
	size_t len = strlen(text), i;

	if (strncmp(text, "0x", 2) || len % 2 || len < 2 + 64 || len > 2 + 128)
	{
		return false;
	}
	for (i = 2; i < len; i++)
	{
		if (!isxdigit((unsigned char)text[i]))
		{
			return false;
		}
	}
	return true;
}

/**
 * Parse a number of a line.
 */
static bool parse_number(const char *name, const char *value, uint64_t min,
						 uint64_t max, uint64_t *number, char *error)
{
	char text[64];

	if (wire_number(wire_text(value), max, number) && *number >= min)
	{
		return true;
	}
	snprintf(text, sizeof(text), "expected a number from %llu to %llu",
			 (unsigned long long)min, (unsigned long long)max);
	return sync_fields_wrong(error, name, text);
}

/**
 * Take the value of a field of a line that says when the life ends.
 */
static bool take_expires(sync_line_t *self, const char *name, const char *value,
						 uint64_t start, uint64_t max, char *error)
{
	if (self->has_expires)
	{
		return sync_fields_wrong(error, name, "expected one of lifetime and "
								 "expires");
	}
	self->has_expires = true;
	if (!parse_number(name, value, 0, max, &self->expires, error))
	{
		return false;
	}
	self->expires += self->expires ? start : 0;
	return true;
}

/**
 * Take a field of a line.
 */
static bool take_field(sync_line_t *self, const char *name, const char *value,
					   unsigned int number, uint64_t now, char *error)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	char id[SYNC_ID_SIZE];
	uint64_t generation;
	unsigned int i;
	sync_field_t field;

	if (!strcmp(name, "lifetime"))
	{
		return take_expires(self, name, value, now, SYNC_LIFETIME_MAX, error);
	}
	if (!strcmp(name, SYNC_EXPIRES))
	{
		return take_expires(self, name, value, 0, UINT32_MAX * 4ULL, error);
	}
	if (!strcmp(name, "generation"))
	{
		if (self->generation)
		{
			return sync_fields_wrong(error, name, "is given twice");
		}
		if (!parse_number(name, value, 1, SYNC_GENERATION_MAX,
						  &generation, error))
		{
			return false;
		}
		self->generation = generation;
		return true;
	}
	if (!sync_fields_find(name, &field))
	{	/* its name may be a key that went astray */
		sync_fields_compare(&unknown);
		kupf_unknown_print(&unknown, error, SYNC_ERROR_SIZE, "word", number);
		return false;
	}
	for (i = 0; i < self->count; i++)
	{
		if (!strcmp(self->fields[i].name, name))
		{
			return sync_fields_wrong(error, name, "is given twice");
		}
	}
	if (!strcmp(name, "key") && !is_key(value))
	{
		return sync_fields_wrong(error, name, "expected 0x and hexadecimal "
								 "digits of 32 to 64 octets");
	}
	if (!strcmp(name, "ue-id") && !sync_fields_normalize(value, strlen(value),
														 id))
	{
		return sync_fields_wrong(error, name, "expected an identity: "
								 "keyid:TEXT, @#HEX, email:TEXT, fqdn:TEXT or "
								 "an IP address");
	}
	self->fields[self->count].name = field.name;
	self->fields[self->count++].value = value;
	return true;
}

/**
 * Whether a text may be the name of a session.
 */
static bool is_name(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
	{
		if (text[i] <= ' ' || text[i] > '~')
		{
			return false;
		}
	}
	return i >= 1 && i <= SYNC_NAME_MAX;
}

/*
 * Described in header
 */
bool sync_line_parse(sync_line_t *self, char *text, uint64_t now, char *error)
{
	char *word, *value, *position;
	unsigned int number = 1;

	memset(self, 0, sizeof(*self));
	word = strtok_r(text, BLANKS, &position);
	if (!word || word[0] == '#')
	{
		return true;
	}
	if (!is_name(word))
	{
		return sync_fields_wrong(error, "session", "expected 1 to 64 printable "
								 "ASCII characters without a blank");
	}
	self->session = word;
	while ((word = strtok_r(NULL, BLANKS, &position)) && word[0] != '#')
	{
		number++;
		value = strchr(word, '=');
		if (!value || !value[1])
		{
			snprintf(error, SYNC_ERROR_SIZE, "word %u: expected field=value",
					 number);
			return false;
		}
		*value++ = '\0';
		if (!take_field(self, word, value, number, now, error))
		{
			return false;
		}
	}
	return true;
}

/*
 * Described in header
 */
const char *sync_line_get(const sync_line_t *line, const char *name)
{
	unsigned int i;

	for (i = 0; i < line->count; i++)
	{
		if (!strcmp(line->fields[i].name, name))
		{
			return line->fields[i].value;
		}
	}
	return NULL;
}
