/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The store and its indices as they grow.
 */

#include "test_kupf_store.h"

/** Sessions to grow to */
#define MANY 200000

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

void kupf_store_growth_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "growth", 120, NULL, NULL);

	tcase_add_test(tc, test_grow);
	tcase_add_loop_test(tc, test_grow_chains, 0, countof(hashes));
}
