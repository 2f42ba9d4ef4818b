/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_packet.h"

#include <bio/bio_reader.h>

/**
 * Read an element behind its type.
 */
static bool check_element(bio_reader_t *reader, vici_type_t type)
{
	chunk_t data, name;

	switch (type)
	{
		case VICI_SECTION_START:
		case VICI_LIST_START:
			return reader->read_data8(reader, &name) &&
				   chunk_printable(name, NULL, 0);
		case VICI_KEY_VALUE:
			return reader->read_data8(reader, &name) &&
				   chunk_printable(name, NULL, 0) &&
				   reader->read_data16(reader, &data);
		case VICI_LIST_ITEM:
			return reader->read_data16(reader, &data);
		case VICI_SECTION_END:
		case VICI_LIST_END:
			return TRUE;
		default:
			return FALSE;
	}
}

/*
 * Described in header
 */
bool kupf_packet_check(chunk_t message)
{
	bio_reader_t *reader;
	bool list = FALSE, ok = TRUE;
	u_int sections = 0;
	uint8_t type;

	reader = bio_reader_create(message);
	while (ok && reader->remaining(reader))
	{
		/* vici_verify_type() knows what may stand where */
		ok = reader->read_uint8(reader, &type) &&
			 vici_verify_type(type, sections, list) &&
			 check_element(reader, type);
		sections += (type == VICI_SECTION_START) - (type == VICI_SECTION_END);
		list = (list || type == VICI_LIST_START) && type != VICI_LIST_END;
	}
	reader->destroy(reader);
	return ok && !list && !sections;
}

/*
 * Described in header
 */
chunk_t kupf_packet_packet(kupf_packet_type_t type, const char *name,
							vici_message_t *message)
{
	chunk_t packet, encoding = chunk_empty;
	size_t len = 1;
	uint8_t *pos;

	if (message)
	{
		encoding = message->get_encoding(message);
	}
	len += encoding.len + (name ? 1 + strlen(name) : 0);
	if (len > KUPF_PACKET_MAX)
	{
		return chunk_empty;
	}
	packet = chunk_create(malloc(KUPF_PACKET_HEADER + len),
						  KUPF_PACKET_HEADER + len);
	if (!packet.ptr)
	{
		return chunk_empty;
	}
	htoun32(packet.ptr, len);
	pos = packet.ptr + KUPF_PACKET_HEADER;
	*pos++ = type;
	if (name)
	{
		*pos++ = strlen(name);
		memcpy(pos, name, strlen(name));
		pos += strlen(name);
	}
	memcpy(pos, encoding.ptr, encoding.len);
	return packet;
}
