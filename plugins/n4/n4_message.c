/* SPDX-License-Identifier: MIT */

#include "n4_message.h"

/** What the first octet has: version, flags FO and S */
#define VERSION(octet) ((octet) >> 5)
#define FLAG_FO 0x04
#define FLAG_S 0x01

/** Octets before what the length counts, and of a header without SEID */
#define UNCOUNTED 4
#define HEADER 8

/** Octets of a SEID, and where it is */
#define SEID 8
#define SEID_AT 4

/** Octets of type and length of an IE */
#define IE_HEADER 4

/*
 * Described in header
 */
uint64_t n4_number(const uint8_t *from, size_t len)
{
	uint64_t number = 0;

	while (len--)
	{
		number = number << 8 | *from++;
	}
	return number;
}

/**
 * Take octets off the start.
 */
static wire_octets_t skip(wire_octets_t octets, size_t len)
{
	return wire_octets(octets.ptr + len, octets.len - len);
}

/**
 * Read the message that a datagram begins with.
 */
static bool read_message(wire_octets_t from, n4_message_t *message)
{
	size_t len, header = HEADER;

	if (from.len < HEADER || VERSION(from.ptr[0]) != 1)
	{
		return false;
	}
	len = UNCOUNTED + n4_number(from.ptr + 2, 2);
	message->has_seid = from.ptr[0] & FLAG_S;
	header += message->has_seid ? SEID : 0;
	if (len < header || len > from.len)
	{
		return false;
	}
	message->octets = wire_octets(from.ptr, len);
	message->ies = skip(message->octets, header);
	message->type = from.ptr[1];
	message->seid = message->has_seid ? n4_number(from.ptr + SEID_AT, SEID) : 0;
	message->sequence = n4_number(message->ies.ptr - 4, 3);
	return true;
}

/*
 * Described in header
 */
bool n4_message_cut(wire_octets_t *datagram, n4_message_t *message)
{
	bool more, read;

	read = read_message(*datagram, message);
	if (read)
	{
		more = message->octets.ptr[0] & FLAG_FO;
		*datagram = skip(*datagram, message->octets.len);
		read = more == (datagram->len > 0);
	}
	if (!read)
	{
		datagram->len = 0;
	}
	return read;
}

/*
 * Described in header
 */
bool n4_message_is_request(const n4_message_t *self)
{
	/* before that one requests have odd types, behind it even ones */
	return self->type > N4_VERSION_NOT_SUPPORTED ? self->type % 2 == 0 :
		   self->type < N4_VERSION_NOT_SUPPORTED && self->type % 2 == 1;
}

/*
 * Described in header
 */
bool n4_ie_next(wire_octets_t *ies, n4_ie_t *ie)
{
	size_t len;

	if (ies->len < IE_HEADER)
	{
		return false;
	}
	len = n4_number(ies->ptr + 2, 2);
	if (len > ies->len - IE_HEADER)
	{
		return false;
	}
	ie->type = n4_number(ies->ptr, 2);
	ie->octets = wire_octets(ies->ptr, IE_HEADER + len);
	ie->value = wire_octets(ies->ptr + IE_HEADER, len);
	*ies = skip(*ies, IE_HEADER + len);
	return true;
}

/*
 * Described in header
 */
bool n4_ie_find(wire_octets_t ies, uint16_t type, size_t min,
				wire_octets_t *value)
{
	n4_ie_t ie;

	while (n4_ie_next(&ies, &ie))
	{
		if (ie.type == type)
		{
			*value = ie.value;
			return ie.value.len >= min;
		}
	}
	return false;
}

/*
 * Described in header
 */
void n4_out_add(n4_out_t *self, wire_octets_t octets)
{
	if (self->failed || octets.len > self->room - self->len)
	{
		self->failed = true;
	}
	else if (octets.len)
	{
		memcpy(self->buf + self->len, octets.ptr, octets.len);
		self->len += octets.len;
	}
}

/*
 * Described in header
 */
void n4_out_number(n4_out_t *self, uint64_t number, size_t len)
{
	uint8_t octets[8];
	size_t i;

	for (i = 0; i < len; i++)
	{
		octets[i] = number >> 8 * (len - 1 - i);
	}
	n4_out_add(self, wire_octets(octets, len));
}

/*
 * Described in header
 */
bool n4_message_write(const n4_message_t *self, n4_edit_t edit, void *user,
					  wire_octets_t more, n4_out_t *out)
{
	wire_octets_t rest = self->ies;
	n4_ie_t ie;

	n4_out_add(out, wire_octets(self->octets.ptr,
								self->octets.len - self->ies.len));
	while (n4_ie_next(&rest, &ie))
	{
		if (!edit || !edit(user, &ie, out))
		{
			n4_out_add(out, ie.octets);
		}
	}
	n4_out_add(out, rest);
	n4_out_add(out, more);
	if (out->failed || out->len > N4_MESSAGE_MAX)
	{
		return false;
	}
	out->buf[0] &= ~FLAG_FO;
	out->buf[2] = (out->len - UNCOUNTED) >> 8;
	out->buf[3] = (out->len - UNCOUNTED) & 0xff;
	return true;
}
