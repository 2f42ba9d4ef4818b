/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How long set-ups take, and how that is reported.
 */

#include <check.h>

#include "nin3a/nin3a_counters.h"
#include "nin3a/tunnels/nin3a_latency.h"
#include "test_runner.h"

#include <unistd.h>

/** What the names of bounds begin with */
#define LE "nin3a-setup-microseconds-le-"

static nin3a_latency_t *latency;

static void setup()
{
	latency = nin3a_latency_create();
}

static void teardown()
{
	latency->destroy(latency);
}

/** A counter that is looked for */
typedef struct {
	const char *name;
	uint64_t value;
	bool found;
} wanted_t;

CALLBACK(take_counter, void,
	wanted_t *wanted, const char *name, uint64_t value)
{
	if (streq(name, wanted->name))
	{
		ck_assert(!wanted->found);
		wanted->found = TRUE;
		wanted->value = value;
	}
}

/**
 * Get a counter, which has to be there once.
 */
static uint64_t get(const char *name)
{
	wanted_t wanted = { .name = name };

	nin3a_counters_report(take_counter, &wanted);
	ck_assert_msg(wanted.found, "%s", name);
	return wanted.value;
}

/**
 * Check how many set-ups were measured, in which time, and how many not.
 */
static void expect(uint64_t count, uint64_t sum, uint64_t untimed)
{
	ck_assert_uint_eq(get(LE "inf"), count);
	ck_assert_uint_eq(get("nin3a-setup-microseconds-sum"), sum);
	ck_assert_uint_eq(get("nin3a-setups-untimed"), untimed);
}

START_TEST(test_measured)
{
	expect(0, 0, 0);
	latency->begin(latency, 7, 1000);
	/* the request is sent again */
	latency->begin(latency, 7, 1500);
	latency->begin(latency, 8, 2000);
	latency->up(latency, 7, 3500);
	expect(1, 2500, 0);
	/* a bound is part of what it bounds */
	ck_assert_uint_eq(get(LE "1000"), 0);
	ck_assert_uint_eq(get(LE "2500"), 1);
	ck_assert_uint_eq(get(LE "30000000"), 1);
	latency->up(latency, 8, 4501);
	expect(2, 5001, 0);
	ck_assert_uint_eq(get(LE "2500"), 1);
	ck_assert_uint_eq(get(LE "5000"), 2);
	/* longer than all bounds */
	latency->begin(latency, 9, 1);
	latency->up(latency, 9, 30000002);
	expect(3, 30005002, 0);
	ck_assert_uint_eq(get(LE "30000000"), 2);
}
END_TEST

START_TEST(test_once)
{
	/* one that nobody has seen begin, e.g. rekeyed */
	latency->up(latency, 7, 1000);
	expect(0, 0, 0);
	/* one that comes up again */
	latency->begin(latency, 7, 1000);
	latency->up(latency, 7, 2000);
	latency->up(latency, 7, 9000);
	expect(1, 1000, 0);
	/* and whose first request comes once more */
	latency->begin(latency, 7, 9000);
	latency->up(latency, 7, 9500);
	expect(1, 1000, 0);
	/* it had its time: whose place it is now has taken nothing away */
	latency->begin(latency, 7 + NIN3A_LATENCY_PLACES, 9000);
	expect(1, 1000, 0);
	/* one that is gone */
	latency->begin(latency, 8, 1000);
	latency->remove(latency, 8);
	latency->up(latency, 8, 9000);
	expect(1, 1000, 0);
}
END_TEST

START_TEST(test_crowded)
{
	uint32_t i, last = 1 + 2 * NIN3A_LATENCY_PLACES;

	/* as many as there are places, of which one goes */
	for (i = 1; i <= NIN3A_LATENCY_PLACES; i++)
	{
		latency->begin(latency, i, 1000);
	}
	latency->remove(latency, 5);
	expect(0, 0, 0);
	/* and as many again: all but that one have lost their place */
	for (; i < last; i++)
	{
		latency->begin(latency, i, 2000);
	}
	expect(0, 0, NIN3A_LATENCY_PLACES - 1);
	/* what is gone takes nobody's place away */
	latency->remove(latency, 6);
	latency->up(latency, 6, 3000);
	expect(0, 0, NIN3A_LATENCY_PLACES - 1);
	latency->up(latency, 6 + NIN3A_LATENCY_PLACES, 3000);
	expect(1, 1000, NIN3A_LATENCY_PLACES - 1);
}
END_TEST

START_TEST(test_clock)
{
	uint64_t first = nin3a_latency_now(), then;

	usleep(2000);
	then = nin3a_latency_now();
	ck_assert_uint_ge(then - first, 2000);
}
END_TEST

START_TEST(test_octets)
{
	ck_assert_uint_eq(get("nin3a-octets-in"), 0);
	nin3a_count_octets(UINT32_MAX, 1);
	nin3a_count_octets(UINT32_MAX, 2);
	ck_assert_uint_eq(get("nin3a-octets-in"), 2 * (uint64_t)UINT32_MAX);
	ck_assert_uint_eq(get("nin3a-octets-out"), 3);
}
END_TEST

static Suite *nin3a_latency_suite(void)
{
	Suite *suite = suite_create("nin3a_latency");
	TCase *tc;

	tc = tcase_create("latency");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_measured);
	tcase_add_test(tc, test_once);
	tcase_add_test(tc, test_crowded);
	tcase_add_test(tc, test_clock);
	tcase_add_test(tc, test_octets);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(nin3a_latency_suite());
}
