/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_provide.h"

#include "wire/wire_reader.h"

/** Fewest octets of RAND */
#define RAND_MIN 16

/** Longest life of a session, seconds */
#define LIFETIME_MAX 315360000

/**
 * Value of a hexadecimal digit, -1 if it is none.
 */
static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' :
		   c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		   c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/**
 * Read hexadecimal digits behind a prefix.
 *
 * @return			octets, 0 if they are none, too many, or without prefix
 */
static size_t read_hex(wire_octets_t value, const char *prefix, uint8_t *to,
					   size_t max)
{
	size_t skip = strlen(prefix), len, i;
	const uint8_t *at = value.ptr + skip;

	if (value.len <= skip || memcmp(value.ptr, prefix, skip) ||
		(value.len - skip) % 2 || (value.len - skip) / 2 > max)
	{
		return 0;
	}
	len = (value.len - skip) / 2;
	for (i = 0; i < len; i++)
	{
		if (digit(at[2 * i]) < 0 || digit(at[2 * i + 1]) < 0)
		{
			return 0;
		}
		to[i] = digit(at[2 * i]) << 4 | digit(at[2 * i + 1]);
	}
	return len;
}

/**
 * Read a key: its octets, or hexadecimal digits behind "0x".
 */
static bool read_key(wire_octets_t value, kupf_n4_key_t *key)
{
	if (value.len == sizeof(key->key))
	{
		memcpy(key->key, value.ptr, value.len);
		return true;
	}
	return read_hex(value, "0x", key->key, sizeof(key->key)) ==
		   sizeof(key->key);
}

/**
 * Read a name.
 */
static bool read_name(wire_octets_t value, char *to)
{
	if (!value.len || value.len >= RELAY_PROVIDE_NAME || !wire_is_name(value))
	{
		return false;
	}
	memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	return true;
}

/**
 * Read a field.
 *
 * @return			what is wrong, NULL if all is right
 */
static const char *read_field(relay_provide_t *self, unsigned int *keys,
							  const wire_element_t *field)
{
	kupf_n4_key_t *key = &self->key;
	uint64_t number;

	if (field->type != WIRE_KEY_VALUE)
	{
		return "provide-key: expected fields with values only";
	}
	if (wire_equals(field->name, "session"))
	{
		return read_name(field->value, self->session) ? NULL :
			   "session: expected the name of event key-request";
	}
	if (wire_equals(field->name, "upf"))
	{
		return read_name(field->value, self->upf) ? NULL :
			   "upf: expected the name of event key-request";
	}
	if (wire_equals(field->name, "key") || wire_equals(field->name, "kamf"))
	{
		(*keys)++;
		key->derives = wire_equals(field->name, "kamf");
		return read_key(field->value, key) ? NULL :
			   "key, kamf: expected 32 octets, or 0x and 64 hexadecimal digits";
	}
	if (wire_equals(field->name, "ue-id"))
	{
		key->id_len = read_hex(field->value, "@#", key->id, sizeof(key->id));
		return key->id_len ? NULL :
			   "ue-id: expected @# and up to 128 hexadecimal digits";
	}
	if (wire_equals(field->name, "rand"))
	{
		key->rand_len = read_hex(field->value, "0x", key->rand,
								 sizeof(key->rand));
		return key->rand_len >= RAND_MIN ? NULL :
			   "rand: expected 0x and 32 to 128 hexadecimal digits";
	}
	if (wire_equals(field->name, "lifetime"))
	{
		if (wire_number(field->value, LIFETIME_MAX, &number) && number)
		{
			key->lifetime = number;
			return NULL;
		}
		return "lifetime: expected seconds from 1 to 315360000";
	}
	return "provide-key: expected fields upf, session, key, kamf, rand, ue-id "
		   "and lifetime only";
}

/*
 * Described in header
 */
const char *relay_provide_read(relay_provide_t *self, wire_octets_t message)
{
	const char *wrong = NULL;
	wire_element_t field;
	wire_reader_t reader;
	unsigned int keys = 0;

	memset(self, 0, sizeof(*self));
	if (!wire_reader_init(&reader, message))
	{
		return "provide-key: malformed message";
	}
	while (!wrong && wire_reader_next(&reader, &field))
	{
		wrong = read_field(self, &keys, &field);
	}
	if (wrong)
	{
		return wrong;
	}
	if (!self->session[0])
	{
		return "session: is missing";
	}
	if (keys != 1)
	{
		return "key, kamf: expected one of them";
	}
	if (!self->key.derives && (!self->key.id_len || self->key.rand_len))
	{
		return "ue-id, rand: expected ue-id, and no rand, with key";
	}
	return NULL;
}

/**
 * Write a text, unless it is empty.
 */
static void write_text(wire_writer_t *writer, const char *name,
					   const char *text)
{
	if (text && text[0])
	{
		wire_writer_text(writer, name, text);
	}
}

/**
 * Write octets as hexadecimal digits, unless there are none.
 */
static void write_hex(wire_writer_t *writer, const char *name,
					  const char *prefix, const uint8_t *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 + 2 * 64 + 1], *at = text + 2;
	size_t i;

	if (len && len <= 64)
	{
		memcpy(text, prefix, 2);
		for (i = 0; i < len; i++)
		{
			*at++ = digits[octets[i] >> 4];
			*at++ = digits[octets[i] & 0x0f];
		}
		*at = '\0';
		wire_writer_text(writer, name, text);
	}
}

/*
 * Described in header
 */
void relay_provide_write_need(wire_writer_t *writer, const char *upf,
							  const kupf_n4_need_t *need)
{
	int i;

	wire_writer_text(writer, "upf", upf);
	wire_writer_text(writer, "session", need->session);
	wire_writer_text(writer, "smf", need->smf);
	wire_writer_text(writer, "supi", need->supi);
	write_text(writer, "dnn", need->dnn);
	write_text(writer, "snssai", need->snssai);
	wire_writer_begin_list(writer, "ue-addresses");
	for (i = 0; need->ue_addresses[i]; i++)
	{
		wire_writer_item(writer, wire_text(need->ue_addresses[i]));
	}
	wire_writer_end_list(writer);
}

/*
 * Described in header
 */
void relay_provide_write_told(wire_writer_t *writer, const char *upf,
							  const kupf_n4_told_t *told)
{
	wire_writer_text(writer, "upf", upf);
	wire_writer_text(writer, "session", told->session);
	wire_writer_text(writer, "smf", told->smf);
	wire_writer_text(writer, "supi", told->supi);
	write_text(writer, "dnn", told->dnn);
	wire_writer_text(writer, "status", told->accepted ? "accepted" :
					 told->pending ? "pending" : "refused");
	write_text(writer, "cause", told->cause);
	write_text(writer, "upf-address", told->upf_address);
	write_hex(writer, "ue-id", "@#", told->id, told->id_len);
	write_hex(writer, "rand", "0x", told->rand, told->rand_len);
	if (told->expires)
	{
		wire_writer_number(writer, "expires", told->expires);
	}
}
