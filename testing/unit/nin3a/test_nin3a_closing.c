/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How an IKE_SA is closed: what becomes of it and of its CHILD_SAs in each
 * state, when it is told to go, and when its UE does not answer that.
 */

#include <check.h>

#include "nin3a/nin3a_counters.h"
#include "nin3a/tunnels/nin3a_closing.h"
#include "nin3a/tunnels/nin3a_cut.h"
#include "test_ike_sa.h"
#include "test_runner.h"

#include <daemon.h>

static test_ike_sa_t sa;
static test_child_sa_t children[2];

/** CHILD_SAs whose end was told, and that were destroyed, by their SPIs */
static uint32_t told, destroyed;

/** Whether charon destroys them */
static bool gives_up;

/** What a counter has */
static uint64_t timeouts;

static void child_updown(bus_t *this, child_sa_t *child_sa, bool up)
{
	ck_assert(!up);
	told += ((test_child_sa_t*)child_sa)->spi;
}

static status_t destroy_child_sa(ike_sa_t *this, protocol_id_t protocol,
								 uint32_t spi)
{
	ck_assert_int_eq(protocol, PROTO_ESP);
	if (gives_up)
	{
		return NOT_FOUND;
	}
	ck_assert_uint_eq(ntohl(spi), sa.children[0]->spi);
	destroyed += ntohl(spi);
	sa.children[0] = sa.children[1];
	sa.child_count--;
	return SUCCESS;
}

static void find_timeouts(void *user, const char *name, uint64_t value)
{
	if (streq(name, "nin3a-close-timeouts"))
	{
		timeouts = value;
	}
}

static void setup()
{
	test_ike_sa_init(&sa, 1);
	sa.public.destroy_child_sa = destroy_child_sa;
	test_child_sa_init(&children[0], "a", 1);
	test_child_sa_init(&children[1], "b", 2);
	sa.children[0] = &children[0];
	sa.children[1] = &children[1];
	sa.child_count = 2;
	told = destroyed = 0;
	gives_up = FALSE;
	charon->bus->child_updown = child_updown;
}

static void teardown()
{
	test_ike_sa_deinit(&sa);
}

/** States of an IKE_SA, and what they have it do */
static const struct {
	ike_sa_state_t state;
	bool deleted, cut, forced;
} states[] = {
	{ IKE_CREATED, FALSE, FALSE, FALSE },
	{ IKE_CONNECTING, TRUE, FALSE, FALSE },
	{ IKE_ESTABLISHED, TRUE, TRUE, TRUE },
	{ IKE_PASSIVE, FALSE, FALSE, FALSE },
	{ IKE_REKEYING, TRUE, TRUE, TRUE },
	/* its successor has its own job */
	{ IKE_REKEYED, FALSE, FALSE, FALSE },
	/* a second DELETE would end it without an answer to the first */
	{ IKE_DELETING, FALSE, FALSE, TRUE },
	{ IKE_DESTROYING, FALSE, FALSE, FALSE },
};

START_TEST(test_tell)
{
	sa.state = states[_i].state;
	ck_assert_int_eq(nin3a_closing_tell(&sa.public, FALSE), SUCCESS);
	ck_assert_uint_eq(sa.deletes, states[_i].deleted);
	ck_assert_uint_eq(sa.forced, 0);
	ck_assert_uint_eq(sa.child_count, 2);
	/* its session is gone */
	ck_assert_int_eq(nin3a_closing_tell(&sa.public, TRUE), SUCCESS);
	ck_assert_uint_eq(sa.deletes, 2 * states[_i].deleted);
	ck_assert_uint_eq(sa.forced, 0);
	ck_assert_uint_eq(sa.child_count, states[_i].cut ? 0 : 2);
}
END_TEST

START_TEST(test_force)
{
	sa.state = states[_i].state;
	ck_assert_int_eq(nin3a_closing_force(&sa.public),
					 states[_i].forced ? DESTROY_ME : SUCCESS);
	ck_assert_uint_eq(sa.forced, states[_i].forced);
	ck_assert_uint_eq(sa.deletes, states[_i].forced);
	nin3a_counters_report(find_timeouts, NULL);
	ck_assert_uint_eq(timeouts, states[_i].forced);
}
END_TEST

START_TEST(test_cut)
{
	ck_assert(nin3a_cut(&sa.public));
	ck_assert_uint_eq(destroyed, 3);
	ck_assert_uint_eq(told, 3);
	/* there is none */
	ck_assert(nin3a_cut(&sa.public));
	ck_assert_uint_eq(told, 3);
}
END_TEST

/* the end of one that was told, or that another one took the place of, is not
 * told again */
START_TEST(test_cut_told)
{
	children[0].state = _i ? CHILD_DELETED : CHILD_REKEYED;
	ck_assert(nin3a_cut(&sa.public));
	ck_assert_uint_eq(destroyed, 3);
	ck_assert_uint_eq(told, 2);
}
END_TEST

/* it goes on with one that cannot be destroyed no longer than once */
START_TEST(test_cut_not_found)
{
	gives_up = TRUE;
	ck_assert(nin3a_cut(&sa.public));
	ck_assert_uint_eq(sa.child_count, 2);
	ck_assert_uint_eq(told, 1);
}
END_TEST

/** Tasks, and whether they are about a CHILD_SA */
static const struct {
	task_type_t type;
	bool child;
} tasks[] = {
	{ TASK_CHILD_CREATE, TRUE },
	{ TASK_CHILD_DELETE, TRUE },
	{ TASK_CHILD_REKEY, TRUE },
	{ TASK_IKE_DPD, FALSE },
	{ TASK_IKE_REKEY, FALSE },
};

/* what is under way names CHILD_SAs by their SPIs */
START_TEST(test_cut_busy)
{
	task_queue_t queue;

	for (queue = TASK_QUEUE_ACTIVE; queue <= TASK_QUEUE_PASSIVE; queue++)
	{
		sa.tasks[queue] = tasks[_i].type;
		ck_assert_int_eq(nin3a_cut(&sa.public), !tasks[_i].child);
		ck_assert_uint_eq(sa.child_count, tasks[_i].child ? 2 : 0);
		sa.tasks[queue] = -1;
	}
	/* it is closed all the same */
	sa.tasks[TASK_QUEUE_ACTIVE] = tasks[_i].type;
	nin3a_closing_tell(&sa.public, TRUE);
	ck_assert_uint_eq(sa.deletes, 1);
}
END_TEST

static Suite *nin3a_closing_suite()
{
	Suite *suite = suite_create("nin3a_closing");
	TCase *tc = test_case(suite, "closing", 0, setup, teardown);

	tcase_add_loop_test(tc, test_tell, 0, countof(states));
	tcase_add_loop_test(tc, test_force, 0, countof(states));

	tc = test_case(suite, "cut", 0, setup, teardown);
	tcase_add_test(tc, test_cut);
	tcase_add_loop_test(tc, test_cut_told, 0, 2);
	tcase_add_test(tc, test_cut_not_found);
	tcase_add_loop_test(tc, test_cut_busy, 0, countof(tasks));

	return suite;
}

int main(void)
{
	return test_run(nin3a_closing_suite());
}
