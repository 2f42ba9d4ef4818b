/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The store, session by session: all of them while it changes, and those whose
 * life is over.
 */

#include "test_kupf_store.h"
#include "test_support.h"

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

void kupf_store_walk_case(Suite *suite)
{
	TCase *tc = test_case(suite, "walk", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_enumerate, 0, countof(hashes));
	tcase_add_test(tc, test_walk);
	tcase_add_loop_test(tc, test_expire, 0, countof(hashes));
}
