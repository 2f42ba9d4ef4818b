/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which sessions are kept for a grace, and how many.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_graces.h"
#include "test_runner.h"

static nin3a_graces_t *graces;

static void setup()
{
	ck_assert(library_init("", "test_nin3a_graces"));
	graces = nin3a_graces_create();
}

static void teardown()
{
	graces->destroy(graces);
	library_deinit();
}

/**
 * Create a session that was established and modified then.
 */
static kupf_session_t *create_session(char *name, uint64_t created,
									  uint32_t generation)
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
		.created = created,
		.lineage = created,
		.generation = generation,
	};
	kupf_session_t *session;

	session = kupf_session_create(&data);
	ck_assert(session);
	return session;
}

/**
 * Begin a grace; the only reference to the session is its one then.
 */
static nin3a_grace_t *begin(char *name, uint64_t created, uint32_t generation)
{
	kupf_session_t *session = create_session(name, created, generation);
	nin3a_grace_t *grace;

	grace = graces->begin(graces, session);
	kupf_session_unref(session);
	return grace;
}

/**
 * A session has gone.
 */
static void drop(char *name, uint64_t created, uint32_t generation)
{
	kupf_session_t *session = create_session(name, created, generation);

	graces->drop(graces, session);
	kupf_session_unref(session);
}

/**
 * Whether the session of a grace is still there.
 */
static bool has_session(nin3a_grace_t *grace)
{
	kupf_session_t *session;

	session = graces->get_session(graces, grace);
	kupf_session_unref(session);
	return session != NULL;
}

START_TEST(test_drop)
{
	nin3a_grace_t *first, *second, *anew, *other;

	first = begin("s", 1, 2);
	second = begin("s", 1, 3);
	anew = begin("s", 7, 2);
	other = begin("t", 1, 2);
	drop("u", 1, 9);
	ck_assert(has_session(first) && has_session(second));
	/* modified twice, and deleted then */
	drop("s", 1, 4);
	ck_assert(!has_session(first) && !has_session(second));
	ck_assert(has_session(anew) && has_session(other));
	graces->end(graces, second);
	graces->end(graces, first);
	ck_assert(has_session(anew));
	graces->end(graces, anew);
	graces->end(graces, other);
}
END_TEST

/* what it was modified to last goes, too */
START_TEST(test_drop_itself)
{
	kupf_session_t *session = create_session("s", 1, 2);
	nin3a_grace_t *grace;

	grace = graces->begin(graces, session);
	ck_assert(has_session(grace));
	graces->drop(graces, session);
	ck_assert(!has_session(grace));
	graces->end(graces, grace);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_bound)
{
	nin3a_grace_t *begun[NIN3A_GRACES_MAX], *other;
	u_int i;

	for (i = 0; i < NIN3A_GRACES_MAX; i++)
	{
		begun[i] = begin("s", 1, i + 1);
		ck_assert_ptr_nonnull(begun[i]);
	}
	ck_assert_ptr_null(begin("s", 1, i + 1));
	/* those of others are not counted, and jobs that still wait are */
	other = begin("t", 1, 1);
	ck_assert_ptr_nonnull(other);
	drop("s", 1, i + 1);
	ck_assert_ptr_null(begin("s", 2, 1));
	graces->end(graces, begun[5]);
	begun[5] = begin("s", 2, 1);
	ck_assert_ptr_nonnull(begun[5]);
	ck_assert_ptr_null(begin("s", 2, 2));
	for (i = 0; i < NIN3A_GRACES_MAX; i++)
	{
		graces->end(graces, begun[i]);
	}
	/* what has not ended goes with the object */
	ck_assert_ptr_nonnull(other);
}
END_TEST

static Suite *nin3a_graces_suite()
{
	Suite *suite = suite_create("nin3a_graces");
	TCase *tc = test_case(suite, "graces", 0, setup, teardown);

	tcase_add_test(tc, test_drop);
	tcase_add_test(tc, test_drop_itself);
	tcase_add_test(tc, test_bound);

	return suite;
}

int main(void)
{
	return test_run(nin3a_graces_suite());
}
