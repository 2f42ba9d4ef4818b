/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What has passed through the CHILD_SAs of a tunnel, with an IKE_SA and a
 * CHILD_SA that are made up.
 */

#include <check.h>

#include "tunnel/tunnel_traffic.h"
#include "test_runner.h"

#include <daemon.h>

/** Whether the IKE_SA is there; how often it was checked out, and in */
static bool there;
static u_int outs, ins;

static void get_usestats(child_sa_t *this, bool inbound, time_t *last,
						 uint64_t *octets, uint64_t *packets)
{
	*octets = inbound ? UINT64_MAX : 2;
	*packets = inbound ? 3 : 4;
	*last = inbound ? 5 : 0;
}

static child_sa_t child_sa = {
	.get_usestats = get_usestats,
};

/**
 * The second of three CHILD_SAs is there.
 */
static child_sa_t *get_child_sa(ike_sa_t *this, protocol_id_t protocol,
								uint32_t spi, bool inbound)
{
	ck_assert_int_eq(protocol, PROTO_ESP);
	ck_assert(inbound);
	return spi == htonl(0x01020304) ? &child_sa : NULL;
}

static ike_sa_t ike_sa = {
	.get_child_sa = get_child_sa,
};

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	ck_assert(id->get_initiator_spi(id) == 0x1111);
	ck_assert(id->get_responder_spi(id) == 0x2222);
	ck_assert(id->is_initiator(id));
	outs++;
	return there ? &ike_sa : NULL;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *sa)
{
	ck_assert_ptr_eq(sa, &ike_sa);
	ins++;
}

static ike_sa_manager_t manager = {
	.checkout = checkout,
	.checkin = checkin,
};

START_TEST(test_measure)
{
	kupf_tunnel_t tunnel = {
		.spi_i = 0x1111,
		.spi_r = 0x2222,
		.initiated_here = TRUE,
		.child_count = 3,
		.children = {
			{ .spi_in = 1 }, { .spi_in = 0x01020304 }, { .spi_in = 0x04030201 },
		},
	};
	ike_sa_manager_t *before = charon->ike_sa_manager;

	charon->ike_sa_manager = &manager;
	tunnel_traffic_measure(&tunnel);
	ck_assert(!tunnel.children[1].measured);
	ck_assert_uint_eq(outs, 1);
	ck_assert_uint_eq(ins, 0);

	there = TRUE;
	tunnel_traffic_measure(&tunnel);
	ck_assert(!tunnel.children[0].measured);
	ck_assert(tunnel.children[1].measured);
	ck_assert(!tunnel.children[2].measured);
	ck_assert(tunnel.children[1].in.octets == UINT64_MAX);
	ck_assert(tunnel.children[1].in.packets == 3);
	ck_assert_uint_eq(tunnel.children[1].in.last, 5);
	ck_assert(tunnel.children[1].out.octets == 2);
	ck_assert(tunnel.children[1].out.packets == 4);
	ck_assert_uint_eq(tunnel.children[1].out.last, 0);
	ck_assert_uint_eq(outs, 2);
	ck_assert_uint_eq(ins, 1);
	charon->ike_sa_manager = before;
}
END_TEST

static Suite *tunnel_traffic_suite()
{
	Suite *suite = suite_create("tunnel_traffic");
	TCase *tc;
	tc = test_case(suite, "traffic", 0, NULL, NULL);
	tcase_add_test(tc, test_measure);
	return suite;
}

int main(void)
{
	return test_run(tunnel_traffic_suite());
}
