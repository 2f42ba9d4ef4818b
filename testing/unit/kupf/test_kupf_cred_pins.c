/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The key that has verified the peer is the one that builds our AUTH payload,
 * whatever becomes of the session between.
 */

#include "test_kupf_cred.h"

#include <threading/thread.h>

/* trap 3: verify and build look the key up separately */

START_TEST(test_rotation)
{
	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	ck_assert_uint_eq(verified(1), 1);
	put_key(KEY_2, 2);
	/* for this one the old key answers, and for this one only */
	ck_assert_uint_eq(verified(1), 1);
	sa.unique_id = 2;
	ck_assert_int_eq(build(), '2');
	sa.unique_id = 1;
	ck_assert_int_eq(build(), '1');
	/* done: the next round takes the new key */
	ck_assert_uint_eq(verified(1), 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	ck_assert(!verify(KEY_1));
	ck_assert(verify(KEY_2));
	ck_assert_int_eq(build(), '2');
}
END_TEST

START_TEST(test_removed_meanwhile)
{
	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	remove_name("s");
	ck_assert_int_eq(build(), '1');
	ck_assert_int_eq(build(), 0);
	ck_assert(!verify(KEY_1));
}
END_TEST

START_TEST(test_expired_meanwhile)
{
	time_t now = time_monotonic(NULL);

	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	put("s", ID_KEY_ID, "ue", KEY_2, 2, KUPF_SERVICE_IKE, now);
	ck_assert_int_eq(build(), '1');
}
END_TEST

START_TEST(test_moved_identity)
{
	/* the identity belongs to another session now: never its key */
	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	remove_name("s");
	put("t", ID_KEY_ID, "ue", KEY_2, 7, KUPF_SERVICE_IKE, 0);
	ck_assert_uint_eq(verified(1), 1);
	ck_assert_int_eq(build(), '1');
}
END_TEST

START_TEST(test_pin_other_identity)
{
	identification_t *other = identity(ID_KEY_ID, "other");

	/* the pin of one peer is no key for another one on the same IKE_SA */
	put_key(KEY_1, 1);
	put("other", ID_KEY_ID, "other", KEY_2, 1, KUPF_SERVICE_IKE, 0);
	ck_assert(verify(KEY_1));
	ck_assert(!verify_id(other, KEY_2, NULL));
	ck_assert_int_eq(build_id(other), 0);
	ck_assert_int_eq(build(), '1');
	other->destroy(other);
}
END_TEST

START_TEST(test_pins_are_apart)
{
	identification_t *other = identity(ID_KEY_ID, "other");

	put_key(KEY_1, 1);
	put("other", ID_KEY_ID, "other", KEY_2, 5, KUPF_SERVICE_IKE, 0);
	ck_assert(verify(KEY_1));
	sa.unique_id = 2;
	ck_assert(verify_id(other, KEY_2, NULL));
	ck_assert_uint_eq(cred->get_pins(cred), 2);
	ck_assert_uint_eq(verified(1), 1);
	ck_assert_uint_eq(verified(2), 5);
	ck_assert_uint_eq(verified(3), 0);
	ck_assert_int_eq(build_id(other), '2');
	ck_assert_uint_eq(cred->get_pins(cred), 1);
	sa.unique_id = 1;
	ck_assert_int_eq(build(), '1');
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	other->destroy(other);
}
END_TEST

START_TEST(test_no_pin)
{
	put_key(KEY_1, 1);
	/* no key fitted */
	ck_assert(!verify(KEY_2));
	ck_assert_uint_eq(verified(1), 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* our own AUTH payload verifies nobody */
	ck_assert_int_eq(build(), '1');
	ck_assert_uint_eq(verified(1), 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
}
END_TEST

START_TEST(test_no_pin_unused)
{
	identification_t *peer = identity(ID_KEY_ID, "ue");
	enumerator_t *enumerator;

	/* an enumerator that was never asked for a key */
	put_key(KEY_1, 1);
	enumerator = cred->set.create_shared_enumerator(&cred->set, SHARED_IKE,
													NULL, peer);
	ck_assert_ptr_nonnull(enumerator);
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* nor does it take a pin away */
	ck_assert(verify(KEY_1));
	enumerator = cred->set.create_shared_enumerator(&cred->set, SHARED_IKE,
													NULL, peer);
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(verified(1), 1);
	peer->destroy(peer);
}
END_TEST

START_TEST(test_pin_dropped)
{
	listener_t *listener = cred->listener;
	ike_sa_state_t state;

	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	for (state = IKE_CREATED; state < IKE_DESTROYING; state++)
	{
		ck_assert(listener->ike_state_change(listener, &sa.public, state));
		ck_assert_uint_eq(verified(1), 1);
	}
	sa.unique_id = 2;
	ck_assert(listener->ike_state_change(listener, &sa.public,
										 IKE_DESTROYING));
	ck_assert_uint_eq(verified(1), 1);
	sa.unique_id = 1;
	ck_assert(listener->ike_state_change(listener, &sa.public,
										 IKE_DESTROYING));
	ck_assert_uint_eq(verified(1), 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* an id that comes again starts from nothing */
	put_key(KEY_2, 2);
	ck_assert(!verify(KEY_1));
}
END_TEST

START_TEST(test_pin_left)
{
	put_key(KEY_1, 1);
	ck_assert(verify(KEY_1));
	sa.unique_id = 2;
	ck_assert(verify(KEY_1));
	/* a second time on the same IKE_SA */
	ck_assert(verify(KEY_1));
	ck_assert_uint_eq(cred->get_pins(cred), 2);
	/* left to be given back with the set: nothing leaks */
}
END_TEST

/* trap 6: the credential manager holds its lock while an enumerator lives */

START_TEST(test_no_lock)
{
	identification_t *me = identity(ID_FQDN, "upf");
	identification_t *peer = identity(ID_KEY_ID, "ue");
	enumerator_t *enumerator;
	shared_key_t *shared;

	put_key(KEY_1, 1);
	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
														SHARED_IKE, me, peer);
	ck_assert(enumerator->enumerate(enumerator, &shared, NULL, NULL));
	/* each of them would wait for ever for a lock that is held */
	put_key(KEY_2, 2);
	put("t", ID_KEY_ID, "t", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	ck_assert_uint_eq(verified(1), 0);
	remove_name("s");
	/* and the key stays what it was */
	ck_assert(chunk_equals(shared->get_key(shared), chunk_from_str(KEY_1)));
	shared->get_ref(shared);
	enumerator->destroy(enumerator);
	ck_assert(chunk_equals(shared->get_key(shared), chunk_from_str(KEY_1)));
	shared->destroy(shared);
	me->destroy(me);
	peer->destroy(peer);
}
END_TEST

/** Rounds of a thread */
#define ROUNDS 2000

/**
 * Rotate the key for ever.
 */
static void *rotate(void *data)
{
	u_int i;

	for (i = 2; i < ROUNDS; i++)
	{
		put_key(i % 2 ? KEY_1 : KEY_2, i);
	}
	return NULL;
}

START_TEST(test_threads)
{
	thread_t *thread;
	u_int i;

	put_key(KEY_1, 1);
	thread = thread_create(rotate, NULL);
	for (i = 0; i < ROUNDS; i++)
	{
		if (verify(KEY_1))
		{	/* whatever comes between, it is the key that verified */
			ck_assert_int_eq(build(), '1');
		}
	}
	thread->join(thread);
	/* it ends with this one */
	ck_assert(verify(KEY_1));
	ck_assert_int_eq(build(), '1');
	ck_assert_uint_eq(cred->get_pins(cred), 0);
}
END_TEST

void kupf_cred_pins_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "pins", 60, setup, teardown);

	tcase_add_test(tc, test_rotation);
	tcase_add_test(tc, test_removed_meanwhile);
	tcase_add_test(tc, test_expired_meanwhile);
	tcase_add_test(tc, test_moved_identity);
	tcase_add_test(tc, test_pin_other_identity);
	tcase_add_test(tc, test_pins_are_apart);
	tcase_add_test(tc, test_no_pin);
	tcase_add_test(tc, test_no_pin_unused);
	tcase_add_test(tc, test_pin_dropped);
	tcase_add_test(tc, test_pin_left);
	tcase_add_test(tc, test_no_lock);
	tcase_add_test(tc, test_threads);
}
