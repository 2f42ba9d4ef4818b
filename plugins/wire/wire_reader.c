/* SPDX-License-Identifier: MIT */

#include "wire_reader.h"

/**
 * Read an octet.
 */
static inline bool read_octet(wire_reader_t *self, uint8_t *octet)
{
	if (!self->rest.len)
	{
		return false;
	}
	*octet = *self->rest.ptr++;
	self->rest.len--;
	return true;
}

/**
 * Read octets behind their length of one or two octets.
 */
static inline bool read_data(wire_reader_t *self, size_t octets,
							 wire_octets_t *data)
{
	const uint8_t *pos = self->rest.ptr;
	size_t len;

	if (self->rest.len < octets)
	{
		return false;
	}
	len = octets == 1 ? pos[0] : pos[0] << 8 | pos[1];
	if (self->rest.len - octets < len)
	{
		return false;
	}
	*data = wire_octets(pos + octets, len);
	self->rest.ptr += octets + len;
	self->rest.len -= octets + len;
	return true;
}

/**
 * Read an element; FALSE if it is cut off, unknown or out of place.
 */
static bool read_element(wire_reader_t *self, wire_element_t *element)
{
	uint8_t type;

	*element = (wire_element_t){};
	if (!read_octet(self, &type) ||
		self->in_list != (type == WIRE_LIST_ITEM || type == WIRE_LIST_END))
	{
		return false;
	}
	element->type = type;
	switch (type)
	{
		case WIRE_SECTION_START:
			self->depth++;
			return read_data(self, 1, &element->name);
		case WIRE_SECTION_END:
			return self->depth-- > 0;
		case WIRE_KEY_VALUE:
			return read_data(self, 1, &element->name) &&
				   read_data(self, 2, &element->value);
		case WIRE_LIST_START:
			self->in_list = read_data(self, 1, &self->list);
			element->name = self->list;
			return self->in_list;
		case WIRE_LIST_ITEM:
			element->name = self->list;
			return read_data(self, 2, &element->value);
		case WIRE_LIST_END:
			self->in_list = false;
			element->name = self->list;
			return true;
		default:
			return false;
	}
}

/*
 * Described in header
 */
bool wire_reader_init(wire_reader_t *self, wire_octets_t message)
{
	wire_reader_t check = { .rest = message };
	wire_element_t element;
	bool ok = true;

	while (ok && check.rest.len)
	{
		ok = read_element(&check, &element) && wire_is_name(element.name);
	}
	ok = ok && !check.depth && !check.in_list;
	*self = (wire_reader_t){ .rest = ok ? message : wire_octets(NULL, 0) };
	return ok;
}

/*
 * Described in header
 */
bool wire_reader_next(wire_reader_t *self, wire_element_t *element)
{
	return self->rest.len && read_element(self, element);
}

/*
 * Described in header
 */
void wire_reader_skip(wire_reader_t *self)
{
	unsigned int depth = self->depth;
	bool in_list = self->in_list;
	wire_element_t element;

	while (self->depth >= depth && self->in_list >= in_list &&
		   wire_reader_next(self, &element))
	{
		/* not what was asked for */
	}
}

/*
 * Described in header
 */
bool wire_reader_find(const wire_reader_t *from, const char *name,
					  wire_octets_t *value)
{
	wire_reader_t reader = *from;
	wire_element_t element;

	while (reader.depth >= from->depth && wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_KEY_VALUE && reader.depth == from->depth &&
			wire_equals(element.name, name))
		{
			*value = element.value;
			return true;
		}
	}
	*value = wire_octets(NULL, 0);
	return false;
}
