/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The store with the hash function that it has, with one that knows four
 * values and with one that knows a single one; and all of its methods by many
 * threads at once.
 */

#include "kupf/store/kupf_store.h"
#include "kupf/store/kupf_expiry.h"
#include "test_runner.h"
#include "test_support.h"

#include <pthread.h>

/** Sessions to grow to */
#define MANY 200000

/** Names and identities that threads quarrel about */
#define SHARED 64

/** Rounds of a thread */
#define ROUNDS 4000

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

static kupf_store_hash_t hashes[] = {
	chunk_hash_inc,
	hash_two_bits,
	hash_constant,
};

static kupf_store_t *create(int i, u_int max)
{
	return kupf_store_create_hash(max, 0, hashes[i]);
}

/**
 * Put a new session, which the caller does not need.
 */
static kupf_store_status_t put(kupf_store_t *store, const char *name,
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

/**
 * Whether there is a session of a name or with an identity.
 */
static bool is_known(kupf_store_t *store, const char *name, id_type_t type,
					 chunk_t id)
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

/**
 * Name of the session with an identity, "" if there is none.
 */
static const char *find(kupf_store_t *store, id_type_t type, const char *id)
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

/**
 * Whether there is a session of that name.
 */
static bool has(kupf_store_t *store, const char *name)
{
	kupf_session_t *session;

	session = store->get(store, name);
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Remove a session by its name.
 */
static bool remove_name(kupf_store_t *store, const char *name)
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

START_TEST(test_enumerate)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *session, *old, *new;
	enumerator_t *enumerator;
	u_int seen[100] = {}, i, added = 0;
	char name[32];

	enumerator = store->create_enumerator(store);
	ck_assert(!enumerator->enumerate(enumerator, &session));
	ck_assert(!enumerator->enumerate(enumerator, &session));
	enumerator->destroy(enumerator);

	for (i = 0; i < countof(seen); i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_int_eq(put(store, name, ID_KEY_ID, name), KUPF_STORE_OK);
	}
	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		strcpy(name, kupf_session_get_name(session));
		if (name[0] == 'n')
		{	/* came during the enumeration */
			continue;
		}
		i = atoi(name + 1);
		seen[i]++;
		/* no lock is held: all of this would wait for ever */
		snprintf(name, sizeof(name), "new%u", added++);
		ck_assert_int_eq(put(store, name, ID_KEY_ID, name), KUPF_STORE_OK);
		if (i % 3 == 0)
		{
			ck_assert(store->remove(store, session));
		}
		if (i % 3 == 1)
		{
			snprintf(name, sizeof(name), "s%u", i);
			old = store->get(store, name);
			new = test_session(name, ID_FQDN, name, 0);
			ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
			kupf_session_unref(old);
			kupf_session_unref(new);
		}
		/* and what it yielded stays valid */
		ck_assert_int_eq(atoi(kupf_session_get_name(session) + 1), i);
	}
	enumerator->destroy(enumerator);
	for (i = 0; i < countof(seen); i++)
	{
		ck_assert_msg(seen[i] == 1, "session %u was seen %u times", i,
					  seen[i]);
	}
	/* given up half-way */
	enumerator = store->create_enumerator(store);
	ck_assert(enumerator->enumerate(enumerator, &session));
	store->remove(store, session);
	enumerator->destroy(enumerator);
	store->destroy(store);
}
END_TEST

/** Sessions of a walk at its beginning, and those that come meanwhile */
#define WALKED 3000
#define COMING 30000

static uint32_t hash_one_shard(chunk_t data, uint32_t inc)
{
	return chunk_hash_inc(data, inc) & 0x3fffff;
}

START_TEST(test_walk)
{
	kupf_store_t *store = kupf_store_create_hash(0, 0, hash_one_shard);
	array_t *sessions = array_create(0, 0);
	kupf_session_t *session;
	u_int seen[WALKED] = {}, i, added = 0, most = 0;
	uint64_t cursor = 0;
	char name[32];

	for (i = 0; i < countof(seen); i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_int_eq(put(store, name, ID_KEY_ID, name), KUPF_STORE_OK);
	}
	while (store->walk(store, &cursor, sessions))
	{
		most = max(most, (u_int)array_count(sessions));
		while (array_remove(sessions, ARRAY_HEAD, &session))
		{
			strcpy(name, kupf_session_get_name(session));
			if (name[0] == 's')
			{
				seen[atoi(name + 1)]++;
			}
			kupf_session_unref(session);
		}
		/* the shards double, also that in which the walk is */
		for (i = 0; i < 50 && added < COMING; i++)
		{
			snprintf(name, sizeof(name), "new%u", added++);
			ck_assert_int_eq(put(store, name, ID_KEY_ID, name), KUPF_STORE_OK);
		}
	}
	ck_assert_int_eq(array_count(sessions), 0);
	ck_assert(!store->walk(store, &cursor, sessions));
	for (i = 0; i < countof(seen); i++)
	{
		ck_assert_msg(seen[i] == 1, "session %u was seen %u times", i,
					  seen[i]);
	}
	ck_assert_uint_gt(added, WALKED);
	ck_assert_uint_gt(most, 0);
	array_destroy(sessions);
	store->destroy(store);
}
END_TEST

START_TEST(test_expire)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *session, *old, *new, *expired[4];
	time_t now = time_monotonic(NULL);
	char name[32];
	u_int i, round, count, total = 0;

	for (i = 0; i < 10; i++)
	{	/* due at once, partly long ago */
		snprintf(name, sizeof(name), "due%u", i);
		session = test_session(name, ID_KEY_ID, name, now > i ? now - i : 1);
		store->put(store, session);
		kupf_session_unref(session);
	}
	put(store, "never", ID_KEY_ID, "never");
	session = test_session("soon", ID_KEY_ID, "soon", now + 2);
	store->put(store, session);
	kupf_session_unref(session);
	/* in the same slot of the wheel as "soon", one round later */
	session = test_session("later", ID_KEY_ID, "later",
						   now + 2 + KUPF_EXPIRY_SLOTS);
	store->put(store, session);
	kupf_session_unref(session);
	/* gets more time before its end */
	old = test_session("longer", ID_KEY_ID, "longer", now + 1);
	new = test_session("longer", ID_KEY_ID, "longer", now + 3);
	store->put(store, old);
	ck_assert_int_eq(store->replace(store, old, new), KUPF_STORE_OK);
	kupf_session_unref(old);
	kupf_session_unref(new);
	/* removed before its end */
	session = test_session("gone", ID_KEY_ID, "gone", now + 1);
	store->put(store, session);
	ck_assert(store->remove(store, session));
	kupf_session_unref(session);

	for (round = 0; round < 10 && total < 10; round++)
	{
		count = store->expire(store, now, expired, countof(expired));
		ck_assert_uint_le(count, countof(expired));
		total += count;
		while (count)
		{
			session = expired[--count];
			ck_assert(strpfx(kupf_session_get_name(session), "due"));
			ck_assert(!kupf_session_is_stored(session));
			kupf_session_unref(session);
		}
	}
	ck_assert_uint_eq(total, 10);
	ck_assert_uint_eq(round, 3);
	ck_assert_uint_eq(store->expire(store, now, expired, 4), 0);
	ck_assert_uint_eq(store->expire(store, now + 1, expired, 4), 0);
	ck_assert_uint_eq(store->get_count(store), 4);

	ck_assert_uint_eq(store->expire(store, now + 2, expired, 4), 1);
	ck_assert_str_eq(kupf_session_get_name(expired[0]), "soon");
	kupf_session_unref(expired[0]);
	ck_assert_str_eq(find(store, ID_KEY_ID, "soon"), "");
	ck_assert_uint_eq(store->expire(store, now + 100, expired, 4), 1);
	ck_assert_str_eq(kupf_session_get_name(expired[0]), "longer");
	kupf_session_unref(expired[0]);
	/* a clock that leaps over many rounds of the wheel misses nothing */
	ck_assert_uint_eq(store->expire(store, now + 5 * KUPF_EXPIRY_SLOTS, expired,
									4), 1);
	ck_assert_str_eq(kupf_session_get_name(expired[0]), "later");
	kupf_session_unref(expired[0]);
	ck_assert_uint_eq(store->get_count(store), 1);
	ck_assert(has(store, "never"));
	store->destroy(store);
}
END_TEST

START_TEST(test_grow)
{
	kupf_store_t *store = kupf_store_create(0, 0);
	kupf_session_t *session;
	enumerator_t *enumerator;
	char name[32], id[17];
	u_int i, count = 0;

	for (i = 0; i < MANY; i++)
	{
		snprintf(name, sizeof(name), "imsi-90170%010u-1", i);
		snprintf(id, sizeof(id), "%016x", i * 2654435761u);
		ck_assert_int_eq(put(store, name, ID_KEY_ID, id), KUPF_STORE_OK);
	}
	ck_assert_uint_eq(store->get_count(store), MANY);
	for (i = 0; i < MANY; i++)
	{
		snprintf(name, sizeof(name), "imsi-90170%010u-1", i);
		snprintf(id, sizeof(id), "%016x", i * 2654435761u);
		session = store->find(store, ID_KEY_ID, chunk_from_str(id));
		ck_assert_str_eq(kupf_session_get_name(session), name);
		if (i % 2)
		{
			ck_assert(store->remove(store, session));
		}
		kupf_session_unref(session);
		ck_assert_int_eq(has(store, name), i % 2 == 0);
	}
	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		count++;
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(count, MANY / 2);
	ck_assert_uint_eq(store->get_count(store), MANY / 2);
	store->destroy(store);
}
END_TEST

START_TEST(test_grow_chains)
{
	kupf_store_t *store = create(_i, 0);
	kupf_session_t *session;
	char name[32];
	u_int i;

	for (i = 0; i < 600; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_int_eq(put(store, name, ID_KEY_ID, name), KUPF_STORE_OK);
	}
	for (i = 0; i < 600; i++)
	{
		snprintf(name, sizeof(name), "s%u", i * 7 % 600);
		session = store->get(store, name);
		ck_assert_str_eq(kupf_session_get_name(session), name);
		kupf_session_unref(session);
		ck_assert_str_eq(find(store, ID_KEY_ID, name), name);
		ck_assert(remove_name(store, name));
		ck_assert_uint_eq(store->get_count(store), 599 - i);
	}
	store->destroy(store);
}
END_TEST

/**
 * What a thread works on.
 */
typedef struct {
	/** store */
	kupf_store_t *store;
	/** number of the thread */
	u_int number;
	/** sessions that it has put, removed and got expired */
	u_int put, removed, expired;
	/** state of the thread's random numbers */
	uint32_t random;
} worker_t;

static uint32_t next_random(worker_t *this)
{
	this->random = this->random * 1664525 + 1013904223;
	return this->random >> 8;
}

/**
 * Any session, of a name and an identity that others use as well.
 */
static kupf_session_t *random_session(worker_t *this, const char *name)
{
	char any[16], id[16];
	uint32_t end = 0;

	if (!name)
	{
		snprintf(any, sizeof(any), "s%u", next_random(this) % SHARED);
		name = any;
	}
	snprintf(id, sizeof(id), "i%u", next_random(this) % SHARED);
	if (next_random(this) % 2)
	{
		end = time_monotonic(NULL) + next_random(this) % 3;
		end = max(end, 1);
	}
	return test_session(name, ID_KEY_ID, id, end);
}

static void do_put(worker_t *this)
{
	kupf_session_t *session = random_session(this, NULL);

	if (this->store->put(this->store, session) == KUPF_STORE_OK)
	{
		this->put++;
	}
	kupf_session_unref(session);
}

static void do_replace(worker_t *this, const char *name)
{
	kupf_session_t *old, *new;

	old = this->store->get(this->store, name);
	if (old)
	{
		new = random_session(this, name);
		this->store->replace(this->store, old, new);
		kupf_session_unref(old);
		kupf_session_unref(new);
	}
}

static void do_find(worker_t *this)
{
	kupf_session_t *session;
	id_type_t type;
	chunk_t id, key;
	char text[16];

	snprintf(text, sizeof(text), "i%u", next_random(this) % SHARED);
	session = this->store->find(this->store, ID_KEY_ID, chunk_from_str(text));
	if (session)
	{
		id = kupf_session_get_id(session, &type);
		ck_assert(type == ID_KEY_ID && chunk_equals(id, chunk_from_str(text)));
		key = kupf_session_get_key(session);
		ck_assert(key.len == 32 && key.ptr[31] == 'K');
		kupf_session_unref(session);
	}
}

static void do_enumerate(worker_t *this)
{
	enumerator_t *enumerator;
	kupf_session_t *session;

	enumerator = this->store->create_enumerator(this->store);
	while (enumerator->enumerate(enumerator, &session))
	{
		ck_assert(kupf_session_get_name(session)[0] == 's');
	}
	enumerator->destroy(enumerator);
}

static void do_expire(worker_t *this)
{
	kupf_session_t *expired[5];
	u_int count;

	count = this->store->expire(this->store, time_monotonic(NULL), expired,
								countof(expired));
	this->expired += count;
	while (count)
	{
		kupf_session_unref(expired[--count]);
	}
}

static void *work(void *data)
{
	worker_t *this = data;
	char name[16];
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(name, sizeof(name), "s%u", next_random(this) % SHARED);
		switch (next_random(this) % 8)
		{
			case 0:
			case 1:
			case 2:
				do_put(this);
				break;
			case 3:
				do_replace(this, name);
				break;
			case 4:
				this->removed += remove_name(this->store, name);
				break;
			case 5:
				do_expire(this);
				break;
			case 6:
				is_known(this->store, name, ID_KEY_ID, chunk_from_str(name));
				break;
			default:
				do_find(this);
				break;
		}
		if (i % 64 == this->number)
		{
			do_enumerate(this);
		}
	}
	return NULL;
}

START_TEST(test_threads)
{
	kupf_store_t *store = create(_i, SHARED / 2);
	kupf_session_t *session, *found;
	enumerator_t *enumerator;
	worker_t workers[6] = {};
	pthread_t threads[countof(workers)];
	u_int i, left = 0, count = 0;
	id_type_t type;
	chunk_t id;

	for (i = 0; i < countof(workers); i++)
	{
		workers[i].store = store;
		workers[i].number = i;
		workers[i].random = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]),
						 0);
	}
	for (i = 0; i < countof(workers); i++)
	{
		pthread_join(threads[i], NULL);
		left += workers[i].put - workers[i].removed - workers[i].expired;
	}
	/* both indexes agree, and with what the threads have done */
	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		found = store->get(store, kupf_session_get_name(session));
		ck_assert_ptr_eq(found, session);
		kupf_session_unref(found);
		id = kupf_session_get_id(session, &type);
		found = store->find(store, type, id);
		ck_assert_ptr_eq(found, session);
		kupf_session_unref(found);
		count++;
	}
	enumerator->destroy(enumerator);
	ck_assert_uint_eq(count, store->get_count(store));
	ck_assert_uint_eq(count, left);
	store->destroy(store);
}
END_TEST

/**
 * Move two sessions to each other's identity for ever: a lock order that is
 * not kept stops both.
 */
static void *swap(void *data)
{
	worker_t *this = data;
	char name[16];
	u_int i;

	snprintf(name, sizeof(name), "s%u", this->number);
	for (i = 0; i < ROUNDS; i++)
	{
		do_replace(this, name);
	}
	return NULL;
}

START_TEST(test_swap)
{
	kupf_store_t *store = create(_i, 0);
	worker_t workers[4] = {};
	pthread_t threads[countof(workers)];
	char name[16];
	u_int i;

	for (i = 0; i < countof(workers); i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		put(store, name, ID_FQDN, name);
		workers[i].store = store;
		workers[i].number = i;
		workers[i].random = i;
	}
	for (i = 0; i < countof(workers); i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL, swap, &workers[i]),
						 0);
	}
	for (i = 0; i < countof(workers); i++)
	{
		pthread_join(threads[i], NULL);
	}
	ck_assert_uint_eq(store->get_count(store), countof(workers));
	store->destroy(store);
}
END_TEST

Suite *kupf_store_suite(void);

Suite *kupf_store_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_store");

	tc = tcase_create("methods");
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
	tcase_add_loop_test(tc, test_enumerate, 0, countof(hashes));
	tcase_add_test(tc, test_walk);
	tcase_add_loop_test(tc, test_expire, 0, countof(hashes));
	suite_add_tcase(suite, tc);

	tc = tcase_create("growth");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_grow);
	tcase_add_loop_test(tc, test_grow_chains, 0, countof(hashes));
	suite_add_tcase(suite, tc);

	tc = tcase_create("threads");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, test_threads, 0, countof(hashes));
	tcase_add_loop_test(tc, test_swap, 0, countof(hashes));
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_store_suite());
}
