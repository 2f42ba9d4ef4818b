/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The hooks of a UPF that follow IKE_SAs and CHILD_SAs, and what charon asks.
 */

#include <check.h>

#include "test_nin3a_listener.h"

/**
 * Begin with a message that has addresses.
 */
static void prepare_between(exchange_type_t exchange, bool request)
{
	prepare(exchange, request);
	message->set_source(message, request ? sa.remote->clone(sa.remote)
										 : sa.local->clone(sa.local));
	message->set_destination(message, request ? sa.local->clone(sa.local)
											  : sa.remote->clone(sa.remote));
}

static void alert(ike_sa_t *ike_sa, alert_t type, ...)
{
	va_list args;

	va_start(args, type);
	hooks->alert(hooks, ike_sa, type, args);
	va_end(args);
}

/* not every end is told by ike_updown() */
START_TEST(test_destroyed)
{
	bring_up(&sa);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown");
}
END_TEST

START_TEST(test_refused)
{
	begin(&sa, NIN3A_METHOD);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "auth-failed carol@example.org 192.0.2.1[4500] "
					 "198.51.100.2[4711] auth-method");
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_NONE);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "");
}
END_TEST

/* IKEv1 on a connection of ours gets as far as no judgement */
START_TEST(test_other_version)
{
	sa.version = IKEV1;
	sa.peer_cfg = peer_cfg;
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "auth-failed carol@example.org 192.0.2.1[4500] "
					 "198.51.100.2[4711] ike-version");
}
END_TEST

/* an answer to what comes before IKE_AUTH may be all that a UE gets */
START_TEST(test_early)
{
	sa.state = IKE_CONNECTING;
	sa.public.get_ike_cfg = (void*)return_null;
	prepare_between(IKE_SA_INIT, FALSE);
	message->add_notify(message, FALSE, NO_PROPOSAL_CHOSEN, chunk_empty);
	pass(&sa, FALSE, TRUE);
	test_kupf_assert(&kupf, "auth-failed nobody 192.0.2.1[4500] "
					 "198.51.100.2[4711] no-connection");
}
END_TEST

/* what cannot be read speaks against whoever has set up nothing then */
START_TEST(test_unreadable)
{
	sa.state = IKE_CONNECTING;
	prepare_between(IKE_AUTH, TRUE);
	alert(&sa.public, ALERT_PARSE_ERROR_BODY, message, PARSE_ERROR);
	test_kupf_assert(&kupf, "");
	if (_i)
	{
		set_state(&sa, IKE_ESTABLISHED);
	}
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, _i ? "" : "auth-failed nobody 192.0.2.1[4500] "
					 "198.51.100.2[4711] malformed");
}
END_TEST

START_TEST(test_established)
{
	set_state(&sa, IKE_ESTABLISHED);
	begin(&other, NIN3A_METHOD);
	set_state(&other, IKE_ESTABLISHED);
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(count_of("nin3a-accepted"), 0);
	verify(&sa);
	set_state(&sa, IKE_ESTABLISHED);
	test_kupf_assert(&kupf, "crop 1");
	ck_assert_uint_eq(count_of("nin3a-accepted"), 1);
}
END_TEST

START_TEST(test_up)
{
	verify(&sa);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "");
	set_state(&sa, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &sa.public, &pdu.public, FALSE);
	test_kupf_assert(&kupf, "crop 1");
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "tunnel-up carol 1 pdu, child-up carol 1 pdu");
	ck_assert_uint_eq(count_of("nin3a-tunnels-opened"), 1);
	/* another one of the session takes its place */
	verify(&other);
	set_state(&other, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &other.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "crop 2, tunnel-up carol 2 pdu, "
					 "child-up carol 2 pdu, supersede");
}
END_TEST

START_TEST(test_flapping)
{
	u_int i;

	for (i = 1; i < 5; i++)
	{
		bring_up(&sa);
		set_state(&sa, IKE_DESTROYING);
	}
	kupf.told[0] = '\0';
	verify(&sa);
	set_state(&sa, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "crop 1, tunnel-up carol 1 pdu, "
					 "child-up carol 1 pdu, session-flapping carol 5");
}
END_TEST

START_TEST(test_children)
{
	bring_up(&sa);
	hooks->child_state_change(hooks, NULL, &pdu.public, CHILD_DESTROYING);
	hooks->child_state_change(hooks, &other.public, &pdu.public,
							  CHILD_DESTROYING);
	test_kupf_assert(&kupf, "");
	hooks->child_state_change(hooks, &sa.public, &pdu.public,
							  CHILD_DESTROYING);
	test_kupf_assert(&kupf, "child-down carol 1 pdu, lose 1");
}
END_TEST

START_TEST(test_moved)
{
	host_t *host = host_create_from_string("203.0.113.7", 4500);

	bring_up(&sa);
	hooks->ike_update(hooks, &other.public, host, host);
	test_kupf_assert(&kupf, "");
	hooks->ike_update(hooks, &sa.public, sa.local, host);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 192.0.2.1[4500] "
					 "203.0.113.7[4500]");
	host->destroy(host);
}
END_TEST

/* an address of ours that is not that of the session */
START_TEST(test_moved_away)
{
	host_t *host = host_create_from_string("192.0.2.9", 4500);
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	ck_assert(kupf_address_parse(chunk_from_str("192.0.2.1"),
								 &data.upf_address));
	kupf_session_unref(session);
	session = kupf_session_create(&data);
	settings.address_match = TRUE;
	bring_up(&sa);
	hooks->ike_update(hooks, &sa.public, host, sa.remote);
	test_kupf_assert(&kupf, "close 1, tunnel-moved carol 1 192.0.2.9[4500] "
					 "198.51.100.2[4711]");
	host->destroy(host);
}
END_TEST

START_TEST(test_rekeyed)
{
	bring_up(&sa);
	other.remote->destroy(other.remote);
	other.remote = host_create_from_string("203.0.113.7", 4500);
	hooks->ike_rekey(hooks, &sa.public, &other.public);
	test_kupf_assert(&kupf, "end-rekeyed 1, tunnel-moved carol 1 "
					 "192.0.2.1[4500] 203.0.113.7[4500]");
	ck_assert_int_eq(tunnels->get_state(tunnels, 2), NIN3A_STATE_ESTABLISHED);
	/* it is the successor's tunnel */
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "");
	set_state(&other, IKE_DESTROYING);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown");
}
END_TEST

START_TEST(test_alert)
{
	begin(&sa, NIN3A_ALLOWED);
	alert(NULL, ALERT_LOCAL_AUTH_FAILED);
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_GUARDED);
	alert(&sa.public, ALERT_LOCAL_AUTH_FAILED);
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_REFUSED);
}
END_TEST

START_TEST(test_unknown)
{
	static const uint8_t request[60] = {
		1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
		46, 0x20, 37, 0x08, 0, 0, 0, 7, 0, 0, 0, 60,
	};

	message = message_create_from_packet(packet_create_from_data(
						sa.remote->clone(sa.remote), sa.local->clone(sa.local),
						chunk_clone(chunk_from_thing(request))));
	alert(NULL, ALERT_INVALID_IKE_SPI, message);
	ck_assert_uint_eq(sent, 1);
}
END_TEST

START_TEST(test_authorize)
{
	bool success = TRUE;

	begin(&sa, NIN3A_METHOD);
	ck_assert(hooks->authorize(hooks, &sa.public, _i, &success));
	ck_assert(!success);
	/* that of others is left alone, whatever somebody else says */
	ck_assert(hooks->authorize(hooks, &other.public, _i, &success));
	ck_assert(!success);
	success = TRUE;
	ck_assert(hooks->authorize(hooks, &other.public, _i, &success));
	ck_assert(success);
	/* on a connection of ours nobody has judged it */
	other.peer_cfg = peer_cfg;
	ck_assert(hooks->authorize(hooks, &other.public, _i, &success));
	ck_assert(!success);
}
END_TEST

/** Whether an IKE_SA has an entry, and a connection of ours; whether it is ours */
static const struct {
	bool entry, named, ours;
} sas[] = {
	{ FALSE, FALSE, FALSE },
	{ FALSE, TRUE, TRUE },
	{ TRUE, FALSE, TRUE },
	{ TRUE, TRUE, TRUE },
};

/* nothing passes on one of ours that has no session */
START_TEST(test_narrow)
{
	linked_list_t *local = linked_list_create();
	linked_list_t *remote = linked_list_create();

	local->insert_last(local, traffic_selector_create_dynamic(0, 0, 65535));
	remote->insert_last(remote, traffic_selector_create_dynamic(0, 0, 65535));
	sa.peer_cfg = sas[_i].named ? peer_cfg : NULL;
	if (sas[_i].entry)
	{
		begin(&sa, NIN3A_METHOD);
	}
	hooks->narrow(hooks, &sa.public, &pdu.public, NARROW_RESPONDER, local,
				  remote);
	ck_assert_uint_eq(local->get_count(local), 1);
	ck_assert_uint_eq(remote->get_count(remote), !sas[_i].ours);
	local->destroy_offset(local, offsetof(traffic_selector_t, destroy));
	remote->destroy_offset(remote, offsetof(traffic_selector_t, destroy));
}
END_TEST

void nin3a_listener_states_case(Suite *suite)
{
	TCase *tc;

	tc = test_case(suite, "states", 0, setup, teardown);
	tcase_add_test(tc, test_destroyed);
	tcase_add_test(tc, test_refused);
	tcase_add_test(tc, test_other_version);
	tcase_add_test(tc, test_early);
	tcase_add_loop_test(tc, test_unreadable, 0, 2);
	tcase_add_test(tc, test_established);
	tcase_add_test(tc, test_up);
	tcase_add_test(tc, test_flapping);
	tcase_add_test(tc, test_children);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_moved_away);
	tcase_add_test(tc, test_rekeyed);

	tc = test_case(suite, "others", 0, setup, teardown);
	tcase_add_test(tc, test_alert);
	tcase_add_test(tc, test_unknown);
	tcase_add_loop_test(tc, test_authorize, 0, 2);
	tcase_add_loop_test(tc, test_narrow, 0, countof(sas));
}
