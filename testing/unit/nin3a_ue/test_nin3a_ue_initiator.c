/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How a UE initiates: each attempt has a new IKE_SA, which is bound to its
 * session before anything is sent, and is given back whatever comes of it; and
 * which IKE_SAs of charon's own become attempts of ours.
 */

#include <check.h>

#include "nin3a_ue/tunnels/nin3a_ue_initiator.h"
#include "test_nin3a_ue_host.h"

/** What charon's manager has done */
static u_int created, checkins, destroyed;

/** Whether it has room for an IKE_SA */
static bool full;

/** Children that were initiated, and with which it fails, 0 for none */
static u_int initiated, fails;

static ike_sa_t *create_new(ike_sa_manager_t *this, ike_version_t version,
							bool initiator)
{
	ck_assert_int_eq(version, IKEV2);
	ck_assert(initiator);
	if (full)
	{
		return NULL;
	}
	created++;
	return &sa.public;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	ck_assert_ptr_eq(ike_sa, &sa.public);
	checkins++;
}

static void checkin_and_destroy(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	ck_assert_ptr_eq(ike_sa, &sa.public);
	destroyed++;
}

static ike_sa_manager_t manager = {
	.create_new = create_new,
	.checkin = checkin,
	.checkin_and_destroy = checkin_and_destroy,
};

static void set_peer_cfg(ike_sa_t *this, peer_cfg_t *peer_cfg)
{
	sa.peer_cfg = peer_cfg;
}

static status_t initiate(ike_sa_t *this, child_cfg_t *child_cfg,
						 child_init_args_t *args)
{
	/* from then on messages are sent */
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_STAGE_CONNECTING);
	child_cfg->destroy(child_cfg);
	return ++initiated == fails ? DESTROY_ME : SUCCESS;
}

static void set_sa(bus_t *this, ike_sa_t *ike_sa)
{
	ck_assert_ptr_eq(ike_sa, &sa.public);
}

static void setup()
{
	host_setup();
	sa.public.set_peer_cfg = set_peer_cfg;
	sa.public.initiate = initiate;
	created = checkins = destroyed = initiated = fails = 0;
	full = FALSE;
	charon->ike_sa_manager = &manager;
	charon->bus->set_sa = set_sa;
	connection = host_connection("nin3a-ue", IKEV2, "pdu second");
}

static void teardown()
{
	charon->ike_sa_manager = NULL;
	host_teardown();
}

/**
 * Begin an attempt for the session.
 */
static kupf_session_t *begin()
{
	nin3a_ue_order_t order;

	legs->want(legs, session, &order);
	return legs->begin(legs, order.name, order.serial);
}

/**
 * Begin an attempt and initiate.
 */
static bool go()
{
	kupf_session_t *begun = begin();
	bool there;

	there = nin3a_ue_initiate(legs, begun, "nin3a-ue");
	kupf_session_unref(begun);
	return there;
}

START_TEST(test_initiate)
{
	tunnel_spis_t spis;

	ck_assert(go());
	ck_assert_uint_eq(created, 1);
	ck_assert_uint_eq(initiated, 2);
	ck_assert_uint_eq(checkins, 1);
	ck_assert_uint_eq(destroyed, 0);
	ck_assert(sas->get_spis(sas, 1, &spis));
	ck_assert(spis.initiator == sa.id->get_initiator_spi(sa.id));
	ck_assert_uint_eq(host_counter("nin3a-ue-attempts"), 1);
}
END_TEST

/* there is no IKE_SA, for abort() */
START_TEST(test_none)
{
	if (_i)
	{
		connection->destroy(connection);
		connection = NULL;
	}
	else
	{
		full = TRUE;
	}
	ck_assert(!go());
	ck_assert_uint_eq(created + checkins + destroyed, 0);
	ck_assert_int_eq(sas->get_stage(sas, 1), NIN3A_UE_STAGE_NONE);
	ck_assert_uint_eq(host_counter("nin3a-ue-attempts"), 0);
}
END_TEST

/* the session has gone since the attempt has begun: nothing is sent */
START_TEST(test_dropped)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	kupf_session_t *begun = begin();

	legs->drop(legs, "carol", NULL, KUPF_REASON_DELETED, ids);
	ck_assert(nin3a_ue_initiate(legs, begun, "nin3a-ue"));
	ck_assert_uint_eq(initiated, 0);
	ck_assert_uint_eq(checkins, 0);
	ck_assert_uint_eq(destroyed, 1);
	ck_assert_uint_eq(host_counter("nin3a-ue-attempts"), 0);
	kupf_session_unref(begun);
	array_destroy(ids);
}
END_TEST

/* charon fails at the first child, or at the second */
START_TEST(test_fails)
{
	nin3a_ue_order_t order;

	fails = _i;
	ck_assert(go());
	ck_assert_uint_eq(initiated, _i);
	ck_assert_uint_eq(checkins, 0);
	ck_assert_uint_eq(destroyed, 1);
	/* the hook tells of its end */
	legs->remove(legs, 1, &order);
	ck_assert(order.start);
}
END_TEST

/** IKE_SAs that charon sets up by itself, and whether it is an attempt of ours */
static const struct {
	u_int conditions;
	bool connection;
	int task;
	bool ours;
} own[] = {
	{ COND_ORIGINAL_INITIATOR, TRUE, TASK_IKE_AUTH, TRUE },
	{ 0, TRUE, TASK_IKE_AUTH, FALSE },
	{ COND_ORIGINAL_INITIATOR, FALSE, TASK_IKE_AUTH, FALSE },
	/* the successor in a rekeying */
	{ COND_ORIGINAL_INITIATOR, TRUE, -1, FALSE },
	{ COND_ORIGINAL_INITIATOR, TRUE, TASK_IKE_DPD, FALSE },
};

START_TEST(test_follow)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);

	/* the tunnel that it is in place of has the same connection */
	host_bring_up(&sa, session);
	other.conditions = own[_i].conditions;
	other.peer_cfg = own[_i].connection ? (peer_cfg_t*)&sa : NULL;
	other.tasks[TASK_QUEUE_ACTIVE] = own[_i].task;
	ck_assert(nin3a_ue_follow(legs, &other.public, ids) == own[_i].ours);
	ck_assert_int_eq(sas->get_stage(sas, 2), own[_i].ours ?
					 NIN3A_UE_STAGE_CONNECTING : NIN3A_UE_STAGE_NONE);
	ck_assert_uint_eq(array_count(ids), 0);
	array_destroy(ids);
}
END_TEST

START_TEST(test_follow_not)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);

	/* an attempt is under way: it is to be closed */
	host_attempt(&sa, session);
	other.peer_cfg = (peer_cfg_t*)&sa;
	other.tasks[TASK_QUEUE_ACTIVE] = TASK_IKE_AUTH;
	ck_assert(!nin3a_ue_follow(legs, &other.public, ids));
	ck_assert_uint_eq(array_count(ids), 1);
	array_destroy(ids);
}
END_TEST

static Suite *nin3a_ue_initiator_suite()
{
	Suite *suite = suite_create("nin3a_ue_initiator");
	TCase *tc = test_case(suite, "initiate", 0, setup, teardown);

	tcase_add_test(tc, test_initiate);
	tcase_add_loop_test(tc, test_none, 0, 2);
	tcase_add_test(tc, test_dropped);
	tcase_add_loop_test(tc, test_fails, 1, 3);

	tc = test_case(suite, "follow", 0, setup, teardown);
	tcase_add_loop_test(tc, test_follow, 0, countof(own));
	tcase_add_test(tc, test_follow_not);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_initiator_suite());
}
