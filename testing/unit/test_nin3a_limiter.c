/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How many lines the limiter lets into the log, and that the others count.
 */

#include "nin3a_limiter.h"
#include "nin3a_counters.h"
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

CALLBACK(get_suppressed, void,
	uint64_t *value, const char *name, uint64_t counter)
{
	if (streq(name, "nin3a-suppressed-log-lines"))
	{
		*value = counter;
	}
}

static uint64_t suppressed()
{
	uint64_t value = UINT64_MAX;

	nin3a_counters_report(get_suppressed, &value);
	return value;
}

static u_int try(nin3a_limiter_t *limiter, u_int lines)
{
	u_int allowed = 0;

	while (lines--)
	{
		allowed += limiter->allows(limiter);
	}
	return allowed;
}

START_TEST(test_limiter)
{
	nin3a_limiter_t *limiter = nin3a_limiter_create();
	uint64_t before = suppressed();
	void (*saved)(debug_t group, level_t level, char *fmt, ...) = dbg;
	u_int allowed, more;

	dbg = log_line;
	ck_assert_uint_eq(try(limiter, NIN3A_LIMITER_BURST), NIN3A_LIMITER_BURST);
	ck_assert_uint_eq(suppressed(), before);
	ck_assert_str_eq(said, "");
	allowed = try(limiter, 100000);
	/* on a slow machine this takes seconds */
	ck_assert_uint_lt(allowed, 1000);
	ck_assert_uint_eq(suppressed(), before + 100000 - allowed);

	/* one comes back in time, and says how many did not */
	*said = '\0';
	sleep(2);
	more = try(limiter, 1);
	dbg = saved;
	ck_assert_uint_eq(more, 1);
	ck_assert(strstr(said, "nin3a: "));
	ck_assert(strstr(said, " refusals were not logged"));
	/* and never more than at first */
	sleep(1 + NIN3A_LIMITER_BURST / NIN3A_LIMITER_RATE);
	allowed = try(limiter, NIN3A_LIMITER_BURST);
	ck_assert_uint_eq(allowed, NIN3A_LIMITER_BURST);
	ck_assert_uint_lt(try(limiter, 100), 100);
	limiter->destroy(limiter);
}
END_TEST

static Suite *nin3a_limiter_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("nin3a_limiter");
	tc = tcase_create("limiter");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_limiter);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(nin3a_limiter_suite());
}
