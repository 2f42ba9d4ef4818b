/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes messages: structure check, requests and all commands.
 *
 * The first octet picks the command, the rest is the message.  No error may
 * repeat what may be of a key.
 */

#include "fuzz.h"
#include "kupf/protocol/kupf_packet.h"
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
 * Look at all errors of a reply.
 */
static void check_reply(vici_message_t *reply, chunk_t input)
{
	enumerator_t *elements;
	vici_type_t type;
	chunk_t value;
	char *name, message[512];

	if (!kupf_packet_check(reply->get_encoding(reply)))
	{
		abort();
	}
	elements = reply->create_enumerator(reply);
	while (elements->enumerate(elements, &type, &name, &value) &&
		   type != VICI_END)
	{
		if (type == VICI_KEY_VALUE && streq(name, "errmsg"))
		{
			snprintf(message, sizeof(message), "%.*s", (int)value.len,
					 value.ptr);
			fuzz_check_error(message, input.ptr, input.len);
		}
	}
	elements->destroy(elements);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vici_message_t *message, *reply, *entry;
	enumerator_t *stream;
	test_upf_t upf;
	chunk_t encoding;
	char *name;
	u_int i, j;

	if (!size)
	{
		return 0;
	}
	/* a copy of its own, so that reading beyond its end is seen */
	encoding = chunk_clone(chunk_create((u_char*)data + 1, size - 1));
	name = commands[data[0] % countof(commands)];
	if (kupf_packet_check(encoding))
	{
		test_upf_init(&upf, "192.0.2.0/29,2001:db8::/126", 4);
		message = vici_message_create_from_data(encoding, FALSE);
		for (i = 0; i < 2; i++)
		{	/* the second time it finds what the first time left */
			reply = upf.commands->execute(upf.commands, &upf,
										  chunk_from_str(name), message,
										  &stream);
			if (reply)
			{
				check_reply(reply, encoding);
			}
			for (j = 0; stream && j < LISTED_MAX &&
				 stream->enumerate(stream, &entry); j++)
			{
				entry->destroy(entry);
			}
			DESTROY_IF(stream);
			DESTROY_IF(reply);
		}
		message->destroy(message);
		test_upf_deinit(&upf);
	}
	chunk_free(&encoding);
	return 0;
}
