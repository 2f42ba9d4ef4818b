/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What bounds the IKE_SAs of a session, and those that have no CHILD_SA.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_tunnels.h"
#include "test_runner.h"

#define MOST 3

static nin3a_tunnels_t *tunnels;
static kupf_session_t *session;

static void setup()
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = "a",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};

	ck_assert(library_init("", "test_nin3a_tunnel_bounds"));
	tunnels = nin3a_tunnels_create();
	session = kupf_session_create(&data);
	ck_assert(session);
}

static void teardown()
{
	kupf_session_unref(session);
	tunnels->destroy(tunnels);
	library_deinit();
}

/**
 * Establish an IKE_SA of the session.
 */
static void establish(uint32_t ike_sa)
{
	host_t *local = host_create_from_string("192.0.2.1", 4500);
	host_t *remote = host_create_from_string("198.51.100.2", 4500);
	tunnel_spis_t spis = { .initiator = ike_sa };

	tunnels->begin(tunnels, ike_sa, nin3a_attempt_create(NULL, local, remote,
													NIN3A_ALLOWED));
	ck_assert(tunnels->bind(tunnels, ike_sa, session, &spis));
	ck_assert(tunnels->establish(tunnels, ike_sa));
	local->destroy(local);
	remote->destroy(remote);
}

/**
 * Install or take away a CHILD_SA.
 */
static bool set_child(uint32_t ike_sa, uint32_t spi, bool installed)
{
	kupf_child_t child = { .name = "pdu", .spi_in = spi, .spi_out = ~spi };

	return tunnels->set_child(tunnels, ike_sa, &child, installed, NULL);
}

/**
 * Give an IKE_SA a CHILD_SA.
 */
static void come_up(uint32_t ike_sa)
{
	kupf_session_t *got = tunnels->up(tunnels, ike_sa);

	ck_assert(got == session);
	kupf_session_unref(got);
	ck_assert(!set_child(ike_sa, ike_sa, TRUE));
}

/**
 * Take one out of an array of one or none.
 */
static uint32_t take(array_t *ids)
{
	uint32_t ike_sa = 0;

	ck_assert_int_le(array_count(ids), 1);
	array_remove(ids, ARRAY_HEAD, &ike_sa);
	return ike_sa;
}

/**
 * Crop after an IKE_SA was established.
 *
 * @param closed	the one that is expected to be closed, 0 for none
 * @param forced	the one that is expected to be destroyed, 0 for none
 */
static void assert_crop(uint32_t ike_sa, uint32_t closed, uint32_t forced)
{
	array_t *close = array_create(sizeof(uint32_t), 0);
	array_t *force = array_create(sizeof(uint32_t), 0);

	tunnels->crop(tunnels, ike_sa, MOST, close, force);
	ck_assert_uint_eq(take(close), closed);
	ck_assert_uint_eq(take(force), forced);
	array_destroy(close);
	array_destroy(force);
}

/* the oldest that is no tunnel goes, the tunnel and the newest stay */
START_TEST(test_crop)
{
	establish(1);
	come_up(1);
	assert_crop(1, 0, 0);
	establish(2);
	assert_crop(2, 0, 0);
	establish(3);
	assert_crop(3, 0, 0);
	establish(4);
	assert_crop(4, 2, 0);
	establish(5);
	assert_crop(5, 3, 0);
	/* what is none of ours, or not bound */
	assert_crop(99, 0, 0);
}
END_TEST

/* if all are tunnels the oldest goes */
START_TEST(test_crop_tunnels)
{
	uint32_t i;

	for (i = 1; i <= MOST; i++)
	{
		establish(i);
		come_up(i);
		assert_crop(i, 0, 0);
	}
	establish(MOST + 1);
	assert_crop(MOST + 1, 1, 0);
}
END_TEST

/* UEs that do not answer the DELETE do not make it more, either */
START_TEST(test_crop_unanswered)
{
	uint32_t i;

	for (i = 1; i <= 2 * MOST; i++)
	{
		establish(i);
		assert_crop(i, i > MOST ? i - MOST : 0, 0);
	}
	for (; i <= 50; i++)
	{
		establish(i);
		assert_crop(i, i - MOST, i - 2 * MOST);
		/* what charon does then */
		tunnels->remove(tunnels, i - 2 * MOST);
		ck_assert_uint_eq(tunnels->count_bound(tunnels, "a", NULL), 2 * MOST);
	}
}
END_TEST

/**
 * Choose what has no CHILD_SA.
 *
 * @param ike_sa	the one that is expected, 0 for none
 * @param told		whether its end as a tunnel was told
 */
static void assert_childless(uint32_t serial, uint32_t ike_sa, bool told)
{
	array_t *chosen = array_create(sizeof(nin3a_childless_t), 0);
	nin3a_childless_t childless = {};

	tunnels->childless(tunnels, "a", serial, chosen);
	ck_assert_int_eq(array_count(chosen), ike_sa ? 1 : 0);
	array_remove(chosen, ARRAY_HEAD, &childless);
	ck_assert_uint_eq(childless.ike_sa, ike_sa);
	ck_assert_int_eq(childless.told, told);
	array_destroy(chosen);
}

/* authenticated, and no CHILD_SA ever */
START_TEST(test_childless)
{
	uint32_t first, second;

	ck_assert(!tunnels->is_waiting(tunnels, 1, &first));
	establish(1);
	ck_assert(tunnels->is_waiting(tunnels, 1, &first));
	establish(2);
	ck_assert(tunnels->is_waiting(tunnels, 2, &second));
	come_up(2);
	ck_assert(!tunnels->is_waiting(tunnels, 2, &second));
	establish(3);
	assert_childless(first, 1, FALSE);
	ck_assert(!tunnels->is_waiting(tunnels, 1, &first));
	/* once, and it cannot come up any more */
	assert_childless(first, 0, FALSE);
	ck_assert(!tunnels->up(tunnels, 1));
	/* the third one's time is not over, the second one is a tunnel */
	assert_childless(second, 0, FALSE);
	assert_childless(UINT32_MAX, 3, FALSE);
}
END_TEST

/**
 * Look again whether a tunnel has a CHILD_SA.
 */
static uint32_t lose(uint32_t ike_sa, bool lost)
{
	uint32_t up_as = 0, serial = 0;
	kupf_session_t *got;
	u_int up;

	got = tunnels->lose(tunnels, ike_sa, &up_as, &serial);
	ck_assert(got == (lost ? session : NULL));
	ck_assert_uint_eq(up_as, lost ? 1 : 0);
	kupf_session_unref(got);
	tunnels->get_count(tunnels, &up);
	ck_assert_uint_eq(up, lost ? 0 : 1);
	return serial;
}

/* the last CHILD_SA goes, and none follows */
START_TEST(test_lose)
{
	uint32_t serial, before;

	establish(1);
	ck_assert(tunnels->is_waiting(tunnels, 1, &before));
	ck_assert(!tunnels->was_up(tunnels, 1));
	come_up(1);
	ck_assert(tunnels->was_up(tunnels, 1));
	ck_assert(!tunnels->was_up(tunnels, 2));
	/* rekeyed: the new one comes first */
	ck_assert(!set_child(1, 2, TRUE));
	ck_assert(!set_child(1, 1, FALSE));
	ck_assert(set_child(1, 2, FALSE));
	ck_assert(tunnels->is_losing(tunnels, 1));
	/* that is said once */
	ck_assert(!set_child(1, 2, FALSE));
	serial = lose(1, TRUE);
	ck_assert(!tunnels->is_losing(tunnels, 1));
	/* it has had one, whatever comes */
	ck_assert(tunnels->was_up(tunnels, 1));
	/* its time begins now */
	ck_assert_uint_gt(serial, before);
	assert_childless(before, 0, FALSE);
	assert_childless(serial, 1, TRUE);
}
END_TEST

/* another one comes in time, or later, also after the IKE_SA was rekeyed */
START_TEST(test_lose_not)
{
	tunnel_spis_t spis = {};
	uint32_t serial;

	establish(1);
	come_up(1);
	ck_assert(set_child(1, 1, FALSE));
	ck_assert(!set_child(1, 2, TRUE));
	lose(1, FALSE);

	ck_assert(set_child(1, 2, FALSE));
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	ck_assert(tunnels->is_losing(tunnels, 65));
	ck_assert(tunnels->was_up(tunnels, 65));
	serial = lose(65, TRUE);
	kupf_session_unref(tunnels->up(tunnels, 65));
	ck_assert(!set_child(65, 3, TRUE));
	assert_childless(serial, 0, FALSE);
	/* and it can be lost again */
	ck_assert(set_child(65, 3, FALSE));
	ck_assert(tunnels->is_losing(tunnels, 65));
}
END_TEST

static Suite *nin3a_tunnel_bounds_suite()
{
	Suite *suite = suite_create("nin3a_tunnel_bounds");
	TCase *tc = test_case(suite, "ike_sas", 0, setup, teardown);

	tcase_add_test(tc, test_crop);
	tcase_add_test(tc, test_crop_tunnels);
	tcase_add_test(tc, test_crop_unanswered);

	tc = test_case(suite, "child_sas", 0, setup, teardown);
	tcase_add_test(tc, test_childless);
	tcase_add_test(tc, test_lose);
	tcase_add_test(tc, test_lose_not);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_tunnel_bounds_suite());
}
