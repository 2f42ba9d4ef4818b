/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_content.h"

#include "kupf/store/kupf_identity.h"

#include <ctype.h>
#include <stdio.h>

/** What separates words */
#define BLANKS " \t"

/** Longest life that kupf takes, seconds */
#define LIFETIME_MAX 315360000ULL

/** Field of a content: end of the session's life */
#define EXPIRES "expires"

/** Fields of a line that a content has as they are; keys and identities first */
static const struct {
	const char *name;
	bool list;
} fields[] = {
	{ "key", false },
	{ "ue-id", false },
	{ "pdu-session-id", false },
	{ "upf-address", false },
	{ "ue-addresses", true },
	{ "dns", true },
	{ "p-cscf", true },
	{ "dnn", false },
	{ "snssai", false },
	{ "services", true },
	{ "psk-identity", false },
};

/**
 * Find a field.
 *
 * @return			its index, -1 if it is none
 */
static int find_field(const char *name)
{
	unsigned int i;

	for (i = 0; i < countof(fields); i++)
	{
		if (!strcmp(fields[i].name, name))
		{
			return i;
		}
	}
	return -1;
}

static bool wrong(char *error, const char *field, const char *text)
{
	snprintf(error, SYNC_ERROR_SIZE, "field %s: %s", field, text);
	return false;
}

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
 * Normalize an identity.
 */
static bool normalize(const char *text, size_t len, char id[SYNC_ID_SIZE])
{
	uint8_t octets[KUPF_IDENTITY_MAX];
	id_type_t type;
	size_t octets_len;

	if (!kupf_identity_parse(chunk_create((u_char*)text, len), &type, octets,
							 &octets_len))
	{
		return false;
	}
	kupf_identity_print(type, chunk_create(octets, octets_len), id);
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
	return wrong(error, name, text);
}

/**
 * Take the value of a field of a line that says when the life ends.
 */
static bool take_expires(sync_line_t *self, const char *name, const char *value,
						 uint64_t start, uint64_t max, char *error)
{
	if (self->has_expires)
	{
		return wrong(error, name, "expected one of lifetime and expires");
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
	char id[SYNC_ID_SIZE];
	uint64_t generation;
	unsigned int i;
	int field;

	if (!strcmp(name, "lifetime"))
	{
		return take_expires(self, name, value, now, LIFETIME_MAX, error);
	}
	if (!strcmp(name, EXPIRES))
	{
		return take_expires(self, name, value, 0, UINT32_MAX * 4ULL, error);
	}
	if (!strcmp(name, "generation"))
	{
		if (self->generation)
		{
			return wrong(error, name, "is given twice");
		}
		if (!parse_number(name, value, 1, SYNC_GENERATION_MAX,
						  &generation, error))
		{
			return false;
		}
		self->generation = generation;
		return true;
	}
	field = find_field(name);
	if (field < 0)
	{	/* its name may be a key that went astray */
		snprintf(error, SYNC_ERROR_SIZE, "word %u: unknown field, of %zu "
				 "octets", number, strlen(name));
		return false;
	}
	for (i = 0; i < self->count; i++)
	{
		if (!strcmp(self->fields[i].name, name))
		{
			return wrong(error, name, "is given twice");
		}
	}
	if (!strcmp(name, "key") && !is_key(value))
	{
		return wrong(error, name, "expected 0x and hexadecimal digits of 32 to "
					 "64 octets");
	}
	if (!strcmp(name, "ue-id") && !normalize(value, strlen(value), id))
	{
		return wrong(error, name, "expected an identity: keyid:TEXT, @#HEX, "
					 "email:TEXT, fqdn:TEXT or an IP address");
	}
	self->fields[self->count].name = fields[field].name;
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
		return wrong(error, "session", "expected 1 to 64 printable ASCII "
					 "characters without a blank");
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

/**
 * Get the value of a field of a line, NULL if there is none.
 */
static const char *get_field(const sync_line_t *line, const char *name)
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

static void write_list(wire_writer_t *writer, const char *name,
					   const char *value)
{
	size_t len;

	wire_writer_begin_list(writer, name);
	for (; *value; value += len + (value[len] == ','))
	{
		len = strcspn(value, ",");
		wire_writer_item(writer, wire_octets(value, len));
	}
	wire_writer_end_list(writer);
}

/**
 * Copy elements of a message.
 *
 * @param line		fields that are left out as it has them, or NULL
 * @param expires	whether to copy the end of the life
 * @return			FALSE if the message is malformed, or is no content
 */
static bool copy_elements(wire_octets_t from, const sync_line_t *line,
						  bool expires, wire_writer_t *writer)
{
	char name[WIRE_NAME_MAX + 1];
	wire_element_t element;
	wire_reader_t reader;

	if (!wire_reader_init(&reader, from))
	{
		return false;
	}
	while (wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_SECTION_START)
		{
			return false;
		}
		memcpy(name, element.name.ptr, element.name.len);
		name[element.name.len] = '\0';
		if ((line && get_field(line, name)) ||
			(!expires && !strcmp(name, EXPIRES)))
		{
			continue;
		}
		switch (element.type)
		{
			case WIRE_KEY_VALUE:
				wire_writer_value(writer, name, element.value);
				break;
			case WIRE_LIST_START:
				wire_writer_begin_list(writer, name);
				break;
			case WIRE_LIST_ITEM:
				wire_writer_item(writer, element.value);
				break;
			default:
				wire_writer_end_list(writer);
				break;
		}
	}
	explicit_bzero(name, sizeof(name));
	return true;
}

/*
 * Described in header
 */
bool sync_content_write(const sync_line_t *line, wire_octets_t old,
						wire_writer_t *writer, char *error)
{
	char id[SYNC_ID_SIZE];
	wire_reader_t reader;
	wire_octets_t value;
	unsigned int i;

	wire_reader_init(&reader, old);
	for (i = 0; i < 2; i++)
	{
		if (!get_field(line, fields[i].name) &&
			!wire_reader_find(&reader, fields[i].name, &value))
		{
			return wrong(error, fields[i].name, "is missing");
		}
	}
	if (!copy_elements(old, line, !line->has_expires, writer))
	{
		return wrong(error, "session", "what the group has is malformed");
	}
	for (i = 0; i < line->count; i++)
	{
		if (!strcmp(line->fields[i].name, "ue-id"))
		{
			normalize(line->fields[i].value, strlen(line->fields[i].value), id);
			wire_writer_text(writer, "ue-id", id);
		}
		else if (fields[find_field(line->fields[i].name)].list)
		{
			write_list(writer, line->fields[i].name, line->fields[i].value);
		}
		else
		{
			wire_writer_text(writer, line->fields[i].name,
							 line->fields[i].value);
		}
	}
	if (line->expires)
	{
		wire_writer_number(writer, EXPIRES, line->expires);
	}
	return true;
}

/*
 * Described in header
 */
bool sync_content_id(wire_octets_t content, char id[SYNC_ID_SIZE])
{
	wire_reader_t reader;
	wire_octets_t value;

	id[0] = '\0';
	return wire_reader_init(&reader, content) &&
		   wire_reader_find(&reader, "ue-id", &value) &&
		   normalize((const char*)value.ptr, value.len, id);
}

/*
 * Described in header
 */
bool sync_content_is_alive(wire_octets_t content, uint64_t now, uint64_t *left)
{
	wire_reader_t reader;
	wire_octets_t value;
	uint64_t expires = 0;

	*left = 0;
	if (wire_reader_init(&reader, content) &&
		wire_reader_find(&reader, EXPIRES, &value) &&
		!wire_number(value, UINT64_MAX / 2, &expires))
	{
		return false;
	}
	if (expires > now)
	{
		*left = expires - now < LIFETIME_MAX ? expires - now : LIFETIME_MAX;
	}
	return !expires || *left;
}

/**
 * Say of lists that a content does not have that they are empty: what a request
 * leaves out stays as it was, and other UPFs never had it.
 */
static void add_absent(wire_octets_t content, wire_writer_t *writer)
{
	wire_element_t element;
	wire_reader_t reader;
	unsigned int i;
	bool there;

	for (i = 0; i < countof(fields); i++)
	{
		if (!fields[i].list)
		{
			continue;
		}
		there = false;
		wire_reader_init(&reader, content);
		while (!there && wire_reader_next(&reader, &element))
		{
			there = element.type == WIRE_LIST_START &&
					wire_equals(element.name, fields[i].name);
		}
		if (!there)
		{
			write_list(writer, fields[i].name,
					   strcmp(fields[i].name, "services") ? "" : "ike");
		}
	}
}

/*
 * Described in header
 */
bool sync_content_request(wire_octets_t content, uint32_t generation,
						  uint64_t left, bool replace,
						  wire_writer_t *writer)
{
	if (!copy_elements(content, NULL, false, writer))
	{
		return false;
	}
	add_absent(content, writer);
	wire_writer_number(writer, "generation", generation);
	wire_writer_number(writer, "lifetime", left);
	if (replace)
	{
		wire_writer_text(writer, "replace", "yes");
	}
	return true;
}
