/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How a client comes back to a daemon, alone and in a crowd.
 */

#include "client/test_fake_daemon.h"
#include "test_kupf_client.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

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

void kupf_client_reconnect_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "reconnect", 0, setup, teardown);

	tcase_add_test(tc, test_reconnect);
	tcase_add_test(tc, test_backoff);
	tcase_add_loop_test(tc, test_backoff_useless, 0, countof(useless));
	tcase_add_test(tc, test_crowd);
	tcase_add_test(tc, test_once);
}
