/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * IKE_SAs that take the place of others.
 */

#include "test_nin3a_ue_legs.h"

/* make before break */
START_TEST(test_rekey)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	assert_delay(0);
	start(2);
	assert_totals(1, 1, 0, 2, 1);
	/* the UPF does not have it yet: the old one stays */
	give_up(2, NIN3A_UE_REFUSED);
	assert_delay(FIRST);
	assert_totals(1, 0, 1, 1, 1);
	ck_assert_int_eq(array_count(ids), 0);
	start(3);
	ck_assert_uint_eq(up(3, 2), 1);
	ck_assert(!order.start);
	assert_closed(1);
	ck_assert_int_eq(array_count(ids), 0);
	assert_totals(1, 0, 0, 2, 2);
	/* the UPF may be quicker to close it */
	sas->set_reason(sas, 1, KUPF_REASON_PEER);
	down(1, 1, KUPF_REASON_REKEYED);
	ck_assert(!order.start);
	assert_totals(1, 0, 0, 1, 1);
}
END_TEST

START_TEST(test_rekey_twice)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	/* again, with the first one under way */
	want("s", 3, 3);
	ck_assert(!order.start);
	ck_assert_uint_eq(up(2, 2), 1);
	assert_closed(1);
	assert_delay(0);
	start(3);
	ck_assert_uint_eq(up(3, 3), 1);
	assert_closed(2);
	ck_assert(!order.start);
	down(1, 1, KUPF_REASON_REKEYED);
	down(2, 2, KUPF_REASON_REKEYED);
	assert_totals(1, 0, 0, 1, 1);

	/* one of an outdated key that fails says nothing */
	want("s", 4, 4);
	start(4);
	want("s", 5, 5);
	give_up(4, NIN3A_UE_REFUSED);
	assert_delay(0);
	start(5);
	ck_assert_uint_eq(up(5, 5), 1);
	assert_closed(3);
}
END_TEST

/* modified back: what fits stays */
START_TEST(test_rekey_back)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	want("s", 1, 3);
	ck_assert(!order.start);
	up(2, 2);
	ck_assert(!order.start);
	assert_closed(2);
	down(2, 2, KUPF_REASON_REKEYED);
	ck_assert(!order.start);
	assert_totals(1, 0, 0, 1, 1);

	/* the same while waiting: the order is void */
	want("s", 2, 4);
	ck_assert(order.start);
	want("s", 1, 5);
	ck_assert(!order.start);
	ck_assert_ptr_null(legs->begin(legs, "s", order.serial));
	assert_totals(1, 0, 0, 1, 1);
}
END_TEST

/* the old tunnel is lost while the new key is refused */
START_TEST(test_rekey_lost)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	down(1, 1, KUPF_REASON_SUPERSEDED);
	/* the attempt goes on */
	ck_assert(!order.start);
	give_up(2, NIN3A_UE_REFUSED);
	assert_delay(FIRST);
	start(3);
	ck_assert_uint_eq(up(3, 2), 0);
}
END_TEST

START_TEST(test_established_anew)
{
	kupf_session_t *session = session_create("s", 1, 1);

	want("s", 1, 1);
	start(1);
	up(1, 1);
	/* deleted, and established again before that is told */
	legs->want(legs, session, &order);
	ck_assert(!order.start);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  1);
	assert_closed(1);
	down(1, 1, KUPF_REASON_EXPIRED);
	ck_assert(order.start);
	start(2);
	up(2, 1);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  0);
	kupf_session_unref(session);
}
END_TEST

/* the same in another order, while nothing is under way: the one that took its
 * place is told of last */
START_TEST(test_established_later)
{
	kupf_session_t *session = session_create("s", 1, 1);

	want("s", 1, 1);
	start(1);
	give_up(1, NIN3A_UE_REFUSED);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  0);
	legs->want(legs, session, &order);
	assert_delay(0);
	/* which does not begin anew what it has begun */
	legs->want(legs, session, &order);
	ck_assert(!order.start);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_ike_rekey)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	ck_assert(!ike_rekey(1, 2));
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_STAGE_NONE);
	ck_assert_int_eq(sas->get_stage(sas, 2), NIN3A_UE_STAGE_UP);
	legs->remove(legs, 1, &order);
	ck_assert(!order.start);
	ck_assert(!ike_rekey(8, 9));
	ck_assert_int_eq(sas->get_stage(sas, 9), NIN3A_UE_STAGE_NONE);
	/* one that is being closed takes that along */
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	assert_closed(2);
	ck_assert(ike_rekey(2, 3));
	down(3, 1, KUPF_REASON_DELETED);
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

/**
 * Of one of ours, but it must not be set up.
 */
static void assert_not_followed(uint32_t first, uint32_t ike_sa)
{
	u_int rekeyed;

	ck_assert(!follow(first, ike_sa));
	assert_closed(ike_sa);
	/* it is ours, so that no other key is used, and never comes up */
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_STAGE_CONNECTING);
	ck_assert_int_eq(sas->get_failure(sas, ike_sa), NIN3A_UE_CANCELLED);
	sas->establish(sas, ike_sa);
	ck_assert_ptr_null(legs->up(legs, ike_sa, &order, ids, &rekeyed));
	legs->remove(legs, ike_sa, &order);
	ck_assert(!order.start);
}

START_TEST(test_reauth)
{
	want("s", 1, 1);
	start(1);
	/* nobody reauthenticates what is not there yet */
	assert_not_followed(1, 2);
	up(1, 1);
	ck_assert(!follow(8, 2));
	ck_assert_int_eq(array_count(ids), 0);
	ck_assert_int_eq(sas->get_stage(sas, 2), NIN3A_UE_STAGE_NONE);
	/* break before make */
	ck_assert(follow(1, 2));
	assert_not_followed(1, 3);
	down(1, 1, KUPF_REASON_SUPERSEDED);
	ck_assert(!order.start);
	ck_assert_uint_eq(up(2, 1), 0);
	/* make before break */
	ck_assert(follow(1, 3));
	ck_assert_uint_eq(up(3, 1), 0);
	assert_closed(2);
	down(2, 2, KUPF_REASON_SUPERSEDED);
	/* one that fails leaves the tunnel */
	ck_assert(follow(1, 4));
	give_up(4, NIN3A_UE_NO_ANSWER);
	ck_assert(!order.start);
	/* not for a session that is gone */
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	assert_closed(3);
	assert_not_followed(1, 5);
}
END_TEST

/* nor with an earlier key */
START_TEST(test_reauth_outdated)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	ck_assert(!follow(1, 2));
	assert_closed(2);
	ck_assert_int_eq(sas->get_failure(sas, 2), NIN3A_UE_CANCELLED);
	/* the attempt with the new one is not held up by that */
	start(3);
	ck_assert_uint_eq(up(3, 2), 1);
	assert_closed(1);
}
END_TEST

void nin3a_ue_legs_rekey_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "rekey", 60, setup, teardown);

	tcase_add_test(tc, test_rekey);
	tcase_add_test(tc, test_rekey_twice);
	tcase_add_test(tc, test_rekey_back);
	tcase_add_test(tc, test_rekey_lost);
	tcase_add_test(tc, test_established_anew);
	tcase_add_test(tc, test_established_later);
	tcase_add_test(tc, test_ike_rekey);
	tcase_add_test(tc, test_reauth);
	tcase_add_test(tc, test_reauth_outdated);
}
