/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The hooks of a UPF that get messages: each has what charon tells done and told,
 * for IKE_SAs of ours, and leaves those of others alone.  What stands behind the hooks is real
 * but for jobs and plugin kupf.
 */

#include <check.h>
#include <inttypes.h>

#include "test_nin3a_listener.h"
#include "nin3a/nin3a_counters.h"

#include <encoding/payloads/auth_payload.h>
#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/nonce_payload.h>
#include <encoding/payloads/ts_payload.h>

test_kupf_t kupf;
test_ike_sa_t sa, other;
test_child_sa_t pdu;
nin3a_settings_t settings;
nin3a_tunnels_t *tunnels;
static nin3a_listener_t *nin3a;
listener_t *hooks;
kupf_session_t *session;
message_t *message;

/** The connection of a UE, and what charon has verified */
peer_cfg_t *peer_cfg;
static auth_cfg_t *auth;

/** Whether credentials were looked for elsewhere */
static bool elsewhere;

/** Message ID that charon expects */
static uint32_t expected_id;

/** Answers that were sent without an IKE_SA */
u_int sent;

/** Counter that is looked for */
static const char *wanted;
static uint64_t value;

static bool is_named(nin3a_config_t *this, const char *name)
{
	return streq(name, "nin3a");
}

static void get_settings(nin3a_config_t *this, nin3a_settings_t *out)
{
	*out = settings;
}

static nin3a_config_t config = {
	.is_named = is_named,
	.get = get_settings,
};

static void close_(nin3a_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "close %u", ike_sa);
}

static void supersede(nin3a_jobs_t *this, kupf_session_t *of, uint32_t serial)
{
	ck_assert(of == session);
	test_kupf_note(&kupf, "supersede");
}

static void await_child(nin3a_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "await %u", ike_sa);
}

static void crop(nin3a_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "crop %u", ike_sa);
}

static void lose(nin3a_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "lose %u", ike_sa);
}

static void end_rekeyed(nin3a_jobs_t *this, const tunnel_spis_t *spis)
{
	test_kupf_note(&kupf, "end-rekeyed %" PRIu64, spis->initiator);
}

static nin3a_jobs_t jobs = {
	.close = close_,
	.supersede = supersede,
	.await_child = await_child,
	.crop = crop,
	.lose = lose,
	.end_rekeyed = end_rekeyed,
};

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return expected_id;
}

static uint32_t get_statistic(ike_sa_t *this, statistic_t kind)
{
	return 0;
}

static proposal_t *get_proposal(ike_sa_t *this)
{
	return NULL;
}

static auth_cfg_t *get_auth_cfg(ike_sa_t *this, bool local)
{
	return auth;
}

static identification_t *get_other_eap_id(ike_sa_t *this)
{
	return sa.other_id;
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

static void send_(sender_t *this, packet_t *packet)
{
	sent++;
	packet->destroy(packet);
}

static sender_t sender = {
	.send = send_,
};

static void init_ike_sa(test_ike_sa_t *this, uint32_t unique_id)
{
	test_ike_sa_init(this, unique_id);
	this->public.get_message_id = get_message_id;
	this->public.get_statistic = get_statistic;
	this->public.get_proposal = get_proposal;
	this->public.get_auth_cfg = get_auth_cfg;
	this->public.get_other_eap_id = get_other_eap_id;
}

void setup()
{
	ike_cfg_create_t ike = {
		.version = IKEV2,
		.local = "%any",
		.local_port = 500,
		.remote = "%any",
		.remote_port = 500,
	};
	peer_cfg_create_t peer = {};

	test_kupf_init(&kupf);
	init_ike_sa(&sa, 1);
	init_ike_sa(&other, 2);
	test_child_sa_init(&pdu, "pdu", 1);
	settings = (nin3a_settings_t){ .ike_profile = TUNNEL_PROFILE_NONE };
	auth = auth_cfg_create();
	peer_cfg = peer_cfg_create("nin3a", ike_cfg_create(&ike), &peer);
	tunnels = nin3a_tunnels_create();
	nin3a = nin3a_listener_create(&kupf.public, &config, tunnels, &jobs);
	hooks = &nin3a->listener;
	session = test_session("carol", ID_RFC822_ADDR, "carol@example.org", 0);
	ck_assert_int_eq(kupf.store->put(kupf.store, session), KUPF_STORE_OK);
	lib->credmgr->add_set(lib->credmgr, &credentials);
	charon->sender = &sender;
	sent = expected_id = 0;
}

void teardown()
{
	lib->credmgr->remove_set(lib->credmgr, &credentials);
	charon->sender = NULL;
	DESTROY_IF(message);
	message = NULL;
	nin3a->destroy(nin3a);
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	peer_cfg->destroy(peer_cfg);
	auth->destroy(auth);
	test_ike_sa_deinit(&sa);
	test_ike_sa_deinit(&other);
	test_kupf_deinit(&kupf);
}

/**
 * Get a counter of plugin nin3a.
 */
static void find_counter(void *user, const char *name, uint64_t found)
{
	if (streq(name, wanted))
	{
		value = found;
	}
}

uint64_t count_of(const char *name)
{
	wanted = name;
	value = UINT64_MAX;
	nin3a_counters_report(find_counter, NULL);
	ck_assert_uint_ne(value, UINT64_MAX);
	return value;
}

/**
 * Have an attempt.
 */
void begin(test_ike_sa_t *of, nin3a_reason_t reason)
{
	tunnels->begin(tunnels, of->unique_id, nin3a_attempt_create(of->other_id,
											of->local, of->remote, reason));
}

/**
 * Have an IKE_SA that its UE has verified for.
 */
void verify(test_ike_sa_t *of)
{
	tunnel_spis_t spis = tunnel_spis_get(&of->public);

	begin(of, NIN3A_ALLOWED);
	ck_assert(tunnels->bind(tunnels, of->unique_id, session, &spis));
}

void set_state(test_ike_sa_t *of, ike_sa_state_t state)
{
	hooks->ike_state_change(hooks, &of->public, state);
}

/**
 * Have a tunnel, and forget what was told of it.
 */
void bring_up(test_ike_sa_t *of)
{
	verify(of);
	set_state(of, IKE_ESTABLISHED);
	hooks->child_updown(hooks, &of->public, &pdu.public, TRUE);
	kupf.told[0] = '\0';
}

/**
 * Begin with a message.
 */
void prepare(exchange_type_t exchange, bool request)
{
	DESTROY_IF(message);
	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
}

void pass(test_ike_sa_t *on, bool incoming, bool plain)
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
 * Have an IKE_AUTH request judged: one too many, so that nothing else of it
 * matters.
 */
static void judge(test_ike_sa_t *on)
{
	on->state = IKE_CONNECTING;
	prepare(IKE_AUTH, TRUE);
	pass(on, TRUE, TRUE);
}

START_TEST(test_request)
{
	begin(&sa, NIN3A_ALLOWED);
	ck_assert(!has_keyring());
	judge(&sa);
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_REFUSED);
	ck_assert(has_keyring());
	/* it ends with our answer, and not with that to another one */
	prepare(IKE_AUTH, FALSE);
	pass(&other, FALSE, TRUE);
	ck_assert(has_keyring());
	pass(&sa, FALSE, TRUE);
	ck_assert(!has_keyring());
}
END_TEST

/** What is no IKE_AUTH request of a UE */
static const struct {
	ike_version_t version;
	u_int conditions;
	exchange_type_t exchange;
	bool request;
} nothing[] = {
	{ IKEV1, 0, IKE_AUTH, TRUE },
	{ IKEV2, COND_ORIGINAL_INITIATOR, IKE_AUTH, TRUE },
	{ IKEV2, COND_AUTHENTICATED, IKE_AUTH, TRUE },
	{ IKEV2, 0, IKE_SA_INIT, TRUE },
	{ IKEV2, 0, IKE_AUTH, FALSE },
};

START_TEST(test_no_request)
{
	begin(&sa, NIN3A_ALLOWED);
	sa.version = nothing[_i].version;
	sa.conditions = nothing[_i].conditions;
	sa.state = IKE_CONNECTING;
	prepare(nothing[_i].exchange, nothing[_i].request);
	pass(&sa, TRUE, TRUE);
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_GUARDED);
	ck_assert(!has_keyring());
}
END_TEST

/* the thread goes on with something else */
START_TEST(test_keyring_ends)
{
	begin(&sa, NIN3A_ALLOWED);
	judge(&sa);
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
		default:
			other.state = IKE_CREATED;
			prepare(IKE_SA_INIT, TRUE);
			pass(&other, TRUE, TRUE);
			break;
	}
	ck_assert(!has_keyring());
}
END_TEST

/** Messages of a UE, and why its tunnel goes */
static const struct {
	exchange_type_t exchange;
	bool request, deletes;
	protocol_id_t protocol;
	ike_sa_state_t state;
	const char *told;
} ends[] = {
	{ INFORMATIONAL, TRUE, TRUE, PROTO_IKE, IKE_ESTABLISHED,
	  "tunnel-down carol 1 peer" },
	{ INFORMATIONAL, TRUE, TRUE, PROTO_ESP, IKE_ESTABLISHED,
	  "tunnel-down carol 1 shutdown" },
	{ INFORMATIONAL, TRUE, FALSE, PROTO_IKE, IKE_ESTABLISHED,
	  "tunnel-down carol 1 shutdown" },
	{ INFORMATIONAL, FALSE, TRUE, PROTO_IKE, IKE_ESTABLISHED,
	  "tunnel-down carol 1 shutdown" },
	/* the guard does not let it get as far */
	{ INFORMATIONAL, TRUE, TRUE, PROTO_IKE, IKE_CONNECTING,
	  "tunnel-down carol 1 shutdown" },
};

START_TEST(test_end)
{
	bring_up(&sa);
	sa.state = ends[_i].state;
	prepare(ends[_i].exchange, ends[_i].request);
	if (ends[_i].deletes)
	{
		message->add_payload(message,
				(payload_t*)delete_payload_create(PLV2_DELETE,
												  ends[_i].protocol));
	}
	pass(&sa, TRUE, TRUE);
	ck_assert_int_eq(message->get_exchange_type(message),
					 ends[_i].state == IKE_ESTABLISHED ? INFORMATIONAL :
													 EXCHANGE_TYPE_UNDEFINED);
	hooks->ike_updown(hooks, &sa.public, TRUE);
	test_kupf_assert(&kupf, "");
	hooks->ike_updown(hooks, &sa.public, FALSE);
	test_kupf_assert(&kupf, ends[_i].told);
	/* once, and then it is gone */
	set_state(&sa, IKE_DESTROYING);
	test_kupf_assert(&kupf, "");
	ck_assert_int_eq(tunnels->get_state(tunnels, 1), NIN3A_STATE_NONE);
	ck_assert_uint_eq(count_of("nin3a-tunnels-closed"), 1);
}
END_TEST

START_TEST(test_response)
{
	begin(&sa, NIN3A_METHOD);
	prepare(_i ? IKE_AUTH : CREATE_CHILD_SA, FALSE);
	message->add_payload(message, (payload_t*)auth_payload_create());
	/* as it is sent it is too late */
	pass(&sa, FALSE, FALSE);
	ck_assert_ptr_nonnull(message->get_payload(message, PLV2_AUTH));
	test_kupf_assert(&kupf, "");
	/* one that refuses the UE has no AUTH payload of ours */
	pass(&sa, FALSE, TRUE);
	ck_assert((message->get_payload(message, PLV2_AUTH) == NULL) == _i);
	test_kupf_assert(&kupf, _i ? "await 1" : "");
	/* nor is a request of ours an answer */
	prepare(IKE_AUTH, TRUE);
	message->add_payload(message, (payload_t*)auth_payload_create());
	pass(&sa, FALSE, TRUE);
	ck_assert_ptr_nonnull(message->get_payload(message, PLV2_AUTH));
	test_kupf_assert(&kupf, "");
}
END_TEST

/** Messages with which the time of a set-up begins, and with which not */
static const struct {
	ike_sa_state_t state;
	exchange_type_t exchange;
	bool request, incoming, plain;
	u_int measured;
} firsts[] = {
	{ IKE_CREATED, IKE_SA_INIT, TRUE, TRUE, FALSE, 1 },
	{ IKE_CONNECTING, IKE_SA_INIT, TRUE, TRUE, FALSE, 0 },
	{ IKE_CREATED, IKE_AUTH, TRUE, TRUE, FALSE, 0 },
	{ IKE_CREATED, IKE_SA_INIT, FALSE, TRUE, FALSE, 0 },
	{ IKE_CREATED, IKE_SA_INIT, TRUE, FALSE, FALSE, 0 },
	{ IKE_CREATED, IKE_SA_INIT, TRUE, TRUE, TRUE, 0 },
};

START_TEST(test_latency)
{
	sa.state = firsts[_i].state;
	/* what is not the next one gets past the guard, and is not read */
	expected_id = !firsts[_i].measured;
	prepare(firsts[_i].exchange, firsts[_i].request);
	pass(&sa, firsts[_i].incoming, firsts[_i].plain);
	bring_up(&sa);
	ck_assert_uint_eq(count_of("nin3a-setup-microseconds-le-inf"),
					  firsts[_i].measured);
}
END_TEST

/* what has begun on one that is gone is not measured */
START_TEST(test_latency_gone)
{
	sa.state = IKE_CREATED;
	prepare(IKE_SA_INIT, TRUE);
	pass(&sa, TRUE, FALSE);
	set_state(&sa, IKE_DESTROYING);
	bring_up(&sa);
	ck_assert_uint_eq(count_of("nin3a-setup-microseconds-le-inf"), 0);
}
END_TEST

/**
 * Have a UE ask for another CHILD_SA, and charon answer.
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
	bring_up(&sa);
	ck_assert(is_refused(&sa, NO_ADDITIONAL_SAS));
	ck_assert_uint_eq(count_of("nin3a-child-sas-exceeded"), 1);
}
END_TEST

/* rekeying does not begin anew */
START_TEST(test_bounds_carried)
{
	settings.limits.rekeyings = 2;
	bring_up(&sa);
	ck_assert(!is_refused(&sa, TEMPORARY_FAILURE));
	if (_i)
	{
		hooks->ike_rekey(hooks, &sa.public, &other.public);
	}
	else
	{	/* but another IKE_SA does, and what was kept of one that is gone
		 * is forgotten */
		ck_assert(!is_refused(&sa, TEMPORARY_FAILURE));
		set_state(&sa, IKE_DESTROYING);
		other.unique_id = 1;
		bring_up(&other);
	}
	ck_assert(!is_refused(&other, TEMPORARY_FAILURE));
	ck_assert(is_refused(&other, TEMPORARY_FAILURE) == _i);
}
END_TEST

START_TEST(test_no_ike_sa)
{
	prepare(IKE_AUTH, TRUE);
	ck_assert(hooks->message(hooks, NULL, message, TRUE, TRUE));
	ck_assert(hooks->message(hooks, NULL, message, FALSE, TRUE));
	test_kupf_assert(&kupf, "");
}
END_TEST

static Suite *nin3a_listener_suite()
{
	Suite *suite = suite_create("nin3a_listener");
	TCase *tc = test_case(suite, "messages", 0, setup, teardown);

	tcase_add_test(tc, test_request);
	tcase_add_loop_test(tc, test_no_request, 0, countof(nothing));
	tcase_add_loop_test(tc, test_keyring_ends, 0, 3);
	tcase_add_loop_test(tc, test_end, 0, countof(ends));
	tcase_add_loop_test(tc, test_response, 0, 2);
	tcase_add_loop_test(tc, test_latency, 0, countof(firsts));
	tcase_add_test(tc, test_latency_gone);
	tcase_add_test(tc, test_bounds);
	tcase_add_loop_test(tc, test_bounds_carried, 0, 2);
	tcase_add_test(tc, test_no_ike_sa);

	nin3a_listener_states_case(suite);
	return suite;
}

int main(void)
{
	return test_run(nin3a_listener_suite());
}
