/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * One connection, with the test in the place of the server's thread: what
 * comes in in pieces, and malformed packets.
 */

#include "test_client.h"
#include "test_kupf_connection.h"
#include "test_support.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Calls of handle() in a row that are taken for a loop without end */
#define SPINNING 1000000

test_upf_t upf;

int client, inner, epoll;

kupf_connection_t *connection;

static void open_connection()
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
					 0);
	client = pair[0];
	inner = pair[1];
	connection = kupf_connection_create(pair[1], epoll, upf.commands,
										upf.publisher);
	ck_assert_ptr_nonnull(connection);
}

static void close_connection()
{
	DESTROY_IF(connection);
	connection = NULL;
	close(client);
	client = -1;
}

void setup()
{
	test_upf_init(&upf, NULL, 0);
	epoll = epoll_create1(0);
	open_connection();
}

void teardown()
{
	close_connection();
	close(epoll);
	test_upf_deinit(&upf);
}

/**
 * Destroy the connection if it is at its end.
 */
static void keep(bool alive)
{
	if (!alive)
	{
		connection->destroy(connection);
		connection = NULL;
	}
}

/**
 * Take a step of what is left to do, and wait first if it waits.
 *
 * @return			FALSE if there is nothing to do at once
 */
static bool step_once()
{
	struct pollfd wake = {
		.fd = upf.commands->get_wake(upf.commands),
		.events = POLLIN,
	};
	kupf_work_status_t status;
	eventfd_t count;

	if (!connection)
	{
		return FALSE;
	}
	keep(connection->step(connection, &status));
	if (connection && status == KUPF_WORK_WAITS)
	{
		ck_assert_int_eq(poll(&wake, 1, -1), 1);
		eventfd_read(wake.fd, &count);
	}
	return connection && status != KUPF_WORK_DONE;
}

bool serve_once()
{
	struct epoll_event event;
	bool told;

	told = connection && epoll_wait(epoll, &event, 1, 0) == 1;
	if (told)
	{
		ck_assert_ptr_eq(event.data.ptr, connection);
		keep(connection->handle(connection,
							event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)));
	}
	return step_once() || told;
}

void serve()
{
	u_int rounds = 0;

	while (serve_once())
	{
		ck_assert_msg(++rounds < SPINNING, "the server spins");
	}
}

size_t feed(chunk_t data)
{
	size_t sent = 0;
	ssize_t len;

	do
	{
		len = send(client, data.ptr + sent, data.len - sent, MSG_NOSIGNAL);
		sent += max(len, 0);
		serve();
	}
	while (len > 0 && sent < data.len);
	return sent;
}

chunk_t drain()
{
	chunk_t all = chunk_empty;
	uint8_t buf[4096];
	ssize_t len;

	serve();
	while ((len = recv(client, buf, sizeof(buf), 0)) > 0)
	{
		all = chunk_cat("mc", all, chunk_create(buf, len));
		serve();
	}
	return all;
}

chunk_t next_packet(chunk_t *data)
{
	chunk_t packet;

	ck_assert_uint_ge(data->len, WIRE_PACKET_HEADER + 1);
	packet = chunk_create(data->ptr + WIRE_PACKET_HEADER, untoh32(data->ptr));
	*data = chunk_skip(*data, WIRE_PACKET_HEADER);
	ck_assert_uint_ge(data->len, packet.len);
	*data = chunk_skip(*data, packet.len);
	return packet;
}

void append(chunk_t *data, chunk_t packet)
{
	*data = chunk_cat("mm", *data, packet);
}

/**
 * Whether the connection still answers; closes it.
 */
static bool answers()
{
	chunk_t packet, received;
	bool ok;

	packet = test_packet(WIRE_CMD_REQUEST, "version", "");
	feed(packet);
	chunk_free(&packet);
	received = drain();
	ok = received.len > 0;
	chunk_free(&received);
	close_connection();
	return ok;
}

static size_t sizes[] = { 1, 2, 3, 7, SIZE_MAX };

/**
 * Take the times out of replies, which are not the same each time.
 */
static void mask_times(chunk_t replies)
{
	static const char *names[] = { "created", "modified" };
	uint8_t *pos;
	size_t i;

	for (i = 0; i < countof(names); i++)
	{
		pos = memmem(replies.ptr, replies.len, names[i], strlen(names[i]));
		ck_assert_ptr_nonnull(pos);
		pos += strlen(names[i]);
		memset(pos + 2, 'x', untoh16(pos));
	}
}

START_TEST(test_chunks)
{
	chunk_t data = chunk_empty, expected, received, rest;
	size_t len, sent;

	append(&data, test_packet(WIRE_CMD_REQUEST, "delete-session", "session=x"));
	append(&data, test_packet(WIRE_EVENT_REGISTER, "tunnel-up", NULL));
	append(&data, test_packet(WIRE_EVENT_REGISTER, "list-session", NULL));
	append(&data, test_packet(WIRE_CMD_REQUEST, "none", "a=b"));
	append(&data, test_packet(WIRE_CMD_REQUEST, "establish-session",
				"session=s ue-id=keyid:a key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
				" ue-addresses=[10.0.0.1,10.0.0.2]"));
	append(&data, test_packet(WIRE_CMD_REQUEST, "list-sessions", ""));
	append(&data, test_packet(WIRE_CMD_REQUEST, "delete-session",
							  "session=s"));
	append(&data, test_packet(WIRE_CMD_REQUEST, "delete-session",
							  "session=s"));
	append(&data, test_packet(WIRE_EVENT_UNREGISTER, "tunnel-up", NULL));

	ck_assert_uint_eq(feed(data), data.len);
	expected = drain();
	ck_assert_ptr_nonnull(connection);
	close_connection();

	open_connection();
	for (sent = 0; sent < data.len; sent += len)
	{
		len = min(sizes[_i], data.len - sent);
		ck_assert_uint_eq(feed(chunk_create(data.ptr + sent, len)), len);
	}
	received = drain();
	mask_times(expected);
	mask_times(received);
	ck_assert(chunk_equals(expected, received));

	rest = received;
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_EVENT_CONFIRM);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_EVENT_CONFIRM);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_UNKNOWN);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_EVENT);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_EVENT_CONFIRM);
	ck_assert_uint_eq(rest.len, 0);
	chunk_free(&expected);
	chunk_free(&received);
	chunk_free(&data);
}
END_TEST

START_TEST(test_truncated)
{
	chunk_t packet, received;
	size_t len;

	packet = test_packet(WIRE_CMD_REQUEST, "establish-session",
						 "session=s ue-id=keyid:a "
						 "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	for (len = 0; len < packet.len; len++)
	{
		ck_assert_uint_eq(feed(chunk_create(packet.ptr, len)), len);
		ck_assert_ptr_nonnull(connection);
		shutdown(client, SHUT_WR);
		received = drain();
		ck_assert_uint_eq(received.len, 0);
		ck_assert_ptr_null(connection);
		close_connection();
		open_connection();
	}
	chunk_free(&packet);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
}
END_TEST

/**
 * Packets that end the connection.  Text for test_encode().
 */
static char *malformed[] = {
	/* length: too long by one, by a lot; nothing, no room for a name */
	"<00080001>",
	"<7fffffff>",
	"<80000000>",
	"<ffffffff>",
#define OVERLONG 4
	"<00000000>",
	"<0000000100>",
	"<0000000103>",
	/* packet types: only for the other direction, and unknown */
	"<000000020100>",
	"<0000000102>",
	"<000000020200>",
	"<000000020500>",
	"<000000020600>",
	"<00000006070474657374>",
	"<000000020800>",
	"<00000002ff00>",
	/* name longer than the packet */
	"<000000020001>",
	"<000000080008766572736966>",
	"<00000002030a>",
	/* octets behind the name of an event */
	"<0000000c030974756e6e656c2d757000>",
	"<0000000d040974756e6e656c2d75700102>",
	/* version with a message that is not whole, or no message at all */
	"<0000000a000776657273696f6e00>",
	"<0000000a000776657273696f6e07>",
	"<0000000a000776657273696f6eff>",
	"<0000000c000776657273696f6e010161>",
	"<0000000a000776657273696f6e02>",
	"<0000000c000776657273696f6e030161>",
	"<0000000e000776657273696f6e0301610001>",
	"<0000000c000776657273696f6e040161>",
	"<0000000c000776657273696f6e050000>",
	"<0000000f000776657273696f6e04016105000561>",
	/* with a name that is not printable */
	"<0000000e000776657273696f6e0301010000>",
};

START_TEST(test_malformed)
{
	uint64_t count = test_counter("connections-malformed");
	uint64_t overlong = test_counter("connections-overlong");
	size_t peak = test_memory("VmPeak");
	chunk_t data, received;

	data = test_encode("%s", malformed[_i]);
	feed(data);
	chunk_free(&data);
	received = drain();
	ck_assert_uint_eq(received.len, 0);
	ck_assert_msg(!connection, "%s: accepted", malformed[_i]);
	ck_assert_uint_eq(test_counter("connections-malformed"),
					  count + (_i >= OVERLONG));
	ck_assert_uint_eq(test_counter("connections-overlong"),
					  overlong + (_i < OVERLONG));
	/* it did not try to make room for it */
	ck_assert(!test_memory_grew("VmPeak", peak, 64 * 1024));
}
END_TEST

START_TEST(test_malformed_later)
{
	chunk_t data = chunk_empty, received, rest;

	/* what was asked for before gets its answer */
	append(&data, test_packet(WIRE_CMD_REQUEST, "version", ""));
	append(&data, test_packet(WIRE_CMD_REQUEST, "none", ""));
	append(&data, test_encode("<ffffffff>"));
	append(&data, test_packet(WIRE_CMD_REQUEST, "version", ""));
	feed(data);
	received = rest = drain();
	ck_assert_ptr_null(connection);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_RESPONSE);
	ck_assert_int_eq(next_packet(&rest).ptr[0], WIRE_CMD_UNKNOWN);
	ck_assert_uint_eq(rest.len, 0);
	chunk_free(&received);
	chunk_free(&data);
}
END_TEST

/** Lines at level 1 */
static u_int lines;

static void count_line(debug_t group, level_t level, char *fmt, ...)
{
	lines += level == 1;
}

/* whoever sends it again and again does not fill the log */
START_TEST(test_malformed_log)
{
	void (*saved)(debug_t group, level_t level, char *fmt, ...) = dbg;
	uint64_t suppressed = test_counter("suppressed-log-lines");
	chunk_t data = test_encode("<ffffffff>"), received;
	u_int i, count = 200;

	lines = 0;
	dbg = count_line;
	for (i = 0; i < count; i++)
	{
		feed(data);
		received = drain();
		chunk_free(&received);
		ck_assert_ptr_null(connection);
		close_connection();
		open_connection();
	}
	dbg = saved;
	chunk_free(&data);
	ck_assert_uint_gt(lines, 0);
	ck_assert_uint_lt(lines, count);
	ck_assert_uint_ge(test_counter("suppressed-log-lines") - suppressed,
					  count - lines);
}
END_TEST

/**
 * A packet of exactly so many octets, for an unknown command.
 */
static chunk_t packet_of(size_t size)
{
	chunk_t packet;
	uint8_t *pos;
	size_t left, len;

	packet = chunk_alloc(WIRE_PACKET_HEADER + size);
	htoun32(packet.ptr, size);
	pos = packet.ptr + WIRE_PACKET_HEADER;
	memcpy(pos, "\0\4none", 6);
	pos += 6;
	for (left = size - 6; left; left -= 5 + len)
	{
		len = min(left - 5, 60000);
		if (left - 5 - len && left - 5 - len < 5)
		{
			len -= 5;
		}
		memcpy(pos, "\3\1a", 3);
		htoun16(pos + 3, len);
		memset(pos + 5, 'v', len);
		pos += 5 + len;
	}
	return packet;
}

START_TEST(test_longest)
{
	chunk_t packet, received;

	packet = packet_of(WIRE_PACKET_MAX);
	ck_assert_uint_eq(feed(packet), packet.len);
	chunk_free(&packet);
	received = drain();
	ck_assert_uint_eq(received.len, WIRE_PACKET_HEADER + 1);
	ck_assert_int_eq(received.ptr[WIRE_PACKET_HEADER], WIRE_CMD_UNKNOWN);
	chunk_free(&received);
	/* a short one behind it, and a long one behind that */
	packet = test_packet(WIRE_CMD_REQUEST, "none", "");
	append(&packet, packet_of(100000));
	append(&packet, test_packet(WIRE_CMD_REQUEST, "none", ""));
	ck_assert_uint_eq(feed(packet), packet.len);
	chunk_free(&packet);
	received = drain();
	ck_assert_uint_eq(received.len, 3 * (WIRE_PACKET_HEADER + 1));
	chunk_free(&received);

	packet = packet_of(WIRE_PACKET_MAX + 1);
	feed(packet);
	chunk_free(&packet);
	ck_assert_ptr_null(connection);
}
END_TEST

void expect_bare(chunk_t packet, wire_packet_type_t type)
{
	chunk_t received;

	feed(packet);
	chunk_free(&packet);
	received = drain();
	ck_assert_uint_eq(received.len, WIRE_PACKET_HEADER + 1);
	ck_assert_int_eq(received.ptr[WIRE_PACKET_HEADER], type);
	chunk_free(&received);
}

/* it takes its synchronisation with it, and another client can begin one */
START_TEST(test_ends_synchronisation)
{
	kupf_connection_t *before;
	chunk_t packet, received, reply;
	int end;
	u_int i;

	for (i = 0; i < 2; i++)
	{
		packet = test_packet(WIRE_CMD_REQUEST, "sync-begin", "");
		feed(packet);
		chunk_free(&packet);
		received = drain();
		reply = received;
		reply = next_packet(&reply);
		ck_assert_ptr_null(memmem(reply.ptr, reply.len, "busy", 4));
		ck_assert_ptr_nonnull(memmem(reply.ptr, reply.len, "yes", 3));
		chunk_free(&received);
		/* the next one first, so that it is not at the same place in memory */
		before = connection;
		end = client;
		open_connection();
		before->destroy(before);
		close(end);
	}
}
END_TEST

START_TEST(test_unknown)
{
	chunk_t packet;

	expect_bare(test_packet(WIRE_CMD_REQUEST, "none", ""), WIRE_CMD_UNKNOWN);
	expect_bare(test_packet(WIRE_CMD_REQUEST, "", ""), WIRE_CMD_UNKNOWN);
	expect_bare(test_packet(WIRE_CMD_REQUEST, "versio", ""), WIRE_CMD_UNKNOWN);
	expect_bare(test_packet(WIRE_CMD_REQUEST, "versions", ""),
				WIRE_CMD_UNKNOWN);
	expect_bare(test_packet(WIRE_CMD_REQUEST, "Version", ""),
				WIRE_CMD_UNKNOWN);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "none", NULL),
				WIRE_EVENT_UNKNOWN);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "", NULL),
				WIRE_EVENT_UNKNOWN);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "Tunnel-Up", NULL),
				WIRE_EVENT_UNKNOWN);
	/* an octet of zero does not end a name */
	packet = test_packet(WIRE_EVENT_REGISTER, "tunnel-upXY", NULL);
	packet.ptr[packet.len - 2] = '\0';
	expect_bare(packet, WIRE_EVENT_UNKNOWN);
	packet = test_packet(WIRE_CMD_REQUEST, "versionX", "");
	packet.ptr[packet.len - 1] = '\0';
	expect_bare(packet, WIRE_CMD_UNKNOWN);
	ck_assert(answers());
}
END_TEST

static char *events[] = {
	"tunnel-up", "tunnel-down", "auth-failed", "session-expired",
	"rekey-request", "session-flapping", "child-up", "child-down",
	"tunnel-moved", "list-session",
};

START_TEST(test_register_event)
{
	char *name = events[_i];

	expect_bare(test_packet(WIRE_EVENT_UNREGISTER, name, NULL),
				WIRE_EVENT_UNKNOWN);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, name, NULL),
				WIRE_EVENT_CONFIRM);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, name, NULL),
				WIRE_EVENT_CONFIRM);
	expect_bare(test_packet(WIRE_EVENT_UNREGISTER, name, NULL),
				WIRE_EVENT_CONFIRM);
	expect_bare(test_packet(WIRE_EVENT_UNREGISTER, name, NULL),
				WIRE_EVENT_UNKNOWN);
	/* left registered when the client goes */
	expect_bare(test_packet(WIRE_EVENT_REGISTER, name, NULL),
				WIRE_EVENT_CONFIRM);
}
END_TEST

START_TEST(test_event_packet)
{
	kupf_session_t *session;
	chunk_t received, rest, packet, expected;

	session = test_session("s1", ID_KEY_ID, "a", 1);
	upf.events->session_expired(upf.events, session);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "session-expired", NULL),
				WIRE_EVENT_CONFIRM);
	expect_bare(test_packet(WIRE_EVENT_REGISTER, "session-expired", NULL),
				WIRE_EVENT_CONFIRM);
	upf.events->session_expired(upf.events, session);
	received = rest = drain();
	packet = next_packet(&rest);
	expected = chunk_clone(chunk_from_str("\7\17session-expired"));
	append(&expected, test_encode("session=s1"));
	/* and the time, 10 digits, a point and 3 digits */
	append(&expected, chunk_clone(chunk_from_chars(3, 4, 't', 'i', 'm', 'e',
												   0, 14)));
	ck_assert_uint_eq(packet.len, expected.len + 14);
	ck_assert(chunk_equals(chunk_create(packet.ptr, expected.len), expected));
	chunk_free(&expected);
	/* only once although registered twice */
	ck_assert_uint_eq(rest.len, 0);
	chunk_free(&received);
	expect_bare(test_packet(WIRE_EVENT_UNREGISTER, "session-expired", NULL),
				WIRE_EVENT_CONFIRM);
	upf.events->session_expired(upf.events, session);
	received = drain();
	ck_assert_uint_eq(received.len, 0);
	chunk_free(&received);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_mutations)
{
	chunk_t packet, copy, received;
	size_t i;
	int value;

	packet = test_packet(WIRE_CMD_REQUEST, "establish-sessions",
						 "s={ ue-id=keyid:a lifetime=9 "
						 "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 "
						 "ue-addresses=[10.0.0.1] } t={ services=[ike] }");
	for (i = 0; i < packet.len; i++)
	{
		for (value = 0; value < 256; value += 1 + i % 3)
		{
			copy = chunk_clone(packet);
			copy.ptr[i] = value;
			feed(copy);
			chunk_free(&copy);
			shutdown(client, SHUT_WR);
			received = drain();
			chunk_free(&received);
			ck_assert_ptr_null(connection);
			close_connection();
			open_connection();
		}
	}
	chunk_free(&packet);
}
END_TEST

#ifdef TEST_SEARCH_MEMORY
START_TEST(test_key_in_memory)
{
	static const char *commands[] = { "establish-session",
									  "establish-sessions" },
		*forms[] = { "session=s ue-id=keyid:a lifetime=9 key=%s%s",
					 "s={ ue-id=keyid:a lifetime=9 key=%s%s }" };
	bool text = _i & 1, batch = _i & 2;
	chunk_t packet, received;
	uint8_t *key;
	char value[] = "................................................................";
	char script[200];
	u_int i;

	/* once before: the dynamic linker saves registers on the stack when a
	 * function is called for the first time, with what happens to be in them */
	packet = test_packet(WIRE_CMD_REQUEST, commands[batch], forms[batch],
						 text ? "0x" : "",
						 text ? "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
								"4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b" :
								"KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK");
	append(&packet, test_packet(WIRE_CMD_REQUEST, "delete-session",
								"session=s"));
	feed(packet);
	chunk_free(&packet);
	received = drain();
	chunk_free(&received);

	snprintf(script, sizeof(script), forms[batch], text ? "0x" : "",
			 value + (text ? 0 : 32));
	packet = test_packet(WIRE_CMD_REQUEST, commands[batch], "%s", script);
	/* a batch has the end of the section behind it */
	key = packet.ptr + packet.len - (text ? 64 : 32) - batch;
	for (i = 0; i < (text ? 64 : 32); i++)
	{
		key[i] = test_key_octet(i, text);
	}
	ck_assert_uint_ge(test_search_memory(text), 1);
	ck_assert_int_eq(send(client, packet.ptr, packet.len, 0), packet.len);
	chunk_clear(&packet);
	ck_assert_uint_eq(test_search_memory(text), 0);
	received = drain();
	ck_assert_uint_gt(received.len, 10);
	chunk_free(&received);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 1);

	/* in the session and nowhere else, then nowhere at all */
	ck_assert_uint_eq(test_search_memory(FALSE), 1);
	ck_assert_uint_eq(test_search_memory(TRUE), 0);
	packet = test_packet(WIRE_CMD_REQUEST, "delete-session", "session=s");
	feed(packet);
	chunk_free(&packet);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
}
END_TEST
#endif

static Suite *kupf_connection_suite()
{
	Suite *suite = suite_create("kupf_connection");
	TCase *tc = test_case(suite, "packets", 60, setup, teardown);

	tcase_add_loop_test(tc, test_chunks, 0, countof(sizes));
	tcase_add_test(tc, test_truncated);
	tcase_add_loop_test(tc, test_malformed, 0, countof(malformed));
	tcase_add_test(tc, test_malformed_later);
	tcase_add_test(tc, test_malformed_log);
	tcase_add_test(tc, test_longest);
	tcase_add_test(tc, test_ends_synchronisation);
	tcase_add_test(tc, test_unknown);
	tcase_add_loop_test(tc, test_register_event, 0, countof(events));
	tcase_add_test(tc, test_event_packet);
	tcase_add_test(tc, test_mutations);
#ifdef TEST_SEARCH_MEMORY
	tcase_add_loop_test(tc, test_key_in_memory, 0, 4);
#endif

	kupf_connection_flow_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_connection_suite());
}
