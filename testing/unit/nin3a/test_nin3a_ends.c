/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Why IKE_SAs end: what charon's alerts make of attempts and of tunnels, and
 * with which reason each is told.
 */

#include "nin3a/auth/nin3a_ends.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

#include <stdarg.h>

/** Unique identifier of the IKE_SA */
#define IKE_SA 7

static test_ike_sa_t sa;

/** Event that was raised last, and how many were */
static struct {
	u_int count;
	char reason[64];
} event;

static kupf_t kupf;
static kupf_store_t *store;
static kupf_session_t *session;
static kupf_limiter_t limiter, early;
static nin3a_tunnels_t *tunnels;
static nin3a_refusals_t *refusals;
static nin3a_unjudged_t *unjudged;
static nin3a_ends_t *ends;

static kupf_store_t *get_store(kupf_t *this)
{
	return store;
}

static void auth_failed(kupf_t *this, identification_t *id, host_t *local,
						host_t *remote, const char *reason)
{
	event.count++;
	snprintf(event.reason, sizeof(event.reason), "%s", reason);
}

static void count_left_out()
{
}

static void setup()
{
	test_ike_sa_init(&sa, IKE_SA);
	sa.state = IKE_CONNECTING;
	kupf = (kupf_t){
		.get_store = get_store,
		.auth_failed = auth_failed,
	};
	event.count = 0;
	limiter = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	early = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	store = kupf_store_create(0, 0);
	session = test_session("carol", ID_RFC822_ADDR, "carol@example.org", 0);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	tunnels = nin3a_tunnels_create();
	refusals = nin3a_refusals_create(&kupf, &limiter, &early);
	unjudged = nin3a_unjudged_create(store, refusals);
	ends = nin3a_ends_create(tunnels, unjudged, refusals);
}

static void teardown()
{
	ends->destroy(ends);
	unjudged->destroy(unjudged);
	refusals->destroy(refusals);
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}

/**
 * The request of the UE was judged.
 */
static void begin(nin3a_reason_t reason)
{
	tunnels->begin(tunnels, IKE_SA, nin3a_attempt_create(sa.other_id, sa.local,
														 sa.remote, reason));
}

/**
 * It has become a tunnel.
 */
static void up()
{
	tunnel_spis_t spis = {};

	begin(NIN3A_ALLOWED);
	ck_assert(tunnels->bind(tunnels, IKE_SA, session, &spis));
	ck_assert(tunnels->establish(tunnels, IKE_SA));
	kupf_session_unref(tunnels->up(tunnels, IKE_SA));
}

/**
 * charon raises an alert.
 */
static void alert(int kind, ...)
{
	va_list args;

	va_start(args, kind);
	ends->alert(ends, &sa.public, kind, args);
	va_end(args);
}

/**
 * A message of charon could not be read.
 */
static void alert_unreadable(bool request, status_t status)
{
	message_t *message;

	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, IKE_AUTH);
	message->set_request(message, request);
	message->set_source(message, sa.remote->clone(sa.remote));
	message->set_destination(message, sa.local->clone(sa.local));
	alert(ALERT_PARSE_ERROR_BODY, message, status);
	message->destroy(message);
}

/**
 * The tunnel goes, for this reason.
 */
static void assert_goes(kupf_reason_t expected)
{
	kupf_reason_t reason;
	uint32_t up_as;

	session = tunnels->down(tunnels, IKE_SA, &up_as, &reason);
	ck_assert_ptr_nonnull(session);
	kupf_session_unref(session);
	ck_assert_int_eq(reason, expected);
}

/**
 * Nothing was told so far.
 */
static void assert_untold()
{
	ck_assert_uint_eq(event.count, 0);
}

/**
 * The end of the IKE_SA is told, once and for this reason.
 */
static void assert_told(nin3a_reason_t reason)
{
	ends->refused(ends, IKE_SA);
	ck_assert_uint_eq(event.count, 1);
	ck_assert_str_eq(event.reason, nin3a_reason_token(reason));
	ends->refused(ends, IKE_SA);
	ck_assert_uint_eq(event.count, 1);
}

START_TEST(test_refused)
{
	begin(_i ? NIN3A_IKE_PROPOSAL : NIN3A_ALLOWED);
	/* charon has not verified it: here the session has another key */
	alert(ALERT_PEER_AUTH_FAILED);
	ck_assert_uint_eq(event.count, 1);
	ck_assert_int_eq(tunnels->get_state(tunnels, IKE_SA), NIN3A_STATE_REFUSED);
	assert_told(_i ? NIN3A_IKE_PROPOSAL : NIN3A_WRONG_KEY);
}
END_TEST

/* charon ends it after it was verified, for reasons that are its own */
START_TEST(test_charon)
{
	tunnel_spis_t spis = {};

	begin(NIN3A_ALLOWED);
	ck_assert(tunnels->bind(tunnels, IKE_SA, session, &spis));
	switch (_i)
	{
		case 0:
			alert(ALERT_LOCAL_AUTH_FAILED);
			assert_untold();
			assert_told(NIN3A_OWN_AUTH);
			break;
		case 1:
			alert(ALERT_UNIQUE_KEEP);
			assert_untold();
			assert_told(NIN3A_UNIQUENESS);
			break;
		default:
			assert_told(NIN3A_INCOMPLETE);
			break;
	}
	ck_assert(!tunnels->establish(tunnels, IKE_SA));
}
END_TEST

/* the first reason is that of the tunnel */
START_TEST(test_tunnel)
{
	up();
	switch (_i)
	{
		case 0:
			alert(ALERT_UNIQUE_REPLACE);
			alert(ALERT_RETRANSMIT_SEND_TIMEOUT, NULL);
			assert_goes(KUPF_REASON_SUPERSEDED);
			break;
		case 1:
			alert(ALERT_RETRANSMIT_SEND_TIMEOUT, NULL);
			alert(ALERT_UNIQUE_REPLACE);
			assert_goes(KUPF_REASON_TIMEOUT);
			break;
		default:
			/* neither of these ends a tunnel */
			alert(ALERT_PEER_AUTH_FAILED);
			alert(ALERT_LOCAL_AUTH_FAILED);
			alert(ALERT_UNIQUE_KEEP);
			alert(ALERT_RETRANSMIT_SEND, NULL, 1);
			assert_goes(KUPF_REASON_SHUTDOWN);
			break;
	}
	assert_untold();
}
END_TEST

/* a request that charon cannot read ends a tunnel, and it is the UE's doing */
START_TEST(test_unreadable)
{
	static const struct {
		bool request;
		status_t status;
		kupf_reason_t reason;
	} tests[] = {
		{ TRUE, PARSE_ERROR, KUPF_REASON_PEER },
		{ TRUE, VERIFY_ERROR, KUPF_REASON_PEER },
		/* these may be anybody's */
		{ TRUE, FAILED, KUPF_REASON_SHUTDOWN },
		{ TRUE, INVALID_STATE, KUPF_REASON_SHUTDOWN },
		{ FALSE, PARSE_ERROR, KUPF_REASON_SHUTDOWN },
	};
	u_int i;

	for (i = 0; i < countof(tests); i++)
	{
		up();
		alert_unreadable(tests[i].request, tests[i].status);
		assert_goes(tests[i].reason);
		tunnels->remove(tunnels, IKE_SA);
	}
	assert_untold();
}
END_TEST

/* an IKE_SA that was not judged is told of when charon gives it up */
START_TEST(test_unjudged)
{
	alert_unreadable(TRUE, PARSE_ERROR);
	assert_untold();
	ends->refused(ends, IKE_SA);
	ck_assert_uint_eq(event.count, 1);
	ends->refused(ends, IKE_SA);
	ck_assert_uint_eq(event.count, 1);
	/* no refusal of one that nothing is known of */
	ends->refused(ends, IKE_SA + 1);
	ck_assert_uint_eq(event.count, 1);
}
END_TEST

/* what was noted before it was judged is not told as well */
START_TEST(test_judged_after_all)
{
	alert_unreadable(TRUE, PARSE_ERROR);
	begin(NIN3A_IKE_PROPOSAL);
	assert_told(NIN3A_IKE_PROPOSAL);
}
END_TEST

static Suite *nin3a_ends_suite()
{
	Suite *suite = suite_create("nin3a_ends");
	TCase *tc = test_case(suite, "ends", 0, setup, teardown);

	tcase_add_loop_test(tc, test_refused, 0, 2);
	tcase_add_loop_test(tc, test_charon, 0, 3);
	tcase_add_loop_test(tc, test_tunnel, 0, 3);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_unjudged);
	tcase_add_test(tc, test_judged_after_all);
	return suite;
}

int main(void)
{
	return test_run(nin3a_ends_suite());
}
