/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a UE demands of a UPF: each fact alone is enough to refuse it, and
 * facts that nobody has gathered refuse it as well.
 */

#include "nin3a_ue/auth/nin3a_ue_policy.h"
#include "test_runner.h"

#include <check.h>

/** What a UPF shows in its response */
static const nin3a_ue_facts_t response = {
	.ike_proposal = TRUE,
	.address_match = TRUE,
	.auth.payload = TRUE,
	.auth.method = 2,
};

/** What is known when it was verified */
static const nin3a_ue_facts_t verified = {
	.ike_proposal = TRUE,
	.address_match = TRUE,
	.psk_verified = TRUE,
	.key_ours = TRUE,
	.responder_id = TRUE,
	.session_alive = TRUE,
};

static void assert_response(nin3a_ue_facts_t facts, nin3a_ue_reason_t reason)
{
	ck_assert_int_eq(nin3a_ue_policy_response(&facts), reason);
}

static void assert_verified(nin3a_ue_facts_t facts, nin3a_ue_reason_t reason)
{
	ck_assert_int_eq(nin3a_ue_policy_authorize(&facts), reason);
}

START_TEST(test_response)
{
	nin3a_ue_facts_t facts = response;
	u_int method;

	assert_response(facts, NIN3A_UE_ALLOWED);
	facts.refused = TRUE;
	assert_response(facts, NIN3A_UE_REFUSED);
	facts = response;
	facts.auth.payload = FALSE;
	assert_response(facts, NIN3A_UE_NO_AUTH_PAYLOAD);
	facts = response;
	for (method = 0; method < 256; method++)
	{
		facts.auth.method = method;
		assert_response(facts, method == 2 ? NIN3A_UE_ALLOWED
										   : NIN3A_UE_METHOD);
	}
	facts = response;
	facts.auth.eap_payload = TRUE;
	assert_response(facts, NIN3A_UE_EAP_PAYLOAD);
	facts = response;
	facts.auth.another_follows = TRUE;
	assert_response(facts, NIN3A_UE_ANOTHER_AUTH);
	facts = response;
	facts.ike_proposal = FALSE;
	assert_response(facts, NIN3A_UE_IKE_PROPOSAL);
	facts = response;
	facts.address_match = FALSE;
	assert_response(facts, NIN3A_UE_ADDRESS_MISMATCH);
}
END_TEST

START_TEST(test_authorize)
{
	nin3a_ue_facts_t facts = verified;

	assert_verified(facts, NIN3A_UE_ALLOWED);
	facts.psk_verified = FALSE;
	assert_verified(facts, NIN3A_UE_METHOD);
	facts = verified;
	facts.key_ours = FALSE;
	assert_verified(facts, NIN3A_UE_NOT_OUR_KEY);
	facts = verified;
	facts.responder_id = FALSE;
	assert_verified(facts, NIN3A_UE_RESPONDER_ID);
	facts = verified;
	facts.session_alive = FALSE;
	assert_verified(facts, NIN3A_UE_SESSION_EXPIRED);
	facts = verified;
	facts.ike_proposal = FALSE;
	assert_verified(facts, NIN3A_UE_IKE_PROPOSAL);
	facts = verified;
	facts.address_match = FALSE;
	assert_verified(facts, NIN3A_UE_ADDRESS_MISMATCH);
}
END_TEST

START_TEST(test_nothing_known)
{
	nin3a_ue_facts_t facts = {};

	ck_assert_int_ne(nin3a_ue_policy_response(&facts), NIN3A_UE_ALLOWED);
	ck_assert_int_ne(nin3a_ue_policy_authorize(&facts), NIN3A_UE_ALLOWED);
	/* what is enough for one question is not for the other */
	ck_assert_int_ne(nin3a_ue_policy_response(&verified), NIN3A_UE_ALLOWED);
	ck_assert_int_ne(nin3a_ue_policy_authorize(&response), NIN3A_UE_ALLOWED);
}
END_TEST

START_TEST(test_tokens)
{
	static struct {
		nin3a_ue_reason_t reason;
		const char *token;
	} tokens[] = {
		{ NIN3A_UE_UNDECIDED, "undecided" },
		{ NIN3A_UE_CANCELLED, "cancelled" },
		{ NIN3A_UE_NO_ANSWER, "no-answer" },
		{ NIN3A_UE_REFUSED, "refused-by-upf" },
		{ NIN3A_UE_METHOD, "auth-method" },
		{ NIN3A_UE_WRONG_KEY, "wrong-key" },
		{ NIN3A_UE_NOT_OUR_KEY, "not-our-key" },
		{ NIN3A_UE_RESPONDER_ID, "responder-identity" },
		{ NIN3A_UE_NO_CHILD, "no-child-sa" },
		{ NIN3A_UE_INCOMPLETE, "incomplete" },
		{ NIN3A_UE_REASON_MAX, "undecided" },
	};
	u_int i;

	for (i = 0; i < countof(tokens); i++)
	{
		ck_assert_str_eq(nin3a_ue_reason_token(tokens[i].reason),
						 tokens[i].token);
	}
}
END_TEST

static Suite *nin3a_ue_policy_suite()
{
	Suite *suite = suite_create("nin3a_ue_policy");
	TCase *tc = test_case(suite, "policy", 0, NULL, NULL);

	tcase_add_test(tc, test_response);
	tcase_add_test(tc, test_authorize);
	tcase_add_test(tc, test_nothing_known);
	tcase_add_test(tc, test_tokens);

	return suite;
}

int main(void)
{
	return test_run_bare(nin3a_ue_policy_suite());
}
