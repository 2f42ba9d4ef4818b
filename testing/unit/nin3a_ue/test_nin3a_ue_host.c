/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_nin3a_ue_host.h"
#include "nin3a_ue/nin3a_ue_counters.h"

#include <check.h>
#include <inttypes.h>

test_kupf_t kupf;
test_ike_sa_t sa, other;
test_child_sa_t pdu;
nin3a_ue_table_t *table;
nin3a_ue_sas_t *sas;
nin3a_ue_legs_t *legs;
kupf_session_t *session;
peer_cfg_t *connection;

static void note_start(nin3a_ue_jobs_t *this, const nin3a_ue_order_t *order)
{
	if (order->start)
	{
		test_kupf_note(&kupf, "start %s", order->name);
	}
}

/**
 * Note IKE_SAs, as far as there is one.
 */
static void note_all(const char *what, array_t *ids)
{
	char text[64];
	uint32_t id;
	size_t len;

	len = snprintf(text, sizeof(text), "%s", what);
	if (!array_count(ids))
	{
		return;
	}
	while (array_remove(ids, ARRAY_HEAD, &id))
	{
		len += snprintf(text + len, sizeof(text) - len, " %u", id);
		ck_assert_uint_lt(len, sizeof(text));
	}
	test_kupf_note(&kupf, "%s", text);
}

static void note_close(nin3a_ue_jobs_t *this, array_t *ids)
{
	note_all("close", ids);
}

static void note_hand_over(nin3a_ue_jobs_t *this, array_t *ids)
{
	note_all("hand-over", ids);
}

static void note_rekeyed(nin3a_ue_jobs_t *this, const tunnel_spis_t *spis)
{
	test_kupf_note(&kupf, "end-rekeyed %" PRIu64, spis->initiator);
}

static void note_roam(nin3a_ue_jobs_t *this)
{
	test_kupf_note(&kupf, "roam");
}

static void note_watch(nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "watch %u", ike_sa);
}

static void note_children(nin3a_ue_jobs_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "children %u", ike_sa);
}

static void note_listen(nin3a_ue_liveness_t *this, uint32_t ike_sa)
{
	test_kupf_note(&kupf, "listen %u", ike_sa);
}

static void note_map(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa)
{
	test_kupf_note(&kupf, "map %u", ike_sa->get_unique_id(ike_sa));
}

static void note_sent(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa,
					  message_t *message)
{
	test_kupf_note(&kupf, "sent %u", ike_sa->get_unique_id(ike_sa));
}

static void note_received(nin3a_ue_liveness_t *this, ike_sa_t *ike_sa,
						  message_t *message)
{
	test_kupf_note(&kupf, "received %u", ike_sa->get_unique_id(ike_sa));
}

nin3a_ue_jobs_t jobs = {
	.start = note_start,
	.close = note_close,
	.end_rekeyed = note_rekeyed,
	.hand_over = note_hand_over,
	.roam = note_roam,
	.watch = note_watch,
	.check_children = note_children,
};

nin3a_ue_liveness_t liveness = {
	.map = note_map,
	.watch = note_listen,
	.sent = note_sent,
	.received = note_received,
};

static peer_cfg_t *get_peer_cfg_by_name(backend_t *this, char *name)
{
	return connection && streq(name, connection->get_name(connection)) ?
		   connection->get_ref(connection) : NULL;
}

static backend_t backend = {
	.create_peer_cfg_enumerator = (void*)enumerator_create_empty,
	.create_ike_cfg_enumerator = (void*)enumerator_create_empty,
	.get_peer_cfg_by_name = get_peer_cfg_by_name,
};

/*
 * Described in header
 */
kupf_session_t *host_session(char key, u_int services, bool upf)
{
	kupf_session_data_t data;
	kupf_session_t *made;
	char bytes[32];

	memset(bytes, key, sizeof(bytes));
	test_session_data(&data, "carol", ID_RFC822_ADDR, "carol@example.org");
	data.key = chunk_from_thing(bytes);
	data.services = services;
	data.generation = 1;
	if (upf)
	{
		ck_assert(kupf_address_parse(chunk_from_str("198.51.100.2"),
									 &data.upf_address));
	}
	made = kupf_session_create(&data);
	ck_assert_ptr_nonnull(made);
	return made;
}

/**
 * Make an IKE_SA that we have initiated.
 */
static void init_ike_sa(test_ike_sa_t *this, uint32_t unique_id)
{
	test_ike_sa_init(this, unique_id);
	this->id->destroy(this->id);
	this->id = ike_sa_id_create(IKEV2_MAJOR_VERSION, unique_id,
								100 + unique_id, TRUE);
	this->conditions = COND_ORIGINAL_INITIATOR;
	this->state = IKE_CONNECTING;
}

/*
 * Described in header
 */
void host_setup()
{
	nin3a_ue_backoff_t backoff = { .first = 1000, .most = 1000 };

	test_kupf_init(&kupf);
	init_ike_sa(&sa, 1);
	init_ike_sa(&other, 2);
	test_child_sa_init(&pdu, "pdu", 1);
	table = nin3a_ue_table_create();
	sas = nin3a_ue_sas_create(table);
	legs = nin3a_ue_legs_create(table, backoff);
	session = host_session('K', KUPF_SERVICE_IKE, TRUE);
	ck_assert_int_eq(kupf.store->put(kupf.store, session), KUPF_STORE_OK);
	charon->backends->add_backend(charon->backends, &backend);
}

/*
 * Described in header
 */
void host_teardown()
{
	charon->backends->remove_backend(charon->backends, &backend);
	DESTROY_IF(connection);
	connection = NULL;
	legs->destroy(legs);
	sas->destroy(sas);
	table->destroy(table);
	kupf_session_unref(session);
	test_ike_sa_deinit(&sa);
	test_ike_sa_deinit(&other);
	test_kupf_deinit(&kupf);
}

/*
 * Described in header
 */
void host_attempt(test_ike_sa_t *of, kupf_session_t *wanted)
{
	nin3a_ue_order_t order;
	kupf_session_t *begun;

	legs->want(legs, wanted, &order);
	ck_assert(order.start);
	begun = legs->begin(legs, order.name, order.serial);
	ck_assert(legs->bind(legs, begun, of->unique_id,
						 of->id->get_initiator_spi(of->id), of));
	kupf_session_unref(begun);
}

/*
 * Described in header
 */
void host_bring_up(test_ike_sa_t *of, kupf_session_t *wanted)
{
	array_t *ids = array_create(sizeof(uint32_t), 0);
	nin3a_ue_order_t order;
	kupf_session_t *up;
	u_int rekeyed;

	host_attempt(of, wanted);
	sas->establish(sas, of->unique_id);
	up = legs->up(legs, of->unique_id, &order, ids, &rekeyed);
	ck_assert_ptr_nonnull(up);
	kupf_session_unref(up);
	of->state = IKE_ESTABLISHED;
	array_destroy(ids);
}

/*
 * Described in header
 */
peer_cfg_t *host_connection(char *name, ike_version_t version, char *children)
{
	ike_cfg_create_t ike = {
		.version = version,
		.local = "192.0.2.1",
		.local_port = 500,
		.remote = "%any",
		.remote_port = 4500,
	};
	peer_cfg_create_t peer = {};
	child_cfg_create_t child = {};
	enumerator_t *enumerator;
	peer_cfg_t *peer_cfg;
	char *token;

	peer_cfg = peer_cfg_create(name, ike_cfg_create(&ike), &peer);
	enumerator = enumerator_create_token(children, " ", "");
	while (enumerator->enumerate(enumerator, &token))
	{
		peer_cfg->add_child_cfg(peer_cfg, child_cfg_create(token, &child));
	}
	enumerator->destroy(enumerator);
	return peer_cfg;
}

/** Counter that is looked for */
static const char *wanted_counter;
static uint64_t found_value;

static void find_counter(void *user, const char *name, uint64_t value)
{
	if (streq(name, wanted_counter))
	{
		found_value = value;
	}
}

/*
 * Described in header
 */
uint64_t host_counter(const char *name)
{
	wanted_counter = name;
	found_value = UINT64_MAX;
	nin3a_ue_counters_report(find_counter, NULL);
	ck_assert_uint_ne(found_value, UINT64_MAX);
	return found_value;
}
