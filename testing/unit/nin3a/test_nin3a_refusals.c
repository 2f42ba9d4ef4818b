/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How refused attempts are told: with the reason that is found when no key has
 * verified the UE, and how many of them are.
 */

#include "nin3a/auth/nin3a_refusals.h"
#include "nin3a/nin3a_counters.h"
#include "test_ike_sa.h"
#include "test_runner.h"
#include "test_support.h"

/** Refusals at once, far more than are logged */
#define MANY 1000

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

static test_ike_sa_t sa;
static kupf_t kupf;
static kupf_store_t *store;
static kupf_limiter_t limiter, early;
static nin3a_refusals_t *refusals;
static u_int left_out, early_left_out;

static kupf_store_t *get_store(kupf_t *this)
{
	return store;
}

static void auth_failed(kupf_t *this, identification_t *id, host_t *local,
						host_t *remote, const char *reason)
{
	event.count++;
	event.id[0] = '\0';
	if (id)
	{
		snprintf(event.id, sizeof(event.id), "%Y", id);
	}
	snprintf(event.local, sizeof(event.local), "%#H", local);
	snprintf(event.remote, sizeof(event.remote), "%#H", remote);
	snprintf(event.reason, sizeof(event.reason), "%s", reason);
}

static void count_left_out()
{
	left_out++;
}

static void count_early_left_out()
{
	early_left_out++;
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

/**
 * Get the counter of refusals for a reason.
 */
static uint64_t get_counter(nin3a_reason_t reason)
{
	char name[64];
	counter_t wanted = { name, UINT64_MAX };

	snprintf(name, sizeof(name), "nin3a-refused-%s",
			 nin3a_reason_token(reason));
	nin3a_counters_report(find_counter, &wanted);
	ck_assert_uint_ne(wanted.value, UINT64_MAX);
	return wanted.value;
}

static void setup()
{
	test_ike_sa_init(&sa, 1);
	kupf = (kupf_t){
		.get_store = get_store,
		.auth_failed = auth_failed,
	};
	event.count = left_out = early_left_out = 0;
	limiter = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_left_out);
	early = (kupf_limiter_t)KUPF_LIMITER("nin3a", count_early_left_out);
	store = kupf_store_create(0, 0);
	refusals = nin3a_refusals_create(&kupf, &limiter, &early);
}

static void teardown()
{
	refusals->destroy(refusals);
	store->destroy(store);
	test_ike_sa_deinit(&sa);
}

/**
 * Put a session of the UE into the store.
 */
static void put(uint32_t services, uint32_t expiry)
{
	kupf_session_data_t data;
	kupf_session_t *session;

	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.services = services;
	data.expiry = expiry;
	session = kupf_session_create(&data);
	ck_assert_int_eq(store->put(store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
}

static nin3a_attempt_t *attempt(nin3a_reason_t reason)
{
	return nin3a_attempt_create(sa.other_id, sa.local, sa.remote, reason);
}

/**
 * A refusal is counted and told for a reason.
 */
static void assert_told(nin3a_attempt_t *attempt, nin3a_state_t state,
						nin3a_reason_t reason)
{
	uint64_t before = get_counter(reason);
	u_int events = event.count;

	refusals->report(refusals, attempt, state);
	ck_assert_uint_eq(get_counter(reason), before + 1);
	ck_assert_uint_eq(event.count, events + 1);
	ck_assert_str_eq(event.reason, nin3a_reason_token(reason));
}

START_TEST(test_told)
{
	assert_told(attempt(NIN3A_IKE_PROPOSAL), NIN3A_STATE_REFUSED,
				NIN3A_IKE_PROPOSAL);
	ck_assert_str_eq(event.id, "carol@example.org");
	ck_assert_str_eq(event.local, "192.0.2.1[4500]");
	ck_assert_str_eq(event.remote, "198.51.100.2[4711]");
	/* one without identity */
	assert_told(nin3a_attempt_create(NULL, sa.local, sa.remote,
									 NIN3A_IKE_PROPOSAL),
				NIN3A_STATE_REFUSED, NIN3A_IKE_PROPOSAL);
	ck_assert_str_eq(event.id, "");
}
END_TEST

/* nothing speaks against it, but no key has verified the UE */
START_TEST(test_no_key)
{
	nin3a_attempt_t *this;

	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_GUARDED,
				NIN3A_UNKNOWN_IDENTITY);
	assert_told(nin3a_attempt_create(NULL, sa.local, sa.remote, NIN3A_ALLOWED),
				NIN3A_STATE_GUARDED, NIN3A_UNKNOWN_IDENTITY);
	put(KUPF_SERVICE_IKE, 0);
	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_GUARDED, NIN3A_WRONG_KEY);
	/* what it says about a PPK explains it */
	this = attempt(NIN3A_ALLOWED);
	this->auth.ppk_named = TRUE;
	assert_told(this, NIN3A_STATE_GUARDED, NIN3A_PPK_UNKNOWN);
	this = attempt(NIN3A_ALLOWED);
	this->auth.ppk_named = this->ppk_held = TRUE;
	assert_told(this, NIN3A_STATE_GUARDED, NIN3A_WRONG_KEY);
	this = attempt(NIN3A_ALLOWED);
	this->auth.no_ppk_auth = TRUE;
	assert_told(this, NIN3A_STATE_GUARDED, NIN3A_NO_PPK_AUTH_USED);
	this = attempt(NIN3A_ALLOWED);
	this->ppk_required = TRUE;
	assert_told(this, NIN3A_STATE_GUARDED, NIN3A_PPK_MISSING);
}
END_TEST

START_TEST(test_no_key_any_more)
{
	put(KUPF_SERVICE_IKE, 1);
	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_GUARDED,
				NIN3A_SESSION_EXPIRED);
}
END_TEST

START_TEST(test_no_key_of_ours)
{
	put(KUPF_SERVICE_TLS, 0);
	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_GUARDED, NIN3A_SERVICE);
}
END_TEST

/* a key has verified the UE, and something else happened */
START_TEST(test_incomplete)
{
	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_VERIFIED,
				NIN3A_INCOMPLETE);
	assert_told(attempt(NIN3A_ALLOWED), NIN3A_STATE_REFUSED, NIN3A_INCOMPLETE);
}
END_TEST

/* each has its event and is counted, but not each is logged; of what costs a
 * stranger one packet not all are told, either, and it takes nothing from the
 * others */
START_TEST(test_many)
{
	uint64_t before = get_counter(NIN3A_IKE_PROPOSAL);
	nin3a_attempt_t *this;
	u_int i;

	for (i = 0; i < MANY; i++)
	{
		this = attempt(NIN3A_IKE_PROPOSAL);
		this->early = TRUE;
		refusals->report(refusals, this, NIN3A_STATE_REFUSED);
	}
	ck_assert_uint_eq(get_counter(NIN3A_IKE_PROPOSAL), before + MANY);
	ck_assert_uint_gt(early_left_out, 0);
	ck_assert_uint_eq(left_out, 0);
	ck_assert_uint_eq(event.count, MANY - early_left_out);
	event.count = early_left_out = 0;
	for (i = 0; i < MANY; i++)
	{
		refusals->report(refusals, attempt(NIN3A_IKE_PROPOSAL),
						 NIN3A_STATE_REFUSED);
	}
	ck_assert_uint_eq(get_counter(NIN3A_IKE_PROPOSAL), before + 2 * MANY);
	ck_assert_uint_gt(left_out, 0);
	ck_assert_uint_eq(early_left_out, 0);
	ck_assert_uint_eq(event.count, MANY);
}
END_TEST

static Suite *nin3a_refusals_suite()
{
	Suite *suite = suite_create("nin3a_refusals");
	TCase *tc = test_case(suite, "refusals", 0, setup, teardown);

	tcase_add_test(tc, test_told);
	tcase_add_test(tc, test_no_key);
	tcase_add_test(tc, test_no_key_any_more);
	tcase_add_test(tc, test_no_key_of_ours);
	tcase_add_test(tc, test_incomplete);
	tcase_add_test(tc, test_many);
	return suite;
}

int main(void)
{
	return test_run(nin3a_refusals_suite());
}
