/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a thread logs at level 4 while it has a key is dropped, and nothing
 * else is.
 */

#include "kupf/credentials/kupf_cred.h"
#include "kupf/credentials/kupf_redact.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

#include <daemon.h>
#include <threading/thread.h>

/** Key, that a log would show as "K" */
#define KEY "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"

/** What was logged, by level; guarded by mutex of the bus */
static char logged[5][1024];

METHOD(logger_t, log_, void,
	logger_t *this, debug_t group, level_t level, int thread, ike_sa_t *ike_sa,
	const char *message)
{
	ck_assert(level >= 0 && level <= 4);
	strncat(logged[level], message,
			sizeof(logged[level]) - strlen(logged[level]) - 1);
}

METHOD(logger_t, get_level, level_t,
	logger_t *this, debug_t group)
{
	return LEVEL_PRIVATE;
}

static logger_t logger;

static void setup()
{
	memset(logged, 0, sizeof(logged));
	logger.log = _log_;
	logger.get_level = _get_level;
	charon->bus->add_logger(charon->bus, &logger);
	kupf_redact_install();
}

static void teardown()
{
	kupf_redact_uninstall();
	charon->bus->remove_logger(charon->bus, &logger);
}

/**
 * Log a letter at each level, as charon does.
 */
static void log_all(const char *letter)
{
	level_t level;

	for (level = LEVEL_AUDIT; level <= LEVEL_PRIVATE; level++)
	{
		charon->bus->log(charon->bus, DBG_IKE, level, "%s", letter);
	}
}

START_TEST(test_levels)
{
	log_all("a");
	kupf_redact_begin();
	log_all("b");
	kupf_redact_begin();
	kupf_redact_end();
	log_all("c");
	kupf_redact_end();
	log_all("d");
	ck_assert_str_eq(logged[0], "abcd");
	ck_assert_str_eq(logged[1], "abcd");
	ck_assert_str_eq(logged[2], "abcd");
	ck_assert_str_eq(logged[3], "abcd");
	ck_assert_str_eq(logged[4], "ad");
}
END_TEST

START_TEST(test_formats)
{
	chunk_t data = chunk_from_str(KEY);
	identification_t *id;

	/* arguments of all kinds go through the filter unharmed */
	id = identification_create_from_string("fqdn:x");
	DBG1(DBG_IKE, "%s %d %Y %N %B", "a", -5, id, kupf_reason_names,
		 KUPF_REASON_PEER, &data);
	ck_assert_ptr_nonnull(strstr(logged[1], "a -5 x peer"));
	ck_assert_ptr_nonnull(strstr(logged[1], "4B 4B 4B"));
	kupf_redact_begin();
	DBG4(DBG_IKE, "secret %B", &data);
	kupf_redact_end();
	ck_assert_str_eq(logged[4], "");
	id->destroy(id);
}
END_TEST

static void *log_elsewhere(void *data)
{
	log_all("x");
	return NULL;
}

START_TEST(test_threads)
{
	thread_t *thread;

	/* another thread is not concerned */
	kupf_redact_begin();
	thread = thread_create(log_elsewhere, NULL);
	thread->join(thread);
	kupf_redact_end();
	ck_assert_str_eq(logged[4], "x");
}
END_TEST

START_TEST(test_uninstall)
{
	kupf_redact_begin();
	kupf_redact_uninstall();
	log_all("a");
	ck_assert_str_eq(logged[4], "a");
	kupf_redact_install();
	log_all("b");
	ck_assert_str_eq(logged[4], "a");
	kupf_redact_end();
}
END_TEST

static test_ike_sa_t sa;

static ike_sa_t *fake_get_sa(bus_t *this)
{
	return &sa.public;
}

/**
 * Log the secret, as get_psk_sig() in charon's keymat_v2.c does.
 */
static void log_secret(shared_key_t *key)
{
	chunk_t secret = key->get_key(key);

	DBG4(DBG_IKE, "secret %B", &secret);
}

START_TEST(test_key)
{
	test_enforcer_t enforcer;
	identification_t *peer;
	kupf_session_t *session;
	kupf_store_t *store;
	kupf_cred_t *cred;
	enumerator_t *enumerator;
	shared_key_t *key;

	test_enforcer_init(&enforcer);
	store = kupf_store_create(0, 0);
	cred = kupf_cred_create(store, NULL, &enforcer.public);
	test_ike_sa_init(&sa, 1);
	charon->bus->get_sa = fake_get_sa;
	session = test_session("s", ID_KEY_ID, "a", 0);
	store->put(store, session);
	kupf_session_unref(session);
	peer = identification_create_from_string("keyid:a");

	/* from the moment that a thread gets a key of ours ... */
	enumerator = cred->set.create_shared_enumerator(&cred->set, SHARED_IKE,
													NULL, peer);
	ck_assert(enumerator->enumerate(enumerator, &key, NULL, NULL));
	log_secret(key);
	key = key->get_ref(key);
	enumerator->destroy(enumerator);
	log_secret(key);
	ck_assert_str_eq(logged[4], "");
	key->destroy(key);
	/* ... to the moment that it has given it back */
	log_all("a");
	ck_assert_str_eq(logged[4], "a");
	ck_assert_ptr_null(strstr(logged[3], "4B"));
	peer->destroy(peer);
	cred->destroy(cred);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}
END_TEST

static Suite *kupf_redact_suite()
{
	Suite *suite = suite_create("kupf_redact");
	TCase *tc = test_case(suite, "log", 0, setup, teardown);

	tcase_add_test(tc, test_levels);
	tcase_add_test(tc, test_formats);
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_uninstall);
	tcase_add_test(tc, test_key);

	return suite;
}

int main(void)
{
	return test_run(kupf_redact_suite());
}
