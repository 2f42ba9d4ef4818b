/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a UE makes of messages of its UPF, before charon looks at them.
 */

#include "test_nin3a_ue_decision.h"

#include <encoding/payloads/delete_payload.h>

/**
 * Have a message judged.
 */
static void judge(message_t *message)
{
	decision->judge_message(decision, &sa.public, message);
}

static message_t *create_message(exchange_type_t exchange, bool request)
{
	message_t *message;

	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
	return message;
}

START_TEST(test_init)
{
	static const struct {
		notify_type_t type;
		nin3a_ue_reason_t reason;
	} tests[] = {
		{ NO_PROPOSAL_CHOSEN, NIN3A_UE_IKE_PROPOSAL },
		{ INVALID_SYNTAX, NIN3A_UE_REFUSED },
		/* it may be tried again, with what it asks for */
		{ INVALID_KE_PAYLOAD, NIN3A_UE_UNDECIDED },
		{ COOKIE, NIN3A_UE_UNDECIDED },
	};
	message_t *message = create_message(IKE_SA_INIT, FALSE);

	message->add_notify(message, FALSE, tests[_i].type, chunk_empty);
	judge(message);
	ck_assert_int_eq(sas->get_failure(sas, IKE_SA), tests[_i].reason);
	message->destroy(message);
}
END_TEST

/* a UPF that has us reauthenticate at once, or again and again */
START_TEST(test_lifetime)
{
	uint32_t lifetime = htonl(NIN3A_UE_REAUTH_MIN - 1);
	message_t *message;
	u_int i;

	for (i = 0; i < NIN3A_UE_LIFETIMES_MAX + 2; i++)
	{
		message = create_message(INFORMATIONAL, TRUE);
		message->add_notify(message, FALSE, AUTH_LIFETIME,
							chunk_from_thing(lifetime));
		judge(message);
		ck_assert_int_eq(message->get_notify(message, AUTH_LIFETIME) != NULL,
						 i && i <= NIN3A_UE_LIFETIMES_MAX);
		message->destroy(message);
		lifetime = htonl(NIN3A_UE_REAUTH_MIN);
	}
}
END_TEST

/* why a tunnel goes that the UPF deletes */
START_TEST(test_closed)
{
	message_t *message = create_message(INFORMATIONAL, TRUE);
	nin3a_ue_order_t order;
	kupf_reason_t reason;
	uint32_t up_as;
	array_t *ids = array_create(sizeof(uint32_t), 0);
	u_int rekeyed;

	sas->establish(sas, IKE_SA);
	kupf_session_unref(legs->up(legs, IKE_SA, &order, ids, &rekeyed));
	message->add_payload(message,
		&delete_payload_create(PLV2_DELETE, _i ? PROTO_IKE
											   : PROTO_ESP)->payload_interface);
	judge(message);
	kupf_session_unref(sas->down(sas, IKE_SA, &up_as, &reason));
	ck_assert_int_eq(reason, _i ? KUPF_REASON_PEER : KUPF_REASON_SHUTDOWN);
	message->destroy(message);
	array_destroy(ids);
}
END_TEST

void nin3a_ue_decision_messages_case(Suite *suite)
{
	TCase *tc = test_case(suite, "messages", 0, setup_right, teardown);

	tcase_add_loop_test(tc, test_init, 0, 4);
	tcase_add_test(tc, test_lifetime);
	tcase_add_loop_test(tc, test_closed, FALSE, TRUE + 1);
}
