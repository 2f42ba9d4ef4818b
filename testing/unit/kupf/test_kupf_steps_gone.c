/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Long commands whose client goes away, sends more, or does not read.
 */

#include "test_kupf_steps.h"
#include "test_support.h"

#include <sys/socket.h>
#include <unistd.h>

/**
 * Begin a sync-end, and take the first step of it.
 */
static void begin_sync_end()
{
	put_sessions();
	ask(LONG, WIRE_CMD_REQUEST, "sync-begin", "");
	serve_all();
	expect(LONG, "success", "yes");
	ask(LONG, WIRE_CMD_REQUEST, "sync-end", "");
	ck_assert_int_eq(serve_round(), KUPF_WORK_MORE);
	ck_assert_int_eq(serve_round(), KUPF_WORK_MORE);
	ck_assert_uint_lt(upf.store->get_count(upf.store), SESSIONS);
}

START_TEST(test_gone)
{
	begin_sync_end();
	ask(LONG, WIRE_CMD_REQUEST, "sync-begin", "");
	if (_i)
	{	/* half of it: the answer can still be read */
		shutdown(clients[LONG], SHUT_WR);
	}
	else
	{
		close(clients[LONG]);
		clients[LONG] = -1;
	}
	ck_assert_int_eq(serve_round(), KUPF_WORK_MORE);
	ck_assert_ptr_nonnull(connections[LONG]);
	serve_all();
	/* what it has begun is done */
	ck_assert_ptr_null(connections[LONG]);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
	if (_i)
	{
		expect(LONG, "removed", "3000");
		expect(LONG, "success", "yes");
	}
	/* and the synchronisation is over */
	ask(ASKS, WIRE_CMD_REQUEST, "sync-begin", "");
	serve_all();
	expect(ASKS, "success", "yes");
}
END_TEST

START_TEST(test_gone_with_requests)
{
	char *script = sections(100);

	ask(LONG, WIRE_CMD_REQUEST, "establish-sessions", script);
	ask(LONG, WIRE_CMD_REQUEST, "delete-session", "session=n0");
	ask(LONG, WIRE_CMD_REQUEST, "delete-session", "session=n1");
	free(script);
	close(clients[LONG]);
	clients[LONG] = -1;
	serve_all();
	ck_assert_ptr_null(connections[LONG]);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 98);
}
END_TEST

START_TEST(test_gone_does_not_listen)
{
	uint8_t confirm[WIRE_PACKET_HEADER + 1];

	ask(LONG, WIRE_EVENT_REGISTER, "key-request", NULL);
	serve_all();
	ck_assert_int_eq(recv(clients[LONG], confirm, sizeof(confirm), 0),
					 sizeof(confirm));
	begin_sync_end();
	ck_assert_uint_eq(raise_key_request(), 1);
	close(clients[LONG]);
	clients[LONG] = -1;
	serve_round();
	/* nobody waits for its answer */
	ck_assert_ptr_nonnull(connections[LONG]);
	ck_assert_uint_eq(raise_key_request(), 0);
	serve_all();
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
}
END_TEST

START_TEST(test_slow)
{
	kupf_session_t *session;
	u_int i;

	listen_to("session-expired");
	/* it has begun a command, and reads nothing: cut off, but not half done */
	ask(LISTENS, WIRE_CMD_REQUEST, "sync-begin", "");
	serve_all();
	put_sessions();
	ask(LISTENS, WIRE_CMD_REQUEST, "sync-end", "");
	serve_round();
	session = test_session("x", ID_KEY_ID, "x", 0);
	for (i = 0; i < KUPF_UNREAD_MAX / 20; i++)
	{
		upf.events->session_expired(upf.events, session);
	}
	kupf_session_unref(session);
	ck_assert_uint_eq(test_counter("connections-slow"), 1);
	ck_assert_int_eq(serve_round(), KUPF_WORK_MORE);
	serve_all();
	ck_assert_ptr_null(connections[LISTENS]);
	ck_assert_uint_eq(upf.store->get_count(upf.store), 0);
}
END_TEST

void kupf_steps_gone_case(Suite *suite)
{
	TCase *tc = test_case(suite, "gone", 0, setup, teardown);

	tcase_add_loop_test(tc, test_gone, 0, 2);
	tcase_add_test(tc, test_gone_with_requests);
	tcase_add_test(tc, test_gone_does_not_listen);
	tcase_add_test(tc, test_slow);
}
