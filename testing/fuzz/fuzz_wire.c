/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes the codec, which is all that there is here: a stream of packets is cut
 * up and read, and what reads well is written again, to the very same octets.
 */

#include "fuzz.h"
#include "wire/wire_packet.h"
#include "wire/wire_reader.h"

#include <stdlib.h>

const char *fuzz_target = "wire";

/** Writer, used again and again */
static wire_writer_t writer;

/*
 * Described in header
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	wire_writer_init(&writer, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	return 0;
}

/**
 * Make a text of a name.
 */
static const char *text_of(wire_octets_t name)
{
	static char text[WIRE_NAME_MAX + 1];

	if (name.len)
	{
		memcpy(text, name.ptr, name.len);
	}
	text[name.len] = '\0';
	return text;
}

/**
 * Write all elements of a message again.
 */
static void write_again(wire_reader_t *reader)
{
	wire_element_t element;

	while (wire_reader_next(reader, &element))
	{
		switch (element.type)
		{
			case WIRE_SECTION_START:
				wire_writer_begin_section_named(&writer, element.name);
				break;
			case WIRE_SECTION_END:
				wire_writer_end_section(&writer);
				break;
			case WIRE_KEY_VALUE:
				wire_writer_value(&writer, text_of(element.name),
								  element.value);
				break;
			case WIRE_LIST_START:
				wire_writer_begin_list(&writer, text_of(element.name));
				break;
			case WIRE_LIST_ITEM:
				wire_writer_item(&writer, element.value);
				break;
			case WIRE_LIST_END:
				wire_writer_end_list(&writer);
				break;
			default:
				abort();
		}
	}
}

/**
 * Read a packet, and write it again if all of it is as it has to be.
 */
static void try_packet(wire_octets_t body)
{
	wire_reader_t reader;
	wire_element_t element;
	wire_packet_t packet;
	wire_octets_t again;

	if (!wire_packet_parse(body, &packet))
	{
		return;
	}
	if (!wire_reader_init(&reader, packet.message))
	{
		if (wire_reader_next(&reader, &element))
		{
			abort();
		}
		return;
	}
	if (!wire_is_name(packet.name))
	{	/* nobody checks it: there is no command and no event of that name */
		return;
	}
	wire_packet_begin(&writer, packet.type, text_of(packet.name));
	write_again(&reader);
	if (!wire_packet_end(&writer, &again) ||
		again.len != WIRE_PACKET_HEADER + body.len ||
		memcmp(again.ptr + WIRE_PACKET_HEADER, body.ptr, body.len))
	{
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	wire_octets_t stream = { data, size }, body;
	size_t len;

	while (wire_packet_cut(stream, &body, &len) == WIRE_PACKET_WHOLE)
	{
		try_packet(body);
		stream.ptr += len;
		stream.len -= len;
	}
	return 0;
}
