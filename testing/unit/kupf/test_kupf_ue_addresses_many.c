/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Many sessions that take inner addresses and leave, compared with a list.
 */

#include "test_kupf_ue_addresses.h"
#include "test_support.h"

#include <stdlib.h>

/** Sessions, addresses and steps of the random test */
#define SESSIONS 60
#define ADDRESSES 40
#define STEPS 20000

/** Sessions of the test of many */
#define MANY 20000

START_TEST(test_many)
{
	kupf_session_t **sessions, *other;
	char name[16], list[32];
	u_int i;

	sessions = calloc(MANY, sizeof(*sessions));
	for (i = 0; i < MANY; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		snprintf(list, sizeof(list), "10.%u.%u.1", i / 256, i % 256);
		sessions[i] = fed(name, list);
		ck_assert(take(sessions[i]));
	}
	check(MANY, 0);
	for (i = 0; i < MANY; i += 7)
	{
		snprintf(list, sizeof(list), "10.%u.%u.1", i / 256, i % 256);
		other = fed("other", list);
		ck_assert(!take(other));
		kupf_session_unref(other);
	}
	for (i = 0; i < MANY; i++)
	{
		leave(sessions[i]);
	}
	check(0, 0);
	free(sessions);
}
END_TEST

/* as a list has it that is searched from begin to end */
START_TEST(test_random)
{
	struct {
		kupf_session_t *session;
		u_int first, second;
	} list[SESSIONS] = {};
	u_int i, j, n, first, second, count = 0;
	char name[16], text[64];
	bool free_;

	srandom(_i);
	for (n = 0; n < STEPS; n++)
	{
		i = random() % SESSIONS;
		if (list[i].session)
		{
			leave(list[i].session);
			list[i].session = NULL;
			count -= 2;
			continue;
		}
		first = random() % ADDRESSES;
		second = (first + 1 + random() % (ADDRESSES - 1)) % ADDRESSES;
		free_ = TRUE;
		for (j = 0; j < SESSIONS; j++)
		{
			free_ = free_ && !(list[j].session &&
				(list[j].first == first || list[j].first == second ||
				 list[j].second == first || list[j].second == second));
		}
		snprintf(name, sizeof(name), "s%u", i);
		snprintf(text, sizeof(text), "10.0.0.%u 10.0.0.%u", 1 + first,
				 1 + second);
		list[i].session = fed(name, text);
		ck_assert_int_eq(take(list[i].session), free_);
		if (!free_)
		{
			kupf_session_unref(list[i].session);
			list[i].session = NULL;
			continue;
		}
		list[i].first = first;
		list[i].second = second;
		count += 2;
		check(count, 0);
	}
	for (i = 0; i < SESSIONS; i++)
	{
		if (list[i].session)
		{
			leave(list[i].session);
		}
	}
	check(0, 0);
}
END_TEST

void kupf_ue_addresses_many_case(Suite *suite)
{
	TCase *tc = test_case(suite, "many", 60, setup, teardown);

	tcase_add_test(tc, test_many);
	tcase_add_loop_test(tc, test_random, 0, 3);
}
