/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * UEs that no rule has seen: each is told once, with its reason, or not at all;
 * and what a stranger can cause with one packet is bounded.
 */

#include <check.h>

#include "nin3a/auth/nin3a_unjudged.h"
#include "nin3a/nin3a_counters.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

#include <encoding/payloads/id_payload.h>

/** IKE_INTERMEDIATE, which 5.9.8 has no name for (RFC 9242) */
#define INTERMEDIATE 43

/** Half-open IKE_SAs at the same time */
#define MANY 20000

/** A counter that is looked for */
typedef struct {
	const char *name;
	uint64_t value;
} counter_t;

/** Event that was raised last, and how many were */
static struct {
	u_int count;
	char id[64];
	char local[64];
	char remote[64];
	char reason[64];
} event;

/** An IKE_SA, and its configuration */
static test_ike_sa_t sa;
static ike_cfg_t *sa_cfg;

static kupf_t kupf;
static kupf_store_t *store;
static kupf_limiter_t limiter, early;
static nin3a_refusals_t *refusals;
static nin3a_unjudged_t *unjudged;
static message_t *message;
static u_int left_out;

static ike_cfg_t *get_ike_cfg(ike_sa_t *this)
{
	return sa_cfg;
}

static kupf_store_t *get_store(kupf_t *this)
{
	return store;
}

static void auth_failed(kupf_t *this, identification_t *id, host_t *local,
						host_t *remote, const char *reason)
{
	event.count++;
	snprintf(event.id, sizeof(event.id), "%Y", id);
	snprintf(event.local, sizeof(event.local), "%#H", local);
	snprintf(event.remote, sizeof(event.remote), "%#H", remote);
	snprintf(event.reason, sizeof(event.reason), "%s", reason);
}

static void count_left_out()
{
	left_out++;
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

static void setup()
{
	kupf_session_t *session;

	test_ike_sa_init(&sa, 1);
	sa.public.get_ike_cfg = get_ike_cfg;
	sa.state = IKE_CONNECTING;
	kupf = (kupf_t){
		.get_store = get_store,
		.auth_failed = auth_failed,
	};
	limiter = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	early = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	store = kupf_store_create(0, 0);
	session = test_session("carol", ID_KEY_ID, "carol", 0);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
	refusals = nin3a_refusals_create(&kupf, &limiter, &early);
	unjudged = nin3a_unjudged_create(store, refusals);
}

static void teardown()
{
	DESTROY_IF(message);
	unjudged->destroy(unjudged);
	refusals->destroy(refusals);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}

/**
 * Begin with a message.
 */
static void begin(exchange_type_t exchange, bool request)
{
	host_t *local = host_create_from_string("192.0.2.1", 4500);
	host_t *remote = host_create_from_string("198.51.100.2", 4711);

	DESTROY_IF(message);
	message = message_create(IKEV2_MAJOR_VERSION, IKEV2_MINOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
	message->set_source(message, request ? remote : local);
	message->set_destination(message, request ? local : remote);
}

/**
 * Begin with an IKE_AUTH request.
 *
 * @param name		who it is of, NULL for no IDi
 */
static void ask(const char *name)
{
	identification_t *id;

	begin(IKE_AUTH, TRUE);
	if (name)
	{
		id = identification_create_from_encoding(ID_KEY_ID,
									chunk_create((char*)name, strlen(name)));
		message->add_payload(message,
				(payload_t*)id_payload_create_from_identification(
												PLV2_ID_INITIATOR, id));
		id->destroy(id);
	}
}

static void receive(exchange_type_t exchange, status_t status)
{
	begin(exchange, TRUE);
	unjudged->unreadable(unjudged, &sa.public, message, status);
}

static void answer(exchange_type_t exchange, notify_type_t type)
{
	begin(exchange, FALSE);
	message->add_notify(message, FALSE, type, chunk_empty);
	unjudged->answer(unjudged, &sa.public, message);
}

/**
 * That one event more was raised, and one more was counted with its reason.
 *
 * @param reason	NULL if there was none
 */
static void assert_told(const char *reason)
{
	static u_int before;
	static uint64_t counted;
	uint64_t count = get_counter("nin3a-refused");

	ck_assert_uint_eq(event.count, before + (reason ? 1 : 0));
	ck_assert_uint_eq(count, counted + (reason ? 1 : 0));
	if (reason)
	{
		ck_assert_str_eq(event.reason, reason);
		ck_assert_str_eq(event.local, "192.0.2.1[4500]");
		ck_assert_str_eq(event.remote, "198.51.100.2[4711]");
	}
	before = event.count;
	counted = count;
}

/**
 * That the end of the IKE_SA tells so, and does it once.
 */
static void assert_end(const char *reason)
{
	assert_told(NULL);
	unjudged->end(unjudged, sa.unique_id);
	assert_told(reason);
	unjudged->end(unjudged, sa.unique_id);
	assert_told(NULL);
}

/* what is refused before IKE_AUTH is told with the answer */
START_TEST(test_answer)
{
	ike_cfg_t ike_cfg;

	sa.state = IKE_CREATED;
	answer(IKE_SA_INIT, NO_PROPOSAL_CHOSEN);
	assert_told("no-connection");
	sa_cfg = &ike_cfg;
	sa.state = IKE_CONNECTING;
	answer(IKE_SA_INIT, NO_PROPOSAL_CHOSEN);
	assert_told("no-proposal");
	answer(INTERMEDIATE, NO_PROPOSAL_CHOSEN);
	assert_told("no-proposal");
	/* the UE is to try again */
	answer(IKE_SA_INIT, INVALID_KE_PAYLOAD);
	assert_told(NULL);
	/* this is about a CHILD_SA */
	answer(IKE_AUTH, NO_PROPOSAL_CHOSEN);
	assert_told(NULL);
	sa.state = IKE_ESTABLISHED;
	answer(CREATE_CHILD_SA, NO_PROPOSAL_CHOSEN);
	assert_told(NULL);
	assert_end(NULL);
}
END_TEST

static const struct {
	status_t status;
	const char *reason, *early;
} statuses[] = {
	{ PARSE_ERROR, "malformed", "malformed" },
	{ VERIFY_ERROR, "malformed", "malformed" },
	{ INVALID_STATE, "malformed", "malformed" },
	{ INVALID_ARG, "malformed", "malformed" },
	{ NOT_SUPPORTED, "critical-payload", "critical-payload" },
	/* IKE_SA_INIT has no integrity check value */
	{ FAILED, "not-authentic", "malformed" },
};

START_TEST(test_unreadable)
{
	sa.state = IKE_CREATED;
	receive(IKE_SA_INIT, statuses[_i].status);
	assert_told(statuses[_i].early);
	assert_end(NULL);

	sa.state = IKE_CONNECTING;
	receive(IKE_AUTH, statuses[_i].status);
	assert_end(statuses[_i].reason);
}
END_TEST

/* what is no attempt of a UE */
START_TEST(test_unreadable_not)
{
	sa.conditions = COND_ORIGINAL_INITIATOR;
	receive(IKE_AUTH, PARSE_ERROR);
	assert_end(NULL);
	sa.conditions = 0;
	sa.version = IKEV1;
	receive(IKE_AUTH, PARSE_ERROR);
	assert_end(NULL);
	sa.version = IKEV2;
	sa.state = IKE_ESTABLISHED;
	receive(IKE_AUTH, PARSE_ERROR);
	assert_end(NULL);
	sa.state = IKE_CONNECTING;
	begin(IKE_AUTH, FALSE);
	unjudged->unreadable(unjudged, &sa.public, message, PARSE_ERROR);
	assert_end(NULL);
}
END_TEST

/* what anybody can send says nothing against what the UE has sent, and what is
 * authentic in its place is what counts */
START_TEST(test_not_authentic)
{
	receive(IKE_AUTH, NOT_SUPPORTED);
	receive(IKE_AUTH, FAILED);
	assert_end("critical-payload");

	receive(IKE_AUTH, FAILED);
	receive(IKE_AUTH, FAILED);
	receive(IKE_AUTH, PARSE_ERROR);
	assert_end("malformed");
}
END_TEST

/* where charon fails the request that comes to no NIN3A connection */
START_TEST(test_pass)
{
	ask(NULL);
	unjudged->pass(unjudged, &sa.public, message, FALSE);
	assert_end("no-identity");

	ask("carol");
	unjudged->pass(unjudged, &sa.public, message, FALSE);
	assert_end("no-connection");
	ck_assert_str_eq(event.id, "carol");

	ask("carol");
	unjudged->pass(unjudged, &sa.public, message, TRUE);
	assert_end("other-connection");
	ck_assert_str_eq(event.id, "carol");

	/* nobody's business */
	ask("dave");
	unjudged->pass(unjudged, &sa.public, message, TRUE);
	assert_end(NULL);
}
END_TEST

/* the last thing that the UE did before it came to its end is what counts */
START_TEST(test_pass_replaces)
{
	receive(IKE_AUTH, FAILED);
	ask("carol");
	unjudged->pass(unjudged, &sa.public, message, TRUE);
	assert_end("other-connection");

	receive(IKE_AUTH, NOT_SUPPORTED);
	ask("dave");
	unjudged->pass(unjudged, &sa.public, message, TRUE);
	assert_end(NULL);
}
END_TEST

/* it was judged, or is established */
START_TEST(test_drop)
{
	receive(IKE_AUTH, NOT_SUPPORTED);
	unjudged->drop(unjudged, sa.unique_id);
	assert_end(NULL);
	unjudged->drop(unjudged, sa.unique_id);
	assert_end(NULL);
}
END_TEST

/* a flood of half-open IKE_SAs: one note for each, however much comes, which
 * goes with it; what is left at the end is freed and not told */
START_TEST(test_many)
{
	uint64_t before = get_counter("nin3a-refused");
	size_t memory = 0;
	u_int round;

	for (round = 0; round < 8; round++)
	{
		for (sa.unique_id = 1; sa.unique_id <= MANY; sa.unique_id++)
		{
			receive(IKE_AUTH, _i ? NOT_SUPPORTED : FAILED);
		}
		if (!round)
		{
			memory = test_memory("VmRSS");
		}
	}
	ck_assert(!test_memory_grew("VmRSS", memory, 1024));
	ck_assert_uint_eq(get_counter("nin3a-refused"), before);
	for (sa.unique_id = 1; sa.unique_id <= MANY / 2; sa.unique_id++)
	{
		unjudged->end(unjudged, sa.unique_id);
	}
	ck_assert_uint_eq(get_counter("nin3a-refused"), before + MANY / 2);
	ck_assert_uint_eq(event.count, MANY / 2);
}
END_TEST

/* one packet each: all are counted, and few are told */
START_TEST(test_early_flood)
{
	uint64_t before = get_counter("nin3a-refused-no-proposal");
	ike_cfg_t ike_cfg;
	u_int i;

	sa_cfg = &ike_cfg;
	for (i = 0; i < 1000; i++)
	{
		answer(IKE_SA_INIT, NO_PROPOSAL_CHOSEN);
	}
	ck_assert_uint_eq(get_counter("nin3a-refused-no-proposal"),
					  before + 1000);
	ck_assert_uint_ge(event.count, KUPF_LIMITER_BURST);
	/* on a slow machine this takes seconds */
	ck_assert_uint_lt(event.count, 500);
	ck_assert_uint_eq(event.count + left_out, 1000);
	/* and they are told apart from those about IKE_AUTH */
	left_out = 0;
	receive(IKE_AUTH, PARSE_ERROR);
	unjudged->end(unjudged, sa.unique_id);
	ck_assert_str_eq(event.reason, "malformed");
	ck_assert_uint_eq(left_out, 0);
}
END_TEST

static Suite *nin3a_unjudged_suite(void)
{
	Suite *suite = suite_create("nin3a_unjudged");
	TCase *tc = test_case(suite, "told", 0, setup, teardown);

	tcase_add_test(tc, test_answer);
	tcase_add_loop_test(tc, test_unreadable, 0, countof(statuses));
	tcase_add_test(tc, test_unreadable_not);
	tcase_add_test(tc, test_not_authentic);
	tcase_add_test(tc, test_pass);
	tcase_add_test(tc, test_pass_replaces);
	tcase_add_test(tc, test_drop);

	tc = test_case(suite, "floods", 60, setup, teardown);
	tcase_add_loop_test(tc, test_many, 0, 2);
	tcase_add_test(tc, test_early_flood);

	return suite;
}

int main(void)
{
	return test_run(nin3a_unjudged_suite());
}
