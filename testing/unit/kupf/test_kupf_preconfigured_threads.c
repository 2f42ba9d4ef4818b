/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Lookups while others feed sessions, change the file and have it read.
 */

#include "kupf/store/kupf_overlay.h"
#include "test_kupf_preconfigured.h"
#include "test_support.h"

#include <threading/thread.h>

#include <stdio.h>
#include <unistd.h>

/**
 * Whether there is a session of an identity of type ID_KEY_ID.
 */
static bool find_in(kupf_store_t *store, const char *id)
{
	kupf_session_t *session;

	session = store->find(store, ID_KEY_ID, chunk_from_str((char*)id));
	kupf_session_unref(session);
	return session != NULL;
}

/** Session of a store that it is in or not, a bit for each time it is asked */
static kupf_session_t *comes_and_goes;
static u_int times;

static kupf_session_t *ask(bool same)
{
	bool there = times & 1;

	times >>= 1;
	return there && same ? kupf_session_ref(comes_and_goes) : NULL;
}

static kupf_session_t *ask_name(kupf_store_t *this, const char *name)
{
	return ask(streq(name, kupf_session_get_name(comes_and_goes)));
}

static kupf_session_t *ask_id(kupf_store_t *this, id_type_t type, chunk_t id)
{
	id_type_t other;

	return ask(chunk_equals(id, kupf_session_get_id(comes_and_goes, &other)));
}

/**
 * However often a session comes and goes during a lookup: it is found, or the
 * one that it hides.
 */
static void look_up_while_it_goes(const char *name, const char *id)
{
	kupf_store_t upper = {
		.get = ask_name,
		.find = ask_id,
		.find_alike = (void*)return_null,
	};
	kupf_store_t *lower, *overlay;
	kupf_session_t *session, *found;
	u_int i;

	lower = kupf_store_create(0, 0);
	session = test_session("a", ID_KEY_ID, "a", 0);
	lower->put(lower, session);
	kupf_session_unref(session);
	comes_and_goes = test_session(name, ID_KEY_ID, id, 0);
	overlay = kupf_overlay_create(&upper, lower);
	for (i = 0; i < 64; i++)
	{
		times = i;
		found = overlay->find(overlay, ID_KEY_ID, chunk_from_str("a"));
		ck_assert(found || !streq(id, "a"));
		kupf_session_unref(found);
		times = i;
		found = overlay->get(overlay, "a");
		ck_assert(found || !streq(name, "a"));
		kupf_session_unref(found);
	}
	overlay->destroy(overlay);
	kupf_session_unref(comes_and_goes);
	lower->destroy(lower);
}

START_TEST(test_comes_and_goes)
{
	look_up_while_it_goes("a", "a");
	look_up_while_it_goes("a", "other");
	look_up_while_it_goes("other", "a");
}
END_TEST

/** Rounds of the threads */
#define ROUNDS 200

/** Whether the threads that look on go on */
static bool looking;

/** First expectation of a thread that was not met */
static const char *broken;

#define STRING(x) #x
#define LINE(x) STRING(x)
#define expect(condition) do { \
	if (!(condition)) \
	{ \
		cas_ptr(&broken, NULL, "line " LINE(__LINE__) ": " #condition); \
	} \
} while (0)

/**
 * Look up what stays, what changes, what comes and goes, and what is hidden at
 * times, as IKE_AUTH and the hooks do.
 */
static void *look_up(void *same)
{
	kupf_session_t *session;
	u_int generation = 0;

	while (__atomic_load_n(&looking, __ATOMIC_RELAXED))
	{
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("s"));
		expect(session == same);
		kupf_session_unref(session);
		session = upf.all->get(upf.all, "changes");
		expect(session);
		expect(session &&
			   kupf_session_get_generation(session) >= generation);
		generation = session ? kupf_session_get_generation(session) : 0;
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("c"));
		expect(session && streq(kupf_session_get_name(session), "changes"));
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("g"));
		expect(!session || streq(kupf_session_get_name(session), "goes"));
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("h"));
		expect(session && (streq(kupf_session_get_name(session), "hidden") ||
						   streq(kupf_session_get_name(session), "fed")));
		kupf_session_unref(session);
		count(upf.all);
	}
	return NULL;
}

/**
 * Feed a session that hides one, and take it back.
 */
static void *feed(void *unused)
{
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		run("", "establish-session", "session=fed ue-id=keyid:h" FED);
		run("", "delete-session", "session=fed");
	}
	return NULL;
}

/**
 * Read files as the reload of settings does.
 */
static void *reload(void *unused)
{
	static const char *more[] = {
		"changes ue-id=keyid:c" KEY "\ngoes ue-id=keyid:g" KEY "\n"
			"hidden ue-id=keyid:h" KEY,
		"changes ue-id=keyid:c" KEY_2 "\nhidden ue-id=keyid:h" KEY_2,
		/* identities that change hands */
		"changes ue-id=keyid:c" KEY "\nl ue-id=keyid:m" KEY "\n"
			"m ue-id=keyid:l" KEY "\nhidden ue-id=keyid:h" KEY,
		"changes ue-id=keyid:c" KEY "\nl ue-id=keyid:l" KEY "\n"
			"m ue-id=keyid:m" KEY "\nhidden ue-id=keyid:h" KEY_2 "\nbroken",
	};
	char text[1024];
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(text, sizeof(text), "same ue-id=keyid:s" KEY "\n%s",
				 more[i % countof(more)]);
		load(text);
	}
	return NULL;
}

START_TEST(test_threads)
{
	thread_t *lookers[3], *feeder;
	kupf_session_t *same;
	u_int i;

	load("same ue-id=keyid:s" KEY "\nchanges ue-id=keyid:c" KEY "\n"
		 "hidden ue-id=keyid:h" KEY);
	same = upf.all->get(upf.all, "same");
	/* the test's one is for one thread */
	upf.enforcer.public.established = (void*)nop;
	upf.enforcer.public.replaced = (void*)nop;
	upf.enforcer.public.close = (void*)return_null;
	looking = TRUE;
	for (i = 0; i < countof(lookers); i++)
	{
		lookers[i] = thread_create(look_up, same);
	}
	feeder = thread_create(feed, NULL);
	reload(NULL);
	feeder->join(feeder);
	__atomic_store_n(&looking, FALSE, __ATOMIC_RELAXED);
	for (i = 0; i < countof(lookers); i++)
	{
		lookers[i]->join(lookers[i]);
	}
	ck_assert_msg(!broken, "%s", broken);
	kupf_session_unref(same);
	load("");
	ck_assert_uint_eq(count(upf.all), 0);
}
END_TEST

/** Threads that have a file read at the same time */
#define READERS 20

/** Files read, whether the first one may end, and threads that ask */
static u_int reads, askers;
static bool may_end;

/**
 * Read a file, the first one not before it may end.
 */
static bool read_slowly(const char *path, kupf_store_t *store,
						kupf_error_t *error)
{
	__atomic_add_fetch(&reads, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&may_end, __ATOMIC_RELAXED))
	{
		usleep(1000);
	}
	return kupf_error(error, KUPF_CAUSE_INVALID_FILE, "all of it");
}

/**
 * Have a file read; NULL if the answer is right.
 */
static void *have_read(void *preconfigured)
{
	kupf_preconfigured_t *this = preconfigured;
	kupf_error_t error = {};

	__atomic_add_fetch(&askers, 1, __ATOMIC_RELAXED);
	return this->load(this, &error) ||
		   error.cause != KUPF_CAUSE_INVALID_FILE ||
		   !streq(error.message, "all of it") ? "wrong" : NULL;
}

/* who asks while a file is read shares the next one with all others */
START_TEST(test_asked_together)
{
	kupf_preconfigured_t *preconfigured;
	thread_t *threads[READERS + 1];
	u_int i;

	reads = askers = 0;
	may_end = FALSE;
	preconfigured = kupf_preconfigured_create(upf.store, &upf.enforcer.public,
											  upf.addresses, read_slowly);
	preconfigured->set_file(preconfigured, "file", 0);
	for (i = 0; i < countof(threads); i++)
	{
		threads[i] = thread_create(have_read, preconfigured);
		while (!__atomic_load_n(&reads, __ATOMIC_RELAXED))
		{
			usleep(1000);
		}
	}
	while (__atomic_load_n(&askers, __ATOMIC_RELAXED) < countof(threads))
	{
		usleep(1000);
	}
	/* all have asked after that, but for those that have lost the processor */
	usleep(50000);
	ck_assert_uint_eq(__atomic_load_n(&reads, __ATOMIC_RELAXED), 1);
	__atomic_store_n(&may_end, TRUE, __ATOMIC_RELAXED);
	for (i = 0; i < countof(threads); i++)
	{
		ck_assert_ptr_null(threads[i]->join(threads[i]));
	}
	ck_assert_uint_ge(reads, 2);
	ck_assert_uint_le(reads, READERS / 2);
	preconfigured->destroy(preconfigured);
}
END_TEST

/** Lines that are renamed, and how often */
#define RENAMED 1000
#define RENAMINGS 30

/** Identities that were not there when they were looked up */
static u_int missed, looks;

/**
 * Look identities up that are in the file whatever their lines are called.
 */
static void *look_for_all(void *data)
{
	uint32_t state = 1;
	char id[16];

	while (__atomic_load_n(&looking, __ATOMIC_RELAXED))
	{
		state = state * 1103515245 + 12345;
		snprintf(id, sizeof(id), "%u", (state >> 8) % RENAMED);
		if (!find_in(upf.all, id))
		{
			__atomic_add_fetch(&missed, 1, __ATOMIC_RELAXED);
		}
		__atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

START_TEST(test_renamed)
{
	char *text = malloc(RENAMED * 128), *pos;
	thread_t *looker;
	u_int i, j;

	upf.enforcer.public.established = (void*)nop;
	upf.enforcer.public.replaced = (void*)nop;
	upf.enforcer.public.close = (void*)return_null;
	looking = TRUE;
	looker = NULL;
	for (i = 0; i < RENAMINGS ||
				__atomic_load_n(&looks, __ATOMIC_RELAXED) < RENAMINGS; i++)
	{
		/* other names, the names of others, both */
		for (pos = text, j = 0; j < RENAMED; j++)
		{
			pos += sprintf(pos, "%c%u ue-id=keyid:%u" KEY "\n",
						   i / 2 % 2 ? 'a' : 'b',
						   i % 3 ? j : (j + i) % RENAMED, j);
		}
		ck_assert_str_eq(load(text), "");
		ck_assert_uint_eq(count(upf.all), RENAMED);
		looker = looker ?: thread_create(look_for_all, NULL);
	}
	__atomic_store_n(&looking, FALSE, __ATOMIC_RELAXED);
	looker->join(looker);
	ck_assert_uint_eq(missed, 0);
	free(text);
	load("");
	ck_assert_uint_eq(count(upf.all), 0);
}
END_TEST

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	/* it does not know either */
}

static void *wait_for_key(void *id)
{
	host_t *host = host_create_any(AF_INET);
	identification_t *ue = identification_create_from_encoding(ID_KEY_ID,
													chunk_from_str((char*)id));
	kupf_session_t *session;

	session = upf.fetch->get(upf.fetch, ue, host, host);
	ue->destroy(ue);
	host->destroy(host);
	return session;
}

START_TEST(test_awaited)
{
	kupf_subscriber_t smf = {
		.notify = _notify,
	};
	kupf_session_t *session;
	thread_t *ue;

	load("a ue-id=keyid:a" KEY);
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ue = thread_create(wait_for_key, "b");
	while (!test_counter("fetch-waiting"))
	{
		usleep(1000);
	}
	/* it comes with the file, before the wait is over */
	load("a ue-id=keyid:a" KEY "\nrobot ue-id=keyid:b" KEY);
	session = ue->join(ue);
	ck_assert_ptr_nonnull(session);
	ck_assert_str_eq(kupf_session_get_name(session), "robot");
	ck_assert_uint_eq(test_counter("fetch-answered"), 1);
	ck_assert_uint_eq(test_counter("fetch-timeouts"), 0);
	kupf_session_unref(session);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
}
END_TEST

void kupf_preconfigured_threads_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "threads", 0, test_dir_create,
						  test_dir_remove);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_comes_and_goes);
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_asked_together);
	tcase_add_test(tc, test_renamed);
	tcase_add_test(tc, test_awaited);
}
