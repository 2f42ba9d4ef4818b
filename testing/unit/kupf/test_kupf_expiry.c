/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The timing wheel, with a clock of the test's own.
 */

#include "kupf/store/kupf_expiry.h"
#include "test_runner.h"
#include "test_support.h"

/** Time at which the wheel is created */
#define START 1000000

static kupf_expiry_t *wheel;

static void setup()
{
	wheel = kupf_expiry_create(START, 0);
}

static void teardown()
{
	wheel->destroy(wheel);
}

static kupf_session_t *add(uint32_t expiry)
{
	kupf_session_t *session;

	session = test_session("s", ID_KEY_ID, "a", expiry);
	wheel->add(wheel, session);
	return session;
}

/**
 * Get what is due.
 */
static u_int look(time_t now, kupf_session_t **due, u_int max)
{
	u_int count = 0;
	bool more = TRUE;

	while (more && count < max)
	{
		count += wheel->get_due(wheel, now, due + count, max - count, &more);
	}
	return count;
}

/**
 * Get what is due, and remove it.
 */
static u_int take(time_t now, u_int max)
{
	kupf_session_t *due[64];
	u_int count, i;

	ck_assert_uint_le(max, countof(due));
	count = look(now, due, max);
	for (i = 0; i < count; i++)
	{
		ck_assert(kupf_session_expired(due[i], now));
		wheel->remove(wheel, due[i]);
		/* reference of get_due(), and the one of add() */
		kupf_session_unref(due[i]);
		kupf_session_unref(due[i]);
	}
	return count;
}

static uint32_t ends[] = {
	/* before the start, at it, soon, around a turn of the wheel, later */
	1, START - 1, START, START + 1, START + 100,
	START + KUPF_EXPIRY_SLOTS - 1, START + KUPF_EXPIRY_SLOTS,
	START + KUPF_EXPIRY_SLOTS + 1, START + 3 * KUPF_EXPIRY_SLOTS + 5,
};

START_TEST(test_due)
{
	uint32_t end = ends[_i], now;

	add(end);
	/* every second, as it is meant to be: never early, never late */
	for (now = START; now < end; now++)
	{
		ck_assert_uint_eq(take(now, 8), 0);
	}
	ck_assert_uint_eq(take(max(end, START), 8), 1);
	ck_assert_uint_eq(take(max(end, START) + KUPF_EXPIRY_SLOTS, 8), 0);
}
END_TEST

START_TEST(test_ending)
{
	kupf_session_data_t data;
	kupf_session_t *session, *due[2];

	wheel->destroy(wheel);
	wheel = kupf_expiry_create(START, 60);
	/* once at 60 seconds before its end or at half of its life, then at its
	 * end */
	test_session_data(&data, "s", ID_KEY_ID, "a");
	data.lifetime = _i;
	data.expiry = START + _i;
	session = kupf_session_create(&data);
	wheel->add(wheel, session);
	ck_assert_uint_eq(kupf_session_get_ending(session, 60),
					  START + (_i < 120 ? _i - _i / 2 : _i - 60));
	if (_i > 1)
	{
		ck_assert_uint_eq(look(kupf_session_get_ending(session, 60) - 1,
							   due, 2), 0);
		ck_assert_uint_eq(look(kupf_session_get_ending(session, 60), due, 2), 1);
		ck_assert(due[0] == session);
		kupf_session_unref(session);
	}
	ck_assert_uint_eq(look(START + _i - 1, due, 2), 0);
	ck_assert_uint_eq(take(START + _i, 2), 1);
}
END_TEST

START_TEST(test_ending_removed)
{
	kupf_session_data_t data;
	kupf_session_t *session, *due[2];

	wheel->destroy(wheel);
	wheel = kupf_expiry_create(START, 10);
	test_session_data(&data, "s", ID_KEY_ID, "a");
	data.lifetime = 100;
	data.expiry = START + 100;
	session = kupf_session_create(&data);
	wheel->add(wheel, session);
	ck_assert_uint_eq(look(START + 95, due, 2), 1);
	kupf_session_unref(session);
	wheel->remove(wheel, session);
	kupf_session_unref(session);
	ck_assert_uint_eq(take(START + 100, 2), 0);
}
END_TEST

static uint32_t leaps[] = {
	1, 2, 1000, KUPF_EXPIRY_SLOTS - 1, KUPF_EXPIRY_SLOTS, KUPF_EXPIRY_SLOTS + 1,
	10 * KUPF_EXPIRY_SLOTS, 315360000,
};

START_TEST(test_leap)
{
	uint32_t now = START + leaps[_i];
	kupf_session_t *left;
	u_int i;

	/* the clock stood still for long: all at once */
	for (i = 0; i < 40; i++)
	{
		add(START + (uint64_t)leaps[_i] * i / 39);
	}
	left = add(now + 1);
	ck_assert_uint_eq(take(now, 64), 40);
	ck_assert_uint_eq(take(now, 64), 0);
	wheel->remove(wheel, left);
	kupf_session_unref(left);
}
END_TEST

START_TEST(test_max)
{
	u_int i;

	for (i = 0; i < 10; i++)
	{
		add(START + i / 5);
	}
	ck_assert_uint_eq(take(START + 1, 3), 3);
	ck_assert_uint_eq(take(START + 1, 3), 3);
	ck_assert_uint_eq(take(START + 1, 3), 3);
	ck_assert_uint_eq(take(START + 1, 3), 1);
	ck_assert_uint_eq(take(START + 1, 3), 0);
}
END_TEST

START_TEST(test_rounds)
{
	u_int i;

	/* many of other rounds in the same slot do not hide the one that is due */
	for (i = 1; i <= 20; i++)
	{
		add(START + 5 + i * KUPF_EXPIRY_SLOTS);
	}
	add(START + 5);
	for (i = 20; i < 40; i++)
	{
		add(START + 5 + i * KUPF_EXPIRY_SLOTS);
	}
	ck_assert_uint_eq(take(START + 5, 1), 1);
	ck_assert_uint_eq(take(START + 5, 1), 0);
	ck_assert_uint_eq(take(START + 5 + KUPF_EXPIRY_SLOTS, 64), 1);
	ck_assert_uint_eq(take(START + 5 + 100 * KUPF_EXPIRY_SLOTS, 64), 39);
}
END_TEST

/** Sessions of another round in one slot, and how many steps these are */
#define CALLS 5
#define CROWD (CALLS * KUPF_EXPIRY_STEPS)

START_TEST(test_steps)
{
	kupf_session_t *crowd[CROWD], *due[8];
	u_int i, found, count = 0, calls = 0;
	bool more = TRUE;

	add(START);
	for (i = 0; i < CROWD; i++)
	{
		crowd[i] = add(START + KUPF_EXPIRY_SLOTS);
		if (i == CROWD / 2)
		{
			add(START);
		}
	}
	/* each look is bounded, whatever the slot has, and whatever goes, or
	 * comes, between two of them */
	while (more)
	{
		found = wheel->get_due(wheel, START, due, countof(due), &more);
		for (i = 0; i < found; i++)
		{
			wheel->remove(wheel, due[i]);
			kupf_session_unref(due[i]);
			kupf_session_unref(due[i]);
		}
		count += found;
		if (calls++ < 2)
		{
			add(START);
		}
		/* and some that are next: the last that came is the first of it */
		for (i = 0; i < 8; i++)
		{
			wheel->remove(wheel, crowd[(2 * CROWD + 3 - i -
								calls * KUPF_EXPIRY_STEPS) % CROWD]);
		}
	}
	ck_assert_uint_eq(count, 4);
	ck_assert_uint_ge(calls, CALLS);
	ck_assert_uint_lt(calls, 10 * CALLS);
	for (i = 0; i < CROWD; i++)
	{
		wheel->remove(wheel, crowd[i]);
		kupf_session_unref(crowd[i]);
	}
}
END_TEST

START_TEST(test_remove)
{
	kupf_session_t *sessions[5], *never;
	u_int i;

	never = add(0);
	for (i = 0; i < countof(sessions); i++)
	{
		sessions[i] = add(START + 10);
	}
	/* from the middle, both ends, twice, and one that is not in */
	wheel->remove(wheel, sessions[2]);
	wheel->remove(wheel, sessions[2]);
	wheel->remove(wheel, sessions[0]);
	wheel->remove(wheel, sessions[4]);
	wheel->remove(wheel, never);
	kupf_session_unref(sessions[2]);
	kupf_session_unref(sessions[0]);
	kupf_session_unref(sessions[4]);
	kupf_session_unref(never);
	ck_assert_uint_eq(take(START + 10, 8), 2);
}
END_TEST

START_TEST(test_late)
{
	/* what ended in a second that was looked at already is due in the next */
	ck_assert_uint_eq(take(START + 50, 8), 0);
	add(START + 20);
	add(START + 50);
	ck_assert_uint_le(take(START + 50, 8), 2);
	take(START + 51, 8);
	ck_assert_uint_eq(take(START + 52, 8), 0);
	/* and one that is added and removed again is gone */
	{
		kupf_session_t *session = add(START + 20);

		wheel->remove(wheel, session);
		kupf_session_unref(session);
	}
	ck_assert_uint_eq(take(START + 60, 8), 0);
}
END_TEST

static Suite *kupf_expiry_suite()
{
	Suite *suite = suite_create("kupf_expiry");
	TCase *tc = test_case(suite, "wheel", 30, setup, teardown);

	tcase_add_loop_test(tc, test_due, 0, countof(ends));
	tcase_add_loop_test(tc, test_leap, 0, countof(leaps));
	tcase_add_loop_test(tc, test_ending, 1, 200);
	tcase_add_test(tc, test_ending_removed);
	tcase_add_test(tc, test_max);
	tcase_add_test(tc, test_rounds);
	tcase_add_test(tc, test_steps);
	tcase_add_test(tc, test_remove);
	tcase_add_test(tc, test_late);

	return suite;
}

int main(void)
{
	return test_run(kupf_expiry_suite());
}
