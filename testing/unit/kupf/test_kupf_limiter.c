/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How many lines the limiter lets into the log, and that the others count.
 */

#include "kupf/kupf_limiter.h"
#include "test_runner.h"

#include <unistd.h>

/** Line that says how many were left out, as logged last */
static char said[128];

static void log_line(debug_t group, level_t level, char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
}

/** Lines that were left out */
static u_int counted;

static void count()
{
	counted++;
}

static u_int try(kupf_limiter_t *limiter, u_int lines)
{
	u_int allowed = 0;

	while (lines--)
	{
		allowed += kupf_limiter_allows(limiter);
	}
	return allowed;
}

START_TEST(test_limiter)
{
	kupf_limiter_t limiter = KUPF_LIMITER("some-plugin", count);
	void (*saved)(debug_t group, level_t level, char *fmt, ...) = dbg;
	u_int allowed, more;

	dbg = log_line;
	ck_assert_uint_eq(try(&limiter, KUPF_LIMITER_BURST), KUPF_LIMITER_BURST);
	ck_assert_uint_eq(counted, 0);
	ck_assert_str_eq(said, "");
	allowed = try(&limiter, 100000);
	/* on a slow machine this takes seconds */
	ck_assert_uint_lt(allowed, 1000);
	ck_assert_uint_eq(counted, 100000 - allowed);

	/* one comes back in time, and says how many did not */
	*said = '\0';
	sleep(2);
	more = try(&limiter, 1);
	dbg = saved;
	ck_assert_uint_eq(more, 1);
	ck_assert(strstr(said, "some-plugin: "));
	ck_assert(strstr(said, " lines like the next one were not logged"));
	/* and never more than at first */
	sleep(1 + KUPF_LIMITER_BURST / KUPF_LIMITER_RATE);
	allowed = try(&limiter, KUPF_LIMITER_BURST);
	ck_assert_uint_eq(allowed, KUPF_LIMITER_BURST);
	ck_assert_uint_lt(try(&limiter, 100), 100);
}
END_TEST

static Suite *kupf_limiter_suite(void)
{
	Suite *suite = suite_create("kupf_limiter");
	TCase *tc;
	tc = test_case(suite, "limiter", 60, NULL, NULL);
	tcase_add_test(tc, test_limiter);

	return suite;
}

int main(void)
{
	return test_run(kupf_limiter_suite());
}
