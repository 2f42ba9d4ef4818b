/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Reading a file that takes long, while others are served.
 */

#include "test_kupf_steps.h"
#include "test_support.h"

#include <sys/epoll.h>
#include <unistd.h>

/**
 * Read a file that takes until it is told to end.
 */
static bool read_slowly(const char *path, kupf_store_t *store,
						kupf_error_t *error)
{
	kupf_session_t *session;

	reading->wait(reading);
	session = test_session("line", ID_KEY_ID, "line", 0);
	store->put(store, session);
	kupf_session_unref(session);
	return TRUE;
}

/**
 * Have the file read by read_slowly().
 */
static void setup_reload()
{
	reading = semaphore_create(0);
	test_upf_read = read_slowly;
	setup();
	upf.preconfigured->set_file(upf.preconfigured, "/nowhere", 0);
}

static void teardown_reload()
{
	teardown();
	test_upf_read = NULL;
	reading->destroy(reading);
}

START_TEST(test_reload)
{
	char *path;
	u_int i;

	listen_to("key-request");
	ask(LONG, WIRE_CMD_REQUEST, "reload-preconfigured", "");
	ask(LONG, WIRE_CMD_REQUEST, "version", "");
	for (i = 0; i < 5; i++)
	{
		serve_others();
	}
	/* which command check asks for, in the thread that serves all */
	path = upf.preconfigured->get_path(upf.preconfigured);
	ck_assert_str_eq(path, "/nowhere");
	free(path);
	ck_assert_uint_eq(upf.all->get_count(upf.all), 0);
	reading->post(reading);
	serve_all();
	expect(LONG, "keys", "1");
	expect(LONG, "protocol", "1");
}
END_TEST

START_TEST(test_reload_and_go)
{
	ask(LONG, WIRE_CMD_REQUEST, "reload-preconfigured", "");
	ck_assert_int_eq(serve_round(), KUPF_WORK_WAITS);
	close(clients[LONG]);
	clients[LONG] = -1;
	/* the socket is at its end: that is told once */
	ck_assert_int_eq(serve_round(), KUPF_WORK_WAITS);
	ck_assert_int_eq(epoll_wait(epoll, &(struct epoll_event){}, 1, 0), 0);
	ck_assert_ptr_nonnull(connections[LONG]);
	reading->post(reading);
	serve_all();
	ck_assert_ptr_null(connections[LONG]);
	ck_assert_uint_eq(upf.all->get_count(upf.all), 1);
}
END_TEST

void kupf_steps_reload_case(Suite *suite)
{
	TCase *tc = test_case(suite, "reload", 0, setup_reload, teardown_reload);

	tcase_add_test(tc, test_reload);
	tcase_add_test(tc, test_reload_and_go);
}
