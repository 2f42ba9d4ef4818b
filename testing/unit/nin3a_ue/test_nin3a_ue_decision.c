/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A UPF that charon has verified, before the UE goes on: each fact that speaks
 * against it is found and ends the attempt, with its own reason.
 */

#include "test_nin3a_ue_decision.h"

test_ike_sa_t sa;

/** What else it is asked for */
static proposal_t *proposal;
static auth_cfg_t *auth;
static u_int rounds;
static host_t *inner;
static ipsec_mode_t mode;

/** What the connection wants of the UPF, NULL for no connection */
static auth_cfg_t *wanted;

static nin3a_ue_settings_t settings;
static kupf_t kupf;
static nin3a_ue_table_t *table;
nin3a_ue_sas_t *sas;
nin3a_ue_legs_t *legs;
nin3a_ue_decision_t *decision;

/** Session of the IKE_SA, and the one whose key has verified the UPF */
static kupf_session_t *session, *verified;

/** CHILD_SA that is negotiated, and its proposal */
static proposal_t *child_proposal;

static proposal_t *get_proposal(ike_sa_t *this)
{
	return proposal;
}

static auth_cfg_t *get_auth_cfg(ike_sa_t *this, bool local)
{
	ck_assert(!local);
	return auth;
}

static enumerator_t *create_auth_cfg_enumerator(ike_sa_t *this, bool local)
{
	array_t *array = array_create(0, 0);
	u_int i;

	ck_assert(!local);
	for (i = 0; i < rounds; i++)
	{
		array_insert(array, ARRAY_TAIL, auth);
	}
	return enumerator_create_cleaner(array_create_enumerator(array),
									 (void*)array_destroy, array);
}

static enumerator_t *create_virtual_ip_enumerator(ike_sa_t *this, bool local)
{
	return inner ? enumerator_create_single(inner, NULL)
				 : enumerator_create_empty();
}

static enumerator_t *create_wanted_enumerator(peer_cfg_t *this, bool local)
{
	ck_assert(!local);
	return enumerator_create_single(wanted, NULL);
}

static uint32_t get_over_time(peer_cfg_t *this)
{
	return 0;
}

static identification_t *get_ppk_id(peer_cfg_t *this)
{
	return NULL;
}

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	static peer_cfg_t peer_cfg = {
		.create_auth_cfg_enumerator = create_wanted_enumerator,
		.get_over_time = get_over_time,
		.get_ppk_id = get_ppk_id,
	};

	return wanted ? &peer_cfg : NULL;
}

/**
 * Have the connection want an identity of the UPF.
 */
static void want_id(char *id)
{
	DESTROY_IF(wanted);
	wanted = auth_cfg_create();
	if (id)
	{
		wanted->add(wanted, AUTH_RULE_IDENTITY,
					identification_create_from_string(id));
	}
}

static void get_settings(nin3a_ue_config_t *this, nin3a_ue_settings_t *out)
{
	*out = settings;
}

static nin3a_ue_config_t config = {
	.get = get_settings,
};

static kupf_session_t *get_verifying_session(kupf_t *this, uint32_t ike_sa)
{
	ck_assert_uint_eq(ike_sa, IKE_SA);
	return verified ? kupf_session_ref(verified) : NULL;
}

static bool begin(tunnel_keyring_t *this, uint32_t ike_sa,
				  identification_t *ppk_id)
{
	return TRUE;
}

static tunnel_keyring_t keyring = {
	.begin = begin,
};

static ipsec_mode_t get_mode(child_cfg_t *this)
{
	return mode;
}

static uint32_t get_replay_window(child_cfg_t *this)
{
	return 32;
}

static child_cfg_t *get_config(child_sa_t *this)
{
	static child_cfg_t child_cfg = {
		.get_mode = get_mode,
		.get_replay_window = get_replay_window,
	};

	return &child_cfg;
}

static proposal_t *get_child_proposal(child_sa_t *this)
{
	return child_proposal;
}

static child_sa_t child_sa = {
	.get_config = get_config,
	.get_proposal = get_child_proposal,
};

/**
 * Create a session of a UE whose UPF has an address.
 */
static kupf_session_t *create(char *upf, uint32_t expiry)
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = "s",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
		.expiry = expiry,
	};
	kupf_session_t *created;

	ck_assert(kupf_address_parse(chunk_from_str(upf), &data.upf_address));
	created = kupf_session_create(&data);
	ck_assert_ptr_nonnull(created);
	return created;
}

/**
 * Begin an attempt for a session, which its key has verified.
 */
static void attempt(kupf_session_t *of)
{
	nin3a_ue_order_t order;

	session = of;
	verified = kupf_session_ref(session);
	legs->want(legs, session, &order);
	ck_assert(order.start);
	kupf_session_unref(legs->begin(legs, order.name, order.serial));
	ck_assert(legs->bind(legs, session, IKE_SA, 1, &sa));
}

static void setup()
{
	nin3a_ue_backoff_t backoff = { .first = 1000, .most = 1000 };

	test_ike_sa_init(&sa, IKE_SA);
	sa.public.get_proposal = get_proposal;
	sa.public.get_auth_cfg = get_auth_cfg;
	sa.public.create_auth_cfg_enumerator = create_auth_cfg_enumerator;
	sa.public.create_virtual_ip_enumerator = create_virtual_ip_enumerator;
	sa.public.get_peer_cfg = get_peer_cfg;
	sa.conditions = COND_ORIGINAL_INITIATOR;
	proposal = proposal_create_from_string(PROTO_IKE,
										   "aes256gcm16-prfsha384-ecp384");
	child_proposal = proposal_create_from_string(PROTO_ESP, "aes256gcm16");
	auth = auth_cfg_create();
	auth->add(auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PSK);
	rounds = 1;
	wanted = NULL;
	want_id("%any");
	inner = NULL;
	mode = MODE_TUNNEL;
	settings = (nin3a_ue_settings_t){};
	kupf = (kupf_t){
		.get_verifying_session = get_verifying_session,
	};
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	decision = nin3a_ue_decision_create(&kupf, &config, sas, legs, &keyring);
}

void teardown()
{
	decision->destroy(decision);
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	kupf_session_unref(verified);
	kupf_session_unref(session);
	DESTROY_IF(inner);
	auth->destroy(auth);
	DESTROY_IF(wanted);
	DESTROY_IF(proposal);
	DESTROY_IF(child_proposal);
	test_ike_sa_deinit(&sa);
}

void setup_right()
{
	setup();
	attempt(create("198.51.100.2", 0));
}

static bool authorize(bool final)
{
	return decision->authorize(decision, &sa.public, final);
}

/**
 * The attempt fails for this reason, and does not go on whatever comes then.
 */
static void assert_refused(bool final, nin3a_ue_reason_t reason)
{
	ck_assert(!authorize(final));
	ck_assert_str_eq(nin3a_ue_reason_token(sas->get_failure(sas, IKE_SA)),
					 nin3a_ue_reason_token(reason));
}

START_TEST(test_right)
{
	ck_assert(authorize(FALSE));
	ck_assert(authorize(TRUE));
	ck_assert_int_eq(sas->get_failure(sas, IKE_SA), NIN3A_UE_UNDECIDED);
}
END_TEST

/* what was said against it before counts, though all is right now */
START_TEST(test_before)
{
	sas->set_failure(sas, IKE_SA, NIN3A_UE_INNER_ADDRESS);
	assert_refused(_i, NIN3A_UE_INNER_ADDRESS);
}
END_TEST

/* IKE_SAs of others are none of ours */
START_TEST(test_others)
{
	sa.unique_id = IKE_SA + 1;
	DESTROY_IF(proposal);
	proposal = NULL;
	ck_assert(authorize(_i));
}
END_TEST

START_TEST(test_no_psk)
{
	auth->destroy(auth);
	auth = auth_cfg_create();
	auth->add(auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PUBKEY);
	assert_refused(_i, NIN3A_UE_METHOD);
}
END_TEST

/* one round: neither none nor another one */
START_TEST(test_rounds)
{
	rounds = _i ? 2 : 0;
	ck_assert(authorize(FALSE));
	assert_refused(TRUE, NIN3A_UE_METHOD);
}
END_TEST

/* nobody's key, or that of another object of the same session */
START_TEST(test_key)
{
	kupf_session_unref(verified);
	verified = _i ? create("198.51.100.2", 0) : NULL;
	assert_refused(FALSE, NIN3A_UE_NOT_OUR_KEY);
}
END_TEST

/* the identity that the connection names, or any if it names none */
START_TEST(test_identity)
{
	want_id("carol@example.org");
	ck_assert(authorize(_i));
	want_id("*@example.org");
	ck_assert(authorize(_i));
	want_id("dave@example.org");
	assert_refused(_i, NIN3A_UE_RESPONDER_ID);
}
END_TEST

/* a connection that says nothing about it, and none at all */
START_TEST(test_no_identity)
{
	if (_i)
	{
		want_id(NULL);
	}
	else
	{
		wanted->destroy(wanted);
		wanted = NULL;
	}
	assert_refused(FALSE, NIN3A_UE_RESPONDER_ID);
}
END_TEST

START_TEST(test_proposal)
{
	proposal->destroy(proposal);
	proposal = NULL;
	if (_i)
	{
		proposal = proposal_create_from_string(PROTO_IKE,
											   "3des-sha256-modp2048");
		ck_assert(!decision->allows_rekeyed(decision, &sa.public));
	}
	assert_refused(FALSE, NIN3A_UE_IKE_PROPOSAL);
	if (_i)
	{	/* all that swanctl.conf allows */
		settings.ike_profile = TUNNEL_PROFILE_NONE;
		ck_assert(decision->allows_rekeyed(decision, &sa.public));
	}
}
END_TEST

START_TEST(test_address)
{
	attempt(create("198.51.100.3", 0));
	assert_refused(_i, NIN3A_UE_ADDRESS_MISMATCH);
}
END_TEST

START_TEST(test_expired)
{
	attempt(create("198.51.100.2", 1));
	assert_refused(_i, NIN3A_UE_SESSION_EXPIRED);
}
END_TEST

static bool allows_child(narrow_hook_t type)
{
	return decision->allows_child(decision, &sa.public, &child_sa, type);
}

START_TEST(test_child)
{
	inner = host_create_from_string("10.3.0.1", 0);
	ck_assert(allows_child(NARROW_INITIATOR_POST_AUTH));
	ck_assert(allows_child(NARROW_RESPONDER));
	child_proposal->destroy(child_proposal);
	child_proposal = proposal_create_from_string(PROTO_ESP, "3des-sha256");
	/* it is not known before */
	ck_assert(allows_child(NARROW_INITIATOR_PRE_AUTH));
	ck_assert(!allows_child(NARROW_INITIATOR_POST_AUTH));
	ck_assert(!allows_child(NARROW_RESPONDER));
	ck_assert(!allows_child(NARROW_RESPONDER_POST));
	settings.esp_profile = TUNNEL_PROFILE_NONE;
	ck_assert(allows_child(NARROW_INITIATOR_POST_AUTH));
}
END_TEST

/* without inner address what is sent would have our own */
START_TEST(test_child_inner)
{
	ck_assert(!allows_child(NARROW_INITIATOR_POST_AUTH));
	ck_assert_int_eq(sas->get_failure(sas, IKE_SA), NIN3A_UE_INNER_ADDRESS);
	/* it needs none in transport mode */
	mode = MODE_TRANSPORT;
	settings.esp_mode = TUNNEL_MODE_TRANSPORT;
	ck_assert(allows_child(NARROW_INITIATOR_POST_AUTH));
	/* nor is it looked at for others */
	mode = MODE_TUNNEL;
	sa.unique_id = IKE_SA + 1;
	ck_assert(allows_child(NARROW_INITIATOR_POST_AUTH));
}
END_TEST

static Suite *nin3a_ue_decision_suite()
{
	Suite *suite = suite_create("nin3a_ue_decision");
	TCase *tc = test_case(suite, "authorize", 0, setup_right, teardown);

	tcase_add_test(tc, test_right);
	tcase_add_loop_test(tc, test_before, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_others, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_no_psk, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_rounds, 0, 2);
	tcase_add_loop_test(tc, test_key, 0, 2);
	tcase_add_loop_test(tc, test_identity, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_no_identity, 0, 2);
	tcase_add_loop_test(tc, test_proposal, 0, 2);

	tc = test_case(suite, "sessions", 0, setup, teardown);
	tcase_add_loop_test(tc, test_address, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_expired, FALSE, TRUE + 1);

	tc = test_case(suite, "children", 0, setup_right, teardown);
	tcase_add_test(tc, test_child);
	tcase_add_test(tc, test_child_inner);

	nin3a_ue_decision_messages_case(suite);
	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_decision_suite());
}
