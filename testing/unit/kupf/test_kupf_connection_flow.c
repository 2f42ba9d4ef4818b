/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * More than goes through the connection at once, clients that do not read, and
 * what is left of a connection that has ended.
 */

#include "test_client.h"
#include "test_kupf_connection.h"
#include "test_support.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * Take the next packet, a reply.
 */
static vici_message_t *next_reply(chunk_t *data)
{
	chunk_t packet = next_packet(data);

	ck_assert_int_eq(packet.ptr[0], WIRE_CMD_RESPONSE);
	packet = chunk_skip(packet, 1);
	ck_assert(test_is_message(packet));
	return vici_message_create_from_data(chunk_clone(packet), TRUE);
}

START_TEST(test_pipelined)
{
	chunk_t data = chunk_empty, received, rest;
	vici_message_t *reply;
	char name[16];
	u_int i;

	for (i = 0; i < 1000; i++)
	{
		append(&data, test_packet(WIRE_CMD_REQUEST, "establish-session",
					"session=s%u ue-id=keyid:u%u "
					"key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", i, i));
	}
	/* the server may stop reading before all is sent: read meanwhile */
	received = chunk_empty;
	rest = data;
	while (rest.len)
	{
		rest = chunk_skip(rest, feed(rest));
		append(&received, drain());
	}
	chunk_free(&data);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 1000);
	rest = received;
	for (i = 0; i < 1000; i++)
	{
		reply = next_reply(&rest);
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_str_eq(test_value(reply, "success"), "yes");
		ck_assert_str_eq(test_value(reply, "session"), name);
		reply->destroy(reply);
	}
	ck_assert_uint_eq(rest.len, 0);
	chunk_free(&received);
}
END_TEST

/**
 * Many requests, each with a reply of the same length.
 */
static chunk_t requests(u_int count)
{
	chunk_t one, all;
	u_int i;

	/* whose answer is the same each time */
	one = test_packet(WIRE_CMD_REQUEST, "request-rekey", "session=none");
	all = chunk_alloc(one.len * count);
	for (i = 0; i < count; i++)
	{
		memcpy(all.ptr + one.len * i, one.ptr, one.len);
	}
	chunk_free(&one);
	return all;
}

/**
 * Length of the packet with such a reply.
 */
static size_t reply_len()
{
	chunk_t data, received;
	size_t len;

	data = requests(1);
	feed(data);
	chunk_free(&data);
	received = drain();
	len = received.len;
	chunk_free(&received);
	return len;
}

START_TEST(test_never_reads)
{
	size_t one = reply_len(), before = test_memory("VmRSS"), sent;
	chunk_t data, received;
	u_int i, count = 100000, answered = 0, right = 0;

	data = requests(count);
	sent = feed(data);
	/* it was not read to the end, memory is bounded, nothing spins */
	ck_assert_uint_lt(sent, data.len);
	ck_assert(!test_memory_grew("VmRSS", before, 8 * 1024));
	ck_assert_ptr_nonnull(connection);
	/* now it reads, and everything goes on where it stood */
	do
	{
		received = drain();
		ck_assert_uint_eq(received.len % one, 0);
		answered += received.len / one;
		for (i = 0; i < received.len / one; i++)
		{
			/* (an assertion each would take most of the time) */
			right += received.ptr[i * one + WIRE_PACKET_HEADER] ==
					 WIRE_CMD_RESPONSE;
		}
		ck_assert_uint_eq(right, answered);
		chunk_free(&received);
		sent += feed(chunk_skip(data, sent));
	}
	while (sent < data.len);
	received = drain();
	answered += received.len / one;
	chunk_free(&received);
	ck_assert_uint_eq(answered, count);
	chunk_free(&data);
}
END_TEST

START_TEST(test_never_reads_and_goes)
{
	chunk_t data;

	data = requests(10000);
	feed(data);
	chunk_free(&data);
	ck_assert_ptr_nonnull(connection);
	close(client);
	client = -1;
	serve();
	ck_assert_ptr_null(connection);
}
END_TEST

/**
 * A length that was not looked at yet, because there is no room for replies,
 * must not make room for a packet of that length when the client hangs up.
 */
START_TEST(test_length_without_room)
{
	size_t one = reply_len(), peak;
	chunk_t data;
	u_int count;

	count = (KUPF_REPLIES_MAX + one - 1) / one;
	data = requests(count);
	append(&data, test_encode("<ffffffff>"));
	ck_assert_int_eq(send(client, data.ptr, data.len, 0), data.len);
	chunk_free(&data);
	ck_assert(serve_once());
	ck_assert_ptr_nonnull(connection);
	peak = test_memory("VmPeak");
	close(client);
	client = -1;
	serve();
	ck_assert_ptr_null(connection);
	ck_assert(!test_memory_grew("VmPeak", peak, 64 * 1024));
}
END_TEST

START_TEST(test_half_closed)
{
	size_t one = reply_len();
	chunk_t data, received, rest;
	u_int count = 0;

	/* more than what fits, so that the end comes while replies wait */
	data = requests(2000);
	ck_assert_int_eq(send(client, data.ptr, data.len, 0), data.len);
	chunk_free(&data);
	shutdown(client, SHUT_WR);
	received = rest = drain();
	while (rest.len)
	{
		ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
		count++;
	}
	ck_assert_uint_eq(count, 2000);
	ck_assert_uint_eq(received.len, 2000 * one);
	ck_assert_ptr_null(connection);
	chunk_free(&received);
}
END_TEST

START_TEST(test_half_closed_idle)
{
	shutdown(client, SHUT_WR);
	serve();
	ck_assert_ptr_null(connection);
}
END_TEST

START_TEST(test_reads_no_more)
{
	chunk_t data;

	shutdown(client, SHUT_RD);
	data = requests(1);
	feed(data);
	chunk_free(&data);
	ck_assert_ptr_null(connection);
}
END_TEST

/**
 * A child that was forked and has not called exec() yet has the socket open:
 * closing it here is not enough to be rid of it.
 */
START_TEST(test_inherited)
{
	struct epoll_event event;
	int copy;

	copy = dup(inner);
	shutdown(client, SHUT_WR);
	serve();
	ck_assert_ptr_null(connection);
	/* whoever is in the set is told of this, whatever it asked for */
	close(client);
	client = -1;
	ck_assert_int_eq(epoll_wait(epoll, &event, 1, 0), 0);
	close(copy);
}
END_TEST

START_TEST(test_slow_subscriber)
{
	uint64_t slow = test_counter("connections-slow");
	size_t before = test_memory("VmRSS");
	kupf_session_t *session;
	u_int i;

	session = test_session("s1", ID_KEY_ID, "a", 1);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "session-expired", NULL),
				WIRE_EVENT_CONFIRM);
	for (i = 0; i < 1000000 && connection; i++)
	{
		upf.events->session_expired(upf.events, session);
		if (i % 100 == 0)
		{
			serve();
		}
	}
	ck_assert_ptr_null(connection);
	ck_assert_uint_eq(test_counter("connections-slow"), slow + 1);
	ck_assert_uint_gt(i, KUPF_UNREAD_MAX / 64);
	ck_assert(!test_memory_grew("VmRSS", before, 16 * 1024));
	kupf_session_unref(session);
}
END_TEST

/**
 * Put many sessions into the store.
 */
static void put_sessions(u_int count)
{
	kupf_session_t *session;
	char name[16];
	u_int i;

	for (i = 0; i < count; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
}

START_TEST(test_list)
{
	chunk_t data = chunk_empty, received, rest, packet;
	u_int count = 0;

	put_sessions(5000);
	append(&data, test_packet(WIRE_CMD_REQUEST, "list-sessions", ""));
	append(&data, test_packet(WIRE_EVENT_REGISTER, "list-session", NULL));
	append(&data, test_packet(WIRE_CMD_REQUEST, "list-sessions", ""));
	append(&data, test_packet(WIRE_CMD_REQUEST, "none", ""));
	feed(data);
	chunk_free(&data);
	received = rest = drain();
	/* not registered: only the reply */
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_EVENT_CONFIRM);
	packet = next_packet(&rest);
	while (packet.ptr[0] == WIRE_EVENT)
	{
		ck_assert_int_eq(packet.ptr[1], strlen("list-session"));
		ck_assert(test_is_message(chunk_skip(packet, 14)));
		count++;
		packet = next_packet(&rest);
	}
	ck_assert_uint_eq(count, 5000);
	/* the reply after the last one, the next request's after that */
	ck_assert_int_eq(packet.ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_UNKNOWN);
	ck_assert_uint_eq(rest.len, 0);
	chunk_free(&received);
}
END_TEST

/* no more of a list is made than there is room for: what has gone by the time
 * that the client reads on is not in it */
START_TEST(test_list_waits)
{
	chunk_t data = chunk_empty, received, rest;
	kupf_session_t *session;
	u_int count = 0, i;
	char name[16];

	put_sessions(20000);
	append(&data, test_packet(WIRE_EVENT_REGISTER, "list-session", NULL));
	append(&data, test_packet(WIRE_CMD_REQUEST, "list-sessions", ""));
	feed(data);
	chunk_free(&data);
	for (i = 0; i < 20000; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = upf.store->get(upf.store, name);
		ck_assert(upf.store->remove(upf.store, session));
		kupf_session_unref(session);
	}
	received = rest = drain();
	while (rest.len)
	{
		count += next_packet(&rest).ptr[0] == WIRE_EVENT;
	}
	chunk_free(&received);
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_lt(count, 10000);
}
END_TEST

START_TEST(test_list_and_go)
{
	chunk_t data = chunk_empty;

	put_sessions(20000);
	append(&data, test_packet(WIRE_EVENT_REGISTER, "list-session", NULL));
	append(&data, test_packet(WIRE_CMD_REQUEST, "list-sessions", ""));
	feed(data);
	chunk_free(&data);
	ck_assert_ptr_nonnull(connection);
	if (_i)
	{	/* destroyed with the list unfinished, otherwise the client goes */
		return;
	}
	close(client);
	client = -1;
	serve();
	ck_assert_ptr_null(connection);
}
END_TEST

void kupf_connection_flow_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "flow", 60, setup, teardown);

	tcase_add_test(tc, test_pipelined);
	tcase_add_test(tc, test_never_reads);
	tcase_add_test(tc, test_never_reads_and_goes);
	tcase_add_test(tc, test_length_without_room);
	tcase_add_test(tc, test_half_closed);
	tcase_add_test(tc, test_half_closed_idle);
	tcase_add_test(tc, test_reads_no_more);
	tcase_add_test(tc, test_inherited);
	tcase_add_test(tc, test_slow_subscriber);
	tcase_add_test(tc, test_list);
	tcase_add_test(tc, test_list_waits);
	tcase_add_loop_test(tc, test_list_and_go, 0, 2);
}
