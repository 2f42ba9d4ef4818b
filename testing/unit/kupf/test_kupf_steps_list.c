/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Lists that are sent in steps, to a client that may be slow to read them.
 */

#include "test_kupf_steps.h"
#include "test_support.h"

#include <sys/socket.h>

START_TEST(test_list)
{
	uint8_t confirm[WIRE_PACKET_HEADER + 1];
	u_int others = 0, i;

	put_sessions();
	listen_to("key-request");
	ask(LONG, WIRE_EVENT_REGISTER, "list-session", NULL);
	serve_all();
	ck_assert_int_eq(recv(clients[LONG], confirm, sizeof(confirm), 0),
					 sizeof(confirm));
	/* nothing to send, but much to look at */
	ask(LONG, WIRE_CMD_REQUEST, "list-sessions", "state=up");
	for (i = 0; i < 5; i++)
	{
		others += serve_others();
	}
	ck_assert_uint_eq(others, 5);
	serve_all();
	expect(LONG, "success", "yes");
}
END_TEST

/* a list that waits for charon keeps nobody waiting, nor the server busy */
START_TEST(test_list_waits)
{
	uint8_t confirm[WIRE_PACKET_HEADER + 1];
	kupf_session_t *session;
	u_int i, rest = 10;
	sem_t busy;

	ck_assert_int_eq(sem_init(&busy, 0, 0), 0);
	/* two are always busy: scheduler and watcher */
	lib->processor->set_threads(lib->processor, 4);
	upf.enforcer.stalled = &busy;
	upf.enforcer.tunnels = 1;
	session = test_session("line", ID_KEY_ID, "line", 0);
	upf.store->put(upf.store, session);
	kupf_session_unref(session);
	listen_to("key-request");
	ask(LONG, WIRE_EVENT_REGISTER, "list-session", NULL);
	serve_all();
	ck_assert_int_eq(recv(clients[LONG], confirm, sizeof(confirm), 0),
					 sizeof(confirm));
	ask(LONG, WIRE_CMD_REQUEST, "list-sessions", "session=line");
	while (serve_round() != KUPF_WORK_WAITS)
	{
		ck_assert_uint_gt(--rest, 0);
	}
	for (i = 0; i < 5; i++)
	{
		serve_others();
		ck_assert_int_eq(serve_round(), KUPF_WORK_WAITS);
	}
	ck_assert_uint_eq(pending(LONG), 0);
	sem_post(&busy);
	serve_all();
	ck_assert_uint_gt(pending(LONG), 0);
	lib->processor->cancel(lib->processor);
	ck_assert_uint_eq(upf.enforcer.measured, 1);
	sem_destroy(&busy);
}
END_TEST

void kupf_steps_list_case(Suite *suite)
{
	TCase *tc = test_case(suite, "list", 0, setup, teardown);

	tcase_add_test(tc, test_list);
	tcase_add_test(tc, test_list_waits);
}
