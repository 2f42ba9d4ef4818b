/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Links of CHILD_SAs that were rekeyed: what has both its ends stays, all else
 * goes, and nothing is looked at that is gone.
 */

#include <check.h>

#include "tunnel/tunnel_links.h"
#include "test_ike_sa.h"
#include "test_runner.h"

#include <collections/array.h>

/** CHILD_SAs that there may be */
#define MOST 4

/** The IKE_SA, its CHILD_SAs, and which of them are there */
static test_ike_sa_t sa;
static child_sa_t children[MOST];
static bool there[MOST];

/** What each is linked with, MOST for nothing */
static u_int links[MOST];

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	array_t *array = array_create(0, 0);
	u_int i;

	for (i = 0; i < MOST; i++)
	{
		if (there[i])
		{
			array_insert(array, ARRAY_TAIL, &children[i]);
		}
	}
	return enumerator_create_cleaner(array_create_enumerator(array),
									 (void*)array_destroy, array);
}

#ifdef CHILD_SA_HAS_REKEY_SA

static child_sa_t *get_rekey_sa(child_sa_t *this)
{
	u_int i = this - children;

	ck_assert(there[i]);
	return links[i] < MOST ? &children[links[i]] : NULL;
}

static void set_rekey_sa(child_sa_t *this, child_sa_t *other)
{
	u_int i = this - children;

	ck_assert(there[i]);
	ck_assert(!other);
	links[i] = MOST;
}

#endif /* CHILD_SA_HAS_REKEY_SA */

static void setup()
{
	u_int i;

	test_ike_sa_init(&sa, 1);
	sa.public.create_child_sa_enumerator = create_child_sa_enumerator;
	for (i = 0; i < MOST; i++)
	{
		there[i] = TRUE;
		links[i] = MOST;
#ifdef CHILD_SA_HAS_REKEY_SA
		children[i].get_rekey_sa = get_rekey_sa;
		children[i].set_rekey_sa = set_rekey_sa;
#endif
	}
}

static void teardown()
{
	test_ike_sa_deinit(&sa);
}

/**
 * That one is linked with another one, or with none, where charon has links;
 * where it has not, nothing is touched.
 */
static void assert_link(u_int one, u_int other, u_int untouched)
{
#ifdef CHILD_SA_HAS_REKEY_SA
	ck_assert_uint_eq(links[one], other);
#else
	ck_assert_uint_eq(links[one], untouched);
#endif
}

START_TEST(test_sound)
{
	links[0] = 1;
	links[1] = 0;
	tunnel_links_mend(&sa.public, &children[2], CHILD_DESTROYING);
	tunnel_links_mend(&sa.public, &children[0], CHILD_DELETING);
	assert_link(0, 1, 1);
	assert_link(1, 0, 0);
}
END_TEST

START_TEST(test_gone)
{
	links[0] = 1;
	links[1] = 0;
	/* charon takes it out of the list first, or not */
	there[0] = _i;
	tunnel_links_mend(&sa.public, &children[0], CHILD_DESTROYING);
	assert_link(1, MOST, 0);
}
END_TEST

START_TEST(test_long_gone)
{
	links[1] = 0;
	there[0] = FALSE;
	tunnel_links_mend(&sa.public, &children[1], CHILD_DELETING);
	assert_link(1, MOST, 0);
}
END_TEST

START_TEST(test_one_end)
{
	/* another one has taken its place, or it has none */
	links[0] = _i ? 2 : MOST;
	links[1] = 0;
	links[2] = 0;
	tunnel_links_mend(&sa.public, &children[1], CHILD_DELETING);
	assert_link(1, MOST, 0);
	assert_link(2, 0, 0);
	links[1] = 0;
	tunnel_links_mend(&sa.public, &children[0], CHILD_DELETING);
	assert_link(0, _i ? 2 : MOST, _i ? 2 : MOST);
	assert_link(1, MOST, 0);
	assert_link(2, _i ? 0 : MOST, 0);
}
END_TEST

static Suite *tunnel_links_suite()
{
	Suite *suite = suite_create("tunnel_links");
	TCase *tc = test_case(suite, "links", 0, setup, teardown);

	tcase_add_test(tc, test_sound);
	tcase_add_loop_test(tc, test_gone, 0, 2);
	tcase_add_test(tc, test_long_gone);
	tcase_add_loop_test(tc, test_one_end, 0, 2);
	return suite;
}

int main(void)
{
	return test_run(tunnel_links_suite());
}
