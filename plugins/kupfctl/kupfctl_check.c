/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_conn.h"
#include "kupfctl_output.h"

/** Exit status of this command, for monitoring */
#define CHECK_OK 0
#define CHECK_FOUND 1
#define CHECK_CANNOT_ASK 2

/**
 * Print a finding, the section at which a reader is: "fault: role: sentence".
 */
static void print_finding(const wire_reader_t *reader)
{
	static const char *const names[] = { "severity", "about", "text" };
	wire_octets_t value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		wire_reader_find(reader, names[i], &value);
		fputs(i ? ": " : "", stdout);
		kupfctl_print_text(stdout, value);
	}
	putchar('\n');
}

/**
 * Print all findings of a reply.
 */
static void print_findings(const kupf_client_reply_t *reply)
{
	wire_reader_t reader = reply->message;
	wire_element_t element;

	while (wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_SECTION_START && reader.depth == 1)
		{
			print_finding(&reader);
		}
	}
}

/**
 * Whether a reply says that there is nothing of a kind.
 */
static bool is_none(const kupf_client_reply_t *reply, const char *name)
{
	return wire_equals(kupf_client_reply_get(reply, name), "0");
}

/**
 * Ask the daemon, and print what it has found.
 */
static int ask(const kupfctl_t *ctl, kupf_client_t *client)
{
	kupf_client_reply_t reply;

	if (kupfctl_connect(client) != KUPFCTL_DONE)
	{
		kupfctl_error("if charon runs, plugin kupf is not loaded, or a setting "
					  "is wrong: its log says which");
		return CHECK_CANNOT_ASK;
	}
	kupf_client_begin(client, "check");
	if (kupfctl_call(client, &reply) != KUPFCTL_DONE)
	{
		return CHECK_CANNOT_ASK;
	}
	if (ctl->json)
	{
		kupfctl_print_json(stdout, wire_text(""), &reply.message);
	}
	else
	{
		print_findings(&reply);
	}
	return is_none(&reply, "faults") && is_none(&reply, "warnings") ?
														CHECK_OK : CHECK_FOUND;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_check(const kupfctl_t *ctl,
							   const kupfctl_args_t *args)
{
	kupf_client_t *client = kupfctl_client(ctl);
	int status;

	(void)args;
	status = ask(ctl, client);
	kupf_client_destroy(client);
	return status;
}
