/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What charon has verified, before it goes on: each fact that speaks against
 * the UE is found and refuses it, with its own reason, and all of them right
 * let it in.
 */

#include <check.h>

#include "test_nin3a_decision.h"
#include "test_runner.h"
#include "test_support.h"

test_ike_sa_t sa;

struct asked_t asked;

/** The settings */
static nin3a_settings_t settings;
const char *named;

kupf_session_t *verified;

struct checked_t checked;

static kupf_t kupf;
kupf_store_t *store;
nin3a_tunnels_t *tunnels;
static nin3a_setups_t *setups;
nin3a_decision_t *decision;

kupf_session_t *session;

static uint32_t get_statistic(ike_sa_t *this, statistic_t kind)
{
	return kind == STAT_ESTABLISHED && asked.established;
}

static peer_cfg_t *get_peer_cfg(ike_sa_t *this)
{
	return asked.peer_cfg;
}

static auth_cfg_t *get_auth_cfg(ike_sa_t *this, bool local)
{
	ck_assert(!local);
	return asked.auth;
}

static identification_t *get_other_eap_id(ike_sa_t *this)
{
	return asked.eap ?: sa.other_id;
}

static bool is_named(nin3a_config_t *this, const char *name)
{
	return streq(name, named);
}

static void get_settings(nin3a_config_t *this, nin3a_settings_t *out)
{
	*out = settings;
}

static kupf_store_t *get_store(kupf_t *this)
{
	return store;
}

static kupf_session_t *get_verifying_session(kupf_t *this, uint32_t ike_sa)
{
	kupf_session_t *found = verified;

	ck_assert_uint_eq(ike_sa, IKE_SA);
	verified = NULL;
	return found;
}

static void check(nin3a_jobs_t *this, kupf_session_t *current, uint32_t grace)
{
	checked.count++;
	checked.session = current;
	checked.grace = grace;
}

static nin3a_config_t config = {
	.is_named = is_named,
	.get = get_settings,
};

static nin3a_jobs_t jobs = {
	.check = check,
};

void add_round(bool local, auth_class_t class)
{
	auth_cfg_t *auth = auth_cfg_create();

	auth->add(auth, AUTH_RULE_AUTH_CLASS, class);
	asked.peer_cfg->add_auth_cfg(asked.peer_cfg, auth, local);
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

	test_ike_sa_init(&sa, IKE_SA);
	sa.public.get_statistic = get_statistic;
	sa.public.get_peer_cfg = get_peer_cfg;
	sa.public.get_auth_cfg = get_auth_cfg;
	sa.public.get_other_eap_id = get_other_eap_id;
	memset(&asked, 0, sizeof(asked));
	asked.peer_cfg = peer_cfg_create("nin3a", ike_cfg_create(&ike), &peer);
	add_round(TRUE, AUTH_CLASS_PSK);
	add_round(FALSE, AUTH_CLASS_PSK);
	asked.auth = auth_cfg_create();
	asked.auth->add(asked.auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PSK);
	settings = (nin3a_settings_t){
		.grace = 30,
		.address_match = TRUE,
	};
	named = "nin3a";
	memset(&checked, 0, sizeof(checked));
	kupf = (kupf_t){
		.get_store = get_store,
		.get_verifying_session = get_verifying_session,
	};
	store = kupf_store_create(0, 0);
	tunnels = nin3a_tunnels_create();
	setups = nin3a_setups_create();
	decision = nin3a_decision_create(&kupf, &config, tunnels, &jobs, NULL, NULL,
									 setups);
	session = test_session("carol", ID_RFC822_ADDR, "carol@example.org", 0);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	tunnels->begin(tunnels, IKE_SA, nin3a_attempt_create(sa.other_id, sa.local,
												sa.remote, NIN3A_ALLOWED));
	verified = kupf_session_ref(session);
}

void teardown()
{
	kupf_session_unref(verified);
	verified = NULL;
	kupf_session_unref(session);
	decision->destroy(decision);
	setups->destroy(setups);
	tunnels->destroy(tunnels);
	store->destroy(store);
	DESTROY_IF(asked.eap);
	asked.auth->destroy(asked.auth);
	asked.peer_cfg->destroy(asked.peer_cfg);
	test_ike_sa_deinit(&sa);
}

bool authorize(bool final)
{
	return decision->authorize(decision, &sa.public, final);
}

void assert_refused(bool final, nin3a_reason_t reason)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	ck_assert(!authorize(final));
	ck_assert_int_eq(tunnels->get_state(tunnels, IKE_SA), NIN3A_STATE_REFUSED);
	attempt = tunnels->take_attempt(tunnels, IKE_SA, &state);
	ck_assert_ptr_nonnull(attempt);
	ck_assert_str_eq(nin3a_reason_token(attempt->reason),
					 nin3a_reason_token(reason));
	ck_assert(attempt->id->equals(attempt->id, sa.other_id));
	nin3a_attempt_destroy(attempt);
	/* and so is whatever charon thinks of it afterwards */
	ck_assert(!authorize(TRUE));
}

void put_instead(kupf_session_t *other)
{
	ck_assert(store->remove(store, session));
	ck_assert_int_eq(store->put(store, other), KUPF_STORE_OK);
}

kupf_session_t *version(char key, uint32_t generation, bool anew)
{
	kupf_session_data_t data;
	kupf_session_t *made;
	char bytes[32];

	memset(bytes, key, sizeof(bytes));
	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.key = chunk_from_thing(bytes);
	data.generation = generation;
	data.created = kupf_session_get_created(session);
	data.lineage = anew ? 0 : kupf_session_get_lineage(session);
	made = kupf_session_create(&data);
	ck_assert_ptr_nonnull(made);
	return made;
}

START_TEST(test_right)
{
	kupf_session_t *bound;

	ck_assert(authorize(FALSE));
	ck_assert_int_eq(tunnels->get_state(tunnels, IKE_SA),
					 NIN3A_STATE_VERIFIED);
	bound = tunnels->get_session(tunnels, IKE_SA);
	ck_assert(bound == session);
	kupf_session_unref(bound);
	ck_assert(authorize(TRUE));
	ck_assert_uint_eq(checked.count, 0);
}
END_TEST

START_TEST(test_no_session)
{
	kupf_session_unref(verified);
	verified = NULL;
	assert_refused(FALSE, NIN3A_NOT_OUR_KEY);
}
END_TEST

START_TEST(test_no_psk)
{
	asked.auth->destroy(asked.auth);
	asked.auth = auth_cfg_create();
	if (_i)
	{
		asked.auth->add(asked.auth, AUTH_RULE_AUTH_CLASS, AUTH_CLASS_PUBKEY);
	}
	assert_refused(FALSE, NIN3A_METHOD);
}
END_TEST

static char *others[] = {
	"dave@example.org",
	"CAROL@example.org",
	"carol@example.or",
	"fqdn:carol@example.org",
	"@#6361726f6c406578616d706c652e6f7267",
	"*@example.org",
};

START_TEST(test_other_identity)
{
	nin3a_attempt_t *attempt;
	nin3a_state_t state;

	sa.other_id->destroy(sa.other_id);
	sa.other_id = identification_create_from_string(others[_i]);
	ck_assert(!authorize(FALSE));
	attempt = tunnels->take_attempt(tunnels, IKE_SA, &state);
	ck_assert_int_eq(attempt->reason, NIN3A_NOT_OUR_KEY);
	nin3a_attempt_destroy(attempt);
}
END_TEST

START_TEST(test_deleted)
{
	ck_assert(store->remove(store, session));
	assert_refused(FALSE, NIN3A_SESSION_GONE);
}
END_TEST

START_TEST(test_established_anew)
{
	kupf_session_t *other = version('K', 2, TRUE);

	put_instead(other);
	kupf_session_unref(other);
	assert_refused(FALSE, NIN3A_SESSION_GONE);
}
END_TEST

START_TEST(test_older)
{
	kupf_session_t *newer = version('M', 3, FALSE), *older = version('K', 2, FALSE);

	/* verified with one that came after what is in the store now */
	put_instead(older);
	kupf_session_unref(verified);
	verified = newer;
	kupf_session_unref(older);
	assert_refused(FALSE, NIN3A_SESSION_GONE);
}
END_TEST

START_TEST(test_modified)
{
	kupf_session_t *other = version('M', 2, FALSE);

	put_instead(other);
	ck_assert(authorize(FALSE));
	ck_assert(authorize(TRUE));
	ck_assert_uint_eq(checked.count, 1);
	ck_assert(checked.session == other);
	ck_assert_uint_eq(checked.grace, settings.grace);
	kupf_session_unref(other);
}
END_TEST

/**
 * Give the UE another session in place of its own.
 */
static void change(kupf_session_data_t *data)
{
	kupf_session_t *other = kupf_session_create(data);

	ck_assert_ptr_nonnull(other);
	put_instead(other);
	kupf_session_unref(verified);
	kupf_session_unref(session);
	session = other;
	verified = kupf_session_ref(other);
}

START_TEST(test_expired)
{
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.lifetime = 1;
	data.expiry = time_monotonic(NULL) - 1;
	change(&data);
	assert_refused(FALSE, NIN3A_SESSION_EXPIRED);
}
END_TEST

START_TEST(test_service)
{
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.services = KUPF_SERVICE_MPQUIC;
	change(&data);
	assert_refused(FALSE, NIN3A_SERVICE);
}
END_TEST

START_TEST(test_address)
{
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	ck_assert(kupf_address_parse(chunk_from_str(_i ? "192.0.2.1" : "192.0.2.9"),
								 &data.upf_address));
	change(&data);
	if (_i)
	{
		ck_assert(authorize(FALSE));
	}
	else
	{
		assert_refused(FALSE, NIN3A_ADDRESS_MISMATCH);
	}
}
END_TEST

START_TEST(test_address_of_no_matter)
{
	kupf_session_data_t data;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	ck_assert(kupf_address_parse(chunk_from_str("192.0.2.9"),
								 &data.upf_address));
	change(&data);
	settings.address_match = FALSE;
	ck_assert(authorize(FALSE));
}
END_TEST

START_TEST(test_set_ups)
{
	u_int i;

	settings.max_setups = 3;
	for (i = 0; i < settings.max_setups; i++)
	{
		ck_assert(authorize(FALSE));
		tunnels->remove(tunnels, IKE_SA);
		tunnels->begin(tunnels, IKE_SA, nin3a_attempt_create(sa.other_id, sa.local,
												sa.remote, NIN3A_ALLOWED));
		verified = kupf_session_ref(session);
	}
	assert_refused(FALSE, NIN3A_SET_UPS);
}
END_TEST

static Suite *nin3a_decision_suite(void)
{
	Suite *suite = suite_create("nin3a_decision");
	TCase *tc = test_case(suite, "verified", 0, setup, teardown);

	tcase_add_test(tc, test_right);
	tcase_add_test(tc, test_no_session);
	tcase_add_loop_test(tc, test_no_psk, 0, 2);
	tcase_add_loop_test(tc, test_other_identity, 0, countof(others));
	tcase_add_test(tc, test_deleted);
	tcase_add_test(tc, test_established_anew);
	tcase_add_test(tc, test_older);
	tcase_add_test(tc, test_modified);
	tcase_add_test(tc, test_expired);
	tcase_add_test(tc, test_service);
	tcase_add_loop_test(tc, test_address, 0, 2);
	tcase_add_test(tc, test_address_of_no_matter);
	tcase_add_test(tc, test_set_ups);

	nin3a_decision_final_case(suite);
	nin3a_decision_others_case(suite);
	return suite;
}

int main(void)
{
	return test_run(nin3a_decision_suite());
}
