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

#include "bench.h"
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

/** Sessions of a request, those of feed.c */
#define BATCH 256

/** Requests for as many sessions as there are operations */
#define REQUESTS (OPERATIONS / BATCH)

/** Octets of a name with its NUL */
#define NAME_LEN 23

/** callgrind begins and ends with these: no copies of them */
#define COUNTED __attribute__((noinline, noclone)) void

static kupf_store_t *store;
static kupf_procedures_t *procedures;
static kupf_commands_t *commands;

/** What is made before: requests of the socket, those of the procedures and
 * what they are for */
static wire_writer_t messages[(SESSIONS + OPERATIONS) / BATCH];
static wire_writer_t singles[OPERATIONS];
static kupf_request_t requests[OPERATIONS];
static kupf_session_data_t contents[OPERATIONS];
static char names[OPERATIONS][NAME_LEN];
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

static char *make_name(char name[NAME_LEN], uint32_t number)
{
	snprintf(name, NAME_LEN, "imsi-90170%010u-1", number);
	return name;
}

/**
 * The inner addresses of a UE, IPv4 and IPv6.
 */
static void make_addresses(uint32_t number, kupf_address_t addresses[2])
{
	addresses[0] = (kupf_address_t){
		.family = AF_INET,
		.bytes = { 10, number >> 16, number >> 8, number, },
	};
	addresses[1] = (kupf_address_t){
		.family = AF_INET6,
		.bytes = { 0x20, 0x01, 0x0d, 0xb8, 0, number >> 16, number >> 8, number,
				   [15] = 1, },
	};
}

/**
 * Write what a session is.
 */
static void put_content(wire_writer_t *message, uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[64] = "@#";
	kupf_address_t addresses[2];
	u_int i;

	bench_id(number, id);
	bench_key(id, 1, key);
	make_addresses(number, addresses);
	wire_writer_value(message, "key", wire_octets(key, sizeof(key)));
	chunk_to_hex(chunk_from_thing(id), text + 2, FALSE);
	wire_writer_text(message, "ue-id", text);
	wire_writer_text(message, "pdu-session-id", "1");
	wire_writer_begin_list(message, "ue-addresses");
	for (i = 0; i < countof(addresses); i++)
	{
		kupf_address_print(&addresses[i], text);
		wire_writer_item(message, wire_text(text));
	}
	wire_writer_end_list(message);
	wire_writer_text(message, "lifetime", "3600");
}

/**
 * Write a request for BATCH sessions.
 */
static void make_batch(wire_writer_t *message, uint32_t first)
{
	char name[NAME_LEN];
	uint32_t i;

	wire_writer_init(message, WIRE_PACKET_MAX);
	for (i = 0; i < BATCH; i++)
	{
		wire_writer_begin_section(message, make_name(name, first + i));
		put_content(message, first + i);
		wire_writer_end_section(message);
	}
}

/**
 * Write a request to delete BATCH sessions.
 */
static void make_deletion(wire_writer_t *message, uint32_t first)
{
	char name[NAME_LEN];
	uint32_t i;

	wire_writer_reset(message);
	for (i = 0; i < BATCH; i++)
	{
		wire_writer_begin_section(message, make_name(name, first + i));
		wire_writer_end_section(message);
	}
}

/**
 * Write a request for one session.
 */
static void make_single(wire_writer_t *message, uint32_t number)
{
	char name[NAME_LEN];

	wire_writer_init(message, WIRE_PACKET_MAX);
	wire_writer_text(message, "session", make_name(name, number));
	put_content(message, number);
}

/**
 * Make a request of the procedures, and what a session of it has.
 */
static void make_request(u_int i, uint32_t number)
{
	kupf_request_t *request = &requests[i];

	*request = (kupf_request_t){
		.fields = KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_KEY |
				  KUPF_FIELD_PDU_SESSION_ID | KUPF_FIELD_UE_ADDRESSES |
				  KUPF_FIELD_LIFETIME,
		.id_type = ID_KEY_ID,
		.id_len = BENCH_ID_LEN,
		.key_len = BENCH_KEY_LEN,
		.pdu_session_id = 1,
		.ue_address_count = 2,
		.lifetime = 3600,
	};
	make_name(request->session, number);
	bench_id(number, request->id);
	bench_key(request->id, 1, request->key);
	make_addresses(number, request->ue_addresses);
	contents[i] = (kupf_session_data_t){
		.name = make_name(names[i], number),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};
	kupf_request_apply(&contents[i], request);
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
		make_request(i, first + i);
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
		make_single(&singles[i], first + i);
	}
	counted_single();
	report("single", OPERATIONS, sessions + OPERATIONS);
	first += OPERATIONS;
	for (i = 0; i < REQUESTS; i++)
	{
		wire_writer_deinit(&messages[i]);
		make_batch(&messages[i], first + i * BATCH);
	}
	counted_batched();
	report("batched", OPERATIONS, sessions + 2 * OPERATIONS);
	counted_again();
	report("again", OPERATIONS, sessions + 2 * OPERATIONS);
	for (i = 0; i < REQUESTS; i++)
	{
		make_deletion(&messages[i], first + i * BATCH);
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
		make_deletion(&messages[i], SESSIONS + OPERATIONS + i * BATCH);
		execute("delete-sessions", &messages[i]);
	}
	for (i = 0; i < countof(messages); i++)
	{
		wire_writer_deinit(&messages[i]);
		make_batch(&messages[i], i * BATCH);
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
	for (i = 0; i < SESSIONS / BATCH; i++)
	{
		make_batch(&messages[i], i * BATCH);
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
