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

	reply = test_execute_as(&upf, client, name, "%s", script);
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

/* many at once are mentioned as one is, but not by deleting them */
START_TEST(test_batches)
{
	add_abc();
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(run(two, "modify-sessions", "a={ lifetime=100 } "
						 "b={ ue-id=keyid:c }"), "");
	ck_assert_str_eq(run(two, "delete-sessions", "c={ ue-id=keyid:c }"), "");
	check("abc");
	ck_assert_str_eq(run(one, "sync-end", ""), "1");
	check("ab");
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
	upf.commands->client_gone(upf.commands, two);
	ck_assert_str_eq(run(two, "sync-begin", ""), "busy");
	upf.commands->client_gone(upf.commands, one);
	check("abc");
	ck_assert_str_eq(run(one, "sync-end", ""), "not-allowed");
	ck_assert_str_eq(run(two, "sync-begin", ""), "");
	run(two, "establish-session", SESSION("c"));
	ck_assert_str_eq(run(two, "sync-end", ""), "2");
	check("c");
}
END_TEST

/** Sessions of a sync-end that has far more than a step to do */
#define MANY 300

/**
 * Establish many sessions, and begin with the end of a synchronisation in which
 * none of them is mentioned.
 */
static void begin_end(test_call_t *call)
{
	char script[128];
	u_int i;

	for (i = 0; i < MANY; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:s%u "
				 "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", i, i);
		run(one, "establish-session", script);
	}
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	test_call_begin(&upf, call, one, "sync-end", "");
	ck_assert(test_call_step(&upf, call));
	ck_assert_ptr_nonnull(call->work);
}

/**
 * Take the steps that are left.
 *
 * @return			what the reply says was removed
 */
static u_int finish_end(test_call_t *call)
{
	wire_packet_type_t type;
	vici_message_t *reply;
	u_int removed;

	while (test_call_step(&upf, call))
	{
		/* to the end */
	}
	reply = test_call_next(call, &type);
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	removed = atoi(test_value(reply, "removed"));
	reply->destroy(reply);
	test_call_end(call);
	return removed;
}

START_TEST(test_during_end)
{
	char script[128], name[16];
	kupf_session_t *session;
	test_call_t call;
	u_int i, found = 0;

	begin_end(&call);
	/* the other client: what is there still is modified and stays, what is gone
	 * is not there */
	for (i = 0; i < MANY; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		snprintf(script, sizeof(script), "session=%s lifetime=100", name);
		session = upf.store->get(upf.store, name);
		if (i % 2)
		{
			ck_assert_str_eq(run(two, "modify-session", script),
							 session ? "" : "no-such-session");
			found += session != NULL;
		}
		kupf_session_unref(session);
	}
	ck_assert_uint_gt(found, MANY / 4);
	/* what it has deleted is not counted, what is new stays */
	session = upf.store->get(upf.store, "s0");
	ck_assert_str_eq(run(two, "delete-session", "session=s0"),
					 session ? "" : "no-such-session");
	run(two, "establish-session", SESSION("a"));
	ck_assert_uint_eq(finish_end(&call), MANY - found - (session != NULL));
	kupf_session_unref(session);
	ck_assert_uint_eq(upf.store->get_count(upf.store), found + 1);
}
END_TEST

START_TEST(test_begin_during_end)
{
	test_call_t call;

	begin_end(&call);
	/* nobody begins while sessions are told apart by what was mentioned */
	ck_assert_str_eq(run(two, "sync-begin", ""), "busy");
	ck_assert_str_eq(run(two, "sync-end", ""), "not-allowed");
	upf.commands->client_gone(upf.commands, two);
	ck_assert_str_eq(run(two, "sync-begin", ""), "busy");
	run(two, "establish-session", SESSION("a"));
	ck_assert_uint_eq(finish_end(&call), MANY);
	check("a");
	ck_assert_str_eq(run(two, "sync-begin", ""), "");
	ck_assert_str_eq(run(one, "sync-begin", ""), "busy");
	ck_assert_str_eq(run(two, "sync-end", ""), "1");
}
END_TEST

START_TEST(test_end_given_up)
{
	test_call_t call;
	u_int left;

	begin_end(&call);
	left = upf.store->get_count(upf.store);
	ck_assert_uint_lt(left, MANY);
	/* as when charon ends: the others are not waited for */
	test_call_end(&call);
	upf.commands->client_gone(upf.commands, one);
	ck_assert_uint_eq(upf.store->get_count(upf.store), left);
	ck_assert_str_eq(run(two, "sync-begin", ""), "");
}
END_TEST

/**
 * Start the UPF anew, with a pool that waits for the first sync-end.
 */
static void restart(bool closed)
{
	test_upf_deinit(&upf);
	test_upf_init(&upf, "192.0.2.1-192.0.2.9", 0);
	upf.pool->set_closed(upf.pool, closed);
}

/**
 * Establish a session.
 *
 * @return			its address, or the cause
 */
static const char *place(const char *script)
{
	static char result[64];
	vici_message_t *reply;

	reply = test_execute(&upf, "establish-session", "%s", script);
	snprintf(result, sizeof(result), "%s%s", test_value(reply, "upf-address"),
			 test_value(reply, "cause"));
	reply->destroy(reply);
	return result;
}

START_TEST(test_addresses_after_restart)
{
	restart(FALSE);
	ck_assert_str_eq(place(SESSION("a")), "192.0.2.1");
	ck_assert_str_eq(place(SESSION("b")), "192.0.2.2");

	/* by default that is for the client to see to */
	restart(FALSE);
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(place(SESSION("c")), "192.0.2.1");
	ck_assert_str_eq(place(SESSION("a") " upf-address=192.0.2.1"),
					 "address-in-use");

	restart(TRUE);
	/* somebody new comes first, before and during the synchronisation */
	ck_assert_str_eq(place(SESSION("c")), "not-synchronised");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(place(SESSION("c")), "not-synchronised");
	ck_assert_str_eq(place(SESSION("b") " upf-address=192.0.2.2"), "192.0.2.2");
	ck_assert_str_eq(place(SESSION("c")), "not-synchronised");
	/* the client goes, and comes again */
	upf.commands->client_gone(upf.commands, one);
	ck_assert_str_eq(place(SESSION("c")), "not-synchronised");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(place(SESSION("b")), "192.0.2.2");
	ck_assert_str_eq(place(SESSION("a") " upf-address=192.0.2.1"), "192.0.2.1");
	ck_assert_str_eq(run(one, "sync-end", ""), "0");
	ck_assert_str_eq(place(SESSION("c")), "192.0.2.3");
	/* from now on for good */
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	ck_assert_str_eq(place(SESSION("d")), "192.0.2.4");
}
END_TEST

START_TEST(test_addresses_until_end)
{
	test_call_t call;

	restart(TRUE);
	ck_assert_str_eq(place(SESSION("a") " upf-address=192.0.2.1"), "192.0.2.1");
	ck_assert_str_eq(run(one, "sync-begin", ""), "");
	test_call_begin(&upf, &call, one, "sync-end", "");
	ck_assert(test_call_step(&upf, &call));
	ck_assert_ptr_nonnull(call.work);
	/* not before the answer */
	ck_assert_str_eq(place(SESSION("b")), "not-synchronised");
	ck_assert_uint_eq(finish_end(&call), 1);
	ck_assert_str_eq(place(SESSION("b")), "192.0.2.2");
}
END_TEST

START_TEST(test_no_addresses_after_restart)
{
	/* there is nothing to wait for without a pool */
	upf.pool->set_closed(upf.pool, TRUE);
	ck_assert_str_eq(place(SESSION("a")), "");
	check("a");
}
END_TEST

/** What lines at level 1 have, and their number */
static const char *const kinds[] = {
	"begins to synchronise", "synchronised, ", "has disconnected",
};
static u_int lines[countof(kinds)];

static void count_line(debug_t group, level_t level, char *fmt, ...)
{
	u_int i;

	for (i = 0; i < countof(kinds); i++)
	{
		lines[i] += level == 1 && strstr(fmt, kinds[i]);
	}
}

START_TEST(test_log)
{
	void (*saved)(debug_t group, level_t level, char *fmt, ...) = dbg;
	u_int i;

	dbg = count_line;
	for (i = 0; i < 200; i++)
	{
		ck_assert_str_eq(run(one, "sync-begin", ""), "");
		ck_assert_str_eq(run(one, "sync-end", ""), "0");
		ck_assert_str_eq(run(one, "sync-begin", ""), "");
		upf.commands->client_gone(upf.commands, one);
	}
	dbg = saved;
	for (i = 0; i < countof(kinds); i++)
	{
		ck_assert_uint_gt(lines[i], 0);
		ck_assert_uint_lt(lines[i], 200);
	}
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

static Suite *kupf_sync_suite()
{
	Suite *suite = suite_create("kupf_sync");
	TCase *tc = test_case(suite, "sync", 0, setup, teardown);

	tcase_add_test(tc, test_sync);
	tcase_add_test(tc, test_batches);
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_mentioned);
	tcase_add_test(tc, test_begin_anew);
	tcase_add_test(tc, test_two_clients);
	tcase_add_test(tc, test_during_end);
	tcase_add_test(tc, test_begin_during_end);
	tcase_add_test(tc, test_end_given_up);
	tcase_add_test(tc, test_addresses_after_restart);
	tcase_add_test(tc, test_addresses_until_end);
	tcase_add_test(tc, test_no_addresses_after_restart);
	tcase_add_test(tc, test_log);
	tcase_add_test(tc, test_fields);

	return suite;
}

int main(void)
{
	return test_run(kupf_sync_suite());
}
