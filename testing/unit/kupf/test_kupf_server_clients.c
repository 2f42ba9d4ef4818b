/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Clients that send more than they read, vanish, come in crowds, and listen.
 */

#include "kupf/socket/kupf_connection.h"
#include "test_client.h"
#include "test_kupf_server.h"
#include "test_support.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** Requests of a busy client, a millisecond apart at least */
#define BUSY 10000

/**
 * Wait until the server has closed what it has to, five seconds at most.
 */
static void wait_for_fds(u_int count)
{
	u_int i;

	for (i = 0; i < 500 && count_fds() > count; i++)
	{
		usleep(10000);
	}
	ck_assert_uint_eq(count_fds(), count);
}

START_TEST(test_pipelined)
{
	vici_message_t *reply;
	char name[16];
	u_int i;
	int fd = dial();

	for (i = 0; i < 1000; i++)
	{
		test_request(fd, "establish-session", "session=s%u ue-id=keyid:u%u "
					 "key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", i, i);
	}
	for (i = 0; i < 1000; i++)
	{
		reply = test_reply(fd);
		snprintf(name, sizeof(name), "s%u", i);
		ck_assert_str_eq(test_value(reply, "success"), "yes");
		ck_assert_str_eq(test_value(reply, "session"), name);
		reply->destroy(reply);
	}
	close(fd);
}
END_TEST

START_TEST(test_half_closed)
{
	vici_message_t *reply;
	u_int i;
	int fd = dial();
	chunk_t packet;

	for (i = 0; i < 100; i++)
	{
		test_request(fd, "version", "");
	}
	shutdown(fd, SHUT_WR);
	for (i = 0; i < 100; i++)
	{
		reply = test_reply(fd);
		reply->destroy(reply);
	}
	ck_assert(!test_receive(fd, &packet));
	close(fd);
}
END_TEST

/**
 * A client that sends requests and reads nothing, as long as the server takes
 * them.
 */
static size_t flood(int fd)
{
	chunk_t packet;
	size_t sent = 0;
	ssize_t len;
	u_int idle = 0;

	packet = test_packet(WIRE_CMD_REQUEST, "version", "");
	while (idle < 10)
	{
		len = send(fd, packet.ptr, packet.len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (len > 0)
		{
			ck_assert_int_eq(len, packet.len);
			sent += len;
			idle = 0;
		}
		else
		{
			usleep(10000);
			idle++;
		}
	}
	chunk_free(&packet);
	return sent;
}

START_TEST(test_never_reads)
{
	int deaf, fd;
	size_t sent;
	u_int i, fds;

	fds = count_fds();
	deaf = dial();
	fd = dial();
	sent = flood(deaf);
	/* others are served, all the time */
	for (i = 0; i < 100; i++)
	{
		check_answer(fd);
	}
	ck_assert_uint_lt(sent, 16 * 1024 * 1024);
	close(deaf);
	check_answer(fd);
	close(fd);
	wait_for_fds(fds);
}
END_TEST

START_TEST(test_vanish)
{
	static char *parts[] = {
		"", "<00>", "<00000100>", "<000001000007>", "<00080000>",
		"<0000000a000776657273>", "<0000000d031074756e6e>",
	};
	struct linger linger = {};
	chunk_t data;
	u_int i, fds;
	int fd;

	/* those that are gone count until the server sees it */
	restart((kupf_server_config_t){ .max_connections = 1000 });
	fds = count_fds();
	for (i = 0; i < 30 * countof(parts); i++)
	{
		fd = dial();
		data = test_encode("%s", parts[i % countof(parts)]);
		ck_assert(test_send(fd, data));
		chunk_free(&data);
		if (i % 3 == 0)
		{	/* with a reply that nobody reads */
			data = test_packet(WIRE_CMD_REQUEST, "version", "");
			test_send(fd, data);
			chunk_free(&data);
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		}
		close(fd);
	}
	check_alive();
	wait_for_fds(fds);
}
END_TEST

/** Lines that the server logs about its clients */
static u_int lines;

static void count_line(debug_t group, level_t level, char *fmt, ...)
{
	if (level == 1)
	{
		__atomic_add_fetch(&lines, 1, __ATOMIC_RELAXED);
	}
}

START_TEST(test_malformed)
{
	void (*saved)(debug_t group, level_t level, char *fmt, ...);
	u_int i, fds;
	chunk_t data;
	int fd;

	fds = count_fds();
	saved = dbg;
	dbg = count_line;
	for (i = 0; i < 200; i++)
	{
		fd = dial();
		data = test_encode("<ffffffff>");
		test_send(fd, data);
		chunk_free(&data);
		ck_assert(test_closed(fd));
		close(fd);
	}
	check_alive();
	wait_for_fds(fds);
	dbg = saved;
	/* whoever does that must not fill the disk of the log */
	ck_assert_uint_gt(__atomic_load_n(&lines, __ATOMIC_RELAXED), 0);
	ck_assert_uint_lt(__atomic_load_n(&lines, __ATOMIC_RELAXED), 150);
}
END_TEST

START_TEST(test_many_connections)
{
	struct rlimit limit;
	struct pollfd pfd[1000];
	u_int i, fds, open = 0, refused;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = min(limit.rlim_max, 4096);
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_uint_gt(limit.rlim_cur, 2 * countof(pfd));

	fds = count_fds();
	refused = test_counter("connections-refused");
	for (i = 0; i < countof(pfd); i++)
	{
		pfd[i].fd = dial();
		pfd[i].events = POLLIN;
	}
	for (i = 0; i < countof(pfd); i++)
	{
		if (i < CONNECTIONS)
		{
			check_answer(pfd[i].fd);
			open++;
		}
		else
		{
			ck_assert(test_closed(pfd[i].fd));
		}
	}
	ck_assert_uint_eq(test_counter("connections-refused") - refused,
					  countof(pfd) - CONNECTIONS);
	for (i = 0; i < countof(pfd); i++)
	{
		close(pfd[i].fd);
	}
	wait_for_fds(fds);
	/* there is room again */
	for (i = 0; i < CONNECTIONS; i++)
	{
		pfd[i].fd = dial();
		check_answer(pfd[i].fd);
	}
	for (i = 0; i < CONNECTIONS; i++)
	{
		close(pfd[i].fd);
	}
}
END_TEST

START_TEST(test_no_descriptors)
{
	struct pollfd pfd = {
		.events = POLLIN,
	};
	struct rlimit limit, before;
	vici_message_t *reply;
	int fds[64], fd, late;
	u_int i;

	fd = dial();
	check_answer(fd);
	/* connect() works without accept(), which finds no descriptor */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	late = socket(AF_UNIX, SOCK_STREAM, 0);
	for (i = 0; i < countof(fds); i++)
	{
		fds[i] = dup(fd);
	}
	limit = before;
	limit.rlim_cur = fds[countof(fds) - 1] + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	{
		struct sockaddr_un addr = {
			.sun_family = AF_UNIX,
		};
		strcpy(addr.sun_path, test_path("sock"));
		ck_assert_int_eq(connect(late, (struct sockaddr*)&addr, sizeof(addr)),
						 0);
	}
	for (i = 0; i < 20; i++)
	{	/* whoever is connected is served */
		check_answer(fd);
		usleep(1000);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	for (i = 0; i < countof(fds); i++)
	{
		close(fds[i]);
	}
	/* the late one gets its turn when there is room, also if others are busy
	 * all the time */
	test_request(late, "version", "");
	pfd.fd = late;
	for (i = 0; i < BUSY && poll(&pfd, 1, 0) == 0; i++)
	{
		check_answer(fd);
		usleep(1000);
	}
	ck_assert_uint_lt(i, BUSY);
	reply = test_reply(late);
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	reply->destroy(reply);
	close(late);
	close(fd);
}
END_TEST

START_TEST(test_slow_subscriber)
{
	uint64_t slow = test_counter("connections-slow");
	kupf_session_t *session;
	vici_message_t *event;
	u_int i;
	int deaf, fd;

	session = test_session("s1", ID_KEY_ID, "a", 1);
	deaf = dial();
	fd = dial();
	test_register(deaf, "session-expired");
	test_register(fd, "session-expired");
	for (i = 0; i < 1000000 && test_counter("connections-slow") == slow; i++)
	{
		upf.events->session_expired(upf.events, session);
		/* the other one gets each of them */
		event = test_event(fd, "session-expired");
		event->destroy(event);
	}
	ck_assert_uint_eq(test_counter("connections-slow"), slow + 1);
	ck_assert_uint_gt(i, KUPF_UNREAD_MAX / 64);
	upf.events->session_expired(upf.events, session);
	event = test_event(fd, "session-expired");
	event->destroy(event);
	check_answer(fd);
	close(fd);
	close(deaf);
	kupf_session_unref(session);
}
END_TEST

/** Raises events until told to stop */
static void *raise_events(void *stop)
{
	kupf_session_t *session;
	host_t *host;

	session = test_session("s1", ID_KEY_ID, "a", 1);
	host = host_create_from_string("192.0.2.1", 4500);
	while (!__atomic_load_n((bool*)stop, __ATOMIC_RELAXED))
	{
		upf.events->session_expired(upf.events, session);
		upf.events->tunnel_down(upf.events, session, 1, KUPF_REASON_PEER);
		upf.events->auth_failed(upf.events, NULL, host, host, "no-such-ue");
	}
	host->destroy(host);
	kupf_session_unref(session);
	return NULL;
}

/**
 * Clients come, register, ask and go while events are raised by others.
 */
START_TEST(test_events_and_clients)
{
	pthread_t threads[2];
	bool stop = FALSE;
	chunk_t packet;
	u_int i, j, events;
	int fd;

	for (i = 0; i < countof(threads); i++)
	{
		pthread_create(&threads[i], NULL, raise_events, &stop);
	}
	for (i = 0; i < 200; i++)
	{
		fd = dial();
		packet = test_packet(WIRE_EVENT_REGISTER,
							 i % 2 ? "session-expired" : "auth-failed", NULL);
		ck_assert(test_send(fd, packet));
		chunk_free(&packet);
		packet = test_packet(WIRE_EVENT_REGISTER, "tunnel-down", NULL);
		ck_assert(test_send(fd, packet));
		chunk_free(&packet);
		for (j = 0, events = 0; j < i && test_receive(fd, &packet); j++)
		{
			events += packet.ptr[0] == WIRE_EVENT;
			ck_assert(packet.ptr[0] == WIRE_EVENT ||
					  packet.ptr[0] == WIRE_EVENT_CONFIRM);
			chunk_free(&packet);
		}
		close(fd);
	}
	__atomic_store_n(&stop, TRUE, __ATOMIC_RELAXED);
	for (i = 0; i < countof(threads); i++)
	{
		pthread_join(threads[i], NULL);
	}
	check_alive();
}
END_TEST

/** Sessions to list */
#define LISTED 50000

START_TEST(test_list_slowly)
{
	kupf_session_t *session;
	vici_message_t *message;
	chunk_t packet;
	char name[16];
	size_t before;
	u_int i, count = 0;
	int fd, other;

	for (i = 0; i < LISTED; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		upf.store->put(upf.store, session);
		kupf_session_unref(session);
	}
	before = test_memory("VmRSS");
	fd = dial();
	other = dial();
	test_register(fd, "list-session");
	test_request(fd, "list-sessions", "");
	while (TRUE)
	{
		ck_assert(test_receive(fd, &packet));
		if (packet.ptr[0] != WIRE_EVENT)
		{
			break;
		}
		chunk_free(&packet);
		if (count++ % 500 == 0)
		{	/* nobody waits for the slow one, and the store can be changed */
			usleep(1000);
			check_answer(other);
			snprintf(name, sizeof(name), "s%u", count);
			session = upf.store->get(upf.store, name);
			upf.store->remove(upf.store, session);
			kupf_session_unref(session);
			ck_assert(!test_memory_grew("VmRSS", before, 32 * 1024));
		}
	}
	ck_assert_int_eq(packet.ptr[0], WIRE_CMD_RESPONSE);
	message = vici_message_create_from_data(chunk_skip(packet, 1), FALSE);
	ck_assert_str_eq(test_value(message, "success"), "yes");
	message->destroy(message);
	chunk_free(&packet);
	/* those that were removed meanwhile may or may not have been seen */
	ck_assert_uint_le(count, LISTED);
	ck_assert_uint_ge(count, LISTED - LISTED / 500 - 1);
	close(fd);
	close(other);
}
END_TEST

void kupf_server_clients_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "clients", 120, setup, teardown);

	tcase_add_test(tc, test_pipelined);
	tcase_add_test(tc, test_half_closed);
	tcase_add_test(tc, test_never_reads);
	tcase_add_test(tc, test_vanish);
	tcase_add_test(tc, test_malformed);
	tcase_add_test(tc, test_many_connections);
	tcase_add_test(tc, test_no_descriptors);
	tcase_add_test(tc, test_slow_subscriber);
	tcase_add_test(tc, test_events_and_clients);
	tcase_add_test(tc, test_list_slowly);
}
