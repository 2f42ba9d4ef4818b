/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A UPF that does not have a tunnel any more: what is done about silence, and
 * about the word of anybody that it does not know the tunnel.
 */

#include <check.h>

#include "nin3a_ue/tunnels/nin3a_ue_liveness.h"
#include "test_runner.h"

/** Back-off, milliseconds */
#define FIRST 1000
#define MOST 8000

static nin3a_ue_config_t *config;
static nin3a_ue_table_t *table;
static nin3a_ue_sas_t *sas;
static nin3a_ue_legs_t *legs;
static tunnel_worker_t *worker;
static nin3a_ue_liveness_t *liveness;
static nin3a_ue_order_t order;
static array_t *ids;

/** Attempts that were to begin */
static u_int started;

static void start_order(nin3a_ue_jobs_t *this, const nin3a_ue_order_t *next)
{
	__atomic_add_fetch(&started, next->start, __ATOMIC_SEQ_CST);
}

static nin3a_ue_jobs_t jobs = {
	.start = start_order,
};

/** The IKE_SA that charon has, and what was done with it */
static struct {
	ike_sa_t public;
	child_sa_t child;
	ike_sa_id_t *id;
	host_t *host;
	ike_sa_state_t state;
	/** MOBIKE, and whether a NAT is before us */
	bool mobike, nat;
	u_int asked, mapped, retransmitted, sent, checkins;
	tunnel_spis_t looked;
	uint64_t packets;
} sa;

static uint32_t get_unique_id(ike_sa_t *this)
{
	return 1;
}

static ike_sa_state_t get_state(ike_sa_t *this)
{
	return __atomic_load_n(&sa.state, __ATOMIC_SEQ_CST);
}

static ike_sa_id_t *get_id(ike_sa_t *this)
{
	return sa.id;
}

static host_t *get_host(ike_sa_t *this)
{
	return sa.host;
}

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return initiate ? 7 : 8;
}

static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	return enumerator_create_single(&sa.child, NULL);
}

static enumerator_t *create_task_enumerator(ike_sa_t *this, task_queue_t queue)
{
	return enumerator_create_empty();
}

static void get_usestats(child_sa_t *this, bool inbound, time_t *time,
						 uint64_t *bytes, uint64_t *packets)
{
	ck_assert(inbound);
	*packets = __atomic_load_n(&sa.packets, __ATOMIC_SEQ_CST);
}

static bool supports_extension(ike_sa_t *this, ike_extension_t extension)
{
	return extension == EXT_MOBIKE && sa.mobike;
}

static bool has_condition(ike_sa_t *this, ike_condition_t condition)
{
	return condition == COND_NAT_HERE && sa.nat;
}

static void queue_task(ike_sa_t *this, task_t *task)
{
	if (sa.mobike && sa.nat)
	{
		ck_assert_int_eq(task->get_type(task), TASK_IKE_MOBIKE);
		__atomic_add_fetch(&sa.mapped, 1, __ATOMIC_SEQ_CST);
	}
	else
	{
		ck_assert_int_eq(task->get_type(task), TASK_IKE_DPD);
	}
	task->destroy(task);
}

static status_t initiate(ike_sa_t *this, child_cfg_t *child_cfg,
						 child_init_args_t *args)
{
	ck_assert_ptr_null(child_cfg);
	__atomic_add_fetch(&sa.asked, 1, __ATOMIC_SEQ_CST);
	return SUCCESS;
}

static status_t retransmit(ike_sa_t *this, uint32_t message_id)
{
	ck_assert_uint_eq(message_id, 0);
	__atomic_add_fetch(&sa.retransmitted, 1, __ATOMIC_SEQ_CST);
	return SUCCESS;
}

static ike_sa_t *checkout(ike_sa_manager_t *this, ike_sa_id_t *id)
{
	sa.looked = (tunnel_spis_t){
		.initiator = id->get_initiator_spi(id),
		.responder = id->get_responder_spi(id),
		.initiated_here = id->is_initiator(id),
	};
	return &sa.public;
}

static void checkin(ike_sa_manager_t *this, ike_sa_t *ike_sa)
{
	__atomic_add_fetch(&sa.checkins, 1, __ATOMIC_SEQ_CST);
}

static ike_sa_manager_t manager = {
	.checkout = checkout,
	.checkin = checkin,
};

/** A message, as far as it is looked at */
static struct {
	message_t public;
	bool request;
	exchange_type_t exchange;
	chunk_t data;
} message;

static bool get_request(message_t *this)
{
	return message.request;
}

static exchange_type_t get_exchange_type(message_t *this)
{
	return message.exchange;
}

static chunk_t get_packet_data(message_t *this)
{
	return message.data;
}

static void send_packet(sender_t *this, packet_t *packet)
{
	ck_assert(chunk_equals(packet->get_data(packet), chunk_from_str("asked")));
	packet->destroy(packet);
	__atomic_add_fetch(&sa.sent, 1, __ATOMIC_SEQ_CST);
}

static sender_t sender = {
	.send = send_packet,
};

/** INVALID_IKE_SPI, without protection */
static uint8_t invalid_spi[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
	41, 0x20, 37, 0x20, 0, 0, 0, 7, 0, 0, 0, 36,
	0, 0, 0, 8, 0, 0, 0, 4,
};

static void setup()
{
	nin3a_ue_backoff_t backoff = { .first = FIRST, .most = MOST };

	lib->settings->set_str(lib->settings, "%s.plugins.nin3a-ue.liveness", "1s",
						   lib->ns);
	sa.id = ike_sa_id_create(IKEV2_MAJOR_VERSION, 11, 0, TRUE);
	sa.host = host_create_from_string("192.0.2.1", 4500);
	sa.state = IKE_ESTABLISHED;
	sa.mobike = sa.nat = FALSE;
	sa.child.get_usestats = get_usestats;
	sa.public = (ike_sa_t){
		.get_unique_id = get_unique_id,
		.get_state = get_state,
		.get_id = get_id,
		.get_my_host = get_host,
		.get_other_host = get_host,
		.get_message_id = get_message_id,
		.create_child_sa_enumerator = create_child_sa_enumerator,
		.create_task_enumerator = create_task_enumerator,
		.supports_extension = supports_extension,
		.has_condition = has_condition,
		.queue_task = queue_task,
		.initiate = initiate,
		.retransmit = retransmit,
	};
	message.public = (message_t){
		.get_request = get_request,
		.get_exchange_type = get_exchange_type,
		.get_packet_data = get_packet_data,
	};
	message.exchange = INFORMATIONAL;
	charon->ike_sa_manager = &manager;
	charon->sender = &sender;
	lib->processor->set_threads(lib->processor, 2);
	config = nin3a_ue_config_create();
	ck_assert_ptr_nonnull(config);
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	worker = tunnel_worker_create();
	liveness = nin3a_ue_liveness_create(config, sas, legs, &jobs, worker);
	ids = array_create(sizeof(uint32_t), 0);
}

static void teardown()
{
	uint32_t ike_sa;

	worker->destroy(worker);
	lib->processor->cancel(lib->processor);
	liveness->destroy(liveness);
	for (ike_sa = 1; ike_sa < 32; ike_sa++)
	{
		legs->remove(legs, ike_sa, &order);
	}
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	config->destroy(config);
	charon->ike_sa_manager = NULL;
	charon->sender = NULL;
	sa.host->destroy(sa.host);
	sa.id->destroy(sa.id);
	array_destroy(ids);
}

/**
 * Carry out the order: there is an IKE_SA then.
 */
static void start(uint32_t ike_sa)
{
	kupf_session_t *session;

	ck_assert(order.start);
	session = legs->begin(legs, order.name, order.serial);
	ck_assert_ptr_nonnull(session);
	ck_assert(legs->bind(legs, session, ike_sa, 10 + ike_sa, NULL));
	kupf_session_unref(session);
	order.start = FALSE;
}

/**
 * An IKE_SA becomes a tunnel.
 */
static void up(uint32_t ike_sa)
{
	u_int rekeyed;

	sas->establish(sas, ike_sa);
	kupf_session_unref(legs->up(legs, ike_sa, &order, ids, &rekeyed));
	ck_assert_int_eq(sas->get_stage(sas, ike_sa), NIN3A_UE_STAGE_UP);
}

/**
 * An attempt fails.
 */
static void give_up(uint32_t ike_sa, nin3a_ue_reason_t reason)
{
	sas->set_failure(sas, ike_sa, reason);
	legs->remove(legs, ike_sa, &order);
}

/**
 * There is a tunnel, IKE_SA 1.
 */
static void begin()
{
	uint8_t key[32] = { 1 };
	kupf_session_data_t data = {
		.name = "s",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
	};
	kupf_session_t *session;

	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	kupf_session_unref(session);
	start(1);
	up(1);
}

/**
 * Make believe that it is later, for a tunnel and the hints about it.
 */
static void age(uint32_t ike_sa, u_int seconds)
{
	nin3a_ue_sa_t *entry;

	table->lock(table);
	entry = table->find(table, ike_sa);
	entry->since -= seconds;
	entry->leg->hinted_at -= seconds;
	table->unlock(table);
}

/**
 * A request of an IKE_SA is in the air.
 */
static void ask(uint32_t ike_sa)
{
	nin3a_ue_sa_t *entry;

	table->lock(table);
	entry = table->find(table, ike_sa);
	entry->asked = TRUE;
	table->unlock(table);
}

/**
 * What has to be done is this, after so much time and up to a quarter less.
 */
static void assert_delay(uint32_t delay)
{
	ck_assert(order.start);
	ck_assert_uint_le(order.delay, delay);
	ck_assert_uint_ge(order.delay, delay - delay / 4);
}

/**
 * There is one IKE_SA to be closed.
 */
static void assert_closed(uint32_t ike_sa)
{
	uint32_t id;

	ck_assert(array_remove(ids, ARRAY_HEAD, &id));
	ck_assert_uint_eq(id, ike_sa);
	ck_assert_int_eq(array_count(ids), 0);
}

/**
 * Wait for a counter to reach a value.
 */
static void await(u_int *counter, u_int value)
{
	u_int i;

	for (i = 0; i < 20000 &&
		 __atomic_load_n(counter, __ATOMIC_SEQ_CST) < value; i++)
	{
		usleep(1000);
	}
	ck_assert_uint_ge(__atomic_load_n(counter, __ATOMIC_SEQ_CST), value);
}

START_TEST(test_suspect)
{
	begin();
	ck_assert(legs->suspect(legs, 1, &order));
	/* it has not lasted */
	assert_delay(FIRST);
	ck_assert(!legs->suspect(legs, 1, &order));
	ck_assert(!order.start);
	/* it stays until there is another one */
	ck_assert_uint_eq(legs->count_tunnels(legs, "s"), 1);
	ck_assert_int_eq(array_count(ids), 0);
}
END_TEST

START_TEST(test_suspect_lasted)
{
	begin();
	age(1, MOST / 1000);
	ck_assert(legs->suspect(legs, 1, &order));
	assert_delay(0);
	start(2);
	/* failures of that count, as it cannot be relied upon */
	give_up(2, NIN3A_UE_REFUSED);
	assert_delay(FIRST);
	start(3);
	up(3);
	assert_closed(1);
	ck_assert(!order.start);
	/* it goes anyway */
	ck_assert(!legs->suspect(legs, 1, &order));
	ck_assert(!order.start);
}
END_TEST

START_TEST(test_trust)
{
	nin3a_ue_order_t late;

	begin();
	ck_assert(legs->suspect(legs, 1, &order));
	late = order;
	legs->trust(legs, 1);
	ck_assert_ptr_null(legs->begin(legs, late.name, late.serial));
	/* it may be suspected again; an attempt that is under way goes on */
	ck_assert(legs->suspect(legs, 1, &order));
	start(2);
	legs->trust(legs, 1);
	up(2);
	assert_closed(1);
}
END_TEST

/* a tunnel that is trusted again but not what is wanted any more */
START_TEST(test_trust_modified)
{
	uint8_t key[32] = { 2 };
	kupf_session_data_t data = {
		.name = "s",
		.id_type = ID_KEY_ID,
		.id = chunk_from_str("ue"),
		.key = chunk_from_thing(key),
		.services = KUPF_SERVICE_IKE,
		.generation = 2,
	};
	kupf_session_t *session, *begun;
	nin3a_ue_order_t pending;

	begin();
	ck_assert(legs->suspect(legs, 1, &order));
	session = kupf_session_create(&data);
	legs->want(legs, session, &order);
	kupf_session_unref(session);
	start(2);
	give_up(2, NIN3A_UE_NO_ANSWER);
	ck_assert(order.start);
	pending = order;
	/* the UPF is there again: the old tunnel shows a sign of life */
	legs->trust(legs, 1);
	begun = legs->begin(legs, pending.name, pending.serial);
	ck_assert_ptr_nonnull(begun);
	kupf_session_unref(begun);
}
END_TEST

START_TEST(test_hint)
{
	nin3a_ue_order_t pending;
	uint32_t attempt;

	begin();
	/* it is the answer to something, or nothing */
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	ck_assert(!order.start);
	ask(1);
	ck_assert(legs->hint(legs, 1, &order, &attempt));
	assert_delay(FIRST);
	ck_assert_uint_eq(attempt, 0);
	start(2);
	/* another one at once says nothing; later, that the UPF is there */
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	ck_assert_uint_eq(attempt, 0);
	age(1, 1);
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	ck_assert_uint_eq(attempt, 2);
	ck_assert(!order.start);
	/* an attempt that was not answered begins anew, one that was refused waits
	 * as ever */
	give_up(2, NIN3A_UE_NO_ANSWER);
	assert_delay(2 * FIRST);
	age(1, 1);
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	assert_delay(0);
	start(3);
	give_up(3, NIN3A_UE_REFUSED);
	assert_delay(4 * FIRST);
	pending = order;
	age(1, 1);
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	ck_assert(!order.start);
	/* nor does it a second time: the first word came from anybody */
	order = pending;
	start(4);
	give_up(4, NIN3A_UE_NO_ANSWER);
	age(1, 1);
	ck_assert(!legs->hint(legs, 1, &order, &attempt));
	ck_assert(!order.start);
	/* none of ours */
	ck_assert(!legs->hint(legs, 99, &order, &attempt));
}
END_TEST

START_TEST(test_hints_bounded)
{
	static uint32_t delays[] = { 1000, 2000, 4000, 8000, 8000, 8000 };
	uint32_t attempt, ike_sa = 1;
	u_int i;

	/* whoever says so of each tunnel gains ever less */
	begin();
	for (i = 0; i < countof(delays); i++)
	{
		ask(ike_sa);
		age(ike_sa, 1);
		ck_assert(legs->hint(legs, ike_sa, &order, &attempt));
		assert_delay(delays[i]);
		start(ike_sa + 1);
		up(ike_sa + 1);
		assert_closed(ike_sa);
		legs->remove(legs, ike_sa, &order);
		ck_assert(!order.start);
		ike_sa++;
	}
}
END_TEST

START_TEST(test_silence)
{
	begin();
	/* what is sent is kept, until it is answered */
	message.request = TRUE;
	message.data = chunk_from_str("asked");
	liveness->sent(liveness, &sa.public, &message.public);
	liveness->watch(liveness, 1);
	await(&sa.asked, 1);
	await(&sa.sent, 2);
	await(&started, 1);
	ck_assert_uint_eq(sa.asked, 1);
	/* it goes on: a UPF that is there again says that it does not know */
	await(&sa.sent, 5);
	ck_assert_uint_eq(started, 1);
	/* a packet comes, and then none again */
	__atomic_store_n(&sa.packets, 1, __ATOMIC_SEQ_CST);
	await(&sa.asked, 2);
	await(&started, 2);
}
END_TEST

/* behind a NAT, with MOBIKE, its mapping is asked for at once, and whenever a sign
 * of life is */
START_TEST(test_mapping)
{
	begin();
	sa.mobike = TRUE;
	liveness->map(liveness, &sa.public);
	sa.mobike = FALSE;
	sa.nat = TRUE;
	liveness->map(liveness, &sa.public);
	sa.mobike = TRUE;
	sa.state = IKE_DELETING;
	liveness->map(liveness, &sa.public);
	await(&sa.checkins, 1);
	ck_assert_uint_eq(sa.asked, 0);
	sa.state = IKE_ESTABLISHED;
	liveness->map(liveness, &sa.public);
	await(&sa.asked, 1);
	await(&sa.checkins, 2);
	ck_assert_uint_eq(sa.mapped, 1);
	liveness->watch(liveness, 1);
	await(&sa.asked, 2);
	ck_assert_uint_eq(sa.mapped, 2);
}
END_TEST

START_TEST(test_answered)
{
	u_int i;

	begin();
	message.request = TRUE;
	message.data = chunk_from_str("asked");
	liveness->sent(liveness, &sa.public, &message.public);
	message.request = FALSE;
	liveness->watch(liveness, 1);
	for (i = 1; i < 4; i++)
	{
		await(&sa.asked, i);
		liveness->received(liveness, &sa.public, &message.public);
	}
	ck_assert_uint_eq(started, 0);
	/* the request was answered and is not sent again */
	ck_assert_uint_eq(sa.sent, 0);
	/* what goes is not listened to */
	__atomic_store_n(&sa.state, IKE_DELETING, __ATOMIC_SEQ_CST);
}
END_TEST

/**
 * INVALID_IKE_SPI comes, and is looked at.
 */
static void hint(uint32_t message_id)
{
	u_int before = __atomic_load_n(&sa.checkins, __ATOMIC_SEQ_CST);

	htoun32(invalid_spi + 20, message_id);
	liveness->hint(liveness, chunk_from_thing(invalid_spi));
	await(&sa.checkins, before + 1);
}

START_TEST(test_unprotected)
{
	begin();
	/* it is the answer to what was asked, or nothing */
	hint(7);
	message.request = TRUE;
	message.data = chunk_from_str("asked");
	liveness->sent(liveness, &sa.public, &message.public);
	hint(6);
	hint(8);
	ck_assert_uint_eq(started, 0);
	hint(7);
	ck_assert_uint_eq(started, 1);
	/* the IKE_SA is looked for by what the message says */
	ck_assert(sa.looked.initiator == ((uint64_t*)invalid_spi)[0]);
	ck_assert(sa.looked.responder == ((uint64_t*)invalid_spi)[1]);
	ck_assert(sa.looked.initiated_here);
	ck_assert_uint_eq(legs->count_tunnels(legs, "s"), 1);
}
END_TEST

/* what is in the air when the UPF dies may be a rekeying, whose answer is as well */
START_TEST(test_unprotected_rekeying)
{
	begin();
	message.request = TRUE;
	message.exchange = CREATE_CHILD_SA;
	message.data = chunk_from_str("rekeyed");
	liveness->sent(liveness, &sa.public, &message.public);
	invalid_spi[18] = CREATE_CHILD_SA;
	hint(6);
	ck_assert_uint_eq(started, 0);
	hint(7);
	ck_assert_uint_eq(started, 1);
}
END_TEST

START_TEST(test_resend)
{
	begin();
	ask(1);
	ck_assert(legs->suspect(legs, 1, &order));
	start(2);
	/* an attempt that waits for its first answer is hurried */
	sa.state = IKE_CONNECTING;
	hint(7);
	await(&sa.retransmitted, 1);
	/* not once the UPF has answered it */
	sa.id->set_responder_spi(sa.id, 1);
	age(1, 1);
	hint(7);
	await(&sa.checkins, 4);
	ck_assert_uint_eq(sa.retransmitted, 1);
	ck_assert_uint_eq(started, 0);
}
END_TEST

START_TEST(test_flood)
{
	time_t begun = time_monotonic(NULL), seconds;
	u_int i;

	for (i = 0; i < 10000; i++)
	{
		liveness->hint(liveness, chunk_from_thing(invalid_spi));
	}
	/* those of the seconds that this took are looked at, of each so many */
	seconds = time_monotonic(NULL) - begun + 1;
	await(&sa.checkins, NIN3A_UE_HINT_RATE);
	usleep(100000);
	ck_assert_uint_le(sa.checkins, seconds * NIN3A_UE_HINT_RATE);
}
END_TEST

static Suite *nin3a_ue_liveness_suite()
{
	Suite *suite = suite_create("nin3a_ue_liveness");
	TCase *tc = test_case(suite, "legs", 0, setup, teardown);

	tcase_add_test(tc, test_suspect);
	tcase_add_test(tc, test_suspect_lasted);
	tcase_add_test(tc, test_trust);
	tcase_add_test(tc, test_trust_modified);
	tcase_add_test(tc, test_hint);
	tcase_add_test(tc, test_hints_bounded);

	tc = test_case(suite, "listening", 60, setup, teardown);
	tcase_add_test(tc, test_silence);
	tcase_add_test(tc, test_mapping);
	tcase_add_test(tc, test_answered);
	tcase_add_test(tc, test_unprotected);
	tcase_add_test(tc, test_unprotected_rekeying);
	tcase_add_test(tc, test_resend);
	tcase_add_test(tc, test_flood);

	return suite;
}

int main(void)
{
	return test_run(nin3a_ue_liveness_suite());
}
