/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commands, from message to message.
 */

#include "test_kupf_commands.h"
#include "test_support.h"

#include <processing/jobs/callback_job.h>

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

test_upf_t upf;

void setup()
{
	test_upf_init(&upf, NULL, 0);
	/* two are always busy: scheduler and watcher */
	lib->processor->set_threads(lib->processor, 4);
}

static void setup_pool()
{
	test_upf_init(&upf, "192.0.2.0/29", 0);
}

void teardown()
{
	lib->processor->cancel(lib->processor);
	test_upf_deinit(&upf);
}

void check(vici_message_t *message, const char *expected)
{
	enumerator_t *tokens;
	char *token, *value;

	tokens = enumerator_create_token(expected, " ", " ");
	while (tokens->enumerate(tokens, &token))
	{
		value = strchr(token, '=');
		*value++ = '\0';
		ck_assert_msg(streq(test_value(message, token),
							streq(value, "-") ? "" : value),
					  "%s is '%s', expected '%s' (%s)", token,
					  test_value(message, token), value,
					  test_value(message, "errmsg"));
	}
	tokens->destroy(tokens);
}

void run(const char *expected, const char *name, const char *script)
{
	vici_message_t *reply;
	chunk_t encoding;
	size_t i;

	reply = test_execute(&upf, name, "%s", script);
	ck_assert_ptr_nonnull(reply);
	check(reply, expected);
	if (streq(test_value(reply, "success"), "no"))
	{
		ck_assert_str_ne(test_value(reply, "cause"), "");
		ck_assert_str_ne(test_value(reply, "errmsg"), "");
	}
	else
	{
		ck_assert_str_eq(test_value(reply, "success"), "yes");
		ck_assert_str_eq(test_value(reply, "cause"), "");
	}
	encoding = reply->get_encoding(reply);
	ck_assert(test_is_message(encoding));
	for (i = 0; i + 10 < encoding.len; i++)
	{
		ck_assert(!memeq(encoding.ptr + i, &KEY[2], 10));
		ck_assert(!memeq(encoding.ptr + i, &KEY_HEX[4], 10));
	}
	reply->destroy(reply);
}

START_TEST(test_version)
{
	vici_message_t *first, *second;
	test_upf_t other;

	run("success=yes daemon=test version=" VERSION " plugin=" NIN3A_VERSION
		" protocol=1 sessions=0", "version", "");
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	first = test_execute(&upf, "version", "");
	check(first, "sessions=1");
	ck_assert_uint_eq(strlen(test_value(first, "boot")), 16);
	ck_assert_str_eq(test_value(first, "role"), "upf");
	ck_assert_str_eq(test_value(first, "enforcer"), "nin3a");
	/* the same during one start, another one after the next */
	second = test_execute(&upf, "version", "");
	ck_assert_str_eq(test_value(first, "boot"), test_value(second, "boot"));
	second->destroy(second);
	test_upf_init(&other, NULL, 0);
	second = test_execute(&other, "version", "");
	ck_assert_str_ne(test_value(first, "boot"), test_value(second, "boot"));
	second->destroy(second);
	test_upf_deinit(&other);
	first->destroy(first);
	run("success=no cause=unknown-field", "version", "a=b");
}
END_TEST

START_TEST(test_unknown)
{
	kupf_work_t *work = (kupf_work_t*)1;
	wire_reader_t none;
	wire_octets_t answer;

	ck_assert_ptr_null(test_execute(&upf, "none", ""));
	ck_assert_ptr_null(test_execute(&upf, "", ""));
	ck_assert_ptr_null(test_execute(&upf, "versio", ""));
	ck_assert(wire_reader_init(&none, wire_octets(NULL, 0)));
	answer = upf.commands->execute(upf.commands, &upf, &test_upf_peer,
								   FALSE, wire_octets("version", 8), &none,
								   &work);
	ck_assert_ptr_null(work);
	ck_assert(test_same(answer, chunk_create("\0\0\0\1\2", 5)));
}
END_TEST

START_TEST(test_establish)
{
	vici_message_t *reply;
	uint64_t expires;

	run("success=yes session=a ue-id=keyid:ue upf-address=192.0.2.1 "
		"generation=1 expires=0", "establish-session",
		"session=a ue-id=keyid:ue key=" KEY);
	run("success=yes session=a generation=1 upf-address=192.0.2.1",
		"establish-session", "session=a ue-id=keyid:ue key=0x" KEY_HEX);
	run("success=no cause=session-exists session=-", "establish-session",
		"session=a ue-id=keyid:ue2 key=" KEY);
	run("success=no cause=identity-in-use", "establish-session",
		"session=b ue-id=keyid:ue key=" KEY);
	run("success=no cause=address-in-use", "establish-session",
		"session=b ue-id=keyid:b upf-address=192.0.2.1 key=" KEY);
	run("success=no cause=missing-field", "establish-session",
		"ue-id=keyid:b key=" KEY);
	run("success=no cause=missing-field", "establish-session",
		"session=b key=" KEY);
	run("success=no cause=unknown-field", "establish-session",
		"session=b ue-id=keyid:b key=" KEY " grace=1");
	run("success=no cause=invalid-field", "establish-session",
		"session=b ue-id=keyid:b key=" KEY "8");
	reply = test_execute(&upf, "establish-session", "session=c "
						 "ue-id=192.0.2.77 lifetime=100 key=" KEY);
	check(reply, "success=yes ue-id=192.0.2.77");
	expires = strtoull(test_value(reply, "expires"), NULL, 10);
	ck_assert_uint_ge(expires, time(NULL) + 98);
	ck_assert_uint_le(expires, time(NULL) + 101);
	reply->destroy(reply);
}
END_TEST

START_TEST(test_derived)
{
	vici_message_t *reply;

	reply = test_execute(&upf, "establish-session", "session=a "
						 "kamf=0x" KEY_HEX " rand=" KEY_HEX);
	check(reply, "success=yes session=a generation=1");
	ck_assert(strpfx(test_value(reply, "ue-id"), "@#"));
	ck_assert_uint_eq(strlen(test_value(reply, "ue-id")), 2 + 32);
	reply->destroy(reply);
}
END_TEST

START_TEST(test_last_generation)
{
	kupf_session_data_t data;
	kupf_session_t *session;

	test_session_data(&data, "a", ID_KEY_ID, "a");
	data.generation = UINT32_MAX;
	session = kupf_session_create(&data);
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	/* there is no number after it that says that it is newer */
	run("success=no cause=limit-reached", "modify-session",
		"session=a lifetime=100");
	ck_assert(upf.store->holds(upf.store, session));
	kupf_session_unref(session);
	run("success=yes", "delete-session", "session=a");
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a key=" KEY);
	run("success=yes generation=2", "modify-session", "session=a lifetime=100");
}
END_TEST

/**
 * Get what the only session is listed with.
 */
static vici_message_t *list_only()
{
	wire_packet_type_t type;
	vici_message_t *entry;
	test_call_t call;

	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	while (test_call_step(&upf, &call))
	{
		/* to the end */
	}
	entry = test_call_next(&call, &type);
	ck_assert_int_eq(type, WIRE_EVENT);
	test_call_end(&call);
	return entry;
}

/**
 * Check that a value is the same in two messages, and there.
 */
static void assert_same(vici_message_t *a, vici_message_t *b, const char *name)
{
	ck_assert_uint_gt(strtoull(test_value(a, name), NULL, 10), 0);
	ck_assert_msg(streq(test_value(a, name), test_value(b, name)),
				  "%s has moved", name);
}

START_TEST(test_times_stay)
{
	const char *same = "session=a ue-id=keyid:a lifetime=100 dnn=internet key="
					   KEY;
	vici_message_t *first, *again, *listed, *entry;
	u_int i;

	first = test_execute(&upf, "establish-session",
						 "session=a ue-id=keyid:a lifetime=100 key=" KEY);
	ck_assert_str_eq(test_value(first, "success"), "yes");
	first->destroy(first);
	/* so that its two times are not one */
	usleep(1100000);
	run("success=yes", "modify-session", "session=a dnn=internet");
	first = test_execute(&upf, "establish-session", "%s", same);
	ck_assert_str_eq(test_value(first, "success"), "yes");
	listed = list_only();
	ck_assert_str_ne(test_value(listed, "created"),
					 test_value(listed, "modified"));
	/* more than a second: whatever part of one it was before */
	for (i = 0; i < 120; i++)
	{
		usleep(10000);
		again = test_execute(&upf, "establish-session", "%s", same);
		assert_same(first, again, "expires");
		again->destroy(again);
		entry = list_only();
		assert_same(listed, entry, "created");
		assert_same(listed, entry, "modified");
		assert_same(listed, entry, "expires");
		entry->destroy(entry);
	}
	listed->destroy(listed);
	first->destroy(first);
}
END_TEST

/* established, or modified if it is there with other content */
START_TEST(test_replace)
{
	uint64_t modified = test_counter("sessions-modified");

	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a ue-addresses=[10.0.0.1] replace=yes key=" KEY);
	/* the same, and the same as far as it goes */
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a ue-addresses=[10.0.0.1] replace=yes key=" KEY);
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a replace=yes key=" KEY);
	/* whoever does not say so does not mean it */
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:n key=" KEY);
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:n replace=no key=" KEY);
	run("success=no cause=invalid-field", "establish-session",
		"session=a ue-id=keyid:n replace=true key=" KEY);
	ck_assert_uint_eq(test_counter("sessions-modified"), modified);
	run("success=yes generation=2 ue-id=keyid:n", "establish-session",
		"session=a ue-id=keyid:n replace=yes key=" KEY);
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);
	ck_assert_uint_eq(test_counter("sessions-modified"), modified + 1);
	/* what it left out is there still: nobody else can have it */
	run("success=no cause=address-in-use", "establish-session",
		"session=b ue-id=keyid:b ue-addresses=[10.0.0.1] key=" KEY);
	/* a refusal leaves it as it was */
	run("success=yes", "establish-session", "session=b ue-id=keyid:b key=" KEY);
	run("success=no cause=identity-in-use", "establish-session",
		"session=a ue-id=keyid:b replace=yes key=" KEY);
	run("success=no cause=missing-field", "establish-session",
		"session=a ue-id=keyid:n replace=yes");
	run("success=yes established=3 failed=1 b.cause=identity-in-use "
		"a.cause=- c.cause=- d.cause=-", "establish-sessions",
		"a={ ue-id=keyid:n replace=yes key=" KEY " } "
		"b={ ue-id=keyid:n replace=yes key=" KEY " } "
		"c={ ue-id=keyid:c replace=yes key=" KEY " } "
		"b={ ue-id=keyid:b2 replace=yes key=" KEY " }");
	run("success=yes ue-id=keyid:n generation=3", "modify-session",
		"session=a");
	run("success=yes ue-id=keyid:b2 generation=3", "modify-session",
		"session=b");
	run("success=no cause=unknown-field", "modify-session",
		"session=a replace=yes");
}
END_TEST

START_TEST(test_modify)
{
	run("success=no cause=no-such-session", "modify-session",
		"session=a key=" KEY);
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	run("success=yes session=a ue-id=email:n@x generation=2 expires=0",
		"modify-session", "session=a ue-id=email:n@x grace=5 key=" KEY);
	ck_assert_uint_eq(upf.enforcer.grace, 5);
	run("success=no cause=missing-field", "modify-session", "key=" KEY);
	run("success=no cause=invalid-field", "modify-session",
		"session=a grace=x");
	run("success=no cause=unknown-field", "modify-session",
		"session=a state=up");
	run("success=yes generation=3", "modify-session", "session=a");
}
END_TEST

/* servers that a UE is told are part of a session */
START_TEST(test_servers)
{
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY
		" dns=[10.1.0.53] p-cscf=[2001:db8::60,10.1.0.60]");
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a key=" KEY
		" p-cscf=[2001:db8::60,10.1.0.60] dns=[10.1.0.53]");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY
		" dns=[10.1.0.54] p-cscf=[2001:db8::60,10.1.0.60]");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY
		" dns=[10.1.0.53] p-cscf=[10.1.0.60,2001:db8::60]");
	run("success=yes generation=2", "modify-session", "session=a dns=[]");
	run("success=yes generation=2", "establish-session",
		"session=a ue-id=keyid:a key=" KEY
		" p-cscf=[2001:db8::60,10.1.0.60]");
	run("success=yes generation=3", "modify-session",
		"session=a p-cscf=[] dns=[10.1.0.53]");
	run("success=yes generation=3", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dns=[10.1.0.53]");
}
END_TEST

START_TEST(test_delete)
{
	run("success=no cause=no-such-session", "delete-session", "session=a");
	run("success=no cause=missing-field", "delete-session", "");
	run("success=no cause=unknown-field", "delete-session",
		"session=a ue-id=keyid:a");
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = 2;
	run("success=yes tunnels=2", "delete-session", "session=a");
	run("success=no cause=no-such-session", "delete-session", "session=a");
}
END_TEST

/* the generation is the client's, and the tunnels go without the key */
START_TEST(test_generation)
{
	kupf_attempts_t attempts = {};

	run("success=yes generation=5", "establish-session",
		"session=a ue-id=keyid:a generation=5 key=" KEY);
	run("success=no cause=stale-generation", "modify-session",
		"session=a generation=4");
	run("success=yes generation=6", "modify-session",
		"session=a generation=6 lifetime=100");
	run("success=no cause=invalid-field", "modify-session",
		"session=a generation=0");
	run("success=no cause=invalid-field", "modify-session",
		"session=a generation=4294967296");
	run("success=no cause=unknown-field", "delete-session",
		"session=a generation=7");

	upf.enforcer.tunnels = 3;
	run("success=yes tunnels=3", "close-tunnels", "session=a");
	ck_assert_uint_eq(upf.enforcer.vacated, 0);
	run("success=yes tunnels=3", "close-tunnels", "session=a unique-id=12");
	ck_assert_uint_eq(upf.enforcer.vacated, 12);
	run("success=no cause=invalid-field", "close-tunnels",
		"session=a unique-id=0");
	run("success=no cause=no-such-session", "close-tunnels", "session=b");
	run("success=no cause=missing-field", "close-tunnels", "unique-id=1");
	run("success=yes sessions=1", "version", "");
	upf.enforcer.attempts = &attempts;
	run("success=no cause=not-allowed", "close-tunnels", "session=a");
}
END_TEST

START_TEST(test_stats)
{
	uint64_t failed = test_counter("requests-failed");
	uint64_t count = test_counter("requests");
	job_priority_t priorities[] = {
		JOB_PRIO_LOW, JOB_PRIO_MEDIUM, JOB_PRIO_LOW,
	};
	vici_message_t *reply;
	char text[32];
	u_int i;

	run("success=no", "establish-session", "");
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = 7;
	reply = test_execute(&upf, "stats", "");
	check(reply, "success=yes sessions=1 addresses=6 addresses-held=1 "
		  "addresses-quarantined=0 test-tunnels=7");
	snprintf(text, sizeof(text), "%" PRIu64, failed + 1);
	ck_assert_str_eq(test_value(reply, "requests-failed"), text);
	snprintf(text, sizeof(text), "%" PRIu64, count + 2);
	ck_assert_str_eq(test_value(reply, "requests"), text);
	reply->destroy(reply);
	run("success=no cause=unknown-field", "stats", "a=b");

	/* work that waits, as nobody is there to do it */
	lib->processor->cancel(lib->processor);
	lib->processor->set_threads(lib->processor, 0);
	for (i = 0; i < 3; i++)
	{
		lib->processor->queue_job(lib->processor,
				(job_t*)callback_job_create_with_prio((void*)return_null, NULL,
										NULL, NULL, priorities[i]));
	}
	run("jobs-critical=0 jobs-high=0 jobs-medium=1 jobs-low=2 threads=0 "
		"threads-idle=0", "stats", "");
}
END_TEST

static Suite *kupf_commands_suite()
{
	Suite *suite = suite_create("kupf_commands");
	TCase *tc = test_case(suite, "commands", 30, setup, teardown);

	tcase_add_test(tc, test_version);
	tcase_add_test(tc, test_unknown);
	tcase_add_test(tc, test_derived);
	tcase_add_test(tc, test_replace);
	tcase_add_test(tc, test_last_generation);
	tcase_add_test(tc, test_times_stay);
	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_servers);
	tcase_add_test(tc, test_delete);
	tcase_add_test(tc, test_generation);

	tc = test_case(suite, "addresses", 0, setup_pool, teardown);
	tcase_add_test(tc, test_establish);
	tcase_add_test(tc, test_stats);

	kupf_commands_many_cases(suite);
	kupf_commands_list_cases(suite);
	kupf_commands_fields_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_commands_suite());
}
