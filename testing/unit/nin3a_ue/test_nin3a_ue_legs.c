/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The legs of a UE: each event in each state, sessions that are modified and
 * deleted at any moment, times between attempts, many threads.
 */

#include <check.h>
#include <pthread.h>
#include <unistd.h>

#include "nin3a_ue/nin3a_ue_counters.h"
#include "nin3a_ue/tunnels/nin3a_ue_legs.h"
#include "test_runner.h"

/** Times of the tests, milliseconds */
#define FIRST 1000
#define MOST 60000

/** SPI of an IKE_SA, when its unique identifier is added */
#define SPI 0x1000

/** Threads, and steps that each of them takes */
#define THREADS 4
#define STEPS 4000

/** What is tested */
static nin3a_ue_sas_t *sas;
static nin3a_ue_legs_t *legs;

/** Order of the last event */
static nin3a_ue_order_t order;

/** IKE_SAs that the last events want to be closed */
static array_t *ids;

static void setup()
{
	nin3a_ue_backoff_t backoff = {
		.first = FIRST,
		.most = MOST,
	};

	ck_assert(library_init("", "test_nin3a_ue_legs"));
	sas = nin3a_ue_sas_create();
	legs = nin3a_ue_legs_create(sas, backoff);
	ids = array_create(sizeof(uint32_t), 0);
	order = (nin3a_ue_order_t){};
}

static void teardown()
{
	array_destroy(ids);
	legs->destroy(legs);
	sas->destroy(sas);
	library_deinit();
}

/**
 * Create a session; the key is made of one octet.
 */
static kupf_session_t *session_create(const char *name, uint8_t key,
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

/**
 * Want a session, and forget it here.
 */
static void want(const char *name, uint8_t key, uint32_t generation)
{
	kupf_session_t *session = session_create(name, key, generation);

	legs->want(legs, session, &order);
	kupf_session_unref(session);
}

/**
 * Carry out the order: there is an IKE_SA then.
 */
static void start(uint32_t ike_sa)
{
	kupf_session_t *session;

	const void *connection = (void*)(uintptr_t)ike_sa;

	ck_assert(order.start);
	session = legs->begin(legs, order.name, order.serial);
	ck_assert_ptr_nonnull(session);
	ck_assert(legs->bind(legs, session, ike_sa, SPI + ike_sa, connection));
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_CONNECTING);
	kupf_session_unref(session);
	order.start = FALSE;
}

/**
 * An IKE_SA becomes a tunnel.
 *
 * @return			how many tunnels of an earlier key it takes the place of
 */
static u_int up(uint32_t ike_sa, uint32_t generation)
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

/**
 * An IKE_SA is to be closed.
 */
static void assert_closed(uint32_t ike_sa)
{
	uint32_t id;

	ck_assert(array_remove(ids, ARRAY_HEAD, &id));
	ck_assert_uint_eq(id, ike_sa);
}

/**
 * An attempt fails and the IKE_SA goes.
 */
static void give_up(uint32_t ike_sa, nin3a_ue_reason_t reason)
{
	nin3a_ue_reason_t told;
	kupf_session_t *session;

	sas->set_failure(sas, ike_sa, reason);
	/* the first reason counts */
	sas->set_failure(sas, ike_sa, NIN3A_UE_OWN_AUTH);
	session = sas->failed(sas, ike_sa, &told);
	ck_assert_ptr_nonnull(session);
	ck_assert_int_eq(told, reason);
	kupf_session_unref(session);
	ck_assert_ptr_null(sas->failed(sas, ike_sa, &told));
	legs->remove(legs, ike_sa, &order);
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_NONE);
}

/**
 * A tunnel goes.
 */
static void down(uint32_t ike_sa, uint32_t first, kupf_reason_t reason)
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

/**
 * An IKE_SA is rekeyed.
 *
 * @return			whether it is being closed
 */
static bool ike_rekey(uint32_t old, uint32_t new)
{
	tunnel_spis_t spis = { .initiator = SPI + new };

	return sas->rekey(sas, old, new, &spis);
}

static void assert_totals(u_int all, u_int connecting, u_int waiting,
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

/**
 * The order is for a time between, with jitter.
 */
static void assert_delay(uint32_t delay)
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
	ck_assert_uint_eq(legs->count(legs, "s"), 1);
	ck_assert_uint_eq(legs->count(legs, "t"), 0);
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

/**
 * Have a tunnel be older.
 *
 * @param seconds	by so much
 */
static void age(uint32_t ike_sa, u_int seconds)
{
	sas->lock(sas);
	sas->find(sas, ike_sa)->since -= seconds;
	sas->unlock(sas);
}

/*
 * Two UEs with one session, each of which closes the other's tunnel.
 */
START_TEST(test_flapping)
{
	static uint32_t delays[] = {
		1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
	};
	u_int i;

	want("s", 1, 1);
	for (i = 0; i < countof(delays); i++)
	{
		start(i + 1);
		up(i + 1, 1);
		sas->set_reason(sas, i + 1, KUPF_REASON_PEER);
		down(i + 1, i + 1, KUPF_REASON_PEER);
		assert_delay(delays[i]);
	}
}
END_TEST

START_TEST(test_backoff)
{
	static uint32_t delays[] = {
		1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
	};
	uint32_t ike_sa = 0;
	u_int i;

	want("s", 1, 1);
	for (i = 0; i < countof(delays); i++)
	{
		start(++ike_sa);
		give_up(ike_sa, NIN3A_UE_REFUSED);
		assert_delay(delays[i]);
		assert_totals(1, 0, 1, 0, 0);
	}
	/* a tunnel that does not last makes up for nothing */
	start(++ike_sa);
	up(ike_sa, 1);
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_delay(MOST);
	start(++ike_sa);
	up(ike_sa, 1);
	age(ike_sa, MOST / 1000 - 2);
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_delay(MOST);
	/* one that has lasted and is lost is the first of a new row */
	start(++ike_sa);
	up(ike_sa, 1);
	age(ike_sa, MOST / 1000);
	sas->set_reason(sas, ike_sa, KUPF_REASON_TIMEOUT);
	down(ike_sa, ike_sa, KUPF_REASON_TIMEOUT);
	assert_delay(FIRST);
	start(++ike_sa);
	give_up(ike_sa, NIN3A_UE_NO_ANSWER);
	assert_delay(2 * FIRST);
	/* a new key starts anew */
	want("s", 2, 2);
	assert_delay(0);
}
END_TEST

/**
 * How the leg gets on.
 */
static void assert_attempts(u_int failures, const char *failure, bool waits)
{
	kupf_attempts_t attempts;

	ck_assert(legs->get_attempts(legs, "s", &attempts));
	ck_assert_uint_eq(attempts.failures, failures);
	ck_assert_str_eq(attempts.failure ?: "-", failure);
	ck_assert_uint_le(time_monotonic(NULL) - attempts.failed,
					  failures ? 5 : UINT32_MAX);
	ck_assert(waits == (attempts.next != 0));
}

/* what is shown, and an operator who does not wait */
START_TEST(test_retry)
{
	kupf_attempts_t attempts;
	uint32_t ike_sa = 0, now = time_monotonic(NULL);
	nin3a_ue_order_t late;
	u_int i;

	ck_assert(!legs->get_attempts(legs, "s", &attempts));
	ck_assert(!legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	want("s", 1, 1);
	assert_attempts(0, "-", TRUE);
	for (i = 1; i <= 7; i++)
	{
		start(++ike_sa);
		assert_attempts(i - 1, i == 1 ? "-" : "refused-by-upf", FALSE);
		give_up(ike_sa, NIN3A_UE_REFUSED);
		assert_attempts(i, "refused-by-upf", TRUE);
	}
	ck_assert(legs->get_attempts(legs, "s", &attempts));
	ck_assert_uint_ge(attempts.next,
					  now + MOST / 1000 * (100 - NIN3A_UE_JITTER) / 100);
	ck_assert_uint_le(attempts.next, time_monotonic(NULL) + MOST / 1000);

	/* at once, and what was waited for is void */
	late = order;
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(order.start);
	assert_delay(0);
	ck_assert_ptr_null(legs->begin(legs, late.name, late.serial));
	start(++ike_sa);
	/* under way, and up: nothing to do */
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	up(ike_sa, 1);
	ck_assert(legs->retry(legs, "s", &order));
	ck_assert(!order.start);
	assert_attempts(0, "refused-by-upf", FALSE);
	/* a tunnel that is lost is a failure, too */
	sas->set_reason(sas, ike_sa, KUPF_REASON_PEER);
	down(ike_sa, ike_sa, KUPF_REASON_PEER);
	assert_attempts(1, "peer", TRUE);
}
END_TEST

START_TEST(test_backoff_get)
{
	nin3a_ue_backoff_t backoff = {
		.first = 3000,
		.most = UINT32_MAX,
	};
	u_int i;

	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 0), 0);
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 1), 3000);
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 3), 12000);
	for (i = 1; i < 100; i++)
	{	/* it never goes back, nor over the edge */
		ck_assert_uint_ge(nin3a_ue_backoff_get(&backoff, i + 1),
						  nin3a_ue_backoff_get(&backoff, i));
	}
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, UINT32_MAX), UINT32_MAX);
	backoff.most = 2000;
	ck_assert_uint_eq(nin3a_ue_backoff_get(&backoff, 1), 2000);
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
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_NONE);
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

/* make before break */
START_TEST(test_rekey)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	assert_delay(0);
	start(2);
	assert_totals(1, 1, 0, 2, 1);
	/* the UPF does not have it yet: the old one stays */
	give_up(2, NIN3A_UE_REFUSED);
	assert_delay(FIRST);
	assert_totals(1, 0, 1, 1, 1);
	ck_assert_int_eq(array_count(ids), 0);
	start(3);
	ck_assert_uint_eq(up(3, 2), 1);
	ck_assert(!order.start);
	assert_closed(1);
	ck_assert_int_eq(array_count(ids), 0);
	assert_totals(1, 0, 0, 2, 2);
	/* the UPF may be quicker to close it */
	sas->set_reason(sas, 1, KUPF_REASON_PEER);
	down(1, 1, KUPF_REASON_REKEYED);
	ck_assert(!order.start);
	assert_totals(1, 0, 0, 1, 1);
}
END_TEST

START_TEST(test_rekey_twice)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	/* again, with the first one under way */
	want("s", 3, 3);
	ck_assert(!order.start);
	ck_assert_uint_eq(up(2, 2), 1);
	assert_closed(1);
	assert_delay(0);
	start(3);
	ck_assert_uint_eq(up(3, 3), 1);
	assert_closed(2);
	ck_assert(!order.start);
	down(1, 1, KUPF_REASON_REKEYED);
	down(2, 2, KUPF_REASON_REKEYED);
	assert_totals(1, 0, 0, 1, 1);

	/* one of an outdated key that fails says nothing */
	want("s", 4, 4);
	start(4);
	want("s", 5, 5);
	give_up(4, NIN3A_UE_REFUSED);
	assert_delay(0);
	start(5);
	ck_assert_uint_eq(up(5, 5), 1);
	assert_closed(3);
}
END_TEST

/* modified back: what fits stays */
START_TEST(test_rekey_back)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	want("s", 1, 3);
	ck_assert(!order.start);
	up(2, 2);
	ck_assert(!order.start);
	assert_closed(2);
	down(2, 2, KUPF_REASON_REKEYED);
	ck_assert(!order.start);
	assert_totals(1, 0, 0, 1, 1);

	/* the same while waiting: the order is void */
	want("s", 2, 4);
	ck_assert(order.start);
	want("s", 1, 5);
	ck_assert(!order.start);
	ck_assert_ptr_null(legs->begin(legs, "s", order.serial));
	assert_totals(1, 0, 0, 1, 1);
}
END_TEST

/* the old tunnel is lost while the new key is refused */
START_TEST(test_rekey_lost)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	start(2);
	down(1, 1, KUPF_REASON_SUPERSEDED);
	/* the attempt goes on */
	ck_assert(!order.start);
	give_up(2, NIN3A_UE_REFUSED);
	assert_delay(FIRST);
	start(3);
	ck_assert_uint_eq(up(3, 2), 0);
}
END_TEST

START_TEST(test_established_anew)
{
	kupf_session_t *session = session_create("s", 1, 1);

	want("s", 1, 1);
	start(1);
	up(1, 1);
	/* deleted, and established again before that is told */
	legs->want(legs, session, &order);
	ck_assert(!order.start);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  1);
	assert_closed(1);
	down(1, 1, KUPF_REASON_EXPIRED);
	ck_assert(order.start);
	start(2);
	up(2, 1);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  0);
	kupf_session_unref(session);
}
END_TEST

/* the same in another order, while nothing is under way: the one that took its
 * place is told of last */
START_TEST(test_established_later)
{
	kupf_session_t *session = session_create("s", 1, 1);

	want("s", 1, 1);
	start(1);
	give_up(1, NIN3A_UE_REFUSED);
	ck_assert_uint_eq(legs->drop(legs, "s", session, KUPF_REASON_EXPIRED, ids),
					  0);
	legs->want(legs, session, &order);
	assert_delay(0);
	/* which does not begin anew what it has begun */
	legs->want(legs, session, &order);
	ck_assert(!order.start);
	kupf_session_unref(session);
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
	session = sas->failed(sas, 1, &told);
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
	session = sas->failed(sas, 1, &told);
	ck_assert_int_eq(told, NIN3A_UE_NO_CHILD);
	kupf_session_unref(session);
	legs->remove(legs, 1, &order);
	assert_delay(FIRST);
	/* and one that says nothing is incomplete */
	start(2);
	session = sas->failed(sas, 2, &told);
	ck_assert_int_eq(told, NIN3A_UE_INCOMPLETE);
	kupf_session_unref(session);
	ck_assert(!sas->condemn(sas, 3, NIN3A_UE_NO_CHILD));
}
END_TEST

START_TEST(test_ike_rekey)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	ck_assert(!ike_rekey(1, 2));
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_NONE);
	ck_assert_int_eq(sas->get_stage(sas, 2), NIN3A_UE_UP);
	legs->remove(legs, 1, &order);
	ck_assert(!order.start);
	ck_assert(!ike_rekey(8, 9));
	ck_assert_int_eq(sas->get_stage(sas, 9), NIN3A_UE_NONE);
	/* one that is being closed takes that along */
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	assert_closed(2);
	ck_assert(ike_rekey(2, 3));
	down(3, 1, KUPF_REASON_DELETED);
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

/**
 * charon sets an IKE_SA up with the connection of another one.
 */
static bool follow(uint32_t first, uint32_t ike_sa)
{
	return legs->follow(legs, (void*)(uintptr_t)first, ike_sa, SPI + ike_sa,
						ids);
}

/**
 * Of one of ours, but it must not be set up.
 */
static void assert_not_followed(uint32_t first, uint32_t ike_sa)
{
	u_int rekeyed;

	ck_assert(!follow(first, ike_sa));
	assert_closed(ike_sa);
	/* it is ours, so that no other key is used, and never comes up */
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_CONNECTING);
	ck_assert_int_eq(sas->get_failure(sas, ike_sa), NIN3A_UE_CANCELLED);
	sas->establish(sas, ike_sa);
	ck_assert_ptr_null(legs->up(legs, ike_sa, &order, ids, &rekeyed));
	legs->remove(legs, ike_sa, &order);
	ck_assert(!order.start);
}

START_TEST(test_reauth)
{
	want("s", 1, 1);
	start(1);
	/* nobody reauthenticates what is not there yet */
	assert_not_followed(1, 2);
	up(1, 1);
	ck_assert(!follow(8, 2));
	ck_assert_int_eq(array_count(ids), 0);
	ck_assert_int_eq(sas->get_stage(sas, 2), NIN3A_UE_NONE);
	/* break before make */
	ck_assert(follow(1, 2));
	assert_not_followed(1, 3);
	down(1, 1, KUPF_REASON_SUPERSEDED);
	ck_assert(!order.start);
	ck_assert_uint_eq(up(2, 1), 0);
	/* make before break */
	ck_assert(follow(1, 3));
	ck_assert_uint_eq(up(3, 1), 0);
	assert_closed(2);
	down(2, 2, KUPF_REASON_SUPERSEDED);
	/* one that fails leaves the tunnel */
	ck_assert(follow(1, 4));
	give_up(4, NIN3A_UE_NO_ANSWER);
	ck_assert(!order.start);
	/* not for a session that is gone */
	legs->drop(legs, "s", NULL, KUPF_REASON_DELETED, ids);
	assert_closed(3);
	assert_not_followed(1, 5);
}
END_TEST

/* nor with an earlier key */
START_TEST(test_reauth_outdated)
{
	want("s", 1, 1);
	start(1);
	up(1, 1);
	want("s", 2, 2);
	ck_assert(!follow(1, 2));
	assert_closed(2);
	ck_assert_int_eq(sas->get_failure(sas, 2), NIN3A_UE_CANCELLED);
	/* the attempt with the new one is not held up by that */
	start(3);
	ck_assert_uint_eq(up(3, 2), 1);
	assert_closed(1);
}
END_TEST

/**
 * Want a session with inner addresses, of a UPF.
 */
static void want_with(const char *name, char *inner, char *upf)
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = name,
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
	};
	kupf_session_t *session;

	kupf_address_parse(chunk_from_str(upf), &data.upf_address);
	if (inner)
	{
		data.ue_address_count = 1;
		kupf_address_parse_any(chunk_from_str(inner), &data.ue_addresses[0]);
	}
	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	kupf_session_unref(session);
}

/**
 * The UPF assigns an inner address.
 */
static bool assign(uint32_t ike_sa, char *text, bool local)
{
	kupf_address_t address;

	ck_assert(kupf_address_parse(chunk_from_str(text), &address));
	return legs->assign(legs, ike_sa, &address, local);
}

/* of a prefix that a session names, any address */
START_TEST(test_assign_prefix)
{
	want_with("named", "2001:db8:0:1::/64", "192.0.2.1");
	start(1);
	want_with("any", NULL, "192.0.2.2");
	start(2);
	ck_assert(!assign(1, "2001:db8::1", FALSE));
	ck_assert(assign(1, "2001:db8:0:1::1", FALSE));
	ck_assert(!assign(1, "2001:db8:0:1::1", FALSE));
	ck_assert(!assign(2, "2001:db8:0:1::2", FALSE));
	ck_assert(assign(2, "2001:db8::1", FALSE));
}
END_TEST

START_TEST(test_assign)
{
	char text[16];
	int i;

	want_with("named", "10.3.0.1", "192.0.2.1");
	start(1);
	want_with("any", NULL, "192.0.2.2");
	start(2);
	want_with("other", NULL, "192.0.2.2");
	start(3);
	ck_assert(!assign(9, "10.3.0.9", FALSE));

	/* those that the session names, each once, whoever else has them */
	ck_assert(!assign(1, "10.3.0.2", FALSE));
	ck_assert(assign(1, "10.3.0.1", TRUE));
	ck_assert(!assign(1, "10.3.0.1", TRUE));

	/* if it names none: not those of other sessions, up or not, of UPFs and of
	 * interfaces */
	ck_assert(!assign(2, "10.3.0.1", FALSE));
	ck_assert(!assign(2, "192.0.2.1", FALSE));
	ck_assert(!assign(2, "192.0.2.2", FALSE));
	ck_assert(!assign(2, "10.3.0.2", TRUE));
	ck_assert(assign(2, "10.3.0.2", FALSE));
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	ck_assert(assign(3, "10.3.0.3", FALSE));

	/* its own one is on an interface when it is assigned again, as when charon
	 * reauthenticates */
	up(2, 0);
	ck_assert(follow(2, 4));
	ck_assert(assign(4, "10.3.0.2", TRUE));
	ck_assert(!assign(4, "10.3.0.3", TRUE));
	legs->remove(legs, 2, &order);
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	legs->remove(legs, 4, &order);
	/* that is so also when the tunnel is lost before there is another one */
	start(6);
	ck_assert(!assign(6, "10.3.0.3", TRUE));
	ck_assert(assign(6, "10.3.0.2", TRUE));
	ck_assert(!assign(3, "10.3.0.2", FALSE));
	legs->remove(legs, 6, &order);
	/* a while later, what is on an interface is somebody else's */
	sleep(NIN3A_UE_LOST + 2);
	start(7);
	ck_assert(!assign(7, "10.3.0.2", TRUE));
	legs->remove(legs, 7, &order);
	ck_assert(assign(3, "10.3.0.2", FALSE));

	/* and not more than that */
	for (i = 2; i < NIN3A_UE_INNER_MAX; i++)
	{
		snprintf(text, sizeof(text), "10.3.1.%d", i);
		ck_assert(assign(3, text, FALSE));
	}
	ck_assert(!assign(3, "10.3.2.1", FALSE));

	/* a session that is gone has none */
	legs->drop(legs, "named", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 1, &order);
	legs->drop(legs, "other", NULL, KUPF_REASON_DELETED, ids);
	legs->remove(legs, 3, &order);
	want_with("any", NULL, "192.0.2.9");
	start(5);
	ck_assert(assign(5, "10.3.0.1", FALSE));
	ck_assert(assign(5, "192.0.2.1", FALSE));
	ck_assert(assign(5, "192.0.2.2", FALSE));
	ck_assert(!assign(5, "192.0.2.9", FALSE));
}
END_TEST

START_TEST(test_unreadable)
{
	want("s", 1, 1);
	start(1);
	sas->set_unreadable(sas, 1);
	sas->set_unreadable(sas, 9);
	ck_assert(sas->condemn(sas, 1, NIN3A_UE_NO_ANSWER));
	ck_assert_int_eq(sas->get_failure(sas, 1), NIN3A_UE_UNREADABLE);
	legs->remove(legs, 1, &order);
	/* there was something that could be read as well */
	start(2);
	sas->set_unreadable(sas, 2);
	sas->set_failure(sas, 2, NIN3A_UE_WRONG_KEY);
	sas->set_failure(sas, 2, NIN3A_UE_NO_ANSWER);
	ck_assert_int_eq(sas->get_failure(sas, 2), NIN3A_UE_WRONG_KEY);
	legs->remove(legs, 2, &order);
	start(3);
	sas->set_failure(sas, 3, NIN3A_UE_NO_ANSWER);
	ck_assert_int_eq(sas->get_failure(sas, 3), NIN3A_UE_NO_ANSWER);
}
END_TEST

START_TEST(test_lifetimes)
{
	u_int i;

	want("s", 1, 1);
	start(1);
	for (i = 0; i < NIN3A_UE_LIFETIMES_MAX - 1; i++)
	{
		ck_assert(sas->take_lifetime(sas, 1));
	}
	up(1, 1);
	ck_assert(!sas->take_lifetime(sas, 2));
	/* the UPF has no more of them by rekeying */
	ck_assert(!ike_rekey(1, 2));
	ck_assert(!sas->take_lifetime(sas, 1));
	ck_assert(sas->take_lifetime(sas, 2));
	ck_assert(!sas->take_lifetime(sas, 2));
}
END_TEST

START_TEST(test_hurry)
{
	array_t *orders;
	nin3a_ue_order_t late;

	want("up", 1, 1);
	start(1);
	up(1, 1);
	want("busy", 1, 1);
	start(2);
	want("waiting", 1, 1);
	start(3);
	give_up(3, NIN3A_UE_NO_ANSWER);
	late = order;
	ck_assert_uint_gt(late.delay, 0);

	orders = array_create(sizeof(nin3a_ue_order_t), 0);
	legs->hurry(legs, orders);
	ck_assert_int_eq(array_count(orders), 1);
	ck_assert(array_remove(orders, ARRAY_HEAD, &order));
	ck_assert_str_eq(order.name, "waiting");
	assert_delay(0);
	start(4);
	ck_assert_ptr_null(legs->begin(legs, "waiting", late.serial));
	give_up(4, NIN3A_UE_NO_ANSWER);
	assert_delay(FIRST);
	array_destroy(orders);
}
END_TEST

/** Number of sessions in the test with threads */
#define SESSIONS 5

/**
 * Do anything to any session.
 */
static void *work(void *data)
{
	unsigned int seed = (uintptr_t)data;
	uint32_t ike_sa = (uintptr_t)data << 24, up_as;
	kupf_session_t *session;
	nin3a_ue_reason_t reason;
	kupf_reason_t why;
	nin3a_ue_order_t next;
	array_t *closed;
	char name[8];
	u_int i, rekeyed;

	closed = array_create(sizeof(uint32_t), 0);
	for (i = 0; i < STEPS; i++)
	{
		snprintf(name, sizeof(name), "s%d", rand_r(&seed) % SESSIONS);
		next.start = FALSE;
		if (rand_r(&seed) % 4 == 0)
		{
			legs->drop(legs, name, NULL, KUPF_REASON_DELETED, closed);
		}
		else
		{
			session = session_create(name, rand_r(&seed) % 3 + 1, i);
			legs->want(legs, session, &next);
			kupf_session_unref(session);
		}
		session = next.start ? legs->begin(legs, next.name, next.serial) : NULL;
		if (session)
		{
			++ike_sa;
			if (legs->bind(legs, session, ike_sa, SPI + ike_sa, NULL))
			{
				sas->establish(sas, ike_sa);
				kupf_session_unref(legs->up(legs, ike_sa, &next, closed,
											&rekeyed));
			}
			kupf_session_unref(session);
		}
		if (rand_r(&seed) % 2)
		{
			kupf_session_unref(sas->failed(sas, ike_sa, &reason));
			kupf_session_unref(sas->down(sas, ike_sa, &up_as, &why));
			legs->remove(legs, ike_sa, &next);
		}
		legs->count(legs, name);
	}
	array_destroy(closed);
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[THREADS];
	nin3a_ue_totals_t totals;
	char name[8];
	u_int i;

	for (i = 0; i < THREADS; i++)
	{
		pthread_create(&threads[i], NULL, work, (void*)(uintptr_t)(i + 1));
	}
	for (i = 0; i < THREADS; i++)
	{
		pthread_join(threads[i], NULL);
	}
	for (i = 0; i < SESSIONS; i++)
	{
		snprintf(name, sizeof(name), "s%d", i);
		legs->drop(legs, name, NULL, KUPF_REASON_DELETED, ids);
	}
	/* all that is left is to be closed */
	legs->get_totals(legs, &totals);
	ck_assert_uint_eq(totals.connecting, 0);
	ck_assert_uint_eq(totals.waiting, 0);
	for (i = 1; i <= THREADS; i++)
	{
		uint32_t id;

		for (id = i << 24; id <= (i << 24) + STEPS; id++)
		{
			legs->remove(legs, id, &order);
			ck_assert(!order.start);
		}
	}
	assert_totals(0, 0, 0, 0, 0);
}
END_TEST

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

Suite *nin3a_ue_legs_suite(void);

Suite *nin3a_ue_legs_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("nin3a_ue_legs");

	tc = tcase_create("legs");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_life);
	tcase_add_test(tc, test_own);
	tcase_add_test(tc, test_flapping);
	tcase_add_test(tc, test_backoff);
	tcase_add_test(tc, test_backoff_get);
	tcase_add_test(tc, test_retry);
	tcase_add_test(tc, test_no_ike_sa);
	tcase_add_test(tc, test_void_orders);
	tcase_add_test(tc, test_rekey);
	tcase_add_test(tc, test_rekey_twice);
	tcase_add_test(tc, test_rekey_back);
	tcase_add_test(tc, test_rekey_lost);
	tcase_add_test(tc, test_established_anew);
	tcase_add_test(tc, test_established_later);
	tcase_add_test(tc, test_cancelled);
	tcase_add_test(tc, test_no_tunnel);
	tcase_add_test(tc, test_ike_rekey);
	tcase_add_test(tc, test_reauth);
	tcase_add_test(tc, test_reauth_outdated);
	tcase_add_test(tc, test_assign);
	tcase_add_test(tc, test_assign_prefix);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_lifetimes);
	tcase_add_test(tc, test_hurry);
	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_describe);
	tcase_add_test(tc, test_threads);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_ue_legs_suite());
}
