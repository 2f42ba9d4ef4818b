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
static nin3a_ue_sas_t *sas;
static nin3a_ue_legs_t *legs;
static nin3a_ue_jobs_t *jobs;

/** What charon's manager was asked for */
static struct {
	ike_sa_manager_t public;
	mutex_t *mutex;
	condvar_t *asked;
	u_int checkouts, searches;
	nin3a_ue_spis_t spis;
} manager;

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	manager.mutex->lock(manager.mutex);
	manager.checkouts++;
	manager.spis = (nin3a_ue_spis_t){
		.initiator = id->get_initiator_spi(id),
		.responder = id->get_responder_spi(id),
		.initiated_here = id->is_initiator(id),
	};
	manager.asked->broadcast(manager.asked);
	manager.mutex->unlock(manager.mutex);
	return NULL;
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
	};
	manager.mutex = mutex_create(MUTEX_TYPE_DEFAULT);
	manager.asked = condvar_create(CONDVAR_TYPE_DEFAULT);
	charon->ike_sa_manager = &manager.public;
	lib->processor->set_threads(lib->processor, 2);
	config = nin3a_ue_config_create();
	ck_assert_ptr_nonnull(config);
	sas = nin3a_ue_sas_create();
	legs = nin3a_ue_legs_create(sas, backoff);
	jobs = nin3a_ue_jobs_create(config, sas, legs);
}

static void teardown()
{
	jobs->destroy(jobs);
	lib->processor->cancel(lib->processor);
	legs->destroy(legs);
	sas->destroy(sas);
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
static void assert_asked(uint32_t ike_sa, nin3a_ue_spis_t spis)
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
	nin3a_ue_spis_t spis = { .initiator = 11, .initiated_here = TRUE };
	nin3a_ue_order_t order;

	begin(1, 11);
	assert_asked(1, spis);
	spis.responder = 12;
	sas->set_spis(sas, 1, &spis);
	assert_asked(1, spis);
	/* the UPF has rekeyed it */
	spis = (nin3a_ue_spis_t){ .initiator = 21, .responder = 22 };
	sas->rekey(sas, 1, 2, &spis);
	assert_asked(2, spis);
	legs->remove(legs, 2, &order);
}
END_TEST

static Suite *nin3a_ue_jobs_suite()
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("nin3a_ue_jobs");

	tc = tcase_create("close");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_close);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_jobs_suite());
}
