/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which messages are due: every exchange type in every state, as initiator and
 * as responder, requests and responses; and what belongs into them.
 */

#include <check.h>

#include "test_tunnel_rules.h"
#include "test_runner.h"

/** Verdict on a message */
#define message(...) ({ \
	tunnel_facts_t _all = with(__VA_ARGS__); \
	tunnel_rules_message(&_all); })

/** Verdict on an answer */
#define answer(...) ({ \
	tunnel_facts_t _all = with(facts->request = FALSE, \
							   facts->exchange = CREATE_CHILD_SA, \
							   __VA_ARGS__); \
	tunnel_rules_answer(&_all); })

/** Verdict on a payload of an exchange */
#define payload(type, exch) ({ \
	tunnel_facts_t _all = with(facts->exchange = (exch)); \
	tunnel_rules_payload(&_all, type); })

/** What may be due, all else may not */
typedef struct {
	ike_sa_state_t state;
	bool initiator;
	bool request;
	int exchange;
} due_t;

static const due_t table[] = {
	{IKE_CREATED,		FALSE,	TRUE,	IKE_SA_INIT},
	{IKE_CREATED,		TRUE,	TRUE,	IKE_SA_INIT},
	{IKE_CONNECTING,	FALSE,	TRUE,	IKE_AUTH},
	{IKE_CONNECTING,	FALSE,	TRUE,	TUNNEL_IKE_INTERMEDIATE},
	{IKE_CONNECTING,	TRUE,	FALSE,	IKE_SA_INIT},
	{IKE_CONNECTING,	TRUE,	FALSE,	IKE_AUTH},
	{IKE_CONNECTING,	TRUE,	FALSE,	TUNNEL_IKE_INTERMEDIATE},
};

static bool is_in_table(ike_sa_state_t state, bool initiator, bool request,
						int exchange)
{
	u_int i;

	switch (exchange)
	{
		case CREATE_CHILD_SA:
		case INFORMATIONAL:
		case TUNNEL_IKE_FOLLOWUP_KE:
			/* whoever of the two has initiated the IKE_SA */
			return state == IKE_ESTABLISHED || state == IKE_REKEYING ||
				   state == IKE_REKEYED || state == IKE_DELETING;
	}
	for (i = 0; i < countof(table); i++)
	{
		if (table[i].state == state && table[i].initiator == initiator &&
			table[i].request == request && table[i].exchange == exchange)
		{
			return TRUE;
		}
	}
	return FALSE;
}

START_TEST(test_due)
{
	tunnel_verdict_t verdict, expected;
	ike_sa_state_t state;
	int i, exchange, seen = 0;

	for (state = IKE_CREATED; state <= IKE_DESTROYING; state++)
	{
		for (i = 0; i < 4; i++)
		{
			for (exchange = 0; exchange <= 255; exchange++)
			{
				verdict = message(facts->state = state,
								  facts->initiator = i & 1,
								  facts->request = i & 2,
								  facts->message_id = 0,
								  facts->exchange = exchange);
				expected = TUNNEL_NOT_DUE;
				if (exchange == TUNNEL_ME_CONNECT)
				{
					expected = TUNNEL_MEDIATION;
				}
				else if (is_in_table(state, i & 1, i & 2, exchange))
				{
					expected = TUNNEL_PASS;
					seen++;
				}
				ck_assert_msg(verdict == expected, "state %d, %d, exchange %d",
							  state, i, exchange);
			}
		}
	}
	/* three exchanges in four states, both roles, both ways */
	ck_assert_int_eq(seen, countof(table) + 3 * 4 * 4);
}
END_TEST

/* nobody moves the end of the peer but we */
START_TEST(test_elsewhere)
{
	int i;

	for (i = 0; i < 4; i++)
	{
		ck_assert(message(facts->elsewhere = TRUE, facts->request = i & 1,
						  facts->mobike = i & 2) ==
				  (i == 2 ? TUNNEL_PASS : TUNNEL_NOT_DUE));
		ck_assert(message(facts->request = i & 1,
						  facts->mobike = i & 2) == TUNNEL_PASS);
	}
	/* before that the address of the answer is a rule's */
	ck_assert(message(facts->elsewhere = TRUE, facts->initiator = TRUE,
					  facts->state = IKE_CONNECTING, facts->request = FALSE,
					  facts->exchange = IKE_AUTH) == TUNNEL_PASS);
}
END_TEST

START_TEST(test_due_once)
{
	/* the first exchange is not due a second time */
	ck_assert(message(facts->state = IKE_CONNECTING, facts->initiator = TRUE,
					  facts->request = FALSE, facts->exchange = IKE_SA_INIT,
					  facts->message_id = 1) == TUNNEL_NOT_DUE);
	/* what charon does not have is not due */
	ck_assert(message(facts->state = IKE_CONNECTING,
					  facts->exchange = TUNNEL_IKE_INTERMEDIATE,
					  facts->additional_ke = FALSE) == TUNNEL_NOT_DUE);
	ck_assert(message(facts->exchange = TUNNEL_IKE_FOLLOWUP_KE,
					  facts->additional_ke = FALSE) == TUNNEL_NOT_DUE);
	/* there is no fact that speaks for a message */
	ck_assert(tunnel_rules_message(&(tunnel_facts_t){}) == TUNNEL_NOT_DUE);
}
END_TEST

START_TEST(test_protected)
{
	ck_assert(tunnel_rules_message(&due) == TUNNEL_PASS);
	ck_assert(message(facts->protected = FALSE) == TUNNEL_UNPROTECTED);
	ck_assert(message(facts->protected = FALSE, facts->request = FALSE,
					  facts->exchange = CREATE_CHILD_SA) == TUNNEL_UNPROTECTED);
	ck_assert(message(facts->protected = FALSE, facts->state = IKE_CONNECTING,
					  facts->exchange = IKE_AUTH) == TUNNEL_UNPROTECTED);
	ck_assert(message(facts->protected = FALSE, facts->state = IKE_CREATED,
					  facts->exchange = IKE_SA_INIT) == TUNNEL_PASS);
}
END_TEST

START_TEST(test_payloads)
{
	static const struct {
		int exchange;
		payload_type_t types[12];
	} belongs[] = {
		{IKE_SA_INIT, {PLV2_SECURITY_ASSOCIATION, PLV2_KEY_EXCHANGE,
			PLV2_NONCE, PLV2_CERTREQ}},
		{TUNNEL_IKE_INTERMEDIATE, {PLV2_KEY_EXCHANGE}},
		{IKE_AUTH, {PLV2_ID_INITIATOR, PLV2_ID_RESPONDER, PLV2_CERTIFICATE,
			PLV2_CERTREQ, PLV2_AUTH, PLV2_EAP, PLV2_CONFIGURATION,
			PLV2_SECURITY_ASSOCIATION, PLV2_TS_INITIATOR, PLV2_TS_RESPONDER}},
		{CREATE_CHILD_SA, {PLV2_SECURITY_ASSOCIATION, PLV2_NONCE,
			PLV2_KEY_EXCHANGE, PLV2_TS_INITIATOR, PLV2_TS_RESPONDER,
			PLV2_CONFIGURATION}},
		{INFORMATIONAL, {PLV2_DELETE, PLV2_CONFIGURATION}},
		{TUNNEL_IKE_FOLLOWUP_KE, {PLV2_KEY_EXCHANGE}},
		{99, {}},
	};
	tunnel_verdict_t expected;
	payload_type_t type;
	u_int i, j;

	for (i = 0; i < countof(belongs); i++)
	{
		for (type = 1; type <= 255; type++)
		{
			expected = TUNNEL_MISPLACED;
			if (type == PLV2_NOTIFY || type == PLV2_VENDOR_ID ||
				type == PLV2_FRAGMENT)
			{
				expected = TUNNEL_PASS;
			}
			for (j = 0; j < countof(belongs[i].types); j++)
			{
				if (belongs[i].types[j] == type)
				{
					expected = TUNNEL_PASS;
				}
			}
			ck_assert_msg(payload(type, belongs[i].exchange) == expected,
						  "exchange %d, payload %d", belongs[i].exchange, type);
		}
		ck_assert(payload(PL_UNKNOWN, belongs[i].exchange) == TUNNEL_PASS);
	}
}
END_TEST

START_TEST(test_notifies)
{
	tunnel_facts_t request = due, response = due, original = due;
	int type;

	response.request = FALSE;
	original.original = TRUE;
	for (type = 0; type <= UINT16_MAX; type++)
	{
		tunnel_verdict_t expected = TUNNEL_PASS;

		if (type >= TUNNEL_ME_FIRST && type <= TUNNEL_ME_LAST)
		{
			ck_assert(tunnel_rules_notify(&response, type) == TUNNEL_PASS);
			expected = TUNNEL_MEDIATION;
		}
		else if (type == REDIRECT)
		{
			ck_assert(tunnel_rules_notify(&response, type) == TUNNEL_REDIRECT);
			expected = TUNNEL_REDIRECT;
		}
		else if (type == AUTH_LIFETIME)
		{
			ck_assert(tunnel_rules_notify(&original, type) == TUNNEL_PASS);
			expected = TUNNEL_MISPLACED;
		}
		else if (type == UPDATE_SA_ADDRESSES ||
				 type == IKEV2_MESSAGE_ID_SYNC_SUPPORTED)
		{
			ck_assert(tunnel_rules_notify(&original,
										  type) == TUNNEL_MISPLACED);
		}
		else if (type == NO_ADDITIONAL_SAS)
		{
			ck_assert(tunnel_rules_notify(&response,
										  type) == TUNNEL_MISPLACED);
			expected = TUNNEL_MISPLACED;
		}
		ck_assert_msg(tunnel_rules_notify(&request, type) == expected,
					  "notify %d", type);
	}
}
END_TEST

/* there is no SA to be had by the other exchanges (RFC 7296, 1.3) */
START_TEST(test_no_additional_sas)
{
	tunnel_facts_t facts = due;
	int exchange;

	facts.request = FALSE;
	for (exchange = 0; exchange <= UINT8_MAX; exchange++)
	{
		facts.exchange = exchange;
		ck_assert_int_eq(tunnel_rules_notify(&facts, NO_ADDITIONAL_SAS),
						 exchange == IKE_AUTH || exchange == CREATE_CHILD_SA
								? TUNNEL_PASS : TUNNEL_MISPLACED);
	}
}
END_TEST

START_TEST(test_answers)
{
	/* IKE_SA rekeyed, CHILD_SA created, either refused */
	ck_assert(answer(facts->sa = TRUE) == TUNNEL_PASS);
	ck_assert(answer(facts->sa = TRUE, facts->selectors = TRUE,
					 facts->child_due = TRUE) == TUNNEL_PASS);
	ck_assert(answer(facts->error = TRUE) == TUNNEL_PASS);
	ck_assert(answer(facts->error = TRUE,
					 facts->child_due = TRUE) == TUNNEL_PASS);
	/* accepted and refused at once */
	ck_assert(answer(facts->sa = TRUE,
					 facts->error = TRUE) == TUNNEL_CONTRADICTORY);
	ck_assert(answer(facts->sa = TRUE, facts->selectors = TRUE,
					 facts->child_due = TRUE,
					 facts->error = TRUE) == TUNNEL_CONTRADICTORY);
	/* half of one */
	ck_assert(answer(facts->sa = TRUE,
					 facts->child_due = TRUE) == TUNNEL_CONTRADICTORY);
	/* refused for good */
	ck_assert(answer(facts->error = TRUE,
					 facts->no_additional_sas = TRUE) == TUNNEL_REAUTH);
	/* other exchanges have other errors */
	ck_assert(answer(facts->exchange = IKE_AUTH, facts->sa = TRUE,
					 facts->error = TRUE,
					 facts->no_additional_sas = TRUE) == TUNNEL_PASS);
}
END_TEST

START_TEST(test_tokens)
{
	int i, j;

	for (i = 0; i < TUNNEL_AGAINST; i++)
	{
		for (j = 0; j < i; j++)
		{
			ck_assert_str_ne(tunnel_rules_token(i), tunnel_rules_token(j));
		}
	}
}
END_TEST

START_TEST(test_addresses)
{
	tunnel_facts_t facts = due;

	for (; facts.addresses < 2 * TUNNEL_ADDRESSES_MAX; facts.addresses++)
	{
		tunnel_verdict_t expected = TUNNEL_PASS;

		if (facts.addresses >= TUNNEL_ADDRESSES_MAX)
		{
			expected = TUNNEL_EXCESS;
		}
		ck_assert(tunnel_rules_notify(&facts,
									  ADDITIONAL_IP4_ADDRESS) == expected);
		ck_assert(tunnel_rules_notify(&facts,
									  ADDITIONAL_IP6_ADDRESS) == expected);
		ck_assert(tunnel_rules_notify(&facts,
									  UPDATE_SA_ADDRESSES) == TUNNEL_PASS);
	}
}
END_TEST

START_TEST(test_excess)
{
	tunnel_facts_t facts = due, answer = due;
	tunnel_verdict_t expected = TUNNEL_PASS;
	u_int i;

	answer.request = FALSE;
	for (i = 0; i < 100; i++)
	{
		answer.exchange = facts.exchange = IKE_AUTH;
		answer.asked = facts.asked = i;
		expected = i > TUNNEL_ASKED_MAX ? TUNNEL_EXCESS : TUNNEL_PASS;
		ck_assert(tunnel_rules_payload(&facts,
									   PLV2_CONFIGURATION) == expected);
		ck_assert(tunnel_rules_payload(&answer,
									   PLV2_CONFIGURATION) == TUNNEL_PASS);
		ck_assert(tunnel_rules_payload(&facts, PLV2_AUTH) == TUNNEL_PASS);

		answer.vendors = facts.vendors = i;
		expected = i > TUNNEL_VENDORS_MAX ? TUNNEL_EXCESS : TUNNEL_PASS;
		ck_assert(tunnel_rules_payload(&facts, PLV2_VENDOR_ID) == expected);
		ck_assert(tunnel_rules_payload(&answer, PLV2_VENDOR_ID) == expected);

		facts.exchange = INFORMATIONAL;
		facts.children = 20;
		facts.deleted = i;
		expected = i > 20 + TUNNEL_DELETED_SPARE ? TUNNEL_EXCESS : TUNNEL_PASS;
		ck_assert(tunnel_rules_payload(&facts, PLV2_DELETE) == expected);
	}
}
END_TEST

static Suite *tunnel_rules_suite(void)
{
	Suite *suite = suite_create("tunnel_rules");
	TCase *tc = test_case(suite, "messages", 0, NULL, NULL);

	tcase_add_test(tc, test_due);
	tcase_add_test(tc, test_elsewhere);
	tcase_add_test(tc, test_due_once);
	tcase_add_test(tc, test_protected);

	tc = test_case(suite, "contents", 0, NULL, NULL);
	tcase_add_test(tc, test_payloads);
	tcase_add_test(tc, test_notifies);
	tcase_add_test(tc, test_no_additional_sas);
	tcase_add_test(tc, test_addresses);
	tcase_add_test(tc, test_excess);
	tcase_add_test(tc, test_answers);
	tcase_add_test(tc, test_tokens);

	tunnel_rules_rekeying_case(suite);
	return suite;
}

int main(void)
{
	return test_run(tunnel_rules_suite());
}
