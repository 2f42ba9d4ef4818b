/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The client library, and the agent of its documentation, with the server and
 * the commands of the daemon.
 */

#include "client/kupf_client.h"
#include "kupf/socket/kupf_server.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/** Sessions of a long list */
#define MANY 500

/** How often a condition is looked at, and how long at most, ms */
#define INTERVAL 10
#define PATIENCE 20000

/** A key that can be sent as text */
#define KEY \
	"0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"

/** The parts behind the socket */
static test_upf_t upf;

/** The server */
static kupf_server_t *server;

static kupf_client_t *client;

/** Events so far */
static u_int events;

static void start()
{
	kupf_server_config_t config = { .max_connections = 4 };
	char uri[1024];

	snprintf(uri, sizeof(uri), "unix://%s", test_path("sock"));
	config.uri = uri;
	test_upf_init(&upf, NULL, 0);
	server = kupf_server_create(&config, upf.commands, upf.publisher);
	ck_assert_ptr_nonnull(server);
}

static void stop()
{
	server->destroy(server);
	test_upf_deinit(&upf);
}

static void setup()
{
	test_dir_create();
	start();
	client = kupf_client_create(test_path("sock"));
}

static void teardown()
{
	kupf_client_destroy(client);
	stop();
	test_dir_remove();
}

/**
 * Begin an establish-session.
 */
static void begin(u_int number, const char *address)
{
	wire_writer_t *request = kupf_client_begin(client, "establish-session");
	char text[32];

	snprintf(text, sizeof(text), "s%u", number);
	wire_writer_text(request, "session", text);
	snprintf(text, sizeof(text), "keyid:%u", number);
	wire_writer_text(request, "ue-id", text);
	wire_writer_text(request, "key", KEY);
	wire_writer_begin_list(request, "ue-addresses");
	if (address)
	{
		wire_writer_item(request, wire_text(address));
	}
	wire_writer_end_list(request);
}

static void on_event(void *user, wire_octets_t name, const wire_reader_t *event)
{
	wire_octets_t session;

	ck_assert(wire_equals(name, user));
	ck_assert(wire_reader_find(event, "session", &session));
	events++;
}

/**
 * Count the sessions that are listed.
 */
static u_int list()
{
	events = 0;
	kupf_client_begin(client, "list-sessions");
	ck_assert_int_eq(kupf_client_stream(client, "list-session", on_event,
										"list-session", NULL), KUPF_CLIENT_OK);
	return events;
}

START_TEST(test_upsert)
{
	kupf_client_reply_t reply;

	begin(1, "10.0.0.1");
	ck_assert_int_eq(kupf_client_upsert(client, &reply), KUPF_CLIENT_OK);
	ck_assert(wire_equals(kupf_client_reply_get(&reply, "generation"), "1"));
	begin(1, "10.0.0.1");
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_OK);
	begin(1, "10.0.0.2");
	ck_assert_int_eq(kupf_client_call(client, &reply), KUPF_CLIENT_REFUSED);
	ck_assert(wire_equals(reply.cause, "session-exists"));
	begin(1, "10.0.0.2");
	ck_assert_int_eq(kupf_client_upsert(client, &reply), KUPF_CLIENT_OK);
	ck_assert(wire_equals(kupf_client_reply_get(&reply, "generation"), "2"));
	begin(2, "10.0.0.2");
	ck_assert_int_eq(kupf_client_upsert(client, &reply), KUPF_CLIENT_REFUSED);
	ck_assert(wire_equals(reply.cause, "address-in-use"));
	ck_assert_uint_eq(list(), 1);
}
END_TEST

static void on_reply(void *user, const kupf_client_reply_t *reply)
{
	ck_assert_int_eq(reply->status, KUPF_CLIENT_OK);
	++*(u_int*)user;
}

/*
 * More requests than may be in flight, a long list, and what is not mentioned.
 */
START_TEST(test_many)
{
	kupf_client_status_t status;
	uint64_t removed;
	u_int i, done = 0;

	for (i = 0; i < MANY; i++)
	{
		do
		{
			begin(i, NULL);
			status = kupf_client_send_upsert(client, on_reply, &done);
		}
		while (status == KUPF_CLIENT_BUSY &&
			   kupf_client_wait(client, -1) == KUPF_CLIENT_OK);
		ck_assert_int_eq(status, KUPF_CLIENT_OK);
	}
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	ck_assert_uint_eq(done, MANY);
	ck_assert_uint_eq(list(), MANY);

	ck_assert_int_eq(kupf_client_sync_begin(client), KUPF_CLIENT_OK);
	for (i = 0; i < 10; i++)
	{
		begin(i, NULL);
		ck_assert_int_eq(kupf_client_send_upsert(client, on_reply, &done),
						 KUPF_CLIENT_OK);
	}
	ck_assert_int_eq(kupf_client_sync_end(client, &removed), KUPF_CLIENT_OK);
	ck_assert_uint_eq(removed, MANY - 10);
	ck_assert_uint_eq(list(), 10);
	/* the daemon knows as well that it is over */
	kupf_client_begin(client, "sync-end");
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_REFUSED);
}
END_TEST

START_TEST(test_events)
{
	kupf_session_t *session = test_session("s1", ID_KEY_ID, "keyid:1", 0);

	ck_assert_int_eq(kupf_client_register(client, "tunnel-sideways", on_event,
										  ""), KUPF_CLIENT_UNKNOWN);
	ck_assert_int_eq(kupf_client_register(client, "session-expired", on_event,
										  "session-expired"), KUPF_CLIENT_OK);
	upf.events->session_expired(upf.events, session);
	upf.events->session_expired(upf.events, session);
	while (events < 2)
	{
		ck_assert_int_eq(kupf_client_wait(client, 5000), KUPF_CLIENT_OK);
	}
	ck_assert_int_eq(kupf_client_unregister(client, "session-expired"),
					 KUPF_CLIENT_OK);
	upf.events->session_expired(upf.events, session);
	ck_assert_uint_eq(list(), 0);
	kupf_session_unref(session);
}
END_TEST

/*
 * The daemon starts anew, and has nothing of what it had.
 */
START_TEST(test_restart)
{
	kupf_client_follow_boot(client);
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_OK);
	ck_assert(kupf_client_must_sync(client));
	ck_assert_int_eq(kupf_client_sync_begin(client), KUPF_CLIENT_OK);
	ck_assert_int_eq(kupf_client_sync_end(client, NULL), KUPF_CLIENT_OK);
	ck_assert(!kupf_client_must_sync(client));
	stop();
	start();
	while (!kupf_client_must_sync(client))
	{
		kupf_client_wait(client, 5000);
	}
}
END_TEST

/**
 * Wait until the agent has said something so often.
 */
static void wait_for(const char *what, u_int times)
{
	static char text[4096];
	u_int waited, count;
	char *pos;
	int fd, len;

	for (waited = 0; waited < PATIENCE; waited += INTERVAL)
	{
		fd = open(test_path("out"), O_RDONLY);
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[max(len, 0)] = '\0';
		for (count = 0, pos = text; (pos = strstr(pos, what)); pos++)
		{
			count++;
		}
		if (count >= times)
		{
			return;
		}
		usleep(1000 * INTERVAL);
	}
	ck_abort_msg("no '%s' in '%s'", what, text);
}

static pid_t start_agent()
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid)
	{
		const char *agent = getenv("KUPF_AGENT") ?: "./agent";
		char *sock = strdup(test_path("sock"));
		char *sessions = strdup(test_path("sessions"));

		if (dup2(open(test_path("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600),
				 STDOUT_FILENO) != -1)
		{
			execl(agent, agent, sock, sessions, NULL);
		}
		_exit(99);
	}
	return pid;
}

START_TEST(test_agent)
{
	kupf_session_t *session;
	FILE *file;
	pid_t agent;

	file = fopen(test_path("sessions"), "w");
	fprintf(file, "s1 keyid:1 %s\ns2 keyid:2 %s\ns3 keyid:2 %s\n", KEY, KEY,
			KEY);
	fclose(file);
	agent = start_agent();
	wait_for("synchronised: yes", 1);
	wait_for("s3: identity-in-use: ", 1);
	ck_assert_uint_eq(list(), 2);

	session = test_session("s1", ID_KEY_ID, "keyid:1", 0);
	upf.events->tunnel_down(upf.events, session, 1, KUPF_REASON_PEER);
	wait_for("tunnel-down s1\n", 1);
	stop();
	start();
	wait_for("synchronised: yes", 2);
	while (kupf_client_connect(client) != KUPF_CLIENT_OK)
	{
		/* the old connection has gone */
	}
	ck_assert_uint_eq(list(), 2);
	upf.events->tunnel_down(upf.events, session, 1, KUPF_REASON_PEER);
	wait_for("tunnel-down s1\n", 2);
	kupf_session_unref(session);
	kill(agent, SIGTERM);
	ck_assert_int_eq(waitpid(agent, NULL, 0), agent);
}
END_TEST

static Suite *daemon_suite()
{
	Suite *suite = suite_create("kupf_client_daemon");
	TCase *tc = test_case(suite, "daemon", 0, setup, teardown);

	tcase_add_test(tc, test_upsert);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_events);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_agent);
	return suite;
}

int main()
{
	return test_run(daemon_suite());
}
