/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who changed what, as it is in the log.
 */

#include "kupf/kupf_limiter.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

/** 32 octets that can be seen in text */
#define KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** Who it was */
#define WHO "kupf audit: uid 1000, pid 4711: "

static test_upf_t upf;

/** Lines of the audit log since the last look, each with an end of line */
static char lines[16384];

/** What the log would go to otherwise */
static void (*saved)(debug_t group, level_t level, char *fmt, ...);

/** No line of the log may have it */
static bool has_key;

static void log_line(debug_t group, level_t level, char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	has_key = has_key || strstr(line, "GHIJKLMN");
	if (strpfx(line, "kupf audit: uid") || strpfx(line, "kupf audit: several"))
	{
		ck_assert_int_eq(group, DBG_CFG);
		ck_assert_int_eq(level, 1);
		ck_assert_uint_lt(strlen(lines) + strlen(line) + 1, sizeof(lines));
		strcat(strcat(lines, line), "\n");
	}
}

static void setup()
{
	test_upf_init(&upf, NULL, 0);
	*lines = '\0';
	has_key = FALSE;
	saved = dbg;
	dbg = log_line;
}

static void teardown()
{
	test_upf_deinit(&upf);
	dbg = saved;
	ck_assert(!has_key);
}

/**
 * Carry a command out.
 */
static void execute(const char *name, const char *script)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", script);
	reply->destroy(reply);
}

/**
 * Carry a command out, and check what is in the log.
 */
static void run(const char *name, const char *script, const char *expected)
{
	*lines = '\0';
	execute(name, script);
	ck_assert_str_eq(lines, expected);
}

START_TEST(test_one)
{
	run("establish-session", "session=a ue-id=keyid:a key=" KEY,
		WHO "establish-session 'a'\n");
	run("establish-session", "session=a ue-id=keyid:b key=" KEY,
		WHO "establish-session 'a', refused: session-exists\n");
	run("establish-session", "session=b key=" KEY KEY,
		WHO "establish-session 'b', refused: invalid-field\n");
	run("establish-session", "session=%01 key=" KEY,
		WHO "establish-session, refused: invalid-field\n");
	run("modify-session", "session=a lifetime=5", WHO "modify-session 'a'\n");
	run("modify-session", "session=x",
		WHO "modify-session 'x', refused: no-such-session\n");
	run("delete-session", "session=a", WHO "delete-session 'a'\n");
	run("reject-key", "ue-id=keyid:z", WHO "reject-key\n");
	/* nothing is changed by these */
	run("stats", "", "");
	run("list-sessions", "", "");
	run("version", "", "");
	run("check", "", "");
}
END_TEST

START_TEST(test_many)
{
	run("establish-sessions", "a={ ue-id=keyid:a key=" KEY " } b={ } "
		"c={ ue-id=keyid:c key=" KEY " }",
		WHO "establish-sessions, 2 sessions done, 1 refused\n");
	run("modify-sessions", "a={ } x={ } key=" KEY,
		WHO "modify-sessions, 1 sessions done, 1 refused, then refused: "
		"unknown-field\n");
	run("delete-sessions", "a={ } x={ } y={ }",
		WHO "delete-sessions, 1 sessions done, 2 refused\n");
	run("sync-begin", "", WHO "sync-begin\n");
	run("sync-end", "", WHO "sync-end, 1 sessions done, 0 refused\n");
	run("sync-end", "", WHO "sync-end, refused: not-allowed\n");
	run("reload-preconfigured", "",
		WHO "reload-preconfigured\n");
}
END_TEST

/* more than there may be lines: none is lost from the sum */
START_TEST(test_bounded)
{
	u_int i, named = 0, unnamed = 0, done = 0, refused = 0;
	char script[128], *line, *pos;

	for (i = 0; i < 500; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u key=" KEY,
				 i % 400, i);
		execute("establish-session", script);
	}
	ck_assert_uint_eq(upf.store->get_count(upf.store), 400);
	/* charon ends */
	teardown();
	for (line = strtok_r(lines, "\n", &pos); line;
		 line = strtok_r(NULL, "\n", &pos))
	{
		if (strstr(line, "requests without a line"))
		{
			ck_assert_int_eq(sscanf(line, WHO "%u requests without a line: %u "
							 "sessions done, %u refused", &i, &done,
							 &refused), 3);
			ck_assert_uint_eq(i, done + refused);
			unnamed += i;
		}
		else
		{
			named++;
		}
	}
	ck_assert_uint_eq(named + unnamed, 500);
	ck_assert_uint_ge(named, KUPF_LIMITER_BURST);
	ck_assert_uint_lt(named, 400);
	setup();
}
END_TEST

static Suite *kupf_audit_suite(void)
{
	Suite *suite = suite_create("kupf_audit");
	TCase *tc;
	tc = test_case(suite, "audit", 30, setup, teardown);
	tcase_add_test(tc, test_one);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_bounded);

	return suite;
}

int main(void)
{
	return test_run(kupf_audit_suite());
}
