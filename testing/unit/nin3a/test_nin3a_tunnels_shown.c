/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is shown and counted of tunnels.
 */

#include "test_nin3a_tunnels.h"
#include "nin3a/nin3a_counters.h"

/**
 * Check the only tunnel of a session.
 */
static void get_tunnel(const char *name, kupf_tunnel_t *tunnel)
{
	kupf_tunnel_t all[2];

	ck_assert_uint_eq(tunnels->describe(tunnels, name, all, 2), 1);
	*tunnel = all[0];
}

START_TEST(test_describe)
{
	kupf_session_t *session = session_create("a", 1, 7);
	kupf_endpoint_t local = { { AF_INET, { 192, 0, 2, 1 } }, 4500 };
	kupf_endpoint_t remote = { { AF_INET, { 198, 51, 100, 2 } }, 1234 };
	kupf_child_t child = { .name = "pdu" };
	tunnel_spis_t spis = { .initiator = 5, .responder = 6 };
	kupf_tunnel_t tunnel, all[2];
	u_int i;

	/* nothing is kept about what is no tunnel */
	ck_assert_uint_eq(tunnels->describe(tunnels, "a", all, 2), 0);
	verify(1, session);
	ck_assert(tunnels->establish(tunnels, 1));
	tunnels->set_path(tunnels, 1, &local, &remote, NULL);
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);
	tunnels->set_path(tunnels, 100, &local, &remote, NULL);
	tunnels->set_child(tunnels, 100, &child, TRUE, NULL);
	ck_assert_uint_eq(tunnels->describe(tunnels, "a", all, 2), 0);

	ck_assert(came_up(1, session));
	get_tunnel("a", &tunnel);
	ck_assert_uint_eq(tunnel.ike_sa, 1);
	ck_assert_uint_eq(tunnel.up_as, 1);
	ck_assert(tunnel.spi_i == 1 && tunnel.spi_r == ~(uint64_t)1);
	ck_assert_uint_eq(tunnel.generation, 7);
	ck_assert_uint_le(time_monotonic(NULL) - tunnel.established, 5);
	ck_assert_uint_eq(tunnel.child_count, 0);
	ck_assert_uint_eq(tunnel.local.address.family, AF_UNSPEC);

	tunnels->set_path(tunnels, 1, &local, &remote, NULL);
	for (i = 1; i <= KUPF_CHILDREN_MAX + 1; i++)
	{
		child.spi_in = i;
		child.spi_out = i + 100;
		tunnels->set_child(tunnels, 1, &child, TRUE, NULL);
	}
	/* again, with another SPI of the peer's */
	child.spi_in = 2;
	child.spi_out = 222;
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);
	get_tunnel("a", &tunnel);
	ck_assert(memeq(&tunnel.local, &local, sizeof(local)));
	ck_assert(memeq(&tunnel.remote, &remote, sizeof(remote)));
	/* there is one more than is shown */
	ck_assert_uint_eq(tunnel.child_count, KUPF_CHILDREN_MAX);
	child.spi_in = KUPF_CHILDREN_MAX + 1;
	tunnels->set_child(tunnels, 1, &child, FALSE, NULL);
	get_tunnel("a", &tunnel);
	ck_assert_uint_eq(tunnel.child_count, KUPF_CHILDREN_MAX);
	ck_assert_uint_eq(tunnel.children[1].spi_in, 2);
	ck_assert_uint_eq(tunnel.children[1].spi_out, 222);
	ck_assert_str_eq(tunnel.children[1].name, "pdu");

	/* the last, the first, one in between, one that is not there */
	for (i = KUPF_CHILDREN_MAX; i > 0; i--)
	{
		child.spi_in = (const uint32_t[]){ 2, 3, 5, 6, 7, 4, 1, 8 }[i - 1];
		tunnels->set_child(tunnels, 1, &child, FALSE, NULL);
		tunnels->set_child(tunnels, 1, &child, FALSE, NULL);
		get_tunnel("a", &tunnel);
		ck_assert_uint_eq(tunnel.child_count, i - 1);
	}
	memset(child.name, 'n', sizeof(child.name) - 1);
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);

	/* rekeyed: the successor has all of it, and other SPIs */
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	get_tunnel("a", &tunnel);
	ck_assert_uint_eq(tunnel.ike_sa, 65);
	ck_assert_uint_eq(tunnel.up_as, 1);
	ck_assert(tunnel.spi_i == 5 && tunnel.spi_r == 6);
	ck_assert(memeq(&tunnel.remote, &remote, sizeof(remote)));
	ck_assert_uint_eq(tunnel.child_count, 1);
	ck_assert_str_eq(tunnel.children[0].name, child.name);

	/* as many as there is room for */
	bring_up(2, session);
	ck_assert_uint_eq(tunnels->describe(tunnels, "a", all, 0), 0);
	ck_assert_uint_eq(tunnels->describe(tunnels, "a", all, 1), 1);
	ck_assert_uint_eq(tunnels->describe(tunnels, "a", all, 2), 2);
	ck_assert_uint_eq(all[0].ike_sa + all[1].ike_sa, 67);
	/* one that goes is no tunnel any more */
	assert_down(65, session, KUPF_REASON_SHUTDOWN, 1);
	get_tunnel("a", &tunnel);
	ck_assert_uint_eq(tunnel.ike_sa, 2);
	kupf_session_unref(session);
}
END_TEST

/** Octets that were counted */
static struct {
	uint64_t in, out;
} octets;

CALLBACK(take_octets, void,
	void *user, const char *name, uint64_t value)
{
	if (streq(name, "nin3a-octets-in"))
	{
		octets.in = value;
	}
	else if (streq(name, "nin3a-octets-out"))
	{
		octets.out = value;
	}
}

/**
 * The CHILD_SAs of a tunnel were measured; check what is counted then.
 *
 * @param first		octets of the first one, received; twice as many sent
 * @param second	those of the second one, 0 if it was not measured
 */
static void measure(const char *name, uint64_t first, uint64_t second,
					uint64_t in, uint64_t out)
{
	kupf_tunnel_t tunnel;

	get_tunnel(name, &tunnel);
	ck_assert_uint_eq(tunnel.child_count, 2);
	tunnel.children[0].measured = TRUE;
	tunnel.children[0].in.octets = first;
	tunnel.children[0].out.octets = 2 * first;
	tunnel.children[1].measured = second;
	tunnel.children[1].in.octets = second;
	tunnels->measured(tunnels, &tunnel);
	nin3a_counters_report(take_octets, NULL);
	ck_assert_uint_eq(octets.in, in);
	ck_assert_uint_eq(octets.out, out);
}

START_TEST(test_measured)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_child_t child = { .spi_in = 1 };
	tunnel_spis_t spis = { .initiator = 5, .responder = 6 };
	kupf_tunnel_t before;

	bring_up(1, session);
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);
	child.spi_in = 2;
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);

	measure("a", 100, 0, 100, 200);
	measure("a", 100, 0, 100, 200);
	measure("a", 150, 7, 157, 300);
	/* an earlier answer, of two threads that asked */
	measure("a", 120, 7, 157, 300);
	measure("a", 151, 8, 159, 302);

	/* another CHILD_SA in its place begins anew */
	tunnels->set_child(tunnels, 1, &child, FALSE, NULL);
	child.spi_in = 3;
	tunnels->set_child(tunnels, 1, &child, TRUE, NULL);
	measure("a", 151, 5, 164, 302);

	/* the IKE_SA was rekeyed meanwhile, and the CHILD_SAs are the same */
	get_tunnel("a", &before);
	before.children[0].measured = TRUE;
	before.children[0].in.octets = UINT64_MAX;
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	tunnels->measured(tunnels, &before);
	measure("a", 161, 5, 174, 322);

	/* a CHILD_SA that is gone, and a tunnel that is */
	before.ike_sa = 65;
	before.children[0].spi_in = 4;
	tunnels->measured(tunnels, &before);
	tunnels->remove(tunnels, 65);
	tunnels->measured(tunnels, &before);
	nin3a_counters_report(take_octets, NULL);
	ck_assert_uint_eq(octets.in, 174);
	kupf_session_unref(session);
}
END_TEST

void nin3a_tunnels_shown_case(Suite *suite)
{
	TCase *tc = test_case(suite, "shown", 0, setup, teardown);

	tcase_add_test(tc, test_describe);
	tcase_add_test(tc, test_measured);
}
