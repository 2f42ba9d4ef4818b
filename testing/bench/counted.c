/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What testing/bench/count runs below callgrind: each function counted_*() does
 * one thing OPERATIONS times, and nothing else.  What it needs is made before.
 *
 * The parts are put together as plugin kupf does it, with no enforcer attached
 * and nobody registered for an event.  A session is that of the bench: a key of
 * 32 octets, an identity of 16, a name of 22, two inner addresses.
 *
 * Prints what it has done, by the names of the functions: "NAME OPERATIONS".
 */

#include "counted_requests.h"
#include "kupf/kupf_enforcement.h"
#include "kupf/protocol/kupf_commands.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/protocol/kupf_publisher.h"
#include "kupf/psk/kupf_psk_sockets.h"
#include "kupf/store/kupf_overlay.h"

#include <library.h>

#include <stdio.h>
#include <stdlib.h>

/** Sessions that are there before */
#define SESSIONS 8192

/** Operations of each kind */
#define OPERATIONS 2048

/** Requests for as many sessions as there are operations */
#define REQUESTS (OPERATIONS / COUNTED_BATCH)

/** callgrind begins and ends with these: no copies of them */
#ifdef __clang__
#define COUNTED __attribute__((noinline)) void
#else
#define COUNTED __attribute__((noinline, noclone)) void
#endif

static kupf_store_t *store;
static kupf_procedures_t *procedures;
static kupf_commands_t *commands;

/** What is made before: requests of the socket, those of the procedures and
 * what they are for */
static wire_writer_t messages[(SESSIONS + OPERATIONS) / COUNTED_BATCH];
static wire_writer_t singles[OPERATIONS];
static kupf_request_t requests[OPERATIONS];
static kupf_session_data_t contents[OPERATIONS];
static kupf_session_t *made[OPERATIONS];

void counted_find(), counted_create(), counted_put(), counted_establish(),
	 counted_batched(), counted_again(), counted_synchronised(), counted_single(),
	 counted_deleted();

static void expect(bool ok, const char *what)
{
	if (!ok)
	{
		fprintf(stderr, "counted: %s failed\n", what);
		exit(EXIT_FAILURE);
	}
}

CALLBACK(take_packet, void,
	void *user, wire_octets_t packet)
{
	expect(packet.len > 0, "a reply");
}

/**
 * Carry a request out, to its end.
 */
static void execute(const char *command, wire_writer_t *message)
{
	static const kupf_peer_t peer = { .uid = 0, .pid = 1 };
	wire_reader_t reader = {};
	wire_octets_t octets = {};
	kupf_work_t *work;

	if (message)
	{
		expect(wire_writer_get(message, &octets), command);
	}
	expect(wire_reader_init(&reader, octets), command);
	commands->execute(commands, &peer, &peer, FALSE, wire_text(command), &reader,
					  &work);
	if (work)
	{
		while (work->step(work, take_packet, NULL) != KUPF_WORK_DONE)
		{
			/* to its end */
		}
		work->destroy(work);
	}
}

COUNTED counted_find()
{
	kupf_session_t *session;
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		session = store->find(store, ID_KEY_ID, contents[i].id);
		kupf_session_unref(session);
	}
}

COUNTED counted_create()
{
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		made[i] = kupf_session_create(&contents[i]);
	}
}

COUNTED counted_put()
{
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		store->put(store, made[i]);
	}
}

COUNTED counted_establish()
{
	kupf_error_t error = {};
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		kupf_session_unref(procedures->establish(procedures, &requests[i],
												 &error));
	}
}

COUNTED counted_batched()
{
	u_int i;

	for (i = 0; i < REQUESTS; i++)
	{
		execute("establish-sessions", &messages[i]);
	}
}

COUNTED counted_again()
{
	u_int i;

	for (i = 0; i < REQUESTS; i++)
	{
		execute("establish-sessions", &messages[i]);
	}
}

COUNTED counted_synchronised()
{
	u_int i;

	execute("sync-begin", NULL);
	for (i = 0; i < countof(messages); i++)
	{
		execute("establish-sessions", &messages[i]);
	}
	execute("sync-end", NULL);
}

COUNTED counted_single()
{
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		execute("establish-session", &singles[i]);
	}
}

COUNTED counted_deleted()
{
	u_int i;

	for (i = 0; i < REQUESTS; i++)
	{
		execute("delete-sessions", &messages[i]);
	}
}

/**
 * Fail if there are not so many sessions, and say what was done.
 */
static void report(const char *name, u_int operations, u_int sessions)
{
	expect(store->get_count(store) == sessions, name);
	printf("%s %u\n", name, operations);
}

/**
 * Have what is made before be for sessions from some number on.
 */
static void prepare(uint32_t first)
{
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		counted_make_request(&requests[i], &contents[i], first + i);
	}
}

/**
 * Remove what was put past the procedures.
 */
static void take_back()
{
	u_int i;

	for (i = 0; i < OPERATIONS; i++)
	{
		expect(store->remove(store, made[i]), "remove");
		kupf_session_unref(made[i]);
	}
}

/**
 * Count what is below the socket.
 */
static void run_parts()
{
	prepare(0);
	counted_find();
	report("find", OPERATIONS, SESSIONS);
	prepare(SESSIONS);
	counted_create();
	report("create", OPERATIONS, SESSIONS);
	counted_put();
	report("put", OPERATIONS, SESSIONS + OPERATIONS);
	take_back();
	counted_establish();
	report("establish", OPERATIONS, SESSIONS + OPERATIONS);
}

/**
 * Count requests of the socket, for sessions that are not there.
 */
static void run_requests(u_int sessions)
{
	u_int i, first = sessions;

	for (i = 0; i < OPERATIONS; i++)
	{
		counted_make_single(&singles[i], first + i);
	}
	counted_single();
	report("single", OPERATIONS, sessions + OPERATIONS);
	first += OPERATIONS;
	for (i = 0; i < REQUESTS; i++)
	{
		wire_writer_deinit(&messages[i]);
		counted_make_batch(&messages[i], first + i * COUNTED_BATCH);
	}
	counted_batched();
	report("batched", OPERATIONS, sessions + 2 * OPERATIONS);
	counted_again();
	report("again", OPERATIONS, sessions + 2 * OPERATIONS);
	for (i = 0; i < REQUESTS; i++)
	{
		counted_make_deletion(&messages[i], first + i * COUNTED_BATCH);
	}
	counted_deleted();
	report("deleted", OPERATIONS, sessions + OPERATIONS);
}

/**
 * Count a synchronisation of all sessions.
 */
static void run_synchronisation()
{
	u_int i;

	for (i = 0; i < REQUESTS; i++)
	{	/* those that came one by one */
		counted_make_deletion(&messages[i], SESSIONS + OPERATIONS + i * COUNTED_BATCH);
		execute("delete-sessions", &messages[i]);
	}
	for (i = 0; i < countof(messages); i++)
	{
		wire_writer_deinit(&messages[i]);
		counted_make_batch(&messages[i], i * COUNTED_BATCH);
	}
	counted_synchronised();
	report("synchronised", SESSIONS + OPERATIONS, SESSIONS + OPERATIONS);
}

/**
 * Put the parts together, and count.
 */
static void run_all()
{
	kupf_fetch_config_t config = {
		.timeout = 2000,
		.max_waiting = 4,
		.negative_ttl = 10,
		.rate = 100,
	};
	kupf_psk_config_t none = {};
	kupf_psk_bounds_t bounds = { .rate = 1, .waiting = 1, .timeout = 1000 };
	kupf_preconfigured_t *preconfigured;
	kupf_ue_addresses_t *addresses;
	kupf_psk_sockets_t *consumers;
	kupf_publisher_t *publisher;
	kupf_enforcement_t *guard;
	kupf_enforcer_t *enforcer;
	kupf_store_t *all;
	kupf_fetch_t *fetch;
	kupf_check_t *check;
	kupf_pool_t *pool;
	u_int i;

	store = kupf_store_create(0, 60);
	pool = kupf_pool_create(NULL, 60, FALSE);
	guard = kupf_enforcement_create(FALSE, KUPF_ROLE_UPF);
	consumers = kupf_psk_sockets_create();
	enforcer = &guard->enforcer;
	enforcer->consumers = &consumers->consumers;
	addresses = kupf_ue_addresses_create(enforcer, pool, NULL, FALSE);
	preconfigured = kupf_preconfigured_create(store, enforcer, addresses,
											  kupf_preconfigured_file_read);
	all = kupf_overlay_create(store, preconfigured->get_store(preconfigured));
	expect(consumers->prepare(consumers, &none, &bounds, KUPF_KDF_FC_DEFAULT,
							  all), "consumers");
	publisher = kupf_publisher_create();
	fetch = kupf_fetch_create(all, &publisher->events, &config);
	preconfigured->set_fetch(preconfigured, fetch);
	procedures = kupf_procedures_create(store, pool, addresses, enforcer,
										&publisher->events, fetch,
										preconfigured, KUPF_KDF_FC_DEFAULT);
	check = kupf_check_create(NULL, FALSE, store, preconfigured, enforcer);
	commands = kupf_commands_create(procedures, store, all, preconfigured, pool,
									addresses, enforcer, check);
	for (i = 0; i < SESSIONS / COUNTED_BATCH; i++)
	{
		counted_make_batch(&messages[i], i * COUNTED_BATCH);
		execute("establish-sessions", &messages[i]);
	}
	run_parts();
	run_requests(SESSIONS + OPERATIONS);
	run_synchronisation();
}

int main(int argc, char *argv[])
{
	if (argc != 1)
	{
		fprintf(stderr, "usage: counted\n");
		return EXIT_FAILURE;
	}
	library_init("", "counted");
	/* how many lines there are depends on the clock */
	dbg_default_set_level(LEVEL_AUDIT);
	run_all();
	/* what is left goes with the process */
	return EXIT_SUCCESS;
}
