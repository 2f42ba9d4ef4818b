/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which requests are due while either end rekeys a CHILD_SA.
 */

#include "test_tunnel_rules.h"
#include "test_runner.h"

/** Verdict on a request that comes while we rekey a CHILD_SA */
#define request(...) ({ \
	tunnel_facts_t _all = with(facts->rekeying = TRUE, __VA_ARGS__); \
	tunnel_rules_request(&_all); })

/* while we rekey a CHILD_SA, it is deleted alone, and stays in its IKE_SA */
START_TEST(test_requests)
{
	ck_assert_int_eq(request(facts->deleted = 1), TUNNEL_PASS);
	ck_assert_int_eq(request(facts->deleted = 2), TUNNEL_NOT_YET);
	ck_assert_int_eq(request(facts->deleted = 2, facts->half_open = TRUE),
					 TUNNEL_NOT_YET);
	ck_assert_int_eq(request(facts->deleted = 2, facts->rekeying = FALSE),
					 TUNNEL_PASS);
	/* it rekeys the IKE_SA */
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA),
					 TUNNEL_NOT_YET);
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->rekeying = FALSE), TUNNEL_PASS);
	/* charon refuses that itself */
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->half_open = TRUE), TUNNEL_PASS);
	/* it creates or rekeys a CHILD_SA */
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->any_selectors = TRUE), TUNNEL_PASS);
	ck_assert_int_eq(request(facts->exchange = TUNNEL_IKE_FOLLOWUP_KE),
					 TUNNEL_PASS);
}
END_TEST

/* what the peer has rekeyed while we do the same, it does not rekey again before we
 * have our answer */
START_TEST(test_again)
{
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->any_selectors = TRUE,
							 facts->again = TRUE), TUNNEL_NOT_YET);
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->any_selectors = TRUE, facts->again = TRUE,
							 facts->rekeying = FALSE), TUNNEL_PASS);
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->rekeying = FALSE,
							 facts->ike_collided = TRUE), TUNNEL_NOT_YET);
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->half_open = TRUE,
							 facts->ike_collided = TRUE), TUNNEL_NOT_YET);
	/* a CHILD_SA it may create, and it may go on */
	ck_assert_int_eq(request(facts->exchange = CREATE_CHILD_SA,
							 facts->any_selectors = TRUE,
							 facts->ike_collided = TRUE), TUNNEL_PASS);
	ck_assert_int_eq(request(facts->exchange = TUNNEL_IKE_FOLLOWUP_KE,
							 facts->ike_collided = TRUE), TUNNEL_PASS);
	ck_assert_int_eq(request(facts->ike_collided = TRUE), TUNNEL_PASS);
}
END_TEST

/* what the peer has begun with a CHILD_SA it may go on with while that is there,
 * and charon goes on with it whatever comes */
START_TEST(test_begun)
{
	int exchange[] = {TUNNEL_IKE_FOLLOWUP_KE, INFORMATIONAL, CREATE_CHILD_SA};
	u_int rekeying, children, i;
	int verdict;

	for (i = 0; i < countof(exchange); i++)
	{
		for (rekeying = 0; rekeying < 2; rekeying++)
		{
			for (children = 0; children < 4; children++)
			{
				verdict = request(facts->exchange = exchange[i],
								  facts->rekeying = rekeying,
								  facts->any_selectors = TRUE,
								  facts->begun = TRUE,
								  facts->children_rekeying = children);
				ck_assert_int_eq(verdict,
								 children > rekeying ? TUNNEL_PASS :
								 rekeying ? TUNNEL_NOT_YET : TUNNEL_TOO_LATE);
				/* it has begun nothing, or something with the IKE_SA */
				verdict = request(facts->exchange = exchange[i],
								  facts->rekeying = rekeying,
								  facts->any_selectors = TRUE,
								  facts->ike_begun = children % 2,
								  facts->children_rekeying = children);
				ck_assert_int_eq(verdict, TUNNEL_PASS);
			}
		}
	}
	/* several go with the one that we rekey, though that is there */
	ck_assert_int_eq(request(facts->begun = TRUE, facts->children_rekeying = 2,
							 facts->deleted = 2), TUNNEL_NOT_YET);
}
END_TEST

/* CHILD_SAs stay in their IKE_SA until we have our answer about them */
START_TEST(test_ike_begun)
{
	u_int busy, begun;

	for (busy = 0; busy < 2; busy++)
	{
		for (begun = 0; begun < 2; begun++)
		{
			ck_assert_int_eq(request(facts->exchange = TUNNEL_IKE_FOLLOWUP_KE,
									 facts->rekeying = FALSE,
									 facts->child_busy = busy,
									 facts->ike_begun = begun),
							 busy && begun ? TUNNEL_NOT_YET : TUNNEL_PASS);
			ck_assert_int_eq(request(facts->rekeying = FALSE,
									 facts->child_busy = busy,
									 facts->ike_begun = begun), TUNNEL_PASS);
		}
	}
}
END_TEST

void tunnel_rules_rekeying_case(Suite *suite)
{
	TCase *tc = test_case(suite, "rekeying", 0, NULL, NULL);

	tcase_add_test(tc, test_requests);
	tcase_add_test(tc, test_again);
	tcase_add_test(tc, test_begun);
	tcase_add_test(tc, test_ike_begun);
}
