/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions whose IKE_SAs are settled later: one job a session, which goes on
 * until the time of the newest IKE_SA is over.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_settlings.h"
#include "test_runner.h"

static nin3a_settlings_t *settlings;

static void setup()
{
	settlings = nin3a_settlings_create();
}

static void teardown()
{
	settlings->destroy(settlings);
}

/**
 * Assert what there is to settle.
 */
static void assert_settles(nin3a_settling_t *settling, char *session,
						   uint32_t serial)
{
	uint32_t newest;

	ck_assert_str_eq(settlings->get(settlings, settling, &newest), session);
	ck_assert_uint_eq(newest, serial);
}

START_TEST(test_one)
{
	nin3a_settling_t *settling;

	settling = settlings->add(settlings, "a", 7, 5);
	ck_assert_ptr_nonnull(settling);
	assert_settles(settling, "a", 7);
	ck_assert_uint_eq(settlings->next(settlings, settling, 7), 0);
	/* it is gone: the next one begins anew */
	settling = settlings->add(settlings, "a", 8, 5);
	ck_assert_ptr_nonnull(settling);
	assert_settles(settling, "a", 8);
}
END_TEST

START_TEST(test_newer)
{
	nin3a_settling_t *settling;
	uint32_t next;

	settling = settlings->add(settlings, "a", 7, 5);
	/* a later one has no job of its own, and gets its time */
	ck_assert_ptr_null(settlings->add(settlings, "a", 8, 5));
	ck_assert_ptr_null(settlings->add(settlings, "a", 9, 100));
	assert_settles(settling, "a", 7);
	next = settlings->next(settlings, settling, 7);
	ck_assert_uint_ge(next, 90);
	ck_assert_uint_le(next, 100);
	assert_settles(settling, "a", 9);
	ck_assert_uint_eq(settlings->next(settlings, settling, 9), 0);
}
END_TEST

START_TEST(test_order)
{
	nin3a_settling_t *settling;

	/* an older one that comes later takes nothing back */
	settling = settlings->add(settlings, "a", 7, 100);
	ck_assert_ptr_null(settlings->add(settlings, "a", 6, 1));
	assert_settles(settling, "a", 7);
	ck_assert_uint_eq(settlings->next(settlings, settling, 7), 0);

	/* nor does it shorten the time */
	settling = settlings->add(settlings, "a", 7, 1);
	ck_assert_ptr_null(settlings->add(settlings, "a", 9, 100));
	ck_assert_ptr_null(settlings->add(settlings, "a", 8, 1));
	ck_assert_uint_ge(settlings->next(settlings, settling, 7), 90);
	assert_settles(settling, "a", 9);
}
END_TEST

START_TEST(test_overdue)
{
	nin3a_settling_t *settling;

	/* one whose time is over already is settled in a moment, not at once */
	settling = settlings->add(settlings, "a", 7, 0);
	ck_assert_ptr_null(settlings->add(settlings, "a", 8, 0));
	ck_assert_uint_eq(settlings->next(settlings, settling, 7), 1);
}
END_TEST

START_TEST(test_others)
{
	nin3a_settling_t *a, *b;

	a = settlings->add(settlings, "a", 1, 5);
	b = settlings->add(settlings, "b", 2, 5);
	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_ne(a, b);
	ck_assert_uint_eq(settlings->next(settlings, a, 1), 0);
	assert_settles(b, "b", 2);
}
END_TEST

static Suite *nin3a_settlings_suite()
{
	Suite *suite = suite_create("nin3a_settlings");
	TCase *tc = test_case(suite, "settlings", 0, setup, teardown);

	tcase_add_test(tc, test_one);
	tcase_add_test(tc, test_newer);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_overdue);
	tcase_add_test(tc, test_others);

	return suite;
}

int main(void)
{
	return test_run(nin3a_settlings_suite());
}
