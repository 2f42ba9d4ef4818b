/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_line.h"
#include "kupfctl_session.h"
#include "kupf/keys/kupf_unknown.h"

#include <stdio.h>
#include <string.h>

/** What separates words */
#define BLANKS " \t"

/**
 * What a field is.
 */
typedef enum {
	TEXT,
	LIST,
	KEY,
} kind_t;

/** Fields: the keys first, which have the same index in secrets */
static const struct {
	const char *name;
	kind_t kind;
	/** longest key, octets */
	size_t max;
} fields[KUPFCTL_LINE_FIELDS] = {
	{ "key", KEY, KUPFCTL_KEY_MAX },
	{ "kamf", KEY, KUPFCTL_KEY_MIN },
	{ "ktngf", KEY, KUPFCTL_KEY_MIN },
	{ "base-key", KEY, KUPFCTL_KEY_MIN },
	{ "derivation", TEXT, 0 },
	{ "supi", TEXT, 0 },
	{ "af-id", TEXT, 0 },
	{ "snn", TEXT, 0 },
	{ "sqn-ak", TEXT, 0 },
	{ "nas-count", TEXT, 0 },
	{ "distinguisher", TEXT, 0 },
	{ "rand", TEXT, 0 },
	{ "fc", TEXT, 0 },
	{ "ue-id", TEXT, 0 },
	{ "pdu-session-id", TEXT, 0 },
	{ "upf-address", TEXT, 0 },
	{ "ue-addresses", LIST, 0 },
	{ "dns", LIST, 0 },
	{ "p-cscf", LIST, 0 },
	{ "dnn", TEXT, 0 },
	{ "snssai", TEXT, 0 },
	{ "lifetime", TEXT, 0 },
	{ "services", LIST, 0 },
	{ "psk-identity", TEXT, 0 },
	{ "generation", TEXT, 0 },
	{ "grace", TEXT, 0 },
};

/** Field that only a modification has, the last one */
#define GRACE (KUPFCTL_LINE_FIELDS - 1)

/**
 * Number of fields that a line may have.
 */
static int count_fields(kupfctl_line_kind_t kind)
{
	switch (kind)
	{
		case KUPFCTL_LINE_MODIFY:
			return KUPFCTL_LINE_FIELDS;
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
		if (strlen(fields[i].name) == len &&
			!strncmp(fields[i].name, name, len))
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
		kupf_unknown_compare(&unknown, fields[i].name);
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
				 fields[i].name);
		return false;
	}
	if (!*value)
	{
		snprintf(error, KUPFCTL_LINE_ERROR, "field %s has no value",
				 fields[i].name);
		return false;
	}
	line->values[i] = value;
	if (fields[i].kind == KEY)
	{
		/* not left to the daemon: it takes 32 digits for 32 raw octets */
		secret = &line->secrets[i];
		if (!kupfctl_secret_decode(secret, value, strlen(value)) ||
			secret->len < KUPFCTL_KEY_MIN || secret->len > fields[i].max)
		{
			snprintf(error, KUPFCTL_LINE_ERROR, "field %s is not 0x<hex> or "
					 "0s<base64> of %s octets", fields[i].name,
					 fields[i].max > KUPFCTL_KEY_MIN ? "32 to 64" : "32");
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
	for (i = 0; i < KUPFCTL_LINE_FIELDS; i++)
	{
		if (line->values[i])
		{
			len = strlen(line->values[i]);
			size += head + strlen(fields[i].name) + len;
			if (fields[i].kind == LIST)
			{
				size += head * (count_items(line->values[i]) + 1);
			}
			else if (fields[i].kind == KEY)
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
	for (i = 0; i < KUPFCTL_LINE_FIELDS; i++)
	{
		if (!line->values[i])
		{
			continue;
		}
		switch (fields[i].kind)
		{
			case KEY:
				kupfctl_secret_add(&line->secrets[i], request, fields[i].name);
				break;
			case LIST:
				add_list(request, fields[i].name, line->values[i]);
				break;
			default:
				wire_writer_text(request, fields[i].name, line->values[i]);
				break;
		}
	}
	wire_writer_end_section(request);
}

/*
 * Described in header
 */
void kupfctl_line_wipe(kupfctl_line_t *line)
{
	explicit_bzero(line->secrets, sizeof(line->secrets));
}
