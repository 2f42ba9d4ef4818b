/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_content.h"

#include <string.h>

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
		if ((line && sync_line_get(line, name)) ||
			(!expires && !strcmp(name, SYNC_EXPIRES)))
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
	sync_field_t field;
	wire_reader_t reader;
	wire_octets_t value;
	unsigned int i;

	wire_reader_init(&reader, old);
	for (i = 0; i < 2; i++)
	{
		sync_fields_get(i, &field);
		if (!sync_line_get(line, field.name) &&
			!wire_reader_find(&reader, field.name, &value))
		{
			return sync_fields_wrong(error, field.name, "is missing");
		}
	}
	if (!copy_elements(old, line, !line->has_expires, writer))
	{
		return sync_fields_wrong(error, "session", "what the group has is "
								 "malformed");
	}
	for (i = 0; i < line->count; i++)
	{
		if (!strcmp(line->fields[i].name, "ue-id"))
		{
			sync_fields_normalize(line->fields[i].value,
								  strlen(line->fields[i].value), id);
			wire_writer_text(writer, "ue-id", id);
		}
		else if (sync_fields_find(line->fields[i].name, &field) && field.list)
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
		wire_writer_number(writer, SYNC_EXPIRES, line->expires);
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
		   sync_fields_normalize((const char*)value.ptr, value.len, id);
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
		wire_reader_find(&reader, SYNC_EXPIRES, &value) &&
		!wire_number(value, UINT64_MAX / 2, &expires))
	{
		return false;
	}
	if (expires > now)
	{
		*left = expires - now < SYNC_LIFETIME_MAX ? expires - now :
													SYNC_LIFETIME_MAX;
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
	sync_field_t field;
	unsigned int i;
	bool there;

	for (i = 0; sync_fields_get(i, &field); i++)
	{
		if (!field.list)
		{
			continue;
		}
		there = false;
		wire_reader_init(&reader, content);
		while (!there && wire_reader_next(&reader, &element))
		{
			there = element.type == WIRE_LIST_START &&
					wire_equals(element.name, field.name);
		}
		if (!there)
		{
			write_list(writer, field.name,
					   strcmp(field.name, "services") ? "" : "ike");
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
