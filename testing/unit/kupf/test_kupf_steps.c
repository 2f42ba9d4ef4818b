/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Long commands in steps: while one client waits for the end of a command,
 * another one gets its answer and a third one its events.  The test stands in
 * for the server's thread, and counts its rounds.
 */

#include "test_kupf_steps.h"
#include "test_support.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/** Key of all of them */
#define KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

test_upf_t upf;

int clients[CLIENTS], epoll;
kupf_connection_t *connections[CLIENTS];

/** Rounds so far */
static u_int rounds;

semaphore_t *reading;

void setup()
{
	int pair[2], i;

	test_upf_init(&upf, NULL, 0);
	epoll = epoll_create1(0);
	for (i = 0; i < CLIENTS; i++)
	{
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
									pair), 0);
		clients[i] = pair[0];
		connections[i] = kupf_connection_create(pair[1], epoll, upf.commands,
												upf.publisher);
		ck_assert_ptr_nonnull(connections[i]);
	}
	rounds = 0;
}

void teardown()
{
	int i;

	for (i = 0; i < CLIENTS; i++)
	{
		DESTROY_IF(connections[i]);
		close(clients[i]);
	}
	close(epoll);
	test_upf_deinit(&upf);
}

/**
 * Destroy a connection if it is at its end.
 */
static void keep(int i, bool alive)
{
	if (!alive)
	{
		connections[i]->destroy(connections[i]);
		connections[i] = NULL;
	}
}

kupf_work_status_t serve_round()
{
	kupf_work_status_t status, all = KUPF_WORK_DONE;
	struct epoll_event events[CLIENTS];
	int count, i, j;

	rounds++;
	count = epoll_wait(epoll, events, CLIENTS, 0);
	for (j = 0; j < count; j++)
	{
		for (i = 0; connections[i] != events[j].data.ptr; i++)
		{
			ck_assert_int_lt(i, CLIENTS - 1);
		}
		keep(i, connections[i]->handle(connections[i], events[j].events &
									   (EPOLLIN | EPOLLHUP | EPOLLERR)));
	}
	for (i = 0; i < CLIENTS; i++)
	{
		if (connections[i])
		{
			keep(i, connections[i]->step(connections[i], &status));
			if (connections[i] && all != KUPF_WORK_MORE)
			{
				all = status == KUPF_WORK_DONE ? all : status;
			}
		}
	}
	return all;
}

void serve_all()
{
	struct pollfd wake = {
		.fd = upf.commands->get_wake(upf.commands),
		.events = POLLIN,
	};
	kupf_work_status_t status;
	u_int idle = 0;

	while (idle < 3)
	{
		status = serve_round();
		idle = status == KUPF_WORK_DONE ? idle + 1 : 0;
		if (status == KUPF_WORK_WAITS)
		{
			ck_assert_int_eq(poll(&wake, 1, -1), 1);
		}
	}
}

void ask(int i, wire_packet_type_t type, const char *name,
		 const char *script)
{
	chunk_t packet;

	packet = test_packet(type, (char*)name, script ? "%s" : NULL, script);
	ck_assert_int_eq(send(clients[i], packet.ptr, packet.len, MSG_NOSIGNAL),
					 packet.len);
	chunk_free(&packet);
}

size_t pending(int i)
{
	static uint8_t buf[65536];
	ssize_t len;

	len = recv(clients[i], buf, sizeof(buf), MSG_PEEK);
	return max(len, 0);
}

/**
 * Read a packet, which has to be there.
 *
 * @param name		name of the event, NULL for a reply
 * @return			message
 */
static vici_message_t *receive(int i, const char *name)
{
	uint8_t header[WIRE_PACKET_HEADER], *body;
	wire_packet_t packet;
	size_t len;
	chunk_t copy;

	ck_assert_int_eq(recv(clients[i], header, sizeof(header), 0),
					 sizeof(header));
	len = untoh32(header);
	body = malloc(len);
	ck_assert_int_eq(recv(clients[i], body, len, 0), len);
	ck_assert(wire_packet_parse(wire_octets(body, len), &packet));
	ck_assert_int_eq(packet.type, name ? WIRE_EVENT : WIRE_CMD_RESPONSE);
	ck_assert(!name || wire_equals(packet.name, name));
	copy = chunk_clone(chunk_create((u_char*)packet.message.ptr,
									packet.message.len));
	free(body);
	return vici_message_create_from_data(copy, TRUE);
}

void expect(int i, const char *name, const char *value)
{
	vici_message_t *reply = receive(i, NULL);

	ck_assert_str_eq(test_value(reply, (char*)name), value);
	reply->destroy(reply);
}

void listen_to(const char *event)
{
	uint8_t confirm[WIRE_PACKET_HEADER + 1];

	ask(LISTENS, WIRE_EVENT_REGISTER, event, NULL);
	serve_all();
	ck_assert_int_eq(recv(clients[LISTENS], confirm, sizeof(confirm), 0),
					 sizeof(confirm));
	ck_assert_int_eq(confirm[WIRE_PACKET_HEADER], WIRE_EVENT_CONFIRM);
}

void put_sessions()
{
	kupf_session_t *session;
	char name[16];
	u_int i;

	for (i = 0; i < SESSIONS; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
		kupf_session_unref(session);
	}
}

u_int raise_key_request()
{
	identification_t *id;
	host_t *host;
	u_int told;

	id = identification_create_from_string("keyid:nobody");
	host = host_create_from_string("192.0.2.1", 500);
	told = upf.events->key_request(upf.events, id, host, host);
	id->destroy(id);
	host->destroy(host);
	return told;
}

u_int serve_others()
{
	vici_message_t *event;
	u_int before = rounds;

	ask(ASKS, WIRE_CMD_REQUEST, "version", "");
	ck_assert_uint_eq(raise_key_request(), 1);
	while (!pending(ASKS) || !pending(LISTENS))
	{
		serve_round();
		ck_assert_msg(!pending(LONG), "the command was done before that");
	}
	expect(ASKS, "success", "yes");
	event = receive(LISTENS, "key-request");
	ck_assert_str_eq(test_value(event, "ue-id"), "keyid:nobody");
	event->destroy(event);
	return rounds - before;
}

char *sections(u_int count)
{
	char *script, *pos;
	u_int i;

	script = pos = malloc(count * 80 + 1);
	for (i = 0; i < count; i++)
	{
		pos += sprintf(pos, "n%u={ ue-id=keyid:n%u key=" KEY " } ", i, i);
	}
	return script;
}

START_TEST(test_sync_end)
{
	u_int others = 0, i;

	put_sessions();
	listen_to("key-request");
	ask(LONG, WIRE_CMD_REQUEST, "sync-begin", "");
	serve_all();
	expect(LONG, "success", "yes");
	ask(LONG, WIRE_CMD_REQUEST, "sync-end", "");
	ask(LONG, WIRE_CMD_REQUEST, "version", "");
	for (i = 0; i < 5; i++)
	{
		others += serve_others();
	}
	/* at once each time, and what is left to do is left */
	ck_assert_uint_eq(others, 5);
	ck_assert_uint_gt(upf.store->get_count(upf.store), SESSIONS / 2);
	ck_assert_uint_lt(upf.store->get_count(upf.store), SESSIONS);
	serve_all();
	/* the next request of the same client has waited */
	expect(LONG, "removed", "3000");
	expect(LONG, "sessions", "0");
}
END_TEST

START_TEST(test_batch)
{
	char *script;
	u_int others = 0, i;

	script = sections(1000);
	listen_to("key-request");
	ask(LONG, WIRE_CMD_REQUEST, "establish-sessions", script);
	/* to have it come in */
	while (!upf.store->get_count(upf.store))
	{
		serve_round();
	}
	for (i = 0; i < 5; i++)
	{
		others += serve_others();
	}
	ck_assert_uint_eq(others, 5);
	ck_assert_uint_lt(upf.store->get_count(upf.store), 500);
	serve_all();
	expect(LONG, "established", "1000");
	free(script);
}
END_TEST

/* of whichever kind */
START_TEST(test_delete_batch)
{
	char *script, *pos;
	u_int others = 0, i;

	put_sessions();
	script = pos = malloc(SESSIONS * 16 + 1);
	for (i = 0; i < SESSIONS; i++)
	{
		pos += sprintf(pos, "s%u={ } ", i);
	}
	listen_to("key-request");
	ask(LONG, WIRE_CMD_REQUEST, "delete-sessions", script);
	while (upf.store->get_count(upf.store) == SESSIONS)
	{
		serve_round();
	}
	for (i = 0; i < 5; i++)
	{
		others += serve_others();
	}
	ck_assert_uint_eq(others, 5);
	ck_assert_uint_gt(upf.store->get_count(upf.store), SESSIONS / 2);
	serve_all();
	expect(LONG, "deleted", "3000");
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
	free(script);
}
END_TEST

/**
 * Requests that come in a row do not keep others waiting, either.
 */
START_TEST(test_pipelined)
{
	chunk_t packet, all = chunk_empty;
	u_int i, count = 1000;

	packet = test_packet(WIRE_CMD_REQUEST, "delete-session", "session=none");
	for (i = 0; i < count; i++)
	{
		all = chunk_cat("mc", all, packet);
	}
	ck_assert_int_eq(send(clients[LONG], all.ptr, all.len, MSG_NOSIGNAL),
					 all.len);
	ask(ASKS, WIRE_CMD_REQUEST, "version", "");
	for (i = 1; i <= 3; i++)
	{
		ck_assert_int_eq(serve_round(), KUPF_WORK_MORE);
		/* one is handled when epoll tells of it, another one as a step */
		ck_assert_uint_le(test_counter("requests"),
						  2 * i * KUPF_REQUESTS_MAX + 1);
	}
	expect(ASKS, "success", "yes");
	serve_all();
	ck_assert_uint_eq(test_counter("requests"), count + 1);
	chunk_free(&packet);
	chunk_free(&all);
}
END_TEST

static Suite *kupf_steps_suite()
{
	Suite *suite = suite_create("kupf_steps");
	TCase *tc = test_case(suite, "others", 0, setup, teardown);

	tcase_add_test(tc, test_sync_end);
	tcase_add_test(tc, test_batch);
	tcase_add_test(tc, test_delete_batch);
	tcase_add_test(tc, test_pipelined);

	kupf_steps_list_case(suite);
	kupf_steps_gone_case(suite);
	kupf_steps_reload_case(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_steps_suite());
}
