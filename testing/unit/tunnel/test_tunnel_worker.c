/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Jobs in charon's worker threads: when they are done, and that none is after
 * the end of their worker.
 */

#include <check.h>

#include "tunnel/tunnel_worker.h"
#include "test_runner.h"

#include <daemon.h>
#include <threading/condvar.h>
#include <threading/mutex.h>
#include <threading/thread.h>

/** Octets of a job that is as large as one may be */
#define LARGE 300

static tunnel_worker_t *worker;

/** What the jobs have done; the object that they get */
static struct {
	mutex_t *mutex;
	condvar_t *changed;
	/** jobs that were done, or times that the one was */
	u_int done;
	/** whether a job is being done, and whether it may go on */
	bool inside, go_on;
	/** whether the worker is gone */
	bool gone;
	uint8_t data[LARGE];
} work;

static void setup()
{
	memset(&work, 0, sizeof(work));
	work.mutex = mutex_create(MUTEX_TYPE_DEFAULT);
	work.changed = condvar_create(CONDVAR_TYPE_DEFAULT);
	lib->processor->set_threads(lib->processor, 3);
	worker = tunnel_worker_create();
}

static void teardown()
{
	if (worker)
	{
		worker->destroy(worker);
	}
	lib->processor->cancel(lib->processor);
	work.changed->destroy(work.changed);
	work.mutex->destroy(work.mutex);
}

/**
 * Wait until so many jobs were done.
 */
static void await_done(u_int done)
{
	work.mutex->lock(work.mutex);
	while (work.done < done)
	{
		work.changed->wait(work.changed, work.mutex);
	}
	work.mutex->unlock(work.mutex);
}

CALLBACK(count_job, job_requeue_t,
	mutex_t **object, void *data)
{
	uint8_t *times = data;
	bool again;

	work.mutex->lock(work.mutex);
	ck_assert_ptr_eq(object, &work.mutex);
	ck_assert(!work.gone);
	memcpy(work.data, data, LARGE);
	again = --*times;
	work.done++;
	work.changed->broadcast(work.changed);
	work.mutex->unlock(work.mutex);
	return again ? JOB_REQUEUE_FAIR : JOB_REQUEUE_NONE;
}

/**
 * Queue a job that is done as often as its first octet says.
 */
static void queue(uint8_t times, uint64_t delay)
{
	uint8_t data[LARGE];

	memset(data, 0x5a, sizeof(data));
	data[0] = times;
	worker->queue(worker, count_job, &work, data, sizeof(data), delay);
	memset(data, 0, sizeof(data));
}

START_TEST(test_queue)
{
	u_int i;

	queue(1, 0);
	await_done(1);
	for (i = 1; i < LARGE; i++)
	{
		ck_assert_uint_eq(work.data[i], 0x5a);
	}
	/* what it is about may be changed for the next time */
	queue(3, 1);
	await_done(4);
}
END_TEST

START_TEST(test_delay)
{
	/* more than 32 bits of milliseconds are no moment */
	queue(1, 1ULL << 32);
	queue(1, 10 * 365 * 24 * 3600 * 1000ULL);
	ck_assert_uint_eq(lib->scheduler->get_job_load(lib->scheduler), 2);
	queue(1, 20);
	await_done(1);
	ck_assert_uint_eq(lib->scheduler->get_job_load(lib->scheduler), 2);
	ck_assert_uint_eq(work.done, 1);
}
END_TEST

CALLBACK(long_job, job_requeue_t,
	void *object, void *data)
{
	work.mutex->lock(work.mutex);
	work.inside = TRUE;
	work.changed->broadcast(work.changed);
	while (!work.go_on)
	{
		work.changed->wait(work.changed, work.mutex);
	}
	ck_assert(!work.gone);
	work.inside = FALSE;
	work.mutex->unlock(work.mutex);
	return JOB_REQUEUE_NONE;
}

static void *destroy_worker(void *unused)
{
	worker->destroy(worker);
	work.mutex->lock(work.mutex);
	ck_assert(!work.inside);
	work.gone = TRUE;
	work.changed->broadcast(work.changed);
	work.mutex->unlock(work.mutex);
	return NULL;
}

START_TEST(test_end)
{
	thread_t *thread;
	u_int i;

	/* one that is being done is waited for */
	worker->queue(worker, long_job, &work, "", 1, 0);
	work.mutex->lock(work.mutex);
	while (!work.inside)
	{
		work.changed->wait(work.changed, work.mutex);
	}
	work.mutex->unlock(work.mutex);
	queue(1, 1ULL << 32);
	queue(1, 50);
	thread = thread_create(destroy_worker, NULL);
	work.mutex->lock(work.mutex);
	ck_assert(!work.gone);
	work.go_on = TRUE;
	work.changed->broadcast(work.changed);
	while (!work.gone)
	{
		work.changed->wait(work.changed, work.mutex);
	}
	work.mutex->unlock(work.mutex);
	thread->join(thread);
	worker = NULL;
	/* and no other one is done, the jobs themselves see to it */
	for (i = 0; i < 1000 &&
		 lib->scheduler->get_job_load(lib->scheduler) > 1; i++)
	{
		usleep(10000);
	}
	ck_assert_uint_eq(lib->scheduler->get_job_load(lib->scheduler), 1);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(work.done, 0);
}
END_TEST

static Suite *tunnel_worker_suite()
{
	Suite *suite = suite_create("tunnel_worker");
	TCase *tc = test_case(suite, "jobs", 0, setup, teardown);

	tcase_add_test(tc, test_queue);
	tcase_add_test(tc, test_delay);
	tcase_add_test(tc, test_end);

	return suite;
}

int main(void)
{
	return test_run(tunnel_worker_suite());
}
