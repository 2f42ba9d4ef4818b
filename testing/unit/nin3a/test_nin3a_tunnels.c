/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The life of IKE_SAs in nin3a_tunnels: each step and what is no step, sessions
 * that are deleted and modified at any moment, many IKE_SAs, many threads.
 */

#include <check.h>
#include <pthread.h>

#include "kupf/store/kupf_space.h"
#include "nin3a/tunnels/nin3a_tunnels.h"
#include "test_runner.h"

/** IKE_SAs in the test of many */
#define MANY 20000

/** Threads, and steps that each of them takes */
#define THREADS 4
#define STEPS 3000

/** What is tested */
static nin3a_tunnels_t *tunnels;

static void setup()
{
	ck_assert(library_init("", "test_nin3a_tunnels"));
	tunnels = nin3a_tunnels_create();
}

static void teardown()
{
	tunnels->destroy(tunnels);
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

static nin3a_attempt_t *attempt_create(nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;
	host_t *local, *remote;

	local = host_create_from_string("192.0.2.1", 4500);
	remote = host_create_from_string("198.51.100.2", 4500);
	attempt = nin3a_attempt_create(NULL, local, remote, reason);
	local->destroy(local);
	remote->destroy(remote);
	return attempt;
}

static void assert_state(uint32_t ike_sa, nin3a_state_t state)
{
	ck_assert_int_eq(tunnels->get_state(tunnels, ike_sa), state);
}

static void assert_counts(u_int all, u_int tunnels_up)
{
	u_int up;

	ck_assert_uint_eq(tunnels->get_count(tunnels, &up), all);
	ck_assert_uint_eq(up, tunnels_up);
}

static void assert_session_counts(const char *name, u_int all, u_int tunnels_up)
{
	u_int up;

	ck_assert_uint_eq(tunnels->count(tunnels, name, &up), all);
	ck_assert_uint_eq(up, tunnels_up);
}

/**
 * Check which session an IKE_SA is bound to.
 */
static void assert_session(uint32_t ike_sa, kupf_session_t *expected)
{
	kupf_session_t *session = tunnels->get_session(tunnels, ike_sa);

	ck_assert(session == expected);
	kupf_session_unref(session);
}

static bool do_bind(uint32_t ike_sa, kupf_session_t *session)
{
	tunnel_spis_t spis = {
		.initiator = ike_sa,
		.responder = ~(uint64_t)ike_sa,
	};

	return tunnels->bind(tunnels, ike_sa, session, &spis);
}

/**
 * Take an IKE_SA up to VERIFIED.
 */
static void verify(uint32_t ike_sa, kupf_session_t *session)
{
	tunnels->begin(tunnels, ike_sa, attempt_create(NIN3A_ALLOWED));
	assert_state(ike_sa, NIN3A_STATE_GUARDED);
	ck_assert(do_bind(ike_sa, session));
	assert_state(ike_sa, NIN3A_STATE_VERIFIED);
}

/**
 * Whether up() says that there is a new tunnel.
 */
static bool came_up(uint32_t ike_sa, kupf_session_t *expected)
{
	kupf_session_t *session = tunnels->up(tunnels, ike_sa);

	ck_assert(!session || session == expected);
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Take an IKE_SA all the way.
 */
static void bring_up(uint32_t ike_sa, kupf_session_t *session)
{
	verify(ike_sa, session);
	ck_assert(tunnels->establish(tunnels, ike_sa));
	ck_assert(came_up(ike_sa, session));
}

/**
 * Check that down() reports a reason once.
 */
static void assert_down(uint32_t ike_sa, kupf_session_t *expected,
						kupf_reason_t reason, uint32_t expected_up_as)
{
	kupf_session_t *session;
	kupf_reason_t got;
	uint32_t up_as;

	session = tunnels->down(tunnels, ike_sa, &up_as, &got);
	ck_assert(session == expected);
	ck_assert_int_eq(got, reason);
	ck_assert_uint_eq(up_as, expected_up_as);
	kupf_session_unref(session);
	ck_assert(!tunnels->down(tunnels, ike_sa, &up_as, &got));
}

/**
 * Check the reason that is reported, once.
 */
static void assert_refusal(uint32_t ike_sa, nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	attempt = tunnels->take_attempt(tunnels, ike_sa, &state);
	ck_assert(attempt);
	ck_assert_str_eq(nin3a_reason_token(attempt->reason),
					 nin3a_reason_token(reason));
	nin3a_attempt_destroy(attempt);
	ck_assert(!tunnels->take_attempt(tunnels, ike_sa, &state));
}

/**
 * Choose all IKE_SAs of a session.
 *
 * @param ike_sa		[out] the last one
 * @param count			[out] how many
 * @return				how many of them are tunnels
 */
static u_int select_all(const char *name, kupf_reason_t reason,
						uint32_t *ike_sa, u_int *count)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	u_int up;

	up = tunnels->select(tunnels, name, NULL, NULL, reason, ids);
	*count = array_count(ids);
	*ike_sa = 0;
	array_get(ids, ARRAY_TAIL, ike_sa);
	array_destroy(ids);
	return up;
}

START_TEST(test_life)
{
	kupf_session_t *session = session_create("a", 1, 1);
	nin3a_state_t state;
	tunnel_spis_t spis;

	assert_state(7, NIN3A_STATE_NONE);
	assert_counts(0, 0);
	verify(7, session);
	assert_session(7, session);
	assert_session_counts("a", 1, 0);
	ck_assert(!came_up(7, session));
	ck_assert(tunnels->establish(tunnels, 7));
	assert_state(7, NIN3A_STATE_ESTABLISHED);
	ck_assert(!tunnels->establish(tunnels, 7));
	ck_assert(!tunnels->take_attempt(tunnels, 7, &state));
	assert_counts(1, 0);

	ck_assert(came_up(7, session));
	ck_assert(!came_up(7, session));
	assert_counts(1, 1);
	assert_session_counts("a", 1, 1);
	ck_assert(tunnels->get_spis(tunnels, 7, &spis));
	ck_assert(spis.initiator == 7 && spis.responder == ~(uint64_t)7);

	assert_down(7, session, KUPF_REASON_SHUTDOWN, 7);
	assert_counts(1, 0);
	/* a CHILD_SA that comes late does not make it a tunnel again */
	ck_assert(!came_up(7, session));
	tunnels->remove(tunnels, 7);
	tunnels->remove(tunnels, 7);
	assert_state(7, NIN3A_STATE_NONE);
	ck_assert(!tunnels->get_spis(tunnels, 7, &spis));
	assert_session_counts("a", 0, 0);
	assert_counts(0, 0);
	kupf_session_unref(session);
}
END_TEST

/* no step can be left out */
START_TEST(test_order)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_reason_t reason;
	nin3a_state_t state;
	uint32_t up_as;

	ck_assert(!do_bind(1, session));
	ck_assert(!tunnels->establish(tunnels, 1));
	ck_assert(!came_up(1, session));
	ck_assert(!tunnels->down(tunnels, 1, &up_as, &reason));
	ck_assert(!tunnels->take_attempt(tunnels, 1, &state));
	ck_assert_int_eq(state, NIN3A_STATE_NONE);
	ck_assert(!tunnels->lease(tunnels, 1, 0));
	assert_session(1, NULL);

	tunnels->begin(tunnels, 1, attempt_create(NIN3A_ALLOWED));
	ck_assert(!tunnels->establish(tunnels, 1));
	ck_assert(!came_up(1, session));
	ck_assert(!tunnels->lease(tunnels, 1, 0));
	assert_session(1, NULL);
	ck_assert(do_bind(1, session));
	ck_assert(!do_bind(1, session));
	assert_session_counts("a", 1, 0);
	kupf_session_unref(session);
}
END_TEST

/* refused at any moment before it is established, and for good */
START_TEST(test_refuse)
{
	kupf_session_t *session = session_create("a", 1, 1);

	tunnels->begin(tunnels, 1, attempt_create(NIN3A_METHOD));
	assert_state(1, NIN3A_STATE_REFUSED);
	ck_assert(!do_bind(1, session));
	tunnels->refuse(tunnels, 1, NIN3A_OWN_AUTH);
	assert_refusal(1, NIN3A_METHOD);

	tunnels->begin(tunnels, 2, attempt_create(NIN3A_ALLOWED));
	tunnels->refuse(tunnels, 2, NIN3A_SECOND_ROUND);
	ck_assert(!do_bind(2, session));
	assert_refusal(2, NIN3A_SECOND_ROUND);

	verify(3, session);
	tunnels->refuse(tunnels, 3, NIN3A_ADDRESS_MISMATCH);
	ck_assert(!tunnels->establish(tunnels, 3));
	ck_assert(!came_up(3, session));
	ck_assert(!tunnels->lease(tunnels, 3, 0));
	assert_session(3, NULL);
	assert_session_counts("a", 0, 0);
	assert_refusal(3, NIN3A_ADDRESS_MISMATCH);

	bring_up(4, session);
	tunnels->refuse(tunnels, 4, NIN3A_OWN_AUTH);
	assert_state(4, NIN3A_STATE_ESTABLISHED);

	/* a second request, whatever it looks like */
	tunnels->begin(tunnels, 5, attempt_create(NIN3A_ALLOWED));
	tunnels->begin(tunnels, 5, attempt_create(NIN3A_ALLOWED));
	assert_state(5, NIN3A_STATE_REFUSED);
	assert_refusal(5, NIN3A_SECOND_ROUND);

	/* what was reported cannot be established */
	verify(6, session);
	assert_refusal(6, NIN3A_ALLOWED);
	ck_assert(!tunnels->establish(tunnels, 6));
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_reasons)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t ike_sa;
	u_int count;

	bring_up(1, session);
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	tunnels->set_reason(tunnels, 1, KUPF_REASON_TIMEOUT);
	assert_down(1, session, KUPF_REASON_PEER, 1);
	tunnels->remove(tunnels, 1);

	/* one that nobody answers any more goes for what it was closed for */
	bring_up(2, session);
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 1);
	tunnels->set_reason(tunnels, 2, KUPF_REASON_TIMEOUT);
	assert_down(2, session, KUPF_REASON_DELETED, 2);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_rekey)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {
		.initiator = 5,
		.responder = 6,
		.initiated_here = TRUE,
	};
	uint32_t ike_sa;
	u_int count;

	bring_up(1, session);
	ck_assert(tunnels->lease(tunnels, 1, 0));
	/* the predecessor's DELETE says nothing about the successor */
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	assert_state(1, NIN3A_STATE_NONE);
	assert_state(65, NIN3A_STATE_ESTABLISHED);
	assert_session(65, session);
	ck_assert(!tunnels->lease(tunnels, 65, 0));
	ck_assert(!came_up(65, session));
	assert_session_counts("a", 1, 1);
	spis = (tunnel_spis_t){};
	ck_assert(tunnels->get_spis(tunnels, 65, &spis));
	ck_assert(spis.initiator == 5 && spis.responder == 6 &&
			  spis.initiated_here);
	/* the predecessor goes without a word */
	tunnels->remove(tunnels, 1);
	assert_counts(1, 1);

	/* deleted during a rekeying: the successor is to be closed, too */
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 1);
	ck_assert_uint_eq(ike_sa, 65);
	ck_assert(tunnels->rekey(tunnels, 65, 66, &spis));
	assert_down(66, session, KUPF_REASON_DELETED, 1);

	/* none of ours */
	ck_assert(!tunnels->rekey(tunnels, 100, 101, &spis));
	assert_state(101, NIN3A_STATE_NONE);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_condemn)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {};
	uint32_t ike_sa;
	u_int count;

	/* none of ours, and not established */
	ck_assert(!tunnels->condemn(tunnels, 1));
	tunnels->begin(tunnels, 1, attempt_create(NIN3A_ALLOWED));
	ck_assert(!tunnels->condemn(tunnels, 1));
	assert_state(1, NIN3A_STATE_GUARDED);
	tunnels->remove(tunnels, 1);

	bring_up(2, session);
	ck_assert(tunnels->condemn(tunnels, 2));
	ck_assert(!tunnels->condemn(tunnels, 2));
	assert_counts(1, 1);
	/* whoever closes all tunnels of the session passes it over */
	ck_assert_uint_eq(select_all("a", KUPF_REASON_DELETED, &ike_sa, &count), 0);
	ck_assert_uint_eq(count, 0);
	/* its successor is to be closed, too */
	ck_assert(tunnels->rekey(tunnels, 2, 3, &spis));
	ck_assert(!tunnels->condemn(tunnels, 3));
	assert_down(3, session, KUPF_REASON_REFUSED, 2);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_select)
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
	ck_assert_uint_eq(tunnels->select(tunnels, "a", is_not, new,
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

START_TEST(test_lease)
{
	kupf_session_t *session = session_create("a", 1, 1);
	u_int i;

	verify(1, session);
	for (i = 0; i < KUPF_UE_ADDRESSES_MAX; i++)
	{
		ck_assert(tunnels->lease(tunnels, 1, i));
		ck_assert(!tunnels->lease(tunnels, 1, i));
	}
	ck_assert(!tunnels->lease(tunnels, 1, KUPF_UE_ADDRESSES_MAX));
	/* the one that takes its place gets the same */
	verify(2, session);
	ck_assert(tunnels->lease(tunnels, 2, 0));
	kupf_session_unref(session);
}
END_TEST

/**
 * Settle a session.
 *
 * @param serial	of the newest IKE_SA to be chosen
 * @param chosen	IKE_SA that is expected to be chosen, 0 for none
 */
static void assert_settled(const char *name, uint32_t serial, uint32_t chosen)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	uint32_t ike_sa = 0;

	tunnels->settle(tunnels, name, serial, ids);
	ck_assert_int_eq(array_count(ids), chosen ? 1 : 0);
	array_get(ids, ARRAY_HEAD, &ike_sa);
	ck_assert_uint_eq(ike_sa, chosen);
	array_destroy(ids);
}

/* make before break: the old one goes when the new one is up, not before */
START_TEST(test_handover)
{
	kupf_session_t *session = session_create("a", 1, 1);
	kupf_session_t *other = session_create("b", 2, 1);
	uint32_t first, second;

	bring_up(1, session);
	ck_assert(!tunnels->crowds(tunnels, 1, &first));
	verify(2, session);
	bring_up(3, other);
	/* not established, or of another session */
	ck_assert(!tunnels->crowds(tunnels, 1, &first));
	ck_assert(!tunnels->crowds(tunnels, 2, &second));
	ck_assert(!tunnels->crowds(tunnels, 4, &second));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 1, &first));
	ck_assert(tunnels->crowds(tunnels, 2, &second));
	ck_assert_uint_gt(second, first);

	ck_assert(came_up(2, session));
	assert_session_counts("a", 2, 2);
	assert_settled("a", second, 1);
	/* once */
	assert_settled("a", second, 0);
	ck_assert(!tunnels->crowds(tunnels, 2, &second));
	/* also if the UE closes it itself, or does not answer */
	tunnels->set_reason(tunnels, 1, KUPF_REASON_PEER);
	assert_down(1, session, KUPF_REASON_SUPERSEDED, 1);
	tunnels->remove(tunnels, 1);
	assert_session_counts("a", 1, 1);
	assert_session_counts("b", 1, 1);
	kupf_session_unref(session);
	kupf_session_unref(other);
}
END_TEST

/* one that does not become a tunnel in time goes, the tunnel stays */
START_TEST(test_handover_given_up)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t serial, ignored;

	bring_up(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 2, &serial));
	/* the UE begins anew: time for that one is not over */
	verify(3, session);
	ck_assert(tunnels->establish(tunnels, 3));
	ck_assert(tunnels->crowds(tunnels, 3, &ignored));
	assert_settled("a", serial, 2);
	/* what goes cannot come up any more */
	ck_assert(!came_up(2, session));
	ck_assert(came_up(3, session));
	assert_settled("a", ignored, 1);
	kupf_session_unref(session);
}
END_TEST

/* two at once: one is left, whichever CHILD_SA comes first */
START_TEST(test_handover_simultaneous)
{
	kupf_session_t *session = session_create("a", 1, 1);
	uint32_t serial, old, new, winner;

	verify(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 1, &old));
	ck_assert(tunnels->crowds(tunnels, 2, &new));
	if (_i)
	{	/* the later one first: the other one cannot come up any more */
		ck_assert(came_up(2, session));
		assert_settled("a", new, 1);
		ck_assert(!came_up(1, session));
	}
	else
	{	/* the earlier one first: the other one is still on its way */
		ck_assert(came_up(1, session));
		ck_assert(tunnels->crowds(tunnels, 1, &serial));
		assert_settled("a", serial, 0);
		ck_assert(came_up(2, session));
		ck_assert(tunnels->crowds(tunnels, 2, &serial));
		assert_settled("a", serial, 1);
	}
	winner = 2;
	ck_assert(!tunnels->crowds(tunnels, winner, &serial));
	tunnels->remove(tunnels, 1);
	assert_session_counts("a", 1, 1);
	kupf_session_unref(session);
}
END_TEST

/* IKE_SAs without CHILD_SAs: the newest one stays */
START_TEST(test_handover_childless)
{
	kupf_session_t *session = session_create("a", 1, 1);
	tunnel_spis_t spis = {};
	uint32_t serial, moved;

	verify(1, session);
	verify(2, session);
	ck_assert(tunnels->establish(tunnels, 1));
	ck_assert(tunnels->establish(tunnels, 2));
	ck_assert(tunnels->crowds(tunnels, 2, &serial));
	/* rekeyed meanwhile, under another identifier */
	ck_assert(!tunnels->rekey(tunnels, 1, 65, &spis));
	ck_assert(!tunnels->rekey(tunnels, 2, 66, &spis));
	ck_assert(tunnels->crowds(tunnels, 66, &moved));
	ck_assert_uint_eq(moved, serial);
	assert_settled("a", serial, 65);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_many)
{
	kupf_session_t *session;
	char name[16];
	uint32_t i;

	for (i = 1; i <= MANY; i++)
	{
		snprintf(name, sizeof(name), "pdu-%u", i);
		session = session_create(name, 1, 1);
		bring_up(i, session);
		kupf_session_unref(session);
	}
	assert_counts(MANY, MANY);
	for (i = 1; i <= MANY; i++)
	{
		snprintf(name, sizeof(name), "pdu-%u", i);
		assert_session_counts(name, 1, 1);
		tunnels->remove(tunnels, i);
		assert_session_counts(name, 0, 0);
	}
	assert_counts(0, 0);
}
END_TEST

/**
 * One UE after another, half of them refused.
 */
static void *run_ues(void *data)
{
	uint32_t ike_sa, up_as, base = (uintptr_t)data * 10 * STEPS;
	kupf_session_t *session;
	kupf_endpoint_t end = { { AF_INET, { 192, 0, 2, 1 } }, 4500 };
	kupf_child_t child = { .spi_in = 1, .spi_out = 77, .name = "pdu" };
	tunnel_spis_t spis = {};
	nin3a_state_t state;
	kupf_reason_t reason;
	int i;

	session = session_create("shared", 1, 1);
	for (i = 0; i < STEPS; i++)
	{
		ike_sa = base + 2 * i + 1;
		tunnels->begin(tunnels, ike_sa, attempt_create(NIN3A_ALLOWED));
		if (i % 2)
		{
			tunnels->bind(tunnels, ike_sa, session, &spis);
			tunnels->establish(tunnels, ike_sa);
			kupf_session_unref(tunnels->up(tunnels, ike_sa));
			tunnels->set_path(tunnels, ike_sa, &end, &end, NULL);
			tunnels->set_child(tunnels, ike_sa, &child, TRUE, NULL);
			tunnels->rekey(tunnels, ike_sa, ike_sa + 1, &spis);
			child.spi_in++;
			tunnels->set_child(tunnels, ike_sa + 1, &child, TRUE, NULL);
			child.spi_in--;
			tunnels->set_child(tunnels, ike_sa + 1, &child, FALSE, NULL);
			kupf_session_unref(tunnels->down(tunnels, ike_sa + 1, &up_as,
											 &reason));
		}
		nin3a_attempt_destroy(tunnels->take_attempt(tunnels, ike_sa, &state));
		tunnels->remove(tunnels, ike_sa);
		tunnels->remove(tunnels, ike_sa + 1);
	}
	kupf_session_unref(session);
	return NULL;
}

/**
 * What the socket does to them.
 */
static void *run_smf(void *data)
{
	kupf_session_t *session;
	kupf_tunnel_t shown[KUPF_TUNNELS_MAX];
	uint32_t ike_sa;
	array_t *ids;
	u_int count, j;
	int i;

	for (i = 0; i < STEPS; i++)
	{
		count = tunnels->describe(tunnels, "shared", shown, countof(shown));
		ck_assert_uint_le(count, countof(shown));
		while (count--)
		{
			for (j = 0; j < shown[count].child_count; j++)
			{
				ck_assert_str_eq(shown[count].children[j].name, "pdu");
				ck_assert_uint_eq(shown[count].children[j].spi_out, 77);
			}
		}
		session = session_create("shared", 1, i + 2);
		tunnels->refresh(tunnels, session);
		kupf_session_unref(session);
		if (i % 8 == 0)
		{
			select_all("shared", KUPF_REASON_DELETED, &ike_sa, &count);
		}
		ids = array_create(sizeof(uint32_t), 0);
		tunnels->settle(tunnels, "shared", i, ids);
		array_destroy(ids);
		tunnels->crowds(tunnels, i, &ike_sa);
		tunnels->count(tunnels, "shared", &count);
	}
	return NULL;
}

START_TEST(test_threads)
{
	pthread_t threads[THREADS];
	uintptr_t i;

	for (i = 0; i < THREADS; i++)
	{
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
										i ? run_ues : run_smf, (void*)i), 0);
	}
	for (i = 0; i < THREADS; i++)
	{
		pthread_join(threads[i], NULL);
	}
	assert_counts(0, 0);
	assert_session_counts("shared", 0, 0);
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

static Suite *nin3a_tunnels_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("nin3a_tunnels");

	tc = tcase_create("life");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_life);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_refuse);
	tcase_add_test(tc, test_reasons);
	tcase_add_test(tc, test_rekey);
	tcase_add_test(tc, test_condemn);
	tcase_add_test(tc, test_describe);
	tcase_add_test(tc, test_lease);
	suite_add_tcase(suite, tc);

	tc = tcase_create("sessions");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_select);
	tcase_add_test(tc, test_vacate);
	tcase_add_test(tc, test_deleted_before_up);
	tcase_add_test(tc, test_select_old_only);
	tcase_add_test(tc, test_refresh);
	tcase_add_test(tc, test_uses);
	tcase_add_test(tc, test_uses_dnn);
	tcase_add_test(tc, test_lose_closing);
	tcase_add_test(tc, test_told);
	tcase_add_loop_test(tc, test_remove_order, 0, 6);
	suite_add_tcase(suite, tc);

	tc = tcase_create("handover");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_handover);
	tcase_add_test(tc, test_handover_given_up);
	tcase_add_loop_test(tc, test_handover_simultaneous, 0, 2);
	tcase_add_test(tc, test_handover_childless);
	suite_add_tcase(suite, tc);

	tc = tcase_create("load");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_threads);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_tunnels_suite());
}
