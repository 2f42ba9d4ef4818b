/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Each rule of the policy: all facts right is allowed, one fact wrong is
 * refused for its own reason, and nothing known is refused.
 */

#include <check.h>

#include "nin3a/auth/nin3a_policy.h"
#include "test_runner.h"

/** An IKE_AUTH request that has all it needs */
static const nin3a_facts_t request = {
	.ikev2 = TRUE,
	.responder = TRUE,
	.local_rounds = 1,
	.remote_rounds = 1,
	.psk_only = TRUE,
	.first_round = TRUE,
	.auth.payload = TRUE,
	.auth.method = 2,
	.responder_id = TRUE,
	.ike_proposal = TRUE,
};

/** A verified peer that has all it needs */
static const nin3a_facts_t verified = {
	.ikev2 = TRUE,
	.responder = TRUE,
	.guarded = TRUE,
	.psk_verified = TRUE,
	.key_ours = TRUE,
	.session_known = TRUE,
	.session_alive = TRUE,
	.session_service = TRUE,
	.address_match = TRUE,
	.few_set_ups = TRUE,
};

/** An IKE_SA that has all it needs to be established */
static const nin3a_facts_t final = {
	.ikev2 = TRUE,
	.responder = TRUE,
	.named = TRUE,
	.local_rounds = 1,
	.remote_rounds = 1,
	.psk_only = TRUE,
	.verified = TRUE,
	.session_known = TRUE,
	.session_alive = TRUE,
	.own_auth = TRUE,
};

/** An IKE_AUTH response that may be sent */
static const nin3a_facts_t response = {
	.established = TRUE,
	.auth.payload = TRUE,
	.auth.method = 2,
};

/** Facts with one changed */
#define BUT(base, field, value) ({ \
	nin3a_facts_t changed = base; \
	changed.field = value; \
	changed; })

#define assert_reason(policy, base, field, value, reason) do { \
	nin3a_facts_t facts = BUT(base, field, value); \
	ck_assert_str_eq(nin3a_reason_token(policy(&facts)), \
					 nin3a_reason_token(reason)); \
} while (0)

START_TEST(test_request)
{
	ck_assert_int_eq(nin3a_policy_request(&request), NIN3A_ALLOWED);
	/* RFC 8784: the notify alone is no harm, it is taken out */
	assert_reason(nin3a_policy_request, request, auth.no_ppk_auth, TRUE,
				  NIN3A_ALLOWED);

	assert_reason(nin3a_policy_request, request, ikev2, FALSE,
				  NIN3A_IKE_VERSION);
	assert_reason(nin3a_policy_request, request, responder, FALSE,
				  NIN3A_INITIATED_HERE);
	assert_reason(nin3a_policy_request, request, first_round, FALSE,
				  NIN3A_SECOND_ROUND);
	assert_reason(nin3a_policy_request, request, auth.payload, FALSE,
				  NIN3A_NO_AUTH_PAYLOAD);
	assert_reason(nin3a_policy_request, request, auth.eap_payload, TRUE,
				  NIN3A_EAP_PAYLOAD);
	assert_reason(nin3a_policy_request, request, auth.another_follows, TRUE,
				  NIN3A_ANOTHER_AUTH);
	assert_reason(nin3a_policy_request, request, local_rounds, 0,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_request, request, local_rounds, 2,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_request, request, remote_rounds, 0,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_request, request, remote_rounds, 2,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_request, request, psk_only, FALSE,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_request, request, responder_id, FALSE,
				  NIN3A_RESPONDER_IDENTITY);
	assert_reason(nin3a_policy_request, request, ike_proposal, FALSE,
				  NIN3A_IKE_PROPOSAL);
	/* RFC 8784: a PPK changes nothing */
	assert_reason(nin3a_policy_request, request, auth.ppk_named, TRUE,
				  NIN3A_ALLOWED);
}
END_TEST

/* every octet that the method can be, and numbers beyond */
START_TEST(test_method)
{
	u_int method;

	for (method = 0; method <= 300; method++)
	{
		assert_reason(nin3a_policy_request, request, auth.method, method,
					  method == 2 ? NIN3A_ALLOWED : NIN3A_METHOD);
	}
}
END_TEST

START_TEST(test_mac_failed)
{
	static const nin3a_facts_t known = {
		.session_known = TRUE,
		.session_alive = TRUE,
		.session_service = TRUE,
	};
	static const nin3a_facts_t nothing = {};

	ck_assert_int_eq(nin3a_policy_mac_failed(&known), NIN3A_WRONG_KEY);
	ck_assert_int_eq(nin3a_policy_mac_failed(&nothing), NIN3A_UNKNOWN_IDENTITY);
	assert_reason(nin3a_policy_mac_failed, known, session_known, FALSE,
				  NIN3A_UNKNOWN_IDENTITY);
	assert_reason(nin3a_policy_mac_failed, known, session_alive, FALSE,
				  NIN3A_SESSION_EXPIRED);
	assert_reason(nin3a_policy_mac_failed, known, session_service, FALSE,
				  NIN3A_SERVICE);
	assert_reason(nin3a_policy_mac_failed, known, auth.no_ppk_auth, TRUE,
				  NIN3A_NO_PPK_AUTH_USED);
	assert_reason(nin3a_policy_mac_failed, known, auth.ppk_named, TRUE,
				  NIN3A_PPK_UNKNOWN);
	assert_reason(nin3a_policy_mac_failed, known, ppk_required, TRUE,
				  NIN3A_PPK_MISSING);
	/* whatever else is right, it is no permission */
	ck_assert_int_eq(nin3a_policy_mac_failed(&verified), NIN3A_WRONG_KEY);
}
END_TEST

/* all that can be said about a PPK of a UE that no key has verified */
START_TEST(test_ppk)
{
	nin3a_facts_t facts = {
		.session_known = TRUE,
		.session_alive = TRUE,
		.session_service = TRUE,
		.auth.ppk_named = _i & 1,
		.ppk_held = _i & 2,
		.ppk_required = _i & 4,
		.auth.no_ppk_auth = _i & 8,
	};
	nin3a_reason_t reason = NIN3A_WRONG_KEY;

	if (!facts.ppk_held)
	{
		reason = facts.auth.no_ppk_auth ? NIN3A_NO_PPK_AUTH_USED :
				 facts.auth.ppk_named ? NIN3A_PPK_UNKNOWN :
				 facts.ppk_required ? NIN3A_PPK_MISSING : NIN3A_WRONG_KEY;
	}
	ck_assert_str_eq(nin3a_reason_token(nin3a_policy_mac_failed(&facts)),
					 nin3a_reason_token(reason));
	/* who is unknown is that, whatever else */
	facts.session_known = FALSE;
	ck_assert_int_eq(nin3a_policy_mac_failed(&facts), NIN3A_UNKNOWN_IDENTITY);
}
END_TEST

START_TEST(test_verified)
{
	ck_assert_int_eq(nin3a_policy_verified(&verified), NIN3A_ALLOWED);

	assert_reason(nin3a_policy_verified, verified, ikev2, FALSE,
				  NIN3A_IKE_VERSION);
	assert_reason(nin3a_policy_verified, verified, responder, FALSE,
				  NIN3A_INITIATED_HERE);
	assert_reason(nin3a_policy_verified, verified, guarded, FALSE,
				  NIN3A_CONNECTION_SWITCHED);
	assert_reason(nin3a_policy_verified, verified, psk_verified, FALSE,
				  NIN3A_METHOD);
	assert_reason(nin3a_policy_verified, verified, key_ours, FALSE,
				  NIN3A_NOT_OUR_KEY);
	assert_reason(nin3a_policy_verified, verified, session_known, FALSE,
				  NIN3A_SESSION_GONE);
	assert_reason(nin3a_policy_verified, verified, session_alive, FALSE,
				  NIN3A_SESSION_EXPIRED);
	assert_reason(nin3a_policy_verified, verified, session_service, FALSE,
				  NIN3A_SERVICE);
	assert_reason(nin3a_policy_verified, verified, address_match, FALSE,
				  NIN3A_ADDRESS_MISMATCH);
	assert_reason(nin3a_policy_verified, verified, few_set_ups, FALSE,
				  NIN3A_SET_UPS);
}
END_TEST

START_TEST(test_final)
{
	ck_assert_int_eq(nin3a_policy_final(&final), NIN3A_ALLOWED);

	assert_reason(nin3a_policy_final, final, ikev2, FALSE, NIN3A_IKE_VERSION);
	assert_reason(nin3a_policy_final, final, responder, FALSE,
				  NIN3A_INITIATED_HERE);
	assert_reason(nin3a_policy_final, final, named, FALSE,
				  NIN3A_CONNECTION_SWITCHED);
	assert_reason(nin3a_policy_final, final, verified, FALSE,
				  NIN3A_CONNECTION_SWITCHED);
	assert_reason(nin3a_policy_final, final, session_known, FALSE,
				  NIN3A_SESSION_GONE);
	assert_reason(nin3a_policy_final, final, session_alive, FALSE,
				  NIN3A_SESSION_EXPIRED);
	assert_reason(nin3a_policy_final, final, local_rounds, 2,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_final, final, remote_rounds, 2,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_final, final, psk_only, FALSE,
				  NIN3A_CONNECTION_CONFIG);
	assert_reason(nin3a_policy_final, final, own_auth, FALSE, NIN3A_OWN_AUTH);
}
END_TEST

/* what we send: our own AUTH payload of method 2, or none */
START_TEST(test_response)
{
	static const nin3a_facts_t failed = {};
	u_int method;

	ck_assert_int_eq(nin3a_policy_response(&response), NIN3A_ALLOWED);
	for (method = 0; method <= 300; method++)
	{
		assert_reason(nin3a_policy_response, response, auth.method, method,
					  method == 2 ? NIN3A_ALLOWED : NIN3A_OWN_AUTH);
	}
	assert_reason(nin3a_policy_response, response, auth.payload, FALSE,
				  NIN3A_OWN_AUTH);
	assert_reason(nin3a_policy_response, response, auth.eap_payload, TRUE,
				  NIN3A_OWN_AUTH);
	assert_reason(nin3a_policy_response, response, auth.another_follows, TRUE,
				  NIN3A_OWN_AUTH);
	/* to one that is not established: never our AUTH payload */
	assert_reason(nin3a_policy_response, response, established, FALSE,
				  NIN3A_OWN_AUTH);
	ck_assert_int_eq(nin3a_policy_response(&failed), NIN3A_ALLOWED);
}
END_TEST

static const struct {
	uint32_t expiry, now, minimum, lifetime;
} lifetimes[] = {
	/* no end, over, at the end */
	{ 0, 1000, 0, 0 },
	{ 0, 1000, 60, 0 },
	{ 900, 1000, 0, 0 },
	{ 1000, 1000, 0, 0 },
	/* the minimum */
	{ 1001, 1000, 0, 1 },
	{ 1059, 1000, 60, 0 },
	{ 1060, 1000, 60, 60 },
	{ 4600, 1000, 60, 3600 },
	{ UINT32_MAX, 1, 60, UINT32_MAX - 1 },
	{ 4600, 1000, UINT32_MAX, 0 },
};

START_TEST(test_auth_lifetime)
{
	ck_assert_uint_eq(nin3a_policy_auth_lifetime(lifetimes[_i].expiry,
							lifetimes[_i].now, lifetimes[_i].minimum),
					  lifetimes[_i].lifetime);
}
END_TEST

/* who forgets to gather facts gets a refusal */
START_TEST(test_nothing_known)
{
	static const nin3a_facts_t nothing = {};

	ck_assert_int_gt(nin3a_policy_request(&nothing), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_verified(&nothing), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_final(&nothing), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_mac_failed(&nothing), NIN3A_ALLOWED);
}
END_TEST

/* a stage does not pass for another */
START_TEST(test_stages)
{
	ck_assert_int_gt(nin3a_policy_verified(&request), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_final(&request), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_request(&verified), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_final(&verified), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_request(&final), NIN3A_ALLOWED);
	ck_assert_int_gt(nin3a_policy_verified(&final), NIN3A_ALLOWED);
}
END_TEST

/* tokens are part of the protocol */
START_TEST(test_tokens)
{
	static const struct {
		nin3a_reason_t reason;
		const char *token;
	} tokens[] = {
		{ NIN3A_UNDECIDED, "undecided" },
		{ NIN3A_ALLOWED, "allowed" },
		{ NIN3A_IKE_VERSION, "ike-version" },
		{ NIN3A_INITIATED_HERE, "initiated-here" },
		{ NIN3A_CONNECTION_CONFIG, "connection-config" },
		{ NIN3A_CONNECTION_SWITCHED, "connection-switched" },
		{ NIN3A_SECOND_ROUND, "second-round" },
		{ NIN3A_NO_AUTH_PAYLOAD, "no-auth-payload" },
		{ NIN3A_METHOD, "auth-method" },
		{ NIN3A_EAP_PAYLOAD, "eap-payload" },
		{ NIN3A_ANOTHER_AUTH, "another-auth-follows" },
		{ NIN3A_IKE_PROPOSAL, "ike-proposal" },
		{ NIN3A_NO_PPK_AUTH_USED, "no-ppk-auth" },
		{ NIN3A_PPK_UNKNOWN, "ppk-unknown" },
		{ NIN3A_PPK_MISSING, "ppk-missing" },
		{ NIN3A_UNKNOWN_IDENTITY, "unknown-identity" },
		{ NIN3A_SESSION_EXPIRED, "session-expired" },
		{ NIN3A_SERVICE, "service" },
		{ NIN3A_WRONG_KEY, "wrong-key" },
		{ NIN3A_NOT_OUR_KEY, "not-our-key" },
		{ NIN3A_SESSION_GONE, "session-gone" },
		{ NIN3A_ADDRESS_MISMATCH, "address-mismatch" },
		{ NIN3A_OWN_AUTH, "own-auth" },
		{ NIN3A_UNIQUENESS, "uniqueness" },
		{ NIN3A_IDENTITY_IN_USE, "identity-in-use" },
		{ NIN3A_SET_UPS, "set-ups" },
		{ NIN3A_RESPONDER_IDENTITY, "responder-identity" },
		{ NIN3A_NO_IDENTITY, "no-identity" },
		{ NIN3A_NO_CONNECTION, "no-connection" },
		{ NIN3A_OTHER_CONNECTION, "other-connection" },
		{ NIN3A_NO_PROPOSAL, "no-proposal" },
		{ NIN3A_MALFORMED, "malformed" },
		{ NIN3A_CRITICAL_PAYLOAD, "critical-payload" },
		{ NIN3A_NOT_AUTHENTIC, "not-authentic" },
		{ NIN3A_INCOMPLETE, "incomplete" },
		{ NIN3A_REASON_MAX, "undecided" },
	};
	u_int i;

	/* one for each reason, and one for a number that is none */
	ck_assert_int_eq(countof(tokens), NIN3A_REASON_MAX + 1);
	for (i = 0; i < countof(tokens); i++)
	{
		ck_assert_int_eq(tokens[i].reason, i);
		ck_assert_str_eq(nin3a_reason_token(i), tokens[i].token);
	}
}
END_TEST

static const struct {
	const char *connections;
	const char *name;
	bool named;
} names[] = {
	{ NIN3A_CONNECTIONS, "nin3a", TRUE },
	{ NIN3A_CONNECTIONS, "nin3a-v6", TRUE },
	{ NIN3A_CONNECTIONS, "nin3", FALSE },
	{ NIN3A_CONNECTIONS, "xnin3a", FALSE },
	{ NIN3A_CONNECTIONS, "NIN3A", FALSE },
	{ NIN3A_CONNECTIONS, "", FALSE },
	{ "", "nin3a", FALSE },
	{ "", "", FALSE },
	{ " , ", "", FALSE },
	{ "a", "a", TRUE },
	{ "a", "ab", FALSE },
	{ "ab", "a", FALSE },
	{ "a,b", "b", TRUE },
	{ "a,b", "a,b", FALSE },
	{ "a b\tc", "c", TRUE },
	{ " , a ,, b* ,", "a", TRUE },
	{ " , a ,, b* ,", "bcd", TRUE },
	{ " , a ,, b* ,", "c", FALSE },
	{ "*", "anything", TRUE },
	{ "*", "", TRUE },
	/* not at the end it is a character like others */
	{ "a*b", "a*b", TRUE },
	{ "a*b", "axb", FALSE },
	{ "a**", "a*x", TRUE },
	{ "a**", "ax", FALSE },
};

START_TEST(test_named)
{
	ck_assert_msg(nin3a_policy_named(names[_i].connections, names[_i].name) ==
				  names[_i].named, "'%s' in '%s'", names[_i].name,
				  names[_i].connections);
}
END_TEST

static Suite *nin3a_policy_suite(void)
{
	Suite *suite = suite_create("nin3a_policy");
	TCase *tc = test_case(suite, "rules", 0, NULL, NULL);

	tcase_add_test(tc, test_request);
	tcase_add_test(tc, test_method);
	tcase_add_test(tc, test_mac_failed);
	tcase_add_loop_test(tc, test_ppk, 0, 16);
	tcase_add_test(tc, test_verified);
	tcase_add_test(tc, test_final);
	tcase_add_test(tc, test_response);
	tcase_add_loop_test(tc, test_auth_lifetime, 0, countof(lifetimes));
	tcase_add_test(tc, test_nothing_known);
	tcase_add_test(tc, test_stages);

	tc = test_case(suite, "names", 0, NULL, NULL);
	tcase_add_test(tc, test_tokens);
	tcase_add_loop_test(tc, test_named, 0, countof(names));

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_policy_suite());
}
