/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The credential set as charon's PSK authenticator uses it: the verifier tries
 * every key that it gets, the builder asks again for the best match.  charon's
 * credential manager is the real one; what is made up are the IKE_SA that a
 * thread has checked out, and whether an AUTH payload fits a key.
 */

#include "test_kupf_cred.h"
#include "kupf/keys/kupf_secret.h"

#include <daemon.h>
#include <sa/ikev2/keymat_v2.h>

/** Length of all keys, which may have zeroes in them */
#define KEY_LEN 32

test_enforcer_t enforcer;
kupf_store_t *store;
kupf_cred_t *cred;

/** The IKE_SA that the thread has checked out, if any */
static ike_sa_t *checked_out;

test_ike_sa_t sa;

static ike_sa_t *fake_get_sa(bus_t *this)
{
	return checked_out;
}

void setup()
{
	test_enforcer_init(&enforcer);
	store = kupf_store_create(0, 0);
	cred = kupf_cred_create(store, NULL, &enforcer.public);
	charon->bus->get_sa = fake_get_sa;
	test_ike_sa_init(&sa, 1);
	checked_out = &sa.public;
	lib->credmgr->add_set(lib->credmgr, &cred->set);
}

void teardown()
{
	lib->credmgr->remove_set(lib->credmgr, &cred->set);
	cred->destroy(cred);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}

kupf_store_status_t put(const char *name, id_type_t type,
						const char *id, const char *key,
						uint32_t generation, uint8_t services, uint32_t expiry)
{
	kupf_store_status_t status;
	kupf_session_data_t data;
	kupf_session_t *old, *new;

	test_session_data(&data, name, type, id);
	data.key = chunk_from_str((char*)key);
	data.generation = generation;
	data.services = services;
	data.expiry = expiry;
	new = kupf_session_create(&data);
	ck_assert_ptr_nonnull(new);
	old = store->get(store, name);
	status = old ? store->replace(store, old, new) : store->put(store, new);
	kupf_session_unref(old);
	kupf_session_unref(new);
	return status;
}

void put_key(const char *key, uint32_t generation)
{
	ck_assert_int_eq(put("s", ID_KEY_ID, "ue", key, generation,
						 KUPF_SERVICE_IKE, 0), KUPF_STORE_OK);
}

void remove_name(const char *name)
{
	kupf_session_t *session;

	session = store->get(store, name);
	ck_assert(store->remove(store, session));
	kupf_session_unref(session);
}

identification_t *identity(id_type_t type, const char *data)
{
	return identification_create_from_encoding(type,
											   chunk_from_str((char*)data));
}

bool verify_id(identification_t *peer, const char *key, u_int *keys)
{
	identification_t *me = identity(ID_FQDN, "upf");
	enumerator_t *enumerator;
	shared_key_t *shared;
	bool authenticated = FALSE;
	u_int tried = 0;

	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
														SHARED_IKE, me, peer);
	while (!authenticated &&
		   enumerator->enumerate(enumerator, &shared, NULL, NULL))
	{
		tried++;
		ck_assert_uint_ge(shared->get_key(shared).len, 32);
		authenticated = chunk_equals(shared->get_key(shared),
									 chunk_create((u_char*)key, KEY_LEN));
	}
	enumerator->destroy(enumerator);
	me->destroy(me);
	if (keys)
	{
		*keys = tried;
	}
	return authenticated;
}

bool verify(const char *key)
{
	identification_t *peer = identity(ID_KEY_ID, "ue");
	bool authenticated;

	authenticated = verify_id(peer, key, NULL);
	peer->destroy(peer);
	return authenticated;
}

char build_id(identification_t *peer)
{
	identification_t *me = identity(ID_FQDN, "upf");
	shared_key_t *shared;
	char first = 0;

	shared = lib->credmgr->get_shared(lib->credmgr, SHARED_IKE, me, peer);
	if (shared)
	{
		ck_assert_int_eq(shared->get_type(shared), SHARED_IKE);
		first = shared->get_key(shared).ptr[0];
		shared->destroy(shared);
	}
	me->destroy(me);
	return first;
}

char build()
{
	identification_t *peer = identity(ID_KEY_ID, "ue");
	char first;

	first = build_id(peer);
	peer->destroy(peer);
	return first;
}

uint32_t verified(uint32_t ike_sa)
{
	kupf_session_t *session;
	uint32_t generation = 0;

	session = cred->get_verifying_session(cred, ike_sa);
	if (session)
	{
		generation = kupf_session_get_generation(session);
		kupf_session_unref(session);
	}
	return generation;
}

/* trap 1: an empty key would make charon use SK_p */

static chunk_t weak[] = {
	{ NULL, 0 },
	{ (u_char*)"", 0 },
	{ (u_char*)"1111111111111111111111111111111", 31 },
	{ (u_char*)"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	  32 },
	{ (u_char*)KEY_1 KEY_1 "1", 65 },
};

START_TEST(test_no_weak_key)
{
	kupf_session_data_t data;

	test_session_data(&data, "s", ID_KEY_ID, "ue");
	data.key = weak[_i];
	ck_assert(!kupf_secret_acceptable(data.key));
	ck_assert_ptr_null(kupf_session_create(&data));
}
END_TEST

/* trap 2: the verifier tries all keys that it gets */

START_TEST(test_one_key)
{
	identification_t *peer = identity(ID_KEY_ID, "ue");
	u_int keys;

	put_key(KEY_1, 1);
	put("other", ID_KEY_ID, "other", KEY_2, 1, KUPF_SERVICE_IKE, 0);
	ck_assert(!verify_id(peer, KEY_2, &keys));
	ck_assert_uint_eq(keys, 1);
	ck_assert(verify_id(peer, KEY_1, &keys));
	ck_assert_uint_eq(keys, 1);
	ck_assert_int_eq(build(), '1');
	peer->destroy(peer);
}
END_TEST

/* who gets a key makes no AUTH data with charon's own PRF, which keeps it */
START_TEST(test_auth_mac)
{
	keymat_v2_t *keymat;

	keymat = (keymat_v2_t*)sa.public.get_keymat(&sa.public);
	ck_assert(!keymat->get_psk_sig);
	put_key(KEY_1, 1);
	/* an IKEv1 one has another keymat */
	sa.version = IKEV1;
	verify(KEY_1);
	build();
	ck_assert(!keymat->get_psk_sig);
	sa.version = IKEV2;
	ck_assert(verify(KEY_1));
	ck_assert(keymat->get_psk_sig);
	keymat->get_psk_sig = NULL;
	ck_assert_int_eq(build(), '1');
	ck_assert(keymat->get_psk_sig);
}
END_TEST

START_TEST(test_no_peer)
{
	identification_t *me = identity(ID_KEY_ID, "ue");
	enumerator_t *enumerator;
	shared_key_t *shared;

	put_key(KEY_1, 1);
	/* our own identity is nobody's key, nor is nobody's */
	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
													SHARED_IKE, me, NULL);
	ck_assert(!enumerator->enumerate(enumerator, &shared, NULL, NULL));
	enumerator->destroy(enumerator);
	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
													SHARED_IKE, NULL, NULL);
	ck_assert(!enumerator->enumerate(enumerator, &shared, NULL, NULL));
	enumerator->destroy(enumerator);
	ck_assert_ptr_null(lib->credmgr->get_shared(lib->credmgr, SHARED_IKE, me,
												NULL));
	me->destroy(me);
}
END_TEST

START_TEST(test_other_service)
{
	ck_assert_int_eq(put("s", ID_KEY_ID, "ue", KEY_1, 1, KUPF_SERVICE_MPQUIC,
						 0), KUPF_STORE_OK);
	ck_assert(!verify(KEY_1));
	ck_assert_int_eq(build(), 0);
	put("s", ID_KEY_ID, "ue", KEY_1, 2,
		KUPF_SERVICE_MPQUIC | KUPF_SERVICE_IKE, 0);
	ck_assert(verify(KEY_1));
}
END_TEST

START_TEST(test_expired)
{
	time_t now = time_monotonic(NULL);

	/* its life is over, though nobody has swept it out yet */
	put("s", ID_KEY_ID, "ue", KEY_1, 1, KUPF_SERVICE_IKE, now);
	ck_assert(!verify(KEY_1));
	ck_assert_int_eq(build(), 0);
	put("s", ID_KEY_ID, "ue", KEY_1, 2, KUPF_SERVICE_IKE, now + 100);
	ck_assert(verify(KEY_1));
}
END_TEST

/* enforcement fails closed */

START_TEST(test_not_covered)
{
	uint64_t withheld = test_counter("keys-withheld");

	put_key(KEY_1, 1);
	enforcer.covered = FALSE;
	ck_assert(!verify(KEY_1));
	ck_assert_int_eq(build(), 0);
	ck_assert_uint_eq(enforcer.asked, 2);
	ck_assert_uint_eq(test_counter("keys-withheld"), withheld + 2);
	enforcer.covered = TRUE;
	ck_assert(verify(KEY_1));
	/* not even the key that is pinned */
	enforcer.covered = FALSE;
	ck_assert_int_eq(build(), 0);
	enforcer.covered = TRUE;
	ck_assert_int_eq(build(), '1');
}
END_TEST

START_TEST(test_no_ike_sa)
{
	put_key(KEY_1, 1);
	checked_out = NULL;
	ck_assert(!verify(KEY_1));
	ck_assert_int_eq(build(), 0);
	ck_assert_uint_eq(enforcer.asked, 0);
}
END_TEST

START_TEST(test_counters)
{
	uint64_t yielded = test_counter("keys-yielded");
	uint64_t unknown = test_counter("keys-unknown");
	uint64_t pinned = test_counter("keys-pinned");

	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(test_counter("keys-unknown"), unknown + 1);
	put_key(KEY_1, 1);
	ck_assert(!verify(KEY_2));
	ck_assert_uint_eq(test_counter("keys-yielded"), yielded + 1);
	ck_assert_uint_eq(test_counter("keys-pinned"), pinned);
	ck_assert(verify(KEY_1));
	ck_assert_uint_eq(test_counter("keys-yielded"), yielded + 2);
	ck_assert_uint_eq(test_counter("keys-pinned"), pinned + 1);
	ck_assert_uint_eq(test_counter("keys-unknown"), unknown + 1);
}
END_TEST

START_TEST(test_other_sets)
{
	identification_t *id = identity(ID_KEY_ID, "ue");

	put_key(KEY_1, 1);
	/* a set of PSKs has nothing else to offer */
	ck_assert_ptr_null(cred->set.create_private_enumerator(&cred->set,
														   KEY_ANY, id));
	ck_assert_ptr_null(cred->set.create_cert_enumerator(&cred->set, CERT_ANY,
														KEY_ANY, id, FALSE));
	ck_assert_ptr_null(cred->set.create_cdp_enumerator(&cred->set, CERT_ANY,
													   id));
	cred->set.cache_cert(&cred->set, NULL);
	id->destroy(id);
}
END_TEST

static Suite *kupf_cred_suite()
{
	Suite *suite = suite_create("kupf_cred");
	TCase *tc = test_case(suite, "keys", 0, setup, teardown);

	tcase_add_loop_test(tc, test_no_weak_key, 0, countof(weak));
	tcase_add_test(tc, test_one_key);
	tcase_add_test(tc, test_auth_mac);
	tcase_add_test(tc, test_no_peer);
	tcase_add_test(tc, test_other_service);
	tcase_add_test(tc, test_expired);
	tcase_add_test(tc, test_not_covered);
	tcase_add_test(tc, test_no_ike_sa);
	tcase_add_test(tc, test_counters);
	tcase_add_test(tc, test_other_sets);

	kupf_cred_pins_cases(suite);
	kupf_cred_fetch_cases(suite);
	kupf_cred_own_case(suite);
	kupf_cred_none_case(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_cred_suite());
}
