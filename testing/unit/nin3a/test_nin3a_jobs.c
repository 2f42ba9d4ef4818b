/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The jobs of a UPF: one job settles a session, however many IKE_SAs its UE sets
 * up.  charon's scheduler keeps them here, the test carries them out.
 */

#include <check.h>

#include "nin3a/tunnels/nin3a_jobs.h"
#include "test_runner.h"
#include "test_support.h"

/** Most jobs of a test */
#define MOST 8

/** IKE_SAs that a UE sets up */
#define IKE_SAS 300

/** Jobs that are scheduled, and their delays */
static struct {
	job_t *job;
	uint32_t delay;
} queued[MOST];
static u_int count;

static nin3a_tunnels_t *tunnels;
static kupf_store_t *store;
static nin3a_jobs_t *jobs;
static kupf_session_t *a, *b;

/** What the scheduler has done before */
static scheduler_t original;

static void schedule_job_ms(scheduler_t *this, job_t *job, uint32_t delay)
{
	ck_assert_uint_lt(count, MOST);
	queued[count].job = job;
	queued[count++].delay = delay;
}

static void setup()
{
	original = *lib->scheduler;
	lib->scheduler->schedule_job_ms = schedule_job_ms;
	count = 0;
	tunnels = nin3a_tunnels_create();
	store = kupf_store_create(0, 0);
	jobs = nin3a_jobs_create(NULL, NULL, tunnels, store);
	a = test_session("a", ID_KEY_ID, "a", 0);
	b = test_session("b", ID_KEY_ID, "b", 0);
}

static void teardown()
{
	kupf_session_unref(a);
	kupf_session_unref(b);
	jobs->destroy(jobs);
	store->destroy(store);
	tunnels->destroy(tunnels);
	while (count)
	{
		count--;
		queued[count].job->destroy(queued[count].job);
	}
	*lib->scheduler = original;
}

/**
 * Carry out a job.
 *
 * @return			whether it is to be carried out again
 */
static bool execute(u_int number)
{
	job_requeue_t requeue;

	ck_assert_uint_lt(number, count);
	requeue = queued[number].job->execute(queued[number].job);
	ck_assert(requeue.type == JOB_REQUEUE_TYPE_NONE ||
			  requeue.type == JOB_REQUEUE_TYPE_SCHEDULE);
	return requeue.type == JOB_REQUEUE_TYPE_SCHEDULE;
}

START_TEST(test_settle)
{
	uint32_t serial;

	for (serial = 1; serial <= IKE_SAS; serial++)
	{
		jobs->settle(jobs, a, serial, 5);
	}
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(queued[0].delay, 5000);
	/* another session has its own, and not at once */
	jobs->settle(jobs, b, 1, 0);
	jobs->settle(jobs, b, 2, 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(queued[1].delay, NIN3A_HANDOVER * 1000);

	/* it goes on for those that have come since, and is still the only one */
	ck_assert(execute(0));
	jobs->settle(jobs, a, IKE_SAS + 1, 5);
	ck_assert_uint_eq(count, 2);
	ck_assert(execute(0));
	ck_assert(!execute(0));
	ck_assert_uint_eq(count, 2);
	/* the next one begins anew */
	jobs->settle(jobs, a, IKE_SAS + 2, 5);
	ck_assert_uint_eq(count, 3);
	ck_assert(!execute(2));
	ck_assert(execute(1));
	ck_assert(!execute(1));
	ck_assert_uint_eq(count, 3);
}
END_TEST

static Suite *nin3a_jobs_suite()
{
	Suite *suite = suite_create("nin3a_jobs");
	TCase *tc = test_case(suite, "settle", 60, setup, teardown);

	tcase_add_test(tc, test_settle);

	return suite;
}

int main(void)
{
	return test_run(nin3a_jobs_suite());
}
