/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * When a tunnel is set up again.
 */

#include "test_nin3a_ue_legs.h"

/**
 * Have a tunnel be older.
 *
 * @param seconds	by so much
 */
static void age(uint32_t ike_sa, u_int seconds)
{
	table->lock(table);
	table->find(table, ike_sa)->since -= seconds;
	table->unlock(table);
}

/*
 * Two UEs with one session, each of which closes the other's tunnel.
 */
START_TEST(test_flapping)
{
	static uint32_t delays[] = {
		1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
	};
	u_int i;

	want("s", 1, 1);
	for (i = 0; i < countof(delays); i++)
	{
		start(i + 1);
		up(i + 1, 1);
		sas->set_reason(sas, i + 1, KUPF_REASON_PEER);
		down(i + 1, i + 1, KUPF_REASON_PEER);
		assert_delay(delays[i]);
	}
}
END_TEST

START_TEST(test_backoff)
{
	static uint32_t delays[] = {
		1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
	};
	uint32_t ike_sa = 0;
	u_int i;

	want("s", 1, 1);
	for (i = 0; i < countof(delays); i++)
	{
		start(++ike_sa);
		give_up(ike_sa, NIN3A_UE_REFUSED);
		assert_delay(delays[i]);
		assert_totals(1, 0, 1, 0, 0);
	}
	/* a tunnel that does not last makes up for nothing */
	start(++ike_sa);
	up(ike_sa, 1);
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_delay(MOST);
	start(++ike_sa);
	up(ike_sa, 1);
	age(ike_sa, MOST / 1000 - 2);
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_delay(MOST);
	/* one that has lasted and is lost is the first of a new row */
	start(++ike_sa);
	up(ike_sa, 1);
	age(ike_sa, MOST / 1000);
	sas->set_reason(sas, ike_sa, KUPF_REASON_TIMEOUT);
	down(ike_sa, ike_sa, KUPF_REASON_TIMEOUT);
	assert_delay(FIRST);
	start(++ike_sa);
	give_up(ike_sa, NIN3A_UE_NO_ANSWER);
	assert_delay(2 * FIRST);
	/* a new key starts anew */
	want("s", 2, 2);
	assert_delay(0);
}
END_TEST

/**
 * How the leg gets on.
 */
static void assert_attempts(u_int failures, const char *failure, bool waits)
{
	kupf_attempts_t attempts;

	ck_assert(legs->get_attempts(legs, "s", &attempts));
	ck_assert_uint_eq(attempts.failures, failures);
	ck_assert_str_eq(attempts.failure ?: "-", failure);
	ck_assert_uint_le(time_monotonic(NULL) - attempts.failed,
					  failures ? 5 : UINT32_MAX);
	ck_assert(waits == (attempts.next != 0));
}

/* what is shown, and an operator who does not wait */
START_TEST(test_retry)
{
	kupf_attempts_t attempts;
	uint32_t ike_sa = 0, now = time_monotonic(NULL);
	nin3a_ue_order_t late;
	u_int i;

	ck_assert(!legs->get_attempts(legs, "s", &attempts));
	ck_assert(!legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	want("s", 1, 1);
	assert_attempts(0, "-", TRUE);
	for (i = 1; i <= 7; i++)
	{
		start(++ike_sa);
		assert_attempts(i - 1, i == 1 ? "-" : "refused-by-upf", FALSE);
		give_up(ike_sa, NIN3A_UE_REFUSED);
		assert_attempts(i, "refused-by-upf", TRUE);
	}
	ck_assert(legs->get_attempts(legs, "s", &attempts));
	ck_assert_uint_ge(attempts.next,
					  now + MOST / 1000 * (100 - NIN3A_UE_JITTER) / 100);
	ck_assert_uint_le(attempts.next, time_monotonic(NULL) + MOST / 1000);

	/* at once, and what was waited for is void */
	late = order;
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(order.start);
	assert_delay(0);
	ck_assert_ptr_null(legs->begin(legs, late.name, late.serial));
	start(++ike_sa);
	/* under way, and up: nothing to do */
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	up(ike_sa, 1);
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	assert_attempts(0, "refused-by-upf", FALSE);
	/* a tunnel that is lost is a failure, too */
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_attempts(1, "peer", TRUE);
}
END_TEST

START_TEST(test_backoff_get)
{
	nin3a_ue_backoff_t backoff = {
		.first = 3000,
		.most = UINT32_MAX,
	};
	u_int i;

	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 0), 0);
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 1), 3000);
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 3), 12000);
	for (i = 1; i < 100; i++)
	{	/* it never goes back, nor over the edge */
		ck_assert_uint_ge(nin3a_ue_backoff_get(&backoff, i + 1),
						  nin3a_ue_backoff_get(&backoff, i));
	}
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, UINT32_MAX), UINT32_MAX);
	backoff.most = 2000;
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 1), 2000);
}
END_TEST

START_TEST(test_hurry)
{
	array_t *orders;
	nin3a_ue_order_t late;

	want("up", 1, 1);
	start(1);
	up(1, 1);
	want("busy", 1, 1);
	start(2);
	want("waiting", 1, 1);
	start(3);
	give_up(3, NIN3A_UE_NO_ANSWER);
	late = order;
	ck_assert_uint_gt(late.delay, 0);

	orders = array_create(sizeof(nin3a_ue_order_t), 0);
	legs->hurry(legs, orders);
	ck_assert_int_eq(array_count(orders), 1);
	ck_assert(array_remove(orders, ARRAY_HEAD, &order));
	ck_assert_str_eq(order.name, "waiting");
	assert_delay(0);
	start(4);
	ck_assert_ptr_null(legs->begin(legs, "waiting", late.serial));
	give_up(4, NIN3A_UE_NO_ANSWER);
	assert_delay(FIRST);
	array_destroy(orders);
}
END_TEST

void nin3a_ue_legs_retry_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "retry", 60, setup, teardown);

	tcase_add_test(tc, test_flapping);
	tcase_add_test(tc, test_backoff);
	tcase_add_test(tc, test_backoff_get);
	tcase_add_test(tc, test_retry);
	tcase_add_test(tc, test_hurry);
}
