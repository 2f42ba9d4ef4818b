/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Established IKE_SAs that change: what is rekeyed or moved to what it must not
 * be is closed, once, and nothing else is.
 */

#include <check.h>

#include "nin3a/nin3a_counters.h"
#include "nin3a/tunnels/nin3a_changes.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

/** Unique identifiers of an IKE_SA and of its successor */
#define OLD 7
#define NEW 8

/** An IKE_SA as far as it is asked */
typedef struct {
	test_ike_sa_t fake;
	proposal_t *proposal;
} test_sa_t;

static test_sa_t old, new;

/** Settings, and whether the connection is a NIN3A one */
static nin3a_settings_t settings;
static bool named;

/** What was asked of the jobs */
static struct {
	u_int close, close_stranger, lose, end_rekeyed;
	uint32_t ike_sa;
	uint64_t responder;
} asked;

static nin3a_tunnels_t *tunnels;
static nin3a_changes_t *changes;
static kupf_session_t *session;
static host_t *local, *remote;

static proposal_t *get_proposal(ike_sa_t *this)
{
	return ((test_sa_t*)this)->proposal;
}

static void get_settings(nin3a_config_t *this, nin3a_settings_t *out)
{
	*out = settings;
}

static bool is_named(nin3a_decision_t *this, ike_sa_t *ike_sa)
{
	return named;
}

static void close_ike_sa(nin3a_jobs_t *this, uint32_t ike_sa)
{
	asked.close++;
	asked.ike_sa = ike_sa;
}

static void close_stranger(nin3a_jobs_t *this, const tunnel_spis_t *spis)
{
	asked.close_stranger++;
	asked.responder = spis->responder;
}

static void end_rekeyed(nin3a_jobs_t *this, const tunnel_spis_t *spis)
{
	asked.end_rekeyed++;
	ck_assert_uint_eq(spis->responder, 100 + OLD);
}

static void lose(nin3a_jobs_t *this, uint32_t ike_sa)
{
	asked.lose++;
	asked.ike_sa = ike_sa;
}

static nin3a_config_t config = { .get = get_settings };
static nin3a_decision_t decision = { .is_named = is_named };
static nin3a_jobs_t jobs = {
	.close = close_ike_sa,
	.close_stranger = close_stranger,
	.end_rekeyed = end_rekeyed,
	.lose = lose,
};

static void sa_init(test_sa_t *sa, uint32_t unique_id)
{
	test_ike_sa_init(&sa->fake, unique_id);
	sa->fake.public.get_proposal = get_proposal;
	sa->proposal = proposal_create_from_string(PROTO_IKE,
											   "aes256-sha256-modp2048");
}

static void sa_deinit(test_sa_t *sa)
{
	sa->proposal->destroy(sa->proposal);
	test_ike_sa_deinit(&sa->fake);
}

/**
 * Establish the IKE_SA for a session.
 *
 * @param address	UPF address of the session, NULL for any
 */
static void establish(char *address)
{
	tunnel_spis_t spis = tunnel_spis_get(&old.fake.public);
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	if (address)
	{
		ck_assert(kupf_address_parse(chunk_from_str(address),
									 &data.upf_address));
	}
	session = kupf_session_create(&data);
	ck_assert_ptr_nonnull(session);
	tunnels->begin(tunnels, OLD, nin3a_attempt_create(old.fake.other_id, local, remote,
													  NIN3A_ALLOWED));
	ck_assert(tunnels->bind(tunnels, OLD, session, &spis));
	ck_assert(tunnels->establish(tunnels, OLD));
}

static void setup()
{
	settings = (nin3a_settings_t){
		.ike_profile = TUNNEL_PROFILE_TS33210,
		.address_match = TRUE,
	};
	named = TRUE;
	memset(&asked, 0, sizeof(asked));
	sa_init(&old, OLD);
	sa_init(&new, NEW);
	local = host_create_from_string("192.0.2.1", 4500);
	remote = host_create_from_string("198.51.100.2", 4711);
	tunnels = nin3a_tunnels_create();
	changes = nin3a_changes_create(&config, tunnels, &jobs, &decision);
	session = NULL;
}

static void teardown()
{
	changes->destroy(changes);
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	remote->destroy(remote);
	local->destroy(local);
	sa_deinit(&new);
	sa_deinit(&old);
}

static void assert_asked(u_int close, u_int stranger)
{
	ck_assert_uint_eq(asked.close, close);
	ck_assert_uint_eq(asked.close_stranger, stranger);
}

static void rekey()
{
	changes->rekeyed(changes, &old.fake.public, &new.fake.public);
}

static void move(char *to)
{
	host_t *host = host_create_from_string(to, 4500);

	changes->moved(changes, &old.fake.public, host);
	host->destroy(host);
}

START_TEST(test_rekeyed)
{
	kupf_session_t *bound;

	establish(NULL);
	rekey();
	assert_asked(0, 0);
	ck_assert_uint_eq(asked.lose, 0);
	ck_assert_uint_eq(asked.end_rekeyed, 1);
	ck_assert_int_eq(tunnels->get_state(tunnels, OLD), NIN3A_STATE_NONE);
	bound = tunnels->get_session(tunnels, NEW);
	ck_assert(bound == session);
	kupf_session_unref(bound);
}
END_TEST

START_TEST(test_weaker)
{
	new.proposal->destroy(new.proposal);
	new.proposal = proposal_create_from_string(PROTO_IKE,
											   "3des-sha1-modp1024");
	establish(NULL);
	if (_i)
	{
		settings.ike_profile = TUNNEL_PROFILE_NONE;
	}
	rekey();
	assert_asked(!_i, 0);
	if (!_i)
	{
		ck_assert_uint_eq(asked.ike_sa, NEW);
	}
}
END_TEST

START_TEST(test_rekeyed_while_closing)
{
	establish(NULL);
	ck_assert(tunnels->condemn(tunnels, OLD));
	rekey();
	assert_asked(1, 0);
	ck_assert_uint_eq(asked.ike_sa, NEW);
}
END_TEST

START_TEST(test_rekeyed_without_child)
{
	kupf_child_t child = { .spi_in = 1, .spi_out = 2 };
	tunnel_told_t told = {};

	establish(NULL);
	kupf_session_unref(tunnels->up(tunnels, OLD));
	tunnels->set_child(tunnels, OLD, &child, TRUE, &told);
	kupf_session_unref(told.session);
	told.session = NULL;
	ck_assert(tunnels->set_child(tunnels, OLD, &child, FALSE, &told));
	kupf_session_unref(told.session);
	/* whoever was to see whether another CHILD_SA follows, has to look for the
	 * successor */
	rekey();
	assert_asked(0, 0);
	ck_assert_uint_eq(asked.lose, 1);
	ck_assert_uint_eq(asked.ike_sa, NEW);
}
END_TEST

START_TEST(test_stranger)
{
	named = _i;
	rekey();
	assert_asked(0, _i);
	/* it is somebody else's, or closed altogether */
	ck_assert_uint_eq(asked.end_rekeyed, 0);
	if (_i)
	{
		ck_assert_uint_eq(asked.responder, 100 + NEW);
	}
}
END_TEST

START_TEST(test_moved)
{
	establish("192.0.2.1");
	/* another port, or nothing at all */
	move("192.0.2.1");
	assert_asked(0, 0);
	move("192.0.2.9");
	assert_asked(1, 0);
	ck_assert_uint_eq(asked.ike_sa, OLD);
	/* once is enough */
	move("192.0.2.8");
	assert_asked(1, 0);
}
END_TEST

START_TEST(test_moved_to_any)
{
	establish(_i ? NULL : "192.0.2.1");
	settings.address_match = _i;
	move("192.0.2.9");
	move("2001:db8::9");
	assert_asked(0, 0);
}
END_TEST

START_TEST(test_moved_of_others)
{
	move("192.0.2.9");
	assert_asked(0, 0);
}
END_TEST

static Suite *nin3a_changes_suite(void)
{
	Suite *suite = suite_create("nin3a_changes");
	TCase *tc = test_case(suite, "rekeyed", 0, setup, teardown);

	tcase_add_test(tc, test_rekeyed);
	tcase_add_loop_test(tc, test_weaker, 0, 2);
	tcase_add_test(tc, test_rekeyed_while_closing);
	tcase_add_test(tc, test_rekeyed_without_child);
	tcase_add_loop_test(tc, test_stranger, 0, 2);

	tc = test_case(suite, "moved", 0, setup, teardown);
	tcase_add_test(tc, test_moved);
	tcase_add_loop_test(tc, test_moved_to_any, 0, 2);
	tcase_add_test(tc, test_moved_of_others);

	return suite;
}

int main(void)
{
	return test_run(nin3a_changes_suite());
}
