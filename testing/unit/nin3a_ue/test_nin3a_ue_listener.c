/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The hooks of a UE: each has what charon tells done and told, for IKE_SAs of
 * ours, and leaves those of others alone.  What stands behind the hooks is real
 * but for jobs, liveness and plugin kupf.
 */

#include <check.h>

#include "nin3a_ue/nin3a_ue_listener.h"
#include "test_nin3a_ue_host.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/nonce_payload.h>
#include <encoding/payloads/ts_payload.h>

static nin3a_ue_listener_t *nin3a;
static listener_t *hooks;
static nin3a_ue_settings_t settings;
static message_t *message;
static auth_cfg_t *auth;
static proposal_t *proposal;

/** Whether credentials were looked for elsewhere */
static bool elsewhere;

static void get_settings(nin3a_ue_config_t *this, nin3a_ue_settings_t *out)
{
	*out = settings;
}

static nin3a_ue_config_t config = {
	.get = get_settings,
};

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return 0;
}

static proposal_t *get_proposal(ike_sa_t *this)
{
	return proposal;
}

static auth_cfg_t *get_auth_cfg(ike_sa_t *this, bool local)
{
	return auth;
}

static enumerator_t *create_auth_cfg_enumerator(ike_sa_t *this, bool local)
{
	return enumerator_create_single(auth, NULL);
}

static enumerator_t *create_virtual_ip_enumerator(ike_sa_t *this, bool local)
{
	return enumerator_create_empty();
}

static ipsec_mode_t get_mode(child_cfg_t *this)
{
	return MODE_TUNNEL;
}

static child_cfg_t *get_config(child_sa_t *this)
{
	static child_cfg_t child_cfg = {
		.get_mode = get_mode,
	};

	return &child_cfg;
}

static enumerator_t *create_shared_enumerator(credential_set_t *this,
				shared_key_type_t type, identification_t *me,
				identification_t *them)
{
	elsewhere = TRUE;
	return NULL;
}

static credential_set_t credentials = {
	.create_private_enumerator = (void*)return_null,
	.create_cert_enumerator = (void*)return_null,
	.create_shared_enumerator = create_shared_enumerator,
	.create_cdp_enumerator = (void*)return_null,
	.cache_cert = (void*)nop,
};

static void init_ike_sa(test_ike_sa_t *this)
{
	this->public.get_message_id = get_message_id;
	this->public.get_proposal = get_proposal;
	this->public.get_auth_cfg = get_auth_cfg;
	this->public.create_auth_cfg_enumerator = create_auth_cfg_enumerator;
	this->public.create_virtual_ip_enumerator = create_virtual_ip_enumerator;
}

static void setup()
{
	host_setup();
	init_ike_sa(&sa);
	init_ike_sa(&other);
	pdu.public.get_config = get_config;
	auth = auth_cfg_create();
	auth->add(auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PSK);
	proposal = proposal_create_from_string(PROTO_IKE,
										   "aes256gcm16-prfsha384-ecp384");
	settings = (nin3a_ue_settings_t){};
	kupf.verified = session;
	nin3a = nin3a_ue_listener_create(&kupf.public, &config, sas, legs, &jobs,
									 &liveness);
	hooks = &nin3a->listener;
	lib->credmgr->add_set(lib->credmgr, &credentials);
}

static void teardown()
{
	lib->credmgr->remove_set(lib->credmgr, &credentials);
	DESTROY_IF(message);
	message = NULL;
	nin3a->destroy(nin3a);
	proposal->destroy(proposal);
	auth->destroy(auth);
	host_teardown();
}

static void set_state(test_ike_sa_t *of, ike_sa_state_t state)
{
	hooks->ike_state_change(hooks, &of->public, state);
}

/**
 * Have a tunnel, and forget what was told of it.
 */
static void bring_up(test_ike_sa_t *of, kupf_session_t *wanted)
{
	host_attempt(of, wanted);
	set_state(of, IKE_ESTABLISHED);
	of->state = IKE_ESTABLISHED;
	hooks->child_updown(hooks, &of->public, &pdu.public, TRUE);
	ck_assert_int_eq(sas->get_stage(sas, of->unique_id), NIN3A_UE_STAGE_UP);
	kupf.told[0] = '\0';
}

/**
 * Begin with a message.
 */
static void prepare(exchange_type_t exchange, bool request)
{
	DESTROY_IF(message);
	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
}

static void pass(test_ike_sa_t *on, bool incoming, bool plain)
{
	ck_assert(hooks->message(hooks, &on->public, message, incoming, plain));
}

/**
 * Whether the thread has no credentials but those of plugin kupf.
 */
static bool has_keyring()
{
	elsewhere = FALSE;
	ck_assert_ptr_null(lib->credmgr->get_shared(lib->credmgr, SHARED_IKE,
											sa.other_id, sa.other_id));
	return !elsewhere;
}

/**
 * The attempt has failed so far for this reason.
 */
static void assert_failure(const char *token)
{
	ck_assert_str_eq(nin3a_ue_reason_token(sas->get_failure(sas, 1)), token);
}

/* an answer is judged, and no other key has a part in what comes then */
START_TEST(test_answer)
{
	host_attempt(&sa, session);
	ck_assert(!has_keyring());
	prepare(IKE_AUTH, FALSE);
	pass(&sa, TRUE, TRUE);
	test_kupf_assert(&kupf, "received 1");
	assert_failure("no-auth-payload");
	ck_assert(has_keyring());
	/* it ends with our next message, and not with that of another one */
	prepare(INFORMATIONAL, TRUE);
	pass(&other, FALSE, TRUE);
	ck_assert(has_keyring());
	pass(&sa, FALSE, TRUE);
	ck_assert(!has_keyring());
}
END_TEST

START_TEST(test_answer_unjudged)
{
	host_attempt(&sa, session);
	switch (_i)
	{
		case 0:
			sa.version = IKEV1;
			break;
		case 1:
			sa.unique_id = 7;
			break;
		default:
			/* as it was received it is not read yet */
			break;
	}
	prepare(IKE_SA_INIT, FALSE);
	message->set_source(message, sa.remote->clone(sa.remote));
	pass(&sa, TRUE, _i < 2);
	sa.unique_id = 1;
	ck_assert_int_eq(sas->get_failure(sas, 1), NIN3A_UE_UNDECIDED);
	ck_assert(!has_keyring());
}
END_TEST

/* the thread goes on with something else */
START_TEST(test_keyring_ends)
{
	host_attempt(&sa, session);
	prepare(IKE_AUTH, FALSE);
	pass(&sa, TRUE, TRUE);
	ck_assert(has_keyring());
	switch (_i)
	{
		case 0:
			set_state(&sa, IKE_CONNECTING);
			ck_assert(has_keyring());
			set_state(&other, IKE_CONNECTING);
			break;
		case 1:
			set_state(&other, IKE_DESTROYING);
			ck_assert(has_keyring());
			set_state(&sa, IKE_DESTROYING);
			break;
		case 2:
			set_state(&other, IKE_ESTABLISHED);
			ck_assert(has_keyring());
			set_state(&sa, IKE_ESTABLISHED);
			break;
		default:
			prepare(IKE_AUTH, FALSE);
			pass(&other, TRUE, TRUE);
			break;
	}
	ck_assert(!has_keyring());
}
END_TEST

/* what cannot be read, or is not due, is no silence */
START_TEST(test_unreadable)
{
	kupf_session_t *failed;
	nin3a_ue_reason_t reason;

	host_attempt(&sa, session);
	/* a response before its time, and a request */
	prepare(CREATE_CHILD_SA, _i == 1);
	if (_i < 2)
	{
		pass(&sa, TRUE, TRUE);
		ck_assert_int_eq(message->get_exchange_type(message),
						 EXCHANGE_TYPE_UNDEFINED);
	}
	sas->set_failure(sas, 1, NIN3A_UE_NO_ANSWER);
	failed = sas->end_attempt(sas, 1, &reason);
	ck_assert_str_eq(nin3a_ue_reason_token(reason),
					 _i ? "no-answer" : "unreadable-answer");
	kupf_session_unref(failed);
}
END_TEST

/* a UPF does not move its end, which is only asked of ours */
START_TEST(test_elsewhere)
{
	uint8_t data[68] = { [16] = 46, [17] = 0x20, [18] = INFORMATIONAL,
						 [28] = 0, [31] = 40 };
	host_t *from = host_create_from_string("203.0.113.7", 4500);

	if (_i)
	{
		bring_up(&sa, session);
	}
	sa.state = IKE_ESTABLISHED;
	message = message_create_from_packet(packet_create_from_data(from,
					sa.local->clone(sa.local),
					chunk_clone(chunk_from_thing(data))));
	message->set_major_version(message, IKEV2_MAJOR_VERSION);
	message->set_exchange_type(message, INFORMATIONAL);
	message->set_request(message, TRUE);
	pass(&sa, TRUE, FALSE);
	/* it has an ID that charon does not read if it is left out */
	ck_assert((message->get_message_id(message) != 0) == _i);
}
END_TEST

START_TEST(test_sent)
{
	prepare(INFORMATIONAL, TRUE);
	pass(&sa, FALSE, TRUE);
	test_kupf_assert(&kupf, "");
	/* as it is sent, it can be sent again */
	pass(&sa, FALSE, FALSE);
	test_kupf_assert(&kupf, "sent 1");
	ck_assert(hooks->message(hooks, NULL, message, FALSE, FALSE));
	ck_assert(hooks->message(hooks, NULL, message, TRUE, TRUE));
	test_kupf_assert(&kupf, "");
	/* only what is protected is a sign of life */
	pass(&sa, TRUE, FALSE);
	test_kupf_assert(&kupf, "");
}
END_TEST

/**
 * Have a UPF ask for another CHILD_SA, and charon answer.
 *
 * @return			whether it gets a notify instead
 */
static bool is_refused(test_ike_sa_t *on, notify_type_t type)
{
	on->state = IKE_ESTABLISHED;
	prepare(CREATE_CHILD_SA, TRUE);
	message->add_payload(message,
						 (payload_t*)nonce_payload_create(PLV2_NONCE));
	message->add_payload(message, (payload_t*)ts_payload_create(TRUE));
	message->add_payload(message, (payload_t*)ts_payload_create(FALSE));
	pass(on, TRUE, TRUE);
	prepare(message->get_exchange_type(message), FALSE);
	pass(on, FALSE, TRUE);
	return message->get_notify(message, type) != NULL;
}

START_TEST(test_bounds)
{
	settings.limits.child_sas = 1;
	sa.children[0] = &pdu;
	sa.child_count = 1;
	/* it is no tunnel of ours */
	ck_assert(!is_refused(&sa, NO_ADDITIONAL_SAS));
	bring_up(&sa, session);
	ck_assert(is_refused(&sa, NO_ADDITIONAL_SAS));
	ck_assert_uint_eq(host_counter("nin3a-ue-child-sas-refused"), 1);
}
END_TEST

/* rekeying does not begin anew, another IKE_SA does */
START_TEST(test_bounds_carried)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE);

	settings.limits.rekeyings = 2;
	bring_up(&sa, session);
	ck_assert(!is_refused(&sa, TEMPORARY_FAILURE));
	if (_i)
	{
		hooks->ike_rekey(hooks, &sa.public, &other.public);
	}
	else
	{
		ck_assert(!is_refused(&sa, TEMPORARY_FAILURE));
		set_state(&sa, IKE_DESTROYING);
		other.unique_id = 1;
		bring_up(&other, newer);
	}
	ck_assert(!is_refused(&other, TEMPORARY_FAILURE));
	ck_assert(is_refused(&other, TEMPORARY_FAILURE) == _i);
	kupf_session_unref(newer);
}
END_TEST

/**
 * Make a connection for which any identity of the UPF will do.
 */
static peer_cfg_t *create_used()
{
	auth_cfg_t *remote = auth_cfg_create();
	peer_cfg_t *used = host_connection("used", IKEV2, "pdu");

	remote->add(remote, AUTH_RULE_IDENTITY,
				identification_create_from_encoding(ID_ANY, chunk_empty));
	used->add_auth_cfg(used, remote, FALSE);
	return used;
}

START_TEST(test_authorize)
{
	bool success = TRUE;

	ck_assert(hooks->authorize(hooks, &other.public, _i, &success));
	ck_assert(success);
	host_attempt(&sa, session);
	sa.peer_cfg = create_used();
	ck_assert(hooks->authorize(hooks, &sa.public, _i, &success));
	ck_assert(success);
	kupf.verified = NULL;
	ck_assert(hooks->authorize(hooks, &sa.public, _i, &success));
	ck_assert(!success);
	/* what somebody else has refused stays refused */
	ck_assert(hooks->authorize(hooks, &other.public, _i, &success));
	ck_assert(!success);
	sa.peer_cfg->destroy(sa.peer_cfg);
}
END_TEST

/* without traffic selector there is no CHILD_SA */
START_TEST(test_narrow)
{
	linked_list_t *local = linked_list_create();
	linked_list_t *remote = linked_list_create();

	local->insert_last(local, traffic_selector_create_dynamic(0, 0, 65535));
	remote->insert_last(remote, traffic_selector_create_dynamic(0, 0, 65535));
	remote->insert_last(remote, traffic_selector_create_dynamic(6, 0, 65535));
	/* the UPF has assigned no inner address */
	if (_i)
	{
		host_attempt(&sa, session);
	}
	hooks->narrow(hooks, &sa.public, &pdu.public, NARROW_INITIATOR_POST_AUTH,
				  local, remote);
	ck_assert_uint_eq(local->get_count(local), 1);
	ck_assert_uint_eq(remote->get_count(remote), _i ? 0 : 2);
	local->destroy_offset(local, offsetof(traffic_selector_t, destroy));
	remote->destroy_offset(remote, offsetof(traffic_selector_t, destroy));
}
END_TEST

START_TEST(test_narrow_many)
{
	linked_list_t *local = linked_list_create();
	linked_list_t *remote = linked_list_create();
	u_int i;

	for (i = 0; i <= TUNNEL_SELECTORS_MAX; i++)
	{
		local->insert_last(local,
						   traffic_selector_create_dynamic(0, i, 65535));
		remote->insert_last(remote,
							traffic_selector_create_dynamic(0, i, 65535));
	}
	if (_i)
	{
		host_attempt(&sa, session);
	}
	/* nothing of the CHILD_SA is judged before */
	hooks->narrow(hooks, &sa.public, &pdu.public, NARROW_INITIATOR_PRE_AUTH,
				  local, remote);
	ck_assert_uint_eq(local->get_count(local), TUNNEL_SELECTORS_MAX + !_i);
	ck_assert_uint_eq(remote->get_count(remote), TUNNEL_SELECTORS_MAX + !_i);
	ck_assert_uint_eq(host_counter("nin3a-ue-selectors-exceeded"), _i);
	local->destroy_offset(local, offsetof(traffic_selector_t, destroy));
	remote->destroy_offset(remote, offsetof(traffic_selector_t, destroy));
}
END_TEST

static void alert(ike_sa_t *ike_sa, alert_t type, ...)
{
	va_list args;

	va_start(args, type);
	hooks->alert(hooks, ike_sa, type, args);
	va_end(args);
}

/** Alerts of charon, and why the attempt fails then */
static const struct {
	alert_t alert;
	const char *reason;
} alerts[] = {
	{ ALERT_LOCAL_AUTH_FAILED, "own-auth" },
	{ ALERT_PEER_AUTH_FAILED, "wrong-key" },
	{ ALERT_PROPOSAL_MISMATCH_IKE, "ike-proposal" },
	{ ALERT_RETRANSMIT_SEND_TIMEOUT, "no-answer" },
	{ ALERT_PEER_ADDR_FAILED, "incomplete" },
};

START_TEST(test_alerts)
{
	char told[128];

	host_attempt(&sa, session);
	alert(NULL, alerts[_i].alert);
	ck_assert_int_eq(sas->get_failure(sas, 1), NIN3A_UE_UNDECIDED);
	alert(&sa.public, alerts[_i].alert);
	snprintf(told, sizeof(told), "auth-failed carol@example.org "
			 "192.0.2.1[4500] 198.51.100.2[4711] %s, start carol",
			 alerts[_i].reason);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, told);
}
END_TEST

START_TEST(test_alert_unreadable)
{
	host_attempt(&sa, session);
	prepare(IKE_AUTH, !_i);
	alert(&sa.public, ALERT_PARSE_ERROR_BODY, message);
	alert(&sa.public, ALERT_RETRANSMIT_SEND_TIMEOUT);
	assert_failure(_i ? "unreadable-answer" : "no-answer");
}
END_TEST

START_TEST(test_alert_tunnel)
{
	bring_up(&sa, session);
	alert(&sa.public, ALERT_RETRANSMIT_SEND_TIMEOUT);
	hooks->ike_updown(hooks, &sa.public, TRUE);
	test_kupf_assert(&kupf, "");
	hooks->ike_updown(hooks, &sa.public, FALSE);
	test_kupf_assert(&kupf, "tunnel-down carol 1 timeout");
}
END_TEST

START_TEST(test_connecting)
{
	set_state(&sa, IKE_CONNECTING);
	test_kupf_assert(&kupf, "");
	host_attempt(&sa, session);
	/* it is ours already, and not in place of one of ours */
	sa.peer_cfg = (peer_cfg_t*)&sa;
	sa.tasks[TASK_QUEUE_ACTIVE] = TASK_IKE_AUTH;
	set_state(&sa, IKE_CONNECTING);
	test_kupf_assert(&kupf, "watch 1");
	ck_assert_uint_eq(host_counter("nin3a-ue-attempts"), 0);
	/* one that is there is not looked after any more */
	sas->establish(sas, 1);
	set_state(&sa, IKE_CONNECTING);
	test_kupf_assert(&kupf, "");
}
END_TEST

/* charon sets one up in place of ours: it reauthenticates */
START_TEST(test_follow)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE);
	nin3a_ue_order_t order;

	bring_up(&sa, session);
	if (!_i)
	{	/* an attempt with the new key is under way */
		legs->want(legs, newer, &order);
		kupf_session_unref(legs->begin(legs, order.name, order.serial));
	}
	other.peer_cfg = (peer_cfg_t*)&sa;
	other.tasks[TASK_QUEUE_ACTIVE] = TASK_IKE_AUTH;
	set_state(&other, IKE_CONNECTING);
	test_kupf_assert(&kupf, _i ? "watch 2" : "close 2, watch 2");
	ck_assert_uint_eq(host_counter("nin3a-ue-attempts"), _i);
	kupf_session_unref(newer);
}
END_TEST

START_TEST(test_up)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE);

	host_attempt(&sa, session);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	hooks->child_updown(hooks, &sa.public, &pdu.public, FALSE);
	test_kupf_assert(&kupf, "");
	set_state(&sa, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "tunnel-up carol 1 pdu, child-up carol 1 pdu, "
					 "listen 1, map 1");
	ck_assert_uint_eq(host_counter("nin3a-ue-accepted"), 1);
	ck_assert_uint_eq(host_counter("nin3a-ue-rekeyed"), 0);
	/* another one takes its place */
	host_attempt(&other, newer);
	set_state(&other, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &other.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "tunnel-up carol 2 pdu, child-up carol 2 pdu, "
					 "hand-over 1, listen 2, map 2");
	ck_assert_uint_eq(host_counter("nin3a-ue-tunnels-opened"), 2);
	ck_assert_uint_eq(host_counter("nin3a-ue-rekeyed"), 1);
	kupf_session_unref(newer);
}
END_TEST

/* it is modified while the attempt is under way: the next one follows */
START_TEST(test_up_modified)
{
	kupf_session_t *newer = host_session('M', KUPF_SERVICE_IKE, TRUE);
	nin3a_ue_order_t order;

	host_attempt(&sa, session);
	set_state(&sa, IKE_ESTABLISHED);
	legs->want(legs, newer, &order);
	ck_assert(!order.start);
	hooks->child_updown(hooks, &sa.public, &pdu.public, TRUE);
	test_kupf_assert(&kupf, "tunnel-up carol 1 pdu, child-up carol 1 pdu, "
					 "start carol, listen 1, map 1");
	kupf_session_unref(newer);
}
END_TEST

START_TEST(test_down)
{
	bring_up(&sa, session);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown, start carol");
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_STAGE_NONE);
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "");
}
END_TEST

START_TEST(test_children)
{
	bring_up(&sa, session);
	hooks->child_state_change(hooks, NULL, &pdu.public, CHILD_DESTROYING);
	hooks->child_state_change(hooks, &other.public, &pdu.public,
							  CHILD_DESTROYING);
	hooks->child_updown(hooks, &other.public, &pdu.public, FALSE);
	test_kupf_assert(&kupf, "");
	hooks->child_state_change(hooks, &sa.public, &pdu.public,
							  CHILD_DESTROYING);
	hooks->child_updown(hooks, &sa.public, &pdu.public, FALSE);
	test_kupf_assert(&kupf, "child-down carol 1 pdu, children 1");
}
END_TEST

START_TEST(test_moved)
{
	host_t *host = host_create_from_string("203.0.113.7", 4500);

	bring_up(&sa, session);
	hooks->ike_update(hooks, &other.public, host, sa.remote);
	test_kupf_assert(&kupf, "");
	hooks->ike_update(hooks, &sa.public, host, sa.remote);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 203.0.113.7[4500] "
					 "198.51.100.2[4711]");
	host->destroy(host);
}
END_TEST

START_TEST(test_rekeyed)
{
	bring_up(&sa, session);
	other.remote->destroy(other.remote);
	other.remote = host_create_from_string("203.0.113.7", 4500);
	hooks->ike_rekey(hooks, &sa.public, &other.public);
	test_kupf_assert(&kupf, "tunnel-moved carol 1 192.0.2.1[4500] "
					 "203.0.113.7[4500], end-rekeyed 1, children 2, listen 2, map 2");
	ck_assert_int_eq(sas->get_stage(sas, 2), NIN3A_UE_STAGE_UP);
	/* it is the successor's tunnel */
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "");
	set_state(&other, IKE_DESTROYING);
	test_kupf_assert(&kupf, "tunnel-down carol 1 shutdown, start carol");
}
END_TEST

/* outside of the profile, or it is being closed: so is the successor */
START_TEST(test_rekeyed_close)
{
	bring_up(&sa, session);
	if (_i)
	{
		sas->condemn(sas, 1, NIN3A_UE_NO_CHILD);
	}
	else
	{
		proposal->destroy(proposal);
		proposal = proposal_create_from_string(PROTO_IKE,
											   "3des-sha256-modp2048");
	}
	hooks->ike_rekey(hooks, &sa.public, &other.public);
	test_kupf_assert(&kupf, "end-rekeyed 1, close 2");
}
END_TEST

/* one that is none of ours */
START_TEST(test_rekeyed_others)
{
	proposal->destroy(proposal);
	proposal = proposal_create_from_string(PROTO_IKE, "3des-sha256-modp2048");
	hooks->ike_rekey(hooks, &sa.public, &other.public);
	test_kupf_assert(&kupf, "");
	ck_assert_uint_eq(host_counter("nin3a-ue-proposals-refused"), 0);
}
END_TEST

START_TEST(test_roam)
{
	nin3a->kernel->roam(nin3a->kernel, _i);
	test_kupf_assert(&kupf, "roam");
}
END_TEST

static Suite *nin3a_ue_listener_suite()
{
	Suite *suite = suite_create("nin3a_ue_listener");
	TCase *tc = test_case(suite, "messages", 0, setup, teardown);

	tcase_add_test(tc, test_answer);
	tcase_add_loop_test(tc, test_answer_unjudged, 0, 3);
	tcase_add_loop_test(tc, test_keyring_ends, 0, 4);
	tcase_add_loop_test(tc, test_unreadable, 0, 3);
	tcase_add_loop_test(tc, test_elsewhere, 0, 2);
	tcase_add_test(tc, test_sent);
	tcase_add_test(tc, test_bounds);
	tcase_add_loop_test(tc, test_bounds_carried, 0, 2);

	tc = test_case(suite, "decisions", 0, setup, teardown);
	tcase_add_loop_test(tc, test_authorize, 0, 2);
	tcase_add_loop_test(tc, test_narrow, 0, 2);
	tcase_add_loop_test(tc, test_narrow_many, 0, 2);
	tcase_add_loop_test(tc, test_alerts, 0, countof(alerts));
	tcase_add_loop_test(tc, test_alert_unreadable, 0, 2);
	tcase_add_test(tc, test_alert_tunnel);

	tc = test_case(suite, "states", 0, setup, teardown);
	tcase_add_test(tc, test_connecting);
	tcase_add_loop_test(tc, test_follow, 0, 2);
	tcase_add_test(tc, test_up);
	tcase_add_test(tc, test_up_modified);
	tcase_add_test(tc, test_down);
	tcase_add_test(tc, test_children);
	tcase_add_test(tc, test_moved);
	tcase_add_test(tc, test_rekeyed);
	tcase_add_loop_test(tc, test_rekeyed_close, 0, 2);
	tcase_add_test(tc, test_rekeyed_others);
	tcase_add_loop_test(tc, test_roam, 0, 2);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_listener_suite());
}
