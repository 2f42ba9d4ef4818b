/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions whose life is over.
 */

#include "test_kupf_procedures.h"
#include "test_support.h"

START_TEST(test_expire)
{
	uint64_t count = test_counter("sessions-expired");
	char name[16];
	u_int i;

	add("session=a ue-id=keyid:a lifetime=1000 " KEY);
	add("session=b ue-id=keyid:b " KEY);
	for (i = 0; i < KUPF_EXPIRE_MAX + 5; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		put_expired(name, name, NULL);
	}
	ck_assert(upf.sessions->expire(upf.sessions));
	check_sessions(2 + 5);
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_sessions(2);
	ck_assert_uint_eq(upf.enforcer.closed, KUPF_EXPIRE_MAX + 5);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_EXPIRED);
	ck_assert_uint_eq(events, KUPF_EXPIRE_MAX + 5);
	ck_assert_uint_eq(test_counter("sessions-expired"),
					  count + KUPF_EXPIRE_MAX + 5);
}
END_TEST

START_TEST(test_rekey_request)
{
	kupf_session_data_t data;
	kupf_session_t *session;
	kupf_error_t error = {};
	u_int told, i;

	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_REKEY_REQUEST,
						  &subscriber);
	add("session=a ue-id=keyid:a lifetime=1000 " KEY);
	add("session=b ue-id=keyid:b " KEY);
	/* less than the margin is left of it: it is told once, and stays */
	test_session_data(&data, "c", ID_KEY_ID, "c");
	data.lifetime = 1000;
	data.expiry = time_monotonic(NULL) + 30;
	session = kupf_session_create(&data);
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
	for (i = 0; i < 2; i++)
	{
		ck_assert(!upf.sessions->expire(upf.sessions));
		ck_assert_uint_eq(events, 1);
		check_sessions(3);
	}
	events = 0;
	ck_assert(upf.sessions->request_rekey(upf.sessions, "a", &told, &error));
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_eq(events, 1);
	ck_assert(!upf.sessions->request_rekey(upf.sessions, "d", &told, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(events, 1);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_REKEY_REQUEST,
							&subscriber);
	ck_assert(upf.sessions->request_rekey(upf.sessions, "b", &told, &error));
	ck_assert_uint_eq(told, 0);
	ck_assert_uint_eq(events, 1);
	check_sessions(3);
}
END_TEST

START_TEST(test_expired_establish)
{
	/* one of other content takes the place of what has expired */
	put_expired("a", "old", NULL);
	add("session=a ue-id=keyid:new " KEY_2);
	check_sessions(1);
	ck_assert_uint_eq(events, 1);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_EXPIRED);
	/* and the same content starts a new life */
	put_expired("b", "b", NULL);
	add("session=b ue-id=keyid:b lifetime=1 "
		"key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK");
	ck_assert_uint_eq(events, 2);
	check_sessions(2);
}
END_TEST

START_TEST(test_expired_gone)
{
	u_int tunnels;

	put_expired("a", "a", NULL);
	refuse_modify("session=a " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(events, 1);
	put_expired("a", "a", NULL);
	ck_assert(!delete("a", &tunnels));
	ck_assert_uint_eq(events, 2);
	check_sessions(0);
}
END_TEST

START_TEST(test_expired_identity)
{
	/* an identity is free as soon as the life of its session is over */
	put_expired("a", "ue", NULL);
	add("session=b ue-id=keyid:ue " KEY);
	check_sessions(1);
	ck_assert_uint_eq(events, 1);
	put_expired("c", "other", NULL);
	change("session=b ue-id=keyid:other");
	check_sessions(1);
	ck_assert_uint_eq(events, 2);
}
END_TEST

void kupf_procedures_expiry_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "expiry", 30, setup, teardown);

	tcase_add_test(tc, test_expire);
	tcase_add_test(tc, test_rekey_request);
	tcase_add_test(tc, test_expired_establish);
	tcase_add_test(tc, test_expired_gone);
	tcase_add_test(tc, test_expired_identity);
}
