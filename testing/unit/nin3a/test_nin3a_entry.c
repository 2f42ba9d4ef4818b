/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * One IKE_SA on its way from one state to another: which steps there are, and
 * that all others change nothing.
 */

#include "nin3a/tunnels/nin3a_entry.h"
#include "test_runner.h"
#include "test_support.h"

/** Unique identifier of the IKE_SA */
#define IKE_SA 7

static kupf_session_t *session;
static nin3a_entry_t *entry;

/** IKE_SAs that were established */
static uint32_t serial;

static const tunnel_spis_t spis = { .initiator = 1, .responder = 2 };
static const tunnel_spis_t other_spis = { .initiator = 3, .responder = 4 };

static const kupf_child_t child = { .spi_in = 0x11, .spi_out = 0x22 };

/**
 * Create an entry, against whose attempt something speaks or not.
 */
static nin3a_entry_t *create(nin3a_reason_t reason)
{
	host_t *local = host_create_from_string("192.0.2.1", 4500);
	host_t *remote = host_create_from_string("198.51.100.7", 4500);
	nin3a_entry_t *this;

	this = nin3a_entry_create(IKE_SA, nin3a_attempt_create(NULL, local, remote,
														   reason));
	local->destroy(local);
	remote->destroy(remote);
	return this;
}

static void setup()
{
	session = test_session("s", ID_KEY_ID, "s", 0);
	entry = create(NIN3A_ALLOWED);
	serial = 0;
}

static void teardown()
{
	nin3a_entry_destroy(entry);
	kupf_session_unref(session);
}

/**
 * Take the entry to VERIFIED.
 */
static void verify()
{
	ck_assert(nin3a_entry_verify(entry, &spis));
	/* as nin3a_table does it */
	entry->session = kupf_session_ref(session);
}

/**
 * Take the entry to ESTABLISHED.
 */
static void establish()
{
	verify();
	ck_assert(nin3a_entry_establish(entry, &serial));
}

/**
 * Make the entry a tunnel with one CHILD_SA.
 */
static void up()
{
	establish();
	ck_assert(nin3a_entry_up(entry));
	ck_assert(!nin3a_entry_set_child(entry, &child, TRUE, NULL));
}

START_TEST(test_states)
{
	ck_assert_int_eq(entry->state, NIN3A_STATE_GUARDED);
	ck_assert(!nin3a_entry_is_bound(entry));
	/* no step is left out */
	ck_assert(!nin3a_entry_establish(entry, &serial));
	ck_assert(!nin3a_entry_up(entry));
	ck_assert_int_eq(entry->state, NIN3A_STATE_GUARDED);
	ck_assert(nin3a_entry_verify(entry, &spis));
	ck_assert_int_eq(entry->state, NIN3A_STATE_VERIFIED);
	ck_assert(nin3a_entry_is_bound(entry));
	ck_assert(!nin3a_entry_is_waiting(entry));
	/* nor done twice */
	ck_assert(!nin3a_entry_verify(entry, &other_spis));
	ck_assert(!nin3a_entry_up(entry));
	ck_assert(nin3a_entry_establish(entry, &serial));
	ck_assert_int_eq(entry->state, NIN3A_STATE_ESTABLISHED);
	ck_assert_uint_eq(entry->serial, 1);
	ck_assert(nin3a_entry_is_bound(entry));
	ck_assert(nin3a_entry_is_waiting(entry));
	ck_assert(!nin3a_entry_establish(entry, &serial));
	ck_assert_uint_eq(serial, 1);
	ck_assert(nin3a_entry_up(entry));
	ck_assert_uint_eq(entry->up_as, IKE_SA);
	ck_assert(!nin3a_entry_is_waiting(entry));
	ck_assert(!nin3a_entry_up(entry));
}
END_TEST

/* what was refused stays so, for the first reason */
START_TEST(test_refused)
{
	if (_i)
	{
		verify();
	}
	nin3a_entry_refuse(entry, NIN3A_SESSION_GONE);
	nin3a_entry_refuse(entry, NIN3A_SECOND_ROUND);
	ck_assert_int_eq(entry->state, NIN3A_STATE_REFUSED);
	ck_assert_int_eq(entry->attempt->reason, NIN3A_SESSION_GONE);
	ck_assert(!nin3a_entry_is_bound(entry));
	ck_assert(!nin3a_entry_verify(entry, &spis));
	ck_assert(!nin3a_entry_establish(entry, &serial));
	ck_assert(!nin3a_entry_up(entry));
	ck_assert_int_eq(entry->state, NIN3A_STATE_REFUSED);
	/* NULL is none */
	nin3a_entry_refuse(NULL, NIN3A_SESSION_GONE);
}
END_TEST

START_TEST(test_refused_at_once)
{
	nin3a_entry_destroy(entry);
	entry = create(NIN3A_IKE_PROPOSAL);
	ck_assert_int_eq(entry->state, NIN3A_STATE_REFUSED);
	nin3a_entry_refuse(entry, NIN3A_SESSION_GONE);
	ck_assert_int_eq(entry->attempt->reason, NIN3A_IKE_PROPOSAL);
	ck_assert(!nin3a_entry_verify(entry, &spis));
}
END_TEST

/* an IKE_SA that is established is closed, and not refused */
START_TEST(test_not_refused)
{
	establish();
	nin3a_entry_refuse(entry, NIN3A_SESSION_GONE);
	ck_assert_int_eq(entry->state, NIN3A_STATE_ESTABLISHED);
	ck_assert_int_eq(entry->attempt->reason, NIN3A_ALLOWED);
}
END_TEST

/* what is reported as refused is not established after all */
START_TEST(test_take_attempt)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	if (_i)
	{
		verify();
	}
	attempt = nin3a_entry_take_attempt(entry, &state);
	ck_assert_ptr_nonnull(attempt);
	ck_assert_int_eq(attempt->reason, NIN3A_ALLOWED);
	nin3a_attempt_destroy(attempt);
	ck_assert_int_eq(state, _i ? NIN3A_STATE_VERIFIED : NIN3A_STATE_GUARDED);
	ck_assert_int_eq(entry->state, NIN3A_STATE_REFUSED);
	ck_assert(!nin3a_entry_verify(entry, &spis));
	ck_assert(!nin3a_entry_establish(entry, &serial));
	/* told once */
	ck_assert_ptr_null(nin3a_entry_take_attempt(entry, &state));
	ck_assert_int_eq(state, NIN3A_STATE_REFUSED);
	ck_assert_ptr_null(nin3a_entry_take_attempt(NULL, &state));
	ck_assert_int_eq(state, NIN3A_STATE_NONE);
}
END_TEST

START_TEST(test_take_attempt_established)
{
	nin3a_state_t state;

	establish();
	nin3a_attempt_destroy(nin3a_entry_take_attempt(entry, &state));
	ck_assert_int_eq(state, NIN3A_STATE_ESTABLISHED);
	ck_assert_int_eq(entry->state, NIN3A_STATE_ESTABLISHED);
}
END_TEST

START_TEST(test_down)
{
	up();
	nin3a_entry_down(entry);
	ck_assert_int_eq(entry->reason, KUPF_REASON_SHUTDOWN);
	ck_assert(!entry->up && entry->closing);
	/* never again */
	ck_assert(!nin3a_entry_up(entry));
	ck_assert(!nin3a_entry_is_waiting(entry));
	ck_assert(!nin3a_entry_condemn(entry));
	/* nor told of */
	ck_assert(!nin3a_entry_set_child(entry, &child, FALSE, NULL));
}
END_TEST

START_TEST(test_reason)
{
	up();
	nin3a_entry_give_reason(entry, KUPF_REASON_PEER);
	nin3a_entry_give_reason(entry, KUPF_REASON_TIMEOUT);
	nin3a_entry_down(entry);
	ck_assert_int_eq(entry->reason, KUPF_REASON_PEER);
	nin3a_entry_give_reason(NULL, KUPF_REASON_PEER);
}
END_TEST

START_TEST(test_condemn)
{
	ck_assert(!nin3a_entry_condemn(NULL));
	ck_assert(!nin3a_entry_condemn(entry));
	verify();
	ck_assert(!nin3a_entry_condemn(entry));
	ck_assert(nin3a_entry_establish(entry, &serial));
	ck_assert(nin3a_entry_condemn(entry));
	ck_assert_int_eq(entry->reason, KUPF_REASON_REFUSED);
	ck_assert(!nin3a_entry_is_waiting(entry));
	/* it does not become a tunnel, and is not closed twice */
	ck_assert(!nin3a_entry_up(entry));
	ck_assert(!nin3a_entry_condemn(entry));
}
END_TEST

/* the last CHILD_SA goes: that is said once, and is over with another one */
START_TEST(test_lose)
{
	kupf_child_t second = { .spi_in = 0x33, .spi_out = 0x44 };

	up();
	ck_assert(!nin3a_entry_set_child(entry, &second, TRUE, NULL));
	ck_assert(!nin3a_entry_set_child(entry, &child, FALSE, NULL));
	ck_assert(nin3a_entry_set_child(entry, &second, FALSE, NULL));
	ck_assert(entry->losing);
	ck_assert(!nin3a_entry_set_child(entry, &second, FALSE, NULL));
	/* another one came in time */
	ck_assert(!nin3a_entry_set_child(entry, &second, TRUE, NULL));
	ck_assert(!nin3a_entry_lose(entry));
	ck_assert(entry->up && !entry->losing);
	/* none did */
	ck_assert(nin3a_entry_set_child(entry, &second, FALSE, NULL));
	ck_assert(nin3a_entry_lose(entry));
	ck_assert(!entry->up && !entry->losing && !entry->closing);
	ck_assert(nin3a_entry_is_waiting(entry));
	ck_assert(!nin3a_entry_lose(entry));
	/* it is a tunnel again, once it has one */
	ck_assert(nin3a_entry_up(entry));
	ck_assert(nin3a_entry_condemn(entry));
	ck_assert(!nin3a_entry_lose(entry));
	ck_assert(entry->up);
}
END_TEST

/* what is told of a CHILD_SA and of addresses, and that it is of this session */
START_TEST(test_told)
{
	kupf_endpoint_t local = { .address = { .family = AF_INET }, .port = 500 };
	kupf_endpoint_t remote = local, elsewhere = { .port = 4501 };
	tunnel_told_t told = {};

	/* nothing as long as it is no tunnel */
	nin3a_entry_set_path(entry, &local, &remote, &told);
	ck_assert(!nin3a_entry_set_child(entry, &child, TRUE, &told));
	ck_assert(!nin3a_entry_set_child(NULL, &child, TRUE, &told));
	nin3a_entry_set_path(NULL, &local, &remote, &told);
	ck_assert_ptr_null(told.session);
	establish();
	ck_assert(nin3a_entry_up(entry));
	nin3a_entry_set_path(entry, &local, &remote, &told);
	nin3a_entry_set_path(entry, &local, &remote, &told);
	ck_assert_ptr_null(told.session);
	nin3a_entry_set_path(entry, &local, &elsewhere, &told);
	ck_assert_ptr_eq(told.session, session);
	ck_assert_uint_eq(told.up_as, IKE_SA);
	kupf_session_unref(told.session);
	told = (tunnel_told_t){};
	ck_assert(!nin3a_entry_set_child(entry, &child, TRUE, &told));
	ck_assert_ptr_eq(told.session, session);
	kupf_session_unref(told.session);
	told = (tunnel_told_t){};
	ck_assert(!nin3a_entry_set_child(entry, &child, TRUE, &told));
	ck_assert_ptr_null(told.session);
	/* nor of one that goes */
	nin3a_entry_down(entry);
	nin3a_entry_set_path(entry, &local, &remote, &told);
	ck_assert_ptr_null(told.session);
}
END_TEST

START_TEST(test_lease)
{
	u_int i;

	ck_assert(!nin3a_entry_lease(NULL, 0));
	ck_assert(!nin3a_entry_lease(entry, 0));
	verify();
	for (i = 0; i < KUPF_UE_ADDRESSES_MAX; i++)
	{
		ck_assert(nin3a_entry_lease(entry, i));
		ck_assert(!nin3a_entry_lease(entry, i));
	}
	ck_assert(!nin3a_entry_lease(entry, KUPF_UE_ADDRESSES_MAX));
}
END_TEST

START_TEST(test_spis)
{
	tunnel_spis_t got = {};

	ck_assert(!nin3a_entry_get_spis(NULL, &got));
	ck_assert(!nin3a_entry_get_spis(entry, &got));
	verify();
	ck_assert(nin3a_entry_get_spis(entry, &got));
	ck_assert(got.initiator == spis.initiator);
	ck_assert(got.responder == spis.responder);
	/* they are known to who closes it, though it was refused */
	nin3a_entry_refuse(entry, NIN3A_SESSION_GONE);
	ck_assert(nin3a_entry_get_spis(entry, &got));
}
END_TEST

/* the successor begins without what was said of its predecessor, but for its
 * end */
START_TEST(test_rekey)
{
	tunnel_spis_t got;

	ck_assert(!nin3a_entry_rekey(NULL, &other_spis));
	up();
	nin3a_entry_give_reason(entry, KUPF_REASON_PEER);
	ck_assert(!nin3a_entry_rekey(entry, &other_spis));
	ck_assert(nin3a_entry_get_spis(entry, &got));
	ck_assert(got.initiator == other_spis.initiator);
	ck_assert(got.responder == other_spis.responder);
	ck_assert_int_eq(entry->reason, NIN3A_NO_REASON);
	ck_assert(entry->up);
	ck_assert(nin3a_entry_condemn(entry));
	ck_assert(nin3a_entry_rekey(entry, &spis));
	ck_assert_int_eq(entry->reason, KUPF_REASON_REFUSED);
}
END_TEST

static Suite *nin3a_entry_suite()
{
	Suite *suite = suite_create("nin3a_entry");
	TCase *tc = test_case(suite, "states", 0, setup, teardown);

	tcase_add_test(tc, test_states);
	tcase_add_loop_test(tc, test_refused, 0, 2);
	tcase_add_test(tc, test_refused_at_once);
	tcase_add_test(tc, test_not_refused);
	tcase_add_loop_test(tc, test_take_attempt, 0, 2);
	tcase_add_test(tc, test_take_attempt_established);
	tcase_add_test(tc, test_down);
	tcase_add_test(tc, test_reason);
	tcase_add_test(tc, test_condemn);
	tcase_add_test(tc, test_lose);
	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_lease);
	tcase_add_test(tc, test_spis);
	tcase_add_test(tc, test_rekey);
	return suite;
}

int main(void)
{
	return test_run(nin3a_entry_suite());
}
