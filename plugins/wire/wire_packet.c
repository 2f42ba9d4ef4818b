/* SPDX-License-Identifier: MIT */

#include "wire_packet.h"

/**
 * What follows the types of packets.
 */
static const struct {
	bool name;
	bool message;
} types[] = {
	[WIRE_CMD_REQUEST] = { true, true },
	[WIRE_CMD_RESPONSE] = { false, true },
	[WIRE_CMD_UNKNOWN] = { false, false },
	[WIRE_EVENT_REGISTER] = { true, false },
	[WIRE_EVENT_UNREGISTER] = { true, false },
	[WIRE_EVENT_CONFIRM] = { false, false },
	[WIRE_EVENT_UNKNOWN] = { false, false },
	[WIRE_EVENT] = { true, true },
};

/*
 * Described in header
 */
wire_packet_status_t wire_packet_cut(wire_octets_t stream, wire_octets_t *body,
									 size_t *size)
{
	const uint8_t *ptr = stream.ptr;
	uint32_t len;

	*body = wire_octets(NULL, 0);
	*size = WIRE_PACKET_HEADER;
	if (stream.len < WIRE_PACKET_HEADER)
	{
		return WIRE_PACKET_PART;
	}
	len = (uint32_t)ptr[0] << 24 | ptr[1] << 16 | ptr[2] << 8 | ptr[3];
	if (!len || len > WIRE_PACKET_MAX)
	{
		return len ? WIRE_PACKET_OVERLONG : WIRE_PACKET_MALFORMED;
	}
	*size += len;
	if (stream.len < *size)
	{
		return WIRE_PACKET_PART;
	}
	*body = wire_octets(ptr + WIRE_PACKET_HEADER, len);
	return WIRE_PACKET_WHOLE;
}

/*
 * Described in header
 */
bool wire_packet_parse(wire_octets_t body, wire_packet_t *packet)
{
	size_t pos = 1, len;

	*packet = (wire_packet_t){};
	if (!body.len || body.ptr[0] >= sizeof(types) / sizeof(types[0]))
	{
		return false;
	}
	packet->type = body.ptr[0];
	if (types[packet->type].name)
	{
		if (body.len == pos || body.len - pos - 1 < body.ptr[pos])
		{
			return false;
		}
		len = body.ptr[pos++];
		packet->name = wire_octets(body.ptr + pos, len);
		pos += len;
	}
	packet->message = wire_octets(body.ptr + pos, body.len - pos);
	return types[packet->type].message || !packet->message.len;
}

/*
 * Described in header
 */
void wire_packet_begin(wire_writer_t *writer, wire_packet_type_t type,
					   const char *name)
{
	const uint8_t head[WIRE_PACKET_HEADER + 1] = {
		[WIRE_PACKET_HEADER] = type,
	};

	wire_writer_reset(writer);
	wire_writer_raw(writer, wire_octets(head, sizeof(head)));
	if (types[type].name)
	{
		wire_writer_name(writer, wire_text(name));
	}
}

/*
 * Described in header
 */
bool wire_packet_end(wire_writer_t *writer, wire_octets_t *packet)
{
	size_t len;

	if (!wire_writer_get(writer, packet))
	{
		return false;
	}
	len = packet->len - WIRE_PACKET_HEADER;
	if (len > WIRE_PACKET_MAX)
	{
		*packet = wire_octets(NULL, 0);
		return false;
	}
	writer->buf[0] = len >> 24;
	writer->buf[1] = len >> 16;
	writer->buf[2] = len >> 8;
	writer->buf[3] = len;
	return true;
}
