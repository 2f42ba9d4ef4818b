/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which sessions flap.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_setups.h"
#include "test_runner.h"

static nin3a_setups_t *setups;

static void setup()
{
	ck_assert(library_init("", "test_nin3a_setups"));
	setups = nin3a_setups_create();
}

static void teardown()
{
	setups->destroy(setups);
	library_deinit();
}

/**
 * Create a session.
 */
static kupf_session_t *create_session(u_int number, uint32_t generation)
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

	snprintf(name, sizeof(name), "s%u", number);
	session = kupf_session_create(&data);
	ck_assert(session);
	return session;
}

/**
 * A tunnel of a session comes up; returns what is told, sets seconds.
 */
static u_int seconds;

static u_int come_up(u_int number, uint32_t generation, time_t now)
{
	kupf_session_t *session = create_session(number, generation);
	u_int told;

	told = setups->count_up(setups, session, now, &seconds);
	kupf_session_unref(session);
	return told;
}

/**
 * The UE of a session sets up an IKE_SA.
 */
static bool admits(u_int number, uint32_t generation, time_t now, u_int most)
{
	kupf_session_t *session = create_session(number, generation);
	bool admitted;

	admitted = setups->admit(setups, session, now, most);
	kupf_session_unref(session);
	return admitted;
}

START_TEST(test_admit)
{
	u_int i;

	for (i = 0; i < 7; i++)
	{
		ck_assert(admits(1, 1, 1000 + i, 7));
	}
	ck_assert(!admits(1, 1, 1010, 7));
	/* nor if it was modified; others may; there may be no bound */
	ck_assert(!admits(1, 2, 1011, 7));
	ck_assert(admits(2, 1, 1011, 7));
	ck_assert(admits(1, 1, 1011, 0));
	/* what was refused does not count, the minute begins with the first one */
	ck_assert(!admits(1, 1, 1000 + NIN3A_SETUPS_SECONDS - 1, 7));
	for (i = 0; i < 7; i++)
	{
		ck_assert(admits(1, 1, 1000 + NIN3A_SETUPS_SECONDS, 7));
	}
	ck_assert(!admits(1, 1, 1000 + NIN3A_SETUPS_SECONDS, 7));
	/* and has nothing to do with tunnels that come up */
	ck_assert_uint_eq(come_up(1, 1, 1000 + NIN3A_SETUPS_SECONDS), 0);
	ck_assert(!admits(1, 1, 1000 + NIN3A_SETUPS_SECONDS + 1, 7));
}
END_TEST

/* many others do not make room for one that is at its bound */
START_TEST(test_admit_crowd)
{
	u_int i;

	for (i = 0; i < 7; i++)
	{
		ck_assert(admits(1, 1, 1000, 7));
	}
	for (i = 2; i < 200000; i++)
	{
		ck_assert(admits(i, 1, 1000, 7));
	}
	ck_assert(!admits(1, 1, 1001, 7));
}
END_TEST

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
	for (i = 1; i < 8 * NIN3A_SETUPS_PLACES; i++)
	{
		ck_assert_uint_eq(come_up(i, 1, 100), 0);
		if (i % NIN3A_SETUPS_PLACES == 0)
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

static Suite *nin3a_setups_suite()
{
	Suite *suite = suite_create("nin3a_setups");
	TCase *tc = test_case(suite, "count", 0, setup, teardown);

	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_admit);
	tcase_add_test(tc, test_admit_crowd);
	tcase_add_test(tc, test_few);
	tcase_add_test(tc, test_modified);
	tcase_add_test(tc, test_crowd);
	tcase_add_test(tc, test_reused);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_setups_suite());
}
