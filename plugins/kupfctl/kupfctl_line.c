/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_line.h"
#include "kupfctl_session.h"
#include "kupf/keys/kupf_unknown.h"

#include <stdio.h>
#include <string.h>

/** What separates words */
#define BLANKS " \t"

/** Fields: the keys first, which have the same index in secrets; in the end what
 * only a modification has */
static const kupfctl_option_t fields[] = {
	KUPFCTL_SESSION_OPTIONS,
	KUPFCTL_GRACE_OPTION,
};

/** Number of them */
#define FIELDS ((int)(sizeof(fields) / sizeof(*fields)))

_Static_assert(FIELDS <= KUPFCTL_LINE_FIELDS, "there is no room for all fields");

/** Field that only a modification has, the last one */
#define GRACE (FIELDS - 1)

/** Columns of the names of the fields in --help */
#define COLUMNS 78

/**
 * Name of a field.
 */
static const char *name_of(int i)
{
	return fields[i].word ?: fields[i].field;
}

/**
 * Whether a field is a key.
 */
static bool is_key(int i)
{
	return i < KUPFCTL_LINE_KEYS;
}

/**
 * Most octets of a key: those of a base key are fixed.
 */
static size_t longest(int i)
{
	return i == 0 ? KUPFCTL_KEY_MAX : KUPFCTL_KEY_MIN;
}

/**
 * Number of fields that a line may have.
 */
static int count_fields(kupfctl_line_kind_t kind)
{
	switch (kind)
	{
		case KUPFCTL_LINE_MODIFY:
			return FIELDS;
		case KUPFCTL_LINE_DELETE:
			return 0;
		default:
			return GRACE;
	}
}

static int find_field(kupfctl_line_kind_t kind, const char *name, size_t len)
{
	int i;

	for (i = 0; i < count_fields(kind); i++)
	{
		if (strlen(name_of(i)) == len &&
			!strncmp(name_of(i), name, len))
		{
			return i;
		}
	}
	return -1;
}

/**
 * Say that a field is not known; its name may be a key that went astray.
 */
static void refuse_field(kupfctl_line_kind_t kind, const char *name, size_t len,
						 unsigned int number, char *error)
{
	kupf_unknown_t unknown = { .name = name, .len = len };
	int i;

	for (i = 0; i < count_fields(kind); i++)
	{
		kupf_unknown_compare(&unknown, name_of(i));
	}
	kupf_unknown_print(&unknown, error, KUPFCTL_LINE_ERROR, "word", number);
}

/**
 * Parse a word, field=value, which is the one of that number in its line.
 */
static bool parse_word(kupfctl_line_kind_t kind, kupfctl_line_t *line,
					   char *word, unsigned int number, char *error)
{
	kupfctl_secret_t *secret;
	size_t len;
	char *value;
	int i;

	len = strcspn(word, "=");
	if (!word[len])
	{
		/* it may be a key that was typed in the wrong place */
		snprintf(error, KUPFCTL_LINE_ERROR, "word %u, of %zu octets, is not "
				 "field=value", number, len);
		return false;
	}
	value = word + len + 1;
	i = find_field(kind, word, len);
	if (i < 0)
	{
		refuse_field(kind, word, len, number, error);
		return false;
	}
	if (line->values[i])
	{
		snprintf(error, KUPFCTL_LINE_ERROR, "field %s given twice",
				 name_of(i));
		return false;
	}
	if (!*value)
	{
		snprintf(error, KUPFCTL_LINE_ERROR, "field %s has no value",
				 name_of(i));
		return false;
	}
	line->values[i] = value;
	if (is_key(i))
	{
		/* not left to the daemon: it takes 32 digits for 32 raw octets */
		secret = &line->secrets[i];
		if (!kupfctl_secret_decode(secret, value, strlen(value)) ||
			secret->len < KUPFCTL_KEY_MIN || secret->len > longest(i))
		{
			snprintf(error, KUPFCTL_LINE_ERROR, "field %s is not 0x<hex> or "
					 "0s<base64> of %s octets", name_of(i),
					 longest(i) > KUPFCTL_KEY_MIN ? "32 to 64" : "32");
			return false;
		}
	}
	return true;
}

/*
 * Described in header
 */
bool kupfctl_line_parse(kupfctl_line_kind_t kind, kupfctl_line_t *line,
						char *text, char *error)
{
	unsigned int number = 0;
	char *word, *pos;

	memset(line, 0, sizeof(*line));
	for (word = strtok_r(text, BLANKS, &pos); word && word[0] != '#';
		 word = strtok_r(NULL, BLANKS, &pos))
	{
		number++;
		if (line->session)
		{
			if (!parse_word(kind, line, word, number, error))
			{
				return false;
			}
		}
		else if (kupfctl_session_name_valid(word, strlen(word)))
		{
			line->session = word;
		}
		else
		{
			snprintf(error, KUPFCTL_LINE_ERROR, "field session: not 1 to 64 "
					 "printable ASCII characters");
			return false;
		}
	}
	if (number == 1 && kind != KUPFCTL_LINE_DELETE)
	{	/* perhaps the rest of a key, in a line of its own */
		snprintf(error, KUPFCTL_LINE_ERROR, "expected field=value after the "
				 "name of the session");
		return false;
	}
	return true;
}

/**
 * Number of items in a list.
 */
static size_t count_items(const char *value)
{
	size_t count = 1;

	while ((value = strchr(value, ',')))
	{
		value++;
		count++;
	}
	return count;
}

/*
 * Described in header
 */
size_t kupfctl_line_size(const kupfctl_line_t *line)
{
	/* types, lengths of names and of values: at most 4 octets an element */
	const size_t head = 4;
	size_t size, len;
	int i;

	size = 2 * head + strlen(line->session) + head + strlen("replaceyes");
	for (i = 0; i < FIELDS; i++)
	{
		if (line->values[i])
		{
			len = strlen(line->values[i]);
			size += head + strlen(name_of(i)) + len;
			if (fields[i].many)
			{
				size += head * (count_items(line->values[i]) + 1);
			}
			else if (is_key(i))
			{
				size += KUPFCTL_HEX_MAX;
			}
		}
	}
	return size;
}

static void add_list(wire_writer_t *request, const char *name,
					 const char *value)
{
	size_t len;

	wire_writer_begin_list(request, name);
	while (true)
	{
		len = strcspn(value, ",");
		wire_writer_item(request, wire_octets(value, len));
		if (!value[len])
		{
			break;
		}
		value += len + 1;
	}
	wire_writer_end_list(request);
}

/*
 * Described in header
 */
void kupfctl_line_add(kupfctl_line_kind_t kind, const kupfctl_line_t *line,
					  wire_writer_t *request)
{
	int i;

	wire_writer_begin_section(request, line->session);
	if (kind == KUPFCTL_LINE_REPLACE)
	{
		wire_writer_text(request, "replace", "yes");
	}
	for (i = 0; i < FIELDS; i++)
	{
		if (!line->values[i])
		{
			continue;
		}
		if (is_key(i))
		{
			kupfctl_secret_add(&line->secrets[i], request, name_of(i));
		}
		else if (fields[i].many)
		{
			add_list(request, name_of(i), line->values[i]);
		}
		else
		{
			wire_writer_text(request, name_of(i), line->values[i]);
		}
	}
	wire_writer_end_section(request);
}

/*
 * Described in header
 */
void kupfctl_line_print_fields(void)
{
	int i, len, column = 0;

	for (i = 0; i < GRACE; i++)
	{
		len = strlen(name_of(i)) + 2;
		if (column && column + len > COLUMNS)
		{
			printf("\n");
			column = 0;
		}
		printf("%s%s%s", column ? " " : "  ", name_of(i),
			   i < GRACE - 1 ? "," : "\n");
		column += len;
	}
}

/*
 * Described in header
 */
void kupfctl_line_wipe(kupfctl_line_t *line)
{
	explicit_bzero(line->secrets, sizeof(line->secrets));
}
