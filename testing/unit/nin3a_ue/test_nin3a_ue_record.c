/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is told of the attempts and tunnels of a UE, and when nothing is.
 */

#include <check.h>

#include "nin3a_ue/tunnels/nin3a_ue_record.h"
#include "test_nin3a_ue_host.h"

static void failed()
{
	nin3a_ue_record_failed(sas, &kupf.public, &sa.public);
}

static void down(test_ike_sa_t *of)
{
	nin3a_ue_record_down(sas, &kupf.public, &of->public);
}

static void path(char *remote, uint16_t port)
{
	host_t *host = host_create_from_string(remote, port);

	nin3a_ue_record_path(sas, &kupf.public, &sa.public, sa.local, host);
	host->destroy(host);
}

static void child(test_child_sa_t *child_sa, child_sa_state_t state)
{
	nin3a_ue_record_child(sas, &kupf.public, &sa.public, &child_sa->public,
						  state);
}

/**
 * Have a tunnel that was told.
 */
static void up()
{
	host_bring_up(&sa, session);
	nin3a_ue_record_up(sas, &kupf.public, session, &sa.public, &pdu.public);
	test_kupf_assert(&kupf, "tunnel-up carol 1 pdu, child-up carol 1 pdu");
}

START_TEST(test_failed)
{
	host_attempt(&sa, session);
	sas->set_failure(sas, 1, NIN3A_UE_WRONG_KEY);
	failed();
	test_kupf_assert(&kupf, "auth-failed carol@example.org 192.0.2.1[4500] "
					 "198.51.100.2[4711] wrong-key");
	ck_assert_uint_eq(host_counter("nin3a-ue-failed-wrong-key"), 1);
	ck_assert_uint_eq(host_counter("nin3a-ue-failed"), 1);
	/* once, and it is no tunnel that ends */
	failed();
	down(&sa);
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(host_counter("nin3a-ue-failed"), 1);
}
END_TEST

/* nobody has refused it: the session has gone, or has another key */
START_TEST(test_cancelled)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);

	host_attempt(&sa, session);
	legs->drop(legs, "carol", NULL, KUPF_REASON_DELETED, ids);
	failed();
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(host_counter("nin3a-ue-failed-cancelled"), 1);
	array_destroy(ids);
}
END_TEST

START_TEST(test_up)
{
	kupf_tunnel_t tunnel;

	up();
	ck_assert_uint_eq(legs->describe(legs, "carol", &tunnel, 1), 1);
	ck_assert_uint_eq(tunnel.local.port, 4500);
	ck_assert_uint_eq(tunnel.remote.port, 4711);
	ck_assert_uint_eq(tunnel.child_count, 1);
	ck_assert_uint_eq(tunnel.children[0].spi_in, 1);
	ck_assert(tunnel.spi_i == sa.id->get_initiator_spi(sa.id));
	ck_assert(tunnel.spi_r == sa.id->get_responder_spi(sa.id));
	/* its attempt has not failed */
	failed();
	test_kupf_assert(&kupf, "");
}
END_TEST

START_TEST(test_children)
{
	test_child_sa_t second;

	test_child_sa_init(&second, "second", 2);
	up();
	child(&second, CHILD_INSTALLING);
	test_kupf_assert(&kupf, "");
	child(&second, CHILD_INSTALLED);
	child(&second, CHILD_INSTALLED);
	test_kupf_assert(&kupf, "child-up carol 1 second");
	child(&second, CHILD_DELETING);
	child(&second, CHILD_DESTROYING);
	test_kupf_assert(&kupf, "child-down carol 1 second");
}
END_TEST

START_TEST(test_moved)
{
	up();
	path("198.51.100.2", 4711);
	test_kupf_assert(&kupf, "");
	path("198.51.100.2", 4712);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 192.0.2.1[4500] "
					 "198.51.100.2[4712]");
}
END_TEST

/* the job that closes it has to find it */
START_TEST(test_spis)
{
	tunnel_spis_t spis;

	up();
	sa.id->set_responder_spi(sa.id, 4711);
	path("198.51.100.2", 4711);
	ck_assert(sas->get_spis(sas, 1, &spis));
	ck_assert(spis.responder == 4711);
}
END_TEST

START_TEST(test_down)
{
	up();
	/* charon reauthenticates: there is no other one yet */
	if (_i)
	{
		sa.conditions |= COND_REAUTHENTICATING;
	}
	down(&sa);
	test_kupf_assert(&kupf, _i ? "tunnel-down carol 1 superseded"
							   : "tunnel-down carol 1 shutdown");
	ck_assert_uint_eq(host_counter("nin3a-ue-tunnels-closed"), 1);
	down(&sa);
	path("198.51.100.9", 1);
	child(&pdu, CHILD_DESTROYING);
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(host_counter("nin3a-ue-tunnels-closed"), 1);
}
END_TEST

/* whoever was told of a tunnel knows it by its first identifier */
START_TEST(test_rekeyed)
{
	tunnel_spis_t spis = tunnel_spis_get(&other.public);

	up();
	sas->rekey(sas, 1, 2, &spis);
	down(&sa);
	test_kupf_assert(&kupf, "");
	down(&other);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown");
}
END_TEST

START_TEST(test_others)
{
	failed();
	path("198.51.100.9", 1);
	child(&pdu, CHILD_INSTALLED);
	child(&pdu, CHILD_DESTROYING);
	down(&sa);
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(host_counter("nin3a-ue-failed"), 0);
}
END_TEST

static Suite *nin3a_ue_record_suite()
{
	Suite *suite = suite_create("nin3a_ue_record");
	TCase *tc = test_case(suite, "told", 0, host_setup, host_teardown);

	tcase_add_test(tc, test_failed);
	tcase_add_test(tc, test_cancelled);
	tcase_add_test(tc, test_up);
	tcase_add_test(tc, test_children);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_spis);
	tcase_add_loop_test(tc, test_down, 0, 2);
	tcase_add_test(tc, test_rekeyed);
	tcase_add_test(tc, test_others);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_record_suite());
}
