/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The tunnels of a session: which of them go with it, and which stay.
 */

#include "kupf/store/kupf_space.h"
#include "test_nin3a_tunnels.h"

START_TEST(test_evict)
{
	kupf_session_t *a = session_create("a", 1, 1);
	kupf_session_t *b = session_create("b", 2, 1);
	uint32_t ike_sa;
	u_int count;

	bring_up(1, a);
	verify(2, a);
	bring_up(3, b);
	tunnels->begin(tunnels, 4, attempt_create(NIN3A_ALLOWED));

	ck_assert_uint_eq(select_all("c", KUPF_REASON_DELETED, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(select_all("a", KUPF_REASON_EXPIRED, &ike_sa, &count), 1);
	ck_assert_uint_eq(count, 2);
	/* one under way is refused, also if charon has authorized it */
	ck_assert(!tunnels->establish(tunnels, 2));
	assert_refusal(2, NIN3A_SESSION_EXPIRED);
	/* each once */
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	assert_down(1, a, KUPF_REASON_EXPIRED, 1);
	assert_session_counts("b", 1, 1);

	kupf_session_unref(a);
	kupf_session_unref(b);
}
END_TEST

/**
 * Call vacate().
 *
 * @param ike_sa	[out] the last one chosen, 0 for none
 * @param count		[out] how many were
 */
static u_int vacate(const char *session, uint32_t up_as, uint32_t *ike_sa,
					u_int *count)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	u_int up;

	*ike_sa = 0;
	up = tunnels->vacate(tunnels, session, up_as, ids);
	*count = array_count(ids);
	array_get(ids, ARRAY_TAIL, ike_sa);
	array_destroy(ids);
	return up;
}

/* the UE is elsewhere: what is up goes, what is being set up is newer */
START_TEST(test_vacate)
{
	kupf_session_t *a = session_create("a", 1, 1);
	kupf_session_t *b = session_create("b", 2, 1);
	tunnel_spis_t spis = {};
	uint32_t ike_sa;
	u_int count;

	bring_up(1, a);
	bring_up(2, a);
	bring_up(3, b);
	verify(4, a);
	tunnels->rekey(tunnels, 1, 65, &spis);

	ck_assert_uint_eq(vacate("c", 0, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	/* by the number that it came up with, and of no other session */
	ck_assert_uint_eq(vacate("a", 65, &ike_sa, &count), 0);
	ck_assert_uint_eq(vacate("a", 3, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(vacate("a", 1, &ike_sa, &count), 1);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(ike_sa, 65);
	ck_assert_uint_eq(vacate("a", 1, &ike_sa, &count), 0);
	ck_assert_uint_eq(vacate("a", 0, &ike_sa, &count), 1);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(ike_sa, 2);
	assert_down(65, a, KUPF_REASON_MOVED, 1);
	assert_down(2, a, KUPF_REASON_MOVED, 2);
	/* it comes up all the same */
	ck_assert(tunnels->establish(tunnels, 4));
	ck_assert(came_up(4, a));
	assert_session_counts("b", 1, 1);

	kupf_session_unref(a);
	kupf_session_unref(b);
}
END_TEST

/* established, then the session is deleted, then the CHILD_SA comes */
START_TEST(test_deleted_before_up)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_reason_t reason;
	uint32_t ike_sa, up_as;
	u_int count;

	verify(1, session);
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert(!came_up(1, session));
	ck_assert(!tunnels->down(tunnels, 1, &up_as, &reason));
	kupf_session_unref(session);
}
END_TEST

static bool is_not(void *user, kupf_session_t *session)
{
	return session != user;
}

/* the name is in use again before the tunnels of the deleted one are closed */
START_TEST(test_select_old_only)
{
	kupf_session_t *old = session_create("a", 1, 1);
	kupf_session_t *new = session_create("a", 2, 1);
	array_t *ids = array_create(sizeof(uint32_t), 0);
	uint32_t ike_sa = 0;

	bring_up(1, old);
	bring_up(2, new);
	ck_assert_uint_eq(tunnels->evict(tunnels, "a", is_not, new,
									  KUPF_REASON_DELETED, ids), 1);
	ck_assert_int_eq(array_count(ids), 1);
	array_get(ids, 0, &ike_sa);
	ck_assert_uint_eq(ike_sa, 1);
	array_destroy(ids);
	kupf_session_unref(old);
	kupf_session_unref(new);
}
END_TEST

/* the index by name must not keep the name of a session that is gone */
START_TEST(test_refresh)
{
	kupf_session_t *first = session_create("a", 1, 1);
	kupf_session_t *same = session_create("a", 1, 2);
	kupf_session_t *other = session_create("a", 2, 3);
	kupf_session_t *reused;

	bring_up(3, other);
	bring_up(1, first);
	bring_up(2, first);
	tunnels->refresh(tunnels, same);
	assert_session(1, same);
	assert_session(2, same);
	assert_session(3, other);
	kupf_session_unref(first);
	/* gets its memory, as a rule */
	reused = session_create("b", 1, 1);
	assert_session_counts("a", 3, 3);
	kupf_session_unref(reused);

	tunnels->refresh(tunnels, other);
	assert_session(1, same);
	tunnels->remove(tunnels, 2);
	assert_session_counts("a", 2, 2);
	tunnels->remove(tunnels, 1);
	kupf_session_unref(same);
	assert_session_counts("a", 1, 1);
	tunnels->remove(tunnels, 3);
	kupf_session_unref(other);
	assert_session_counts("a", 0, 0);
}
END_TEST

/* in any order, whichever of the session's entries is the first */
START_TEST(test_remove_order)
{
	static const uint32_t orders[][3] = {
		{ 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 },
		{ 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 },
	};
	kupf_session_t *sessions[3];
	int i, j;

	for (i = 0; i < 3; i++)
	{
		sessions[i] = session_create("a", i + 1, i + 1);
		bring_up(i + 1, sessions[i]);
		kupf_session_unref(sessions[i]);
	}
	for (j = 0; j < 3; j++)
	{
		assert_session_counts("a", 3 - j, 3 - j);
		tunnels->remove(tunnels, orders[_i][j]);
		assert_state(orders[_i][j], NIN3A_STATE_NONE);
	}
	assert_session_counts("a", 0, 0);
	assert_counts(0, 0);
}
END_TEST

/**
 * Create a session with an inner address.
 */
static kupf_session_t *session_with(uint32_t generation, const char *address)
{
	kupf_session_t *session, *without = session_create("s", 'k', generation);
	kupf_session_data_t data;

	kupf_session_get_data(without, &data);
	ck_assert(kupf_address_parse(chunk_from_str((char*)address),
								 &data.ue_addresses[0]));
	data.ue_address_count = 1;
	session = kupf_session_create(&data);
	ck_assert(session);
	kupf_session_unref(without);
	return session;
}

static bool uses_in(const char *dnn, const char *session, const char *text)
{
	kupf_address_t address;

	ck_assert(kupf_address_parse(chunk_from_str((char*)text), &address));
	return tunnels->uses(tunnels, session, dnn, &address);
}

static bool uses(const char *session, const char *text)
{
	return uses_in(NULL, session, text);
}

/**
 * Create a session with an inner address in a DNN.
 */
static kupf_session_t *session_in(const char *dnn, uint32_t generation)
{
	kupf_session_t *session, *without = session_with(generation, "10.0.0.1");
	kupf_session_data_t data;

	kupf_session_get_data(without, &data);
	data.dnn = dnn;
	session = kupf_session_create(&data);
	ck_assert(session);
	kupf_session_unref(without);
	return session;
}

/* where DNNs have spaces of their own, an address is used in that of the tunnel */
START_TEST(test_uses_dnn)
{
	kupf_session_t *old, *new;

	old = session_in("internet", 1);
	new = session_in("ims", 2);
	bring_up(2, old);
	ck_assert(uses_in("ims", "s", "10.0.0.1"));
	kupf_space_set(KUPF_SPACE_DNN);
	ck_assert(uses_in("Internet", "s", "10.0.0.1"));
	ck_assert(!uses_in("ims", "s", "10.0.0.1"));
	ck_assert(!uses("s", "10.0.0.1"));
	tunnels->refresh(tunnels, new);
	bring_up(3, new);
	ck_assert(uses_in("internet", "s", "10.0.0.1"));
	ck_assert(uses_in("ims", "s", "10.0.0.1"));
	tunnels->remove(tunnels, 2);
	ck_assert(!uses_in("internet", "s", "10.0.0.1"));
	ck_assert(uses_in("ims", "s", "10.0.0.1"));
	tunnels->remove(tunnels, 3);
	ck_assert(!uses_in("ims", "s", "10.0.0.1"));
	kupf_space_set(KUPF_SPACE_ONE);
	kupf_session_unref(old);
	kupf_session_unref(new);
}
END_TEST

/* an address is in use until the last IKE_SA with a session that has it goes */
START_TEST(test_uses)
{
	kupf_session_t *old, *new;
	uint32_t ike_sa;
	u_int count;

	old = session_with(1, "10.0.0.1");
	new = session_with(2, "10.0.0.2");
	tunnels->begin(tunnels, 1, attempt_create(NIN3A_ALLOWED));
	ck_assert(!uses("s", "10.0.0.1"));
	bring_up(2, old);
	verify(3, old);
	ck_assert(uses("s", "10.0.0.1"));
	ck_assert(!uses("s", "10.0.0.2"));
	ck_assert(!uses("t", "10.0.0.1"));
	/* a modification: the old tunnel stays for its grace */
	tunnels->refresh(tunnels, new);
	ck_assert(uses("s", "10.0.0.1"));
	bring_up(4, new);
	ck_assert(uses("s", "10.0.0.2"));
	/* being closed does not end it, nor does a refusal: the IKE_SAs are there */
	select_all("s", KUPF_REASON_DELETED, &ike_sa, &count);
	ck_assert_uint_eq(count, 3);
	ck_assert(uses("s", "10.0.0.1"));
	tunnels->remove(tunnels, 2);
	ck_assert(uses("s", "10.0.0.1"));
	tunnels->remove(tunnels, 3);
	ck_assert(!uses("s", "10.0.0.1"));
	ck_assert(uses("s", "10.0.0.2"));
	tunnels->remove(tunnels, 4);
	ck_assert(!uses("s", "10.0.0.2"));
	kupf_session_unref(old);
	kupf_session_unref(new);
}
END_TEST

/**
 * What there is to be told of a tunnel, or nothing.
 */
static void assert_told(tunnel_told_t *told, kupf_session_t *session,
						uint32_t up_as)
{
	ck_assert_ptr_eq(told->session, session);
	ck_assert_uint_eq(told->up_as, up_as);
	kupf_session_unref(told->session);
	*told = (tunnel_told_t){};
}

START_TEST(test_told)
{
	kupf_session_t *session = session_create("s", 'k', 1);
	kupf_endpoint_t local = { { AF_INET, { 192, 0, 2, 1 } }, 4500 };
	kupf_endpoint_t remote = { { AF_INET, { 198, 51, 100, 2 } }, 1 };
	kupf_child_t child = { .spi_in = 1, .spi_out = 2, .name = "pdu" };
	tunnel_spis_t spis = { .initiator = 5, .responder = 6 };
	tunnel_told_t told = {};
	u_int i;

	bring_up(1, session);
	tunnels->set_child(tunnels, 1, &child, TRUE, &told);
	assert_told(&told, session, 1);
	/* not told again, and by the number that it came up with */
	tunnels->set_child(tunnels, 1, &child, TRUE, &told);
	assert_told(&told, NULL, 0);
	ck_assert(!tunnels->rekey(tunnels, 1, 7, &spis));
	child.spi_in = 3;
	tunnels->set_child(tunnels, 7, &child, TRUE, &told);
	assert_told(&told, session, 1);
	child.spi_in = 1;
	tunnels->set_child(tunnels, 7, &child, FALSE, &told);
	assert_told(&told, session, 1);
	tunnels->set_child(tunnels, 7, &child, FALSE, &told);
	assert_told(&told, NULL, 0);
	/* the first address is told when it comes up; then so many, and no more */
	tunnels->set_path(tunnels, 7, &local, &remote, &told);
	assert_told(&told, NULL, 0);
	for (i = 0; i < TUNNEL_STATUS_MOVES_MAX; i++)
	{
		tunnels->set_path(tunnels, 7, &local, &remote, &told);
		assert_told(&told, NULL, 0);
		remote.port++;
		tunnels->set_path(tunnels, 7, &local, &remote, &told);
		assert_told(&told, session, 1);
	}
	remote.port++;
	tunnels->set_path(tunnels, 7, &local, &remote, &told);
	assert_told(&told, NULL, 0);
	/* nor of what is down */
	assert_down(7, session, KUPF_REASON_SHUTDOWN, 1);
	child.spi_in = 3;
	tunnels->set_child(tunnels, 7, &child, FALSE, &told);
	assert_told(&told, NULL, 0);
	kupf_session_unref(session);
}
END_TEST

/* a tunnel that is being closed loses its CHILD_SAs, and that is not told */
START_TEST(test_lose_closing)
{
	kupf_session_t *session = session_create("s", 'k', 1);
	kupf_child_t child = { .spi_in = 1, .spi_out = 2, .name = "pdu" };
	uint32_t ike_sa, up_as, serial;
	u_int count, i;

	for (i = 1; i <= 2; i++)
	{
		bring_up(i, session);
		tunnels->set_child(tunnels, i, &child, TRUE, NULL);
	}
	ck_assert(tunnels->set_child(tunnels, 2, &child, FALSE, NULL));
	ck_assert_uint_eq(select_all("s", KUPF_REASON_DELETED, &ike_sa, &count),
					  2);
	ck_assert(!tunnels->set_child(tunnels, 1, &child, FALSE, NULL));
	ck_assert(!tunnels->lose(tunnels, 2, &up_as, &serial));
	assert_down(1, session, KUPF_REASON_DELETED, 1);
	assert_down(2, session, KUPF_REASON_DELETED, 2);
	kupf_session_unref(session);
}
END_TEST

void nin3a_tunnels_sessions_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "sessions", 0, setup, teardown);

	tcase_add_test(tc, test_evict);
	tcase_add_test(tc, test_vacate);
	tcase_add_test(tc, test_deleted_before_up);
	tcase_add_test(tc, test_select_old_only);
	tcase_add_test(tc, test_refresh);
	tcase_add_test(tc, test_uses);
	tcase_add_test(tc, test_uses_dnn);
	tcase_add_test(tc, test_lose_closing);
	tcase_add_test(tc, test_told);
	tcase_add_loop_test(tc, test_remove_order, 0, 6);
}
