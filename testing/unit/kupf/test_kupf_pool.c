/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The pool of UPF addresses: what a configuration means, allocation, and the
 * quarantine.
 */

#include "kupf/procedures/kupf_pool.h"
#include "test_runner.h"

#include <pthread.h>

/** Seconds of quarantine */
#define QUARANTINE 60

static kupf_address_t address(const char *text)
{
	kupf_address_t parsed;

	ck_assert(kupf_address_parse(chunk_from_str((char*)text), &parsed));
	return parsed;
}

static kupf_pool_status_t reserve(kupf_pool_t *pool, const char *text)
{
	kupf_address_t a = address(text);

	return pool->reserve(pool, "session", &a);
}

static void release(kupf_pool_t *pool, const char *text, time_t now)
{
	kupf_address_t a = address(text);

	pool->release(pool, &a, now);
}

/**
 * Allocate an address.
 *
 * @return			its text, "" if there is none
 */
static char *allocate(kupf_pool_t *pool, time_t now)
{
	static char text[KUPF_ADDRESS_TEXT];
	kupf_address_t a;

	if (pool->allocate(pool, "session", now, &a) != KUPF_POOL_OK)
	{
		return "";
	}
	return kupf_address_print(&a, text);
}

static void check(kupf_pool_t *pool, uint64_t all, uint64_t held,
				  uint64_t quarantined)
{
	uint64_t h, q;

	ck_assert_uint_eq(pool->get_count(pool, 0, &h, &q), all);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

/**
 * Configurations, number of addresses, first and last one, and one outside.
 */
static struct {
	char *spec;
	uint64_t size;
	char *first, *last, *outside;
} specs[] = {
	{ "192.0.2.1", 1, "192.0.2.1", "192.0.2.1", "192.0.2.2" },
	{ "192.0.2.7/32", 1, "192.0.2.7", "192.0.2.7", "192.0.2.6" },
	{ "192.0.2.6/31", 2, "192.0.2.6", "192.0.2.7", "192.0.2.8" },
	{ "192.0.2.7/31", 2, "192.0.2.6", "192.0.2.7", "192.0.2.5" },
	{ "192.0.2.5/30", 2, "192.0.2.5", "192.0.2.6", "192.0.2.4" },
	{ "192.0.2.5/30", 2, "192.0.2.5", "192.0.2.6", "192.0.2.7" },
	{ "192.0.2.0/24", 254, "192.0.2.1", "192.0.2.254", "192.0.2.255" },
	{ "192.0.2.0/24", 254, "192.0.2.1", "192.0.2.254", "192.0.2.0" },
	{ "192.0.2.77/24", 254, "192.0.2.1", "192.0.2.254", "192.0.3.1" },
	{ "10.0.0.0/16", 65534, "10.0.0.1", "10.0.255.254", "10.1.0.0" },
	{ "10.0.0.0/9", 8388606, "10.0.0.1", "10.127.255.254", "10.128.0.1" },
	{ "10.0.0.0/8", 16777214, "10.0.0.1", "10.255.255.254", "11.0.0.1" },
	/* only so many of a large one are used */
	{ "10.0.0.0/7", 16777216, "10.0.0.1", "11.0.0.0", "11.0.0.1" },
	{ "192.0.2.250-192.0.3.5", 12, "192.0.2.250", "192.0.3.5",
	  "192.0.3.6" },
	{ "192.0.2.1-192.0.2.1", 1, "192.0.2.1", "192.0.2.1", "192.0.2.0" },
	{ "255.255.255.254-255.255.255.255", 2, "255.255.255.254",
	  "255.255.255.255", "0.0.0.1" },
	{ "2001:db8::1", 1, "2001:db8::1", "2001:db8::1", "2001:db8::2" },
	{ "2001:db8::7/128", 1, "2001:db8::7", "2001:db8::7", "2001:db8::6" },
	{ "2001:db8::7/127", 2, "2001:db8::6", "2001:db8::7", "2001:db8::8" },
	{ "2001:db8::/126", 3, "2001:db8::1", "2001:db8::3", "2001:db8::" },
	{ "2001:db8::/112", 65535, "2001:db8::1", "2001:db8::ffff",
	  "2001:db8::1:0" },
	{ "2001:db8::/64", 16777216, "2001:db8::1", "2001:db8::100:0",
	  "2001:db8::100:1" },
	{ "2001:db8:1::/32", 16777216, "2001:db8::1", "2001:db8::100:0",
	  "2001:db9::1" },
	{ "2001:db8::ffff-2001:db8::1:2", 4, "2001:db8::ffff", "2001:db8::1:2",
	  "2001:db8::1:3" },
	{ "::ffff-::1:0:0:1", 16777216, "::ffff", "::100:fffe", "::100:ffff" },
};

START_TEST(test_spec)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create(specs[_i].spec, QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	ck_assert(pool->is_managed(pool));
	check(pool, specs[_i].size, 0, 0);
	ck_assert_int_eq(reserve(pool, specs[_i].outside), KUPF_POOL_OUTSIDE);
	/* the other family, and none */
	ck_assert_int_eq(reserve(pool, strchr(specs[_i].spec, ':') ?
							 "192.0.2.1" : "::192.0.2.1"), KUPF_POOL_OUTSIDE);
	ck_assert_int_eq(pool->reserve(pool, "session", &(kupf_address_t){}),
					 KUPF_POOL_OUTSIDE);
	check(pool, specs[_i].size, 0, 0);
	ck_assert_str_eq(allocate(pool, 0), specs[_i].first);
	ck_assert_int_eq(reserve(pool, specs[_i].first), KUPF_POOL_IN_USE);
	ck_assert_int_eq(reserve(pool, specs[_i].last), specs[_i].size == 1 ?
					 KUPF_POOL_IN_USE : KUPF_POOL_OK);
	check(pool, specs[_i].size, min(specs[_i].size, 2), 0);
	pool->destroy(pool);
}
END_TEST

static char *bad[] = {
	"x", "192.0.2", "192.0.2.256", "192.0.2.0/33", "192.0.2.0/", "/24",
	"192.0.2.0/-1", "192.0.2.0/2a", "192.0.2.0/0024", "192.0.2.0/24/24",
	"192.0.2.0/255.255.255.0", "192.0.2.5-192.0.2.4", "192.0.2.1-",
	"-192.0.2.1", "192.0.2.1-192.0.2.2-192.0.2.3", "192.0.2.1-2001:db8::1",
	"2001:db8::/129", "2001:db8::1%eth0", "2001:db8::2-2001:db8::1",
	"0.0.0.0/0", "::/64", "0.0.0.0-0.0.0.5", "upf.example",
	"192.0.2.1,,x", "192.0.2.1;192.0.2.2",
	/* overlaps: same, first, last, inside, around */
	"192.0.2.1 192.0.2.1", "192.0.2.0/24, 192.0.2.1",
	"192.0.2.254, 192.0.2.0/24", "192.0.2.0/24 192.0.2.128/25",
	"192.0.2.128/25 192.0.2.0/24", "192.0.2.1-192.0.2.5,192.0.2.5-192.0.2.9",
	"192.0.2.5-192.0.2.9,192.0.2.1-192.0.2.5",
	"2001:db8::/64 2001:db8::10-2001:db8::20",
};

START_TEST(test_bad)
{
	ck_assert_msg(!kupf_pool_create(bad[_i], QUARANTINE, FALSE), "'%s'",
				  bad[_i]);
}
END_TEST

START_TEST(test_lists)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create(" 192.0.2.0/30,198.51.100.1  2001:db8::1 ,"
							"203.0.113.1-203.0.113.2, ", QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	check(pool, 6, 0, 0);
	/* in the order of the configuration */
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, 0), "198.51.100.1");
	ck_assert_str_eq(allocate(pool, 0), "2001:db8::1");
	ck_assert_str_eq(allocate(pool, 0), "203.0.113.1");
	ck_assert_str_eq(allocate(pool, 0), "203.0.113.2");
	ck_assert_str_eq(allocate(pool, 0), "");
	pool->destroy(pool);
	/* neighbours do not overlap */
	pool = kupf_pool_create("192.0.2.0/25 192.0.2.128/25", QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	check(pool, 252, 0, 0);
	pool->destroy(pool);
}
END_TEST

static char *none[] = { NULL, "", "  ", ",", " , " };

START_TEST(test_none)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create(none[_i], QUARANTINE, FALSE);
	ck_assert_ptr_nonnull(pool);
	ck_assert(!pool->is_managed(pool));
	check(pool, 0, 0, 0);
	ck_assert_int_eq(reserve(pool, "192.0.2.1"), KUPF_POOL_OUTSIDE);
	ck_assert_str_eq(allocate(pool, 0), "");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_reserve)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create("192.0.2.1-192.0.2.4", QUARANTINE, FALSE);
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_IN_USE);
	check(pool, 4, 1, 0);
	/* passed over */
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.3");
	ck_assert_int_eq(reserve(pool, "192.0.2.3"), KUPF_POOL_IN_USE);
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.4");
	ck_assert_str_eq(allocate(pool, 0), "");
	check(pool, 4, 4, 0);
	pool->destroy(pool);
}
END_TEST

START_TEST(test_quarantine)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create("192.0.2.1-192.0.2.3", QUARANTINE, FALSE);
	ck_assert_str_eq(allocate(pool, 100), "192.0.2.1");
	release(pool, "192.0.2.1", 100);
	check(pool, 3, 0, 1);
	/* what was never used comes first */
	ck_assert_str_eq(allocate(pool, 1000), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, 1000), "192.0.2.3");
	check(pool, 3, 2, 1);
	release(pool, "192.0.2.3", 120);
	release(pool, "192.0.2.2", 130);
	check(pool, 3, 0, 3);
	/* then the longest in quarantine, each at its time */
	ck_assert_str_eq(allocate(pool, 100 + QUARANTINE - 1), "");
	ck_assert_str_eq(allocate(pool, 100 + QUARANTINE), "192.0.2.1");
	ck_assert_str_eq(allocate(pool, 120 + QUARANTINE - 1), "");
	check(pool, 3, 1, 2);
	ck_assert_str_eq(allocate(pool, 500), "192.0.2.3");
	ck_assert_str_eq(allocate(pool, 500), "192.0.2.2");
	ck_assert_str_eq(allocate(pool, 500), "");
	check(pool, 3, 3, 0);
	pool->destroy(pool);
}
END_TEST

START_TEST(test_quarantine_reserve)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create("192.0.2.1-192.0.2.3", QUARANTINE, FALSE);
	ck_assert_int_eq(reserve(pool, "192.0.2.1"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.3"), KUPF_POOL_OK);
	release(pool, "192.0.2.1", 100);
	release(pool, "192.0.2.2", 110);
	release(pool, "192.0.2.3", 120);
	/* out of the middle, the end and the start of the quarantine, at once */
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_IN_USE);
	check(pool, 3, 1, 2);
	ck_assert_int_eq(reserve(pool, "192.0.2.3"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.1"), KUPF_POOL_OK);
	check(pool, 3, 3, 0);
	ck_assert_str_eq(allocate(pool, 1000), "");
	/* the times start anew */
	release(pool, "192.0.2.2", 200);
	ck_assert_str_eq(allocate(pool, 110 + QUARANTINE), "");
	ck_assert_str_eq(allocate(pool, 200 + QUARANTINE), "192.0.2.2");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_release)
{
	kupf_pool_t *pool;

	pool = kupf_pool_create("192.0.2.1-192.0.2.3", QUARANTINE, FALSE);
	/* never held, outside, twice: nothing happens */
	release(pool, "192.0.2.1", 100);
	release(pool, "192.0.2.4", 100);
	check(pool, 3, 0, 0);
	ck_assert_str_eq(allocate(pool, 100), "192.0.2.1");
	release(pool, "192.0.2.1", 100);
	release(pool, "192.0.2.1", 150);
	check(pool, 3, 0, 1);
	ck_assert_int_eq(reserve(pool, "192.0.2.2"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.3"), KUPF_POOL_OK);
	ck_assert_str_eq(allocate(pool, 100 + QUARANTINE), "192.0.2.1");
	pool->destroy(pool);
}
END_TEST

START_TEST(test_no_quarantine)
{
	kupf_pool_t *pool;
	u_int i;

	pool = kupf_pool_create("192.0.2.1", 0, FALSE);
	for (i = 0; i < 10; i++)
	{
		ck_assert_str_eq(allocate(pool, 5), "192.0.2.1");
		ck_assert_str_eq(allocate(pool, 5), "");
		release(pool, "192.0.2.1", 5);
	}
	pool->destroy(pool);
}
END_TEST

START_TEST(test_all_of_a_24)
{
	kupf_pool_t *pool;
	bool seen[256] = {};
	kupf_address_t a;
	u_int i, round;

	pool = kupf_pool_create("192.0.2.0/24", QUARANTINE, FALSE);
	for (round = 0; round < 3; round++)
	{
		memset(seen, 0, sizeof(seen));
		for (i = 0; i < 254; i++)
		{
			ck_assert_int_eq(pool->allocate(pool, "session", round * 1000, &a),
							 KUPF_POOL_OK);
			ck_assert(!seen[a.bytes[3]]);
			seen[a.bytes[3]] = TRUE;
		}
		ck_assert(!seen[0] && !seen[255]);
		ck_assert_int_eq(pool->allocate(pool, "session", round * 1000, &a),
						 KUPF_POOL_EXHAUSTED);
		for (i = 1; i < 255; i++)
		{
			a.bytes[3] = i;
			pool->release(pool, &a, round * 1000);
		}
		check(pool, 254, 0, 254);
	}
	pool->destroy(pool);
}
END_TEST

START_TEST(test_shared)
{
	kupf_pool_t *pool;
	u_int i;

	pool = kupf_pool_create("192.0.2.1-192.0.2.2 2001:db8::1", QUARANTINE,
							TRUE);
	ck_assert(pool->is_managed(pool));
	/* in turn, for ever, and none is held */
	for (i = 0; i < 5; i++)
	{
		ck_assert_str_eq(allocate(pool, 0), "192.0.2.1");
		ck_assert_str_eq(allocate(pool, 0), "192.0.2.2");
		ck_assert_str_eq(allocate(pool, 0), "2001:db8::1");
	}
	ck_assert_int_eq(reserve(pool, "192.0.2.1"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.1"), KUPF_POOL_OK);
	ck_assert_int_eq(reserve(pool, "192.0.2.3"), KUPF_POOL_OUTSIDE);
	check(pool, 3, 0, 0);
	release(pool, "192.0.2.1", 0);
	release(pool, "192.0.2.1", 0);
	check(pool, 3, 0, 0);
	ck_assert_str_eq(allocate(pool, 0), "192.0.2.1");
	pool->destroy(pool);

	pool = kupf_pool_create("", QUARANTINE, TRUE);
	ck_assert(!pool->is_managed(pool));
	ck_assert_str_eq(allocate(pool, 0), "");
	pool->destroy(pool);
}
END_TEST

/** Rounds of a thread */
#define ROUNDS 5000

static void *work(void *data)
{
	kupf_pool_t *pool = data;
	kupf_address_t a;
	uint64_t held, quarantined;
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		if (pool->allocate(pool, "session", i, &a) == KUPF_POOL_OK)
		{
			pool->get_count(pool, 0, &held, &quarantined);
			ck_assert_uint_ge(held, 1);
			pool->release(pool, &a, i);
			if (i % 3 == 0 && pool->reserve(pool, "session", &a) == KUPF_POOL_OK)
			{
				pool->release(pool, &a, i);
			}
		}
	}
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[4];
	kupf_pool_t *pool;
	uint64_t held, quarantined;
	u_int i;

	pool = kupf_pool_create("192.0.2.0/29", 1, FALSE);
	for (i = 0; i < countof(threads); i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, pool), 0);
	}
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
	}
	ck_assert_uint_eq(pool->get_count(pool, 0, &held, &quarantined), 6);
	ck_assert_uint_eq(held, 0);
	pool->destroy(pool);
}
END_TEST

static Suite *kupf_pool_suite()
{
	Suite *suite = suite_create("kupf_pool");
	TCase *tc = test_case(suite, "configuration", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_spec, 0, countof(specs));
	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_test(tc, test_lists);
	tcase_add_loop_test(tc, test_none, 0, countof(none));

	tc = test_case(suite, "addresses", 30, NULL, NULL);
	tcase_add_test(tc, test_reserve);
	tcase_add_test(tc, test_quarantine);
	tcase_add_test(tc, test_quarantine_reserve);
	tcase_add_test(tc, test_release);
	tcase_add_test(tc, test_no_quarantine);
	tcase_add_test(tc, test_all_of_a_24);
	tcase_add_test(tc, test_shared);
	tcase_add_test(tc, test_threads);

	return suite;
}

int main(void)
{
	return test_run(kupf_pool_suite());
}
