/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The store and its indices as they grow.
 */

#include "kupf/store/kupf_index.h"
#include "test_kupf_store.h"
#include "test_support.h"

/** Sessions to grow to: of a store, and of a shard */
#define MANY 200000
#define MANY_SHARD 3000

/** Kinds of an index */
#define KINDS 2

/** Hashes of sessions 0, 1, 2, ... in a shard: the bits of the number that count,
 * so that in the end all have a bucket of their own, or share four, or one */
static uint32_t masks[] = { 0xffff, 3, 0 };

/**
 * Check that the chain of a bucket has the sessions that belong there up to the
 * last one, which is its first, and each of the others after it.
 */
static void assert_chain(kupf_shard_t *shard, kupf_index_kind_t kind,
						 uint32_t mask, u_int last)
{
	kupf_session_links_t *links;
	kupf_session_t *session;
	char name[16];
	u_int i;

	session = kupf_shard_first(shard, last & mask);
	for (i = last; i <= last; i -= min(shard->mask, mask) + 1)
	{
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_ptr_nonnull(session);
		ck_assert_str_eq(kupf_session_get_name(session), name);
		links = kupf_session_links(session);
		session = kind == KUPF_INDEX_NAME ? links->name_next : links->id_next;
	}
	ck_assert_ptr_null(session);
}

/**
 * There are never fewer buckets than sessions, and a shard that has doubled has
 * all of them where they belong, what came last first.
 */
START_TEST(test_grow)
{
	uint32_t mask = masks[_i / KINDS], buckets;
	kupf_index_kind_t kind = _i % KINDS;
	kupf_session_t *sessions[MANY_SHARD];
	kupf_session_links_t *links;
	kupf_index_t *index;
	kupf_shard_t *shard;
	char name[16];
	u_int i, grown = 0;

	index = kupf_index_create(kind);
	shard = kupf_index_get_shard(index, 0);
	for (i = 0; i < MANY_SHARD; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		sessions[i] = test_session(name, ID_KEY_ID, name, 0);
		links = kupf_session_links(sessions[i]);
		links->name_hash = links->id_hash = i & mask;
		buckets = shard->mask;
		kupf_index_add(index, shard, sessions[i]);
		ck_assert_uint_eq(shard->count, i + 1);
		ck_assert_uint_le(shard->count, shard->mask + 1);
		if (shard->mask != buckets)
		{
			grown++;
			assert_chain(shard, kind, mask, i);
		}
	}
	ck_assert_uint_ge(grown, 8);
	for (i = 0; i <= min(mask, MANY_SHARD - 1); i++)
	{
		assert_chain(shard, kind, mask, MANY_SHARD - 1 - i);
	}
	for (i = 0; i < MANY_SHARD; i++)
	{
		ck_assert(kupf_index_remove(index, shard, sessions[i]));
		ck_assert(!kupf_index_remove(index, shard, sessions[i]));
		kupf_session_unref(sessions[i]);
	}
	ck_assert_uint_eq(shard->count, 0);
	kupf_index_destroy(index);
}
END_TEST

START_TEST(test_many)
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

START_TEST(test_chains)
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

void kupf_store_growth_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "growth", 120, NULL, NULL);

	tcase_add_loop_test(tc, test_grow, 0, KINDS * countof(masks));
	tcase_add_test(tc, test_many);
	tcase_add_loop_test(tc, test_chains, 0, countof(hashes));
}
