/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys on demand, and the threads that wait for them: all of them busy or
 * waiting, and a storm of UEs.
 */

#include "test_kupf_fetch.h"
#include "kupf/credentials/kupf_fetch_pauses.h"

#include <processing/jobs/callback_job.h>

#include <unistd.h>

/** Released for jobs to go on */
static bool released;

/**
 * A worker thread that waits for an IKE_SA.
 */
static job_requeue_t block(void *data)
{
	while (!__atomic_load_n(&released, __ATOMIC_RELAXED))
	{
		usleep(1000);
	}
	return JOB_REQUEUE_NONE;
}

static job_requeue_t wait_in_job(char *id)
{
	ue_at_once(id);
	return JOB_REQUEUE_NONE;
}

/**
 * Wait until a counter has a value.
 */
static void await(const char *counter, uint64_t value)
{
	while (test_counter(counter) != value)
	{
		usleep(1000);
	}
}

static void queue(callback_job_cb_t cb, void *data, job_priority_t prio)
{
	lib->processor->queue_job(lib->processor,
			(job_t*)callback_job_create_with_prio(cb, data, NULL, NULL, prio));
}

/**
 * Start threads, of which charon keeps some for what is more urgent than
 * IKE_AUTH, as in the example of strongswan.conf(5), or none.
 */
static void start_threads(u_int count, bool reserve)
{
	lib->settings->set_int(lib->settings,
						   "%s.processor.priority_threads.high",
						   reserve ? 1 : 0, lib->ns);
	lib->settings->set_int(lib->settings,
						   "%s.processor.priority_threads.medium",
						   reserve ? 4 : 0, lib->ns);
	lib->processor->set_threads(lib->processor, count + (reserve ? 5 : 0));
}

START_TEST(test_stalled)
{
	ue_t ue;

	begin(LONG, 4, 10, 100, TRUE);
	start_threads(3, _i);
	queue((callback_job_cb_t)wait_in_job, "a", JOB_PRIO_LOW);
	await("fetch-waiting", 1);
	await_requests(1);
	/* all threads wait for others, none is left for an IKE_AUTH */
	queue(block, NULL, JOB_PRIO_LOW);
	queue(block, NULL, JOB_PRIO_LOW);
	await("fetch-stalled", 1);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 0);
	/* for some time nobody is let in, whatever the threads do */
	__atomic_store_n(&released, TRUE, __ATOMIC_RELAXED);
	ck_assert(!ue_at_once("b"));
	ck_assert_uint_eq(test_counter("fetch-limited"), 1);
	usleep((KUPF_FETCH_PAUSE + 100) * 1000);
	/* and that was no word about the identity */
	ue_asked_for(&ue, "a", 1, 2);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	ck_assert(ue_ends(&ue));
	ck_assert_uint_eq(get_requests(), 2);
	lib->processor->cancel(lib->processor);
	end();
}
END_TEST

/** Jobs that keep the threads busy, and how many wait for a thread */
static u_int rounds;
#define QUEUE 200

/** What keeps the threads busy, and whether some are kept for it */
static struct {
	job_priority_t prio;
	bool reserve;
} busy[] = {
	{ JOB_PRIO_LOW, FALSE },
	{ JOB_PRIO_LOW, TRUE },
	{ JOB_PRIO_MEDIUM, FALSE },
	{ JOB_PRIO_MEDIUM, TRUE },
	{ JOB_PRIO_HIGH, FALSE },
	{ JOB_PRIO_HIGH, TRUE },
};

/**
 * A worker thread that is busy, but not for long.
 */
static job_requeue_t work(void *data)
{
	usleep(2000);
	if (!__atomic_load_n(&released, __ATOMIC_RELAXED))
	{
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
		queue(work, data, *(job_priority_t*)data);
	}
	return JOB_REQUEUE_NONE;
}

START_TEST(test_busy)
{
	u_int i;

	begin(LONG, 4, 10, 100, TRUE);
	start_threads(3, busy[_i].reserve);
	queue((callback_job_cb_t)wait_in_job, "a", JOB_PRIO_LOW);
	await("fetch-waiting", 1);
	/* each of them waits for longer than it takes to look */
	for (i = 0; i < QUEUE; i++)
	{
		queue(work, &busy[_i].prio, busy[_i].prio);
	}
	usleep(10 * KUPF_FETCH_LOOK * 1000);
	while (__atomic_load_n(&rounds, __ATOMIC_RELAXED) < 2 * QUEUE)
	{
		usleep(1000);
	}
	ck_assert_uint_eq(test_counter("fetch-stalled"), 0);
	ck_assert_uint_eq(test_counter("fetch-waiting"), 1);
	run("", "establish-session", "session=s ue-id=keyid:a " KEY);
	await("fetch-answered", 1);
	__atomic_store_n(&released, TRUE, __ATOMIC_RELAXED);
	lib->processor->cancel(lib->processor);
	end();
}
END_TEST

/** UEs of test_storm, identities that they come with, rounds of each */
#define UES 8
#define IDS 5
#define ROUNDS 300

/**
 * UEs come and go while the SMF answers, rejects and goes away.
 */
static void *storm(void *seed)
{
	u_int state = (uintptr_t)seed, i;
	char id[] = "0";

	for (i = 0; i < ROUNDS; i++)
	{
		state = state * 1103515245 + 12345;
		id[0] = '0' + (state >> 16) % IDS;
		ue_at_once(id);
	}
	return NULL;
}

START_TEST(test_storm)
{
	thread_t *threads[UES];
	char script[128];
	u_int i;

	begin(20, UES, 0, 0, TRUE);
	for (i = 0; i < UES; i++)
	{
		threads[i] = thread_create(storm, (void*)(uintptr_t)(i + 1));
	}
	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(script, sizeof(script), "session=s%u ue-id=keyid:%u " KEY,
				 i % IDS, i % IDS);
		run("", "establish-session", script);
		snprintf(script, sizeof(script), "session=s%u", i % IDS);
		run("", "delete-session", script);
		fetch->reject(fetch, ID_KEY_ID,
					  chunk_from_str(i % 2 ? "1" : "2"));
		if (i % 50 == 0)
		{
			upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
			upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
		}
		usleep(500);
	}
	for (i = 0; i < UES; i++)
	{
		threads[i]->join(threads[i]);
	}
	/* each has come to an end that was counted, once */
	ck_assert_uint_le(test_counter("fetch-requests"),
					  test_counter("fetch-answered") +
					  test_counter("fetch-rejected") +
					  test_counter("fetch-timeouts") +
					  test_counter("fetch-deserted"));
	end();
}
END_TEST

void kupf_fetch_threads_case(Suite *suite)
{
	TCase *tc = test_case(suite, "threads", 60, NULL, NULL);

	tcase_add_loop_test(tc, test_stalled, FALSE, TRUE + 1);
	tcase_add_loop_test(tc, test_busy, 0, countof(busy));
	tcase_add_test(tc, test_storm);
}
