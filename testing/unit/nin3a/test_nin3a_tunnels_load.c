/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Many tunnels, and many threads.
 */

#include "test_nin3a_tunnels.h"

#include <pthread.h>

/** IKE_SAs in the test of many */
#define MANY 20000

/** Threads, and steps that each of them takes */
#define THREADS 4
#define STEPS 3000

START_TEST(test_many)
{
	kupf_session_t *session;
	char name[16];
	uint32_t i;

	for (i = 1; i <= MANY; i++)
	{
		snprintf(name, sizeof(name), "pdu-%u", i);
		session = session_create(name, 1, 1);
		bring_up(i, session);
		kupf_session_unref(session);
	}
	assert_counts(MANY, MANY);
	for (i = 1; i <= MANY; i++)
	{
		snprintf(name, sizeof(name), "pdu-%u", i);
		assert_session_counts(name, 1, 1);
		tunnels->remove(tunnels, i);
		assert_session_counts(name, 0, 0);
	}
	assert_counts(0, 0);
}
END_TEST

/**
 * One UE after another, half of them refused.
 */
static void *run_ues(void *data)
{
	uint32_t ike_sa, up_as, base = (uintptr_t)data * 10 * STEPS;
	kupf_session_t *session;
	kupf_endpoint_t end = { { AF_INET, { 192, 0, 2, 1 } }, 4500 };
	kupf_child_t child = { .spi_in = 1, .spi_out = 77, .name = "pdu" };
	tunnel_spis_t spis = {};
	nin3a_state_t state;
	kupf_reason_t reason;
	int i;

	session = session_create("shared", 1, 1);
	for (i = 0; i < STEPS; i++)
	{
		ike_sa = base + 2 * i + 1;
		tunnels->begin(tunnels, ike_sa, attempt_create(NIN3A_ALLOWED));
		if (i % 2)
		{
			tunnels->bind(tunnels, ike_sa, session, &spis);
			tunnels->establish(tunnels, ike_sa);
			kupf_session_unref(tunnels->up(tunnels, ike_sa));
			tunnels->set_path(tunnels, ike_sa, &end, &end, NULL);
			tunnels->set_child(tunnels, ike_sa, &child, TRUE, NULL);
			tunnels->rekey(tunnels, ike_sa, ike_sa + 1, &spis);
			child.spi_in++;
			tunnels->set_child(tunnels, ike_sa + 1, &child, TRUE, NULL);
			child.spi_in--;
			tunnels->set_child(tunnels, ike_sa + 1, &child, FALSE, NULL);
			kupf_session_unref(tunnels->down(tunnels, ike_sa + 1, &up_as,
											 &reason));
		}
		nin3a_attempt_destroy(tunnels->take_attempt(tunnels, ike_sa, &state));
		tunnels->remove(tunnels, ike_sa);
		tunnels->remove(tunnels, ike_sa + 1);
	}
	kupf_session_unref(session);
	return NULL;
}

/**
 * What the socket does to them.
 */
static void *run_smf(void *data)
{
	kupf_session_t *session;
	kupf_tunnel_t shown[KUPF_TUNNELS_MAX];
	uint32_t ike_sa;
	array_t *ids;
	u_int count, j;
	int i;

	for (i = 0; i < STEPS; i++)
	{
		count = tunnels->describe(tunnels, "shared", shown, countof(shown));
		ck_assert_uint_le(count, countof(shown));
		while (count--)
		{
			for (j = 0; j < shown[count].child_count; j++)
			{
				ck_assert_str_eq(shown[count].children[j].name, "pdu");
				ck_assert_uint_eq(shown[count].children[j].spi_out, 77);
			}
		}
		session = session_create("shared", 1, i + 2);
		tunnels->refresh(tunnels, session);
		kupf_session_unref(session);
		if (i % 8 == 0)
		{
			select_all("shared", KUPF_REASON_DELETED, &ike_sa, &count);
		}
		ids = array_create(sizeof(uint32_t), 0);
		tunnels->settle(tunnels, "shared", i, ids);
		array_destroy(ids);
		tunnels->crowds(tunnels, i, &ike_sa);
		tunnels->count_bound(tunnels, "shared", &count);
	}
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[THREADS];
	uintptr_t i;

	for (i = 0; i < THREADS; i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
										i ? run_ues : run_smf, (void*)i), 0);
	}
	for (i = 0; i < THREADS; i++)
	{
		pthread_join(threads[i], NULL);
	}
	assert_counts(0, 0);
	assert_session_counts("shared", 0, 0);
}
END_TEST

void nin3a_tunnels_load_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "load", 60, setup, teardown);

	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_threads);
}
