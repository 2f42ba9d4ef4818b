/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A real engine, the server and commands of plugin kupf, and what follows the group
 * between them.  Without an engine it is skipped, and says so.
 */

#include "test_sync_follow.h"
#include "kupf/socket/kupf_server.h"
#include "sync/sync_again.h"
#include "test_support.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

/** Sessions of a group that does not fit into a request */
#define MANY 700

sync_config_t config;

sync_engine_t engine;

test_upf_t upf;
static kupf_server_t *server;
sync_follow_t *follower;

static void start_upf_with(u_int max)
{
	kupf_server_config_t server_config = { .max_connections = 4 };
	char uri[1024];

	snprintf(uri, sizeof(uri), "unix://%s", config.socket);
	server_config.uri = uri;
	test_upf_init(&upf, NULL, max);
	/* two are always busy: scheduler and watcher */
	lib->processor->set_threads(lib->processor, 4);
	server = kupf_server_create(&server_config, upf.commands, upf.publisher);
	ck_assert_ptr_nonnull(server);
}

static void start_upf()
{
	start_upf_with(0);
}

static void stop_upf()
{
	server->destroy(server);
	lib->processor->cancel(lib->processor);
	test_upf_deinit(&upf);
}

void open_engine()
{
	ck_assert_msg(sync_engine_open(&engine, TRUE), "%s", engine.error);
}

void setup()
{
	signal(SIGPIPE, SIG_IGN);
	test_dir_create();
	test_engine_config(&config);
	engine = (sync_engine_t){ .config = &config };
	test_engine_start();
	start_upf();
	open_engine();
	follower = sync_follow_create(&config);
	ck_assert_ptr_nonnull(follower);
}

void teardown()
{
	if (follower)
	{
		sync_follow_destroy(follower);
	}
	sync_engine_close(&engine);
	stop_upf();
	test_engine_kill();
	test_dir_remove();
}

uint32_t put(const char *script)
{
	char text[512], error[SYNC_ERROR_SIZE] = "";
	uint32_t generation;
	sync_line_t line;

	strcpy(text, script);
	ck_assert_msg(sync_line_parse(&line, text, time(NULL), error), "%s", error);
	ck_assert_int_eq(sync_store_put(&engine, &line, FALSE, &generation, error),
					 SYNC_DONE);
	return generation;
}

void delete(const char *name)
{
	uint32_t generation;

	ck_assert_int_eq(sync_store_delete(&engine, name, &generation, time(NULL)),
					 SYNC_DONE);
}

uint32_t generation(const char *name)
{
	kupf_session_t *session = upf.store->get(upf.store, name);
	uint32_t result = session ? kupf_session_get_generation(session) : 0;

	kupf_session_unref(session);
	return result;
}

u_int count()
{
	return upf.store->get_count(upf.store);
}

void follow_until_loaded()
{
	follow_until(sync_follow_is_loaded(follower));
}

START_TEST(test_load)
{
	char text[256];
	u_int i;

	config.changes = 100000;
	for (i = 0; i < MANY; i++)
	{
		snprintf(text, sizeof(text), "s%u key=" KEY " ue-id=keyid:%u "
				 "generation=%u", i, i, i + 1);
		put(text);
	}
	put("short key=" KEY " ue-id=keyid:short expires=1000");
	put("gone key=" KEY " ue-id=keyid:gone");
	delete("gone");
	follow_until_loaded();
	ck_assert_uint_eq(count(), MANY);
	ck_assert_uint_eq(generation("s0"), 1);
	ck_assert_uint_eq(generation("s699"), 700);
	ck_assert_uint_eq(generation("short"), 0);
	ck_assert_uint_eq(generation("gone"), 0);
}
END_TEST

/* changes come, in their order, and what was there without the group goes */
START_TEST(test_follow)
{
	vici_message_t *reply;

	reply = test_execute(&upf, "establish-session",
						 "session=own ue-id=keyid:own key=" KEY);
	reply->destroy(reply);
	put("a key=" KEY " ue-id=keyid:a");
	follow_until_loaded();
	ck_assert_uint_eq(count(), 1);
	put("b key=" KEY " ue-id=keyid:b lifetime=1000 ue-addresses=10.0.0.1");
	follow_until(generation("b") == 1);
	put("a key=" KEY_2 " ue-id=keyid:a generation=9");
	follow_until(generation("a") == 9);
	delete("b");
	follow_until(!generation("b"));
	/* the address is free for another one, in this order only */
	put("c key=" KEY " ue-id=keyid:b ue-addresses=10.0.0.1");
	follow_until(generation("c") == 1);
	ck_assert_uint_eq(count(), 2);
	ck_assert(sync_follow_is_loaded(follower));
}
END_TEST

/* what is refused for a reason that passes comes when that has passed */
START_TEST(test_again)
{
	vici_message_t *reply;

	follow_until_loaded();
	reply = test_execute(&upf, "establish-session", "session=own "
						 "ue-id=keyid:own key=" KEY " ue-addresses=[10.0.0.1]");
	ck_assert_str_eq(test_value(reply, "success"), "yes");
	reply->destroy(reply);
	put("a key=" KEY " ue-id=keyid:a ue-addresses=10.0.0.1");
	put("b key=" KEY " ue-id=keyid:own");
	put("c key=" KEY " ue-id=keyid:c ue-addresses=10.0.0.1");
	put("d key=" KEY " ue-id=keyid:d");
	follow_until(generation("d") == 1);
	ck_assert_uint_eq(count(), 2);
	/* as the group has it when its turn comes, if it has it at all */
	put("a key=" KEY_2 " ue-id=keyid:a ue-addresses=10.0.0.1");
	delete("c");
	put("e key=" KEY " ue-id=keyid:e");
	follow_until(generation("e") == 1);
	ck_assert_uint_eq(generation("a"), 0);
	reply = test_execute(&upf, "delete-session", "session=own");
	reply->destroy(reply);
	follow_until(generation("a") == 2 && generation("b") == 1);
	ck_assert_uint_eq(generation("c"), 0);
	ck_assert_uint_eq(count(), 4);
	ck_assert(sync_follow_is_loaded(follower));
}
END_TEST

/* and so does what was refused while everything was loaded */
START_TEST(test_again_load)
{
	const char *gone;

	sync_follow_destroy(follower);
	stop_upf();
	start_upf_with(2);
	follower = sync_follow_create(&config);
	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	put("c key=" KEY " ue-id=keyid:c");
	follow_until_loaded();
	ck_assert_uint_eq(count(), 2);
	/* whoever is there makes room */
	gone = generation("a") ? "a" : "b";
	delete(gone);
	follow_until(!generation(gone) && count() == 2);
	ck_assert(sync_follow_is_loaded(follower));
}
END_TEST

/* names to try again have an order and a bound */
START_TEST(test_again_names)
{
	char name[SYNC_NAME_MAX + 1], expected[16];
	sync_again_t again = {};
	u_int i, turn;

	ck_assert(!sync_again_take(&again, name));
	for (turn = 0; turn < 2; turn++)
	{
		for (i = 0; i < SYNC_AGAIN_MAX; i++)
		{
			snprintf(name, sizeof(name), "s%u", i);
			sync_again_add(&again, wire_text(name));
			/* twice is once */
			sync_again_add(&again, wire_text("s0"));
		}
		ck_assert_uint_eq(again.count, SYNC_AGAIN_MAX);
		ck_assert(!again.overflow);
		/* around the end of the room */
		ck_assert(sync_again_take(&again, name));
		ck_assert_str_eq(name, "s0");
		sync_again_add(&again, wire_text("s0"));
		for (i = 0; i < SYNC_AGAIN_MAX; i++)
		{
			snprintf(expected, sizeof(expected), "s%u",
					 (i + 1) % SYNC_AGAIN_MAX);
			ck_assert(sync_again_take(&again, name));
			ck_assert_str_eq(name, expected);
			sync_again_add(&again, wire_text(name));
		}
		sync_again_add(&again, wire_text("more"));
		ck_assert(again.overflow);
		ck_assert_uint_eq(again.count, SYNC_AGAIN_MAX);
		sync_again_clear(&again);
		ck_assert(!again.overflow);
		ck_assert(!sync_again_take(&again, name));
	}
}
END_TEST

/* a field of a bucket that is no name of a session does not keep others away */
START_TEST(test_name)
{
	put("a key=" KEY " ue-id=keyid:a");
	test_engine_tell("HSET nin3a:main:b:0 %b x", "\xff\x01", (size_t)2);
	test_engine_tell("HSET nin3a:main:b:0 %b x", "", (size_t)0);
	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	ck_assert_uint_eq(count(), 2);
}
END_TEST

/* charon starts anew, without any session */
START_TEST(test_restart)
{
	put("a key=" KEY " ue-id=keyid:a");
	follow_until_loaded();
	stop_upf();
	follow_until(TRUE);
	start_upf();
	ck_assert_uint_eq(count(), 0);
	follow_until(generation("a") == 1);
	put("b key=" KEY " ue-id=keyid:b");
	follow_until(generation("b") == 1);
}
END_TEST

/* without the engine nothing goes; one that has lost everything takes nothing */
START_TEST(test_engine_lost)
{
	u_int i;

	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	test_engine_kill();
	sync_engine_close(&engine);
	follow_until(count() == 2);
	sync_follow_step(follower, NULL);
	sync_follow_step(follower, NULL);
	ck_assert_uint_eq(count(), 2);
	/* empty, no group */
	test_engine_start();
	ck_assert(!sync_engine_open(&engine, FALSE));
	for (i = 0; i < 6; i++)
	{
		sync_follow_step(follower, NULL);
	}
	ck_assert_uint_eq(count(), 2);
	/* another group of the same name, with one session */
	open_engine();
	put("c key=" KEY " ue-id=keyid:c");
	follow_until(generation("c") == 1);
	ck_assert_uint_eq(count(), 3);
	/* what is deleted there is deleted here */
	put("a key=" KEY " ue-id=keyid:a generation=5");
	delete("a");
	follow_until(!generation("a"));
}
END_TEST

/* an engine that loses everything while it runs */
START_TEST(test_flushed)
{
	u_int i;

	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	ck_assert_uint_eq(count(), 2);
	test_engine_tell("FLUSHALL");
	for (i = 0; i < 10; i++)
	{
		sync_follow_step(follower, NULL);
	}
	ck_assert_uint_eq(count(), 2);
	/* its first change has a number that was there before */
	open_engine();
	put("c key=" KEY " ue-id=keyid:c");
	follow_until(generation("c") == 1);
	ck_assert_uint_eq(count(), 3);
	put("a key=" KEY_2 " ue-id=keyid:a generation=5");
	follow_until(generation("a") == 5);
}
END_TEST

/* the same, and it is made anew before that is noticed */
START_TEST(test_made_anew)
{
	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	test_engine_tell("FLUSHALL");
	open_engine();
	put("c key=" KEY " ue-id=keyid:c");
	/* the next change looks as if some of the group before were missing */
	test_engine_tell("SET nin3a:main:seq 5");
	put("d key=" KEY " ue-id=keyid:d");
	follow_until(generation("d") == 1 && generation("c") == 1);
	ck_assert_uint_eq(count(), 4);
}
END_TEST

int main()
{
	Suite *s;
	TCase *tc;

	if (!test_engine_is_there())
	{
		return 77;
	}
	s = suite_create("sync_follow");
	tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_load);
	tcase_add_test(tc, test_follow);
	tcase_add_test(tc, test_again);
	tcase_add_test(tc, test_again_load);
	tcase_add_test(tc, test_again_names);
	tcase_add_test(tc, test_name);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_engine_lost);
	tcase_add_test(tc, test_flushed);
	tcase_add_test(tc, test_made_anew);
	suite_add_tcase(s, tc);
	sync_follow_fetch_case(s);
	sync_follow_gaps_case(s);
	return test_run(s);
}
