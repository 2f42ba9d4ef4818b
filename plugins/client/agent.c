/* SPDX-License-Identifier: MIT */

/*
 * An agent: establishes the sessions of a file, prints what becomes of their
 * tunnels, and tells a daemon that has started anew everything again.
 *
 *   cc agent.c $(pkg-config --cflags --libs libkupf) -o agent
 *   ./agent /run/charon.kupf FILE    (lines of name, identity and key, e.g.
 *                                     pdu-1 @#0102 0x4b4b...)
 */
#include <kupf_client.h>
#include <stdio.h>

static void on_event(void *user, wire_octets_t name, const wire_reader_t *event)
{
	wire_octets_t session;

	wire_reader_find(event, "session", &session);
	printf("%.*s %.*s\n", (int)name.len, (const char*)name.ptr,
		   (int)session.len, (const char*)session.ptr);
}

static void synchronise(kupf_client_t *client, FILE *sessions)
{
	char name[65], id[256], key[131];
	int failed = kupf_client_sync_begin(client);

	rewind(sessions);
	while (!failed && fscanf(sessions, "%64s %255s %130s", name, id, key) == 3)
	{
		wire_writer_t *request = kupf_client_begin(client, "establish-session");
		wire_writer_text(request, "session", name);
		wire_writer_text(request, "ue-id", id);
		wire_writer_text(request, "key", key);
		if (kupf_client_upsert(client, NULL))
			printf("%s: %s\n", name, kupf_client_error(client));
	}
	explicit_bzero(key, sizeof(key));
	failed = failed ? failed : kupf_client_sync_end(client, NULL);
	printf("synchronised: %s\n", failed ? kupf_client_error(client) : "yes");
}

int main(int argc, char *argv[])
{
	FILE *sessions = argc == 3 ? fopen(argv[2], "r") : NULL;
	kupf_client_t *client = sessions ? kupf_client_create(argv[1]) : NULL;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!client)
		return 1;
	kupf_client_follow_boot(client);
	kupf_client_register(client, "tunnel-up", on_event, NULL);
	kupf_client_register(client, "tunnel-down", on_event, NULL);
	for (;; kupf_client_wait(client, 1000))
		if (kupf_client_must_sync(client))
			synchronise(client, sessions);
}
