/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * IKE_SAs that we have initiated: they get the key of their own session, and no
 * other.
 */

#include "test_kupf_cred.h"
#include "kupf/keys/kupf_secret.h"

#include <daemon.h>
#include <sa/ikev2/keymat_v2.h>

/**
 * Create a session that is in no store.
 */
static kupf_session_t *own_create(const char *key, uint8_t services,
								  uint32_t expiry)
{
	kupf_session_data_t data;

	test_session_data(&data, "own", ID_KEY_ID, "me");
	data.key = chunk_from_str((char*)key);
	data.services = services;
	data.expiry = expiry;
	return kupf_session_create(&data);
}

/* an IKE_SA that we have initiated has the key of its session, both ways */
START_TEST(test_own)
{
	identification_t *any = identity(ID_ANY, "");
	kupf_session_t *verifier;

	/* a session that has the UPF's identity means nothing */
	put("upf", ID_KEY_ID, "ue", KEY_2, 1, KUPF_SERVICE_IKE, 0);
	enforcer.own = own_create(KEY_1, KUPF_SERVICE_IKE, 0);
	sa.conditions = COND_ORIGINAL_INITIATOR;
	/* charon builds first: the UPF may have no name yet */
	ck_assert_int_eq(build_id(any), '1');
	ck_assert_int_eq(build(), '1');
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	ck_assert(!verify(KEY_2));
	ck_assert_ptr_null(cred->get_verifying_session(cred, 1));
	ck_assert(verify(KEY_1));
	/* known by the object, whatever else has this key */
	verifier = cred->get_verifying_session(cred, 1);
	ck_assert_ptr_eq(verifier, enforcer.own);
	kupf_session_unref(verifier);
	/* until it is established */
	ck_assert(cred->listener->ike_state_change(cred->listener, &sa.public,
											   IKE_ESTABLISHED));
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* and the same IKE_SA as responder is another matter */
	sa.conditions = 0;
	ck_assert(verify(KEY_2));
	any->destroy(any);
	kupf_session_unref(enforcer.own);
}
END_TEST

/** Sessions whose keys must not be used */
static struct {
	uint8_t services;
	uint32_t expiry;
} unusable[] = {
	{ KUPF_SERVICE_MPQUIC, 0 },
	{ KUPF_SERVICE_IKE, 1 },
};

START_TEST(test_own_unusable)
{
	enforcer.own = own_create(KEY_1, unusable[_i].services,
							  unusable[_i].expiry);
	sa.conditions = COND_ORIGINAL_INITIATOR;
	ck_assert_int_eq(build(), 0);
	ck_assert(!verify(KEY_1));
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	kupf_session_unref(enforcer.own);
}
END_TEST

/* an IKE_SA that was initiated for no session gets no key, not even that of a
 * session with the identity of the peer */
START_TEST(test_own_none)
{
	identification_t *peer = identity(ID_KEY_ID, "ue");
	u_int keys;

	put_key(KEY_1, 1);
	sa.conditions = COND_ORIGINAL_INITIATOR;
	ck_assert(!verify_id(peer, KEY_1, &keys));
	ck_assert_uint_eq(keys, 0);
	ck_assert_int_eq(build(), 0);
	enforcer.own = own_create(KEY_1, KUPF_SERVICE_IKE, 0);
	enforcer.covered = FALSE;
	ck_assert(!verify_id(peer, KEY_1, &keys));
	ck_assert_uint_eq(keys, 0);
	ck_assert_int_eq(build(), 0);
	kupf_session_unref(enforcer.own);
	peer->destroy(peer);
}
END_TEST

void kupf_cred_own_case(Suite *suite)
{
	TCase *tc = test_case(suite, "own", 0, setup, teardown);

	tcase_add_test(tc, test_own);
	tcase_add_loop_test(tc, test_own_unusable, 0, countof(unusable));
	tcase_add_test(tc, test_own_none);
}
