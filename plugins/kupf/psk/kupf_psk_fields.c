/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_psk_fields.h"

/**
 * Find a field by its name.
 */
static kupf_psk_field_t *find(kupf_psk_field_t *fields, wire_octets_t name)
{
	for (; fields->name; fields++)
	{
		if (wire_equals(name, fields->name))
		{
			return fields;
		}
	}
	return NULL;
}

/*
 * Described in header
 */
bool kupf_psk_fields_read(wire_reader_t *arguments, kupf_psk_field_t *fields,
						  kupf_error_t *error)
{
	wire_element_t element;
	kupf_psk_field_t *field;

	while (wire_reader_next(arguments, &element))
	{
		field = element.type == WIRE_KEY_VALUE ?
				find(fields, element.name) : NULL;
		if (!field)
		{	/* no name is repeated: it may be what was meant as a value */
			return kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD, fields[1].name ?
							  "expected fields '" KUPF_PSK_IDENTITY "', '"
							  KUPF_PSK_CONNECTION "' and '" KUPF_PSK_REMOTE
							  "' at most" :
							  "expected nothing but field '%s'", fields->name);
		}
		if (field->value.ptr)
		{
			return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
							  "field '%s' is there more than once",
							  field->name);
		}
		field->value = chunk_create((u_char*)element.value.ptr,
									element.value.len);
	}
	for (; fields->name; fields++)
	{
		if (fields->required && !fields->value.ptr)
		{
			return kupf_error(error, KUPF_CAUSE_MISSING_FIELD, "field '%s' is "
							  "missing: expected %s", fields->name,
							  fields->required);
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_psk_fields_connection(chunk_t value, kupf_link_t *link,
								kupf_error_t *error)
{
	bool good = value.len && value.len <= KUPF_LINK_NAME_MAX;
	size_t i;

	for (i = 0; good && i < value.len; i++)
	{
		good = value.ptr[i] > ' ' && value.ptr[i] < 0x7f;
	}
	if (!good)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field '"
						  KUPF_PSK_CONNECTION "': expected 1 to %d printable "
						  "characters without blanks", KUPF_LINK_NAME_MAX);
	}
	memcpy(link->name, value.ptr, value.len);
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_psk_fields_remote(chunk_t value, kupf_link_t *link,
							kupf_error_t *error)
{
	const u_char *open;
	uint64_t port;
	bool good;

	if (!value.ptr)
	{
		return TRUE;
	}
	open = memchr(value.ptr, '[', value.len);
	good = open && value.ptr[value.len - 1] == ']' &&
		   kupf_address_parse(chunk_create(value.ptr, open - value.ptr),
							  &link->remote) &&
		   wire_number(wire_octets(open + 1,
								   value.ptr + value.len - 2 - open),
					   UINT16_MAX, &port);
	if (!good)
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field '"
						  KUPF_PSK_REMOTE "': expected an address and its "
						  "port: 192.0.2.1[4433]");
	}
	link->port = port;
	return TRUE;
}
