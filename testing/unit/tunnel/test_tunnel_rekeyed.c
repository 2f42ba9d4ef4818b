/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The end of an IKE_SA that was rekeyed, if whoever has rekeyed it does not delete
 * it: when, what is done in each state, and that its successor is not concerned.
 */

#include <check.h>

#include "tunnel/tunnel_rekeyed.h"
#include "test_ike_sa.h"
#include "test_runner.h"

#include <daemon.h>

/** Seconds */
#define TIMEOUT 7

static test_ike_sa_t sa;

/** The job that was queued, and its data */
static struct {
	tunnel_worker_t public;
	tunnel_job_cb_t cb;
	tunnel_rekeyed_t data;
	uint64_t delay;
	u_int queued;
} worker;

/** What charon's manager was asked for */
static struct {
	ike_sa_manager_t public;
	ike_sa_t *ike_sa;
	u_int checkouts, checkins, destroyed;
} manager;

static u_int counted;

static void count()
{
	counted++;
}

static void queue(tunnel_worker_t *this, tunnel_job_cb_t cb, void *object,
				  const void *data, size_t len, uint64_t delay)
{
	ck_assert_uint_eq(len, sizeof(worker.data));
	memcpy(&worker.data, data, len);
	worker.cb = cb;
	worker.delay = delay;
	worker.queued++;
}

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	ck_assert(id->equals(id, sa.id));
	manager.checkouts++;
	return manager.ike_sa;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	manager.checkins++;
}

static void checkin_and_destroy(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	manager.destroyed++;
}

static void setup()
{
	test_ike_sa_init(&sa, 1);
	memset(&worker, 0, sizeof(worker));
	memset(&manager, 0, sizeof(manager));
	worker.public.queue = queue;
	manager.ike_sa = &sa.public;
	manager.public.checkout = checkout;
	manager.public.checkin = checkin;
	manager.public.checkin_and_destroy = checkin_and_destroy;
	charon->ike_sa_manager = &manager.public;
	counted = 0;
}

static void teardown()
{
	charon->ike_sa_manager = NULL;
	test_ike_sa_deinit(&sa);
}

static void bound(uint32_t timeout)
{
	tunnel_rekeyed_bound(&worker.public, &(tunnel_rekeyed_t){
		.spis = tunnel_spis_get(&sa.public),
		.timeout = timeout,
		.count = count,
	});
}

static job_requeue_t run()
{
	return worker.cb(NULL, &worker.data);
}

START_TEST(test_bound)
{
	job_requeue_t requeue;

	sa.state = IKE_REKEYED;
	bound(TIMEOUT);
	ck_assert_uint_eq(worker.queued, 1);
	ck_assert_uint_eq(worker.delay, TIMEOUT * 1000);
	requeue = run();
	ck_assert_int_eq(requeue.type, JOB_REQUEUE_TYPE_SCHEDULE);
	ck_assert_uint_eq(requeue.time.rel, TIMEOUT);
	ck_assert_uint_eq(sa.deletes, 1);
	ck_assert_uint_eq(sa.forced, 0);
	ck_assert_uint_eq(manager.checkins, 1);
	/* no answer; the DELETE waits behind another exchange, or is on its way */
	sa.state = _i ? IKE_DELETING : IKE_REKEYED;
	requeue = run();
	ck_assert_int_eq(requeue.type, JOB_REQUEUE_TYPE_NONE);
	ck_assert_uint_eq(manager.destroyed, 1);
	ck_assert_uint_eq(counted, 1);
	/* its tunnel is not down */
	ck_assert_uint_eq(sa.deletes, 1);
}
END_TEST

/* as it should be: it was deleted by its peer */
START_TEST(test_deleted)
{
	bound(TIMEOUT);
	manager.ike_sa = NULL;
	ck_assert_int_eq(run().type, JOB_REQUEUE_TYPE_NONE);
	ck_assert_uint_eq(manager.checkouts, 1);
	ck_assert_uint_eq(counted, 0);
}
END_TEST

/* we have rekeyed it, and our DELETE has no answer */
START_TEST(test_deleting)
{
	sa.state = IKE_DELETING;
	bound(TIMEOUT);
	ck_assert_int_eq(run().type, JOB_REQUEUE_TYPE_NONE);
	ck_assert_uint_eq(manager.destroyed, 1);
	ck_assert_uint_eq(counted, 1);
	ck_assert_uint_eq(sa.deletes, 0);
}
END_TEST

/* it is in use, as after a collision */
START_TEST(test_used)
{
	static const ike_sa_state_t states[] = {
		IKE_ESTABLISHED, IKE_REKEYING, IKE_DESTROYING,
	};

	sa.state = states[_i];
	bound(TIMEOUT);
	ck_assert_int_eq(run().type, JOB_REQUEUE_TYPE_NONE);
	ck_assert_uint_eq(manager.checkins, 1);
	ck_assert_uint_eq(manager.destroyed, 0);
	ck_assert_uint_eq(sa.deletes, 0);
	ck_assert_uint_eq(counted, 0);
}
END_TEST

START_TEST(test_unbounded)
{
	bound(0);
	ck_assert_uint_eq(worker.queued, 0);
}
END_TEST

static Suite *tunnel_rekeyed_suite()
{
	Suite *suite = suite_create("tunnel_rekeyed");
	TCase *tc = test_case(suite, "end", 0, setup, teardown);

	tcase_add_loop_test(tc, test_bound, 0, 2);
	tcase_add_test(tc, test_deleted);
	tcase_add_test(tc, test_deleting);
	tcase_add_loop_test(tc, test_used, 0, 3);
	tcase_add_test(tc, test_unbounded);

	return suite;
}

int main(void)
{
	return test_run(tunnel_rekeyed_suite());
}
