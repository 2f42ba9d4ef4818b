/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The client library against a daemon that does as it likes.
 */

#include "client/test_fake_daemon.h"
#include "test_kupf_client.h"

#include <sys/socket.h>

char told[4096];

kupf_client_t *client;

void setup()
{
	test_dir_create();
	client = kupf_client_create(test_path("sock"));
	ck_assert_ptr_nonnull(client);
	told[0] = '\0';
}

void teardown()
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

void on_event(void *user, wire_octets_t name, const wire_reader_t *event)
{
	wire_octets_t session;

	wire_reader_find(event, "session", &session);
	tell("%.*s=%.*s%s ", (int)name.len, name.ptr, (int)session.len,
		 session.ptr, user ? (char*)user : "");
}

void on_reply(void *user, const kupf_client_reply_t *reply)
{
	tell("%s:%d ", (char*)user, reply->status);
}

void begin(const char *command, const char *session)
{
	wire_writer_t *request = kupf_client_begin(client, command);

	if (session)
	{
		wire_writer_text(request, "session", session);
	}
}

kupf_client_status_t ask(const char *command)
{
	begin(command, NULL);
	return kupf_client_call(client, NULL);
}

bool is_connected()
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

static Suite *kupf_client_suite()
{
	Suite *suite = suite_create("kupf_client");
	TCase *tc = test_case(suite, "calls", 0, setup, teardown);

	tcase_add_test(tc, test_call);
	tcase_add_test(tc, test_invalid);
	tcase_add_test(tc, test_synced);
	tcase_add_test(tc, test_interleaved);
	tcase_add_test(tc, test_unregister);
	tcase_add_test(tc, test_bounds);
	tcase_add_test(tc, test_upsert);
	tcase_add_test(tc, test_upsert_in_flight);

	kupf_client_faults_cases(suite);
	kupf_client_reconnect_cases(suite);
	kupf_client_wiped_cases(suite);
	return suite;
}

int main()
{
	return test_run(kupf_client_suite());
}
