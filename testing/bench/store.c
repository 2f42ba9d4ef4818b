/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the store costs: time of each operation and memory of a session.
 *
 *   store [SESSIONS ...]     default: 1000 100000 1000000
 *
 * Each number of sessions is measured in a process of its own.  A session has
 * a key of 32 octets, an identity of 16 random octets as the key derivation
 * makes them, a name of 22 characters, a UPF address and two inner addresses,
 * IPv4 and IPv6.
 *
 * Operations are timed one by one, in random order, and the time that reading
 * the clock takes (the median of many) is subtracted.  What comes before, like
 * making up the identity to look for, is not part of it.
 */

#include "bench.h"
#include "samples.h"
#include "kupf/store/kupf_store.h"

#include <library.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/** Sessions that expire in one go, as in kupf_procedures.h */
#define EXPIRE_MAX 1000

/** Octets of an identity, and of a name with its NUL */
#define ID_LEN 16
#define NAME_LEN 23

/** Number of sessions */
static u_int sessions;

static kupf_store_t *store;

static chunk_t make_id(uint8_t id[ID_LEN], u_int number)
{
	htoun64(id, bench_mix(2 * (uint64_t)number));
	htoun64(id + 8, bench_mix(2 * (uint64_t)number + 1));
	return chunk_create(id, ID_LEN);
}

static char *make_name(char name[NAME_LEN], u_int number)
{
	snprintf(name, NAME_LEN, "imsi-90170%010u-1", number);
	return name;
}

static kupf_session_t *make_session(u_int number, uint32_t generation,
									uint32_t expiry)
{
	kupf_session_data_t data = {
		.id_type = ID_KEY_ID,
		.services = KUPF_SERVICE_IKE,
		.pdu_session_id = 1,
		.upf_address = { .family = AF_INET, .bytes = { 192, 0, 2, 1 }, },
		.ue_addresses = {
			{ .family = AF_INET, .bytes = { 10, number >> 16, number >> 8,
											number }, },
			{ .family = AF_INET6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, 0,
											 number >> 16, number >> 8,
											 number }, },
		},
		.ue_address_count = 2,
		.lifetime = 3600,
		.expiry = expiry,
		.generation = generation,
	};
	uint8_t id[ID_LEN], key[32];
	char name[NAME_LEN];
	u_int i;

	for (i = 0; i < sizeof(key) / 8; i++)
	{
		htoun64(key + 8 * i, bench_mix(number ^ ((uint64_t)generation << 32) ^ i));
	}
	data.name = make_name(name, number);
	data.id = make_id(id, number);
	data.key = chunk_from_thing(key);
	return kupf_session_create(&data);
}

/**
 * Fail if the store did not do what it should have done.
 */
static void expect(bool ok, const char *what)
{
	if (!ok)
	{
		fprintf(stderr, "%s failed\n", what);
		exit(EXIT_FAILURE);
	}
}

/**
 * Get a line of /proc/self/status, octets.
 */
static uint64_t memory(const char *name)
{
	char line[128];
	uint64_t size = 0;
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
	{
		if (strpfx(line, name))
		{
			size = strtoull(line + strlen(name) + 1, NULL, 10) * 1024;
		}
	}
	if (file)
	{
		fclose(file);
	}
	return size;
}

/**
 * Create a session and put it into the store.
 */
static void put(samples_t *this, u_int number, uint32_t expiry)
{
	kupf_store_status_t status;
	kupf_session_t *session;
	uint64_t start;

	start = samples_clock();
	session = make_session(number, 1, expiry);
	status = store->put(store, session);
	kupf_session_unref(session);
	if (this)
	{
		samples_add(this, start, samples_clock());
	}
	expect(status == KUPF_STORE_OK, "put");
}

/**
 * Look a session up by its identity, and drop the reference.
 */
static void find(samples_t *this, u_int number)
{
	kupf_session_t *session;
	uint8_t bytes[ID_LEN];
	chunk_t id = make_id(bytes, number);
	uint64_t start;

	start = samples_clock();
	session = store->find(store, ID_KEY_ID, id);
	kupf_session_unref(session);
	samples_add(this, start, samples_clock());
	expect(session != NULL, "find");
}

/**
 * Look for an identity that nobody has.
 */
static void miss(samples_t *this, u_int number)
{
	kupf_session_t *session;
	uint8_t bytes[ID_LEN];
	chunk_t id = make_id(bytes, number + 0x80000000);
	uint64_t start;

	start = samples_clock();
	session = store->find(store, ID_KEY_ID, id);
	samples_add(this, start, samples_clock());
	expect(session == NULL, "miss");
}

static void get(samples_t *this, u_int number)
{
	kupf_session_t *session;
	char name[NAME_LEN];
	uint64_t start;

	make_name(name, number);
	start = samples_clock();
	session = store->get(store, name);
	kupf_session_unref(session);
	samples_add(this, start, samples_clock());
	expect(session != NULL, "get");
}

/**
 * Look a session up by name, and exchange it for one with another key.
 */
static void replace(samples_t *this, u_int number)
{
	kupf_session_t *old, *new;
	kupf_store_status_t status;
	char name[NAME_LEN];
	uint64_t start;

	make_name(name, number);
	start = samples_clock();
	old = store->get(store, name);
	new = make_session(number, 2, kupf_session_get_expiry(old));
	status = store->replace(store, old, new);
	kupf_session_unref(old);
	kupf_session_unref(new);
	samples_add(this, start, samples_clock());
	expect(status == KUPF_STORE_OK, "replace");
}

/**
 * Look a session up by name and remove it, which wipes its key.
 */
static void remove_(samples_t *this, u_int number)
{
	kupf_session_t *session;
	char name[NAME_LEN];
	uint64_t start;
	bool done;

	make_name(name, number);
	start = samples_clock();
	session = store->get(store, name);
	done = store->remove(store, session);
	kupf_session_unref(session);
	if (this)
	{
		samples_add(this, start, samples_clock());
	}
	expect(done, "remove");
}

/**
 * Time an operation on sessions in random order.
 */
static void measure(samples_t *this, const char *what,
					void (*operation)(samples_t *this, u_int number))
{
	u_int i, count = min(max(sessions, 100000), SAMPLES_MAX);

	for (i = 0; i < count; i++)
	{
		operation(this, bench_pick(i, sessions));
	}
	samples_report(this, what);
}

/**
 * Let all sessions expire at once.
 */
static void expire(samples_t *this, uint32_t end)
{
	kupf_session_t *expired[EXPIRE_MAX];
	samples_t *turns = samples_create();
	uint64_t start, stop;
	u_int count, i, total = 0;

	do
	{
		start = samples_clock();
		count = store->expire(store, end, expired, EXPIRE_MAX);
		for (i = 0; i < count; i++)
		{
			kupf_session_unref(expired[i]);
		}
		stop = samples_clock();
		if (count)
		{
			samples_add(turns, start, stop);
			samples_add(this, 0, (stop - start) / count + samples_overhead());
		}
		total += count;
	}
	while (count);
	expect(total == sessions && store->get_count(store) == 0, "expire");
	samples_report(this, "expire, each of up to 1000");
	samples_report(turns, "expire, up to 1000 in one go");
}

/** What the other thread does: load and remove, or expire */
typedef enum {
	LOAD,
	EXPIRE,
} other_t;

/** Whether the other thread has finished */
static bool finished;

static void *other(void *what)
{
	kupf_session_t *expired[EXPIRE_MAX];
	u_int i, count;

	if (*(other_t*)what == LOAD)
	{
		for (i = 0; i < sessions; i++)
		{
			put(NULL, sessions + i, 0);
		}
		for (i = 0; i < sessions; i++)
		{
			remove_(NULL, sessions + i);
		}
	}
	else
	{	/* what is over since the first second */
		while ((count = store->expire(store, 2, expired, EXPIRE_MAX)))
		{
			while (count)
			{
				kupf_session_unref(expired[--count]);
			}
		}
	}
	__atomic_store_n(&finished, TRUE, __ATOMIC_RELEASE);
	return NULL;
}

/**
 * Look sessions up while the other thread is busy.
 */
static void measure_beside(samples_t *this, const char *title, other_t what)
{
	pthread_t thread;
	u_int i;

	finished = FALSE;
	pthread_create(&thread, NULL, other, &what);
	for (i = 0; !__atomic_load_n(&finished, __ATOMIC_ACQUIRE); i++)
	{
		find(this, bench_pick(i, sessions));
	}
	pthread_join(thread, NULL);
	samples_report(this, title);
}

/**
 * Measure everything with some number of sessions.
 */
static void run()
{
	samples_t *this = samples_create(), *spare = samples_create();
	uint32_t end = time_monotonic(NULL) + 3600;
	uint64_t before, after;
	u_int i;

	samples_measure_clock();
	store = kupf_store_create(0, 0);
	printf("%u sessions (clock: %u ns)\n", sessions, (u_int)samples_overhead());
	printf("  %-26s %13s %8s %8s %8s %8s\n", "", "mean", "p50", "p99", "p99.9",
		   "max");

	before = memory("VmRSS");
	for (i = 0; i < sessions; i++)
	{
		put(this, i, end);
	}
	after = memory("VmRSS");
	samples_report(this, "put, with the session");
	measure(this, "find by identity, hit", find);
	measure(this, "find by identity, miss", miss);
	measure(this, "get by name", get);
	measure(this, "replace, with get", replace);
	measure_beside(this, "find while as many are loaded", LOAD);
	for (i = 0; i < sessions; i += 2)
	{
		remove_(this, i);
	}
	samples_report(this, "remove, with get");
	for (i = 0; i < sessions; i += 2)
	{
		put(NULL, i, end);
	}
	expire(spare, end);

	store->destroy(store);
	store = kupf_store_create(0, 0);
	for (i = 0; i < sessions; i++)
	{
		put(NULL, i, end);
	}
	for (i = 0; i < sessions; i++)
	{	/* and as many that are over, which nobody looks for */
		put(NULL, sessions + i, 1);
	}
	measure_beside(this, "find while as many expire", EXPIRE);
	store->destroy(store);
	printf("  %.0f octets a session\n\n", (double)(after - before) / sessions);
}

int main(int argc, char *argv[])
{
	static char *defaults[] = { "store", "1000", "100000", "1000000" };
	int i, status;

	if (argc < 2)
	{
		argc = countof(defaults);
		argv = defaults;
	}
	for (i = 1; i < argc; i++)
	{
		sessions = strtoul(argv[i], NULL, 10);
		if (sessions < 1 || sessions > 100000000)
		{
			fprintf(stderr, "usage: store [SESSIONS ...]\n");
			return EXIT_FAILURE;
		}
		fflush(stdout);
		if (fork() == 0)
		{
			library_init("", "store");
			run();
			fflush(stdout);
			_exit(EXIT_SUCCESS);
		}
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		{
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
