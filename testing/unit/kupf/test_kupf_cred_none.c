/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Identities that no session has, though one has nearly the same: they get a key
 * that is nobody's.
 */

#include "test_kupf_cred.h"
#include "kupf/keys/kupf_secret.h"

#include <daemon.h>
#include <sa/ikev2/keymat_v2.h>

/**
 * Identities of a peer for which there is no key, although there is one for
 * email:ue@x, fqdn:ue, keyid:* and for a few wildcards.
 */
static struct {
	id_type_t type;
	char *data;
} strangers[] = {
	{ ID_RFC822_ADDR, "UE@x" },
	{ ID_RFC822_ADDR, "ue@X" },
	{ ID_RFC822_ADDR, "ue@" },
	{ ID_RFC822_ADDR, "ue@xx" },
	{ ID_RFC822_ADDR, "*@x" },
	{ ID_RFC822_ADDR, "*" },
	{ ID_FQDN, "ue@x" },
	{ ID_FQDN, "UE" },
	{ ID_FQDN, "*" },
	{ ID_KEY_ID, "ue@x" },
	{ ID_KEY_ID, "ue" },
	{ ID_KEY_ID, "" },
	{ ID_KEY_ID, "**" },
	{ ID_DER_ASN1_GN_URI, "ue" },
	{ ID_IPV4_ADDR, "ue@x" },
	{ ID_ANY, "" },
	{ ID_ANY, "ue" },
	{ ID_KEY_ID + 256, "*" },
};

START_TEST(test_stranger)
{
	identification_t *peer;
	u_int keys;

	put("a", ID_RFC822_ADDR, "ue@x", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	put("b", ID_FQDN, "ue", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	put("c", ID_KEY_ID, "*", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	/* the socket lets none of these in, but here it must not depend on that */
	put("d", ID_RFC822_ADDR, "*@x", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	put("e", ID_FQDN, "*", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	put("f", ID_ANY, "ue", KEY_1, 1, KUPF_SERVICE_IKE, 0);
	peer = identity(strangers[_i].type, strangers[_i].data);
	ck_assert(!verify_id(peer, KEY_1, &keys));
	/* nobody's key, so that it takes as long as a wrong one */
	ck_assert_uint_eq(keys, 1);
	ck_assert_int_eq(build_id(peer), 0);
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	peer->destroy(peer);

	/* and those it is meant for do get it */
	peer = identity(ID_RFC822_ADDR, "ue@x");
	ck_assert(verify_id(peer, KEY_1, &keys));
	peer->destroy(peer);
}
END_TEST

/**
 * Get the key that the verifier is given for a peer.
 *
 * @param found		[out] key, 32 octets
 */
static void get_yielded(identification_t *peer, char *found)
{
	identification_t *me = identity(ID_FQDN, "upf");
	enumerator_t *enumerator;
	shared_key_t *shared;

	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
														SHARED_IKE, me, peer);
	ck_assert(enumerator->enumerate(enumerator, &shared, NULL, NULL));
	ck_assert_uint_eq(shared->get_key(shared).len, 32);
	memcpy(found, shared->get_key(shared).ptr, 32);
	ck_assert(!enumerator->enumerate(enumerator, &shared, NULL, NULL));
	enumerator->destroy(enumerator);
	me->destroy(me);
}

/* whoever guesses nobody's key has gained nothing */
START_TEST(test_dummy)
{
	identification_t *peer = identity(ID_KEY_ID, "nobody");
	identification_t *another = identity(ID_KEY_ID, "-");
	char key[33] = {}, same[33] = {}, other[33] = {};
	kupf_cred_t *second;

	put_key(KEY_1, 1);
	get_yielded(peer, key);
	get_yielded(another, same);
	ck_assert_mem_eq(key, same, 32);
	/* it "verifies", but pins nothing and builds nothing */
	ck_assert(verify_id(peer, key, NULL));
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	ck_assert_ptr_null(cred->get_verifying_session(cred, 1));
	ck_assert_int_eq(build_id(peer), 0);
	ck_assert(verify_id(another, key, NULL));
	ck_assert_uint_eq(cred->get_pins(cred), 0);
	/* nor is it anybody's who has one */
	ck_assert(!verify(key));

	/* another process has another */
	lib->credmgr->remove_set(lib->credmgr, &cred->set);
	second = kupf_cred_create(store, NULL, &enforcer.public);
	lib->credmgr->add_set(lib->credmgr, &second->set);
	get_yielded(peer, other);
	ck_assert_mem_ne(key, other, 32);
	lib->credmgr->remove_set(lib->credmgr, &second->set);
	second->destroy(second);
	lib->credmgr->add_set(lib->credmgr, &cred->set);
	peer->destroy(peer);
	another->destroy(another);
}
END_TEST

static shared_key_type_t types[] = {
	SHARED_ANY, SHARED_EAP, SHARED_PRIVATE_KEY_PASS, SHARED_PIN, SHARED_PPK,
};

START_TEST(test_other_type)
{
	identification_t *me = identity(ID_FQDN, "upf");
	identification_t *peer = identity(ID_KEY_ID, "ue");
	enumerator_t *enumerator;
	shared_key_t *shared;

	put_key(KEY_1, 1);
	enumerator = lib->credmgr->create_shared_enumerator(lib->credmgr,
													types[_i], me, peer);
	ck_assert(!enumerator->enumerate(enumerator, &shared, NULL, NULL));
	enumerator->destroy(enumerator);
	ck_assert_ptr_null(lib->credmgr->get_shared(lib->credmgr, types[_i], me,
												peer));
	me->destroy(me);
	peer->destroy(peer);
}
END_TEST

void kupf_cred_none_case(Suite *suite)
{
	TCase *tc = test_case(suite, "none", 0, setup, teardown);

	tcase_add_loop_test(tc, test_stranger, 0, countof(strangers));
	tcase_add_test(tc, test_dummy);
	tcase_add_loop_test(tc, test_other_type, 0, countof(types));
}
