/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Pre-configured keys: the file, what is wrong with it, reading it again, and
 * sessions that are fed over the socket on top of it.
 */

#include "test_kupf_preconfigured.h"
#include "test_support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

test_upf_t upf;

void write_file(const char *text)
{
	FILE *file;

	file = fopen(test_path("keys"), "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(test_path("keys"), 0600), 0);
}

void use_file(const char *path)
{
	upf.preconfigured->set_file(upf.preconfigured, path, 0);
}

void setup()
{
	test_upf_init(&upf, NULL, 0);
	use_file(test_path("keys"));
}

void teardown()
{
	use_file(NULL);
	test_upf_deinit(&upf);
}

const char *load(const char *text)
{
	static kupf_error_t error;
	bool done;

	write_file(text);
	error = (kupf_error_t){};
	done = upf.preconfigured->load(upf.preconfigured, &error);
	ck_assert_int_eq(error.cause, done ? KUPF_CAUSE_NONE :
										 KUPF_CAUSE_INVALID_FILE);
	ck_assert_ptr_null(strstr(error.message, HEX));
	ck_assert_ptr_null(strstr(error.message, "S2V5"));
	return error.message;
}

const char *find(const char *id)
{
	static char name[KUPF_SESSION_NAME_MAX + 1];
	kupf_session_t *session;

	session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str((char*)id));
	strcpy(name, session ? kupf_session_get_name(session) : "-");
	kupf_session_unref(session);
	return name;
}

bool has(const char *name)
{
	kupf_session_t *session;

	session = upf.all->get(upf.all, name);
	kupf_session_unref(session);
	return session != NULL;
}

u_int count(kupf_store_t *store)
{
	return store->get_count(store);
}

void run(const char *expected, const char *name, const char *script)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", script);
	ck_assert_str_eq(test_value(reply, "cause"), expected);
	reply->destroy(reply);
}

START_TEST(test_fed_wins)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY "\nc ue-id=keyid:c" KEY);
	/* by identity */
	run("", "establish-session", "session=x ue-id=keyid:a" FED);
	ck_assert_str_eq(find("a"), "x");
	ck_assert(!has("a"));
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_str_eq(upf.enforcer.name, "a");
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_SUPERSEDED);
	/* by name */
	run("", "establish-session", "session=b ue-id=keyid:y" FED);
	ck_assert_str_eq(find("y"), "b");
	ck_assert_str_eq(find("b"), "-");
	ck_assert_uint_eq(upf.enforcer.closed, 2);
	ck_assert_uint_eq(count(upf.all), 3);
	/* by modification */
	run("", "modify-session", "session=b ue-id=keyid:c");
	ck_assert_str_eq(find("c"), "b");
	ck_assert(!has("c"));
	ck_assert_str_eq(find("b"), "-");
	ck_assert_uint_eq(upf.enforcer.closed, 4);
	/* to read the file again does not change that */
	load("a ue-id=keyid:a" KEY_2 "\nb ue-id=keyid:b" KEY "\n"
		 "c ue-id=keyid:c" KEY);
	ck_assert_str_eq(find("a"), "x");
	ck_assert_str_eq(find("c"), "b");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	/* a client that does not know of them does not sweep them away */
	run("", "sync-begin", "");
	run("", "sync-end", "");
	ck_assert_uint_eq(count(upf.store), 0);
	ck_assert_str_eq(find("a"), "a");
	ck_assert_str_eq(find("b"), "b");
	ck_assert_str_eq(find("c"), "c");
	/* nor is it theirs to delete or modify */
	run("no-such-session", "delete-session", "session=a");
	run("no-such-session", "modify-session", "session=a lifetime=1");
}
END_TEST

START_TEST(test_changes_hidden)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	run("", "establish-session", "session=x ue-id=keyid:y" FED);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
	/* its new identity is a fed session's: its tunnels go */
	load("a ue-id=keyid:y" KEY "\nb ue-id=keyid:b" KEY);
	ck_assert_str_eq(find("y"), "x");
	ck_assert(!has("a"));
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_str_eq(upf.enforcer.name, "a");
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_SUPERSEDED);
	/* the same of a new one, which may have tunnels of an earlier one */
	load("a ue-id=keyid:y" KEY "\nx ue-id=keyid:b" KEY);
	ck_assert_uint_eq(upf.enforcer.closed, 3);
	ck_assert_str_eq(find("b"), "-");
	/* and back */
	load("a ue-id=keyid:a" KEY);
	ck_assert_str_eq(find("a"), "a");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
}
END_TEST

START_TEST(test_shown)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	ck_assert_uint_eq(upf.enforcer.established, 2);
	/* by deletion: the fed one came, two go back */
	run("", "establish-session", "session=a ue-id=keyid:b" FED);
	ck_assert_uint_eq(upf.enforcer.established, 3);
	run("", "delete-session", "session=a");
	ck_assert_uint_eq(upf.enforcer.established, 5);
	/* by modification: only the one that is not hidden any more */
	run("", "establish-session", "session=a ue-id=keyid:b" FED);
	run("", "modify-session", "session=a ue-id=keyid:z");
	ck_assert_uint_eq(upf.enforcer.established, 7);
	ck_assert_str_eq(find("b"), "b");
	ck_assert_str_eq(find("a"), "-");
	/* by its end */
	run("", "modify-session", "session=a lifetime=1");
	sleep(2);
	while (upf.sessions->expire(upf.sessions));
	ck_assert_uint_eq(upf.enforcer.established, 8);
	ck_assert_str_eq(find("a"), "a");
	/* none that was not hidden */
	run("", "establish-session", "session=z ue-id=keyid:z" FED);
	run("", "delete-session", "session=z");
	ck_assert_uint_eq(upf.enforcer.established, 9);
}
END_TEST

/* as charon compares them: another case of an FQDN is the same UE */
START_TEST(test_alike)
{
	load("a ue-id=fqdn:ue.example" KEY);
	run("", "establish-session", "session=x ue-id=fqdn:UE.example" FED);
	ck_assert_ptr_null(upf.all->find(upf.all, ID_FQDN,
									 chunk_from_str("ue.example")));
	ck_assert_ptr_null(upf.all->get(upf.all, "a"));
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_uint_eq(upf.enforcer.established, 2);
	/* and it is back */
	run("", "delete-session", "session=x");
	ck_assert_uint_eq(upf.enforcer.established, 3);
}
END_TEST

START_TEST(test_holds)
{
	kupf_session_t *session, *fed;

	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	session = upf.all->get(upf.all, "a");
	ck_assert(upf.all->holds(upf.all, session));
	/* hidden by its identity, by its name, and not any more */
	run("", "establish-session", "session=x ue-id=keyid:a" FED);
	ck_assert(!upf.all->holds(upf.all, session));
	fed = upf.all->get(upf.all, "x");
	ck_assert(upf.all->holds(upf.all, fed));
	run("", "modify-session", "session=x ue-id=keyid:x");
	ck_assert(upf.all->holds(upf.all, session));
	ck_assert(!upf.all->holds(upf.all, fed));
	run("", "establish-session", "session=a ue-id=keyid:y" FED);
	ck_assert(!upf.all->holds(upf.all, session));
	run("", "delete-session", "session=a");
	ck_assert(upf.all->holds(upf.all, session));
	load("b ue-id=keyid:b" KEY);
	ck_assert(!upf.all->holds(upf.all, session));
	kupf_session_unref(session);
	kupf_session_unref(fed);
}
END_TEST

/** Lookups of the sessions that are fed, and whether the next one is too early */
static kupf_session_t *(*get_fed)(kupf_store_t*, const char*);
static kupf_session_t *(*find_fed)(kupf_store_t*, id_type_t, chunk_t);
static bool early;

static kupf_session_t *get_early(kupf_store_t *this, const char *name)
{
	bool was = early;

	early = FALSE;
	return was ? NULL : get_fed(this, name);
}

static kupf_session_t *find_early(kupf_store_t *this, id_type_t type,
								  chunk_t id)
{
	bool was = early;

	early = FALSE;
	return was ? NULL : find_fed(this, type, id);
}

/* a session that is fed between the two looks of one lookup */
START_TEST(test_fed_meanwhile)
{
	kupf_session_t *session;
	id_type_t type;

	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	run("", "establish-session", "session=a ue-id=keyid:y" FED);
	run("", "establish-session", "session=x ue-id=keyid:b" FED);
	get_fed = upf.store->get;
	find_fed = upf.store->find;
	upf.store->get = get_early;
	upf.store->find = find_early;
	early = TRUE;
	session = upf.all->get(upf.all, "a");
	ck_assert(!early);
	ck_assert_ptr_nonnull(session);
	ck_assert(chunk_equals(kupf_session_get_id(session, &type),
						   chunk_from_str("y")));
	kupf_session_unref(session);
	early = TRUE;
	ck_assert_str_eq(find("b"), "x");
	ck_assert(!early);
	upf.store->get = get_fed;
	upf.store->find = find_fed;
}
END_TEST

/* it is a store as others are */
START_TEST(test_all_methods)
{
	kupf_store_hashes_t hashes;
	kupf_session_t *session;
	void *methods[sizeof(*upf.all) / sizeof(void*)];
	size_t i;

	memcpy(methods, upf.all, sizeof(methods));
	for (i = 0; i < countof(methods); i++)
	{
		ck_assert_msg(methods[i] != NULL, "method %zu", i);
	}
	load("a ue-id=keyid:a" KEY);
	upf.all->prepare(upf.all, "a", ID_KEY_ID, chunk_from_str("x"), &hashes);
	ck_assert(upf.all->look(upf.all, "a", ID_KEY_ID, chunk_from_str("x"),
							&hashes, &session));
	ck_assert_str_eq(kupf_session_get_name(session), "a");
	kupf_session_unref(session);
	ck_assert(upf.all->look(upf.all, "x", ID_KEY_ID, chunk_from_str("a"),
							&hashes, &session));
	ck_assert_ptr_null(session);
	ck_assert(!upf.all->look(upf.all, "x", ID_KEY_ID, chunk_from_str("x"),
							 &hashes, &session));
	ck_assert_ptr_null(session);
	session = test_session("x", ID_KEY_ID, "x", 0);
	upf.all->prepare(upf.all, "x", ID_KEY_ID, chunk_from_str("x"), &hashes);
	ck_assert_int_eq(upf.all->put_hashed(upf.all, session, &hashes),
					 KUPF_STORE_OK);
	ck_assert(upf.store->holds(upf.store, session));
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_command)
{
	vici_message_t *reply;

	write_file("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	reply = test_execute(&upf, "reload-preconfigured", "");
	ck_assert_str_eq(test_value(reply, "keys"), "2");
	reply->destroy(reply);
	write_file("a ue-id=keyid:a" KEY "\nb");
	reply = test_execute(&upf, "reload-preconfigured", "");
	ck_assert_str_eq(test_value(reply, "cause"), "invalid-file");
	ck_assert_ptr_nonnull(strstr(test_value(reply, "errmsg"), "keys:2: field"));
	reply->destroy(reply);
	reply = test_execute(&upf, "stats", "");
	ck_assert_str_eq(test_value(reply, "preconfigured"), "2");
	ck_assert_str_eq(test_value(reply, "sessions"), "0");
	reply->destroy(reply);
}
END_TEST

/**
 * Check how many inner addresses sessions have, and are in quarantine.
 */
static void check_addresses(u_int held, u_int quarantined)
{
	uint64_t h, q;

	h = upf.addresses->get_count(upf.addresses, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

#define A "a ue-id=keyid:a" KEY " ue-addresses="
#define B "b ue-id=keyid:b" KEY " ue-addresses="
#define C "c ue-id=keyid:c" KEY " ue-addresses="
#define FED_KEY " key=0x" HEX

/* an inner address is of one fed session or of one line, or two */
START_TEST(test_ue_addresses)
{
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.2\n"), "");
	check_addresses(2, 0);
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.3\n" B "10.0.0.3\n"
									  C "10.0.0.3\n"), "'ue-addresses'"));
	check_addresses(2, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
	run("", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.4]" FED_KEY);
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.4\n"), "session 'a'"));
	check_addresses(3, 0);
	/* the session that a fed one hides is the same UE's */
	run("", "establish-session",
		"session=g ue-id=keyid:a ue-addresses=[10.0.0.1]" FED_KEY);
	run("address-in-use", "modify-session",
		"session=f ue-addresses=[10.0.0.1]");
	run("", "delete-session", "session=g");
	run("address-in-use", "modify-session",
		"session=f ue-addresses=[10.0.0.1]");
	ck_assert_str_eq(load(B "10.0.0.2\n"), "");
	run("", "modify-session", "session=f ue-addresses=[10.0.0.1]");
	check_addresses(2, 0);
}
END_TEST

/* lines exchange their addresses: tunnels that still have them go at once */
START_TEST(test_ue_addresses_exchanged)
{
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.2\n"), "");
	upf.enforcer.used = TRUE;
	ck_assert_str_eq(load(A "10.0.0.3\n" B "10.0.0.2\n"), "");
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);
	check_addresses(2, 1);
	ck_assert_str_eq(load(A "10.0.0.2\n" B "10.0.0.3\n"), "");
	ck_assert_uint_eq(upf.enforcer.replaced, 3);
	ck_assert_uint_eq(upf.enforcer.grace, 0);
	/* what has another name is of the same UE, but b's can use it, too */
	ck_assert_ptr_nonnull(strstr(load("c ue-id=keyid:a" KEY
									  " ue-addresses=10.0.0.2\n"),
								 "can use it still"));
	upf.enforcer.used = FALSE;
	ck_assert_str_eq(load("c ue-id=keyid:a" KEY " ue-addresses=10.0.0.2\n"),
					 "");
	upf.addresses->reap(upf.addresses);
	check_addresses(1, 0);
	/* the UPF's own */
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.2 upf-address=10.0.0.2\n"),
								 "is the UPF's"));
	check_addresses(1, 0);
}
END_TEST

/* the key of a UE is changed by a second line, which has its address, too */
START_TEST(test_ue_addresses_two_keys)
{
	ck_assert_str_eq(load(A "10.0.0.1\n"), "");
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.1\n"), "");
	check_addresses(2, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
	ck_assert_str_eq(load(B "10.0.0.1\n"), "");
	check_addresses(1, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
}
END_TEST

static Suite *kupf_preconfigured_suite()
{
	Suite *suite = suite_create("kupf_preconfigured");
	TCase *tc = test_case(suite, "file", 0, test_dir_create, test_dir_remove);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_ue_addresses);
	tcase_add_test(tc, test_ue_addresses_exchanged);
	tcase_add_test(tc, test_ue_addresses_two_keys);
	tcase_add_test(tc, test_fed_wins);
	tcase_add_test(tc, test_changes_hidden);
	tcase_add_test(tc, test_shown);
	tcase_add_test(tc, test_alike);
	tcase_add_test(tc, test_holds);
	tcase_add_test(tc, test_fed_meanwhile);
	tcase_add_test(tc, test_all_methods);
	tcase_add_test(tc, test_command);

	kupf_preconfigured_file_cases(suite);
	kupf_preconfigured_threads_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_preconfigured_suite());
}
