/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * CHILD_SAs of NIN3A connections: whatever is asked for is cut to the inner
 * addresses of the session, or refused, whichever way it comes.
 */

#include "nin3a/nin3a_counters.h"
#include "nin3a/tunnels/nin3a_child_sas.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

#include <crypto/proposal/proposal.h>

/** Unique identifier of the IKE_SA */
#define IKE_SA 7

/** A counter that is looked for */
typedef struct {
	const char *name;
	uint64_t value;
} counter_t;

/** Calls for a CHILD_SA of which one decides on it */
static const narrow_hook_t decisions[] = {
	NARROW_RESPONDER, NARROW_INITIATOR_POST_NOAUTH, NARROW_INITIATOR_POST_AUTH,
};

static test_ike_sa_t sa;
static nin3a_settings_t settings;
static kupf_store_t *store;
static kupf_session_t *session;
static nin3a_tunnels_t *tunnels;
static nin3a_child_sas_t *child_sas;
static kupf_limiter_t limiter;

/** What is negotiated */
static proposal_t *proposal;
static linked_list_t *local, *remote;

/** Task that charon has under way */
static task_type_t sa_task;
static task_queue_t sa_queue;

/** Answer of check(), and its calls */
static tunnel_bound_t bound;
static u_int checked;

static void get_settings(nin3a_config_t *this, nin3a_settings_t *out)
{
	*out = settings;
}

static nin3a_config_t config = {
	.get = get_settings,
};

static ipsec_mode_t get_mode(child_cfg_t *this)
{
	return MODE_TUNNEL;
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

static proposal_t *get_proposal(child_sa_t *this)
{
	return proposal;
}

static child_sa_t child_sa = {
	.get_config = get_config,
	.get_proposal = get_proposal,
};

static task_type_t get_type(task_t *this)
{
	return sa_task;
}

static enumerator_t *create_task_enumerator(ike_sa_t *this, task_queue_t queue)
{
	static task_t task = {
		.get_type = get_type,
	};

	return queue == sa_queue ? enumerator_create_single(&task, NULL)
							 : enumerator_create_empty();
}

static tunnel_bound_t check(tunnel_bounds_t *this, ike_sa_t *ike_sa,
							message_t *message, const tunnel_limits_t *limits)
{
	ck_assert_uint_eq(limits->child_sas, 3);
	checked++;
	return bound;
}

static tunnel_bounds_t bounds = {
	.check = check,
};

static void count_left_out()
{
}

/**
 * Look for the counter that is asked for.
 */
static void find_counter(void *user, const char *name, uint64_t value)
{
	counter_t *wanted = user;

	if (streq(name, wanted->name))
	{
		wanted->value = value;
	}
}

static uint64_t get_counter(const char *name)
{
	counter_t wanted = { name, UINT64_MAX };

	nin3a_counters_report(find_counter, &wanted);
	ck_assert_uint_ne(wanted.value, UINT64_MAX);
	return wanted.value;
}

/** That a statement counts so many */
#define assert_counts(name, number, ...) do { \
	uint64_t before_ = get_counter(name); \
	__VA_ARGS__; \
	ck_assert_uint_eq(get_counter(name), before_ + (number)); \
} while (0)

/**
 * Create a version of the session of the UE, that follows on one or is the
 * first.
 */
static kupf_session_t *version(char key, const char *address,
							   const kupf_session_t *before)
{
	kupf_session_data_t data;
	uint8_t bytes[32];

	test_session_data(&data, "s", ID_KEY_ID, "id");
	memset(bytes, key, sizeof(bytes));
	data.key = chunk_from_thing(bytes);
	ck_assert(kupf_address_parse(chunk_from_str((char*)address),
								 &data.ue_addresses[0]));
	data.ue_address_count = 1;
	data.generation = before ? 2 : 1;
	data.lineage = before ? kupf_session_get_lineage(before) : 0;
	return kupf_session_create(&data);
}

/**
 * The session is modified.
 */
static void modify(char key, const char *address)
{
	kupf_session_t *other = version(key, address, session);

	ck_assert_int_eq(store->replace(store, session, other), KUPF_STORE_OK);
	kupf_session_unref(other);
}

static traffic_selector_t *selector(char *from, char *to)
{
	return traffic_selector_create_from_string(0, TS_IPV4_ADDR_RANGE, from, 0,
											   to, 65535);
}

static void clear(linked_list_t *list)
{
	traffic_selector_t *ts;

	while (list->remove_last(list, (void**)&ts) == SUCCESS)
	{
		ts->destroy(ts);
	}
}

/**
 * What both sides propose: everything.
 */
static void propose()
{
	clear(local);
	clear(remote);
	local->insert_last(local, selector("0.0.0.0", "255.255.255.255"));
	remote->insert_last(remote, selector("0.0.0.0", "255.255.255.255"));
}

static void setup()
{
	tunnel_spis_t spis = {};

	test_ike_sa_init(&sa, IKE_SA);
	sa.public.create_task_enumerator = create_task_enumerator;
	sa_task = TASK_CHILD_CREATE;
	sa_queue = TASK_QUEUE_PASSIVE;
	settings = (nin3a_settings_t){ .limits = { .child_sas = 3, }, };
	checked = 0;
	limiter = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	proposal = proposal_create_from_string(PROTO_ESP, "aes256gcm16");
	ck_assert_ptr_nonnull(proposal);
	store = kupf_store_create(0, 0);
	session = version('K', "10.3.0.1", NULL);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	tunnels = nin3a_tunnels_create();
	tunnels->begin(tunnels, IKE_SA, nin3a_attempt_create(sa.other_id, sa.local,
													sa.remote, NIN3A_ALLOWED));
	ck_assert(tunnels->bind(tunnels, IKE_SA, session, &spis));
	ck_assert(tunnels->establish(tunnels, IKE_SA));
	child_sas = nin3a_child_sas_create(&config, tunnels, store, &limiter);
	local = linked_list_create();
	remote = linked_list_create();
	propose();
}

static void teardown()
{
	clear(local);
	clear(remote);
	local->destroy(local);
	remote->destroy(remote);
	child_sas->destroy(child_sas);
	tunnels->destroy(tunnels);
	kupf_session_unref(session);
	store->destroy(store);
	proposal->destroy(proposal);
	test_ike_sa_deinit(&sa);
}

static void narrow(narrow_hook_t type)
{
	child_sas->narrow(child_sas, &sa.public, &child_sa, type, local, remote);
}

/**
 * It has had a CHILD_SA.
 */
static void up()
{
	kupf_session_unref(tunnels->up(tunnels, IKE_SA));
}

/**
 * The UE's side is its inner address.
 */
static void assert_narrowed()
{
	traffic_selector_t *ts;
	char text[64];

	ck_assert_int_eq(remote->get_count(remote), 1);
	ck_assert_int_eq(local->get_count(local), 1);
	ck_assert_int_eq(remote->get_first(remote, (void**)&ts), SUCCESS);
	snprintf(text, sizeof(text), "%R", ts);
	ck_assert_str_eq(text, "10.3.0.1/32");
}

static void assert_refused()
{
	ck_assert_int_eq(remote->get_count(remote), 0);
}

START_TEST(test_narrowed)
{
	u_int i;

	for (i = 0; i < countof(decisions); i++)
	{
		propose();
		narrow(decisions[i]);
		assert_narrowed();
	}
	/* what other plugins have widened in between */
	propose();
	narrow(NARROW_RESPONDER_POST);
	assert_narrowed();
}
END_TEST

/* of another UE, or of nobody */
START_TEST(test_others)
{
	clear(remote);
	remote->insert_last(remote, selector("10.3.0.2", "10.3.0.255"));
	assert_counts("nin3a-selectors-refused", 1, narrow(NARROW_RESPONDER));
	assert_refused();
	/* it is counted once */
	assert_counts("nin3a-selectors-refused", 0, narrow(NARROW_RESPONDER_POST));
}
END_TEST

/* an IKE_SA of a NIN3A connection that is bound to no session */
START_TEST(test_no_session)
{
	tunnels->remove(tunnels, IKE_SA);
	narrow(NARROW_RESPONDER);
	assert_refused();
}
END_TEST

/* outside of the profile, whoever asks, and counted once */
START_TEST(test_profile)
{
	proposal->destroy(proposal);
	proposal = proposal_create_from_string(PROTO_ESP, "3des-sha256");
	assert_counts("nin3a-proposals-refused", 1, narrow(decisions[_i]));
	assert_refused();
	propose();
	assert_counts("nin3a-proposals-refused", 0, narrow(NARROW_RESPONDER_POST));
	/* all that swanctl.conf allows */
	settings.esp_profile = TUNNEL_PROFILE_NONE;
	propose();
	narrow(decisions[_i]);
	assert_narrowed();
}
END_TEST

/* another key: an old tunnel gets no CHILD_SA but in place of what it has */
START_TEST(test_outdated)
{
	up();
	modify('M', "10.3.0.1");
	assert_counts("nin3a-outdated-refused", 1, narrow(NARROW_RESPONDER));
	assert_refused();
	propose();
	sa_task = TASK_CHILD_REKEY;
	assert_counts("nin3a-outdated-refused", 0, narrow(NARROW_RESPONDER));
	assert_narrowed();
	/* a rekeying of ours is no reason for the UE's request */
	propose();
	sa_queue = TASK_QUEUE_ACTIVE;
	assert_counts("nin3a-outdated-refused", 1, narrow(NARROW_RESPONDER));
	assert_refused();
	propose();
	assert_counts("nin3a-outdated-refused", 0,
				  narrow(NARROW_INITIATOR_POST_AUTH));
	assert_narrowed();
}
END_TEST

/* modified while it authenticated: it may come up with the same addresses */
START_TEST(test_fresh)
{
	modify('M', _i ? "10.3.0.2" : "10.3.0.1");
	assert_counts("nin3a-outdated-refused", _i, narrow(NARROW_RESPONDER));
	ck_assert_int_eq(remote->get_count(remote), _i ? 0 : 1);
}
END_TEST

/* deleted */
START_TEST(test_gone)
{
	ck_assert(store->remove(store, session));
	assert_counts("nin3a-outdated-refused", 1, narrow(NARROW_RESPONDER));
	assert_refused();
}
END_TEST

/* a side with many selectors */
START_TEST(test_many)
{
	u_int i;

	clear(local);
	for (i = 0; i < TUNNEL_SELECTORS_MAX; i++)
	{
		local->insert_last(local, selector("192.0.2.1", "192.0.2.2"));
	}
	assert_counts("nin3a-selectors-exceeded", 0, narrow(NARROW_RESPONDER));
	ck_assert_int_eq(local->get_count(local), TUNNEL_SELECTORS_MAX);
	local->insert_last(local, selector("192.0.2.1", "192.0.2.2"));
	assert_counts("nin3a-selectors-exceeded", 1, narrow(NARROW_RESPONDER));
	ck_assert_int_eq(local->get_count(local), TUNNEL_SELECTORS_MAX);
}
END_TEST

START_TEST(test_bounds)
{
	message_t *message;

	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_request(message, TRUE);
	/* nothing else is bounded */
	bound = TUNNEL_CHILDREN_EXCEEDED;
	message->set_exchange_type(message, INFORMATIONAL);
	ck_assert(child_sas->permits(child_sas, &bounds, &sa.public, message));
	ck_assert_uint_eq(checked, 0);
	message->set_exchange_type(message, CREATE_CHILD_SA);
	assert_counts("nin3a-child-sas-exceeded", 1,
				  ck_assert(!child_sas->permits(child_sas, &bounds, &sa.public,
												message)));
	bound = TUNNEL_RATE_EXCEEDED;
	assert_counts("nin3a-rekeyings-exceeded", 1,
				  ck_assert(!child_sas->permits(child_sas, &bounds, &sa.public,
												message)));
	bound = TUNNEL_WITHIN;
	ck_assert(child_sas->permits(child_sas, &bounds, &sa.public, message));
	ck_assert_uint_eq(checked, 3);
	/* nor is an IKE_SA of others */
	bound = TUNNEL_CHILDREN_EXCEEDED;
	tunnels->remove(tunnels, IKE_SA);
	ck_assert(child_sas->permits(child_sas, &bounds, &sa.public, message));
	ck_assert_uint_eq(checked, 3);
	message->destroy(message);
}
END_TEST

static Suite *nin3a_child_sas_suite()
{
	Suite *suite = suite_create("nin3a_child_sas");
	TCase *tc = test_case(suite, "child_sas", 0, setup, teardown);

	tcase_add_test(tc, test_narrowed);
	tcase_add_test(tc, test_others);
	tcase_add_test(tc, test_no_session);
	tcase_add_loop_test(tc, test_profile, 0, countof(decisions));
	tcase_add_test(tc, test_outdated);
	tcase_add_loop_test(tc, test_fresh, 0, 2);
	tcase_add_test(tc, test_gone);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_bounds);
	return suite;
}

int main(void)
{
	return test_run(nin3a_child_sas_suite());
}
