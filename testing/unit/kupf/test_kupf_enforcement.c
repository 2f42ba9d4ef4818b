/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The guard with and without an enforcer behind it.
 */

#include "kupf/kupf_enforcement.h"
#include "test_runner.h"
#include "test_support.h"

#include <pthread.h>

static test_enforcer_t enforcer;

static void setup()
{
	test_enforcer_init(&enforcer);
}

CALLBACK(counter, void,
	u_int *count, const char *name, uint64_t value)
{
	(*count)++;
}

START_TEST(test_none)
{
	bool required = _i;
	kupf_enforcement_t *guard = kupf_enforcement_create(required, KUPF_ROLE_UPF);
	kupf_enforcer_t *public = &guard->enforcer;
	kupf_session_t *session = test_session("s", ID_KEY_ID, "a", 0);
	kupf_tunnel_t tunnels[2];
	u_int count = 0, closed = 7;

	/* nobody vouches for any IKE_SA, unless nobody has to */
	ck_assert_int_eq(public->covers(public, NULL), !required);
	ck_assert_uint_eq(public->count_tunnels(public, "s"), 0);
	ck_assert_uint_eq(public->describe(public, "s", tunnels, 2), 0);
	public->measure(public, &tunnels[0]);
	ck_assert_uint_eq(public->close(public, session, KUPF_REASON_DELETED), 0);
	ck_assert(public->vacate(public, "s", 0, &closed));
	ck_assert_uint_eq(closed, 0);
	public->replaced(public, session, session, 0);
	ck_assert_ptr_null(public->own(public, NULL));
	ck_assert_ptr_null(public->accepts(public, NULL));
	public->established(public, session);
	public->counters(public, counter, &count);
	ck_assert_uint_eq(count, 0);
	guard->detach(guard);
	guard->destroy(guard);
	kupf_session_unref(session);
}
END_TEST

/** What consumers were told: e, c, r in order */
static char told[8];

static void tell(char what)
{
	told[strlen(told)] = what;
}

static void consumers_established(kupf_consumers_t *this,
								  kupf_session_t *session)
{
	tell('e');
}

static void consumers_closed(kupf_consumers_t *this, kupf_session_t *session,
							 kupf_reason_t reason)
{
	ck_assert_int_eq(reason, KUPF_REASON_EXPIRED);
	/* before the tunnels go */
	ck_assert_uint_eq(enforcer.closed, 0);
	tell('c');
}

static void consumers_replaced(kupf_consumers_t *this, kupf_session_t *old,
							   kupf_session_t *new, uint32_t grace)
{
	ck_assert_uint_eq(grace, 7);
	tell('r');
}

/**
 * Consumers of keys are told, whether there is an enforcer or not.
 */
START_TEST(test_consumers)
{
	kupf_enforcement_t *guard = kupf_enforcement_create(TRUE, KUPF_ROLE_UPF);
	kupf_enforcer_t *public = &guard->enforcer;
	kupf_session_t *session = test_session("s", ID_KEY_ID, "a", 0);
	kupf_consumers_t consumers = {
		.established = consumers_established,
		.closed = consumers_closed,
		.replaced = consumers_replaced,
	};

	memset(told, 0, sizeof(told));
	public->consumers = &consumers;
	if (_i)
	{
		ck_assert(guard->attach(guard, &enforcer.public));
	}
	public->established(public, session);
	public->replaced(public, session, session, 7);
	public->close(public, session, KUPF_REASON_EXPIRED);
	ck_assert_str_eq(told, "erc");
	ck_assert_uint_eq(enforcer.established, _i);
	ck_assert_uint_eq(enforcer.closed, _i);
	guard->detach(guard);
	guard->destroy(guard);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_attached)
{
	kupf_enforcement_t *guard = kupf_enforcement_create(_i, KUPF_ROLE_UPF);
	kupf_enforcer_t *public = &guard->enforcer;
	kupf_session_t *session = test_session("s", ID_KEY_ID, "a", 0);
	kupf_session_t *own;
	kupf_tunnel_t tunnels[2];
	test_enforcer_t other;
	u_int count = 0, closed = 7;

	test_enforcer_init(&other);
	ck_assert(guard->attach(guard, &enforcer.public));
	ck_assert(!guard->attach(guard, &other.public));
	ck_assert(!guard->attach(guard, &enforcer.public));
	/* it decides, whether one is required or not */
	ck_assert(public->covers(public, NULL));
	enforcer.covered = FALSE;
	ck_assert(!public->covers(public, NULL));
	enforcer.tunnels = 4;
	ck_assert_uint_eq(public->count_tunnels(public, "s"), 4);
	ck_assert_uint_eq(public->describe(public, "s", tunnels, 2), 2);
	ck_assert_uint_eq(tunnels[1].ike_sa, 2);
	public->measure(public, &tunnels[1]);
	ck_assert_uint_eq(enforcer.measured, 1);
	/* not every enforcer has something to tell */
	enforcer.public.measure = NULL;
	public->measure(public, &tunnels[1]);
	enforcer.public.describe = NULL;
	ck_assert_uint_eq(public->describe(public, "s", tunnels, 2), 0);
	ck_assert_uint_eq(public->close(public, session, KUPF_REASON_EXPIRED), 4);
	ck_assert_int_eq(enforcer.reason, KUPF_REASON_EXPIRED);
	ck_assert_str_eq(enforcer.name, "s");
	ck_assert(public->vacate(public, "s", 5, &closed));
	ck_assert_uint_eq(closed, 4);
	ck_assert_uint_eq(enforcer.vacated, 5);
	/* one that sets up tunnels by itself has no say in that */
	enforcer.public.vacate = NULL;
	ck_assert(!public->vacate(public, "s", 5, &closed));
	ck_assert_uint_eq(closed, 0);
	public->replaced(public, session, session, 77);
	ck_assert_uint_eq(enforcer.grace, 77);
	enforcer.own = session;
	own = public->own(public, NULL);
	ck_assert_ptr_eq(own, session);
	kupf_session_unref(own);
	enforcer.missing = "field";
	ck_assert_str_eq(public->accepts(public, NULL), "field");
	public->established(public, session);
	ck_assert_uint_eq(enforcer.established, 1);
	public->counters(public, counter, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(other.asked + other.closed + other.replaced, 0);

	guard->detach(guard);
	enforcer.covered = TRUE;
	ck_assert_int_eq(public->covers(public, NULL), !_i);
	ck_assert_uint_eq(public->count_tunnels(public, "s"), 0);
	ck_assert_uint_eq(enforcer.asked, 2);
	/* there is room for another one */
	ck_assert(guard->attach(guard, &other.public));
	ck_assert(public->covers(public, NULL));
	ck_assert_uint_eq(other.asked, 1);
	guard->destroy(guard);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_reasons)
{
	static char *tokens[] = {
		"peer", "deleted", "superseded", "expired", "rekeyed", "timeout",
		"refused", "no-child-sa", "moved", "shutdown",
	};
	kupf_reason_t reason;

	for (reason = KUPF_REASON_PEER; reason <= KUPF_REASON_SHUTDOWN; reason++)
	{
		ck_assert_str_eq(enum_to_name(kupf_reason_names, reason),
						 tokens[reason]);
	}
	ck_assert_uint_eq(countof(tokens), KUPF_REASON_SHUTDOWN + 1);
}
END_TEST

START_TEST(test_role)
{
	kupf_role_t roles[] = { KUPF_ROLE_UNSET, KUPF_ROLE_UPF, KUPF_ROLE_UE };
	kupf_role_t host = roles[_i / 3], plugin = roles[_i % 3], attached;
	kupf_enforcement_t *guard = kupf_enforcement_create(TRUE, host);
	kupf_enforcer_t *public = &guard->enforcer;
	test_enforcer_t some;

	test_enforcer_init(&some);
	some.role = plugin;
	ck_assert_int_eq(public->get_role(public, &attached), host);
	ck_assert_int_eq(attached, KUPF_ROLE_UNSET);
	ck_assert(guard->attach(guard, &some.public) == (host == plugin));
	ck_assert_int_eq(public->get_role(public, &attached), host);
	ck_assert_int_eq(attached, host == plugin ? host : KUPF_ROLE_UNSET);
	/* another role leaves the keys where they are */
	ck_assert(public->covers(public, NULL) == (host == plugin));
	guard->detach(guard);
	ck_assert_int_eq(public->get_role(public, &attached), host);
	ck_assert_int_eq(attached, KUPF_ROLE_UNSET);
	guard->destroy(guard);
}
END_TEST

/** Calls under way in the enforcer, and calls after it was detached */
static u_int under_way, late;

/** Whether it is attached */
static bool attached;

static bool slow_covers(kupf_enforcer_t *this, ike_sa_t *ike_sa)
{
	__atomic_add_fetch(&under_way, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&attached, __ATOMIC_SEQ_CST))
	{
		__atomic_add_fetch(&late, 1, __ATOMIC_SEQ_CST);
	}
	__atomic_sub_fetch(&under_way, 1, __ATOMIC_SEQ_CST);
	return TRUE;
}

static void *ask(void *guard)
{
	kupf_enforcer_t *public = &((kupf_enforcement_t*)guard)->enforcer;
	u_int i;

	for (i = 0; i < 20000; i++)
	{
		public->covers(public, NULL);
	}
	return NULL;
}

START_TEST(test_detach_waits)
{
	kupf_enforcement_t *guard = kupf_enforcement_create(TRUE, KUPF_ROLE_UPF);
	pthread_t threads[3];
	u_int i;

	enforcer.public.covers = slow_covers;
	for (i = 0; i < countof(threads); i++)
	{
		pthread_create(&threads[i], NULL, ask, guard);
	}
	for (i = 0; i < 2000; i++)
	{
		__atomic_store_n(&attached, TRUE, __ATOMIC_SEQ_CST);
		ck_assert(guard->attach(guard, &enforcer.public));
		guard->detach(guard);
		/* no call is under way, and none comes */
		ck_assert_uint_eq(__atomic_load_n(&under_way, __ATOMIC_SEQ_CST), 0);
		__atomic_store_n(&attached, FALSE, __ATOMIC_SEQ_CST);
	}
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
	}
	ck_assert_uint_eq(late, 0);
	guard->destroy(guard);
}
END_TEST

static Suite *kupf_enforcement_suite()
{
	Suite *suite = suite_create("kupf_enforcement");
	TCase *tc = test_case(suite, "guard", 30, setup, NULL);

	tcase_add_loop_test(tc, test_none, 0, 2);
	tcase_add_loop_test(tc, test_attached, 0, 2);
	tcase_add_loop_test(tc, test_consumers, 0, 2);
	tcase_add_test(tc, test_reasons);
	tcase_add_loop_test(tc, test_role, 0, 9);
	tcase_add_test(tc, test_detach_waits);

	return suite;
}

int main(void)
{
	return test_run(kupf_enforcement_suite());
}
