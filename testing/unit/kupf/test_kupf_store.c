/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The store with the hash function that it has, with one that knows four
 * values and with one that knows a single one.
 */

#include "test_kupf_store.h"
#include "test_support.h"

static uint32_t hash_constant(chunk_t data, uint32_t inc)
{
	return 0x80000001;
}

static uint32_t hash_two_bits(chunk_t data, uint32_t inc)
{
	uint32_t hash = chunk_hash_inc(data, inc);

	/* one of them picks the shard, the other one the bucket */
	return (hash & 2) << 30 | (hash & 1);
}

kupf_store_hash_t hashes[] = {
	chunk_hash_inc,
	hash_two_bits,
	hash_constant,
};

kupf_store_t *create(int i, u_int max)
{
	return kupf_store_create_hash(max, 0, hashes[i]);
}

kupf_store_status_t put(kupf_store_t *store, const char *name,
						id_type_t type, const char *id)
{
	kupf_session_t *session;
	kupf_store_status_t status;

	kupf_store_hashes_t both;

	session = test_session(name, type, id, 0);
	store->prepare(store, name, type, chunk_from_str((char*)id), &both);
	status = store->put_hashed(store, session, &both);
	kupf_session_unref(session);
	return status;
}

bool is_known(kupf_store_t *store, const char *name, id_type_t type, chunk_t id)
{
	kupf_store_hashes_t both;
	kupf_session_t *session;
	bool known;

	store->prepare(store, name, type, id, &both);
	known = store->look(store, name, type, id, &both, &session);
	if (session)
	{
		ck_assert(known);
		ck_assert_str_eq(kupf_session_get_name(session), name);
		kupf_session_unref(session);
	}
	return known;
}

const char *find(kupf_store_t *store, id_type_t type, const char *id)
{
	static char name[KUPF_SESSION_NAME_MAX + 1];
	kupf_session_t *session;

	name[0] = '\0';
	session = store->find(store, type, chunk_from_str((char*)id));
	if (session)
	{
		strcpy(name, kupf_session_get_name(session));
		kupf_session_unref(session);
	}
	return name;
}

bool has(kupf_store_t *store, const char *name)
{
	kupf_session_t *session;

	session = store->get(store, name);
	kupf_session_unref(session);
	return session != NULL;
}

bool remove_name(kupf_store_t *store, const char *name)
{
	kupf_session_t *session;
	bool done;

	session = store->get(store, name);
	done = session && store->remove(store, session);
	kupf_session_unref(session);
	return done;
}

/* FQDNs and e-mail addresses that differ in case only are one to charon */
START_TEST(test_alike)
{
	static const struct {
		id_type_t type;
		kupf_store_status_t status;
	} types[] = {
		{ ID_FQDN, KUPF_STORE_IDENTITY_IN_USE },
		{ ID_RFC822_ADDR, KUPF_STORE_IDENTITY_IN_USE },
		{ ID_KEY_ID, KUPF_STORE_OK },
	};
	kupf_store_t *store;
	kupf_session_t *old, *new, *found;
	u_int i;

	for (i = 0; i < countof(types); i++)
	{
		store = create(_i, 0);
		old = test_session("a", types[i].type, "ue.example", 0);
		ck_assert_int_eq(store->put(store, old), KUPF_STORE_OK);
		ck_assert_int_eq(put(store, "b", types[i].type, "UE.Example"),
						 types[i].status);
		ck_assert_int_eq(put(store, "c", types[i].type, "ue.example2"),
						 KUPF_STORE_OK);
		/* a key is given for the very octets only */
		ck_assert_str_eq(find(store, types[i].type, "ue.example"), "a");
		ck_assert_str_ne(find(store, types[i].type, "UE.Example"), "a");
		found = store->find_alike(store, types[i].type,
								  chunk_from_str("UE.EXAMPLE"));
		ck_assert(found == (types[i].status ? old : NULL));
		kupf_session_unref(found);
		ck_assert(is_known(store, "x", types[i].type,
								  chunk_from_str("UE.Example")));
		/* its own may change */
		new = test_session("a", types[i].type, "uE.example", 0);
		ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
		ck_assert_str_eq(find(store, types[i].type, "uE.example"), "a");
		kupf_session_unref(old);
		kupf_session_unref(new);
		store->destroy(store);
	}
}
END_TEST

START_TEST(test_put)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *session, *found;

	ck_assert(!has(store, "a"));
	ck_assert_str_eq(find(store, ID_KEY_ID, "id"), "");
	ck_assert_uint_eq(store->get_count(store), 0);

	session = test_session("a", ID_KEY_ID, "id", 0);
	ck_assert(!kupf_session_is_stored(session));
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	ck_assert(kupf_session_is_stored(session));
	ck_assert_uint_eq(store->get_count(store), 1);
	found = store->get(store, "a");
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	found = store->find(store, ID_KEY_ID, chunk_from_str("id"));
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	/* the same object again is a duplicate as well */
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_NAME_IN_USE);
	ck_assert(kupf_session_is_stored(session));
	kupf_session_unref(session);
	/* one that is refused is not there */
	session = test_session("a", ID_KEY_ID, "id", 0);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_NAME_IN_USE);
	ck_assert(!kupf_session_is_stored(session));
	kupf_session_unref(session);

	/* by the name alone, by the identity alone, by none */
	ck_assert(is_known(store, "a", ID_KEY_ID, chunk_from_str("x")));
	ck_assert(is_known(store, "x", ID_KEY_ID, chunk_from_str("id")));
	ck_assert(!is_known(store, "x", ID_KEY_ID, chunk_from_str("x")));
	ck_assert(!is_known(store, "id", ID_KEY_ID, chunk_from_str("a")));
	ck_assert(!is_known(store, "x", ID_FQDN, chunk_from_str("id")));

	ck_assert_int_eq(put(store, "b", ID_KEY_ID, "other"), KUPF_STORE_OK);
	ck_assert_str_eq(find(store, ID_KEY_ID, "id"), "a");
	ck_assert_str_eq(find(store, ID_KEY_ID, "other"), "b");
	ck_assert_uint_eq(store->get_count(store), 2);
	store->destroy(store);
}
END_TEST

START_TEST(test_duplicates)
{
	kupf_store_t *store = create(_i, 0);

	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "id"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "id2"),
					 KUPF_STORE_NAME_IN_USE);
	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "id"), KUPF_STORE_NAME_IN_USE);
	ck_assert_int_eq(put(store, "b", ID_KEY_ID, "id"),
					 KUPF_STORE_IDENTITY_IN_USE);
	/* nothing of the refused ones stays behind */
	ck_assert_uint_eq(store->get_count(store), 1);
	ck_assert(!has(store, "b"));
	ck_assert_str_eq(find(store, ID_KEY_ID, "id2"), "");
	ck_assert_int_eq(put(store, "b", ID_KEY_ID, "id2"), KUPF_STORE_OK);
	store->destroy(store);
}
END_TEST

START_TEST(test_identities)
{
	kupf_store_t *store = create(_i, 0);

	/* same bytes of other type, other case but for what charon folds (see
	 * test_alike), prefix, longer: all different */
	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "ue1@x"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "b", ID_RFC822_ADDR, "ue1@x"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "c", ID_FQDN, "ue1@x"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "d", ID_KEY_ID, "UE1@x"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "e", ID_RFC822_ADDR, "ue1@"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "f", ID_RFC822_ADDR, "ue1@xx"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "A", ID_KEY_ID, "u"), KUPF_STORE_OK);

	ck_assert_str_eq(find(store, ID_KEY_ID, "ue1@x"), "a");
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "ue1@x"), "b");
	ck_assert_str_eq(find(store, ID_FQDN, "ue1@x"), "c");
	ck_assert_str_eq(find(store, ID_KEY_ID, "UE1@x"), "d");
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "ue1@"), "e");
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "ue1@xx"), "f");
	ck_assert_str_eq(find(store, ID_FQDN, "UE1@x"), "");
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "UE1@x"), "");
	ck_assert_str_eq(find(store, ID_DER_ASN1_DN, "ue1@x"), "");
	ck_assert_str_eq(find(store, ID_ANY, ""), "");
	ck_assert_str_eq(find(store, ID_KEY_ID, ""), "");
	/* a type that agrees in its low octet only */
	ck_assert_str_eq(find(store, ID_KEY_ID + 256, "ue1@x"), "");
	store->destroy(store);
}
END_TEST

START_TEST(test_replace)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *old, *new, *found;

	old = test_session("a", ID_KEY_ID, "id", 0);
	new = test_session("a", ID_KEY_ID, "id", 0);
	store->put(store, old);
	put(store, "b", ID_KEY_ID, "other");

	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
	ck_assert(kupf_session_is_stored(new));
	ck_assert(!kupf_session_is_stored(old));
	ck_assert_uint_eq(store->get_count(store), 2);
	found = store->get(store, "a");
	ck_assert_ptr_eq(found, new);
	kupf_session_unref(found);
	found = store->find(store, ID_KEY_ID, chunk_from_str("id"));
	ck_assert_ptr_eq(found, new);
	kupf_session_unref(found);
	/* the old one is not in the store any more */
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_CHANGED);
	ck_assert(!store->remove(store, old));
	ck_assert(has(store, "a"));
	kupf_session_unref(old);
	kupf_session_unref(new);
	store->destroy(store);
}
END_TEST

START_TEST(test_replace_identity)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *old, *new, *taken;

	old = test_session("a", ID_KEY_ID, "id", 0);
	new = test_session("a", ID_RFC822_ADDR, "new@x", 0);
	taken = test_session("a", ID_KEY_ID, "other", 0);
	store->put(store, old);
	put(store, "b", ID_KEY_ID, "other");

	ck_assert_int_eq(store->replace(store, old, taken),
					 KUPF_STORE_IDENTITY_IN_USE);
	ck_assert_str_eq(find(store, ID_KEY_ID, "id"), "a");
	ck_assert_str_eq(find(store, ID_KEY_ID, "other"), "b");

	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
	ck_assert_str_eq(find(store, ID_KEY_ID, "id"), "");
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "new@x"), "a");
	ck_assert_uint_eq(store->get_count(store), 2);
	/* the identity is free for others */
	ck_assert_int_eq(put(store, "c", ID_KEY_ID, "id"), KUPF_STORE_OK);
	ck_assert(remove_name(store, "a"));
	ck_assert_str_eq(find(store, ID_RFC822_ADDR, "new@x"), "");
	kupf_session_unref(old);
	kupf_session_unref(new);
	kupf_session_unref(taken);
	store->destroy(store);
}
END_TEST

START_TEST(test_replace_changed)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *old, *new, *named;

	old = test_session("a", ID_KEY_ID, "id", 0);
	new = test_session("a", ID_KEY_ID, "id", 0);
	named = test_session("b", ID_KEY_ID, "id", 0);

	/* never put */
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_CHANGED);
	ck_assert_uint_eq(store->get_count(store), 0);
	/* another name is not the same session */
	store->put(store, old);
	ck_assert_int_eq(store->replace(store, old, named), KUPF_STORE_CHANGED);
	/* removed, and put again by somebody else */
	ck_assert(store->remove(store, old));
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_CHANGED);
	put(store, "a", ID_KEY_ID, "id");
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_CHANGED);
	ck_assert_uint_eq(store->get_count(store), 1);
	kupf_session_unref(old);
	kupf_session_unref(new);
	kupf_session_unref(named);
	store->destroy(store);
}
END_TEST

START_TEST(test_remove)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *session, *same;

	session = test_session("a", ID_KEY_ID, "id", 0);
	same = test_session("a", ID_KEY_ID, "id", 0);
	ck_assert(!store->remove(store, session));
	store->put(store, session);
	/* an object of the same contents is not the one in the store */
	ck_assert(!store->remove(store, same));
	ck_assert(has(store, "a"));
	ck_assert(store->remove(store, session));
	ck_assert(!kupf_session_is_stored(session));
	ck_assert(!store->remove(store, session));
	ck_assert(!has(store, "a"));
	ck_assert_str_eq(find(store, ID_KEY_ID, "id"), "");
	ck_assert_uint_eq(store->get_count(store), 0);
	/* and comes back */
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	ck_assert(has(store, "a"));
	kupf_session_unref(session);
	kupf_session_unref(same);
	store->destroy(store);
}
END_TEST

START_TEST(test_limit)
{
	kupf_store_t *store = create(_i, 2);
	kupf_session_t *old, *new;

	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "1"), KUPF_STORE_OK);
	ck_assert(!store->is_full(store));
	ck_assert_int_eq(put(store, "b", ID_KEY_ID, "2"), KUPF_STORE_OK);
	ck_assert(store->is_full(store));
	ck_assert_int_eq(put(store, "c", ID_KEY_ID, "3"), KUPF_STORE_FULL);
	ck_assert_uint_eq(store->get_count(store), 2);
	ck_assert(!has(store, "c"));
	ck_assert_str_eq(find(store, ID_KEY_ID, "3"), "");
	/* what is wrong otherwise comes first */
	ck_assert_int_eq(put(store, "a", ID_KEY_ID, "3"), KUPF_STORE_NAME_IN_USE);
	/* to replace takes no room */
	old = store->get(store, "a");
	new = test_session("a", ID_KEY_ID, "3", 0);
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
	ck_assert_uint_eq(store->get_count(store), 2);
	ck_assert(store->remove(store, new));
	kupf_session_unref(old);
	kupf_session_unref(new);
	ck_assert(!store->is_full(store));
	ck_assert_int_eq(put(store, "c", ID_KEY_ID, "3"), KUPF_STORE_OK);
	ck_assert_int_eq(put(store, "d", ID_KEY_ID, "4"), KUPF_STORE_FULL);
	store->destroy(store);
}
END_TEST

START_TEST(test_no_limit)
{
	kupf_store_t *store = create(_i, 0);

	ck_assert(!store->is_full(store));
	put(store, "a", ID_KEY_ID, "1");
	ck_assert(!store->is_full(store));
	store->destroy(store);
}
END_TEST

static Suite *kupf_store_suite()
{
	Suite *suite = suite_create("kupf_store");
	TCase *tc = test_case(suite, "methods", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_put, 0, countof(hashes));
	tcase_add_loop_test(tc, test_alike, 0, countof(hashes));
	tcase_add_loop_test(tc, test_duplicates, 0, countof(hashes));
	tcase_add_loop_test(tc, test_identities, 0, countof(hashes));
	tcase_add_loop_test(tc, test_replace, 0, countof(hashes));
	tcase_add_loop_test(tc, test_replace_identity, 0, countof(hashes));
	tcase_add_loop_test(tc, test_replace_changed, 0, countof(hashes));
	tcase_add_loop_test(tc, test_remove, 0, countof(hashes));
	tcase_add_loop_test(tc, test_limit, 0, countof(hashes));
	tcase_add_loop_test(tc, test_no_limit, 0, countof(hashes));

	kupf_store_growth_cases(suite);
	kupf_store_threads_cases(suite);
	kupf_store_walk_case(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_store_suite());
}
