/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which sessions flap.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_flaps.h"
#include "test_runner.h"

static nin3a_flaps_t *flaps;

static void setup()
{
	ck_assert(library_init("", "test_nin3a_flaps"));
	flaps = nin3a_flaps_create();
}

static void teardown()
{
	flaps->destroy(flaps);
	library_deinit();
}

/**
 * A tunnel of a session comes up; returns what is told, sets seconds.
 */
static u_int seconds;

static u_int come_up(u_int number, uint32_t generation, time_t now)
{
	uint8_t key[32] = { 1 };
	char name[16];
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
		.generation = generation,
	};
	kupf_session_t *session;
	u_int told;

	snprintf(name, sizeof(name), "s%u", number);
	session = kupf_session_create(&data);
	ck_assert(session);
	told = flaps->count(flaps, session, now, &seconds);
	kupf_session_unref(session);
	return told;
}

START_TEST(test_many)
{
	u_int i;

	for (i = 1; i < NIN3A_FLAPS_MANY; i++)
	{
		ck_assert_uint_eq(come_up(1, 1, 100 + i), 0);
		/* another one has its own count */
		ck_assert_uint_eq(come_up(2, 1, 100), 0);
	}
	ck_assert_uint_eq(come_up(1, 1, 120), NIN3A_FLAPS_MANY);
	ck_assert_uint_eq(seconds, 19);
	/* told once, however many follow, until the time is over */
	for (i = 0; i < 1000; i++)
	{
		ck_assert_uint_eq(come_up(1, 1, 101 + i % NIN3A_FLAPS_SECONDS), 0);
	}
	for (i = 1; i < NIN3A_FLAPS_MANY; i++)
	{
		ck_assert_uint_eq(come_up(1, 1, 101 + NIN3A_FLAPS_SECONDS), 0);
	}
	ck_assert_uint_eq(come_up(1, 1, 101 + NIN3A_FLAPS_SECONDS),
					  NIN3A_FLAPS_MANY);
	ck_assert_uint_eq(come_up(2, 1, 130), NIN3A_FLAPS_MANY);
}
END_TEST

/* slow ones never do, whenever they begin */
START_TEST(test_few)
{
	u_int i;

	for (i = 0; i < 1000; i++)
	{
		ck_assert_uint_eq(come_up(1, 1, 7 + i * NIN3A_FLAPS_SECONDS /
										(NIN3A_FLAPS_MANY - 1)), 0);
	}
}
END_TEST

/* who is told to set up another tunnel does not flap */
START_TEST(test_modified)
{
	u_int i;

	for (i = 1; i < 100; i++)
	{
		ck_assert_uint_eq(come_up(1, i, 100), 0);
	}
	for (i = 1; i < NIN3A_FLAPS_MANY - 1; i++)
	{
		ck_assert_uint_eq(come_up(1, 99, 100), 0);
	}
	ck_assert_uint_eq(come_up(1, 99, 100), NIN3A_FLAPS_MANY);
}
END_TEST

/* one that flaps is found among more that come once than there are places */
START_TEST(test_crowd)
{
	u_int i, told = 0;

	ck_assert_uint_eq(come_up(0, 1, 100), 0);
	ck_assert_uint_eq(come_up(0, 1, 100), 0);
	for (i = 1; i < 8 * NIN3A_FLAPS_PLACES; i++)
	{
		ck_assert_uint_eq(come_up(i, 1, 100), 0);
		if (i % NIN3A_FLAPS_PLACES == 0)
		{
			told += come_up(0, 1, 100);
		}
	}
	ck_assert_uint_eq(told, NIN3A_FLAPS_MANY);
}
END_TEST

/* places are free again when their time is over, whatever they have counted */
START_TEST(test_reused)
{
	u_int round, i, told;

	for (round = 0; round < 3; round++)
	{
		for (i = 0, told = 0; i < 100 * NIN3A_FLAPS_MANY; i++)
		{
			told += come_up(round * 1000 + i % 100, 1,
							100 + round * NIN3A_FLAPS_SECONDS) > 0;
		}
		ck_assert_uint_eq(told, 100);
	}
}
END_TEST

Suite *nin3a_flaps_suite(void);

Suite *nin3a_flaps_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("nin3a_flaps");

	tc = tcase_create("count");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_few);
	tcase_add_test(tc, test_modified);
	tcase_add_test(tc, test_crowd);
	tcase_add_test(tc, test_reused);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_flaps_suite());
}
