/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_parser.h"
#include "kupf_fields.h"

/**
 * Set the error for a field that is not known here.  If it is not known at all,
 * its name may be a key that went astray.
 */
static void set_unknown(kupf_request_t *request, const char *what,
						wire_octets_t name, kupf_fields_t allowed,
						kupf_error_t *error)
{
	kupf_unknown_t unknown = {
		.name = (const char*)name.ptr,
		.len = name.len,
	};
	char text[KUPF_UNKNOWN_SIZE];
	const kupf_wire_field_t *field;

	field = kupf_fields_find(name, KUPF_FIELDS_ALL);
	if (field)
	{	/* known elsewhere: that is no key */
		kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD,
				   "field '%s' is not known here", field->name);
		return;
	}
	kupf_fields_compare(&unknown, allowed);
	kupf_error(error, KUPF_CAUSE_UNKNOWN_FIELD, "%s",
			   kupf_unknown_print(&unknown, text, sizeof(text), what,
								  request->position));
}

/**
 * Octets as libstrongswan has them.
 */
static chunk_t to_chunk(wire_octets_t octets)
{
	return chunk_create((u_char*)octets.ptr, octets.len);
}

/**
 * A field starts.
 *
 * @param what		what it is called in an error
 */
static const kupf_wire_field_t *begin_field(kupf_request_t *request,
										const char *what, wire_octets_t name,
										bool list, kupf_fields_t allowed,
										kupf_error_t *error)
{
	const kupf_wire_field_t *field = kupf_fields_find(name, allowed);

	if (!field)
	{
		set_unknown(request, what, name, allowed, error);
		return NULL;
	}
	if (field->list != list)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
				   "field '%s': expected a %s", field->name,
				   field->list ? "list" : "single value");
		return NULL;
	}
	if (request->fields & field->bit)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
				   "field '%s' is there more than once", field->name);
		return NULL;
	}
	request->fields |= field->bit;
	return field;
}

/**
 * A section starts, where none can be.
 */
static void refuse_section(kupf_request_t *request, wire_octets_t name,
						   kupf_fields_t allowed, kupf_error_t *error)
{
	const kupf_wire_field_t *field = kupf_fields_find(name, allowed);

	if (field)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
				   "field '%s': a section is not expected here", field->name);
	}
	else
	{
		set_unknown(request, "section", name, allowed, error);
	}
}

/**
 * A value of a field.
 */
static void parse_value(kupf_request_t *request, const kupf_wire_field_t *field,
						chunk_t value, kupf_error_t *error)
{
	if (field && !field->parse(request, value))
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
				   "field '%s': expected %s", field->name, field->expected);
	}
}

/**
 * Check that all required fields are there.
 */
static void check_required(kupf_request_t *request, kupf_fields_t required,
						   kupf_error_t *error)
{
	const kupf_wire_field_t *field;

	field = kupf_fields_first(required & ~request->fields);
	if (field)
	{
		kupf_error(error, KUPF_CAUSE_MISSING_FIELD,
				   "field '%s' is missing: expected %s", field->name,
				   field->expected);
	}
	if ((request->fields & KUPF_FIELD_SERVICES) && !request->data.services)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
				   "field 'services': expected at least one service");
	}
}

/*
 * Described in header
 */
bool kupf_parser_message(kupf_request_t *request, wire_reader_t *elements,
						 kupf_fields_t allowed, kupf_fields_t required,
						 kupf_error_t *error)
{
	const kupf_wire_field_t *field = NULL;
	wire_element_t element;
	u_int depth = elements->depth;

	while (elements->depth >= depth && wire_reader_next(elements, &element))
	{
		switch (element.type)
		{
			case WIRE_KEY_VALUE:
				request->position++;
				field = begin_field(request, "field", element.name, FALSE,
									allowed, error);
				parse_value(request, field, to_chunk(element.value), error);
				break;
			case WIRE_LIST_START:
				request->position++;
				field = begin_field(request, "field", element.name, TRUE,
									allowed, error);
				break;
			case WIRE_LIST_ITEM:
				parse_value(request, field, to_chunk(element.value), error);
				break;
			case WIRE_SECTION_START:
				request->position++;
				refuse_section(request, element.name, allowed, error);
				wire_reader_skip(elements);
				break;
			default:
				break;
		}
	}
	check_required(request, required, error);
	return error->cause == KUPF_CAUSE_NONE;
}

/**
 * A value of a field, as text.
 */
static void parse_text(kupf_request_t *request, const kupf_wire_field_t *field,
					   char *text, kupf_error_t *error)
{
	chunk_t value = chunk_from_str(text);

	if (!(field->bit & (KUPF_FIELD_KEY | KUPF_FIELDS_BASE)))
	{
		parse_value(request, field, value, error);
	}
	/* on the wire so many characters were raw octets; here they are digits of
	 * a key that is too short, presumably */
	else if (value.len == KUPF_KEY_MIN || !field->parse(request, value))
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "field '%s': expected "
				   "0x<hex> or 0s<base64> of 32%s octets, not all zero",
				   field->name, field->bit == KUPF_FIELD_KEY ? " to 64" : "");
	}
}

/**
 * Parse a word of a line.
 */
static void parse_word(kupf_request_t *request, char *word,
					   kupf_fields_t allowed, kupf_error_t *error)
{
	const kupf_wire_field_t *field;
	char *value, *item;

	value = strchr(word, '=');
	if (!value)
	{	/* it may be a key that was typed in the wrong place */
		kupf_error(error, KUPF_CAUSE_INVALID_FIELD, "word %u, of %zu octets: "
				   "expected field=value", request->position, strlen(word));
		return;
	}
	*value++ = '\0';
	field = kupf_fields_find(wire_text(word), allowed);
	if (!begin_field(request, "word", wire_text(word),
					 field && field->list, allowed, error))
	{
		return;
	}
	if (!field->list)
	{
		parse_text(request, field, value, error);
		return;
	}
	/* an empty item is wrong, and a list of none is one of these */
	while ((item = strsep(&value, ",")))
	{
		parse_text(request, field, item, error);
	}
}

/*
 * Described in header
 */
bool kupf_parser_line(kupf_request_t *request, char *line,
					  kupf_fields_t allowed, kupf_fields_t required,
					  kupf_error_t *error)
{
	const kupf_wire_field_t *field = kupf_fields_first(KUPF_FIELD_SESSION);
	char *word, *pos;

	for (word = strtok_r(line, " \t\r", &pos); word && *word != '#';
		 word = strtok_r(NULL, " \t\r", &pos))
	{
		request->position++;
		if (request->fields & KUPF_FIELD_SESSION)
		{
			parse_word(request, word, allowed & ~KUPF_FIELD_SESSION, error);
		}
		else
		{
			request->fields |= KUPF_FIELD_SESSION;
			parse_value(request, field, chunk_from_str(word), error);
		}
	}
	check_required(request, required, error);
	return error->cause == KUPF_CAUSE_NONE;
}

/*
 * Described in header
 */
bool kupf_parser_name(kupf_request_t *request, wire_octets_t name,
					  kupf_error_t *error)
{
	const kupf_wire_field_t *field = kupf_fields_first(KUPF_FIELD_SESSION);

	if (!field->parse(request, to_chunk(name)))
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
						  "name of the section: expected %s",
						  field->expected);
	}
	request->fields |= KUPF_FIELD_SESSION;
	return TRUE;
}
