/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The server with its thread, and clients on a real socket.
 */

#include "kupf/socket/kupf_connection.h"
#include "kupf/socket/kupf_server.h"
#include "test_client.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/** Most connections of the server, unless a test says otherwise */
#define CONNECTIONS 16

/** Requests of a busy client, a millisecond apart at least */
#define BUSY 10000

/** The parts behind the socket */
static test_upf_t upf;

/** The server */
static kupf_server_t *server;

static kupf_server_t *create_server(kupf_server_config_t *config)
{
	char uri[1024];

	if (!config->uri)
	{
		snprintf(uri, sizeof(uri), "unix://%s", test_path("sock"));
		config->uri = uri;
	}
	return kupf_server_create(config, upf.commands, upf.publisher);
}

/**
 * Start the server with other settings.
 */
static void restart(kupf_server_config_t config)
{
	DESTROY_IF(server);
	server = create_server(&config);
	ck_assert_ptr_nonnull(server);
}

static void setup()
{
	test_dir_create();
	test_upf_init(&upf, NULL, 0);
	restart((kupf_server_config_t){ .max_connections = CONNECTIONS });
}

static void teardown()
{
	DESTROY_IF(server);
	server = NULL;
	test_upf_deinit(&upf);
	test_dir_remove();
}

static int dial()
{
	int fd;

	fd = test_connect(test_path("sock"));
	ck_assert_int_ge(fd, 0);
	return fd;
}

/**
 * Whether the server answers a client.
 */
static void check_answer(int fd)
{
	vici_message_t *reply;

	test_request(fd, "version", "");
	reply = test_reply(fd);
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	ck_assert_str_eq(test_value(reply, "protocol"), "1");
	reply->destroy(reply);
}

static void check_alive()
{
	int fd = dial();

	check_answer(fd);
	close(fd);
}

/**
 * Count the file descriptors of the process.
 */
static u_int count_fds()
{
	struct dirent *entry;
	u_int count = 0;
	DIR *dir;

	dir = opendir("/proc/self/fd");
	while ((entry = readdir(dir)))
	{
		count += entry->d_name[0] != '.';
	}
	closedir(dir);
	return count;
}

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

START_TEST(test_socket)
{
	struct stat st;

	ck_assert_int_eq(lstat(test_path("sock"), &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq(st.st_mode & 07777, 0660);
	ck_assert_uint_eq(st.st_uid, geteuid());
	check_alive();
	/* again, with the socket in the way that a killed charon leaves behind */
	restart((kupf_server_config_t){ .max_connections = 1 });
	check_alive();
	server->destroy(server);
	server = NULL;
	ck_assert_int_ne(lstat(test_path("sock"), &st), 0);
	ck_assert_int_eq(test_connect(test_path("sock")), -1);
}
END_TEST

START_TEST(test_stale_socket)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
	};
	int fd;

	server->destroy(server);
	server = NULL;
	strcpy(addr.sun_path, test_path("sock"));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr*)&addr, sizeof(addr)), 0);
	close(fd);
	restart((kupf_server_config_t){ .max_connections = 1 });
	check_alive();
}
END_TEST

START_TEST(test_two_servers)
{
	kupf_server_config_t config = {
		.max_connections = 1,
	};
	struct stat before, after;
	int fd = dial();

	/* another one leaves the socket of one that serves alone */
	ck_assert_int_eq(lstat(test_path("sock"), &before), 0);
	ck_assert_ptr_null(create_server(&config));
	ck_assert_int_eq(lstat(test_path("sock"), &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	check_answer(fd);
	check_alive();
	close(fd);
}
END_TEST

START_TEST(test_socket_of_another)
{
	kupf_server_config_t config = {
		.max_connections = 1,
	};
	kupf_server_t *other;

	/* the path is taken away and another one's: that one stays */
	ck_assert_int_eq(unlink(test_path("sock")), 0);
	other = create_server(&config);
	ck_assert_ptr_nonnull(other);
	server->destroy(server);
	server = other;
	check_alive();
}
END_TEST

START_TEST(test_no_socket)
{
	kupf_server_config_t config = {
		.max_connections = 1,
	};
	struct stat st;
	char uri[300];
	int fd;

	server->destroy(server);
	server = NULL;
	/* a file in the way stays */
	fd = open(test_path("sock"), O_CREAT | O_WRONLY, 0600);
	close(fd);
	ck_assert_ptr_null(create_server(&config));
	ck_assert_int_eq(lstat(test_path("sock"), &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	/* no such directory, no path, too long, not unix */
	snprintf(uri, sizeof(uri), "unix://%s/none", test_path("none"));
	config.uri = uri;
	ck_assert_ptr_null(create_server(&config));
	config.uri = "unix://";
	ck_assert_ptr_null(create_server(&config));
	config.uri = "tcp://127.0.0.1:1";
	ck_assert_ptr_null(create_server(&config));
	config.uri = "";
	ck_assert_ptr_null(create_server(&config));
	memset(uri, 'x', sizeof(uri) - 1);
	uri[sizeof(uri) - 1] = '\0';
	memcpy(uri, "unix:///", 8);
	config.uri = uri;
	ck_assert_ptr_null(create_server(&config));
	/* nobody of that name, or number */
	config.uri = NULL;
	unlink(test_path("sock"));
	config.allowed_users = "no-such-user-here";
	ck_assert_ptr_null(create_server(&config));
	config.allowed_users = NULL;
	config.allowed_groups = "root, no-such-group-here";
	ck_assert_ptr_null(create_server(&config));
	config.allowed_groups = "4294967296";
	ck_assert_ptr_null(create_server(&config));
	/* chown() takes it for none */
	config.allowed_groups = "4294967295";
	ck_assert_ptr_null(create_server(&config));
	config.allowed_groups = NULL;
	config.group = "4294967296";
	ck_assert_ptr_null(create_server(&config));
	config.group = NULL;
	config.allowed_users = "18446744073709551616";
	ck_assert_ptr_null(create_server(&config));
	ck_assert_int_ne(lstat(test_path("sock"), &st), 0);
}
END_TEST

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

/**
 * Connect as somebody else.
 *
 * @return			TRUE if the server answers
 */
static bool answered_as(uid_t uid, gid_t gid, gid_t group)
{
	int status, fd;
	uint8_t octet;
	chunk_t packet;
	pid_t pid;

	pid = fork();
	if (!pid)
	{
		packet = test_packet(WIRE_CMD_REQUEST, "version", "");
		if (setgroups(1, &group) != 0 || setgid(gid) != 0 || setuid(uid) != 0)
		{
			_exit(3);
		}
		fd = test_connect(test_path("sock"));
		if (fd < 0)
		{
			_exit(4);
		}
		test_send(fd, packet);
		_exit(recv(fd, &octet, 1, 0) == 1 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) <= 1,
				  "the client failed: %d", status);
	return WEXITSTATUS(status) == 0;
}

/**
 * Let everybody reach the socket, so that only the check of the peer decides.
 */
static void open_to_all()
{
	ck_assert_int_eq(chmod(test_path("."), 0755), 0);
	ck_assert_int_eq(chmod(test_path("sock"), 0666), 0);
}

START_TEST(test_allowed)
{
	uint64_t refused = test_counter("connections-refused");

	if (geteuid() != 0)
	{	/* without root there is one identity to try */
		restart((kupf_server_config_t){
			.max_connections = CONNECTIONS,
			.allowed_users = "0",
		});
		ck_assert(test_closed(dial()));
		ck_assert_uint_eq(test_counter("connections-refused"), refused + 1);
		return;
	}
	restart((kupf_server_config_t){
		.max_connections = CONNECTIONS,
		.allowed_users = "12345 12346",
		.allowed_groups = "20001,20002",
	});
	open_to_all();
	check_alive();
	ck_assert_uint_eq(test_counter("connections-refused"), refused);
	ck_assert(answered_as(12345, 30000, 30000));
	ck_assert(answered_as(12346, 30000, 30000));
	ck_assert(answered_as(1, 20001, 30000));
	ck_assert(answered_as(1, 30000, 20002));
	ck_assert_uint_eq(test_counter("connections-refused"), refused);
	ck_assert(!answered_as(12347, 30000, 30000));
	ck_assert(!answered_as(20001, 12345, 12346));
	ck_assert(!answered_as(65534, 65534, 65534));
	ck_assert_uint_eq(test_counter("connections-refused"), refused + 3);
	check_alive();
}
END_TEST

START_TEST(test_allowed_names)
{
	if (geteuid() != 0)
	{
		return;
	}
	restart((kupf_server_config_t){
		.max_connections = CONNECTIONS,
		.allowed_users = "daemon",
	});
	open_to_all();
	ck_assert(answered_as(1, 30000, 30000));
	ck_assert(!answered_as(2, 30000, 30000));
	/* with neither list the mode of the socket is all there is */
	restart((kupf_server_config_t){ .max_connections = CONNECTIONS });
	open_to_all();
	ck_assert(answered_as(65534, 30000, 30000));
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

START_TEST(test_destroy)
{
	kupf_session_t *session;
	chunk_t packet;
	char name[16];
	int fds[CONNECTIONS];
	u_int i;

	for (i = 0; i < 20000; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		session = test_session(name, ID_KEY_ID, name, 0);
		upf.store->put(upf.store, session);
		kupf_session_unref(session);
	}
	for (i = 0; i < countof(fds); i++)
	{	/* idle, with half a packet, registered, with a list half sent */
		fds[i] = dial();
		switch (i % 4)
		{
			case 1:
				packet = test_encode("<0000>");
				test_send(fds[i], packet);
				chunk_free(&packet);
				break;
			case 2:
				test_register(fds[i], "tunnel-up");
				break;
			case 3:
				test_register(fds[i], "list-session");
				test_request(fds[i], "list-sessions", "");
				ck_assert(test_receive(fds[i], &packet));
				chunk_free(&packet);
				break;
		}
	}
	check_answer(fds[0]);
	server->destroy(server);
	server = NULL;
	for (i = 0; i < countof(fds); i++)
	{
		while (recv(fds[i], name, sizeof(name), 0) > 0)
		{
			/* what was on its way */
		}
		close(fds[i]);
	}
}
END_TEST

START_TEST(test_destroy_at_once)
{
	u_int i, fds;

	fds = count_fds();
	for (i = 0; i < 50; i++)
	{
		restart((kupf_server_config_t){ .max_connections = 1 });
	}
	ck_assert_uint_eq(count_fds(), fds);
}
END_TEST

Suite *kupf_server_suite(void);

Suite *kupf_server_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_server");

	tc = tcase_create("socket");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_socket);
	tcase_add_test(tc, test_stale_socket);
	tcase_add_test(tc, test_two_servers);
	tcase_add_test(tc, test_socket_of_another);
	tcase_add_test(tc, test_no_socket);
	tcase_add_test(tc, test_allowed);
	tcase_add_test(tc, test_allowed_names);
	tcase_add_test(tc, test_destroy);
	tcase_add_test(tc, test_destroy_at_once);
	suite_add_tcase(suite, tc);

	tc = tcase_create("clients");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
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
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_server_suite());
}
