/* SPDX-License-Identifier: MIT */

#include "n4_vendor.h"
#include "n4_wrap.h"

#include <arpa/inet.h>

/** Octets of an enterprise number, and of type and length of a part */
#define ENTERPRISE 2
#define PART_HEADER 3

/** Parts from here on may be skipped by who does not know them */
#define OPTIONAL 128

/** Greatest lifetime that kupf takes, seconds */
#define LIFETIME_MAX 315360000

/** Longest word of an answer */
#define WORD_MAX 32

/** Parts of an IE with a key */
enum {
	KEY_KUPF = 1,
	KEY_KAMF = 2,
	KEY_RAND = 3,
	KEY_LIFETIME = 4,
	KEY_ID = 5,
	KEY_PDU_SESSION_ID = 6,
	KEY_GRACE = 7,
	KEY_WRAPPED_KUPF = 8,
	KEY_WRAPPED_KAMF = 9,
};

/** Parts of an IE with an answer */
enum {
	ANSWER_CAUSE = 1,
	ANSWER_IPV4 = 2,
	ANSWER_IPV6 = 3,
	ANSWER_ID = 4,
	ANSWER_EXPIRES = 5,
	ANSWER_WORD = 6,
};

/*
 * Described in header
 */
bool n4_vendor_is(const n4_vendor_t *self, const n4_ie_t *ie, uint16_t type)
{
	return ie->type == type && ie->value.len >= ENTERPRISE &&
		   n4_number(ie->value.ptr, ENTERPRISE) == self->enterprise;
}

/**
 * Copy octets of which there may be some more or less.
 */
static bool read_octets(wire_octets_t value, size_t min, size_t max,
						uint8_t *to, uint8_t *len)
{
	if (value.len < min || value.len > max)
	{
		return false;
	}
	memcpy(to, value.ptr, value.len);
	*len = value.len;
	return true;
}

/**
 * Read a number of seconds.
 */
static bool read_seconds(wire_octets_t value, uint32_t *seconds)
{
	*seconds = value.len == 4 ? n4_number(value.ptr, 4) : UINT32_MAX;
	return *seconds <= LIFETIME_MAX;
}

/**
 * Read a key, wrapped or not.
 */
static bool read_key(uint8_t type, wire_octets_t value, n4_content_t *content,
					 n4_wrapped_t *wrapped)
{
	uint8_t len;

	if (content->has_key)
	{
		return false;
	}
	content->has_key = true;
	content->derives = type == KEY_KAMF || type == KEY_WRAPPED_KAMF;
	if (type == KEY_KUPF || type == KEY_KAMF)
	{
		return read_octets(value, N4_KEY_SIZE, N4_KEY_SIZE, content->key, &len);
	}
	wrapped->octets = value;
	return value.len == N4_WRAP_SIZE;
}

/**
 * Read a part.
 */
static bool read_part(uint8_t type, wire_octets_t value, n4_content_t *content,
					  n4_wrapped_t *wrapped)
{
	uint8_t len;

	switch (type)
	{
		case KEY_KUPF:
		case KEY_KAMF:
		case KEY_WRAPPED_KUPF:
		case KEY_WRAPPED_KAMF:
			return read_key(type, value, content, wrapped);
		case KEY_RAND:
			return read_octets(value, N4_RAND_MIN, N4_RAND_MAX, content->rand,
							   &content->rand_len);
		case KEY_LIFETIME:
			return read_seconds(value, &content->lifetime);
		case KEY_ID:
			return read_octets(value, 1, N4_ID_MAX, content->id,
							   &content->id_len);
		case KEY_PDU_SESSION_ID:
			return read_octets(value, 1, 1, &content->pdu_session_id, &len) &&
				   content->pdu_session_id >= 1 &&
				   content->pdu_session_id <= 15;
		case KEY_GRACE:
			return read_seconds(value, &content->grace);
		default:
			return type >= OPTIONAL;
	}
}

/*
 * Described in header
 */
bool n4_vendor_read(const n4_ie_t *ie, n4_content_t *content,
					n4_wrapped_t *wrapped)
{
	const uint8_t *at = ie->value.ptr + ENTERPRISE;
	size_t left = ie->value.len - ENTERPRISE, len;
	uint8_t seen[256 / 8] = {};

	memset(wrapped, 0, sizeof(*wrapped));
	for (; left; at += PART_HEADER + len, left -= PART_HEADER + len)
	{
		len = left >= PART_HEADER ? n4_number(at + 1, 2) : 0;
		if (left < PART_HEADER || len > left - PART_HEADER ||
			seen[at[0] / 8] & 1 << at[0] % 8 ||
			/* what comes after a wrapped key would not be protected */
			wrapped->octets.len ||
			!read_part(at[0], wire_octets(at + PART_HEADER, len), content,
					   wrapped))
		{
			return false;
		}
		wrapped->before = wire_octets(ie->value.ptr, at + PART_HEADER -
													 ie->value.ptr);
		seen[at[0] / 8] |= 1 << at[0] % 8;
	}
	/* a key has its identifier, a derivation its RAND and perhaps both */
	return content->has_key && (content->derives ? content->rand_len > 0 :
								content->id_len > 0 && !content->rand_len);
}

/**
 * Write a part.
 */
static void write_part(n4_out_t *out, uint8_t type, wire_octets_t value)
{
	n4_out_number(out, type, 1);
	n4_out_number(out, value.len, 2);
	n4_out_add(out, value);
}

/**
 * Write an address that is text, unless it is none.
 */
static void write_address(n4_out_t *out, wire_octets_t text)
{
	char address[INET6_ADDRSTRLEN] = "";
	uint8_t octets[16];

	if (text.len && text.len < sizeof(address))
	{
		memcpy(address, text.ptr, text.len);
	}
	if (inet_pton(AF_INET, address, octets) == 1)
	{
		write_part(out, ANSWER_IPV4, wire_octets(octets, 4));
	}
	else if (inet_pton(AF_INET6, address, octets) == 1)
	{
		write_part(out, ANSWER_IPV6, wire_octets(octets, 16));
	}
}

/**
 * Value of a hexadecimal digit, 16 if it is none.
 */
static uint8_t digit(uint8_t c)
{
	c = c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 : (uint8_t)(c - '0');
	return c < 16 ? c : 16;
}

/*
 * Described in header
 */
size_t n4_vendor_read_id(wire_octets_t text, uint8_t *id)
{
	static const char keyid[] = "keyid:";
	size_t i, len = text.len / 2 - 1;
	uint8_t high, low;

	if (text.len > strlen(keyid) && text.len <= strlen(keyid) + N4_ID_MAX &&
		!memcmp(text.ptr, keyid, strlen(keyid)))
	{
		memcpy(id, text.ptr + strlen(keyid), text.len - strlen(keyid));
		return text.len - strlen(keyid);
	}
	if (text.len < 4 || text.len % 2 || len > N4_ID_MAX ||
		memcmp(text.ptr, "@#", 2))
	{
		return 0;
	}
	for (i = 0; i < len; i++)
	{
		high = digit(text.ptr[2 + 2 * i]);
		low = digit(text.ptr[3 + 2 * i]);
		if (high > 15 || low > 15)
		{
			return 0;
		}
		id[i] = high << 4 | low;
	}
	return len;
}

/**
 * Write the octets of an identity of type ID_KEY_ID, and nothing of another.
 */
static void write_id(n4_out_t *out, wire_octets_t text)
{
	uint8_t id[N4_ID_MAX];
	size_t len = n4_vendor_read_id(text, id);

	if (len)
	{
		write_part(out, ANSWER_ID, wire_octets(id, len));
	}
}

/*
 * Described in header
 */
void n4_vendor_write(const n4_vendor_t *self, const n4_answer_t *answer,
					 n4_out_t *out)
{
	uint8_t cause = answer->cause, expires[4], i;
	size_t start = out->len, len;

	n4_out_number(out, self->answer_type, 2);
	n4_out_number(out, 0, 2);
	n4_out_number(out, self->enterprise, ENTERPRISE);
	write_part(out, ANSWER_CAUSE, wire_octets(&cause, 1));
	write_address(out, answer->upf_address);
	write_id(out, answer->ue_id);
	if (answer->expires && answer->expires <= UINT32_MAX)
	{
		for (i = 0; i < 4; i++)
		{
			expires[i] = answer->expires >> (24 - 8 * i);
		}
		write_part(out, ANSWER_EXPIRES, wire_octets(expires, 4));
	}
	if (answer->word.len && answer->word.len <= WORD_MAX)
	{
		write_part(out, ANSWER_WORD, answer->word);
	}
	if (!out->failed)
	{
		len = out->len - start - 4;
		out->buf[start + 2] = len >> 8;
		out->buf[start + 3] = len & 0xff;
	}
}
