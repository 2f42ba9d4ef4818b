/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The table of identities without a key.
 */

#include "kupf/credentials/kupf_fetch_denied.h"
#include "test_runner.h"
#include "test_support.h"

/** Life of an entry, ms */
#define TTL 1000

/** Many more identities than the table has room for */
#define MANY 100000

static kupf_fetch_denied_t *negative;

static void setup()
{
	negative = kupf_fetch_denied_create(TTL);
	ck_assert_ptr_nonnull(negative);
}

static void teardown()
{
	negative->destroy(negative);
}

static bool has(id_type_t type, char *id, uint64_t now)
{
	return negative->has(negative, type, chunk_from_str(id), now);
}

START_TEST(test_entry)
{
	chunk_t id = chunk_from_str("a");

	ck_assert(!has(ID_KEY_ID, "a", 0));
	negative->add(negative, ID_KEY_ID, id, 5);
	ck_assert(has(ID_KEY_ID, "a", 5));
	ck_assert(has(ID_KEY_ID, "a", 5 + TTL - 1));
	ck_assert(!has(ID_KEY_ID, "a", 5 + TTL));
	/* type and octets */
	ck_assert(!has(ID_FQDN, "a", 5));
	ck_assert(!has(ID_KEY_ID, "A", 5));
	ck_assert(!has(ID_KEY_ID, "", 5));
	ck_assert(!has(ID_KEY_ID, "aa", 5));
	/* again, and it lives longer */
	negative->add(negative, ID_KEY_ID, id, 10);
	ck_assert(has(ID_KEY_ID, "a", 5 + TTL));
	negative->remove(negative, ID_FQDN, id);
	ck_assert(has(ID_KEY_ID, "a", 10));
	negative->remove(negative, ID_KEY_ID, id);
	ck_assert(!has(ID_KEY_ID, "a", 10));
	negative->remove(negative, ID_KEY_ID, id);
}
END_TEST

START_TEST(test_many)
{
	u_int i, known = 0;

	/* it holds the latest ones, never grows, and is never wrong about those
	 * that are not in it */
	for (i = 0; i < MANY; i++)
	{
		negative->add(negative, ID_KEY_ID, chunk_from_thing(i), i);
		ck_assert(negative->has(negative, ID_KEY_ID, chunk_from_thing(i), i));
	}
	for (i = 0; i < MANY; i++)
	{
		ck_assert(!negative->has(negative, ID_FQDN, chunk_from_thing(i), 0));
		if (negative->has(negative, ID_KEY_ID, chunk_from_thing(i), MANY))
		{
			ck_assert_uint_gt(i, MANY - TTL);
			known++;
		}
	}
	/* a thousand in 2048 sets of four: hardly any is displaced */
	ck_assert_uint_gt(known, TTL * 9 / 10);
}
END_TEST

START_TEST(test_none)
{
	kupf_fetch_denied_t *none = kupf_fetch_denied_create(0);

	none->add(none, ID_KEY_ID, chunk_from_str("a"), 5);
	ck_assert(!none->has(none, ID_KEY_ID, chunk_from_str("a"), 5));
	none->destroy(none);
}
END_TEST

static Suite *kupf_fetch_denied_suite()
{
	Suite *suite = suite_create("kupf_fetch_denied");
	TCase *tc = test_case(suite, "table", 0, setup, teardown);

	tcase_add_test(tc, test_entry);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_none);

	return suite;
}

int main(void)
{
	return test_run(kupf_fetch_denied_suite());
}
