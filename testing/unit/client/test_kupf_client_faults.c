/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Daemons that are silent, slow, wrong or gone.
 */

#include "client/test_fake_daemon.h"
#include "test_kupf_client.h"

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

void kupf_client_faults_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "faults", 0, setup, teardown);

	tcase_add_loop_test(tc, test_deadline, 0, countof(silent));
	tcase_add_test(tc, test_deadline_in_flight);
	tcase_add_test(tc, test_deadline_stream);
	tcase_add_test(tc, test_pieces);
	tcase_add_test(tc, test_behind_reply);
	tcase_add_loop_test(tc, test_malformed, 0, countof(wrong));
	tcase_add_loop_test(tc, test_unasked, 0, countof(unasked));
	tcase_add_test(tc, test_gone);
}
