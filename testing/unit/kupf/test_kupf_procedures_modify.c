/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions that are modified, and whose generation the client chooses.
 */

#include "test_kupf_procedures.h"
#include "test_support.h"

START_TEST(test_modify)
{
	uint64_t count = test_counter("sessions-modified");
	kupf_session_data_t data;
	kupf_session_t *session;
	uint32_t expiry;

	session = establish("session=a ue-id=keyid:ue " KEY " lifetime=1000 "
						"pdu-session-id=5 upf-address=192.0.2.1 "
						"ue-addresses=[10.0.0.1,10.0.0.2] services=[mpquic]");
	expiry = kupf_session_get_expiry(session);
	kupf_session_unref(session);

	/* only what is named changes */
	session = modify("session=a " KEY_2);
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, 2);
	ck_assert_int_eq(data.key.ptr[0], '2');
	ck_assert(chunk_equals(data.id, chunk_from_str("ue")));
	ck_assert_int_eq(data.id_type, ID_KEY_ID);
	ck_assert_uint_eq(data.lifetime, 1000);
	ck_assert_uint_eq(data.expiry, expiry);
	ck_assert_uint_eq(data.pdu_session_id, 5);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_MPQUIC);
	ck_assert_uint_eq(data.ue_address_count, 2);
	kupf_session_unref(session);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	ck_assert_uint_eq(upf.enforcer.from, 1);
	ck_assert_uint_eq(upf.enforcer.to, 2);
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);

	session = modify("session=a ue-addresses=[] services=[ike] grace=7 "
					 "pdu-session-id=6 ue-id=fqdn:x");
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, 3);
	ck_assert_int_eq(data.key.ptr[0], '2');
	ck_assert_int_eq(data.id_type, ID_FQDN);
	ck_assert_uint_eq(data.pdu_session_id, 6);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_IKE);
	ck_assert_uint_eq(data.ue_address_count, 0);
	ck_assert_uint_eq(data.expiry, expiry);
	kupf_session_unref(session);
	ck_assert_uint_eq(upf.enforcer.grace, 7);
	ck_assert_ptr_null(upf.store->find(upf.store, ID_KEY_ID,
									   chunk_from_str("ue")));

	session = modify("session=a lifetime=5000");
	ck_assert_uint_ge(kupf_session_get_expiry(session), expiry + 3999);
	kupf_session_unref(session);
	session = modify("session=a lifetime=0");
	ck_assert_uint_eq(kupf_session_get_expiry(session), 0);
	ck_assert_uint_eq(kupf_session_get_generation(session), 5);
	kupf_session_unref(session);
	check_sessions(1);
	ck_assert_uint_eq(test_counter("sessions-modified"), count + 4);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
}
END_TEST

START_TEST(test_modify_derived)
{
	uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];
	kupf_session_t *session;
	kupf_session_data_t data;

	/* kamf and rand: new key with new identifier, PDU session ID as before */
	derive(2, key, id);
	add("session=a ue-id=keyid:ue pdu-session-id=5 " KEY);
	session = modify("session=a " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert(chunk_equals(data.id, chunk_from_thing(id)));
	ck_assert_uint_eq(data.pdu_session_id, 5);
	kupf_session_unref(session);
	/* with an identity of its own */
	session = modify("session=a ue-id=fqdn:x " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_int_eq(data.id_type, ID_FQDN);
	kupf_session_unref(session);
	/* another PDU session ID in the same breath */
	derive(0, key, id);
	session = modify("session=a pdu-session-id=6 " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(!chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_uint_eq(data.pdu_session_id, 6);
	kupf_session_unref(session);

	refuse_modify("session=a " KAMF, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a " RAND, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a fc=0x6e " KEY, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a " KEY " " KAMF " " RAND,
				  KUPF_CAUSE_INVALID_FIELD);
	session = upf.store->get(upf.store, "a");
	ck_assert_uint_eq(kupf_session_get_generation(session), 4);
	kupf_session_unref(session);
}
END_TEST

/* what the enforcer needs is asked for before anything is stored */
START_TEST(test_not_accepted)
{
	kupf_session_t *session;

	upf.enforcer.missing = "upf-address";
	refuse("session=a ue-id=keyid:a " KEY, KUPF_CAUSE_MISSING_FIELD);
	check_sessions(0);
	check_pool(0, 0);
	ck_assert_uint_eq(upf.enforcer.established, 0);

	upf.enforcer.missing = NULL;
	session = establish("session=a ue-id=keyid:a " KEY);
	ck_assert_uint_eq(upf.enforcer.established, 1);
	/* the same again is not a new one */
	upf.enforcer.missing = "upf-address";
	add("session=a ue-id=keyid:a " KEY);
	ck_assert_uint_eq(upf.enforcer.established, 1);

	refuse_modify("session=a lifetime=5", KUPF_CAUSE_MISSING_FIELD);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
	check_sessions(1);
	add("session=a ue-id=keyid:a " KEY);
	kupf_session_unref(session);
}
END_TEST

/**
 * Check generation and life of session "a".
 */
static void check_generation(uint32_t generation, uint32_t lifetime)
{
	kupf_session_t *session = upf.store->get(upf.store, "a");
	kupf_session_data_t data;

	ck_assert_ptr_nonnull(session);
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, generation);
	ck_assert_uint_eq(data.lifetime, lifetime);
	kupf_session_unref(session);
}

/* what the client says counts: a later one wins, an earlier one is refused */
START_TEST(test_generation)
{
	add("session=a ue-id=keyid:a generation=7 lifetime=100 " KEY);
	check_generation(7, 100);

	/* the same generation with what is left of its life is the same */
	add("session=a ue-id=keyid:a generation=7 lifetime=90 " KEY);
	change("session=a generation=7 lifetime=80 " KEY);
	check_generation(7, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);

	/* anything else is not, whether it may replace the session or not */
	refuse("session=a ue-id=keyid:a generation=7 lifetime=100 " KEY_2,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:b generation=7 lifetime=100 " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=7 " KEY_2, KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:a generation=6 lifetime=100 " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=6 " KEY_2, KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=1", KUPF_CAUSE_STALE_GENERATION);
	check_generation(7, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);

	/* a later one, with gaps */
	change("session=a generation=9 " KEY_2);
	check_generation(9, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	refuse_modify("session=a generation=8 " KEY, KUPF_CAUSE_STALE_GENERATION);
	/* who gives none goes on from there */
	change("session=a lifetime=50");
	check_generation(10, 50);
	/* it is content: without leave to replace the session, it stays */
	refuse("session=a ue-id=keyid:a generation=11 lifetime=50 " KEY_2,
		   KUPF_CAUSE_SESSION_EXISTS);
	change("session=a generation=4294967295");
	check_generation(UINT32_MAX, 50);
	change("session=a generation=4294967295");
	refuse_modify("session=a lifetime=60", KUPF_CAUSE_LIMIT_REACHED);
	check_generation(UINT32_MAX, 50);
}
END_TEST

/* so do establishments that may replace the session */
START_TEST(test_generation_replace)
{
	add("session=a ue-id=keyid:a generation=3 " KEY);
	add("session=a ue-id=keyid:a generation=4 replace=yes " KEY_2);
	check_generation(4, 0);
	/* what comes late does not bring the old key back */
	refuse("session=a ue-id=keyid:a generation=3 replace=yes " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:a generation=4 replace=yes " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	add("session=a ue-id=keyid:a generation=4 replace=yes " KEY_2);
	check_generation(4, 0);
	/* the same content, later: the generation is kept */
	add("session=a ue-id=keyid:a generation=6 replace=yes " KEY_2);
	check_generation(6, 0);
	refuse("session=a ue-id=keyid:a generation=5 replace=yes " KEY_2,
		   KUPF_CAUSE_STALE_GENERATION);
}
END_TEST

START_TEST(test_close_tunnels)
{
	kupf_procedures_t *sessions = upf.sessions;
	kupf_attempts_t attempts = {};
	kupf_error_t error = {};
	u_int tunnels = 77;

	add("session=a ue-id=keyid:a " KEY);
	upf.enforcer.tunnels = 2;
	ck_assert(sessions->close_tunnels(sessions, "a", 9, &tunnels, &error));
	ck_assert_uint_eq(tunnels, 2);
	ck_assert_uint_eq(upf.enforcer.vacated, 9);
	ck_assert_str_eq(upf.enforcer.name, "a");
	/* the session stays, and nothing of it was given back */
	check_sessions(1);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
	ck_assert(!sessions->close_tunnels(sessions, "b", 0, &tunnels, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NO_SUCH_SESSION);
	/* a host that sets them up would do so again */
	error = (kupf_error_t){};
	upf.enforcer.attempts = &attempts;
	ck_assert(!sessions->close_tunnels(sessions, "a", 0, &tunnels, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NOT_ALLOWED);
}
END_TEST

START_TEST(test_modify_unknown)
{
	refuse_modify("session=a " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	add("session=a ue-id=keyid:ue " KEY);
	refuse_modify("session=A " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
}
END_TEST

void kupf_procedures_modify_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "modify", 30, setup, teardown);

	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_modify_derived);
	tcase_add_test(tc, test_not_accepted);
	tcase_add_test(tc, test_generation);
	tcase_add_test(tc, test_generation_replace);
	tcase_add_test(tc, test_close_tunnels);
	tcase_add_test(tc, test_modify_unknown);
}
