/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who gets which event, and what is in them.
 */

#include "kupf/protocol/kupf_publisher.h"
#include "test_runner.h"
#include "test_support.h"

#include <inttypes.h>
#include <pthread.h>
#include <time.h>

/** Events that the SMF side is told about */
#define SMF_EVENTS KUPF_EVENT_PSK_END

typedef struct test_subscriber_t test_subscriber_t;

/**
 * Subscriber that keeps the last event.
 */
struct test_subscriber_t {
	kupf_subscriber_t public;
	u_int count;
	char name[32];
	vici_message_t *message;
};

static kupf_events_t *events;

/** Who tells about them */
static kupf_publisher_t *publisher;
static test_subscriber_t one, two;
static kupf_session_t *session;

METHOD(kupf_subscriber_t, notify, void,
	test_subscriber_t *this, wire_octets_t packet)
{
	const uint8_t *name = packet.ptr + WIRE_PACKET_HEADER + 1;

	DESTROY_IF(this->message);
	this->message = test_read_packet(packet, WIRE_EVENT);
	snprintf(this->name, sizeof(this->name), "%.*s", name[0], name + 1);
	this->count++;
}

static void setup()
{
	publisher = kupf_publisher_create();
	events = &publisher->events;
	one = two = (test_subscriber_t){
		.public = {
			.notify = _notify,
		},
	};
	session = test_session("s1", ID_KEY_ID, "a", 0);
}

static void teardown()
{
	DESTROY_IF(one.message);
	DESTROY_IF(two.message);
	kupf_session_unref(session);
	publisher->destroy(publisher);
}

START_TEST(test_subscribe)
{
	events->session_expired(events, session);
	ck_assert(!publisher->unsubscribe(publisher, KUPF_EVENT_SESSION_EXPIRED,
								   &one.public));
	publisher->subscribe(publisher, KUPF_EVENT_SESSION_EXPIRED, &one.public);
	publisher->subscribe(publisher, KUPF_EVENT_SESSION_EXPIRED, &one.public);
	publisher->subscribe(publisher, KUPF_EVENT_TUNNEL_DOWN, &two.public);
	events->session_expired(events, session);
	ck_assert_uint_eq(one.count, 1);
	ck_assert_uint_eq(two.count, 0);
	publisher->subscribe(publisher, KUPF_EVENT_SESSION_EXPIRED, &two.public);
	events->session_expired(events, session);
	ck_assert_uint_eq(one.count, 2);
	ck_assert_uint_eq(two.count, 1);
	ck_assert(publisher->unsubscribe(publisher, KUPF_EVENT_SESSION_EXPIRED,
								  &one.public));
	ck_assert(!publisher->unsubscribe(publisher, KUPF_EVENT_SESSION_EXPIRED,
								   &one.public));
	events->session_expired(events, session);
	ck_assert_uint_eq(one.count, 2);
	ck_assert_uint_eq(two.count, 2);
	publisher->unsubscribe(publisher, KUPF_EVENT_SESSION_EXPIRED, &two.public);
	publisher->unsubscribe(publisher, KUPF_EVENT_TUNNEL_DOWN, &two.public);
}
END_TEST

/**
 * The time of the last event, milliseconds; fails if it is not in the form of the
 * protocol.
 */
static uint64_t event_time()
{
	const char *text = test_value(one.message, "time");
	u_int ms, used = 0;
	uint64_t sec;

	ck_assert_msg(sscanf(text, "%" SCNu64 ".%3u%n", &sec, &ms, &used) == 2 &&
				  used == strlen(text) && text[used - 4] == '.', "%s", text);
	return sec * 1000 + ms;
}

/**
 * The time of day, milliseconds.
 */
static uint64_t time_of_day()
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void raise_one(kupf_event_t event, ike_sa_t *ike_sa, child_sa_t *child)
{
	host_t *host = host_create_from_string("192.0.2.1", 4500);
	wire_writer_t writer;

	switch (event)
	{
		case KUPF_EVENT_TUNNEL_UP:
			events->tunnel_up(events, session, ike_sa, child);
			break;
		case KUPF_EVENT_TUNNEL_DOWN:
			events->tunnel_down(events, session, 1, KUPF_REASON_PEER);
			break;
		case KUPF_EVENT_AUTH_FAILED:
			events->auth_failed(events, NULL, host, host, "x");
			break;
		case KUPF_EVENT_SESSION_EXPIRED:
			events->session_expired(events, session);
			break;
		case KUPF_EVENT_KEY_REQUEST:
			events->key_request(events, NULL, host, host);
			break;
		case KUPF_EVENT_REKEY_REQUEST:
			events->rekey_request(events, session, "x");
			break;
		case KUPF_EVENT_SESSION_FLAPPING:
			events->session_flapping(events, session, host, 5, 12);
			break;
		case KUPF_EVENT_CHILD_UP:
		case KUPF_EVENT_CHILD_DOWN:
			events->child_changed(events, session, 7, ike_sa, child,
								  event == KUPF_EVENT_CHILD_UP);
			break;
		case KUPF_EVENT_TUNNEL_MOVED:
			events->tunnel_moved(events, session, 7, host, host);
			break;
		case KUPF_EVENT_CONNECTION_UP:
		case KUPF_EVENT_CONNECTION_DOWN:
			ck_assert(publisher->begin(publisher, event, &writer));
			wire_writer_text(&writer, "connection", "x");
			publisher->end(publisher, event, &writer);
			break;
		case KUPF_EVENT_PSK_END:
		case KUPF_EVENT_PSK_READY:
			ck_abort_msg("not for the SMF side");
			break;
	}
	host->destroy(host);
}

START_TEST(test_content)
{
	identification_t *id;
	host_t *local, *remote;
	kupf_event_t event;
	u_int count;

	for (event = KUPF_EVENT_TUNNEL_UP; event < SMF_EVENTS; event++)
	{
		publisher->subscribe(publisher, event, &one.public);
	}
	events->session_expired(events, session);
	ck_assert_str_eq(one.name, "session-expired");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");

	ck_assert_uint_eq(events->rekey_request(events, session, "why"), 1);
	ck_assert_str_eq(one.name, "rekey-request");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "keyid:a");
	ck_assert_str_eq(test_value(one.message, "generation"), "1");
	ck_assert_str_eq(test_value(one.message, "expires"), "0");
	ck_assert_str_eq(test_value(one.message, "reason"), "why");

	events->tunnel_down(events, session, 4294967295u, KUPF_REASON_TIMEOUT);
	ck_assert_str_eq(one.name, "tunnel-down");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "unique-id"), "4294967295");
	ck_assert_str_eq(test_value(one.message, "reason"), "timeout");

	local = host_create_from_string("192.0.2.1", 4500);
	remote = host_create_from_string("2001:db8::1", 500);
	id = identification_create_from_encoding(ID_KEY_ID,
											 chunk_from_str("\1\n\xff"));
	events->auth_failed(events, id, local, remote, "no-such-ue");
	ck_assert_str_eq(one.name, "auth-failed");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "@#010aff");
	ck_assert_str_eq(test_value(one.message, "local"), "192.0.2.1[4500]");
	ck_assert_str_eq(test_value(one.message, "remote"), "2001:db8::1[500]");
	ck_assert_str_eq(test_value(one.message, "reason"), "no-such-ue");
	events->session_flapping(events, session, remote, 5, 12);
	ck_assert_str_eq(one.name, "session-flapping");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "keyid:a");
	ck_assert_str_eq(test_value(one.message, "remote"), "2001:db8::1[500]");
	ck_assert_str_eq(test_value(one.message, "tunnels"), "5");
	ck_assert_str_eq(test_value(one.message, "seconds"), "12");
	count = one.count;
	/* whatever a peer calls itself */
	events->auth_failed(events, NULL, local, remote, "x");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "");
	id->destroy(id);
	id = identification_create_from_encoding(ID_ANY, chunk_empty);
	events->auth_failed(events, id, local, remote, "x");
	ck_assert_uint_eq(one.count, count + 2);
	id->destroy(id);
	local->destroy(local);
	remote->destroy(remote);
	for (event = KUPF_EVENT_TUNNEL_UP; event < SMF_EVENTS; event++)
	{
		ck_assert(publisher->unsubscribe(publisher, event, &one.public));
	}
}
END_TEST

static host_t *hosts[2];

static uint32_t fake_unique_id(ike_sa_t *this)
{
	return 7;
}

static host_t *fake_my_host(ike_sa_t *this)
{
	return hosts[0];
}

static host_t *fake_other_host(ike_sa_t *this)
{
	return hosts[1];
}

/** Inner address that we were assigned, or NULL */
static host_t *assigned;

static enumerator_t *fake_virtual_ips(ike_sa_t *this, bool local)
{
	/* those of the peer are none of ours */
	ck_assert(local);
	return assigned ? enumerator_create_single(assigned, NULL)
					: enumerator_create_empty();
}

static char *fake_name(child_sa_t *this)
{
	return "net";
}

static uint32_t fake_spi(child_sa_t *this, bool inbound)
{
	return htonl(inbound ? 0xc0000001 : 0x1);
}

static uint32_t fake_if_id(child_sa_t *this, bool inbound)
{
	return inbound ? 0x2a : 0;
}

START_TEST(test_tunnel_up)
{
	kupf_session_data_t data;
	ike_sa_t ike_sa = {
		.get_unique_id = fake_unique_id,
		.get_my_host = fake_my_host,
		.get_other_host = fake_other_host,
		.create_virtual_ip_enumerator = fake_virtual_ips,
	};
	child_sa_t child_sa = {
		.get_name = fake_name,
		.get_spi = fake_spi,
		.get_if_id = fake_if_id,
	};

	hosts[0] = host_create_from_string("192.0.2.1", 4500);
	hosts[1] = host_create_from_string("198.51.100.1", 40001);
	kupf_session_unref(session);
	test_session_data(&data, "s1", ID_KEY_ID, "a");
	ck_assert(kupf_address_parse(chunk_from_str("10.3.0.9"),
								 &data.ue_addresses[0]));
	data.ue_address_count = 1;
	session = kupf_session_create(&data);
	ck_assert_ptr_nonnull(session);
	publisher->subscribe(publisher, KUPF_EVENT_TUNNEL_UP, &one.public);
	events->tunnel_up(events, session, &ike_sa, &child_sa);
	ck_assert_str_eq(one.name, "tunnel-up");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "keyid:a");
	ck_assert_str_eq(test_value(one.message, "unique-id"), "7");
	ck_assert_str_eq(test_value(one.message, "local"), "192.0.2.1[4500]");
	ck_assert_str_eq(test_value(one.message, "remote"),
					 "198.51.100.1[40001]");
	ck_assert_str_eq(test_value(one.message, "child"), "net");
	ck_assert_str_eq(test_value(one.message, "spi-in"), "c0000001");
	ck_assert_str_eq(test_value(one.message, "spi-out"), "00000001");
	ck_assert_str_eq(test_value(one.message, "if-id-in"), "0000002a");
	ck_assert_str_eq(test_value(one.message, "if-id-out"), "00000000");
	ck_assert_str_eq(test_value(one.message, "auth-method"), "2");
	ck_assert_str_eq(test_value(one.message, "generation"), "1");
	ck_assert(test_begins(one.message, "ue-addresses", "10.3.0.9"));
	/* on a UE that was assigned another one */
	assigned = host_create_from_string("10.3.0.1", 0);
	events->tunnel_up(events, session, &ike_sa, &child_sa);
	ck_assert(test_begins(one.message, "ue-addresses", "10.3.0.1"));
	assigned->destroy(assigned);
	publisher->unsubscribe(publisher, KUPF_EVENT_TUNNEL_UP, &one.public);
	hosts[0]->destroy(hosts[0]);
	hosts[1]->destroy(hosts[1]);
}
END_TEST

START_TEST(test_child)
{
	ike_sa_t ike_sa = {
		.get_unique_id = fake_unique_id,
		.get_my_host = fake_my_host,
		.get_other_host = fake_other_host,
		.create_virtual_ip_enumerator = fake_virtual_ips,
	};
	child_sa_t child_sa = {
		.get_name = fake_name,
		.get_spi = fake_spi,
		.get_if_id = fake_if_id,
	};

	hosts[0] = host_create_from_string("192.0.2.1", 4500);
	hosts[1] = host_create_from_string("198.51.100.1", 40001);
	publisher->subscribe(publisher, _i, &one.public);
	/* as it came up, not as it is called since */
	events->child_changed(events, session, 3, &ike_sa, &child_sa,
						  _i == KUPF_EVENT_CHILD_UP);
	events->child_changed(events, session, 3, &ike_sa, &child_sa,
						  _i != KUPF_EVENT_CHILD_UP);
	ck_assert_uint_eq(one.count, 1);
	ck_assert_str_eq(one.name, _i == KUPF_EVENT_CHILD_UP ? "child-up"
														 : "child-down");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "keyid:a");
	ck_assert_str_eq(test_value(one.message, "unique-id"), "3");
	ck_assert_str_eq(test_value(one.message, "local"), "192.0.2.1[4500]");
	ck_assert_str_eq(test_value(one.message, "remote"),
					 "198.51.100.1[40001]");
	ck_assert_str_eq(test_value(one.message, "child"), "net");
	ck_assert_str_eq(test_value(one.message, "spi-in"), "c0000001");
	ck_assert_str_eq(test_value(one.message, "spi-out"), "00000001");
	ck_assert_str_eq(test_value(one.message, "if-id-in"), "0000002a");
	ck_assert_str_eq(test_value(one.message, "if-id-out"), "00000000");
	publisher->unsubscribe(publisher, _i, &one.public);
	hosts[0]->destroy(hosts[0]);
	hosts[1]->destroy(hosts[1]);
}
END_TEST

START_TEST(test_moved)
{
	host_t *local = host_create_from_string("192.0.2.1", 4500);
	host_t *remote = host_create_from_string("2001:db8::1", 500);

	publisher->subscribe(publisher, KUPF_EVENT_TUNNEL_MOVED, &one.public);
	events->tunnel_moved(events, session, 3, local, remote);
	ck_assert_str_eq(one.name, "tunnel-moved");
	ck_assert_str_eq(test_value(one.message, "session"), "s1");
	ck_assert_str_eq(test_value(one.message, "ue-id"), "keyid:a");
	ck_assert_str_eq(test_value(one.message, "unique-id"), "3");
	ck_assert_str_eq(test_value(one.message, "local"), "192.0.2.1[4500]");
	ck_assert_str_eq(test_value(one.message, "remote"), "2001:db8::1[500]");
	publisher->unsubscribe(publisher, KUPF_EVENT_TUNNEL_MOVED, &one.public);
	local->destroy(local);
	remote->destroy(remote);
}
END_TEST

START_TEST(test_time)
{
	ike_sa_t ike_sa = {
		.get_unique_id = fake_unique_id,
		.get_my_host = fake_my_host,
		.get_other_host = fake_other_host,
		.create_virtual_ip_enumerator = fake_virtual_ips,
	};
	child_sa_t child_sa = {
		.get_name = fake_name,
		.get_spi = fake_spi,
		.get_if_id = fake_if_id,
	};
	uint64_t before;

	hosts[0] = host_create_from_string("192.0.2.1", 4500);
	hosts[1] = host_create_from_string("198.51.100.1", 40001);
	publisher->subscribe(publisher, _i, &one.public);
	before = time_of_day();
	raise_one(_i, &ike_sa, &child_sa);
	ck_assert_str_eq(one.name, enum_to_name(kupf_event_names, _i));
	ck_assert_uint_ge(event_time(), before);
	ck_assert_uint_le(event_time(), time_of_day());
	publisher->unsubscribe(publisher, _i, &one.public);
	hosts[0]->destroy(hosts[0]);
	hosts[1]->destroy(hosts[1]);
}
END_TEST

/** Whether somebody who has unsubscribed was called */
static bool subscribed;

static void count_only(kupf_subscriber_t *this, wire_octets_t packet)
{
	ck_assert(__atomic_load_n(&subscribed, __ATOMIC_SEQ_CST));
}

static void *raise_events(void *data)
{
	u_int i;

	for (i = 0; i < 5000; i++)
	{
		events->session_expired(events, session);
	}
	return NULL;
}

START_TEST(test_threads)
{
	kupf_subscriber_t subscriber = { .notify = count_only };
	pthread_t threads[3];
	u_int i;

	for (i = 0; i < countof(threads); i++)
	{
		pthread_create(&threads[i], NULL, raise_events, NULL);
	}
	for (i = 0; i < 2000; i++)
	{
		__atomic_store_n(&subscribed, TRUE, __ATOMIC_SEQ_CST);
		publisher->subscribe(publisher, KUPF_EVENT_SESSION_EXPIRED, &subscriber);
		ck_assert(publisher->unsubscribe(publisher, KUPF_EVENT_SESSION_EXPIRED,
									  &subscriber));
		/* from here on it may be gone */
		__atomic_store_n(&subscribed, FALSE, __ATOMIC_SEQ_CST);
	}
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
	}
}
END_TEST

static Suite *kupf_publisher_suite()
{
	Suite *suite = suite_create("kupf_publisher");
	TCase *tc = test_case(suite, "events", 30, setup, teardown);

	tcase_add_test(tc, test_subscribe);
	tcase_add_test(tc, test_content);
	tcase_add_test(tc, test_tunnel_up);
	tcase_add_loop_test(tc, test_child, KUPF_EVENT_CHILD_UP,
						KUPF_EVENT_CHILD_DOWN + 1);
	tcase_add_test(tc, test_moved);
	tcase_add_loop_test(tc, test_time, KUPF_EVENT_TUNNEL_UP, SMF_EVENTS);
	tcase_add_test(tc, test_threads);

	return suite;
}

int main(void)
{
	return test_run(kupf_publisher_suite());
}
