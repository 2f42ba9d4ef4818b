/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is told of tunnels of a UPF, and when nothing is.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_record.h"
#include "test_ike_sa.h"
#include "test_kupf.h"
#include "test_runner.h"
#include "test_support.h"

static test_kupf_t kupf;
static test_ike_sa_t sa;
static test_child_sa_t pdu, other;
static nin3a_tunnels_t *tunnels;
static kupf_session_t *session;

/** Log lines that were left out */
static u_int left_out;

static void count_left_out()
{
	left_out++;
}

/**
 * Have an IKE_SA that is established, and has its first CHILD_SA.
 */
static void come_up(uint32_t ike_sa)
{
	tunnel_spis_t spis = { .initiator = ike_sa, .responder = ike_sa };

	tunnels->begin(tunnels, ike_sa, nin3a_attempt_create(NULL, sa.local,
												sa.remote, NIN3A_ALLOWED));
	ck_assert(tunnels->bind(tunnels, ike_sa, session, &spis));
	ck_assert(tunnels->establish(tunnels, ike_sa));
	kupf_session_unref(tunnels->up(tunnels, ike_sa));
}

static void setup()
{
	test_kupf_init(&kupf);
	test_ike_sa_init(&sa, 1);
	test_child_sa_init(&pdu, "pdu", 1);
	test_child_sa_init(&other, "other", 2);
	tunnels = nin3a_tunnels_create();
	session = test_session("carol", ID_RFC822_ADDR, "carol@example.org", 0);
	come_up(1);
}

static void teardown()
{
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	test_ike_sa_deinit(&sa);
	test_kupf_deinit(&kupf);
}

static void up()
{
	nin3a_record_up(tunnels, &kupf.public, session, &sa.public, &pdu.public);
}

static bool child(test_child_sa_t *child_sa, child_sa_state_t state)
{
	return nin3a_record_child(tunnels, &kupf.public, &sa.public,
							  &child_sa->public, state);
}

static void path(char *remote, uint16_t port)
{
	host_t *host = host_create_from_string(remote, port);

	nin3a_record_path(tunnels, &kupf.public, &sa.public, sa.local, host);
	host->destroy(host);
}

static void down(uint32_t current)
{
	nin3a_record_down(tunnels, &kupf.public, 1, current);
}

START_TEST(test_up)
{
	kupf_tunnel_t tunnel;

	up();
	test_kupf_assert(&kupf, "tunnel-up carol 1 pdu, child-up carol 1 pdu");
	/* this is shown of it */
	ck_assert_uint_eq(tunnels->describe(tunnels, "carol", &tunnel, 1), 1);
	ck_assert_uint_eq(tunnel.local.port, 4500);
	ck_assert_uint_eq(tunnel.remote.port, 4711);
	ck_assert(kupf_address_is_host(&tunnel.local.address, sa.local));
	ck_assert(kupf_address_is_host(&tunnel.remote.address, sa.remote));
	ck_assert_uint_eq(tunnel.child_count, 1);
	ck_assert_str_eq(tunnel.children[0].name, "pdu");
	ck_assert_uint_eq(tunnel.children[0].spi_in, 1);
	ck_assert_uint_eq(tunnel.children[0].spi_out, TEST_SPI_OUT + 1);
	ck_assert_uint_eq(tunnel.children[0].if_id_in, 7);
	ck_assert_uint_eq(tunnel.children[0].if_id_out, 8);
}
END_TEST

START_TEST(test_children)
{
	up();
	kupf.told[0] = '\0';
	/* before it is installed there is nothing, and once it is told */
	ck_assert(!child(&other, CHILD_INSTALLING));
	ck_assert(!child(&other, CHILD_INSTALLED));
	ck_assert(!child(&other, CHILD_INSTALLED));
	test_kupf_assert(&kupf, "child-up carol 1 other");
	ck_assert(!child(&other, CHILD_REKEYING));
	ck_assert(!child(&other, CHILD_DELETING));
	ck_assert(!child(&other, CHILD_DESTROYING));
	test_kupf_assert(&kupf, "child-down carol 1 other");
	/* the last one */
	ck_assert(child(&pdu, CHILD_DELETED));
	test_kupf_assert(&kupf, "child-down carol 1 pdu");
}
END_TEST

START_TEST(test_moved)
{
	up();
	kupf.told[0] = '\0';
	path("198.51.100.2", 4711);
	test_kupf_assert(&kupf, "");
	path("198.51.100.2", 4712);
	path("198.51.100.3", 4712);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 192.0.2.1[4500] "
					 "198.51.100.2[4712], tunnel-moved carol 1 "
					 "192.0.2.1[4500] 198.51.100.3[4712]");
}
END_TEST

START_TEST(test_down)
{
	up();
	kupf.told[0] = '\0';
	/* nothing else is about to be established, or it is this one */
	down(_i);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown");
	down(_i);
	path("198.51.100.9", 1);
	child(&pdu, CHILD_DESTROYING);
	test_kupf_assert(&kupf, "");
}
END_TEST

START_TEST(test_superseded)
{
	up();
	kupf.told[0] = '\0';
	/* charon removes it, as the same UE is about to have another one */
	down(2);
	test_kupf_assert(&kupf, "tunnel-down carol 1 superseded");
}
END_TEST

/* whoever was told of a tunnel knows it by its first identifier */
START_TEST(test_rekeyed)
{
	tunnel_spis_t spis = { .initiator = 5, .responder = 6 };

	up();
	kupf.told[0] = '\0';
	tunnels->rekey(tunnels, 1, 2, &spis);
	sa.unique_id = 2;
	path("198.51.100.3", 4711);
	child(&other, CHILD_INSTALLED);
	nin3a_record_down(tunnels, &kupf.public, 2, 0);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 192.0.2.1[4500] "
					 "198.51.100.3[4711], child-up carol 1 other, "
					 "tunnel-down carol 1 shutdown");
}
END_TEST

/* IKE_SAs of others */
START_TEST(test_others)
{
	sa.unique_id = 7;
	path("198.51.100.9", 1);
	ck_assert(!child(&pdu, CHILD_INSTALLED));
	ck_assert(!child(&pdu, CHILD_DESTROYING));
	nin3a_record_down(tunnels, &kupf.public, 7, 1);
	test_kupf_assert(&kupf, "");
}
END_TEST

START_TEST(test_flapping)
{
	kupf_limiter_t limiter = KUPF_LIMITER("nin3a", count_left_out);
	nin3a_setups_t *setups = nin3a_setups_create();
	u_int i;

	for (i = 1; i < NIN3A_FLAPS_MANY; i++)
	{
		nin3a_record_flapping(setups, &kupf.public, &limiter, session,
							  sa.remote);
	}
	test_kupf_assert(&kupf, "");
	nin3a_record_flapping(setups, &kupf.public, &limiter, session, sa.remote);
	test_kupf_assert(&kupf, "session-flapping carol 5");
	ck_assert_uint_eq(left_out, 0);
	setups->destroy(setups);
}
END_TEST

static Suite *nin3a_record_suite()
{
	Suite *suite = suite_create("nin3a_record");
	TCase *tc = test_case(suite, "told", 0, setup, teardown);

	tcase_add_test(tc, test_up);
	tcase_add_test(tc, test_children);
	tcase_add_test(tc, test_moved);
	tcase_add_loop_test(tc, test_down, 0, 2);
	tcase_add_test(tc, test_superseded);
	tcase_add_test(tc, test_rekeyed);
	tcase_add_test(tc, test_others);
	tcase_add_test(tc, test_flapping);

	return suite;
}

int main(void)
{
	return test_run(nin3a_record_suite());
}
