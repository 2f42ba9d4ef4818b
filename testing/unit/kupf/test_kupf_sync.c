/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Resynchronisation, through the commands of several clients.
 */

#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

/** A session, by the letter of its name */
#define SESSION(letter) "session=" letter " ue-id=keyid:" letter \
	" key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define SECTION(letter) letter "={ ue-id=keyid:" letter \
	" key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 } "

static test_upf_t upf;

/** Two clients */
static const char *one = "one", *two = "two";

static void setup()
{
	test_upf_init(&upf, NULL, 0);
}

static void teardown()
{
	test_upf_deinit(&upf);
}

/**
 * Carry out a command of a client.
 *
 * @return			value of "removed", or cause
 */
static const char *run(const char *client, const char *name,
					   const char *script)
{
	static char result[64];
	vici_message_t *reply;
	kupf_list_t *list;

	reply = test_execute_as(&upf, client, &list, name, "%s", script);
	ck_assert_ptr_nonnull(reply);
	snprintf(result, sizeof(result), "%s%s", test_value(reply, "removed"),
			 test_value(reply, "cause"));
	reply->destroy(reply);
	return result;
}

/**
 * Check which sessions there are, by letter.
 */
static void check(const char *letters)
{
	kupf_session_t *session;
	char name[2] = "";

	ck_assert_uint_eq(upf.store->get_count(upf.store), strlen(letters));
	for (; *letters; letters++)
	{
		name[0] = *letters;
		session = upf.store->get(upf.store, name);
		ck_assert_msg(session, "no session '%s'", name);
		kupf_session_unref(session);
	}
}

static void add_abc()
{
	run(one, "establish-session", SESSION("a"));
	run(one, "establish-session", SESSION("b"));
	run(one, "establish-session", SESSION("c"));
	check("abc");
}

START_TEST(test_sync)
{
	add_abc();
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	/* found again, new, modified */
	run(one, "establish-session", SESSION("a"));
	run(one, "establish-session", SESSION("d"));
	check("abcd");
	upf.enforcer.tunnels = 1;
	ck_assert_str_eq(run(one, "sync-end", ""), "2");
	check("ad");
	ck_assert_uint_eq(upf.enforcer.closed, 2);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_DELETED);
	/* again, with nothing mentioned, and without a beginning */
	ck_assert_str_eq(run(one, "sync-end", ""), "not-allowed");
	check("ad");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(run(one, "sync-end", ""), "2");
	check("");
}
END_TEST

/* an address of a session that is to go is free after that, and two sessions
 * exchange theirs in three steps */
START_TEST(test_addresses)
{
	run(one, "establish-session", SESSION("a") " ue-addresses=[10.0.0.1]");
	run(one, "establish-session", SESSION("b") " ue-addresses=[10.0.0.2]");
	run(one, "establish-session", SESSION("c") " ue-addresses=[10.0.0.3]");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(run(one, "establish-session", SESSION("d")
						 " ue-addresses=[10.0.0.3]"), "address-in-use");
	ck_assert_str_eq(run(one, "modify-session",
						 "session=a ue-addresses=[10.0.0.2]"),
					 "address-in-use");
	ck_assert_str_eq(run(one, "modify-session",
						 "session=b ue-addresses=[]"), "");
	ck_assert_str_eq(run(one, "modify-session",
						 "session=a ue-addresses=[10.0.0.2]"), "");
	ck_assert_str_eq(run(one, "modify-session",
						 "session=b ue-addresses=[10.0.0.1]"), "");
	ck_assert_str_eq(run(one, "sync-end", ""), "1");
	check("ab");
	ck_assert_str_eq(run(one, "establish-session", SESSION("d")
						 " ue-addresses=[10.0.0.3]"), "");
	check("abd");
}
END_TEST

START_TEST(test_mentioned)
{
	add_abc();
	run(one, "establish-session", SESSION("d"));
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	run(one, "establish-sessions", SECTION("a") SECTION("e"));
	run(one, "modify-session", "session=b lifetime=100");
	/* of another client as well */
	run(two, "modify-session", "session=c lifetime=100");
	run(two, "delete-session", "session=a");
	ck_assert_str_eq(run(one, "sync-end", ""), "1");
	check("bce");
}
END_TEST

START_TEST(test_begin_anew)
{
	add_abc();
	run(one, "sync-begin", "");
	run(one, "establish-session", SESSION("a"));
	/* what was mentioned before does not count any more */
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	run(one, "establish-session", SESSION("b"));
	ck_assert_str_eq(run(one, "sync-end", ""), "2");
	check("b");
}
END_TEST

START_TEST(test_two_clients)
{
	add_abc();
	ck_assert_str_eq(run(two, "sync-end", ""), "not-allowed");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(run(two, "sync-begin", ""), "busy");
	ck_assert_str_eq(run(two, "sync-end", ""), "not-allowed");
	check("abc");
	/* somebody else leaves, then the one who has begun */
	upf.commands->forget(upf.commands, two);
	ck_assert_str_eq(run(two, "sync-begin", ""), "busy");
	upf.commands->forget(upf.commands, one);
	check("abc");
	ck_assert_str_eq(run(one, "sync-end", ""), "not-allowed");
	ck_assert_str_eq(run(two, "sync-begin", ""), "");
	run(two, "establish-session", SESSION("c"));
	ck_assert_str_eq(run(two, "sync-end", ""), "2");
	check("c");
}
END_TEST

/** Lines at level 1 */
static u_int lines;

static void count_line(debug_t group, level_t level, char *fmt, ...)
{
	lines += level == 1;
}

START_TEST(test_log)
{
	void (*saved)(debug_t group, level_t level, char *fmt, ...) = dbg;
	u_int i;

	dbg = count_line;
	for (i = 0; i < 1000; i++)
	{
		ck_assert_str_eq(run(one, "sync-begin", ""), "");
		ck_assert_str_eq(run(one, "sync-end", ""), "0");
		ck_assert_str_eq(run(one, "sync-begin", ""), "");
		upf.commands->forget(upf.commands, one);
	}
	dbg = saved;
	ck_assert_uint_gt(lines, 3);
	ck_assert_uint_lt(lines, 1000);
}
END_TEST

START_TEST(test_fields)
{
	add_abc();
	ck_assert_str_eq(run(one, "sync-begin", "session=a"), "unknown-field");
	ck_assert_str_eq(run(one, "sync-end", ""), "not-allowed");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	/* a mistake does not remove everything */
	ck_assert_str_eq(run(one, "sync-end", "a=b"), "unknown-field");
	check("abc");
}
END_TEST

Suite *kupf_sync_suite(void);

Suite *kupf_sync_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_sync");

	tc = tcase_create("sync");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_sync);
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_mentioned);
	tcase_add_test(tc, test_begin_anew);
	tcase_add_test(tc, test_two_clients);
	tcase_add_test(tc, test_log);
	tcase_add_test(tc, test_fields);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_sync_suite());
}
