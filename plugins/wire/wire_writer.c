/* SPDX-License-Identifier: MIT */

#include "wire_writer.h"
#include "wire_reader.h"

#include <stdlib.h>

/** Least room of a writer that grows, octets */
#define ROOM_MIN 256

/*
 * Described in header
 */
void wire_writer_init(wire_writer_t *self, size_t max)
{
	*self = (wire_writer_t){ .max = max, .grows = true };
}

/*
 * Described in header
 */
void wire_writer_init_buffer(wire_writer_t *self, void *buf, size_t size)
{
	*self = (wire_writer_t){ .buf = buf, .room = size, .max = size };
}

/*
 * Described in header
 */
void wire_writer_reset(wire_writer_t *self)
{
	if (self->len)
	{
		explicit_bzero(self->buf, self->len);
	}
	self->len = 0;
	self->depth = 0;
	self->in_list = false;
	self->failed = false;
}

/*
 * Described in header
 */
void wire_writer_deinit(wire_writer_t *self)
{
	wire_writer_reset(self);
	if (self->grows)
	{
		free(self->buf);
	}
	*self = (wire_writer_t){};
}

/**
 * Move to a greater buffer.  No realloc(): it would leave a copy behind.
 */
static void grow(wire_writer_t *self, size_t need)
{
	size_t room;
	uint8_t *buf;

	room = self->room > ROOM_MIN / 2 ? 2 * self->room : ROOM_MIN;
	room = room < need ? need : room;
	room = room > self->max ? self->max : room;
	buf = malloc(room);
	if (!buf)
	{
		self->failed = true;
		return;
	}
	if (self->len)
	{
		memcpy(buf, self->buf, self->len);
		explicit_bzero(self->buf, self->len);
	}
	free(self->buf);
	self->buf = buf;
	self->room = room;
}

/**
 * Make room for so many octets more.
 *
 * @return			FALSE if the writer has failed
 */
static bool reserve(wire_writer_t *self, size_t more)
{
	if (!self->failed && self->room - self->len < more)
	{
		if (!self->grows || self->max - self->len < more)
		{
			self->failed = true;
		}
		else
		{
			grow(self, self->len + more);
		}
	}
	return !self->failed;
}

/*
 * Described in header
 */
void wire_writer_raw(wire_writer_t *self, wire_octets_t octets)
{
	if (octets.len && reserve(self, octets.len))
	{
		memcpy(self->buf + self->len, octets.ptr, octets.len);
		self->len += octets.len;
	}
}

/**
 * Add the type of an element, which may not be everywhere.
 */
static void put_type(wire_writer_t *self, wire_type_t type)
{
	uint8_t octet = type;

	if (self->in_list != (type == WIRE_LIST_ITEM || type == WIRE_LIST_END))
	{
		self->failed = true;
	}
	wire_writer_raw(self, wire_octets(&octet, 1));
}

/*
 * Described in header
 */
void wire_writer_name(wire_writer_t *self, wire_octets_t name)
{
	uint8_t len = name.len;

	if (!wire_is_name(name))
	{
		self->failed = true;
	}
	wire_writer_raw(self, wire_octets(&len, 1));
	wire_writer_raw(self, name);
}

/**
 * Add a value with its length.
 */
static void put_value(wire_writer_t *self, wire_octets_t value)
{
	uint8_t len[] = { value.len >> 8, value.len };

	if (value.len > WIRE_VALUE_MAX)
	{
		self->failed = true;
	}
	wire_writer_raw(self, wire_octets(len, sizeof(len)));
	wire_writer_raw(self, value);
}

/*
 * Described in header
 */
void wire_writer_begin_section_named(wire_writer_t *self, wire_octets_t name)
{
	put_type(self, WIRE_SECTION_START);
	wire_writer_name(self, name);
	self->depth++;
}

/*
 * Described in header
 */
void wire_writer_begin_section(wire_writer_t *self, const char *name)
{
	wire_writer_begin_section_named(self, wire_text(name));
}

/*
 * Described in header
 */
void wire_writer_end_section(wire_writer_t *self)
{
	if (!self->depth)
	{
		self->failed = true;
		return;
	}
	put_type(self, WIRE_SECTION_END);
	self->depth--;
}

/*
 * Described in header
 */
void wire_writer_value(wire_writer_t *self, const char *name,
					   wire_octets_t value)
{
	put_type(self, WIRE_KEY_VALUE);
	wire_writer_name(self, wire_text(name));
	put_value(self, value);
}

/*
 * Described in header
 */
void wire_writer_text(wire_writer_t *self, const char *name, const char *text)
{
	wire_writer_value(self, name, wire_text(text));
}

/*
 * Described in header
 */
void wire_writer_number(wire_writer_t *self, const char *name,
						uint64_t number)
{
	char digits[20];
	size_t pos = sizeof(digits);

	do
	{
		digits[--pos] = '0' + number % 10;
		number /= 10;
	}
	while (number);
	wire_writer_value(self, name,
					  wire_octets(digits + pos, sizeof(digits) - pos));
}

/*
 * Described in header
 */
void wire_writer_begin_list(wire_writer_t *self, const char *name)
{
	put_type(self, WIRE_LIST_START);
	wire_writer_name(self, wire_text(name));
	self->in_list = true;
}

/*
 * Described in header
 */
void wire_writer_item(wire_writer_t *self, wire_octets_t value)
{
	put_type(self, WIRE_LIST_ITEM);
	put_value(self, value);
}

/*
 * Described in header
 */
void wire_writer_end_list(wire_writer_t *self)
{
	put_type(self, WIRE_LIST_END);
	self->in_list = false;
}

/*
 * Described in header
 */
bool wire_writer_get(wire_writer_t *self, wire_octets_t *octets)
{
	bool ok = !self->failed && !self->depth && !self->in_list;

	*octets = wire_octets(self->buf, ok ? self->len : 0);
	return ok;
}
