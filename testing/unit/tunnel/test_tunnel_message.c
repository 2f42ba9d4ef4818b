/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Messages as charon has parsed or is about to send them: what is read out of
 * them, and what is left of them.
 */

#include "nin3a/nin3a_counters.h"
#include "tunnel/tunnel_message.h"
#include "nin3a/auth/nin3a_response.h"
#include "test_runner.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/cert_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/eap_payload.h>
#include <encoding/payloads/notify_payload.h>

static message_t *message;

static void setup()
{
	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, IKE_AUTH);
}

static void teardown()
{
	message->destroy(message);
}

static void add_auth(auth_method_t method)
{
	auth_payload_t *auth = auth_payload_create();

	auth->set_auth_method(auth, method);
	auth->set_data(auth, chunk_from_str("0123456789abcdef0123456789abcdef"));
	message->add_payload(message, &auth->payload_interface);
}

static void add_notify(notify_type_t type)
{
	message->add_notify(message, FALSE, type, chunk_from_str("\2id"));
}

static u_int count(payload_type_t type)
{
	enumerator_t *enumerator;
	payload_t *payload;
	u_int found = 0;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		found += payload->get_type(payload) == type;
	}
	enumerator->destroy(enumerator);
	return found;
}

START_TEST(test_facts)
{
	nin3a_facts_t facts = {};

	tunnel_message_get_auth(message, &facts.auth);
	ck_assert(!facts.auth.payload && !facts.auth.method);
	ck_assert(!facts.auth.eap_payload && !facts.auth.another_follows);
	ck_assert(!facts.auth.no_ppk_auth && !facts.auth.ppk_named);

	add_auth(_i);
	add_notify(ANOTHER_AUTH_FOLLOWS);
	add_notify(NO_PPK_AUTH);
	add_notify(PPK_IDENTITY);
	message->add_payload(message,
						 &eap_payload_create()->payload_interface);
	tunnel_message_get_auth(message, &facts.auth);
	ck_assert(facts.auth.payload);
	ck_assert_uint_eq(facts.auth.method, _i);
	ck_assert(facts.auth.eap_payload && facts.auth.another_follows);
	ck_assert(facts.auth.no_ppk_auth && facts.auth.ppk_named);
}
END_TEST

/* what is refused can only fail as a wrong key does */
START_TEST(test_refuse)
{
	auth_payload_t *auth;

	if (_i)
	{
		add_auth(AUTH_RSA);
	}
	add_notify(ANOTHER_AUTH_FOLLOWS);
	add_notify(NO_PPK_AUTH);
	add_notify(INITIAL_CONTACT);
	message->add_payload(message,
						 &eap_payload_create()->payload_interface);
	message->add_payload(message, &cert_payload_create(
								PLV2_CERTIFICATE)->payload_interface);
	tunnel_message_refuse(message);
	ck_assert_uint_eq(count(PLV2_AUTH), 1);
	auth = (auth_payload_t*)message->get_payload(message, PLV2_AUTH);
	ck_assert_int_eq(auth->get_auth_method(auth), AUTH_PSK);
	/* the length of no PRF */
	ck_assert_uint_eq(auth->get_data(auth).len, 33);
	ck_assert_uint_eq(count(PLV2_EAP), 0);
	ck_assert_uint_eq(count(PLV2_CERTIFICATE), 0);
	ck_assert_uint_eq(count(PLV2_NOTIFY), 1);
	ck_assert_ptr_nonnull(message->get_notify(message, INITIAL_CONTACT));
}
END_TEST

START_TEST(test_allow)
{
	add_auth(AUTH_PSK);
	add_notify(NO_PPK_AUTH);
	add_notify(PPK_IDENTITY);
	add_notify(NO_PPK_AUTH);
	message->add_payload(message, &cert_payload_create(
								PLV2_CERTIFICATE)->payload_interface);
	tunnel_message_allow(message);
	ck_assert_uint_eq(count(PLV2_CERTIFICATE), 0);
	ck_assert_ptr_null(message->get_notify(message, NO_PPK_AUTH));
	ck_assert_ptr_nonnull(message->get_notify(message, PPK_IDENTITY));
	ck_assert_uint_eq(count(PLV2_AUTH), 1);
}
END_TEST

static struct {
	chunk_t data;
	char *id;
} ppks[] = {
	{ { (u_char*)"\2ppk-1", 6 }, "ppk-1" },
	{ { (u_char*)"\2x", 2 }, "x" },
	/* no identity, another type (RFC 8784, 5.1), nothing */
	{ { (u_char*)"\2", 1 }, NULL },
	{ { (u_char*)"\1ppk-1", 6 }, NULL },
	{ { (u_char*)"\0ppk-1", 6 }, NULL },
	{ { (u_char*)"\3ppk-1", 6 }, NULL },
	{ { NULL, 0 }, NULL },
};

START_TEST(test_ppk_id)
{
	identification_t *id, *expected;

	ck_assert_ptr_null(tunnel_message_get_ppk_id(message));
	message->add_notify(message, FALSE, PPK_IDENTITY, ppks[_i].data);
	id = tunnel_message_get_ppk_id(message);
	if (!ppks[_i].id)
	{
		ck_assert_ptr_null(id);
		return;
	}
	expected = identification_create_from_string(ppks[_i].id);
	ck_assert(id->equals(id, expected));
	id->destroy(id);
	expected->destroy(expected);
}
END_TEST

START_TEST(test_strip)
{
	add_auth(AUTH_PSK);
	add_notify(AUTHENTICATION_FAILED);
	tunnel_message_strip(message);
	ck_assert_uint_eq(count(PLV2_AUTH), 0);
	ck_assert_ptr_nonnull(message->get_notify(message, AUTHENTICATION_FAILED));
	tunnel_message_strip(message);
	ck_assert_uint_eq(count(PLV2_NOTIFY), 1);
}
END_TEST

/* charon cannot make a packet of it, whole or in fragments */
START_TEST(test_withhold)
{
	enumerator_t *fragments;
	packet_t *packet;
	host_t *host = host_create_from_string("192.0.2.1", 500);
	ike_sa_id_t *id = ike_sa_id_create(IKEV2_MAJOR_VERSION, 1, 2, FALSE);

	message->set_exchange_type(message, INFORMATIONAL);
	message->set_ike_sa_id(message, id);
	message->set_source(message, host->clone(host));
	message->set_destination(message, host);
	message->set_request(message, FALSE);
	tunnel_message_withhold(message);
	ck_assert_int_ne(message->generate(message, NULL, &packet), SUCCESS);
	ck_assert_int_ne(message->fragment(message, NULL, 1280, &fragments),
					 SUCCESS);
	id->destroy(id);
}
END_TEST

START_TEST(test_lifetime)
{
	notify_payload_t *notify;
	chunk_t data;

	tunnel_message_add_lifetime(message, 0x01020304);
	/* charon's own stays */
	tunnel_message_add_lifetime(message, 5);
	ck_assert_uint_eq(count(PLV2_NOTIFY), 1);
	notify = message->get_notify(message, AUTH_LIFETIME);
	ck_assert_ptr_nonnull(notify);
	data = notify->get_notification_data(notify);
	ck_assert(chunk_equals(data, chunk_from_str("\1\2\3\4")));
}
END_TEST

START_TEST(test_get_lifetime)
{
	uint32_t lifetime = 7;

	ck_assert(!tunnel_message_get_lifetime(message, &lifetime));
	tunnel_message_add_lifetime(message, 0x01020304);
	add_notify(MOBIKE_SUPPORTED);
	ck_assert(tunnel_message_get_lifetime(message, &lifetime));
	ck_assert_uint_eq(lifetime, 0x01020304);
	tunnel_message_remove_lifetime(message);
	ck_assert(!tunnel_message_get_lifetime(message, &lifetime));
	ck_assert_uint_eq(count(PLV2_NOTIFY), 1);
	/* one without a number is none that may be followed */
	add_notify(AUTH_LIFETIME);
	ck_assert(tunnel_message_get_lifetime(message, &lifetime));
	ck_assert_uint_eq(lifetime, 0);
}
END_TEST

/** Notifies in an IKE_AUTH response, and whether charon gives up */
static struct {
	notify_type_t type;
	bool error;
} errors[] = {
	{ AUTHENTICATION_FAILED, TRUE },
	{ INVALID_SYNTAX, TRUE },
	{ TEMPORARY_FAILURE, TRUE },
	{ 16383, TRUE },
	{ 16384, FALSE },
	{ MOBIKE_SUPPORTED, FALSE },
	{ AUTH_LIFETIME, FALSE },
	{ NO_PROPOSAL_CHOSEN, FALSE },
	{ TS_UNACCEPTABLE, FALSE },
	{ INTERNAL_ADDRESS_FAILURE, FALSE },
};

START_TEST(test_is_error)
{
	add_auth(AUTH_PSK);
	ck_assert(!tunnel_message_is_error(message));
	add_notify(MOBIKE_SUPPORTED);
	add_notify(errors[_i].type);
	ck_assert_int_eq(tunnel_message_is_error(message), errors[_i].error);
}
END_TEST

START_TEST(test_closes)
{
	delete_payload_t *delete;

	ck_assert(!tunnel_message_closes(message));
	delete = delete_payload_create(PLV2_DELETE, PROTO_ESP);
	message->add_payload(message, &delete->payload_interface);
	ck_assert(!tunnel_message_closes(message));
	if (_i)
	{
		delete = delete_payload_create(PLV2_DELETE, PROTO_IKE);
		message->add_payload(message, &delete->payload_interface);
	}
	else
	{
		add_notify(AUTHENTICATION_FAILED);
	}
	ck_assert(tunnel_message_closes(message));
}
END_TEST

static uint32_t fake_unique_id(ike_sa_t *this)
{
	return 7;
}

static identification_t *fake_other_id(ike_sa_t *this)
{
	return NULL;
}

static ike_sa_t fake_ike_sa = {
	.get_unique_id = fake_unique_id,
	.get_other_id = fake_other_id,
};

/**
 * Take an IKE_SA to a state.
 *
 * @param lifetime	of the session, 0 for no end
 */
static nin3a_tunnels_t *create_tunnels(nin3a_state_t state, uint32_t lifetime)
{
	kupf_session_data_t data = {
		.name = "s",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_str("KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK"),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
		.lifetime = lifetime,
	};
	nin3a_tunnels_t *tunnels = nin3a_tunnels_create();
	kupf_session_t *session = kupf_session_create(&data);
	tunnel_spis_t spis = {};
	host_t *host;

	if (state != NIN3A_STATE_NONE)
	{
		host = host_create_from_string("192.0.2.1", 500);
		tunnels->begin(tunnels, 7, nin3a_attempt_create(NULL, host, host,
														NIN3A_ALLOWED));
		host->destroy(host);
		tunnels->bind(tunnels, 7, session, &spis);
		if (state == NIN3A_STATE_REFUSED)
		{
			tunnels->refuse(tunnels, 7, NIN3A_OWN_AUTH);
		}
		if (state == NIN3A_STATE_ESTABLISHED)
		{
			tunnels->establish(tunnels, 7);
		}
	}
	ck_assert_int_eq(tunnels->get_state(tunnels, 7), state);
	kupf_session_unref(session);
	return tunnels;
}

static void judge(nin3a_state_t state, uint32_t lifetime)
{
	nin3a_tunnels_t *tunnels = create_tunnels(state, lifetime);
	nin3a_config_t *config = nin3a_config_create();

	nin3a_response_judge(config, tunnels, &fake_ike_sa, message);
	config->destroy(config);
	tunnels->destroy(tunnels);
}

/* any method but 2 in our own AUTH payload, and nothing goes out */
START_TEST(test_response_method)
{
	add_auth(_i);
	judge(NIN3A_STATE_ESTABLISHED, 0);
	ck_assert_int_eq(message->get_exchange_type(message),
					 _i == 2 ? IKE_AUTH : EXCHANGE_TYPE_UNDEFINED);
	ck_assert_ptr_null(message->get_notify(message, AUTH_LIFETIME));
}
END_TEST

/* nor without one, with EAP, or with a second round */
START_TEST(test_response_wrong)
{
	if (_i)
	{
		add_auth(AUTH_PSK);
	}
	if (_i == 1)
	{
		message->add_payload(message,
							 &eap_payload_create()->payload_interface);
	}
	if (_i == 2)
	{
		add_notify(ANOTHER_AUTH_FOLLOWS);
	}
	judge(NIN3A_STATE_ESTABLISHED, 3600);
	ck_assert_int_eq(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
	ck_assert_ptr_null(message->get_notify(message, AUTH_LIFETIME));
}
END_TEST

START_TEST(test_response_lifetime)
{
	add_auth(AUTH_PSK);
	/* a second may pass, and there may be one more */
	judge(NIN3A_STATE_ESTABLISHED, 30 * 60 + (_i ? 60 : -2));
	ck_assert_int_eq(message->get_exchange_type(message), IKE_AUTH);
	ck_assert_int_eq(message->get_notify(message, AUTH_LIFETIME) != NULL, _i);
}
END_TEST

/* our AUTH payload is for UEs that get their IKE_SA */
START_TEST(test_response_refused)
{
	add_auth(AUTH_PSK);
	add_notify(AUTHENTICATION_FAILED);
	judge(_i ? NIN3A_STATE_REFUSED : NIN3A_STATE_VERIFIED, 3600);
	ck_assert_uint_eq(count(PLV2_AUTH), 0);
	ck_assert_uint_eq(count(PLV2_NOTIFY), 1);
	ck_assert_int_eq(message->get_exchange_type(message), IKE_AUTH);
}
END_TEST

/* all others are none of our business */
START_TEST(test_response_other)
{
	add_auth(AUTH_RSA);
	judge(NIN3A_STATE_NONE, 3600);
	ck_assert_uint_eq(count(PLV2_AUTH), 1);
	ck_assert_uint_eq(count(PLV2_NOTIFY), 0);
	ck_assert_int_eq(message->get_exchange_type(message), IKE_AUTH);
}
END_TEST

static Suite *tunnel_message_suite()
{
	Suite *suite = suite_create("tunnel_message");
	TCase *tc;
	tc = test_case(suite, "requests", 0, setup, teardown);
	tcase_add_loop_test(tc, test_facts, 0, 256);
	tcase_add_loop_test(tc, test_refuse, 0, 2);
	tcase_add_test(tc, test_allow);
	tcase_add_loop_test(tc, test_ppk_id, 0, countof(ppks));
	tcase_add_loop_test(tc, test_closes, 0, 2);

	tc = test_case(suite, "responses", 0, setup, teardown);
	tcase_add_test(tc, test_strip);
	tcase_add_test(tc, test_withhold);
	tcase_add_test(tc, test_lifetime);
	tcase_add_test(tc, test_get_lifetime);
	tcase_add_loop_test(tc, test_is_error, 0, countof(errors));
	tcase_add_loop_test(tc, test_response_method, 0, 256);
	tcase_add_loop_test(tc, test_response_wrong, 0, 3);
	tcase_add_loop_test(tc, test_response_lifetime, 0, 2);
	tcase_add_loop_test(tc, test_response_refused, 0, 2);
	tcase_add_test(tc, test_response_other);
	return suite;
}

int main(void)
{
	return test_run(tunnel_message_suite());
}
