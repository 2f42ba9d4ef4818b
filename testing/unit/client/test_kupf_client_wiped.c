/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys that are in memory no longer than they have to be.
 */

#include "client/test_fake_daemon.h"
#include "test_kupf_client.h"
#include "test_support.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

void kupf_client_wiped_cases(Suite *suite)
{
#ifdef TEST_SEARCH_MEMORY
	TCase *tc = test_case(suite, "wiped", 0, setup, teardown);

	tcase_add_test(tc, test_wiped);
	tcase_add_test(tc, test_wiped_queue);
#endif
}
