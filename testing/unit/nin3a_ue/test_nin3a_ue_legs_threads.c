/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * All of it by many threads at once.
 */

#include "test_nin3a_ue_legs.h"

#include <pthread.h>

/** Threads, and steps that each of them takes */
#define THREADS 4
#define STEPS 4000

/** Number of sessions in the test with threads */
#define SESSIONS 5

/**
 * Do anything to any session.
 */
static void *work(void *data)
{
	unsigned int seed = (uintptr_t)data;
	uint32_t ike_sa = (uintptr_t)data << 24, up_as;
	kupf_session_t *session;
	nin3a_ue_reason_t reason;
	kupf_reason_t why;
	nin3a_ue_order_t next;
	array_t *closed;
	char name[8];
	u_int i, rekeyed;

	closed = array_create(sizeof(uint32_t), 0);
	for (i = 0; i < STEPS; i++)
	{
		snprintf(name, sizeof(name), "s%d", rand_r(&seed) % SESSIONS);
		next.start = FALSE;
		if (rand_r(&seed) % 4 == 0)
		{
			legs->drop(legs, name, NULL, KUPF_REASON_DELETED, closed);
		}
		else
		{
			session = session_create(name, rand_r(&seed) % 3 + 1, i);
			legs->want(legs, session, &next);
			kupf_session_unref(session);
		}
		session = next.start ? legs->begin(legs, next.name, next.serial) : NULL;
		if (session)
		{
			++ike_sa;
			if (legs->bind(legs, session, ike_sa, SPI + ike_sa, NULL))
			{
				sas->establish(sas, ike_sa);
				kupf_session_unref(legs->up(legs, ike_sa, &next, closed,
											&rekeyed));
			}
			kupf_session_unref(session);
		}
		if (rand_r(&seed) % 2)
		{
			kupf_session_unref(sas->end_attempt(sas, ike_sa, &reason));
			kupf_session_unref(sas->down(sas, ike_sa, &up_as, &why));
			legs->remove(legs, ike_sa, &next);
		}
		legs->count_tunnels(legs, name);
	}
	array_destroy(closed);
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[THREADS];
	nin3a_ue_totals_t totals;
	char name[8];
	u_int i;

	for (i = 0; i < THREADS; i++)
	{
		pthread_create(&threads[i], NULL, work, (void*)(uintptr_t)(i + 1));
	}
	for (i = 0; i < THREADS; i++)
	{
		pthread_join(threads[i], NULL);
	}
	for (i = 0; i < SESSIONS; i++)
	{
		snprintf(name, sizeof(name), "s%d", i);
		legs->drop(legs, name, NULL, KUPF_REASON_DELETED, ids);
	}
	/* all that is left is to be closed */
	legs->get_totals(legs, &totals);
	ck_assert_uint_eq(totals.connecting, 0);
	ck_assert_uint_eq(totals.waiting, 0);
	for (i = 1; i <= THREADS; i++)
	{
		uint32_t id;

		for (id = i << 24; id <= (i << 24) + STEPS; id++)
		{
			legs->remove(legs, id, &order);
			ck_assert(!order.start);
		}
	}
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

void nin3a_ue_legs_threads_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "threads", 60, setup, teardown);

	tcase_add_test(tc, test_threads);
}
