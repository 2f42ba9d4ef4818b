/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The jobs of a UE: an IKE_SA is found by its SPIs, never by a search through
 * others, which waits for each that is in use.
 */

#include <check.h>

#include "nin3a_ue/tunnels/nin3a_ue_jobs.h"
#include "test_runner.h"

#include <daemon.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

static nin3a_ue_config_t *config;
static nin3a_ue_table_t *table;
static nin3a_ue_sas_t *sas;
static nin3a_ue_legs_t *legs;
static tunnel_worker_t *worker;
static nin3a_ue_jobs_t *jobs;

/** What charon's manager was asked for */
static struct {
	ike_sa_manager_t public;
	mutex_t *mutex;
	condvar_t *asked;
	u_int checkouts, searches, checkins;
	tunnel_spis_t spis;
	/** the IKE_SA that it has, or NULL */
	ike_sa_t *ike_sa;
} manager;

/** An IKE_SA as far as the jobs ask it */
static struct {
	ike_sa_t public;
	child_sa_t child;
	child_sa_state_t child_state;
	task_t task;
	task_type_t task_type;
	u_int deletes;
} sa;

static child_sa_state_t get_child_state(child_sa_t *this)
{
	return sa.child_state;
}

static task_type_t get_task_type(task_t *this)
{
	return sa.task_type;
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	return enumerator_create_single(&sa.child, NULL);
}

static enumerator_t *create_task_enumerator(ike_sa_t *this, task_queue_t queue)
{
	return enumerator_create_single(&sa.task, NULL);
}

static ike_sa_state_t get_state(ike_sa_t *this)
{
	return IKE_ESTABLISHED;
}

static status_t delete_(ike_sa_t *this, bool force)
{
	sa.deletes++;
	return SUCCESS;
}

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	manager.mutex->lock(manager.mutex);
	manager.checkouts++;
	manager.spis = (tunnel_spis_t){
		.initiator = id->get_initiator_spi(id),
		.responder = id->get_responder_spi(id),
		.initiated_here = id->is_initiator(id),
	};
	manager.asked->broadcast(manager.asked);
	manager.mutex->unlock(manager.mutex);
	return manager.ike_sa;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	manager.mutex->lock(manager.mutex);
	manager.checkins++;
	manager.asked->broadcast(manager.asked);
	manager.mutex->unlock(manager.mutex);
}

static ike_sa_t *checkout_by_id(ike_sa_manager_t *this, uint32_t id)
{
	manager.mutex->lock(manager.mutex);
	manager.searches++;
	manager.asked->broadcast(manager.asked);
	manager.mutex->unlock(manager.mutex);
	return NULL;
}

static void setup()
{
	nin3a_ue_backoff_t backoff = { .first = 1000, .most = 1000 };

	manager.public = (ike_sa_manager_t){
		.checkout = checkout,
		.checkout_by_id = checkout_by_id,
		.checkin = checkin,
	};
	sa.public = (ike_sa_t){
		.get_state = get_state,
		.create_child_sa_enumerator = create_child_sa_enumerator,
		.create_task_enumerator = create_task_enumerator,
		.delete = delete_,
	};
	sa.child = (child_sa_t){
		.get_state = get_child_state,
	};
	sa.task = (task_t){
		.get_type = get_task_type,
	};
	sa.task_type = TASK_IKE_DPD;
	manager.mutex = mutex_create(MUTEX_TYPE_DEFAULT);
	manager.asked = condvar_create(CONDVAR_TYPE_DEFAULT);
	charon->ike_sa_manager = &manager.public;
	lib->processor->set_threads(lib->processor, 2);
	config = nin3a_ue_config_create();
	ck_assert_ptr_nonnull(config);
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	worker = tunnel_worker_create();
	jobs = nin3a_ue_jobs_create(config, sas, legs, worker);
}

static void teardown()
{
	worker->destroy(worker);
	jobs->destroy(jobs);
	lib->processor->cancel(lib->processor);
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	config->destroy(config);
	charon->ike_sa_manager = NULL;
	manager.asked->destroy(manager.asked);
	manager.mutex->destroy(manager.mutex);
}

/**
 * Have an IKE_SA.
 */
static void begin(uint32_t ike_sa, uint64_t spi)
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = "s",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
	};
	kupf_session_t *session, *begun;
	nin3a_ue_order_t order;

	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	ck_assert(order.start);
	begun = legs->begin(legs, order.name, order.serial);
	ck_assert(legs->bind(legs, begun, ike_sa, spi, NULL));
	kupf_session_unref(begun);
	kupf_session_unref(session);
}

/**
 * That closing an IKE_SA asks for it, and only for it.
 */
static void assert_asked(uint32_t ike_sa, tunnel_spis_t spis)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);

	manager.checkouts = manager.searches = 0;
	array_insert(ids, ARRAY_TAIL, &ike_sa);
	jobs->close(jobs, ids);
	manager.mutex->lock(manager.mutex);
	while (!manager.checkouts && !manager.searches)
	{
		manager.asked->wait(manager.asked, manager.mutex);
	}
	ck_assert_uint_eq(manager.searches, 0);
	ck_assert_uint_eq(manager.checkouts, 1);
	ck_assert(manager.spis.initiator == spis.initiator);
	ck_assert(manager.spis.responder == spis.responder);
	ck_assert(manager.spis.initiated_here == spis.initiated_here);
	manager.mutex->unlock(manager.mutex);
	array_destroy(ids);
}

START_TEST(test_close)
{
	tunnel_spis_t spis = { .initiator = 11, .initiated_here = TRUE };
	nin3a_ue_order_t order;

	begin(1, 11);
	assert_asked(1, spis);
	spis.responder = 12;
	sas->set_spis(sas, 1, &spis);
	assert_asked(1, spis);
	/* the UPF has rekeyed it */
	spis = (tunnel_spis_t){ .initiator = 21, .responder = 22 };
	sas->rekey(sas, 1, 2, &spis);
	assert_asked(2, spis);
	legs->remove(legs, 2, &order);
}
END_TEST

/**
 * Have the CHILD_SAs of a tunnel looked at, and wait until the IKE_SA was
 * checked in so many times.
 */
static void check_children(uint32_t ike_sa, u_int checkins)
{
	jobs->check_children(jobs, ike_sa);
	manager.mutex->lock(manager.mutex);
	while (manager.checkins < checkins)
	{
		manager.asked->wait(manager.asked, manager.mutex);
	}
	manager.mutex->unlock(manager.mutex);
}

START_TEST(test_check_children)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	kupf_session_t *session;
	nin3a_ue_order_t order;
	kupf_reason_t reason;
	uint32_t up_as;
	u_int rekeyed;

	begin(1, 11);
	sas->establish(sas, 1);
	kupf_session_unref(legs->up(legs, 1, &order, ids, &rekeyed));
	manager.ike_sa = &sa.public;

	/* one that is rekeyed is still there */
	sa.child_state = CHILD_REKEYING;
	check_children(1, 1);
	/* one that goes, but another one is being set up: looked at again */
	sa.child_state = CHILD_DELETING;
	sa.task_type = TASK_CHILD_CREATE;
	check_children(1, 2);
	ck_assert_uint_eq(sa.deletes, 0);
	/* that came to nothing; the DELETE has a checkin of its own */
	sa.task_type = TASK_IKE_DPD;
	manager.mutex->lock(manager.mutex);
	while (manager.checkins < 4)
	{
		manager.asked->wait(manager.asked, manager.mutex);
	}
	ck_assert_uint_eq(sa.deletes, 1);
	manager.mutex->unlock(manager.mutex);
	session = sas->down(sas, 1, &up_as, &reason);
	ck_assert_ptr_nonnull(session);
	ck_assert_int_eq(reason, KUPF_REASON_NO_CHILD_SA);
	kupf_session_unref(session);

	manager.ike_sa = NULL;
	legs->remove(legs, 1, &order);
	ck_assert(order.start);
	array_destroy(ids);
}
END_TEST

static Suite *nin3a_ue_jobs_suite()
{
	Suite *suite = suite_create("nin3a_ue_jobs");
	TCase *tc = test_case(suite, "close", 0, setup, teardown);

	tcase_add_test(tc, test_close);

	tc = test_case(suite, "children", 60, setup, teardown);
	tcase_add_test(tc, test_check_children);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_jobs_suite());
}
