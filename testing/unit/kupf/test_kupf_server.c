/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The server with its thread, and clients on a real socket.
 */

#include "test_client.h"
#include "test_kupf_server.h"
#include "test_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

test_upf_t upf;

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

void restart(kupf_server_config_t config)
{
	DESTROY_IF(server);
	server = create_server(&config);
	ck_assert_ptr_nonnull(server);
}

void setup()
{
	test_dir_create();
	test_upf_init(&upf, NULL, 0);
	restart((kupf_server_config_t){ .max_connections = CONNECTIONS });
}

void teardown()
{
	DESTROY_IF(server);
	server = NULL;
	test_upf_deinit(&upf);
	test_dir_remove();
}

int dial()
{
	int fd;

	fd = test_connect(test_path("sock"));
	ck_assert_int_ge(fd, 0);
	return fd;
}

void check_answer(int fd)
{
	vici_message_t *reply;

	test_request(fd, "version", "");
	reply = test_reply(fd);
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	ck_assert_str_eq(test_value(reply, "protocol"), "1");
	reply->destroy(reply);
}

void check_alive()
{
	int fd = dial();

	check_answer(fd);
	close(fd);
}

u_int count_fds()
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

static Suite *kupf_server_suite()
{
	Suite *suite = suite_create("kupf_server");
	TCase *tc = test_case(suite, "socket", 60, setup, teardown);

	tcase_add_test(tc, test_socket);
	tcase_add_test(tc, test_stale_socket);
	tcase_add_test(tc, test_two_servers);
	tcase_add_test(tc, test_socket_of_another);
	tcase_add_test(tc, test_no_socket);
	tcase_add_test(tc, test_allowed);
	tcase_add_test(tc, test_allowed_names);
	tcase_add_test(tc, test_destroy);
	tcase_add_test(tc, test_destroy_at_once);

	kupf_server_clients_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_server_suite());
}
