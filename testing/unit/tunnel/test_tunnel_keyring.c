/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What credentials a thread has while it handles an exchange: the keys of
 * plugin kupf, the PPK that the UE names, and no others.
 */

#include "tunnel/tunnel_keyring.h"
#include "test_runner.h"

#include <credentials/sets/mem_cred.h>
#include <threading/thread.h>

/** Stands for plugin kupf's credentials */
static mem_cred_t *ours;

/** All other credentials of charon */
static mem_cred_t *others;

static tunnel_keyring_t *keyring;

static identification_t *ue, *ppk_id;

/**
 * Add a secret.
 */
static void add(mem_cred_t *set, shared_key_type_t type, const char *secret,
				identification_t *id)
{
	shared_key_t *key;

	key = shared_key_create(type, chunk_clone(chunk_from_str((char*)secret)));
	set->add_shared(set, key, id->clone(id), NULL);
}

static void setup()
{
	ours = mem_cred_create();
	others = mem_cred_create();
	keyring = tunnel_keyring_create(&ours->set);
	ue = identification_create_from_string("@#0123");
	ppk_id = identification_create_from_string("ppk-1");
	add(ours, SHARED_IKE, "ours", ue);
	add(ours, SHARED_EAP, "eap", ue);
	add(others, SHARED_IKE, "theirs", ue);
	add(others, SHARED_EAP, "eap", ue);
	add(others, SHARED_PPK, "ppk", ppk_id);
	lib->credmgr->add_set(lib->credmgr, &others->set);
}

static void teardown()
{
	lib->credmgr->remove_set(lib->credmgr, &others->set);
	keyring->destroy(keyring);
	ours->destroy(ours);
	others->destroy(others);
	ue->destroy(ue);
	ppk_id->destroy(ppk_id);
}

/**
 * Check which secret is found for an identity, NULL for none.
 */
static void assert_secret(shared_key_type_t type, identification_t *id,
						  const char *secret)
{
	shared_key_t *key;

	key = lib->credmgr->get_shared(lib->credmgr, type, id, NULL);
	if (!secret)
	{
		ck_assert_ptr_null(key);
		return;
	}
	ck_assert_ptr_nonnull(key);
	ck_assert(chunk_equals(key->get_key(key), chunk_from_str((char*)secret)));
	key->destroy(key);
}

/**
 * Count all that is found, whoever it is for.
 */
static u_int count(shared_key_type_t type)
{
	enumerator_t *enumerator;
	shared_key_t *key;
	u_int found = 0;

	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr, type,
														NULL, NULL);
	while (enumerator->enumerate(enumerator, &key, NULL, NULL))
	{
		found++;
	}
	enumerator->destroy(enumerator);
	return found;
}

START_TEST(test_exclusive)
{
	assert_secret(SHARED_IKE, ue, "theirs");
	ck_assert_uint_eq(keyring->get_current(keyring), 0);
	ck_assert(!keyring->begin(keyring, 7, NULL));
	ck_assert_uint_eq(keyring->get_current(keyring), 7);
	assert_secret(SHARED_IKE, ue, "ours");
	ck_assert_uint_eq(count(SHARED_IKE), 1);
	/* no other type, not even from our own set */
	assert_secret(SHARED_EAP, ue, NULL);
	assert_secret(SHARED_PPK, ppk_id, NULL);
	ck_assert_uint_eq(count(SHARED_EAP), 0);
	ck_assert_uint_eq(count(SHARED_PPK), 0);

	/* another one's end is not ours */
	keyring->end(keyring, 8);
	assert_secret(SHARED_IKE, ue, "ours");
	keyring->end(keyring, 7);
	assert_secret(SHARED_IKE, ue, "theirs");
	keyring->end(keyring, 7);
	keyring->end_any(keyring);
	assert_secret(SHARED_EAP, ue, "eap");
}
END_TEST

/* RFC 8784: the PPK that the UE names, for as long as the exchange takes */
START_TEST(test_ppk)
{
	identification_t *other = identification_create_from_string("ppk-2");

	add(others, SHARED_PPK, "another", other);
	ck_assert(keyring->begin(keyring, 7, ppk_id));
	assert_secret(SHARED_IKE, ue, "ours");
	assert_secret(SHARED_PPK, ppk_id, "ppk");
	assert_secret(SHARED_PPK, ppk_id, "ppk");
	assert_secret(SHARED_PPK, other, NULL);
	assert_secret(SHARED_PPK, NULL, NULL);
	assert_secret(SHARED_EAP, ppk_id, NULL);

	/* the next exchange has its own, or none */
	ck_assert(keyring->begin(keyring, 8, other));
	assert_secret(SHARED_PPK, ppk_id, NULL);
	assert_secret(SHARED_PPK, other, "another");
	ck_assert(!keyring->begin(keyring, 9, ue));
	assert_secret(SHARED_PPK, ppk_id, NULL);
	assert_secret(SHARED_PPK, ue, NULL);
	ck_assert_uint_eq(keyring->get_current(keyring), 9);
	keyring->end_any(keyring);
	assert_secret(SHARED_PPK, ppk_id, "ppk");
	other->destroy(other);
}
END_TEST

static void *other_thread(void *data)
{
	ck_assert_uint_eq(keyring->get_current(keyring), 0);
	assert_secret(SHARED_IKE, ue, "theirs");
	/* and it ends without an end */
	ck_assert(keyring->begin(keyring, 8, ppk_id));
	return NULL;
}

START_TEST(test_threads)
{
	thread_t *thread;

	ck_assert(keyring->begin(keyring, 7, ppk_id));
	thread = thread_create((thread_main_t)other_thread, NULL);
	thread->join(thread);
	ck_assert_uint_eq(keyring->get_current(keyring), 7);
	assert_secret(SHARED_IKE, ue, "ours");
}
END_TEST

static Suite *tunnel_keyring_suite()
{
	Suite *suite = suite_create("tunnel_keyring");
	TCase *tc;
	tc = test_case(suite, "keyring", 0, setup, teardown);
	tcase_add_test(tc, test_exclusive);
	tcase_add_test(tc, test_ppk);
	tcase_add_test(tc, test_threads);
	return suite;
}

int main(void)
{
	return test_run(tunnel_keyring_suite());
}
