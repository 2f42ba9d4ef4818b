/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commands for many sessions, each in a section of its own.
 */

#include "kupf/protocol/kupf_batch.h"
#include "test_kupf_commands.h"
#include "test_support.h"

START_TEST(test_establish_many)
{
	run("success=yes established=3 failed=0", "establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " } b={ ue-id=keyid:b key=" KEY " "
		"ue-addresses=[10.0.0.1] } c={ kamf=" KEY " rand=" KEY_HEX " }");
	/* good ones between bad ones */
	run("success=yes established=3 failed=5 "
		"b.cause=session-exists d.cause=identity-in-use "
		"e.cause=unknown-field f.cause=missing-field g.cause=unknown-field "
		"a.cause=- h.cause=- i.cause=-", "establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " } b={ ue-id=keyid:b key=" KEY " } "
		"d={ ue-id=keyid:a key=" KEY " } e={ session=e } f={ } "
		"g={ x={ y={ z=1 } } ue-id=keyid:g key=" KEY " } "
		"h={ ue-id=keyid:h key=" KEY " } i={ ue-id=keyid:i key=" KEY " }");
	ck_assert_uint_eq(upf.store->get_count(upf.store), 5);
	run("success=yes established=0 failed=0", "establish-sessions", "");
	/* names of sections that cannot be names of sessions */
	run("success=yes established=1 failed=2", "establish-sessions",
		"={ ue-id=keyid:n key=" KEY " } a%20b={ ue-id=keyid:n key=" KEY " } "
		"n={ ue-id=keyid:n key=" KEY " }");
	/* the same one twice */
	run("success=yes established=2 failed=1 o.cause=session-exists",
		"establish-sessions",
		"o={ ue-id=keyid:o key=" KEY " } o={ ue-id=keyid:o key=" KEY " } "
		"o={ ue-id=keyid:p key=" KEY " }");
}
END_TEST

START_TEST(test_modify_many)
{
	run("success=yes", "establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " } b={ ue-id=keyid:b key=" KEY " } "
		"c={ ue-id=keyid:c key=" KEY " }");
	/* good ones between bad ones */
	run("success=yes modified=2 failed=4 x.cause=no-such-session "
		"b.cause=identity-in-use y.cause=unknown-field a.cause=- "
		"a%20b.cause=- c.cause=-", "modify-sessions",
		"a={ ue-id=keyid:a2 grace=7 } x={ lifetime=5 } b={ ue-id=keyid:c } "
		"a%20b={ } y={ replace=yes } c={ }");
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);
	run("success=yes ue-id=keyid:a2 generation=3", "modify-session",
		"session=a");
	run("success=yes generation=3", "modify-session", "session=c");
	run("success=yes ue-id=keyid:b generation=2", "modify-session",
		"session=b");
	run("success=yes modified=1 failed=0", "modify-sessions",
		"a={ grace=7 ue-id=keyid:a3 }");
	ck_assert_uint_eq(upf.enforcer.grace, 7);
	run("success=yes modified=0 failed=0", "modify-sessions", "");
	run("success=no cause=unknown-field", "modify-sessions",
		"a={ lifetime=5 } session=a");
	run("success=yes generation=6", "modify-session", "session=a");
}
END_TEST

START_TEST(test_delete_many)
{
	run("success=yes", "establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " } b={ ue-id=keyid:b key=" KEY " } "
		"c={ ue-id=keyid:c key=" KEY " } d={ ue-id=keyid:d key=" KEY " }");
	upf.enforcer.tunnels = 2;
	run("success=yes deleted=2 failed=3 tunnels=4 x.cause=no-such-session "
		"b.cause=unknown-field a.cause=no-such-session c.cause=-",
		"delete-sessions", "a={ } x={ } b={ ue-id=keyid:b } c={ } a={ }");
	ck_assert_uint_eq(upf.store->get_count(upf.store), 2);
	run("success=no cause=unknown-field", "delete-sessions", "b={ } x=d");
	ck_assert_uint_eq(upf.store->get_count(upf.store), 1);
	run("success=yes deleted=0 failed=0 tunnels=0", "delete-sessions", "");
}
END_TEST

/* more than a request may have: those up to there are done, and it says so */
START_TEST(test_too_many)
{
	vici_message_t *reply;
	char *script, *pos;
	u_int i;

	reply = test_execute(&upf, "version", "");
	check(reply, "sessions-per-request=10000");
	reply->destroy(reply);
	run("success=yes", "establish-session",
		"session=s9999 ue-id=keyid:a key=" KEY);
	run("success=yes", "establish-session",
		"session=s10000 ue-id=keyid:b key=" KEY);
	script = pos = malloc(10001 * 16 + 1);
	for (i = 0; i <= 10000; i++)
	{
		pos += sprintf(pos, "s%u={ } ", i);
	}
	reply = test_execute(&upf, "delete-sessions", "%s", script);
	check(reply, "success=no cause=limit-reached");
	ck_assert_str_eq(test_value(reply, "errmsg"), "a request may have 10000 "
					 "sessions; 1 of these are deleted");
	reply->destroy(reply);
	free(script);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 1);
}
END_TEST

/* one that fails has none of its inner addresses, and may come again */
START_TEST(test_establish_many_addresses)
{
	run("success=yes established=2 failed=1 b.cause=address-in-use",
		"establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " ue-addresses=[10.0.0.1] } "
		"b={ ue-id=keyid:b key=" KEY " ue-addresses=[10.0.0.2,10.0.0.1] } "
		"c={ ue-id=keyid:c key=" KEY " ue-addresses=[10.0.0.2] }");
	run("ue-addresses-held=2 ue-addresses-quarantined=0", "stats", "");
	run("success=yes", "delete-session", "session=c");
	run("success=yes established=1 failed=0", "establish-sessions",
		"b={ ue-id=keyid:b key=" KEY " ue-addresses=[10.0.0.2] }");
}
END_TEST

START_TEST(test_establish_many_bad)
{
	/* what is no section ends it, and what was done is said */
	run("success=no cause=unknown-field", "establish-sessions",
		"session=a ue-id=keyid:a key=" KEY);
	run("success=no cause=unknown-field", "establish-sessions",
		"a={ ue-id=keyid:a key=" KEY " } key=" KEY);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 1);
	run("success=no cause=unknown-field", "establish-sessions",
		"services=[ike] a={ ue-id=keyid:a key=" KEY " }");
}
END_TEST

/* sections are read some at a time: what is behind them, and between them, is
 * where it is */
START_TEST(test_windows)
{
	char script[64 * 160], expected[128], *pos;
	vici_message_t *reply;
	u_int count = _i, i;

	pos = script;
	for (i = 0; i < count; i++)
	{
		pos += sprintf(pos, "s%u={ ue-id=keyid:s%u key=" KEY " } ", i, i);
	}
	strcpy(pos, "x=1");
	reply = test_execute(&upf, "establish-sessions", "%s", script);
	check(reply, "success=no cause=unknown-field");
	snprintf(expected, sizeof(expected), "expected one section per session "
			 "and nothing else; %u sessions before it are established", count);
	ck_assert_str_eq(test_value(reply, "errmsg"), expected);
	reply->destroy(reply);
	ck_assert_uint_eq(upf.store->get_count(upf.store), count);
	test_upf_clear(&upf);

	/* each one sees what the one before has done: the name of every second is
	 * that of the first of the two, and so is the identity of every third of
	 * another name */
	pos = script;
	for (i = 0; i < count; i++)
	{
		pos += sprintf(pos, "s%u={ ue-id=keyid:s%u key=" KEY " } ",
					   i % 4 == 1 ? i - 1 : i, i % 4 == 2 ? i - 2 : i);
	}
	*pos = '\0';
	snprintf(expected, sizeof(expected), "success=yes established=%u failed=%u",
			 count - (count + 2) / 4 - (count + 1) / 4,
			 (count + 2) / 4 + (count + 1) / 4);
	reply = test_execute(&upf, "establish-sessions", "%s", script);
	check(reply, expected);
	if (count > 2)
	{
		snprintf(expected, sizeof(expected), "s0.cause=session-exists "
				 "s%u.cause=identity-in-use", (count - 3) / 4 * 4 + 2);
		check(reply, expected);
	}
	reply->destroy(reply);
	ck_assert_uint_eq(upf.store->get_count(upf.store),
					  count - (count + 2) / 4 - (count + 1) / 4);
}
END_TEST

/**
 * Messages with a name that is not printable: octets of a value would be taken
 * for names.  Nobody may get to execute them.
 */
static char *unreadable[] = {
	"%01=a",
	"a={ ue-id=keyid:a key=" KEY " } "
		"b={ ue-id=keyid:b %01=" KEY " key=" KEY " } "
		"c={ ue-id=keyid:c key=" KEY " }",
	"%01={ ue-id=keyid:b key=" KEY " } c={ ue-id=keyid:c key=" KEY " }",
	"%c3%a9=[a]",
	"a%00=b",
	/* a value whose length reads as the start of a section and its name */
	"b={ <030101010b" KEY_HEX KEY_HEX KEY_HEX KEY_HEX KEY_HEX KEY_HEX
		KEY_HEX KEY_HEX "0000000000000000000000> }",
};

START_TEST(test_unreadable)
{
	chunk_t encoding;

	encoding = test_encode("%s", unreadable[_i]);
	ck_assert(!test_is_message(encoding));
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_establish_many_failures)
{
	vici_message_t *reply;
	char *script, *pos;
	u_int i, count = 8000;

	/* so many refusals that the reply cannot hold them */
	script = pos = malloc(count * 20 + 1);
	for (i = 0; i < count; i++)
	{
		pos += sprintf(pos, "s%u={ } ", i);
	}
	reply = test_execute(&upf, "establish-sessions", "%s", script);
	free(script);
	check(reply, "success=yes established=0 failed=8000 truncated=yes "
		  "s0.cause=missing-field");
	ck_assert_uint_lt(reply->get_encoding(reply).len, WIRE_PACKET_MAX - 1);
	reply->destroy(reply);
}
END_TEST

START_TEST(test_refused_twice)
{
	vici_message_t *reply;
	enumerator_t *elements;
	vici_type_t type;
	chunk_t value;
	char *name;
	u_int sections = 0;

	/* one section of a name at most, with what was wrong first */
	reply = test_execute(&upf, "establish-sessions", "%s",
						 "a={ } b={ } a={ lifetime=x } a={ state=up }");
	check(reply, "success=yes established=0 failed=4 a.cause=missing-field "
		  "b.cause=missing-field");
	elements = reply->create_enumerator(reply);
	while (elements->enumerate(elements, &type, &name, &value) &&
		   type != VICI_END)
	{
		sections += type == VICI_SECTION_START;
	}
	elements->destroy(elements);
	ck_assert_uint_eq(sections, 2);
	reply->destroy(reply);
}
END_TEST

void kupf_commands_many_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "many", 30, setup, teardown);

	tcase_add_test(tc, test_establish_many);
	tcase_add_test(tc, test_establish_many_addresses);
	tcase_add_test(tc, test_modify_many);
	tcase_add_test(tc, test_delete_many);
	tcase_add_test(tc, test_too_many);
	tcase_add_test(tc, test_establish_many_bad);
	tcase_add_loop_test(tc, test_windows, 0,
						KUPF_WORK_STEP + KUPF_BATCH_WINDOW + 2);
	tcase_add_loop_test(tc, test_unreadable, 0, countof(unreadable));
	tcase_add_test(tc, test_establish_many_failures);
	tcase_add_test(tc, test_refused_twice);
}
