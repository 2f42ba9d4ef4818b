/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The life of IKE_SAs in nin3a_tunnels: each step and what is no step, sessions
 * that are deleted and modified at any moment, many IKE_SAs, many threads.
 */

#include "test_nin3a_tunnels.h"
#include "nin3a/nin3a_counters.h"

nin3a_tunnels_t *tunnels;

void setup()
{
	ck_assert(library_init("", "test_nin3a_tunnels"));
	tunnels = nin3a_tunnels_create();
}

void teardown()
{
	tunnels->destroy(tunnels);
	library_deinit();
}

kupf_session_t *session_create(const char *name, uint8_t key,
							   uint32_t generation)
{
	uint8_t bytes[32];
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(bytes),
		.services = KUPF_SERVICE_IKE,
		.generation = generation,
	};
	kupf_session_t *session;

	memset(bytes, key, sizeof(bytes));
	session = kupf_session_create(&data);
	ck_assert(session);
	return session;
}

nin3a_attempt_t *attempt_create(nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;
	host_t *local, *remote;

	local = host_create_from_string("192.0.2.1", 4500);
	remote = host_create_from_string("198.51.100.2", 4500);
	attempt = nin3a_attempt_create(NULL, local, remote, reason);
	local->destroy(local);
	remote->destroy(remote);
	return attempt;
}

void assert_state(uint32_t ike_sa, nin3a_state_t state)
{
	ck_assert_int_eq(tunnels->get_state(tunnels, ike_sa), state);
}

void assert_counts(u_int all, u_int tunnels_up)
{
	u_int up;

	ck_assert_uint_eq(tunnels->get_count(tunnels, &up), all);
	ck_assert_uint_eq(up, tunnels_up);
}

void assert_session_counts(const char *name, u_int all, u_int tunnels_up)
{
	u_int up;

	ck_assert_uint_eq(tunnels->count_bound(tunnels, name, &up), all);
	ck_assert_uint_eq(up, tunnels_up);
}

void assert_session(uint32_t ike_sa, kupf_session_t *expected)
{
	kupf_session_t *session = tunnels->get_session(tunnels, ike_sa);

	ck_assert(session == expected);
	kupf_session_unref(session);
}

static bool do_bind(uint32_t ike_sa, kupf_session_t *session)
{
	tunnel_spis_t spis = {
		.initiator = ike_sa,
		.responder = ~(uint64_t)ike_sa,
	};

	return tunnels->bind(tunnels, ike_sa, session, &spis);
}

void verify(uint32_t ike_sa, kupf_session_t *session)
{
	tunnels->begin(tunnels, ike_sa, attempt_create(NIN3A_ALLOWED));
	assert_state(ike_sa, NIN3A_STATE_GUARDED);
	ck_assert(do_bind(ike_sa, session));
	assert_state(ike_sa, NIN3A_STATE_VERIFIED);
}

bool came_up(uint32_t ike_sa, kupf_session_t *expected)
{
	kupf_session_t *session = tunnels->up(tunnels, ike_sa);

	ck_assert(!session || session == expected);
	kupf_session_unref(session);
	return session != NULL;
}

void bring_up(uint32_t ike_sa, kupf_session_t *session)
{
	verify(ike_sa, session);
	ck_assert(tunnels->establish(tunnels, ike_sa));
	ck_assert(came_up(ike_sa, session));
}

void assert_down(uint32_t ike_sa, kupf_session_t *expected,
				 kupf_reason_t reason, uint32_t expected_up_as)
{
	kupf_session_t *session;
	kupf_reason_t got;
	uint32_t up_as;

	session = tunnels->down(tunnels, ike_sa, &up_as, &got);
	ck_assert(session == expected);
	ck_assert_int_eq(got, reason);
	ck_assert_uint_eq(up_as, expected_up_as);
	kupf_session_unref(session);
	ck_assert(!tunnels->down(tunnels, ike_sa, &up_as, &got));
}

void assert_refusal(uint32_t ike_sa, nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	attempt = tunnels->take_attempt(tunnels, ike_sa, &state);
	ck_assert(attempt);
	ck_assert_str_eq(nin3a_reason_token(attempt->reason),
					 nin3a_reason_token(reason));
	nin3a_attempt_destroy(attempt);
	ck_assert(!tunnels->take_attempt(tunnels, ike_sa, &state));
}

u_int select_all(const char *name, kupf_reason_t reason,
				 uint32_t *ike_sa, u_int *count)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	u_int up;

	up = tunnels->evict(tunnels, name, NULL, NULL, reason, ids);
	*count = array_count(ids);
	*ike_sa = 0;
	array_get(ids, ARRAY_TAIL, ike_sa);
	array_destroy(ids);
	return up;
}

START_TEST(test_life)
{
	kupf_session_t *session = session_create("a", 1, 1);
	nin3a_state_t state;
	tunnel_spis_t spis;

	assert_state(7, NIN3A_STATE_NONE);
	assert_counts(0, 0);
	verify(7, session);
	assert_session(7, session);
	assert_session_counts("a", 1, 0);
	ck_assert(!came_up(7, session));
	ck_assert(tunnels->establish(tunnels, 7));
	assert_state(7, NIN3A_STATE_ESTABLISHED);
	ck_assert(!tunnels->establish(tunnels, 7));
	ck_assert(!tunnels->take_attempt(tunnels, 7, &state));
	assert_counts(1, 0);

	ck_assert(came_up(7, session));
	ck_assert(!came_up(7, session));
	assert_counts(1, 1);
	assert_session_counts("a", 1, 1);
	ck_assert(tunnels->get_spis(tunnels, 7, &spis));
	ck_assert(spis.initiator == 7 && spis.responder == ~(uint64_t)7);

	assert_down(7, session, KUPF_REASON_SHUTDOWN, 7);
	assert_counts(1, 0);
	/* a CHILD_SA that comes late does not make it a tunnel again */
	ck_assert(!came_up(7, session));
	tunnels->remove(tunnels, 7);
	tunnels->remove(tunnels, 7);
	assert_state(7, NIN3A_STATE_NONE);
	ck_assert(!tunnels->get_spis(tunnels, 7, &spis));
	assert_session_counts("a", 0, 0);
	assert_counts(0, 0);
	kupf_session_unref(session);
}
END_TEST

/* no step can be left out */
START_TEST(test_order)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_reason_t reason;
	nin3a_state_t state;
	uint32_t up_as;

	ck_assert(!do_bind(1, session));
	ck_assert(!tunnels->establish(tunnels, 1));
	ck_assert(!came_up(1, session));
	ck_assert(!tunnels->down(tunnels, 1, &up_as, &reason));
	ck_assert(!tunnels->take_attempt(tunnels, 1, &state));
	ck_assert_int_eq(state, NIN3A_STATE_NONE);
	ck_assert(!tunnels->lease(tunnels, 1, 0));
	assert_session(1, NULL);

	tunnels->begin(tunnels, 1, attempt_create(NIN3A_ALLOWED));
	ck_assert(!tunnels->establish(tunnels, 1));
	ck_assert(!came_up(1, session));
	ck_assert(!tunnels->lease(tunnels, 1, 0));
	assert_session(1, NULL);
	ck_assert(do_bind(1, session));
	ck_assert(!do_bind(1, session));
	assert_session_counts("a", 1, 0);
	kupf_session_unref(session);
}
END_TEST

/* refused at any moment before it is established, and for good */
START_TEST(test_refuse)
{
	kupf_session_t *session = session_create("a", 1, 1);

	tunnels->begin(tunnels, 1, attempt_create(NIN3A_METHOD));
	assert_state(1, NIN3A_STATE_REFUSED);
	ck_assert(!do_bind(1, session));
	tunnels->refuse(tunnels, 1, NIN3A_OWN_AUTH);
	assert_refusal(1, NIN3A_METHOD);

	tunnels->begin(tunnels, 2, attempt_create(NIN3A_ALLOWED));
	tunnels->refuse(tunnels, 2, NIN3A_SECOND_ROUND);
	ck_assert(!do_bind(2, session));
	assert_refusal(2, NIN3A_SECOND_ROUND);

	verify(3, session);
	tunnels->refuse(tunnels, 3, NIN3A_ADDRESS_MISMATCH);
	ck_assert(!tunnels->establish(tunnels, 3));
	ck_assert(!came_up(3, session));
	ck_assert(!tunnels->lease(tunnels, 3, 0));
	assert_session(3, NULL);
	assert_session_counts("a", 0, 0);
	assert_refusal(3, NIN3A_ADDRESS_MISMATCH);

	bring_up(4, session);
	tunnels->refuse(tunnels, 4, NIN3A_OWN_AUTH);
	assert_state(4, NIN3A_STATE_ESTABLISHED);

	/* a second request, whatever it looks like */
	tunnels->begin(tunnels, 5, attempt_create(NIN3A_ALLOWED));
	tunnels->begin(tunnels, 5, attempt_create(NIN3A_ALLOWED));
	assert_state(5, NIN3A_STATE_REFUSED);
	assert_refusal(5, NIN3A_SECOND_ROUND);

	/* what was reported cannot be established */
	verify(6, session);
	assert_refusal(6, NIN3A_ALLOWED);
	ck_assert(!tunnels->establish(tunnels, 6));
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_reasons)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t ike_sa;
	u_int count;

	bring_up(1, session);
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	tunnels->set_reason(tunnels, 1, KUPF_REASON_TIMEOUT);
	assert_down(1, session, KUPF_REASON_PEER, 1);
	tunnels->remove(tunnels, 1);

	/* one that nobody answers any more goes for what it was closed for */
	bring_up(2, session);
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 1);
	tunnels->set_reason(tunnels, 2, KUPF_REASON_TIMEOUT);
	assert_down(2, session, KUPF_REASON_DELETED, 2);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_rekey)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {
		.initiator = 5,
		.responder = 6,
		.initiated_here = TRUE,
	};
	uint32_t ike_sa;
	u_int count;

	bring_up(1, session);
	ck_assert(tunnels->lease(tunnels, 1, 0));
	/* the predecessor's DELETE says nothing about the successor */
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	assert_state(1, NIN3A_STATE_NONE);
	assert_state(65, NIN3A_STATE_ESTABLISHED);
	assert_session(65, session);
	ck_assert(!tunnels->lease(tunnels, 65, 0));
	ck_assert(!came_up(65, session));
	assert_session_counts("a", 1, 1);
	spis = (tunnel_spis_t){};
	ck_assert(tunnels->get_spis(tunnels, 65, &spis));
	ck_assert(spis.initiator == 5 && spis.responder == 6 &&
			  spis.initiated_here);
	/* the predecessor goes without a word */
	tunnels->remove(tunnels, 1);
	assert_counts(1, 1);

	/* deleted during a rekeying: the successor is to be closed, too */
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 1);
	ck_assert_uint_eq(ike_sa, 65);
	ck_assert(tunnels->rekey(tunnels, 65, 66, &spis));
	assert_down(66, session, KUPF_REASON_DELETED, 1);

	/* none of ours */
	ck_assert(!tunnels->rekey(tunnels, 100, 101, &spis));
	assert_state(101, NIN3A_STATE_NONE);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_condemn)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {};
	uint32_t ike_sa;
	u_int count;

	/* none of ours, and not established */
	ck_assert(!tunnels->condemn(tunnels, 1));
	tunnels->begin(tunnels, 1, attempt_create(NIN3A_ALLOWED));
	ck_assert(!tunnels->condemn(tunnels, 1));
	assert_state(1, NIN3A_STATE_GUARDED);
	tunnels->remove(tunnels, 1);

	bring_up(2, session);
	ck_assert(tunnels->condemn(tunnels, 2));
	ck_assert(!tunnels->condemn(tunnels, 2));
	assert_counts(1, 1);
	/* whoever closes all tunnels of the session passes it over */
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	/* its successor is to be closed, too */
	ck_assert(tunnels->rekey(tunnels, 2, 3, &spis));
	ck_assert(!tunnels->condemn(tunnels, 3));
	assert_down(3, session, KUPF_REASON_REFUSED, 2);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_lease)
{
	kupf_session_t *session = session_create("a", 1, 1);
	u_int i;

	verify(1, session);
	for (i = 0; i < KUPF_UE_ADDRESSES_MAX; i++)
	{
		ck_assert(tunnels->lease(tunnels, 1, i));
		ck_assert(!tunnels->lease(tunnels, 1, i));
	}
	ck_assert(!tunnels->lease(tunnels, 1, KUPF_UE_ADDRESSES_MAX));
	/* the one that takes its place gets the same */
	verify(2, session);
	ck_assert(tunnels->lease(tunnels, 2, 0));
	kupf_session_unref(session);
}
END_TEST

static Suite *nin3a_tunnels_suite()
{
	Suite *suite = suite_create("nin3a_tunnels");
	TCase *tc = test_case(suite, "life", 0, setup, teardown);

	tcase_add_test(tc, test_life);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_refuse);
	tcase_add_test(tc, test_reasons);
	tcase_add_test(tc, test_rekey);
	tcase_add_test(tc, test_condemn);
	tcase_add_test(tc, test_lease);

	nin3a_tunnels_sessions_cases(suite);
	nin3a_tunnels_handover_cases(suite);
	nin3a_tunnels_load_cases(suite);
	nin3a_tunnels_shown_case(suite);
	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_tunnels_suite());
}
