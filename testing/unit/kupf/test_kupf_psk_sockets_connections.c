/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Connections that consumers tell of.
 */

#include "test_client.h"
#include "test_kupf_psk_sockets.h"

#include <unistd.h>

/** A connection with the key of PSK_ID */
#define CONNECTION "%8b%52%ec%ca%28%b4%e9%cb%b6%ae%c3%5d%89%11%1e%cf"

/**
 * Get what list-sessions says of a session.
 */
static vici_message_t *list(const char *session, test_call_t *call)
{
	vici_message_t *event;
	wire_packet_type_t type;

	test_call_begin(&upf, call, &upf, "list-sessions", "session=%s", session);
	while (test_call_step(&upf, call))
	{
		/* to its end */
	}
	event = test_call_next(call, &type);
	ck_assert_int_eq(type, WIRE_EVENT);
	return event;
}

static void assert_listed(const char *session, const char *field,
						  const char *value)
{
	vici_message_t *event;
	test_call_t call;

	event = list(session, &call);
	ck_assert_str_eq(event->get_str(event, "", (char*)field), value);
	event->destroy(event);
	test_call_end(&call);
}

START_TEST(test_connections)
{
	uint64_t held = test_counter("psk-connections");
	uint64_t opened = test_counter("psk-connections-opened");
	int other = dial("mpquic");

	listen_to(KUPF_EVENT_CONNECTION_UP);
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_CONNECTION_DOWN,
							 &smf.public);
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[ike,mpquic]");
	run("establish-session", "session=b ue-id=keyid:ue2 key=" OTHER);
	assert_listed("a", "connections", "0");
	assert_listed("b", "connections", "");

	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1 remote=192.0.2.9[4433]", "session", "a");
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("session"), "a");
	ck_assert_str_eq(told("service"), "mpquic");
	ck_assert_str_eq(told("connection"), "c-1");
	ck_assert_str_eq(told("remote"), "192.0.2.9[4433]");
	ck_assert_str_eq(told("generation"), "1");
	ck_assert_str_ne(told("time"), "");
	/* once more is the same, by another consumer it is another one */
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	ck_assert_uint_eq(smf.count, 1);
	assert_reply(other, "connection-up", "identity=" CONNECTION
				 " connection=c-1 remote=2001:db8::1[1]", "generation", "1");
	ck_assert_uint_eq(smf.count, 2);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 2);
	ck_assert_uint_eq(test_counter("psk-connections-opened"), opened + 2);
	assert_listed("a", "connections", "2");
	assert_listed("a", "psk-connections.1.service", "mpquic");
	assert_listed("a", "psk-connections.1.connection", "c-1");
	assert_listed("a", "psk-connections.1.remote", "192.0.2.9[4433]");
	assert_listed("a", "psk-connections.2.remote", "2001:db8::1[1]");
	assert_listed("a", "psk-connections.2.generation", "1");

	assert_reply(consumer, "connection-down", "connection=c-2", "cause",
				 "no-such-connection");
	assert_reply(consumer, "connection-down", "connection=c-1", "success",
				 "yes");
	assert_reply(consumer, "connection-down", "connection=c-1", "cause",
				 "no-such-connection");
	ck_assert_uint_eq(smf.count, 3);
	ck_assert_str_eq(told("reason"), "closed");
	ck_assert_str_eq(told("session"), "a");
	assert_listed("a", "connections", "1");
	ck_assert_uint_eq(test_counter("psk-connections"), held + 1);
	close(other);
	ignore(KUPF_EVENT_CONNECTION_UP);
	ignore(KUPF_EVENT_CONNECTION_DOWN);
}
END_TEST

/**
 * A key that is gone has no new connections, and those that it had are not the
 * session's any more.
 */
START_TEST(test_connections_end)
{
	uint64_t held = test_counter("psk-connections");
	u_int i;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic,tls]");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=1", "success", "yes");
	/* of the key that was, until the consumer has closed it */
	run("modify-session", "session=a key=" OTHER);
	assert_listed("a", "psk-connections.1.generation", "1");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=2", "cause", "unknown-identity");
	run("modify-session", "session=a services=[tls]");
	assert_listed("a", "connections", "0");
	run("modify-session", "session=a services=[mpquic] key=" KUPF);
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=3", "success", "yes");
	run("delete-session", "session=a");
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_listed("a", "connections", "0");
	/* they are the consumer's all the same */
	ck_assert_uint_eq(test_counter("psk-connections"), held + 2);
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=3", "cause", "invalid-field");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=4", "success", "yes");

	/* until it is gone: one event for all */
	listen_to(KUPF_EVENT_CONNECTION_DOWN);
	close(consumer);
	for (i = 0; i < 500 && !__atomic_load_n(&smf.count, __ATOMIC_SEQ_CST); i++)
	{
		usleep(10000);
	}
	ck_assert_uint_eq(smf.count, 1);
	ck_assert_str_eq(told("reason"), "consumer");
	ck_assert_str_eq(told("connections"), "3");
	ck_assert_str_eq(told("session"), "");
	ck_assert_uint_eq(test_counter("psk-connections"), held);
	assert_listed("a", "connections", "0");
	ignore(KUPF_EVENT_CONNECTION_DOWN);
	consumer = dial("mpquic");
}
END_TEST

/**
 * A line of the file that a fed session of its name hides says again and again
 * that it has no key: the connections are the fed session's.
 */
START_TEST(test_connections_hidden)
{
	write_keys("a ue-id=keyid:r key=" OTHER " services=mpquic\n");
	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	assert_listed("a", "connections", "1");
	run("modify-session", "session=a lifetime=600");
	assert_listed("a", "connections", "1");
	write_keys("a ue-id=keyid:r key=" KUPF " services=tls\n");
	assert_listed("a", "connections", "1");
	assert_reply(consumer, "connection-up", "identity=" CONNECTION
				 " connection=c-1", "success", "yes");
	run("delete-session", "session=a");
	write_keys("\n");
}
END_TEST

START_TEST(test_connections_wrong)
{
	static const struct {
		const char *message;
		const char *cause;
	} wrong[] = {
		{ "connection=a", "missing-field" },
		{ "identity=a", "missing-field" },
		{ "identity=a connection=", "invalid-field" },
		{ "identity=a connection=%20", "invalid-field" },
		{ "identity=a connection=a%00b", "invalid-field" },
		{ "identity=a connection=a%ffb", "invalid-field" },
		{ "identity=a connection=0123456789012345678901234567890123456789"
		  "0123456789012345678901234", "invalid-field" },
		{ "identity=a connection=a remote=", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1", "invalid-field" },
		{ "identity=a connection=a remote=%5b1%5d", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1[65536]", "invalid-field" },
		{ "identity=a connection=a remote=192.0.2.1[1", "invalid-field" },
		{ "identity=a connection=a remote=]192.0.2.1[", "invalid-field" },
		{ "identity=a connection=a connection=b", "invalid-field" },
		{ "identity=a connection=a session=b", "unknown-field" },
		{ "identity=a connection=a", "unknown-identity" },
	};
	u_int i;

	for (i = 0; i < countof(wrong); i++)
	{
		assert_reply(consumer, "connection-up", wrong[i].message, "cause",
					 wrong[i].cause);
	}
	assert_reply(consumer, "connection-down", "", "cause", "missing-field");
	assert_reply(consumer, "connection-down", "connection=a identity=a",
				 "cause", "unknown-field");
}
END_TEST

/**
 * Bounds for each consumer and for all.
 */
START_TEST(test_connections_bounds)
{
	uint64_t held = test_counter("psk-connections");
	kupf_psk_connections_t *connections;
	char session[KUPF_SESSION_NAME_MAX + 1];
	kupf_link_t link = { .service = "s" }, links[2];
	kupf_error_t error = {};
	int clients[3];
	uint32_t number = 0, other = 0;
	u_int i, count;

	connections = kupf_psk_connections_create(200, 300);
	for (i = 0; i < 500; i++)
	{
		error = (kupf_error_t){};
		snprintf(link.name, sizeof(link.name), "%u", i);
		ck_assert_int_eq(connections->up(connections, &clients[0], "a", &link,
										 &error),
						 i < 200 ? KUPF_PSK_UP_NEW : KUPF_PSK_UP_REFUSED);
		ck_assert_int_eq(error.cause, i < 200 ? KUPF_CAUSE_NONE :
						 KUPF_CAUSE_LIMIT_REACHED);
	}
	for (i = 0; i < 500; i++)
	{
		error = (kupf_error_t){};
		snprintf(link.name, sizeof(link.name), "%u", i);
		ck_assert_int_eq(connections->up(connections, &clients[1],
										 i % 2 ? "a" : "b", &link, &error),
						 i < 100 ? KUPF_PSK_UP_NEW : KUPF_PSK_UP_REFUSED);
	}
	/* what is there may be told again, and none of another session */
	error = (kupf_error_t){};
	strcpy(link.name, "7");
	ck_assert_int_eq(connections->up(connections, &clients[0], "a", &link,
									 &error), KUPF_PSK_UP_KNOWN);
	ck_assert_int_eq(connections->up(connections, &clients[0], "b", &link,
									 &error), KUPF_PSK_UP_REFUSED);
	ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FIELD);
	ck_assert_int_eq(connections->up(connections, &clients[2], "b", &link,
									 &error), KUPF_PSK_UP_REFUSED);
	ck_assert_uint_eq(test_counter("psk-connections"), held + 300);
	ck_assert_uint_eq(connections->describe(connections, "a", links,
											countof(links), &count), 250);
	ck_assert_uint_eq(count, countof(links));
	ck_assert_uint_eq(connections->describe(connections, "b", links, 0,
											&count), 50);
	connections->end(connections, "a", "of another");
	ck_assert_uint_eq(connections->describe(connections, "a", links, 0,
											&count), 250);
	connections->end(connections, "a", link.service);
	ck_assert_uint_eq(connections->describe(connections, "a", links, 0,
											&count), 0);
	ck_assert(connections->down(connections, &clients[0], "7", session, &link));
	ck_assert_str_eq(session, "a");
	ck_assert(!connections->down(connections, &clients[2], "7", session,
								 &link));
	ck_assert_uint_eq(connections->drop(connections, &clients[0], &number),
					  199);
	ck_assert_uint_eq(connections->drop(connections, &clients[0], &other), 0);
	ck_assert_uint_eq(connections->drop(connections, &clients[1], &other),
					  100);
	ck_assert_uint_ne(number, other);
	ck_assert_uint_eq(test_counter("psk-connections"), held);
	connections->destroy(connections);
}
END_TEST

static void take_replies(u_int count)
{
	vici_message_t *reply;

	while (count--)
	{
		reply = test_reply(consumer);
		ck_assert_str_eq(test_value(reply, "success"), "yes");
		reply->destroy(reply);
	}
}

/**
 * An SMF side that reads is not flooded by a consumer.
 */
START_TEST(test_connections_flood)
{
	uint64_t untold = test_counter("psk-connections-untold");
	char text[128];
	u_int i;

	run("establish-session", "session=a ue-id=keyid:ue key=" KUPF
		" services=[mpquic]");
	listen_to(KUPF_EVENT_CONNECTION_UP);
	for (i = 0; i < 6000; i++)
	{
		snprintf(text, sizeof(text), "identity=%s connection=%u", CONNECTION,
				 i);
		test_request(consumer, "connection-up", "%s", text);
		if (i % 32 == 31)
		{
			take_replies(32);
		}
	}
	take_replies(6000 % 32);
	/* all are there, whoever was told of them */
	assert_listed("a", "connections", "6000");
	ck_assert_uint_eq(smf.count + test_counter("psk-connections-untold"),
					  untold + 6000);
	ignore(KUPF_EVENT_CONNECTION_UP);
}
END_TEST

void kupf_psk_sockets_connections_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "connections", 120, setup, teardown);

	tcase_add_test(tc, test_connections);
	tcase_add_test(tc, test_connections_end);
	tcase_add_test(tc, test_connections_hidden);
	tcase_add_test(tc, test_connections_wrong);
	tcase_add_test(tc, test_connections_flood);

	tc = test_case(suite, "connections", 0, NULL, NULL);
	tcase_add_test(tc, test_connections_bounds);
}
