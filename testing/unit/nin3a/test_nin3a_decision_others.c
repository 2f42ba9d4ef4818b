/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * IKE_SAs that were not judged or are of other connections, and those that
 * take over a tunnel or end.
 */

#include <check.h>

#include "test_nin3a_decision.h"
#include "test_runner.h"
#include "test_support.h"

START_TEST(test_not_judged)
{
	/* charon came to the connection in another way */
	tunnels->remove(tunnels, IKE_SA);
	assert_refused(FALSE, NIN3A_CONNECTION_SWITCHED);
}
END_TEST

START_TEST(test_ike_sa)
{
	if (_i)
	{
		sa.version = IKEV1;
		assert_refused(FALSE, NIN3A_IKE_VERSION);
	}
	else
	{
		sa.conditions = COND_ORIGINAL_INITIATOR;
		assert_refused(FALSE, NIN3A_INITIATED_HERE);
	}
}
END_TEST

/**
 * Another IKE_SA is a tunnel of the session, and that which is judged is of an
 * ordinary connection.
 */
static void have_tunnel()
{
	tunnel_spis_t spis = { .initiator = 3, .responder = 4 };

	tunnels->begin(tunnels, OTHER_IKE_SA, nin3a_attempt_create(sa.other_id,
									sa.local, sa.remote, NIN3A_ALLOWED));
	ck_assert(tunnels->bind(tunnels, OTHER_IKE_SA, session, &spis));
	ck_assert(tunnels->establish(tunnels, OTHER_IKE_SA));
	kupf_session_unref(tunnels->up(tunnels, OTHER_IKE_SA));
	tunnels->remove(tunnels, IKE_SA);
	named = "another";
}

START_TEST(test_ordinary)
{
	have_tunnel();
	sa.other_id->destroy(sa.other_id);
	sa.other_id = identification_create_from_string("dave@example.org");
	ck_assert(authorize(FALSE));
	ck_assert(authorize(TRUE));
	ck_assert_int_eq(tunnels->get_state(tunnels, IKE_SA), NIN3A_STATE_NONE);
}
END_TEST

START_TEST(test_takes_over)
{
	identification_t *same;

	have_tunnel();
	/* as charon compares: without case */
	same = identification_create_from_string("Carol@Example.ORG");
	if (_i == 0)
	{
		sa.other_id->destroy(sa.other_id);
		sa.other_id = same;
	}
	else
	{
		sa.other_id->destroy(sa.other_id);
		sa.other_id = identification_create_from_string("dave@example.org");
		if (_i == 1)
		{
			asked.eap = same;
		}
		else
		{
			asked.auth->add(asked.auth, AUTH_RULE_EAP_IDENTITY, same);
		}
	}
	assert_refused(_i & 1, NIN3A_IDENTITY_IN_USE);
}
END_TEST

START_TEST(test_takes_over_nothing)
{
	/* the session has no tunnel that charon could close */
	tunnels->remove(tunnels, IKE_SA);
	named = "another";
	ck_assert(authorize(FALSE));
	ck_assert(authorize(TRUE));
}
END_TEST

START_TEST(test_end)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	tunnels->remove(tunnels, IKE_SA);
	sa.version = IKEV1;
	switch (_i)
	{
		case 1:
			sa.version = IKEV2;
			break;
		case 2:
			sa.conditions = COND_ORIGINAL_INITIATOR;
			break;
		case 3:
			asked.established = TRUE;
			break;
		case 4:
			named = "another";
			break;
	}
	decision->judge_end(decision, &sa.public);
	attempt = tunnels->take_attempt(tunnels, IKE_SA, &state);
	if (_i)
	{
		ck_assert_ptr_null(attempt);
		return;
	}
	ck_assert_int_eq(attempt->reason, NIN3A_IKE_VERSION);
	nin3a_attempt_destroy(attempt);
}
END_TEST

void nin3a_decision_others_case(Suite *suite)
{
	TCase *tc = test_case(suite, "others", 0, setup, teardown);

	tcase_add_test(tc, test_ordinary);
	tcase_add_loop_test(tc, test_takes_over, 0, 3);
	tcase_add_test(tc, test_takes_over_nothing);
	tcase_add_loop_test(tc, test_end, 0, 5);
	tcase_add_test(tc, test_not_judged);
	tcase_add_loop_test(tc, test_ike_sa, 0, 2);
}
