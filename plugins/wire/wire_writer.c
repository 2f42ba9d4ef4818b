/* SPDX-License-Identifier: MIT */

#include "wire_writer.h"
#include "wire_reader.h"

#include <stdlib.h>

/** Least room of a writer that grows, octets */
#define ROOM_MIN 256

/*
 * Described in header
 */
void wire_writer_init(wire_writer_t *this, size_t max)
{
	*this = (wire_writer_t){ .max = max, .grows = true };
}

/*
 * Described in header
 */
void wire_writer_init_buffer(wire_writer_t *this, void *buf, size_t size)
{
	*this = (wire_writer_t){ .buf = buf, .room = size, .max = size };
}

/*
 * Described in header
 */
void wire_writer_reset(wire_writer_t *this)
{
	if (this->len)
	{
		explicit_bzero(this->buf, this->len);
	}
	this->len = 0;
	this->depth = 0;
	this->in_list = false;
	this->failed = false;
}

/*
 * Described in header
 */
void wire_writer_deinit(wire_writer_t *this)
{
	wire_writer_reset(this);
	if (this->grows)
	{
		free(this->buf);
	}
	*this = (wire_writer_t){};
}

/**
 * Move to a greater buffer.  No realloc(): it would leave a copy behind.
 */
static void grow(wire_writer_t *this, size_t need)
{
	size_t room;
	uint8_t *buf;

	room = this->room > ROOM_MIN / 2 ? 2 * this->room : ROOM_MIN;
	room = room < need ? need : room;
	room = room > this->max ? this->max : room;
	buf = malloc(room);
	if (!buf)
	{
		this->failed = true;
		return;
	}
	if (this->len)
	{
		memcpy(buf, this->buf, this->len);
		explicit_bzero(this->buf, this->len);
	}
	free(this->buf);
	this->buf = buf;
	this->room = room;
}

/**
 * Make room for so many octets more.
 *
 * @return			FALSE if the writer has failed
 */
static bool reserve(wire_writer_t *this, size_t more)
{
	if (!this->failed && this->room - this->len < more)
	{
		if (!this->grows || this->max - this->len < more)
		{
			this->failed = true;
		}
		else
		{
			grow(this, this->len + more);
		}
	}
	return !this->failed;
}

/*
 * Described in header
 */
void wire_writer_raw(wire_writer_t *this, wire_octets_t octets)
{
	if (octets.len && reserve(this, octets.len))
	{
		memcpy(this->buf + this->len, octets.ptr, octets.len);
		this->len += octets.len;
	}
}

/**
 * Add the type of an element, which may not be everywhere.
 */
static void put_type(wire_writer_t *this, wire_type_t type)
{
	uint8_t octet = type;

	if (this->in_list != (type == WIRE_LIST_ITEM || type == WIRE_LIST_END))
	{
		this->failed = true;
	}
	wire_writer_raw(this, wire_octets(&octet, 1));
}

/*
 * Described in header
 */
void wire_writer_name(wire_writer_t *this, wire_octets_t name)
{
	uint8_t len = name.len;

	if (!wire_is_name(name))
	{
		this->failed = true;
	}
	wire_writer_raw(this, wire_octets(&len, 1));
	wire_writer_raw(this, name);
}

/**
 * Add a value with its length.
 */
static void put_value(wire_writer_t *this, wire_octets_t value)
{
	uint8_t len[] = { value.len >> 8, value.len };

	if (value.len > WIRE_VALUE_MAX)
	{
		this->failed = true;
	}
	wire_writer_raw(this, wire_octets(len, sizeof(len)));
	wire_writer_raw(this, value);
}

/*
 * Described in header
 */
void wire_writer_begin_section_named(wire_writer_t *this, wire_octets_t name)
{
	put_type(this, WIRE_SECTION_START);
	wire_writer_name(this, name);
	this->depth++;
}

/*
 * Described in header
 */
void wire_writer_begin_section(wire_writer_t *this, const char *name)
{
	wire_writer_begin_section_named(this, wire_text(name));
}

/*
 * Described in header
 */
void wire_writer_end_section(wire_writer_t *this)
{
	if (!this->depth)
	{
		this->failed = true;
		return;
	}
	put_type(this, WIRE_SECTION_END);
	this->depth--;
}

/*
 * Described in header
 */
void wire_writer_value(wire_writer_t *this, const char *name,
					   wire_octets_t value)
{
	put_type(this, WIRE_KEY_VALUE);
	wire_writer_name(this, wire_text(name));
	put_value(this, value);
}

/*
 * Described in header
 */
void wire_writer_text(wire_writer_t *this, const char *name, const char *text)
{
	wire_writer_value(this, name, wire_text(text));
}

/*
 * Described in header
 */
void wire_writer_number(wire_writer_t *this, const char *name,
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
	wire_writer_value(this, name,
					  wire_octets(digits + pos, sizeof(digits) - pos));
}

/*
 * Described in header
 */
void wire_writer_begin_list(wire_writer_t *this, const char *name)
{
	put_type(this, WIRE_LIST_START);
	wire_writer_name(this, wire_text(name));
	this->in_list = true;
}

/*
 * Described in header
 */
void wire_writer_item(wire_writer_t *this, wire_octets_t value)
{
	put_type(this, WIRE_LIST_ITEM);
	put_value(this, value);
}

/*
 * Described in header
 */
void wire_writer_end_list(wire_writer_t *this)
{
	put_type(this, WIRE_LIST_END);
	this->in_list = false;
}

/*
 * Described in header
 */
bool wire_writer_get(wire_writer_t *this, wire_octets_t *octets)
{
	bool ok = !this->failed && !this->depth && !this->in_list;

	*octets = wire_octets(this->buf, ok ? this->len : 0);
	return ok;
}
