/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The legs of a UE: each event in each state, sessions that are modified and
 * deleted at any moment, times between attempts, many threads.
 */

#include "nin3a_ue/nin3a_ue_counters.h"
#include "test_nin3a_ue_legs.h"

nin3a_ue_table_t *table;
nin3a_ue_sas_t *sas;
nin3a_ue_legs_t *legs;

nin3a_ue_order_t order;

array_t *ids;

void setup()
{
	nin3a_ue_backoff_t backoff = {
		.first = FIRST,
		.most = MOST,
	};

	ck_assert(library_init("", "test_nin3a_ue_legs"));
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	ids = array_create(sizeof(uint32_t), 0);
	order = (nin3a_ue_order_t){};
}

void teardown()
{
	array_destroy(ids);
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	library_deinit();
}

kupf_session_t *session_create(const char *name, uint8_t key,
							   uint32_t generation)
{
	uint8_t bytes[32];
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(bytes),
		.services = KUPF_SERVICE_IKE,
		.generation = generation,
	};
	kupf_session_t *session;

	memset(bytes, key, sizeof(bytes));
	session = kupf_session_create(&data);
	ck_assert(session);
	return session;
}

void want(const char *name, uint8_t key, uint32_t generation)
{
	kupf_session_t *session = session_create(name, key, generation);

	legs->want(legs, session, &order);
	kupf_session_unref(session);
}

void start(uint32_t ike_sa)
{
	kupf_session_t *session;

	const void *connection = (void*)(uintptr_t)ike_sa;

	ck_assert(order.start);
	session = legs->begin(legs, order.name, order.serial);
	ck_assert_ptr_nonnull(session);
	ck_assert(legs->bind(legs, session, ike_sa, SPI + ike_sa, connection));
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_STAGE_CONNECTING);
	kupf_session_unref(session);
	order.start = FALSE;
}

u_int up(uint32_t ike_sa, uint32_t generation)
{
	kupf_session_t *session;
	u_int rekeyed;

	sas->establish(sas, ike_sa);
	session = legs->up(legs, ike_sa, &order, ids, &rekeyed);
	ck_assert_ptr_nonnull(session);
	ck_assert_uint_eq(kupf_session_get_generation(session), generation);
	kupf_session_unref(session);
	return rekeyed;
}

void assert_closed(uint32_t ike_sa)
{
	uint32_t id;

	ck_assert(array_remove(ids, ARRAY_HEAD, &id));
	ck_assert_uint_eq(id, ike_sa);
}

void give_up(uint32_t ike_sa, nin3a_ue_reason_t reason)
{
	nin3a_ue_reason_t told;
	kupf_session_t *session;

	sas->set_failure(sas, ike_sa, reason);
	/* the first reason counts */
	sas->set_failure(sas, ike_sa, NIN3A_UE_OWN_AUTH);
	session = sas->end_attempt(sas, ike_sa, &told);
	ck_assert_ptr_nonnull(session);
	ck_assert_int_eq(told, reason);
	kupf_session_unref(session);
	ck_assert_ptr_null(sas->end_attempt(sas, ike_sa, &told));
	legs->remove(legs, ike_sa, &order);
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_STAGE_NONE);
}

void down(uint32_t ike_sa, uint32_t first, kupf_reason_t reason)
{
	kupf_session_t *session;
	kupf_reason_t told;
	uint32_t up_as;

	session = sas->down(sas, ike_sa, &up_as, &told);
	ck_assert_ptr_nonnull(session);
	ck_assert_uint_eq(up_as, first);
	ck_assert_int_eq(told, reason);
	kupf_session_unref(session);
	ck_assert_ptr_null(sas->down(sas, ike_sa, &up_as, &told));
	legs->remove(legs, ike_sa, &order);
}

bool ike_rekey(uint32_t old, uint32_t new)
{
	tunnel_spis_t spis = { .initiator = SPI + new };

	return sas->rekey(sas, old, new, &spis);
}

void assert_totals(u_int all, u_int connecting, u_int waiting,
				   u_int ike_sas, u_int tunnels)
{
	nin3a_ue_totals_t totals;

	legs->get_totals(legs, &totals);
	ck_assert_uint_eq(totals.legs, all);
	ck_assert_uint_eq(totals.connecting, connecting);
	ck_assert_uint_eq(totals.waiting, waiting);
	ck_assert_uint_eq(totals.ike_sas, ike_sas);
	ck_assert_uint_eq(totals.up, tunnels);
}

void assert_delay(uint32_t delay)
{
	ck_assert(order.start);
	ck_assert_uint_le(order.delay, delay);
	ck_assert_uint_ge(order.delay,
					  delay - delay / 100 * NIN3A_UE_JITTER);
}

START_TEST(test_life)
{
	assert_totals(0, 0, 0, 0, 0);
	want("s", 1, 1);
	assert_delay(0);
	ck_assert_str_eq(order.name, "s");
	assert_totals(1, 0, 1, 0, 0);
	start(7);
	assert_totals(1, 1, 0, 1, 0);
	/* one attempt at a time */
	ck_assert_ptr_null(legs->begin(legs, "s", order.serial));
	ck_assert_uint_eq(up(7, 1), 0);
	ck_assert(!order.start);
	assert_totals(1, 0, 0, 1, 1);
	ck_assert_uint_eq(legs->count_tunnels(legs, "s"), 1);
	ck_assert_uint_eq(legs->count_tunnels(legs, "t"), 0);
	/* the same again is nothing new */
	want("s", 1, 2);
	ck_assert(!order.start);

	ck_assert_uint_eq(legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids), 1);
	assert_closed(7);
	/* and once is enough */
	ck_assert_uint_eq(legs->drop(legs, "s", NULL, KUPF_REASON_EXPIRED, ids), 0);
	ck_assert_int_eq(array_count(ids), 0);
	down(7, 7, KUPF_REASON_DELETED);
	ck_assert(!order.start);
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

START_TEST(test_own)
{
	kupf_session_t *first, *own;

	first = session_create("s", 1, 1);
	legs->want(legs, first, &order);
	start(1);
	/* whatever the store has meanwhile */
	want("s", 2, 2);
	own = sas->get_session(sas, 1);
	ck_assert_ptr_eq(own, first);
	kupf_session_unref(own);
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	own = sas->get_session(sas, 1);
	ck_assert_ptr_eq(own, first);
	kupf_session_unref(own);
	ck_assert_ptr_null(sas->get_session(sas, 2));
	assert_closed(1);
	kupf_session_unref(first);
}
END_TEST

START_TEST(test_no_ike_sa)
{
	kupf_session_t *session;

	want("s", 1, 1);
	session = legs->begin(legs, "s", order.serial);
	legs->abort(legs, session, &order);
	assert_delay(FIRST);
	kupf_session_unref(session);

	/* deleted before there is an IKE_SA */
	session = legs->begin(legs, "s", order.serial);
	ck_assert_ptr_nonnull(session);
	ck_assert_uint_eq(legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids), 0);
	ck_assert_int_eq(array_count(ids), 0);
	ck_assert(!legs->bind(legs, session, 1, SPI + 1, NULL));
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_STAGE_NONE);
	assert_totals(0, 0, 0, 0, 0);
	kupf_session_unref(session);

	want("s", 1, 1);
	session = legs->begin(legs, "s", order.serial);
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	legs->abort(legs, session, &order);
	ck_assert(!order.start);
	assert_totals(0, 0, 0, 0, 0);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_void_orders)
{
	nin3a_ue_order_t first;

	want("s", 1, 1);
	first = order;
	want("s", 2, 2);
	ck_assert(order.serial != first.serial);
	ck_assert_ptr_null(legs->begin(legs, "s", first.serial));
	ck_assert_ptr_null(legs->begin(legs, "t", order.serial));
	first = order;
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	ck_assert_ptr_null(legs->begin(legs, "s", first.serial));
	/* nor for another one of that name */
	want("s", 3, 1);
	ck_assert_ptr_null(legs->begin(legs, "s", first.serial));
	start(1);
}
END_TEST

START_TEST(test_cancelled)
{
	nin3a_ue_reason_t told;
	kupf_session_t *session;
	u_int rekeyed;

	want("s", 1, 1);
	start(1);
	ck_assert_uint_eq(legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids), 0);
	assert_closed(1);
	/* it may come up in the very moment: it is no tunnel */
	sas->establish(sas, 1);
	ck_assert_ptr_null(legs->up(legs, 1, &order, ids, &rekeyed));
	session = sas->end_attempt(sas, 1, &told);
	ck_assert_int_eq(told, NIN3A_UE_CANCELLED);
	kupf_session_unref(session);
	legs->remove(legs, 1, &order);
	ck_assert(!order.start);
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

START_TEST(test_no_tunnel)
{
	nin3a_ue_reason_t told;
	kupf_session_t *session;
	u_int rekeyed;

	/* a CHILD_SA without authentication, or of nobody, is no tunnel */
	want("s", 1, 1);
	start(1);
	ck_assert_ptr_null(legs->up(legs, 1, &order, ids, &rekeyed));
	ck_assert_ptr_null(legs->up(legs, 2, &order, ids, &rekeyed));
	/* one that gets none is given up */
	sas->establish(sas, 1);
	ck_assert(sas->condemn(sas, 1, NIN3A_UE_NO_CHILD));
	ck_assert(!sas->condemn(sas, 1, NIN3A_UE_NO_CHILD));
	session = sas->end_attempt(sas, 1, &told);
	ck_assert_int_eq(told, NIN3A_UE_NO_CHILD);
	kupf_session_unref(session);
	legs->remove(legs, 1, &order);
	assert_delay(FIRST);
	/* and one that says nothing is incomplete */
	start(2);
	session = sas->end_attempt(sas, 2, &told);
	ck_assert_int_eq(told, NIN3A_UE_INCOMPLETE);
	kupf_session_unref(session);
	ck_assert(!sas->condemn(sas, 3, NIN3A_UE_NO_CHILD));
}
END_TEST

bool follow(uint32_t first, uint32_t ike_sa)
{
	return legs->follow(legs, (void*)(uintptr_t)first, ike_sa, SPI + ike_sa,
						ids);
}

/* what list-sessions shows, from when it is a tunnel until it is none */
CALLBACK(find_untold, void,
	uint64_t *value, const char *name, uint64_t counter)
{
	if (streq(name, "nin3a-ue-moves-untold"))
	{
		*value = counter;
	}
}

/**
 * How many moves were not told.
 */
static uint64_t get_untold()
{
	uint64_t value = UINT64_MAX;

	nin3a_ue_counters_report(find_untold, &value);
	return value;
}

/**
 * There is something to be told of the tunnel that came up as IKE_SA 1, or not.
 */
static void assert_told(tunnel_told_t *told, bool expected)
{
	ck_assert_int_eq(told->session != NULL, expected);
	ck_assert_uint_eq(told->up_as, expected);
	kupf_session_unref(told->session);
	*told = (tunnel_told_t){};
}

START_TEST(test_told)
{
	kupf_endpoint_t local = { .port = 4500 }, remote = { .port = 500 };
	kupf_child_t child = { .spi_in = 1, .spi_out = 2, .name = "pdu" };
	uint64_t untold = get_untold();
	kupf_reason_t reason;
	tunnel_told_t told = {};
	uint32_t up_as;
	u_int i;

	want("a", 1, 1);
	start(1);
	/* it is no tunnel yet */
	sas->set_child(sas, 1, &child, TRUE, &told);
	assert_told(&told, FALSE);
	up(1, 1);
	sas->set_path(sas, 1, &local, &remote, &told);
	assert_told(&told, FALSE);
	sas->set_child(sas, 1, &child, TRUE, &told);
	assert_told(&told, TRUE);
	sas->set_child(sas, 1, &child, TRUE, &told);
	assert_told(&told, FALSE);
	ck_assert(!ike_rekey(1, 2));
	for (i = 0; i < TUNNEL_STATUS_MOVES_MAX; i++)
	{
		remote.port++;
		sas->set_path(sas, 2, &local, &remote, &told);
		assert_told(&told, TRUE);
	}
	ck_assert(get_untold() == untold);
	remote.port++;
	sas->set_path(sas, 2, &local, &remote, &told);
	assert_told(&told, FALSE);
	ck_assert(get_untold() == untold + 1);
	sas->set_child(sas, 2, &child, FALSE, &told);
	assert_told(&told, TRUE);
	/* what ends with the tunnel is not told */
	sas->set_child(sas, 2, &child, TRUE, NULL);
	kupf_session_unref(sas->down(sas, 2, &up_as, &reason));
	sas->set_child(sas, 2, &child, FALSE, &told);
	assert_told(&told, FALSE);
	legs->drop(legs, "a", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 2, &order);
}
END_TEST

START_TEST(test_describe)
{
	kupf_address_t address;
	kupf_endpoint_t local = { .port = 4500 }, remote = { .port = 500 };
	kupf_child_t child = { .spi_in = 1, .spi_out = 2, .name = "pdu" };
	kupf_child_t other = { .spi_in = 3, .spi_out = 4, .name = "more" };
	tunnel_spis_t spis = { .initiator = 11, .responder = 12 };
	kupf_tunnel_t tunnels[2];
	kupf_session_t *session;
	kupf_reason_t reason;
	uint32_t up_as;

	want("a", 1, 1);
	start(1);
	sas->set_path(sas, 1, &local, &remote, NULL);
	sas->set_child(sas, 1, &child, TRUE, NULL);
	ck_assert_uint_eq(legs->describe(legs, "a", tunnels, 2), 0);
	up(1, 1);
	sas->set_spis(sas, 1, &spis);
	sas->set_path(sas, 1, &local, &remote, NULL);
	sas->set_child(sas, 1, &child, TRUE, NULL);
	sas->set_child(sas, 1, &other, TRUE, NULL);
	ck_assert(kupf_address_parse(chunk_from_str("10.3.0.1"), &address));
	ck_assert(legs->assign(legs, 1, &address, FALSE));
	ck_assert_uint_eq(legs->describe(legs, "b", tunnels, 2), 0);
	ck_assert_uint_eq(legs->describe(legs, "a", tunnels, 0), 0);
	ck_assert_uint_eq(legs->describe(legs, "a", tunnels, 2), 1);
	ck_assert_uint_eq(tunnels[0].ike_sa, 1);
	ck_assert_uint_eq(tunnels[0].generation, 1);
	ck_assert_uint_eq(tunnels[0].spi_i, 11);
	ck_assert_uint_eq(tunnels[0].spi_r, 12);
	ck_assert_uint_eq(tunnels[0].local.port, 4500);
	ck_assert_uint_eq(tunnels[0].remote.port, 500);
	ck_assert_uint_eq(tunnels[0].child_count, 2);
	ck_assert_uint_eq(tunnels[0].children[1].spi_out, 4);
	ck_assert_uint_eq(tunnels[0].assigned_count, 1);
	ck_assert(kupf_address_equals(&tunnels[0].assigned[0], &address));

	/* it keeps that when it is rekeyed, and with a new key there are two */
	ck_assert(!ike_rekey(1, 2));
	sas->set_child(sas, 2, &child, FALSE, NULL);
	want("a", 2, 2);
	start(3);
	up(3, 2);
	assert_closed(2);
	ck_assert_uint_eq(legs->describe(legs, "a", tunnels, 2), 2);
	ck_assert_uint_eq(tunnels[0].ike_sa, 3);
	ck_assert_uint_eq(tunnels[0].generation, 2);
	ck_assert_uint_eq(tunnels[0].child_count, 0);
	ck_assert_uint_eq(tunnels[1].ike_sa, 2);
	ck_assert_uint_eq(tunnels[1].up_as, 1);
	ck_assert_uint_eq(tunnels[1].child_count, 1);
	ck_assert_str_eq(tunnels[1].children[0].name, "more");
	session = sas->down(sas, 2, &up_as, &reason);
	ck_assert_ptr_nonnull(session);
	kupf_session_unref(session);
	ck_assert_uint_eq(legs->describe(legs, "a", tunnels, 2), 1);
	ck_assert_uint_eq(tunnels[0].ike_sa, 3);

	legs->remove(legs, 2, &order);
	legs->drop(legs, "a", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 3, &order);
	/* what comes too late */
	sas->set_spis(sas, 3, &spis);
	sas->set_path(sas, 3, &local, &remote, NULL);
	sas->set_child(sas, 3, &child, TRUE, NULL);
}
END_TEST

static Suite *nin3a_ue_legs_suite()
{
	Suite *suite = suite_create("nin3a_ue_legs");
	TCase *tc = test_case(suite, "legs", 60, setup, teardown);

	tcase_add_test(tc, test_life);
	tcase_add_test(tc, test_own);
	tcase_add_test(tc, test_no_ike_sa);
	tcase_add_test(tc, test_void_orders);
	tcase_add_test(tc, test_cancelled);
	tcase_add_test(tc, test_no_tunnel);
	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_describe);

	nin3a_ue_legs_retry_cases(suite);
	nin3a_ue_legs_rekey_cases(suite);
	nin3a_ue_legs_assign_cases(suite);
	nin3a_ue_legs_threads_cases(suite);
	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_ue_legs_suite());
}
