/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes messages: structure check, requests and all commands.
 *
 * The first octet picks the command, the rest is the message.  No error may
 * repeat what may be of a key.
 */

#include "fuzz.h"
#include "test_upf.h"

const char *fuzz_target = "kupf_request";

static char *commands[] = {
	"establish-session", "establish-sessions", "modify-session",
	"delete-session", "list-sessions", "stats", "version", "sync-begin",
	"sync-end", "unknown",
};

/** Most entries of a list that are asked for */
#define LISTED_MAX 100

/**
 * Abort if an answer is not what it has to be, or repeats what may be of a key.
 */
static void check_answer(wire_octets_t answer, const uint8_t *data, size_t len)
{
	wire_element_t element;
	wire_reader_t reader;
	wire_packet_t packet;
	wire_octets_t body;
	char message[512];
	size_t size;

	if (wire_packet_cut(answer, &body, &size) != WIRE_PACKET_WHOLE ||
		size != answer.len || !wire_packet_parse(body, &packet) ||
		!wire_reader_init(&reader, packet.message))
	{
		abort();
	}
	while (wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_KEY_VALUE &&
			wire_equals(element.name, "errmsg"))
		{
			snprintf(message, sizeof(message), "%.*s", (int)element.value.len,
					 element.value.ptr);
			fuzz_check_error(message, data, len);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	wire_reader_t message, arguments;
	wire_octets_t event;
	kupf_list_t *list;
	test_upf_t *upf;
	char *name;
	u_int i, j;

	if (!size || !wire_reader_init(&message, wire_octets(data + 1, size - 1)))
	{
		return 0;
	}
	name = commands[data[0] % countof(commands)];
	upf = fuzz_upf();
	for (i = 0; i < 2; i++)
	{	/* the second time it finds what the first time left */
		arguments = message;
		check_answer(upf->commands->execute(upf->commands, upf,
							wire_text(name), &arguments, &list), data, size);
		for (j = 0; list && j < LISTED_MAX && list->next(list, &event); j++)
		{
			check_answer(event, data, size);
		}
		DESTROY_IF(list);
	}
	upf->commands->forget(upf->commands, upf);
	return 0;
}
