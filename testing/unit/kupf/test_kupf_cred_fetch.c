/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys on demand: the UE waits in the credential manager until the SMF has
 * answered.
 */

#include "test_kupf_cred.h"

#include <threading/thread.h>

#include <signal.h>
#include <unistd.h>

/* keys on demand */

static kupf_events_t *events;

/** Who tells about them */
static kupf_publisher_t *publisher;
static kupf_fetch_t *fetch;
static kupf_subscriber_t smf;

/** What the SMF does when it is asked, before the UE waits */
static void (*on_ask)();

/** How often it was asked */
static u_int asked;

/** UEs of a flood, milliseconds that each waits for its key, and how many
 * times all of them come */
#define FLOOD 3
#define FLOOD_WAIT 500
#define FLOOD_ASKED 60

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	__atomic_add_fetch(&asked, 1, __ATOMIC_RELAXED);
	if (on_ask)
	{
		on_ask();
	}
}

static void create_fetch(u_int timeout)
{
	kupf_fetch_config_t config = {
		.timeout = timeout,
		.max_waiting = 4,
	};

	setup();
	lib->credmgr->remove_set(lib->credmgr, &cred->set);
	cred->destroy(cred);
	publisher = kupf_publisher_create();
	events = &publisher->events;
	smf.notify = _notify;
	publisher->subscribe(publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	fetch = kupf_fetch_create(store, events, &config);
	cred = kupf_cred_create(store, fetch, &enforcer.public);
	lib->credmgr->add_set(lib->credmgr, &cred->set);
}

static void setup_fetch()
{
	create_fetch(60000);
}

static void setup_flood()
{
	create_fetch(FLOOD_WAIT);
}

static void teardown_fetch()
{
	teardown();
	fetch->destroy(fetch);
	publisher->unsubscribe(publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	publisher->destroy(publisher);
}

static void answer_key()
{
	kupf_session_t *session;

	put_key(KEY_1, 3);
	session = store->get(store, "s");
	fetch->answer(fetch, session);
	kupf_session_unref(session);
}

static void answer_reject()
{
	fetch->reject(fetch, ID_KEY_ID, chunk_from_str("ue"));
}

START_TEST(test_fetch)
{
	on_ask = answer_reject;
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* the key that came counts, whatever it is */
	on_ask = answer_key;
	ck_assert(!verify(KEY_2));
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	remove_name("s");
	ck_assert(verify(KEY_1));
	ck_assert_uint_eq(asked, 3);
	ck_assert_uint_eq(verified(1), 3);
	ck_assert_int_eq(build(), '1');
	ck_assert_uint_eq(asked, 3);
}
END_TEST

START_TEST(test_fetch_not)
{
	on_ask = answer_reject;
	/* who builds waits for nobody */
	ck_assert_int_eq(build(), 0);
	/* nor if we have initiated it */
	sa.conditions = COND_ORIGINAL_INITIATOR;
	ck_assert(!verify(KEY_1));
	sa.conditions = 0;
	/* nor if the IKE_SA may have no keys */
	enforcer.covered = FALSE;
	ck_assert(!verify(KEY_1));
	enforcer.covered = TRUE;
	/* nor if there is a session that says its key is not for IKE */
	put("s", ID_KEY_ID, "ue", KEY_1, 1, KUPF_SERVICE_MPQUIC, 0);
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 0);
	/* but if it has expired */
	put("s", ID_KEY_ID, "ue", KEY_1, 1, KUPF_SERVICE_IKE,
		time_monotonic(NULL));
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 1);
}
END_TEST

static void answer_and_uncover()
{
	answer_key();
	enforcer.covered = FALSE;
}

START_TEST(test_fetch_uncovered)
{
	/* the enforcer goes while the UE waits */
	on_ask = answer_and_uncover;
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
}
END_TEST

/** What the session is that the SMF answers with */
static u_int services;
static time_t expiry;

static void answer_unusable()
{
	kupf_session_t *session;

	ck_assert_int_eq(put("s", ID_KEY_ID, "ue", KEY_1, 1, services, expiry),
					 KUPF_STORE_OK);
	session = store->get(store, "s");
	fetch->answer(fetch, session);
	kupf_session_unref(session);
}

/* the session comes while the UE waits, and its key is not for it */
START_TEST(test_fetch_unusable)
{
	on_ask = answer_unusable;
	services = KUPF_SERVICE_MPQUIC;
	expiry = 0;
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 1);
	remove_name("s");
	services = KUPF_SERVICE_IKE;
	expiry = time_monotonic(NULL);
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 2);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	remove_name("s");
	expiry = 0;
	ck_assert(verify(KEY_1));
	ck_assert_uint_eq(asked, 3);
}
END_TEST

static void *add_set(void *data)
{
	lib->credmgr->add_set(lib->credmgr, data);
	return NULL;
}

static void *verify_waiting(void *data)
{
	return verify(KEY_1) ? data : NULL;
}

static void await_waiting()
{
	while (!test_counter("fetch-waiting"))
	{
		usleep(1000);
	}
}

START_TEST(test_fetch_writer)
{
	credential_set_t set = {
		.create_private_enumerator = (void*)return_null,
		.create_cert_enumerator = (void*)return_null,
		.create_shared_enumerator = (void*)return_null,
		.create_cdp_enumerator = (void*)return_null,
		.cache_cert = (void*)nop,
	};
	identification_t *known = identity(ID_KEY_ID, "known");
	thread_t *waiter, *writer;
	u_int i, keys;

	/* a plugin that comes while somebody waits does not stop the others */
	put("known", ID_KEY_ID, "known", KEY_2, 1, KUPF_SERVICE_IKE, 0);
	waiter = thread_create(verify_waiting, known);
	await_waiting();
	writer = thread_create(add_set, &set);
	for (i = 0; i < 100; i++)
	{
		usleep(1000);
		/* a wrong one, as there is only one IKE_SA to pin it to */
		ck_assert(!verify_id(known, KEY_1, &keys));
		ck_assert_uint_eq(keys, 1);
	}
	answer_key();
	ck_assert_ptr_nonnull(waiter->join(waiter));
	/* and gets its turn */
	writer->join(writer);
	lib->credmgr->remove_set(lib->credmgr, &set);
	known->destroy(known);
}
END_TEST

/** Whether a credential set was added: now, and before the flood ended */
static bool added, added_meanwhile;

/** Whether a UE of the flood has come for the last time */
static bool ended;

static void *add_set_flagged(void *data)
{
	add_set(data);
	__atomic_store_n(&added, TRUE, __ATOMIC_RELAXED);
	return NULL;
}

/**
 * UEs that nobody knows, one after the other, so that somebody always waits:
 * threads do not begin at the same time.
 */
static void *flood(void *number)
{
	identification_t *ue;
	char id[32];
	u_int i;

	usleep((uintptr_t)number * FLOOD_WAIT * 1000 / FLOOD);
	for (i = 0; __atomic_load_n(&asked, __ATOMIC_RELAXED) < FLOOD_ASKED; i++)
	{
		snprintf(id, sizeof(id), "%u-%u", (u_int)(uintptr_t)number, i);
		ue = identity(ID_KEY_ID, id);
		verify_id(ue, KEY_1, NULL);
		ue->destroy(ue);
		usleep(1000);
	}
	if (!__atomic_exchange_n(&ended, TRUE, __ATOMIC_RELAXED))
	{	/* the others still wait */
		added_meanwhile = __atomic_load_n(&added, __ATOMIC_RELAXED);
	}
	return NULL;
}

START_TEST(test_fetch_flood)
{
	credential_set_t set = {
		.create_private_enumerator = (void*)return_null,
		.create_cert_enumerator = (void*)return_null,
		.create_shared_enumerator = (void*)return_null,
		.create_cdp_enumerator = (void*)return_null,
		.cache_cert = (void*)nop,
	};
	thread_t *threads[FLOOD], *writer;
	uintptr_t i;

	for (i = 0; i < FLOOD; i++)
	{
		threads[i] = thread_create(flood, (void*)i);
	}
	await_waiting();
	writer = thread_create(add_set_flagged, &set);
	for (i = 0; i < FLOOD; i++)
	{
		threads[i]->join(threads[i]);
	}
	writer->join(writer);
	lib->credmgr->remove_set(lib->credmgr, &set);
	/* there always was somebody who waited, or tried to */
	ck_assert(added_meanwhile);
	ck_assert_uint_gt(test_counter("fetch-paused"), 0);
	ck_assert_uint_gt(test_counter("fetch-timeouts"), 0);
	ck_assert_uint_eq(test_counter("fetch-paused") +
					  test_counter("fetch-timeouts"), asked);
}
END_TEST

static bool call_alert(listener_t *listener, alert_t alert, ...)
{
	va_list args;
	bool stay;

	va_start(args, alert);
	stay = listener->alert(listener, NULL, alert, args);
	va_end(args);
	return stay;
}

START_TEST(test_fetch_shutdown)
{
	thread_t *waiter;

	waiter = thread_create(verify_waiting, fetch);
	await_waiting();
	ck_assert(call_alert(cred->listener, ALERT_PEER_AUTH_FAILED));
	ck_assert_uint_eq(test_counter("fetch-waiting"), 1);
	ck_assert(call_alert(cred->listener, ALERT_SHUTDOWN_SIGNAL, SIGTERM));
	ck_assert_ptr_null(waiter->join(waiter));
	ck_assert_uint_eq(test_counter("fetch-ended"), 1);
	/* nor does anybody begin to wait */
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(asked, 1);
}
END_TEST

void kupf_cred_fetch_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "fetch", 30, setup_fetch, teardown_fetch);

	tcase_add_test(tc, test_fetch);
	tcase_add_test(tc, test_fetch_not);
	tcase_add_test(tc, test_fetch_uncovered);
	tcase_add_test(tc, test_fetch_unusable);
	tcase_add_test(tc, test_fetch_writer);
	tcase_add_test(tc, test_fetch_shutdown);

	tc = test_case(suite, "flood", 120, setup_flood, teardown_fetch);
	tcase_add_test(tc, test_fetch_flood);
}
