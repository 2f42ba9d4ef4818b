/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commands, from message to message.
 */

#include "kupf/protocol/kupf_batch.h"
#include "kupf/protocol/kupf_measure.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <processing/jobs/callback_job.h>

#include <inttypes.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

/** 32 octets that can be seen in text */
#define KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define KEY_HEX \
	"4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637"

static test_upf_t upf;

static void setup()
{
	test_upf_init(&upf, NULL, 0);
	/* two are always busy: scheduler and watcher */
	lib->processor->set_threads(lib->processor, 4);
}

static void setup_pool()
{
	test_upf_init(&upf, "192.0.2.0/29", 0);
}

static void teardown()
{
	lib->processor->cancel(lib->processor);
	test_upf_deinit(&upf);
}

/**
 * Check values of a message: name=value separated by spaces, "-" for none.
 */
static void check(vici_message_t *message, const char *expected)
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

/**
 * Carry out a command, check its reply, and that there is no key in it.
 */
static void run(const char *expected, const char *name, const char *script)
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
		ck_assert(!memeq(encoding.ptr + i, KEY + 2, 10));
		ck_assert(!memeq(encoding.ptr + i, KEY_HEX + 4, 10));
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

START_TEST(test_times_stay)
{
	vici_message_t *first, *again;
	u_int i;

	first = test_execute(&upf, "establish-session",
						 "session=a ue-id=keyid:a lifetime=100 key=" KEY);
	ck_assert_str_eq(test_value(first, "success"), "yes");
	/* more than a second: whatever part of one it was before */
	for (i = 0; i < 120; i++)
	{
		usleep(10000);
		again = test_execute(&upf, "establish-session",
							 "session=a ue-id=keyid:a lifetime=100 key=" KEY);
		ck_assert_str_eq(test_value(first, "expires"),
						 test_value(again, "expires"));
		again->destroy(again);
	}
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

/**
 * Begin to list sessions, and go on to the end.
 */
static void list_all(test_call_t *call, const char *script)
{
	test_call_begin(&upf, call, &upf, "list-sessions", "%s", script);
	while (test_call_step(&upf, call))
	{
		/* to the end */
	}
}

/**
 * Take steps until there is something to wait for, or all is done.
 */
static kupf_work_status_t step(test_call_t *call)
{
	kupf_work_status_t status;

	do
	{
		status = call->work->step(call->work, (void*)nop, NULL);
	}
	while (status == KUPF_WORK_MORE);
	return status;
}

/**
 * Take the next event of a list.
 *
 * @return			NULL if it is the reply
 */
static vici_message_t *next_entry(test_call_t *call)
{
	wire_packet_type_t type;
	vici_message_t *message;

	message = test_call_next(call, &type);
	ck_assert_ptr_nonnull(message);
	if (type == WIRE_CMD_RESPONSE)
	{
		check(message, "success=yes");
		message->destroy(message);
		return NULL;
	}
	ck_assert_int_eq(type, WIRE_EVENT);
	return message;
}

/**
 * Names of the sessions that list-sessions streams, in order.
 */
static char *list(const char *script)
{
	static char names[256];
	vici_message_t *entry;
	test_call_t call;
	chunk_t encoding;
	char *pos = names;
	bool seen[10] = {};
	u_int i;

	list_all(&call, script);
	while ((entry = next_entry(&call)))
	{
		encoding = entry->get_encoding(entry);
		ck_assert(!memmem(encoding.ptr, encoding.len, KEY, 8));
		i = test_value(entry, "session")[0] - 'a';
		ck_assert_uint_lt(i, countof(seen));
		ck_assert(!seen[i]);
		seen[i] = TRUE;
		entry->destroy(entry);
	}
	/* nothing behind the reply */
	ck_assert_int_eq(array_count(call.packets), 0);
	test_call_end(&call);
	for (i = 0; i < countof(seen); i++)
	{
		if (seen[i])
		{
			*pos++ = 'a' + i;
		}
	}
	*pos = '\0';
	return names;
}

START_TEST(test_list)
{
	vici_message_t *entry;
	test_call_t call;

	ck_assert_str_eq(list(""), "");
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY
		" lifetime=0 ue-addresses=[10.0.0.1,2001:db8::1] pdu-session-id=3 "
		"services=[mpquic,ike] upf-address=192.0.2.1");
	run("success=yes", "establish-session", "session=b ue-id=fqdn:b key=" KEY);
	run("success=yes", "establish-session", "session=c ue-id=@#00 key=" KEY);
	ck_assert_str_eq(list(""), "abc");
	ck_assert_str_eq(list("session=a"), "a");
	ck_assert_str_eq(list("session=x"), "");
	ck_assert_str_eq(list("ue-id=fqdn:b"), "b");
	ck_assert_str_eq(list("ue-id=fqdn:B"), "");
	ck_assert_str_eq(list("ue-id=keyid:#00"), "c");
	ck_assert_str_eq(list("session=a ue-id=keyid:a"), "a");
	ck_assert_str_eq(list("session=a ue-id=fqdn:b"), "");
	ck_assert_str_eq(list("state=provisioned"), "abc");
	ck_assert_str_eq(list("state=up"), "");
	ck_assert_str_eq(list("session=b state=up"), "");
	upf.enforcer.tunnels = 1;
	ck_assert_str_eq(list("state=up"), "abc");
	ck_assert_str_eq(list("state=provisioned"), "");
	ck_assert_str_eq(list("session=b state=up"), "b");
	run("success=no cause=invalid-field", "list-sessions", "state=down");
	run("success=no cause=unknown-field", "list-sessions", "lifetime=1");

	list_all(&call, "session=a");
	entry = next_entry(&call);
	check(entry, "session=a ue-id=keyid:a upf-address=192.0.2.1 generation=1 "
		  "expires=0 pdu-session-id=3 state=up tunnels=1");
	entry->destroy(entry);
	test_call_end(&call);
	/* not asked to its end */
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert(test_call_step(&upf, &call));
	ck_assert_ptr_nonnull(call.work);
	test_call_end(&call);
}
END_TEST

/** Sessions of a long list, and of a page of it */
#define LONG_LIST 500
#define PAGE 30

/**
 * List one page.
 *
 * @param after		where to begin; [out] where to go on, empty at the end
 * @param last		[out] name of the last session
 * @param seen		how often each was seen, by the number in its name
 * @return			number of sessions
 */
static u_int list_page(char after[96], char last[65], u_int seen[LONG_LIST])
{
	wire_packet_type_t type = WIRE_EVENT;
	vici_message_t *message;
	char script[256], escaped[128];
	test_call_t call;
	u_int count = 0;
	char *blank;

	blank = strchr(after, ' ');
	snprintf(escaped, sizeof(escaped), "%.*s%s%s",
			 blank ? (int)(blank - after) : (int)strlen(after), after,
			 blank ? "%20" : "", blank ? blank + 1 : "");
	snprintf(script, sizeof(script), "limit=%u%s%s", PAGE,
			 after[0] ? " after=" : "", escaped);
	list_all(&call, script);
	while (type == WIRE_EVENT)
	{
		message = test_call_next(&call, &type);
		ck_assert_ptr_nonnull(message);
		if (type == WIRE_EVENT)
		{
			count++;
			strcpy(last, test_value(message, "session"));
			if (last[0] == 's')
			{
				seen[atoi(last + 1)]++;
			}
		}
		else
		{
			check(message, "success=yes");
			strcpy(after, test_value(message, "after"));
		}
		message->destroy(message);
	}
	test_call_end(&call);
	ck_assert_int_eq(count == PAGE, after[0] != '\0');
	return count;
}

/**
 * Have sessions come and go, and others be exchanged, between two pages.
 */
static void change_some(u_int *added)
{
	vici_message_t *reply;
	char script[128];
	u_int i;

	for (i = 0; i < 100; i++, (*added)++)
	{
		snprintf(script, sizeof(script),
				 "session=new%u ue-id=keyid:new%u key=" KEY, *added, *added);
		run("success=yes", "establish-session", script);
		snprintf(script, sizeof(script), "session=new%u", *added / 2);
		if (i % 2)
		{	/* unless that was done already */
			reply = test_execute(&upf, "delete-session", "%s", script);
			reply->destroy(reply);
		}
		snprintf(script, sizeof(script), "session=s%u", *added % LONG_LIST);
		run("success=yes", "modify-session", script);
	}
}

/* page by page everything that stays is listed once, whatever comes and goes */
START_TEST(test_list_pages)
{
	u_int seen[LONG_LIST] = {}, i, pages = 0, added = 0;
	char script[128], after[96] = "", last[65];

	for (i = 0; i < LONG_LIST; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u key=" KEY,
				 i, i);
		run("success=yes", "establish-session", script);
	}
	do
	{
		ck_assert_uint_le(list_page(after, last, seen), PAGE);
		pages++;
		if (after[0])
		{
			ck_assert_str_eq(after, last);
			/* the one that was the last is gone, now and then */
			if (after[0] == 'n')
			{
				snprintf(script, sizeof(script), "session=%s", after);
				run("success=yes", "delete-session", script);
			}
			change_some(&added);
		}
	}
	while (after[0]);
	for (i = 0; i < LONG_LIST; i++)
	{
		ck_assert_msg(seen[i] == 1, "s%u was listed %u times", i, seen[i]);
	}
	ck_assert_uint_gt(pages, LONG_LIST / PAGE);
}
END_TEST

/* what is pre-configured comes after what is fed, by whichever name one goes
 * on, and a filter counts what it lets through */
START_TEST(test_list_pages_preconfigured)
{
	kupf_store_t *lower = upf.preconfigured->get_store(upf.preconfigured);
	char name[16], script[128], after[96] = "", last[65];
	u_int seen[LONG_LIST] = {}, i, pages = 0, layer = 0;
	kupf_session_data_t data;
	kupf_session_t *session;
	test_call_t call;
	vici_message_t *entry;

	for (i = 0; i < LONG_LIST; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		if (i % 2)
		{
			snprintf(script, sizeof(script), "session=%s ue-id=keyid:%s key="
					 KEY, name, name);
			run("success=yes", "establish-session", script);
			continue;
		}
		test_session_data(&data, name, ID_KEY_ID, name);
		data.preconfigured = TRUE;
		session = kupf_session_create(&data);
		ck_assert_int_eq(lower->put(lower, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
	do
	{
		list_page(after, last, seen);
		pages++;
		if (!after[0])
		{
			break;
		}
		ck_assert_int_eq(atoi(last + 1) % 2, strchr(after, ' ') ? 0 : 1);
		if (strchr(after, ' '))
		{
			layer++;
			if (_i)
			{
				strcpy(after, last);
			}
		}
	}
	while (pages < 2 * LONG_LIST);
	for (i = 0; i < LONG_LIST; i++)
	{
		ck_assert_msg(seen[i] == 1, "s%u was listed %u times", i, seen[i]);
	}
	ck_assert_uint_gt(layer, 3);

	list_all(&call, "limit=2 state=up");
	ck_assert_ptr_null(next_entry(&call));
	test_call_end(&call);
	list_all(&call, "session=s1 limit=1 after=s1");
	entry = next_entry(&call);
	check(entry, "session=s1");
	entry->destroy(entry);
	test_call_end(&call);
	run("success=no cause=invalid-field", "list-sessions", "limit=0");
}
END_TEST

/* what a session leads to is told back, and part of it */
START_TEST(test_network)
{
	vici_message_t *entry;
	test_call_t call;

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY
		" dnn=internet snssai=1-00000A");
	run("success=yes generation=1", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=Internet snssai=1-00000a");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=ims snssai=1-00000a");
	run("success=no cause=session-exists", "establish-session",
		"session=a ue-id=keyid:a key=" KEY " dnn=internet");
	run("success=yes generation=2", "modify-session", "session=a dnn=ims");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "dnn=ims snssai=1-00000a");
	entry->destroy(entry);
	test_call_end(&call);
}
END_TEST

START_TEST(test_list_tunnels)
{
	vici_message_t *entry;
	char name[KUPF_CHILD_NAME];
	test_call_t call;
	time_t now = time(NULL);

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = KUPF_TUNNELS_MAX + 1;
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "state=up tunnels=5 ike-sas.1.tunnel-id=100 "
		  "ike-sas.1.initiator-spi=0000000000001111 "
		  "ike-sas.1.responder-spi=fedcba9876543210 "
		  "ike-sas.1.local=192.0.2.1[4500] "
		  "ike-sas.1.remote=2001:db8::[65535] "
		  "ike-sas.1.generation=4294967295 "
		  "ike-sas.1.child-sas.0000abc0.spi-in=0000abc0 "
		  "ike-sas.1.child-sas.0000abc7.spi-out=ffffffff "
		  "ike-sas.4.tunnel-id=103 ike-sas.5.tunnel-id=");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_str_eq(test_value(entry, "ike-sas.4.child-sas.0000abc3.child"),
					 name);
	check(entry, "ike-sas.1.child-sas.0000abc0.octets-in=18446744073709551615 "
		  "ike-sas.1.child-sas.0000abc0.packets-in=4711 "
		  "ike-sas.4.child-sas.0000abc0.octets-out=0 "
		  "ike-sas.4.child-sas.0000abc0.packets-out=0 "
		  "ike-sas.4.child-sas.0000abc0.last-out=- "
		  "ike-sas.4.child-sas.0000abc7.octets-in=-");
	ck_assert_uint_eq(upf.enforcer.measured, KUPF_TUNNELS_MAX);
	/* the clocks may tick between two looks at them */
	ck_assert_int_le(labs(atol(test_value(entry, "ike-sas.1.established")) -
						  now), 5);
	ck_assert_int_le(labs(atol(test_value(entry,
							"ike-sas.4.child-sas.0000abc0.last-in")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "created")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "modified")) - now), 5);
	entry->destroy(entry);
	test_call_end(&call);
}
END_TEST

/* what charon does not tell, as a thread is busy with the IKE_SA */
START_TEST(test_list_busy)
{
	test_call_t call, other;
	sem_t busy;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	upf.enforcer.stalled = &busy;
	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	upf.enforcer.tunnels = 1;
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	while (!__atomic_load_n(&upf.enforcer.measuring, __ATOMIC_RELAXED))
	{
		sched_yield();
	}
	/* nobody else waits, nor does whoever destroys it */
	run("success=yes sessions=1", "version", "");
	test_call_begin(&upf, &other, &upf, "list-sessions", "state=provisioned");
	ck_assert_int_eq(step(&other), KUPF_WORK_DONE);
	test_call_end(&other);
	test_call_end(&call);

	/* the session is gone when it is known */
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	run("success=yes", "delete-session", "session=a");
	sem_post(&busy);
	sem_post(&busy);
	while (test_call_step(&upf, &call))
	{
		/* to the end */
	}
	ck_assert_ptr_null(next_entry(&call));
	test_call_end(&call);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(upf.enforcer.measured, 2);
	sem_destroy(&busy);
}
END_TEST

/**
 * Put sessions into the store, s0 and so on.
 */
static void put_sessions(u_int count)
{
	kupf_session_t *session;
	char name[16];
	u_int i;

	for (i = 0; i < count; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
}

START_TEST(test_measure)
{
	run("success=yes tunnels=0 complete=yes", "measure-traffic", "");
	put_sessions(3);
	/* nothing is up */
	run("success=yes tunnels=0 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 0);
	upf.enforcer.tunnels = 1;
	run("success=yes tunnels=3 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 3);
	/* each time anew; no more of a session than are described */
	upf.enforcer.tunnels = KUPF_TUNNELS_MAX + 1;
	run("success=yes tunnels=12 complete=yes", "measure-traffic", "");
	ck_assert_uint_eq(upf.enforcer.measured, 3 + 3 * KUPF_TUNNELS_MAX);
	run("success=no cause=unknown-field", "measure-traffic", "session=s1");
}
END_TEST

/* a request has a bound, and the next one goes on */
START_TEST(test_measure_bounded)
{
	u_int total = 3 * KUPF_MEASURE_TUNNELS, requests = 0, before, most;
	vici_message_t *reply;

	put_sessions(total);
	upf.enforcer.tunnels = 1;
	most = KUPF_MEASURE_TUNNELS + 8 * KUPF_WORK_STEP;
	while (upf.enforcer.measured < total)
	{
		before = upf.enforcer.measured;
		reply = test_execute(&upf, "measure-traffic", "");
		check(reply, "success=yes complete=no");
		ck_assert_uint_eq(atoi(test_value(reply, "tunnels")),
						  upf.enforcer.measured - before);
		ck_assert_uint_gt(upf.enforcer.measured, before);
		ck_assert_uint_le(upf.enforcer.measured - before, most);
		reply->destroy(reply);
		requests++;
	}
	/* none was measured twice before each was once */
	ck_assert_uint_eq(upf.enforcer.measured, total);
	ck_assert_uint_ge(requests, 3);
}
END_TEST

/* charon is busy with an IKE_SA: nobody else waits, and the client may go */
START_TEST(test_measure_busy)
{
	test_call_t call;
	sem_t busy;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	upf.enforcer.stalled = &busy;
	put_sessions(1);
	upf.enforcer.tunnels = 1;
	test_call_begin(&upf, &call, &upf, "measure-traffic", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	while (!__atomic_load_n(&upf.enforcer.measuring, __ATOMIC_RELAXED))
	{
		sched_yield();
	}
	run("success=yes sessions=1", "version", "");
	ck_assert_int_eq(step(&call), KUPF_WORK_WAITS);
	test_call_end(&call);
	sem_post(&busy);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(upf.enforcer.measured, 1);
	sem_destroy(&busy);
}
END_TEST

/* how setting up the tunnel gets on, which is a UE's business */
START_TEST(test_attempts)
{
	time_t now = time(NULL);
	kupf_attempts_t attempts = {
		.failures = 3,
		.failure = "wrong-key",
		.failed = time_monotonic(NULL),
		.next = time_monotonic(NULL) + 100,
	};
	vici_message_t *entry;
	test_call_t call;

	run("success=yes", "establish-session", "session=a ue-id=keyid:a key=" KEY);
	run("success=no cause=not-allowed", "retry-session", "session=a");
	run("success=no cause=no-such-session", "retry-session", "session=b");
	run("success=no cause=missing-field", "retry-session", "");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=- last-failure=- last-failed=- next-attempt=-");
	entry->destroy(entry);
	test_call_end(&call);

	upf.enforcer.attempts = &attempts;
	run("success=no cause=no-such-session", "retry-session", "session=b");
	run("success=yes waited=yes", "retry-session", "session=a");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=3 last-failure=wrong-key");
	ck_assert_int_le(labs(atol(test_value(entry, "last-failed")) - now), 5);
	ck_assert_int_le(labs(atol(test_value(entry, "next-attempt")) - now - 100),
					 5);
	entry->destroy(entry);
	test_call_end(&call);

	attempts = (kupf_attempts_t){};
	run("success=yes waited=no", "retry-session", "session=a");
	list_all(&call, "");
	entry = next_entry(&call);
	check(entry, "failures=0 last-failure=- last-failed=- next-attempt=-");
	entry->destroy(entry);
	test_call_end(&call);
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

/** Sessions of a list that nobody reads on */
#define STALLED 500

START_TEST(test_list_stalled)
{
	kupf_session_t *session;
	test_call_t call;
	uint8_t *keys[STALLED];
	char script[128];
	u_int i, j;

	for (i = 0; i < STALLED; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u key=" KEY,
				 i, i);
		run("success=yes", "establish-session", script);
		snprintf(script, sizeof(script), "s%u", i);
		session = upf.store->get(upf.store, script);
		keys[i] = kupf_session_get_key(session).ptr;
		kupf_session_unref(session);
	}
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	do
	{
		ck_assert(test_call_step(&upf, &call));
	}
	while (!array_count(call.packets));
	/* the list keeps no key of what is deleted meanwhile */
	for (i = 0; i < STALLED; i++)
	{
		snprintf(script, sizeof(script), "session=s%u", i);
		run("success=yes", "delete-session", script);
	}
	for (i = 0; i < STALLED; i++)
	{	/* what is free begins with a pointer */
		for (j = sizeof(void*); j < 32; j++)
		{
			ck_assert_uint_eq(keys[i][j], 0);
		}
	}
	ck_assert_ptr_nonnull(call.work);
	test_call_end(&call);
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

Suite *kupf_commands_suite(void);

Suite *kupf_commands_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_commands");

	tc = tcase_create("commands");
	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_version);
	tcase_add_test(tc, test_unknown);
	tcase_add_test(tc, test_derived);
	tcase_add_test(tc, test_establish_many);
	tcase_add_test(tc, test_establish_many_addresses);
	tcase_add_test(tc, test_modify_many);
	tcase_add_test(tc, test_delete_many);
	tcase_add_test(tc, test_too_many);
	tcase_add_test(tc, test_replace);
	tcase_add_test(tc, test_establish_many_bad);
	tcase_add_loop_test(tc, test_windows, 0,
						KUPF_WORK_STEP + KUPF_BATCH_WINDOW + 2);
	tcase_add_loop_test(tc, test_unreadable, 0, countof(unreadable));
	tcase_add_test(tc, test_establish_many_failures);
	tcase_add_test(tc, test_refused_twice);
	tcase_add_test(tc, test_last_generation);
	tcase_add_test(tc, test_times_stay);
	tcase_add_test(tc, test_list_busy);
	tcase_add_test(tc, test_measure);
	tcase_add_test(tc, test_measure_bounded);
	tcase_add_test(tc, test_measure_busy);
	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_servers);
	tcase_add_test(tc, test_network);
	tcase_add_test(tc, test_delete);
	tcase_add_test(tc, test_list);
	tcase_add_test(tc, test_list_pages);
	tcase_add_loop_test(tc, test_list_pages_preconfigured, 0, 2);
	tcase_add_test(tc, test_list_tunnels);
	tcase_add_test(tc, test_list_stalled);
	tcase_add_test(tc, test_attempts);
	tcase_add_test(tc, test_generation);
	suite_add_tcase(suite, tc);

	tc = tcase_create("addresses");
	tcase_add_checked_fixture(tc, setup_pool, teardown);
	tcase_add_test(tc, test_establish);
	tcase_add_test(tc, test_stats);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_commands_suite());
}
