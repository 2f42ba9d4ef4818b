/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A tunnel that takes the place of another one of its session.
 */

#include "test_nin3a_tunnels.h"

/**
 * Settle a session.
 *
 * @param serial	of the newest IKE_SA to be chosen
 * @param chosen	IKE_SA that is expected to be chosen, 0 for none
 */
static void assert_settled(const char *name, uint32_t serial, uint32_t chosen)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	uint32_t ike_sa = 0;

	tunnels->settle(tunnels, name, serial, ids);
	ck_assert_int_eq(array_count(ids), chosen ? 1 : 0);
	array_get(ids, ARRAY_HEAD, &ike_sa);
	ck_assert_uint_eq(ike_sa, chosen);
	array_destroy(ids);
}

/* make before break: the old one goes when the new one is up, not before */
START_TEST(test_handover)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_session_t *other = session_create("b", 2, 1);
	uint32_t first, second;

	bring_up(1, session);
	ck_assert(!tunnels->crowds(tunnels, 1, &first));
	verify(2, session);
	bring_up(3, other);
	/* not established, or of another session */
	ck_assert(!tunnels->crowds(tunnels, 1, &first));
	ck_assert(!tunnels->crowds(tunnels, 2, &second));
	ck_assert(!tunnels->crowds(tunnels, 4, &second));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 1, &first));
	ck_assert(tunnels->crowds(tunnels, 2, &second));
	ck_assert_uint_gt(second, first);

	ck_assert(came_up(2, session));
	assert_session_counts("a", 2, 2);
	assert_settled("a", second, 1);
	/* once */
	assert_settled("a", second, 0);
	ck_assert(!tunnels->crowds(tunnels, 2, &second));
	/* also if the UE closes it itself, or does not answer */
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	assert_down(1, session, KUPF_REASON_SUPERSEDED, 1);
	tunnels->remove(tunnels, 1);
	assert_session_counts("a", 1, 1);
	assert_session_counts("b", 1, 1);
	kupf_session_unref(session);
	kupf_session_unref(other);
}
END_TEST

/* one that does not become a tunnel in time goes, the tunnel stays */
START_TEST(test_handover_given_up)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t serial, ignored;

	bring_up(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 2, &serial));
	/* the UE begins anew: time for that one is not over */
	verify(3, session);
	ck_assert(tunnels->establish(tunnels, 3));
	ck_assert(tunnels->crowds(tunnels, 3, &ignored));
	assert_settled("a", serial, 2);
	/* what goes cannot come up any more */
	ck_assert(!came_up(2, session));
	ck_assert(came_up(3, session));
	assert_settled("a", ignored, 1);
	kupf_session_unref(session);
}
END_TEST

/* two at once: one is left, whichever CHILD_SA comes first */
START_TEST(test_handover_simultaneous)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t serial, old, new, winner;

	verify(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 1, &old));
	ck_assert(tunnels->crowds(tunnels, 2, &new));
	if (_i)
	{	/* the later one first: the other one cannot come up any more */
		ck_assert(came_up(2, session));
		assert_settled("a", new, 1);
		ck_assert(!came_up(1, session));
	}
	else
	{	/* the earlier one first: the other one is still on its way */
		ck_assert(came_up(1, session));
		ck_assert(tunnels->crowds(tunnels, 1, &serial));
		assert_settled("a", serial, 0);
		ck_assert(came_up(2, session));
		ck_assert(tunnels->crowds(tunnels, 2, &serial));
		assert_settled("a", serial, 1);
	}
	winner = 2;
	ck_assert(!tunnels->crowds(tunnels, winner, &serial));
	tunnels->remove(tunnels, 1);
	assert_session_counts("a", 1, 1);
	kupf_session_unref(session);
}
END_TEST

/* IKE_SAs without CHILD_SAs: the newest one stays */
START_TEST(test_handover_childless)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {};
	uint32_t serial, moved;

	verify(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 2, &serial));
	/* rekeyed meanwhile, under another identifier */
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	ck_assert(!tunnels->rekey(tunnels, 2, 66, &spis));
	ck_assert(tunnels->crowds(tunnels, 66, &moved));
	ck_assert_uint_eq(moved, serial);
	assert_settled("a", serial, 65);
	kupf_session_unref(session);
}
END_TEST

void nin3a_tunnels_handover_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "handover", 0, setup, teardown);

	tcase_add_test(tc, test_handover);
	tcase_add_test(tc, test_handover_given_up);
	tcase_add_loop_test(tc, test_handover_simultaneous, 0, 2);
	tcase_add_test(tc, test_handover_childless);
}
