/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What plugin nin3a-ue is to plugin kupf: for which IKE_SAs keys may be given
 * out, and that there are tunnels for sessions as long as these are there.
 */

#include <check.h>

#include "nin3a_ue/nin3a_ue_enforcer.h"
#include "test_nin3a_ue_host.h"

static nin3a_ue_enforcer_t *nin3a;
static kupf_enforcer_t *enforcer;

static void setup()
{
	host_setup();
	nin3a = nin3a_ue_enforcer_create(NULL, sas, legs, &jobs, kupf.store);
	enforcer = &nin3a->enforcer;
}

static void teardown()
{
	nin3a->destroy(nin3a);
	host_teardown();
}

START_TEST(test_role)
{
	kupf_role_t attached = KUPF_ROLE_UNSET;

	ck_assert_int_eq(enforcer->get_role(enforcer, &attached), KUPF_ROLE_UE);
	ck_assert_int_eq(attached, KUPF_ROLE_UE);
	/* it sets tunnels up by itself, and would again */
	ck_assert_ptr_null(enforcer->vacate);
}
END_TEST

static bool covers()
{
	return enforcer->covers(enforcer, &sa.public);
}

START_TEST(test_covers)
{
	ck_assert(!covers());
	host_attempt(&sa, session);
	ck_assert(covers());
	/* one that is refused must fail as one with a wrong key does */
	sas->set_failure(sas, 1, NIN3A_UE_METHOD);
	ck_assert(covers());
	sas->establish(sas, 1);
	ck_assert(!covers());
}
END_TEST

START_TEST(test_covers_not)
{
	host_attempt(&sa, session);
	sa.version = _i == 0 ? IKEV1 : IKEV2;
	sa.conditions = _i == 1 ? 0 : _i == 2 ?
					COND_ORIGINAL_INITIATOR | COND_AUTHENTICATED :
					COND_ORIGINAL_INITIATOR;
	ck_assert(covers() == (_i == 3));
}
END_TEST

START_TEST(test_own)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE), *own;
	nin3a_ue_order_t order;

	ck_assert_ptr_null(enforcer->own(enforcer, &sa.public));
	host_attempt(&sa, session);
	/* the very object, whatever has become of the session */
	legs->want(legs, newer, &order);
	own = enforcer->own(enforcer, &sa.public);
	ck_assert(own == session);
	kupf_session_unref(own);
	kupf_session_unref(newer);
}
END_TEST

START_TEST(test_accepts)
{
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	ck_assert_str_eq(enforcer->accepts(enforcer, &data), "upf-address");
	ck_assert(kupf_address_parse(chunk_from_str("198.51.100.2"),
								 &data.upf_address));
	ck_assert_ptr_null(enforcer->accepts(enforcer, &data));
}
END_TEST

START_TEST(test_established)
{
	kupf_attempts_t attempts;
	bool waited = TRUE;

	ck_assert(!enforcer->get_attempts(enforcer, "carol", &attempts));
	ck_assert(!enforcer->retry(enforcer, "carol", &waited));
	enforcer->established(enforcer, session);
	test_kupf_assert(&kupf, "start carol");
	ck_assert(enforcer->get_attempts(enforcer, "carol", &attempts));
	ck_assert_uint_eq(enforcer->count_tunnels(enforcer, "carol"), 0);
}
END_TEST

/* no tunnel can be for it: not for IKE, or without the address of a UPF, which
 * one that is pre-configured may be */
START_TEST(test_unusable)
{
	kupf_session_t *unusable = host_session('K', _i ? KUPF_SERVICE_MPQUIC :
											KUPF_SERVICE_IKE, _i);
	kupf_attempts_t attempts;
	nin3a_ue_order_t order;

	enforcer->established(enforcer, unusable);
	test_kupf_assert(&kupf, "");
	ck_assert(!enforcer->get_attempts(enforcer, "carol", &attempts));
	/* what there is for it goes */
	host_bring_up(&sa, session);
	enforcer->replaced(enforcer, session, unusable, 5);
	test_kupf_assert(&kupf, "close 1");
	legs->remove(legs, 1, &order);
	ck_assert(!order.start);
	ck_assert(!enforcer->get_attempts(enforcer, "carol", &attempts));
	kupf_session_unref(unusable);
}
END_TEST

/* it has left the store before we are told that it came */
START_TEST(test_established_gone)
{
	kupf_attempts_t attempts;

	ck_assert(kupf.store->remove(kupf.store, session));
	enforcer->established(enforcer, session);
	test_kupf_assert(&kupf, "");
	ck_assert(!enforcer->get_attempts(enforcer, "carol", &attempts));
}
END_TEST

START_TEST(test_replaced)
{
	kupf_session_t *newer = host_session(_i ? 'M' : 'K', KUPF_SERVICE_IKE,
										 TRUE);

	host_bring_up(&sa, session);
	enforcer->replaced(enforcer, session, newer, 5);
	/* the old tunnel stays until there is another one */
	test_kupf_assert(&kupf, _i ? "start carol" : "");
	ck_assert_uint_eq(enforcer->count_tunnels(enforcer, "carol"), 1);
	kupf_session_unref(newer);
}
END_TEST

START_TEST(test_close)
{
	kupf_attempts_t attempts;
	nin3a_ue_order_t order;
	kupf_reason_t reason;
	uint32_t up_as;

	host_bring_up(&sa, session);
	ck_assert(kupf.store->remove(kupf.store, session));
	ck_assert_uint_eq(enforcer->close(enforcer, session,
									  KUPF_REASON_EXPIRED), 1);
	test_kupf_assert(&kupf, "close 1");
	kupf_session_unref(sas->down(sas, 1, &up_as, &reason));
	ck_assert_int_eq(reason, KUPF_REASON_EXPIRED);
	/* and that is the end of it */
	legs->remove(legs, 1, &order);
	ck_assert(!order.start);
	ck_assert(!enforcer->get_attempts(enforcer, "carol", &attempts));
}
END_TEST

/* one of that name was established before we are told */
START_TEST(test_close_not_that_of_another)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE);
	kupf_attempts_t attempts;
	nin3a_ue_order_t order;

	host_bring_up(&sa, session);
	ck_assert(kupf.store->remove(kupf.store, session));
	ck_assert_int_eq(kupf.store->put(kupf.store, newer), KUPF_STORE_OK);
	enforcer->established(enforcer, newer);
	kupf.told[0] = '\0';
	ck_assert_uint_eq(enforcer->close(enforcer, session,
									  KUPF_REASON_DELETED), 1);
	test_kupf_assert(&kupf, "close 1");
	/* it wants its own */
	legs->remove(legs, 1, &order);
	ck_assert(enforcer->get_attempts(enforcer, "carol", &attempts));
	kupf_session_unref(newer);
}
END_TEST

START_TEST(test_retry)
{
	nin3a_ue_order_t order;
	bool waited;

	host_attempt(&sa, session);
	ck_assert(enforcer->retry(enforcer, "carol", &waited));
	ck_assert(!waited);
	test_kupf_assert(&kupf, "");
	sas->set_failure(sas, 1, NIN3A_UE_NO_ANSWER);
	legs->remove(legs, 1, &order);
	ck_assert(enforcer->retry(enforcer, "carol", &waited));
	ck_assert(waited);
	test_kupf_assert(&kupf, "start carol");
}
END_TEST

/** Counters that were reported */
static uint64_t legs_count, up_count;

static void take_counters(void *user, const char *name, uint64_t value)
{
	if (streq(name, "nin3a-ue-legs"))
	{
		legs_count = value;
	}
	else if (streq(name, "nin3a-ue-tunnels-up"))
	{
		up_count = value;
	}
}

START_TEST(test_counters)
{
	kupf_tunnel_t tunnel;

	host_bring_up(&sa, session);
	enforcer->counters(enforcer, take_counters, NULL);
	ck_assert_uint_eq(legs_count, 1);
	ck_assert_uint_eq(up_count, 1);
	ck_assert_uint_eq(enforcer->describe(enforcer, "carol", &tunnel, 1), 1);
	ck_assert_uint_eq(tunnel.ike_sa, 1);
	ck_assert_uint_eq(enforcer->describe(enforcer, "dave", &tunnel, 1), 0);
}
END_TEST

static Suite *nin3a_ue_enforcer_suite()
{
	Suite *suite = suite_create("nin3a_ue_enforcer");
	TCase *tc = test_case(suite, "keys", 0, setup, teardown);

	tcase_add_test(tc, test_role);
	tcase_add_test(tc, test_covers);
	tcase_add_loop_test(tc, test_covers_not, 0, 4);
	tcase_add_test(tc, test_own);

	tc = test_case(suite, "sessions", 0, setup, teardown);
	tcase_add_test(tc, test_accepts);
	tcase_add_test(tc, test_established);
	tcase_add_loop_test(tc, test_unusable, 0, 2);
	tcase_add_test(tc, test_established_gone);
	tcase_add_loop_test(tc, test_replaced, 0, 2);
	tcase_add_test(tc, test_close);
	tcase_add_test(tc, test_close_not_that_of_another);
	tcase_add_test(tc, test_retry);
	tcase_add_test(tc, test_counters);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_enforcer_suite());
}
