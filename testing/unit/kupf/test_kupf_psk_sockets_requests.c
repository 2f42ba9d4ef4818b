/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys that consumers ask the SMF for.
 */

#include "kupf/psk/kupf_psk_requests.h"
#include "test_kupf_psk_sockets.h"

#include <unistd.h>

static void assert_request(const char *fmt, const char *key, const char *value)
{
	assert_reply(consumer, "psk-request", fmt, key, value);
}

START_TEST(test_request_key)
{
	uint64_t joined = test_counter("psk-joined");

	assert_request("", "cause", "missing-field");
	assert_request("session=a ue-id=keyid:a", "cause", "unknown-field");
	assert_request("ue-addresses=[127.0.0.1]", "cause", "invalid-field");
	/* nobody is there: it may be asked for again at once */
	assert_request("session=a", "told", "0");
	assert_request("session=a", "waiting", "no");
	listen_to(KUPF_EVENT_KEY_REQUEST);
	assert_request("session=a ue-addresses=[10.0.0.1]", "told", "1");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("service"), "mpquic");
	ck_assert_str_eq(told("session"), "a");
	ck_assert_str_eq(told("ue-id"), "");
	/* one for a session, whoever asks */
	assert_request("session=a", "told", "0");
	assert_request("session=a", "waiting", "yes");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_uint_eq(test_counter("psk-joined"), joined + 2);
	/* until there is an answer */
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic] ue-addresses=[10.0.0.1]");
	assert_request("session=a", "told", "1");
	run("modify-session", "session=a key=" OTHER);
	assert_request("session=a", "told", "1");
	ignore(KUPF_EVENT_KEY_REQUEST);
}
END_TEST

START_TEST(test_request_address)
{
	listen_to(KUPF_EVENT_KEY_REQUEST);
	assert_request("ue-addresses=[10.0.0.1]", "told", "1");
	assert_request("ue-addresses=[10.0.0.1]", "waiting", "yes");
	assert_request("ue-addresses=[10.0.0.2]", "told", "1");
	ck_assert_uint_eq(smf.count, 2);
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic] ue-addresses=[10.0.0.2]");
	assert_request("ue-addresses=[10.0.0.1]", "told", "0");
	assert_request("ue-addresses=[10.0.0.2]", "told", "1");
	ignore(KUPF_EVENT_KEY_REQUEST);
}
END_TEST

/**
 * Bounds of requests, by themselves: the clock of the test stands in between.
 */
START_TEST(test_request_bounds)
{
	kupf_psk_bounds_t bounds = { .rate = 0, .waiting = 2, .timeout = 300 };
	uint64_t limited = test_counter("psk-limited");
	kupf_psk_requests_t *requests;
	kupf_address_t none = {};
	u_int i, refused = 0;

	requests = kupf_psk_requests_create(&bounds);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_ASKED);
	ck_assert_int_eq(requests->ask(requests, "b", &none), KUPF_PSK_ASKED);
	ck_assert_int_eq(requests->ask(requests, "c", &none), KUPF_PSK_REFUSED);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_JOINED);
	requests->withdraw(requests, "b", &none);
	ck_assert_int_eq(requests->ask(requests, "c", &none), KUPF_PSK_ASKED);
	ck_assert_uint_eq(test_counter("psk-limited"), limited + 1);
	/* nobody waits for ever for who does not answer */
	usleep(400000);
	ck_assert_int_eq(requests->ask(requests, "a", &none), KUPF_PSK_ASKED);
	requests->destroy(requests);

	bounds = (kupf_psk_bounds_t){ .rate = 3, .waiting = 100, .timeout = 1 };
	requests = kupf_psk_requests_create(&bounds);
	/* more than there may be, even if a second ends meanwhile */
	for (i = 0; i < 12; i++)
	{
		char name[8];

		snprintf(name, sizeof(name), "s%u", i);
		refused += requests->ask(requests, name, &none) == KUPF_PSK_REFUSED;
	}
	ck_assert_uint_ge(refused, 6);
	requests->destroy(requests);
}
END_TEST

void kupf_psk_sockets_requests_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "requests", 120, setup, teardown);

	tcase_add_test(tc, test_request_key);
	tcase_add_test(tc, test_request_address);

	tc = test_case(suite, "requests", 0, NULL, NULL);
	tcase_add_test(tc, test_request_bounds);
}
