/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is decided when charon has verified an IKE_SA and is about to establish
 * it: what has changed in between.
 */

#include <check.h>

#include "test_nin3a_decision.h"
#include "test_runner.h"
#include "test_support.h"

START_TEST(test_modified_in_between)
{
	kupf_session_t *other = version(_i ? 'M' : 'K', 2, FALSE), *bound;

	ck_assert(authorize(FALSE));
	put_instead(other);
	ck_assert(authorize(TRUE));
	bound = tunnels->get_session(tunnels, IKE_SA);
	/* a new key has the grace, and the UE keeps what it has otherwise */
	ck_assert_uint_eq(checked.count, _i);
	ck_assert(bound == (_i ? session : other));
	kupf_session_unref(bound);
	kupf_session_unref(other);
}
END_TEST

START_TEST(test_expired_in_between)
{
	kupf_session_data_t data;
	kupf_session_t *other;

	ck_assert(authorize(FALSE));
	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.lifetime = 1;
	data.expiry = time_monotonic(NULL) - 1;
	data.generation = 2;
	data.lineage = kupf_session_get_lineage(session);
	other = kupf_session_create(&data);
	put_instead(other);
	kupf_session_unref(other);
	assert_refused(TRUE, NIN3A_SESSION_EXPIRED);
}
END_TEST

START_TEST(test_gone_in_between)
{
	kupf_session_t *other;

	ck_assert(authorize(FALSE));
	ck_assert(store->remove(store, session));
	if (_i)
	{
		other = version('K', 2, TRUE);
		ck_assert_int_eq(store->put(store, other), KUPF_STORE_OK);
		kupf_session_unref(other);
	}
	assert_refused(TRUE, NIN3A_SESSION_GONE);
}
END_TEST

START_TEST(test_own_auth)
{
	ck_assert(authorize(FALSE));
	/* nobody has asked for the key to build our AUTH payload */
	verified = kupf_session_ref(session);
	assert_refused(TRUE, NIN3A_OWN_AUTH);
}
END_TEST

START_TEST(test_switched)
{
	ck_assert(authorize(FALSE));
	named = "another";
	assert_refused(TRUE, NIN3A_CONNECTION_SWITCHED);
}
END_TEST

START_TEST(test_config)
{
	ck_assert(authorize(FALSE));
	add_round(_i & 1, _i & 2 ? AUTH_CLASS_PSK : AUTH_CLASS_PUBKEY);
	assert_refused(TRUE, NIN3A_CONNECTION_CONFIG);
}
END_TEST

START_TEST(test_not_verified)
{
	/* no first question, but the last one */
	assert_refused(TRUE, NIN3A_CONNECTION_SWITCHED);
}
END_TEST

void nin3a_decision_final_case(Suite *suite)
{
	TCase *tc = test_case(suite, "final", 0, setup, teardown);

	tcase_add_loop_test(tc, test_modified_in_between, 0, 2);
	tcase_add_test(tc, test_expired_in_between);
	tcase_add_loop_test(tc, test_gone_in_between, 0, 2);
	tcase_add_test(tc, test_own_auth);
	tcase_add_test(tc, test_switched);
	tcase_add_loop_test(tc, test_config, 0, 4);
	tcase_add_test(tc, test_not_verified);
}
