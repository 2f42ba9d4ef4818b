/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What plugin nin3a is to plugin kupf: for which IKE_SAs keys may be given out,
 * and what becomes of tunnels whose session ends or changes.
 */

#include <check.h>

#include "nin3a/nin3a_enforcer.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

/** Most IKE_SAs of a test */
#define MOST 4

/** An IKE_SA */
static test_ike_sa_t sa;

static nin3a_settings_t settings;

/** What was asked of the jobs */
static struct {
	u_int cut, check, drop_graces;
	uint32_t ike_sas[MOST], grace;
	kupf_session_t *session, *forgotten;
} asked;

static kupf_store_t *store;
static nin3a_tunnels_t *tunnels;
static nin3a_enforcer_t *nin3a;
static kupf_enforcer_t *enforcer;
static kupf_session_t *session;

static void get_settings(nin3a_config_t *this, nin3a_settings_t *out)
{
	*out = settings;
}

static void cut(nin3a_jobs_t *this, uint32_t ike_sa)
{
	ck_assert_uint_lt(asked.cut, MOST);
	asked.ike_sas[asked.cut++] = ike_sa;
}

static void check(nin3a_jobs_t *this, kupf_session_t *current, uint32_t grace)
{
	asked.check++;
	asked.session = current;
	asked.grace = grace;
}

static void drop_graces(nin3a_jobs_t *this, kupf_session_t *gone)
{
	asked.drop_graces++;
	asked.forgotten = gone;
}

static nin3a_config_t config = { .get = get_settings };
static nin3a_jobs_t jobs = {
	.cut = cut,
	.check = check,
	.drop_graces = drop_graces,
};

/**
 * Make a version of a session.
 *
 * @param key		octet of its key
 */
static kupf_session_t *version(char key, uint32_t generation)
{
	kupf_session_data_t data;
	kupf_session_t *made;
	char bytes[32];

	memset(bytes, key, sizeof(bytes));
	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.key = chunk_from_thing(bytes);
	data.generation = generation;
	made = kupf_session_create(&data);
	ck_assert_ptr_nonnull(made);
	return made;
}

static void setup()
{
	test_ike_sa_init(&sa, 1);
	settings = (nin3a_settings_t){ .grace = 30 };
	memset(&asked, 0, sizeof(asked));
	store = kupf_store_create(0, 0);
	tunnels = nin3a_tunnels_create();
	nin3a = nin3a_enforcer_create(&config, tunnels, &jobs, store);
	enforcer = &nin3a->enforcer;
	session = version('K', 1);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
}

static void teardown()
{
	nin3a->destroy(nin3a);
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}

static void begin(uint32_t ike_sa, nin3a_reason_t reason)
{
	host_t *local = host_create_from_string("192.0.2.1", 4500);

	tunnels->begin(tunnels, ike_sa, nin3a_attempt_create(NULL, local, local,
														 reason));
	local->destroy(local);
}

/**
 * Make a tunnel of a session.
 */
static void bring_up(uint32_t ike_sa, kupf_session_t *of)
{
	tunnel_spis_t spis = { .initiator = ike_sa, .responder = ike_sa };

	begin(ike_sa, NIN3A_ALLOWED);
	ck_assert(tunnels->bind(tunnels, ike_sa, of, &spis));
	ck_assert(tunnels->establish(tunnels, ike_sa));
	kupf_session_unref(tunnels->up(tunnels, ike_sa));
}

static bool covers()
{
	return enforcer->covers(enforcer, &sa.public);
}

START_TEST(test_role)
{
	kupf_role_t attached = KUPF_ROLE_UNSET;

	ck_assert_int_eq(enforcer->get_role(enforcer, &attached), KUPF_ROLE_UPF);
	ck_assert_int_eq(attached, KUPF_ROLE_UPF);
	ck_assert_ptr_null(enforcer->own(enforcer, &sa.public));
}
END_TEST

START_TEST(test_covers)
{
	tunnel_spis_t spis = { .initiator = 1, .responder = 1 };

	/* what was not judged, or refused, gets no key */
	ck_assert(!covers());
	begin(1, NIN3A_ALLOWED);
	ck_assert(covers());
	ck_assert(tunnels->bind(tunnels, 1, session, &spis));
	ck_assert(covers());
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert(!covers());
	sa.unique_id = 2;
	begin(2, NIN3A_METHOD);
	ck_assert(!covers());
}
END_TEST

START_TEST(test_covers_not)
{
	begin(1, NIN3A_ALLOWED);
	sa.version = _i == 0 ? IKEV1 : IKEV2;
	sa.conditions = _i == 1 ? COND_ORIGINAL_INITIATOR :
					_i == 2 ? COND_AUTHENTICATED : 0;
	ck_assert(covers() == (_i == 3));
}
END_TEST

START_TEST(test_close)
{
	bring_up(1, session);
	bring_up(2, session);
	begin(3, NIN3A_ALLOWED);
	ck_assert_uint_eq(enforcer->count_tunnels(enforcer, "carol"), 2);
	ck_assert(store->remove(store, session));
	ck_assert_uint_eq(enforcer->close(enforcer, session, KUPF_REASON_DELETED),
					  2);
	ck_assert_uint_eq(asked.cut, 2);
	ck_assert_uint_eq(asked.ike_sas[0] + asked.ike_sas[1], 3);
	ck_assert_uint_eq(asked.drop_graces, 1);
	ck_assert(asked.forgotten == session);
}
END_TEST

START_TEST(test_close_not_those_of_another)
{
	kupf_session_t *other = version('M', 1);

	bring_up(1, session);
	/* deleted, and one of that name was established before we are told */
	ck_assert(store->remove(store, session));
	ck_assert_int_eq(store->put(store, other), KUPF_STORE_OK);
	bring_up(2, other);
	ck_assert_uint_eq(enforcer->close(enforcer, session, KUPF_REASON_DELETED),
					  1);
	ck_assert_uint_eq(asked.cut, 1);
	ck_assert_uint_eq(asked.ike_sas[0], 1);
	kupf_session_unref(other);
}
END_TEST

START_TEST(test_close_verified)
{
	tunnel_spis_t spis = { .initiator = 1, .responder = 1 };

	/* it was on its way to become one */
	begin(1, NIN3A_ALLOWED);
	ck_assert(tunnels->bind(tunnels, 1, session, &spis));
	ck_assert(store->remove(store, session));
	ck_assert_uint_eq(enforcer->close(enforcer, session, KUPF_REASON_DELETED),
					  0);
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_REFUSED);
	ck_assert(!tunnels->establish(tunnels, 1));
}
END_TEST

START_TEST(test_replaced)
{
	kupf_session_t *other = version('M', 2);
	uint32_t graces[] = { 5, 0, UINT32_MAX };

	bring_up(1, session);
	enforcer->replaced(enforcer, session, other, graces[_i]);
	ck_assert_uint_eq(asked.check, 1);
	ck_assert(asked.session == other);
	/* the setting counts unless the request says otherwise */
	ck_assert_uint_eq(asked.grace, _i == 2 ? settings.grace : graces[_i]);
	kupf_session_unref(other);
}
END_TEST

START_TEST(test_replaced_but_same)
{
	kupf_session_t *other = version('K', 2), *bound;

	bring_up(1, session);
	enforcer->replaced(enforcer, session, other, 5);
	ck_assert_uint_eq(asked.check, 0);
	bound = tunnels->get_session(tunnels, 1);
	ck_assert(bound == other);
	kupf_session_unref(bound);
	kupf_session_unref(other);
}
END_TEST

START_TEST(test_replaced_without_tunnel)
{
	kupf_session_t *other = version('M', 2);

	enforcer->replaced(enforcer, session, other, 5);
	ck_assert_uint_eq(asked.check, 0);
	kupf_session_unref(other);
}
END_TEST

static Suite *nin3a_enforcer_suite(void)
{
	Suite *suite = suite_create("nin3a_enforcer");
	TCase *tc = test_case(suite, "covers", 0, setup, teardown);

	tcase_add_test(tc, test_role);
	tcase_add_test(tc, test_covers);
	tcase_add_loop_test(tc, test_covers_not, 0, 4);

	tc = test_case(suite, "close", 0, setup, teardown);
	tcase_add_test(tc, test_close);
	tcase_add_test(tc, test_close_not_those_of_another);
	tcase_add_test(tc, test_close_verified);

	tc = test_case(suite, "replaced", 0, setup, teardown);
	tcase_add_loop_test(tc, test_replaced, 0, 3);
	tcase_add_test(tc, test_replaced_but_same);
	tcase_add_test(tc, test_replaced_without_tunnel);

	return suite;
}

int main(void)
{
	return test_run(nin3a_enforcer_suite());
}
