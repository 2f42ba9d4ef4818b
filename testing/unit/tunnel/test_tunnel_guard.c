/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the guard makes of messages: those that are not due lose all effect,
 * others lose what does not belong into them, and all that counts.
 */

#include <check.h>

#include "test_tunnel_guard.h"
#include "tunnel/tunnel_rules.h"
#include "test_runner.h"

#include <encoding/payloads/delete_payload.h>
#include <encoding/payloads/id_payload.h>
#include <encoding/payloads/nonce_payload.h>
#include <sa/ikev2/tasks/ike_rekey.h>

/** Message ID that is expected, of requests and of responses */
#define EXPECTED 7

/** An IKE_SA, its task, and whether its peer stays where it is */
test_ike_sa_t sa;
task_type_t sa_task;
task_type_t sa_begun;
bool sa_collided;
static bool fixed;

child_sa_state_t child_state;

static tunnel_guard_t *guard;
message_t *message;

static uint32_t get_message_id(ike_sa_t *this, bool initiate)
{
	return EXPECTED;
}

static task_type_t get_type(task_t *this)
{
	return sa_task;
}

static task_type_t get_begun(task_t *this)
{
	return sa_begun;
}

static bool did_collide(ike_rekey_t *this)
{
	ck_assert_int_eq(sa_task, TASK_IKE_REKEY);
	return sa_collided;
}

static enumerator_t *create_task_enumerator(ike_sa_t *this, task_queue_t queue)
{
	static ike_rekey_t active = {
		.task = {
			.get_type = get_type,
		},
		.did_collide = did_collide,
	};
	static task_t passive = {
		.get_type = get_begun,
	};

	switch (queue)
	{
		case TASK_QUEUE_ACTIVE:
			return enumerator_create_single(&active, NULL);
		case TASK_QUEUE_PASSIVE:
			return enumerator_create_single(&passive, NULL);
		default:
			return enumerator_create_empty();
	}
}

static void flush_queue(ike_sa_t *this, task_queue_t queue)
{
	ck_assert_int_eq(queue, TASK_QUEUE_PASSIVE);
	sa_begun = TASK_IKE_INIT;
}

static child_sa_state_t get_state(child_sa_t *this)
{
	return child_state;
}

/**
 * There are two.
 */
static enumerator_t *create_child_sa_enumerator(ike_sa_t *this)
{
	static child_sa_t children[2];
	array_t *array = array_create(0, 0);
	u_int i;

	for (i = 0; i < countof(children); i++)
	{
		children[i].get_state = get_state;
		array_insert(array, ARRAY_TAIL, &children[i]);
	}
	return enumerator_create_cleaner(array_create_enumerator(array),
									 (void*)array_destroy, array);
}

/**
 * There is one with an outbound SPI of zero.
 */
static child_sa_t *get_child_sa(ike_sa_t *this, protocol_id_t protocol,
								uint32_t spi, bool inbound)
{
	static child_sa_t child_sa = {
		.get_state = get_state,
	};

	ck_assert(!inbound);
	return protocol == PROTO_ESP && !spi ? &child_sa : NULL;
}

static void count()
{
}

/**
 * Begin with a message as it was received: its header and some octets.
 */
static void receive_octets(exchange_type_t exchange, bool request,
						   payload_type_t first, chunk_t payload)
{
	uint8_t header[28] = {};
	packet_t *packet;

	header[16] = first;
	header[17] = IKEV2_MAJOR_VERSION << 4;
	packet = packet_create_from_data(
						host_create_from_string("192.0.2.1", 500),
						host_create_from_string("192.0.2.2", 500),
						chunk_cat("cc", chunk_from_thing(header), payload));
	DESTROY_IF(message);
	message = message_create_from_packet(packet);
	message->set_major_version(message, IKEV2_MAJOR_VERSION);
	message->set_exchange_type(message, exchange);
	message->set_request(message, request);
	message->set_message_id(message, EXPECTED);
}

void receive(exchange_type_t exchange, bool request,
			 payload_type_t first)
{
	uint8_t payload[40] = { 0, 0, 0, sizeof(payload), 0, 2, 0, 3 };

	receive_octets(exchange, request, first, chunk_from_thing(payload));
}

void begin(exchange_type_t exchange, bool request)
{
	receive(exchange, request, PLV2_ENCRYPTED);
}

void add(payload_t *payload)
{
	message->add_payload(message, payload);
}

void add_notify(notify_type_t type)
{
	message->add_notify(message, FALSE, type, chunk_from_str("data"));
}

u_int payloads(payload_type_t type)
{
	enumerator_t *enumerator;
	payload_t *payload;
	u_int found = 0;

	enumerator = message->create_payload_enumerator(message);
	while (enumerator->enumerate(enumerator, &payload))
	{
		found += type == PL_NONE || payload->get_type(payload) == type;
	}
	enumerator->destroy(enumerator);
	return found;
}

CALLBACK(find_counter, void,
	uint64_t *value, const char *name, uint64_t counter)
{
	if (strpfx(name, "some-plugin-guard-") &&
		streq(name + strlen("some-plugin-guard-"),
			  tunnel_rules_token(value[1])))
	{
		value[0] = counter;
	}
}

uint64_t counted(tunnel_verdict_t verdict)
{
	uint64_t value[] = {UINT64_MAX, verdict};

	tunnel_guard_report("some-plugin", find_counter, value);
	ck_assert(value[0] != UINT64_MAX);
	return value[0];
}

bool check(bool plain)
{
	return guard->check(guard, &sa.public, message, plain, fixed);
}

void setup()
{
	test_ike_sa_init(&sa, 1);
	sa.public.get_message_id = get_message_id;
	sa.public.create_task_enumerator = create_task_enumerator;
	sa.public.create_child_sa_enumerator = create_child_sa_enumerator;
	sa.public.get_child_sa = get_child_sa;
	sa.public.flush_queue = flush_queue;
	sa_task = TASK_CHILD_CREATE;
	sa_begun = TASK_IKE_INIT;
	sa_collided = FALSE;
	child_state = CHILD_INSTALLED;
	/* where the messages are from */
	sa.remote->destroy(sa.remote);
	sa.remote = host_create_from_string("192.0.2.1", 4500);
	fixed = FALSE;
	guard = tunnel_guard_create("some-plugin", count);
}

void teardown()
{
	DESTROY_IF(message);
	message = NULL;
	guard->destroy(guard);
	test_ike_sa_deinit(&sa);
}

START_TEST(test_pass)
{
	begin(INFORMATIONAL, TRUE);
	ck_assert(check(FALSE));
	add(&delete_payload_create(PLV2_DELETE, PROTO_IKE)->payload_interface);
	add_notify(INITIAL_CONTACT);
	ck_assert(check(TRUE));
	ck_assert_int_eq(message->get_exchange_type(message), INFORMATIONAL);
	ck_assert_uint_eq(message->get_message_id(message), EXPECTED);
	ck_assert(message->get_request(message));
	ck_assert_uint_eq(payloads(PL_NONE), 2);
}
END_TEST

START_TEST(test_not_due)
{
	sa.state = IKE_CONNECTING;
	/* as received: it will not even be parsed */
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(FALSE)));
	ck_assert(message->get_message_id(message) > 1000000);
	/* a response becomes a request, as charon has noted its ID already */
	begin(INFORMATIONAL, FALSE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(FALSE)));
	ck_assert(message->get_request(message));
	ck_assert(message->get_message_id(message) > 1000000);
	/* as parsed */
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(TRUE)));
	ck_assert_int_eq(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
	/* by somebody else */
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(TRUE)));
}
END_TEST

START_TEST(test_window)
{
	/* what charon would not read is none of our business */
	sa.state = IKE_CONNECTING;
	begin(INFORMATIONAL, TRUE);
	message->set_message_id(message, EXPECTED - 1);
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(FALSE)));
	ck_assert_uint_eq(message->get_message_id(message), EXPECTED - 1);
	sa.version = IKEV1;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(FALSE)));
	ck_assert_uint_eq(message->get_message_id(message), EXPECTED);
}
END_TEST

START_TEST(test_init)
{
	/* charon is to see to the end of what it begins with it */
	sa.state = IKE_CREATED;
	receive(IKE_SA_INIT, TRUE, PLV2_SECURITY_ASSOCIATION);
	ck_assert(check(FALSE));
	add(&nonce_payload_create(PLV2_NONCE)->payload_interface);
	add(&id_payload_create(PLV2_ID_PEER)->payload_interface);
	add_notify(TUNNEL_ME_FIRST);
	assert_counts(TUNNEL_MEDIATION, 1,
		assert_counts(TUNNEL_MISPLACED, 1, ck_assert(check(TRUE))));
	ck_assert_int_eq(message->get_exchange_type(message), IKE_SA_INIT);
	ck_assert_uint_eq(payloads(PLV2_NONCE), 1);
	ck_assert_uint_eq(payloads(PL_NONE), 1);
}
END_TEST

START_TEST(test_unprotected)
{
	receive(INFORMATIONAL, TRUE, PL_NONE);
	assert_counts(TUNNEL_UNPROTECTED, 1, ck_assert(!check(FALSE)));
	receive(INFORMATIONAL, TRUE, PLV2_NOTIFY);
	assert_counts(TUNNEL_UNPROTECTED, 1, ck_assert(!check(FALSE)));
	receive(INFORMATIONAL, TRUE, PLV2_FRAGMENT);
	assert_counts(TUNNEL_UNPROTECTED, 0, ck_assert(check(FALSE)));
}
END_TEST

/**
 * Whether a message passes whose payload has a length, and numbers if it is a
 * fragment.
 */
static bool passes(payload_type_t type, size_t room, uint16_t len,
				   uint16_t number, uint16_t total)
{
	uint8_t payload[64] = {};

	htoun16(payload + 2, len);
	htoun16(payload + 4, number);
	htoun16(payload + 6, total);
	receive_octets(INFORMATIONAL, TRUE, type,
				   chunk_create(payload, room));
	return check(FALSE);
}

/* what is not protected as far as can be seen before it is decrypted: nobody
 * who has no key has an IKE_SA ended by it */
START_TEST(test_not_whole)
{
	size_t room;
	uint32_t len;

	for (room = 0; room < 64; room++)
	{
		for (len = 0; len < 128; len++)
		{
			ck_assert(passes(PLV2_ENCRYPTED, room, len, 0, 0) ==
					  (room >= 4 && len >= 4 && len <= room));
			ck_assert(passes(PLV2_FRAGMENT, room, len, 1, 1) ==
					  (room >= 8 && len >= 8 && len <= room));
		}
	}
	ck_assert(!passes(PLV2_ENCRYPTED, 40, UINT16_MAX, 0, 0));
	ck_assert(!passes(PLV2_FRAGMENT, 40, UINT16_MAX, 1, 1));
	ck_assert(!passes(PLV2_FRAGMENT, 40, 40, 0, 0));
	ck_assert(!passes(PLV2_FRAGMENT, 40, 40, 0, 3));
	ck_assert(!passes(PLV2_FRAGMENT, 40, 40, 1, 0));
	ck_assert(!passes(PLV2_FRAGMENT, 40, 40, 4, 3));
	ck_assert(passes(PLV2_FRAGMENT, 40, 40, 3, 3));
	ck_assert(passes(PLV2_FRAGMENT, 40, 40, 1, UINT16_MAX));
}
END_TEST

/* the peer stays where we have put it, and another port is the same place */
START_TEST(test_elsewhere)
{
	sa.conditions = COND_ORIGINAL_INITIATOR;
	fixed = TRUE;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(FALSE)));
	sa.remote->destroy(sa.remote);
	sa.remote = host_create_from_string("192.0.2.77", 500);
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(FALSE)));
	begin(INFORMATIONAL, FALSE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(FALSE)));
	/* an answer to a probe of ours */
	sa.extensions = EXT_MOBIKE;
	begin(INFORMATIONAL, FALSE);
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(FALSE)));
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 1, ck_assert(!check(FALSE)));
	/* that of others may move */
	fixed = FALSE;
	sa.extensions = 0;
	begin(INFORMATIONAL, TRUE);
	assert_counts(TUNNEL_NOT_DUE, 0, ck_assert(check(FALSE)));
}
END_TEST

START_TEST(test_mediation)
{
	begin(TUNNEL_ME_CONNECT, TRUE);
	assert_counts(TUNNEL_MEDIATION, 1, ck_assert(!check(FALSE)));
	begin(TUNNEL_ME_CONNECT, FALSE);
	assert_counts(TUNNEL_MEDIATION, 1, ck_assert(!check(TRUE)));
	ck_assert_int_eq(message->get_exchange_type(message),
					 EXCHANGE_TYPE_UNDEFINED);
}
END_TEST

static Suite *tunnel_guard_suite(void)
{
	Suite *suite = suite_create("tunnel_guard");
	TCase *tc = test_case(suite, "messages", 0, setup, teardown);

	tcase_add_test(tc, test_pass);
	tcase_add_test(tc, test_not_due);
	tcase_add_test(tc, test_window);
	tcase_add_test(tc, test_init);
	tcase_add_test(tc, test_unprotected);
	tcase_add_test(tc, test_not_whole);
	tcase_add_test(tc, test_elsewhere);
	tcase_add_test(tc, test_mediation);

	tunnel_guard_contents_case(suite);
	return suite;
}

int main(void)
{
	return test_run(tunnel_guard_suite());
}
