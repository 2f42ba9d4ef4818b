/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The client library against a daemon that does as it likes.
 */

#include "client/kupf_client.h"
#include "client/test_fake_daemon.h"
#include "test_runner.h"
#include "test_support.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/** Deadline of tests that wait for it, ms */
#define SOON 200

/** What a client is told, in one line */
static char told[4096];

static kupf_client_t *client;

static void setup()
{
	test_dir_create();
	client = kupf_client_create(test_path("sock"));
	ck_assert_ptr_nonnull(client);
	told[0] = '\0';
}

static void teardown()
{
	kupf_client_destroy(client);
	test_dir_remove();
}

static void tell(const char *fmt, ...)
{
	size_t len = strlen(told);
	va_list args;

	va_start(args, fmt);
	vsnprintf(told + len, sizeof(told) - len, fmt, args);
	va_end(args);
}

static void on_event(void *user, wire_octets_t name, const wire_reader_t *event)
{
	wire_octets_t session;

	wire_reader_find(event, "session", &session);
	tell("%.*s=%.*s%s ", (int)name.len, name.ptr, (int)session.len,
		 session.ptr, user ? (char*)user : "");
}

static void on_reply(void *user, const kupf_client_reply_t *reply)
{
	tell("%s:%d ", (char*)user, reply->status);
}

/**
 * Begin a request with the name of a session, and nothing else.
 */
static void begin(const char *command, const char *session)
{
	wire_writer_t *request = kupf_client_begin(client, command);

	if (session)
	{
		wire_writer_text(request, "session", session);
	}
}

static kupf_client_status_t ask(const char *command)
{
	begin(command, NULL);
	return kupf_client_call(client, NULL);
}

static bool is_connected()
{
	return kupf_client_fd(client) != -1;
}

START_TEST(test_call)
{
	pid_t daemon = test_fake_daemon(
		"< 0:delete-session session=a\nR success=yes tunnels=2\n"
		"< 0:stats\nU\n"
		"< 0:stats\nR success=no cause=busy errmsg=not%1bnow\nW");
	kupf_client_reply_t reply;

	begin("delete-session", "a");
	ck_assert_int_eq(kupf_client_call(client, &reply), KUPF_CLIENT_OK);
	ck_assert(wire_equals(kupf_client_reply_get(&reply, "tunnels"), "2"));
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_UNKNOWN);
	begin("stats", NULL);
	ck_assert_int_eq(kupf_client_call(client, &reply), KUPF_CLIENT_REFUSED);
	ck_assert_int_eq(reply.status, KUPF_CLIENT_REFUSED);
	ck_assert(wire_equals(reply.cause, "busy"));
	ck_assert_str_eq(kupf_client_error(client), "busy: not?now");
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * Nothing was begun, what was begun is none, or its value is too long: that is
 * not told in words of the request.
 */
START_TEST(test_invalid)
{
	static char value[WIRE_VALUE_MAX + 2];
	pid_t daemon = test_fake_daemon("W");

	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_INVALID);
	memset(value, 'v', WIRE_VALUE_MAX + 1);
	wire_writer_text(kupf_client_begin(client, "stats"), "key", value);
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_INVALID);
	ck_assert_ptr_null(strstr(kupf_client_error(client), "vvv"));
	begin("modify-session", "a");
	ck_assert_int_eq(kupf_client_upsert(client, NULL), KUPF_CLIENT_INVALID);
	ck_assert_int_eq(kupf_client_register(client, "", on_event, NULL),
					 KUPF_CLIENT_INVALID);
	ck_assert_int_eq(kupf_client_unregister(client, "tunnel-up"),
					 KUPF_CLIENT_INVALID);
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

static void on_sync_end(void *user, const kupf_client_reply_t *reply)
{
	ck_assert_int_eq(reply->status, KUPF_CLIENT_OK);
	kupf_client_synced(client);
}

/*
 * Who synchronises without waiting says so.
 */
START_TEST(test_synced)
{
	pid_t daemon = test_fake_daemon("< 0:version\nR success=yes boot=a\n"
									"< 0:sync-end\nR success=yes\nW");

	kupf_client_follow_boot(client);
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_OK);
	ck_assert(kupf_client_must_sync(client));
	begin("sync-end", NULL);
	ck_assert_int_eq(kupf_client_send(client, on_sync_end, NULL),
					 KUPF_CLIENT_OK);
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	ck_assert(!kupf_client_must_sync(client));
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/** Daemons that do not answer "version", or not in time */
static const char *const silent[] = {
	"W",
	/* half a reply, and the rest of it in a year */
	"O 0000ffff01",
	/* events are no answer */
	"T tunnel-up session=a",
	/* a daemon that does not even read */
	"S",
};

START_TEST(test_deadline)
{
	pid_t daemon = test_fake_daemon(silent[_i]);

	kupf_client_set_timeout(client, SOON);
	ck_assert_int_eq(ask("version"), KUPF_CLIENT_TIMEOUT);
	ck_assert(!is_connected());
	ck_assert_ptr_nonnull(strstr(kupf_client_error(client), "within 200 ms"));
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * A request that was sent without waiting is given up as well, and those behind
 * it with it.
 */
START_TEST(test_deadline_in_flight)
{
	pid_t daemon = test_fake_daemon("W");

	kupf_client_set_timeout(client, SOON);
	begin("stats", NULL);
	ck_assert_int_eq(kupf_client_send(client, on_reply, "a"), KUPF_CLIENT_OK);
	begin("stats", NULL);
	ck_assert_int_eq(kupf_client_send(client, on_reply, "b"), KUPF_CLIENT_OK);
	ck_assert_int_le(kupf_client_poll_timeout(client), SOON);
	while (kupf_client_wait(client, -1) == KUPF_CLIENT_OK)
	{
		/* the daemon's time */
	}
	ck_assert_str_eq(told, "a:-3 b:-4 ");
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * As long as sessions come, a list may take its time.
 */
START_TEST(test_deadline_stream)
{
	pid_t daemon = test_fake_daemon(
		"< 3:list-session\nC\n< 0:list-sessions\n"
		"E list-session session=a\nZ 1000\nE list-session session=b\nZ 1000\n"
		"E list-session session=c\nZ 1000\nR success=yes\n"
		"< 4:list-session\nC\nW");

	kupf_client_set_timeout(client, 2000);
	begin("list-sessions", NULL);
	ck_assert_int_eq(kupf_client_stream(client, "list-session", on_event, NULL,
										NULL), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "list-session=a list-session=b list-session=c ");
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * Packets octet by octet, and several at once.
 */
START_TEST(test_pieces)
{
	pid_t daemon = test_fake_daemon(
		"< 3:tunnel-up\nC\n< 0:stats\nP\nE tunnel-up session=a\n"
		"R success=yes\nE tunnel-up session=b\nW");

	ck_assert_int_eq(kupf_client_register(client, "tunnel-up", on_event, NULL),
					 KUPF_CLIENT_OK);
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_OK);
	while (!strstr(told, "b"))
	{
		ck_assert_int_eq(kupf_client_wait(client, 5000), KUPF_CLIENT_OK);
	}
	ck_assert_str_eq(told, "tunnel-up=a tunnel-up=b ");
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * What comes in one piece behind the reply that was waited for is not lost, and
 * poll() is told not to wait for it.
 */
START_TEST(test_behind_reply)
{
	pid_t daemon = test_fake_daemon(
		"< 3:tunnel-up\nC\n< 0:stats\n"
		/* reply and event in one send() */
		"X 0000000f01030773756363657373000379657300000017"
		"070974756e6e656c2d7570030773657373696f6e000161\nW");

	kupf_client_register(client, "tunnel-up", on_event, NULL);
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "");
	ck_assert_int_eq(kupf_client_poll_timeout(client), 0);
	ck_assert_int_eq(kupf_client_process(client), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "tunnel-up=a ");
	ck_assert_int_eq(kupf_client_poll_timeout(client), -1);
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/** What a daemon must not send while it is asked for "stats" */
static const char *const wrong[] = {
	/* lengths: of 4 GiB, of an octet too many, none */
	"X ffffffff", "X 0008000101", "X 00000000",
	/* no type, and types that clients send */
	"X 0000000108", "X 00000003000161", "X 00000003030161",
	/* a name that is cut off, something behind a confirmation */
	"X 00000002070a", "X 000000020500",
	/* a section that does not end, in a reply and in an event */
	"X 0000000401010161", "X 00000006070161010162",
	/* an answer to something else */
	"C", "N",
};

START_TEST(test_malformed)
{
	char script[128];
	pid_t daemon;

	snprintf(script, sizeof(script), "< 0:stats\n%s\nW", wrong[_i]);
	daemon = test_fake_daemon(script);
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_MALFORMED);
	ck_assert(!is_connected());
	/* such a daemon is not asked again at once */
	ck_assert_int_gt(kupf_client_poll_timeout(client), 0);
	test_fake_daemon_end(daemon);
}
END_TEST

/** The same while it is not asked for anything but an event */
static const char *const unasked[] = { "R success=yes", "U", "C" };

START_TEST(test_unasked)
{
	char script[128];
	pid_t daemon;

	snprintf(script, sizeof(script), "< 3:tunnel-up\nC\n%s\nW", unasked[_i]);
	daemon = test_fake_daemon(script);
	kupf_client_register(client, "tunnel-up", on_event, NULL);
	while (kupf_client_wait(client, 5000) == KUPF_CLIENT_OK)
	{
		/* until it is there */
	}
	ck_assert_ptr_nonnull(strstr(kupf_client_error(client),
								 "that nobody waits for"));
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * A daemon that has gone is an error and no signal; what it has said before is
 * heard.
 */
START_TEST(test_gone)
{
	pid_t daemon = test_fake_daemon(
		"< 3:session-expired\nC\nE session-expired session=a\n");
	int i;

	kupf_client_register(client, "session-expired", on_event, NULL);
	test_fake_daemon_end(daemon);
	for (i = 0; i < 2; i++)
	{
		begin("stats", NULL);
		ck_assert_int_eq(kupf_client_send(client, on_reply, "r"),
						 KUPF_CLIENT_OK);
	}
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_LOST);
	ck_assert_str_eq(told, "session-expired=a r:-4 r:-4 ");
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_LOST);
}
END_TEST

static void send_from_callback(void *user, const kupf_client_reply_t *reply)
{
	tell("first ");
	begin("version", NULL);
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_INVALID);
	ck_assert_int_eq(kupf_client_process(client), KUPF_CLIENT_INVALID);
	begin("version", NULL);
	ck_assert_int_eq(kupf_client_send(client, on_reply, "second"),
					 KUPF_CLIENT_OK);
}

/*
 * Replies go to their requests whatever events are between them; a callback may
 * send, and not wait.
 */
START_TEST(test_interleaved)
{
	pid_t daemon = test_fake_daemon(
		"< 3:tunnel-up\nC\n< 3:tunnel-down\nC\n"
		"< 0:delete-session session=a\n< 0:delete-session session=b\n"
		"< 0:stats\n"
		"E tunnel-up session=x\nR success=yes\nE tunnel-down session=x\n"
		"E auth-failed session=z\nR success=no cause=no-such-session\n"
		"E tunnel-up session=y\nR success=yes\n< 0:version\nR success=yes\nW");

	kupf_client_register(client, "tunnel-up", on_event, NULL);
	kupf_client_register(client, "tunnel-down", on_event, "!");
	begin("delete-session", "a");
	ck_assert_int_eq(kupf_client_send(client, on_reply, "a"), KUPF_CLIENT_OK);
	begin("delete-session", "b");
	ck_assert_int_eq(kupf_client_send(client, on_reply, "b"), KUPF_CLIENT_OK);
	begin("stats", NULL);
	ck_assert_int_eq(kupf_client_send(client, send_from_callback, NULL),
					 KUPF_CLIENT_OK);
	ck_assert_uint_eq(kupf_client_in_flight(client), 3);
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	ck_assert_uint_eq(kupf_client_in_flight(client), 0);
	ck_assert_str_eq(told, "tunnel-up=x a:0 tunnel-down=x! b:-1 tunnel-up=y "
					 "first second:0 ");
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

START_TEST(test_unregister)
{
	pid_t daemon = test_fake_daemon(
		"< 3:tunnel-up\nC\n< 3:sideways\nN\n< 4:tunnel-up\n"
		"E tunnel-up session=a\nC\n< 0:stats\nR success=yes\nK\n"
		"< 0:stats\nR success=yes\nW");

	ck_assert_int_eq(kupf_client_register(client, "tunnel-up", on_event, NULL),
					 KUPF_CLIENT_OK);
	ck_assert_int_eq(kupf_client_register(client, "sideways", on_event, NULL),
					 KUPF_CLIENT_UNKNOWN);
	ck_assert_int_eq(kupf_client_unregister(client, "tunnel-up"),
					 KUPF_CLIENT_OK);
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "");
	/* nothing is registered with the next connection */
	while (kupf_client_wait(client, 5000) == KUPF_CLIENT_OK)
	{
		/* until it has gone */
	}
	while (kupf_client_wait(client, 5000) != KUPF_CLIENT_OK)
	{
		/* until it is back */
	}
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_OK);
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * No more requests and no more octets than there is room for.
 */
START_TEST(test_bounds)
{
	static char value[60000];
	pid_t daemon = test_fake_daemon("S");
	wire_writer_t *request;
	int i, sent;

	for (i = 0; i < 64; i++)
	{
		begin("stats", NULL);
		ck_assert_int_eq(kupf_client_send(client, NULL, NULL), KUPF_CLIENT_OK);
	}
	begin("stats", NULL);
	ck_assert_int_eq(kupf_client_send(client, NULL, NULL), KUPF_CLIENT_BUSY);
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);

	daemon = test_fake_daemon("S");
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_OK);
	memset(value, 'v', sizeof(value) - 1);
	for (sent = 0; sent < 64; sent++)
	{
		request = kupf_client_begin(client, "stats");
		for (i = 0; i < 8; i++)
		{
			wire_writer_text(request, "v", value);
		}
		if (kupf_client_send(client, on_reply, "v") != KUPF_CLIENT_OK)
		{
			break;
		}
	}
	/* 480 KB each: 2 MiB wait here, and some in the socket */
	ck_assert_int_ge(sent, 4);
	ck_assert_int_lt(sent, 10);
	kupf_client_destroy(client);
	client = NULL;
	ck_assert_uint_eq(strlen(told), sent * strlen("v:-4 "));
	test_fake_daemon_end(daemon);
}
END_TEST

START_TEST(test_upsert)
{
	pid_t daemon = test_fake_daemon(
		"< 0:establish-session session=a\nR success=yes\n"
		"< 0:establish-session session=a\nR success=no cause=session-exists\n"
		"< 0:modify-session session=a\nR success=yes generation=2\n"
		"< 0:establish-session session=a\nR success=no cause=session-exists\n"
		"< 0:modify-session session=a\nR success=no cause=no-such-session\n"
		"< 0:establish-session session=a\nR success=yes\n"
		"< 0:establish-session session=a\nR success=no cause=address-in-use\n"
		/* not for ever */
		"< 0:establish-session session=a\nR success=no cause=session-exists\n"
		"< 0:modify-session session=a\nR success=no cause=no-such-session\n"
		"< 0:establish-session session=a\nR success=no cause=session-exists\n"
		"W");
	const kupf_client_status_t expected[] = {
		KUPF_CLIENT_OK, KUPF_CLIENT_OK, KUPF_CLIENT_OK, KUPF_CLIENT_REFUSED,
		KUPF_CLIENT_REFUSED,
	};
	kupf_client_reply_t reply;
	u_int i;

	for (i = 0; i < countof(expected); i++)
	{
		begin("establish-session", "a");
		ck_assert_int_eq(kupf_client_upsert(client, &reply), expected[i]);
		ck_assert(wire_equals(kupf_client_reply_get(&reply, "generation"),
							  i == 1 ? "2" : ""));
	}
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

START_TEST(test_upsert_in_flight)
{
	pid_t daemon = test_fake_daemon(
		"< 0:establish-session session=a\n< 0:establish-session session=b\n"
		"R success=no cause=session-exists\nR success=yes\n"
		"< 0:modify-session session=a\nR success=yes\nW");

	begin("establish-session", "a");
	kupf_client_send_upsert(client, on_reply, "a");
	begin("establish-session", "b");
	kupf_client_send_upsert(client, on_reply, "b");
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "b:0 a:0 ");
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * Events and "boot" are asked for with each connection, and a synchronisation
 * does not go over two.
 */
START_TEST(test_reconnect)
{
	pid_t daemon = test_fake_daemon(
		"< 0:version\nR success=yes boot=b1\n< 3:tunnel-up\nC\n"
		"< 0:sync-begin\nR success=yes\n< 0:sync-end\n"
		"R success=yes removed=3\nK\n"
		"< 3:tunnel-up\nC\n< 0:version\nR success=yes boot=b1\n"
		"< 0:sync-begin\nR success=yes\nK\n"
		"< 3:tunnel-up\nC\n< 0:version\nR success=yes boot=b2\n"
		"E tunnel-up session=a\nW");
	uint64_t removed = 0;

	kupf_client_follow_boot(client);
	ck_assert(!kupf_client_must_sync(client));
	ck_assert_int_eq(kupf_client_register(client, "tunnel-up", on_event, NULL),
					 KUPF_CLIENT_OK);
	while (!kupf_client_must_sync(client))
	{
		kupf_client_wait(client, 5000);
	}
	ck_assert_int_eq(kupf_client_sync_begin(client), KUPF_CLIENT_OK);
	ck_assert_int_eq(kupf_client_sync_end(client, &removed), KUPF_CLIENT_OK);
	ck_assert_uint_eq(removed, 3);
	ck_assert(!kupf_client_must_sync(client));
	/* the same start of the daemon: nothing is to be done */
	while (kupf_client_wait(client, 5000) == KUPF_CLIENT_OK)
	{
		/* until it has gone */
	}
	while (kupf_client_wait(client, 5000) != KUPF_CLIENT_OK ||
		   kupf_client_flush(client) != KUPF_CLIENT_OK)
	{
		/* until it is back */
	}
	ck_assert(!kupf_client_must_sync(client));
	ck_assert_int_eq(kupf_client_sync_begin(client), KUPF_CLIENT_OK);
	while (kupf_client_wait(client, 5000) == KUPF_CLIENT_OK)
	{
		/* until it has gone */
	}
	while (!kupf_client_must_sync(client))
	{
		kupf_client_wait(client, 5000);
	}
	ck_assert_int_eq(kupf_client_sync_end(client, NULL), KUPF_CLIENT_LOST);
	while (!told[0])
	{
		ck_assert_int_eq(kupf_client_wait(client, 5000), KUPF_CLIENT_OK);
	}
	ck_assert_str_eq(told, "tunnel-up=a ");
	kupf_client_disconnect(client);
	test_fake_daemon_end(daemon);
}
END_TEST

/**
 * Wait until so much time has to pass before the next attempt to connect that
 * it was doubled, for eight attempts at most.
 */
static void check_doubled()
{
	int attempts = 0, timeout = 0;

	while (attempts < 8 && timeout <= 150)
	{
		attempts += !is_connected();
		kupf_client_wait(client, -1);
		timeout = is_connected() ? 0 : kupf_client_poll_timeout(client);
		ck_assert_int_le(timeout, 100 << attempts);
	}
	ck_assert_int_gt(timeout, 150);
}

/*
 * Where nobody listens, attempts become rare.
 */
START_TEST(test_backoff)
{
	pid_t daemon;
	int i;

	ck_assert_int_eq(kupf_client_register(client, "tunnel-up", on_event, NULL),
					 KUPF_CLIENT_LOST);
	/* to ask does not help: this would double it up to ten seconds */
	for (i = 0; i < 20; i++)
	{
		ck_assert_int_eq(kupf_client_process(client), KUPF_CLIENT_LOST);
		ck_assert_int_eq(ask("stats"), KUPF_CLIENT_LOST);
	}
	ck_assert_int_lt(kupf_client_poll_timeout(client), 5000);
	check_doubled();
	ck_assert_ptr_nonnull(strstr(kupf_client_error(client),
								 "cannot connect to "));
	/* whoever asks for it may try at once, and has it registered then */
	daemon = test_fake_daemon("< 3:tunnel-up\nC\nW");
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_OK);
	kupf_client_disconnect(client);
	ck_assert_int_eq(kupf_client_poll_timeout(client), -1);
	ck_assert_int_eq(kupf_client_process(client), KUPF_CLIENT_LOST);
	test_fake_daemon_end(daemon);
}
END_TEST

/** Daemons that close each connection at once, or break the protocol on it */
static const char *const useless[] = {
	"K\nK\nK\nK\nK\nK\nK\nK\nK\nK\n",
	"C\nW\nK\nC\nW\nK\nC\nW\nK\nC\nW\nK\nC\nW\nK\nC\nW\nK\nC\nW\nK\nC\nW\nK\n"
	"C\nW\nK\n",
};

START_TEST(test_backoff_useless)
{
	pid_t daemon = test_fake_daemon(useless[_i]);

	check_doubled();
	kill(daemon, SIGKILL);
	ck_assert_int_eq(waitpid(daemon, NULL, 0), daemon);
}
END_TEST

/*
 * Who waits also waits until the daemon has time to take the connection, but
 * not for ever.
 */
START_TEST(test_crowd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int listener, others = 0, fd;
	pid_t pid;

	strcpy(addr.sun_path, test_path("sock"));
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert(!bind(listener, (struct sockaddr*)&addr, sizeof(addr)));
	ck_assert(!listen(listener, 0));
	do
	{
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		others++;
	}
	while (!connect(fd, (struct sockaddr*)&addr, sizeof(addr)));
	ck_assert_int_eq(kupf_client_process(client), KUPF_CLIENT_LOST);
	kupf_client_set_timeout(client, SOON);
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_LOST);
	kupf_client_set_timeout(client, 20000);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
	{
		usleep(1000 * SOON);
		while (others--)
		{
			accept(listener, NULL, NULL);
		}
		pause();
	}
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_OK);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(test_once)
{
	pid_t daemon = test_fake_daemon("< 0:stats\nR success=yes\n");

	kupf_client_connect_once(client);
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_OK);
	test_fake_daemon_end(daemon);
	daemon = test_fake_daemon("W");
	ck_assert_int_eq(ask("stats"), KUPF_CLIENT_LOST);
	ck_assert_int_eq(kupf_client_connect(client), KUPF_CLIENT_LOST);
	ck_assert_ptr_nonnull(strstr(kupf_client_error(client), " lost"));
	kill(daemon, SIGKILL);
	ck_assert_int_eq(waitpid(daemon, NULL, 0), daemon);
}
END_TEST

#ifdef TEST_SEARCH_MEMORY
/**
 * Begin an establish-session with the key that is searched for.
 */
static wire_writer_t *begin_with_key()
{
	wire_writer_t *request = kupf_client_begin(client, "establish-session");
	uint8_t key[32];
	u_int i;

	/* free() spares what is behind the first octets */
	wire_writer_text(request, "session", "a-session-whose-name-is-not-short");
	for (i = 0; i < sizeof(key); i++)
	{
		key[i] = test_key_octet(i, FALSE);
	}
	wire_writer_value(request, "key", wire_octets(key, sizeof(key)));
	memwipe(key, sizeof(key));
	return request;
}

/** How many copies of the key there are in memory */
#define check_keys(count) \
	ck_assert_uint_eq(test_search_memory(FALSE), (count))

/**
 * Have memory that is given back stay where it is.
 */
static void keep_freed_memory()
{
	mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
	mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

START_TEST(test_wiped)
{
	pid_t daemon = test_fake_daemon(
		"?\nR success=yes\n?\nR success=no cause=session-exists\n?\n"
		"R success=yes\n?\nK\nW");

	keep_freed_memory();
	begin_with_key();
	check_keys(1);
	/* another one takes its place; it is sent; it is sent twice */
	begin("stats", NULL);
	check_keys(0);
	begin_with_key();
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_OK);
	check_keys(0);
	/* it cannot be sent */
	wire_writer_begin_list(begin_with_key(), "open");
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_INVALID);
	check_keys(0);
	/* it is kept as long as it may be needed again */
	begin_with_key();
	ck_assert_int_eq(kupf_client_send_upsert(client, on_reply, "a"),
					 KUPF_CLIENT_OK);
	check_keys(1);
	ck_assert_int_eq(kupf_client_flush(client), KUPF_CLIENT_OK);
	ck_assert_str_eq(told, "a:0 ");
	check_keys(0);
	/* the connection is lost with an upsert in flight */
	begin_with_key();
	ck_assert_int_eq(kupf_client_upsert(client, NULL), KUPF_CLIENT_LOST);
	check_keys(0);
	/* no connection */
	kupf_client_disconnect(client);
	ck_assert(!unlink(test_path("sock")));
	begin_with_key();
	ck_assert_int_eq(kupf_client_call(client, NULL), KUPF_CLIENT_LOST);
	check_keys(0);
	begin_with_key();
	kupf_client_destroy(client);
	client = NULL;
	check_keys(0);
	kill(daemon, SIGKILL);
	ck_assert_int_eq(waitpid(daemon, NULL, 0), daemon);
}
END_TEST

/**
 * Send 60 KB that nobody waits for.
 */
static void send_filler()
{
	static char value[60000];

	memset(value, 'v', sizeof(value) - 1);
	wire_writer_text(kupf_client_begin(client, "stats"), "v", value);
	ck_assert_int_eq(kupf_client_send(client, NULL, NULL), KUPF_CLIENT_OK);
}

/*
 * What waits to be sent to a daemon that reads nothing is wiped with the
 * connection, and where it stood before the memory for it was too small.
 */
START_TEST(test_wiped_queue)
{
	pid_t daemon = test_fake_daemon("S");

	keep_freed_memory();
	while (!(kupf_client_poll_events(client) & POLLOUT))
	{
		send_filler();
	}
	begin_with_key();
	ck_assert_int_eq(kupf_client_send(client, NULL, NULL), KUPF_CLIENT_OK);
	check_keys(1);
	send_filler();
	send_filler();
	check_keys(1);
	kupf_client_disconnect(client);
	check_keys(0);
	test_fake_daemon_end(daemon);
}
END_TEST
#endif

static Suite *kupf_client_suite()
{
	Suite *suite = suite_create("kupf_client");
	TCase *tc;

	tc = tcase_create("calls");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_call);
	tcase_add_test(tc, test_invalid);
	tcase_add_test(tc, test_synced);
	tcase_add_test(tc, test_interleaved);
	tcase_add_test(tc, test_unregister);
	tcase_add_test(tc, test_bounds);
	tcase_add_test(tc, test_upsert);
	tcase_add_test(tc, test_upsert_in_flight);
	suite_add_tcase(suite, tc);

	tc = tcase_create("daemon");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_deadline, 0, countof(silent));
	tcase_add_test(tc, test_deadline_in_flight);
	tcase_add_test(tc, test_deadline_stream);
	tcase_add_test(tc, test_pieces);
	tcase_add_test(tc, test_behind_reply);
	tcase_add_loop_test(tc, test_malformed, 0, countof(wrong));
	tcase_add_loop_test(tc, test_unasked, 0, countof(unasked));
	tcase_add_test(tc, test_gone);
	tcase_add_test(tc, test_reconnect);
	tcase_add_test(tc, test_backoff);
	tcase_add_loop_test(tc, test_backoff_useless, 0, countof(useless));
	tcase_add_test(tc, test_crowd);
	tcase_add_test(tc, test_once);
	suite_add_tcase(suite, tc);

#ifdef TEST_SEARCH_MEMORY
	tc = tcase_create("wiped");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_wiped);
	tcase_add_test(tc, test_wiped_queue);
	suite_add_tcase(suite, tc);
#endif
	return suite;
}

int main()
{
	return test_run(kupf_client_suite());
}
