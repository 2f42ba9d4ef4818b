/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes messages: structure check, requests and all commands.
 *
 * The first octet picks the command, the rest is the message.  No error may
 * repeat what may be of a key.
 */

#include "fuzz.h"
#include "test_upf.h"

#include <poll.h>
#include <sys/eventfd.h>

const char *fuzz_target = "kupf_request";

static char *commands[] = {
	"establish-session", "establish-sessions", "modify-session",
	"delete-session", "list-sessions", "stats", "version", "sync-begin",
	"sync-end", "unknown", "modify-sessions", "delete-sessions",
	"close-tunnels", "reject-key", "request-rekey", "retry-session", "check",
	"reload-preconfigured",
};

/** Most steps of a command */
#define STEPS_MAX 1000

typedef struct input_t input_t;

/**
 * What came in, to look for in what goes out.
 */
struct input_t {
	const uint8_t *data;
	size_t size;
};

CALLBACK(check_packet, void,
	input_t *input, wire_octets_t packet)
{
	fuzz_check_answer(packet, input->data, input->size);
}

/**
 * Carry a command out: to its end, or for some steps.
 */
static void execute(test_upf_t *upf, char *name, wire_reader_t *arguments,
					input_t *input)
{
	struct pollfd wake = {
		.fd = upf->commands->get_wake(upf->commands),
		.events = POLLIN,
	};
	kupf_work_status_t status = KUPF_WORK_MORE;
	wire_octets_t answer;
	eventfd_t count;
	kupf_work_t *work;
	u_int i;

	answer = upf->commands->execute(upf->commands, upf, &test_upf_peer, TRUE,
									wire_text(name), arguments, &work);
	if (!work)
	{
		check_packet(input, answer);
		return;
	}
	for (i = 0; i < STEPS_MAX && status != KUPF_WORK_DONE; i++)
	{
		status = work->step(work, check_packet, input);
		if (status == KUPF_WORK_WAITS)
		{
			poll(&wake, 1, -1);
			eventfd_read(wake.fd, &count);
		}
	}
	work->destroy(work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	wire_reader_t message, arguments;
	input_t input = { data, size };
	test_upf_t *upf;
	u_int i;

	if (!size || !wire_reader_init(&message, wire_octets(data + 1, size - 1)))
	{
		return 0;
	}
	upf = fuzz_upf();
	for (i = 0; i < 2; i++)
	{	/* the second time it finds what the first time left */
		arguments = message;
		execute(upf, commands[data[0] % countof(commands)], &arguments, &input);
	}
	upf->commands->client_gone(upf->commands, upf);
	return 0;
}
