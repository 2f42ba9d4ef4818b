/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The sessions of a group in a real engine.  Without one it is skipped, and says so.
 */

#include "sync/sync_feed.h"
#include "sync/sync_store.h"
#include "test_engine.h"
#include "test_runner.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define KEY \
	"0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define KEY_2 \
	"0x3232323232323232323232323232323232323232323232323232323232323232"

static sync_config_t config;
static sync_engine_t engine;

static void setup()
{
	signal(SIGPIPE, SIG_IGN);
	test_dir_create();
	test_engine_config(&config);
	engine = (sync_engine_t){ .config = &config };
	test_engine_start();
}

static void teardown()
{
	sync_engine_close(&engine);
	test_engine_kill();
	test_dir_remove();
}

static void open_engine()
{
	ck_assert_msg(sync_engine_open(&engine, TRUE), "%s", engine.error);
}

/**
 * Put or modify a session.
 *
 * @return			generation
 */
static uint32_t put(const char *script, bool modify, sync_result_t expected)
{
	char text[512], error[SYNC_ERROR_SIZE] = "";
	uint32_t generation = 0;
	sync_result_t result;
	sync_line_t line;

	strcpy(text, script);
	ck_assert_msg(sync_line_parse(&line, text, time(NULL), error), "%s", error);
	result = sync_store_put(&engine, &line, modify, &generation, error);
	ck_assert_msg(result == expected, "%s: %d, %s %s", script, result, error,
				  engine.error);
	return generation;
}

static uint32_t delete(const char *name, sync_result_t expected)
{
	uint32_t generation = 0;

	ck_assert_int_eq(sync_store_delete(&engine, name, &generation, time(NULL)),
					 expected);
	return generation;
}

/**
 * Find the session of an identity.
 *
 * @return			its name, "" if there is none
 */
static const char *find(const char *id)
{
	static char name[SYNC_NAME_MAX + 1];
	sync_entry_t entry = {};
	sync_result_t result;

	name[0] = '\0';
	result = sync_store_find(&engine, wire_text(id), name, &entry);
	ck_assert(result == SYNC_DONE || result == SYNC_NONE);
	sync_entry_wipe(&entry);
	return result == SYNC_DONE ? name : "";
}

START_TEST(test_put)
{
	sync_entry_t entry = {};
	char id[SYNC_ID_SIZE];

	ck_assert(!sync_engine_open(&engine, FALSE));
	ck_assert_ptr_nonnull(strstr(engine.error, "does not have the group"));
	open_engine();
	ck_assert_uint_eq(engine.buckets, 5);
	ck_assert_uint_eq(put("a key=" KEY " ue-id=keyid:alice", FALSE, SYNC_DONE),
					  1);
	ck_assert_int_eq(sync_store_get(&engine, wire_text("a"), &entry), SYNC_DONE);
	ck_assert_int_eq(entry.header.kind, SYNC_SESSION);
	ck_assert(sync_content_id(sync_entry_content(&entry), id));
	ck_assert_str_eq(id, "keyid:alice");
	sync_entry_wipe(&entry);
	ck_assert_str_eq(find("keyid:alice"), "a");
	ck_assert_str_eq(find("keyid:bob"), "");
	ck_assert_int_eq(sync_store_get(&engine, wire_text("b"), &entry), SYNC_NONE);
	/* the engine never sees a key */
	ck_assert_ptr_null(strstr(test_engine_tell("HGET nin3a:main:b:%d a",
							sync_engine_bucket(&engine, wire_text("a"))), KEY));
	/* who comes later takes what is there */
	config.buckets = 9;
	ck_assert(sync_engine_open(&engine, FALSE));
	ck_assert_uint_eq(engine.buckets, 5);
	ck_assert_str_eq(find("keyid:alice"), "a");
}
END_TEST

START_TEST(test_modify)
{
	open_engine();
	put("a ue-id=keyid:b", TRUE, SYNC_NONE);
	put("a key=" KEY " ue-id=keyid:a generation=5", FALSE, SYNC_DONE);
	ck_assert_uint_eq(put("a ue-id=keyid:b", TRUE, SYNC_DONE), 6);
	/* the index goes along */
	ck_assert_str_eq(find("keyid:a"), "");
	ck_assert_str_eq(find("keyid:b"), "a");
	/* late, twice, and with another content */
	ck_assert_uint_eq(put("a key=" KEY_2 " generation=5", TRUE, SYNC_STALE), 6);
	ck_assert_uint_eq(put("a key=" KEY_2 " generation=6", TRUE, SYNC_STALE), 6);
	ck_assert_uint_eq(put("a ue-id=keyid:b key=" KEY " generation=6", FALSE,
						  SYNC_STALE), 6);
	ck_assert_str_eq(test_engine_tell("GET nin3a:main:seq"), "2");
	put("a key=" KEY " ue-id=keyid:b generation=8", FALSE, SYNC_DONE);
	put("a key=" KEY " ue-id=keyid:b generation=8", FALSE, SYNC_DONE);
	ck_assert_str_eq(test_engine_tell("GET nin3a:main:seq"), "3");
	put("a", FALSE, SYNC_WRONG);
	put("a generation=4294967294", TRUE, SYNC_DONE);
	put("a dnn=x", TRUE, SYNC_WRONG);
	/* there is one left to delete it */
	ck_assert_uint_eq(delete("a", SYNC_DONE), UINT32_MAX);
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_WRONG);
}
END_TEST

/* an identity that another session has now stays that one's */
START_TEST(test_index)
{
	open_engine();
	put("a key=" KEY " ue-id=keyid:x", FALSE, SYNC_DONE);
	put("b key=" KEY " ue-id=keyid:x", FALSE, SYNC_DONE);
	ck_assert_str_eq(find("keyid:x"), "b");
	put("a ue-id=keyid:y", TRUE, SYNC_DONE);
	ck_assert_str_eq(find("keyid:x"), "b");
	ck_assert_str_eq(find("keyid:y"), "a");
	put("b ue-id=keyid:y", TRUE, SYNC_DONE);
	delete("a", SYNC_DONE);
	ck_assert_str_eq(find("keyid:y"), "b");
	delete("b", SYNC_DONE);
	ck_assert_str_eq(find("keyid:y"), "");
}
END_TEST

/**
 * Give a session another generation, as a writer of another make may do.
 */
static void force_generation(const char *name, uint32_t generation)
{
	uint8_t record[SYNC_RECORD_MAX];
	char key[SYNC_KEY_NAME];
	sync_entry_t entry = {};
	redisReply *reply;
	size_t len;

	ck_assert_int_eq(sync_store_get(&engine, wire_text(name), &entry),
					 SYNC_DONE);
	entry.header.generation = generation;
	ck_assert(sync_seal(&config.keys, config.group, wire_text(name),
						&entry.header, sync_entry_content(&entry), record,
						&len));
	sync_entry_wipe(&entry);
	sync_engine_key(&engine, key, "b:%u",
					sync_engine_bucket(&engine, wire_text(name)));
	reply = sync_engine_call(&engine, 4, (wire_octets_t[]){
		wire_text("HSET"), wire_text(key), wire_text(name),
		wire_octets(record, len),
	});
	ck_assert_ptr_nonnull(reply);
	freeReplyObject(reply);
}

/* what has the highest generation of all can be deleted */
START_TEST(test_last_generation)
{
	sync_entry_t entry = {};

	open_engine();
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE);
	force_generation("a", UINT32_MAX);
	put("a dnn=x", TRUE, SYNC_WRONG);
	ck_assert_uint_eq(delete("a", SYNC_DONE), UINT32_MAX);
	ck_assert_int_eq(sync_store_get(&engine, wire_text("a"), &entry), SYNC_DONE);
	ck_assert_int_eq(entry.header.kind, SYNC_TOMBSTONE);
	ck_assert_str_eq(find("keyid:a"), "");
}
END_TEST

/* what was deleted does not come back by itself */
START_TEST(test_delete)
{
	sync_entry_t entry = {};

	open_engine();
	delete("a", SYNC_NONE);
	put("a key=" KEY " ue-id=keyid:a generation=7", FALSE, SYNC_DONE);
	ck_assert_uint_eq(delete("a", SYNC_DONE), 8);
	ck_assert_str_eq(find("keyid:a"), "");
	ck_assert_int_eq(sync_store_get(&engine, wire_text("a"), &entry), SYNC_DONE);
	ck_assert_int_eq(entry.header.kind, SYNC_TOMBSTONE);
	put("a dnn=x", TRUE, SYNC_NONE);
	put("a key=" KEY " ue-id=keyid:a generation=7", FALSE, SYNC_STALE);
	put("a key=" KEY " ue-id=keyid:a generation=8", FALSE, SYNC_STALE);
	ck_assert_str_eq(find("keyid:a"), "");
	ck_assert_uint_eq(delete("a", SYNC_DONE), 8);
	/* the writer knows better */
	ck_assert_uint_eq(put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE), 9);
	ck_assert_str_eq(find("keyid:a"), "a");
}
END_TEST

/* a record that was moved or changed in the engine is none */
START_TEST(test_unreadable)
{
	sync_entry_t entry = {};
	unsigned int from, to;

	open_engine();
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE);
	from = sync_engine_bucket(&engine, wire_text("a"));
	to = sync_engine_bucket(&engine, wire_text("b"));
	test_engine_tell("EVAL %s 2 nin3a:main:b:%d nin3a:main:b:%d",
					 "redis.call('HSET',KEYS[2],'b',redis.call('HGET',KEYS[1],"
					 "'a'))", from, to);
	ck_assert_int_eq(sync_store_get(&engine, wire_text("b"), &entry),
					 SYNC_UNREADABLE);
	put("b dnn=x", TRUE, SYNC_UNREADABLE);
	/* somebody else's key */
	config.keys.keys[0].key[0] ^= 1;
	ck_assert_int_eq(sync_store_get(&engine, wire_text("a"), &entry),
					 SYNC_UNREADABLE);
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_UNREADABLE);
	/* who knows all of it may put it anew */
	put("a key=" KEY " ue-id=keyid:a generation=2", FALSE, SYNC_DONE);
	ck_assert_str_eq(find("keyid:a"), "a");
}
END_TEST

/** Changes so far */
static uint64_t last, records, claims;

static void on_change(void *user, uint64_t number, wire_octets_t session,
					  wire_octets_t record, wire_octets_t claim)
{
	ck_assert_uint_eq(number, last + 1);
	last = number;
	records += record.len > 0;
	claims += claim.len > 0;
}

/**
 * Read the answer to what was asked.
 */
static void read_feed(sync_feed_t *feed)
{
	struct pollfd fd = { .fd = sync_feed_fd(feed), .events = POLLIN };

	ck_assert(sync_feed_ask(feed, last));
	while (feed->asked)
	{
		ck_assert_int_eq(poll(&fd, 1, 10000), 1);
		ck_assert_msg(sync_feed_read(feed, on_change, NULL), "%s", feed->error);
	}
}

/* changes have numbers without a gap, and a claim is one if it is later */
START_TEST(test_feed)
{
	sync_feed_t feed = {};
	bool won;

	last = records = claims = 0;
	open_engine();
	ck_assert(sync_feed_open(&feed, &engine));
	/* an answer that has none comes, too */
	read_feed(&feed);
	ck_assert_uint_eq(last, 0);
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE);
	put("b key=" KEY " ue-id=keyid:b", FALSE, SYNC_DONE);
	delete("a", SYNC_DONE);
	ck_assert_int_eq(sync_store_claim(&engine, "b", 1000, &won), SYNC_DONE);
	ck_assert(won);
	read_feed(&feed);
	ck_assert_uint_eq(last, 4);
	ck_assert_uint_eq(records, 3);
	ck_assert_uint_eq(claims, 1);
	/* the same again is none */
	ck_assert_int_eq(sync_store_claim(&engine, "b", 1000, &won), SYNC_DONE);
	ck_assert(won);
	strcpy(config.upf, "upf-b");
	ck_assert_int_eq(sync_store_claim(&engine, "b", 999, &won), SYNC_DONE);
	ck_assert(!won);
	ck_assert_str_eq(test_engine_tell("HGET nin3a:main:claims b"), "1000 upf-a");
	/* at the same time the name decides */
	ck_assert_int_eq(sync_store_claim(&engine, "b", 1000, &won), SYNC_DONE);
	ck_assert(won);
	strcpy(config.upf, "upf-a");
	ck_assert_int_eq(sync_store_claim(&engine, "b", 1000, &won), SYNC_DONE);
	ck_assert(!won);
	read_feed(&feed);
	ck_assert_uint_eq(last, 5);
	/* with the session it goes */
	delete("b", SYNC_DONE);
	ck_assert_str_eq(test_engine_tell("HEXISTS nin3a:main:claims b"), "0");
	test_engine_kill();
	ck_assert_int_eq(sync_store_claim(&engine, "b", 1000, &won), SYNC_LOST);
	sync_feed_close(&feed);
}
END_TEST

/* the engine's clock is measured anew, and the group looked at */
START_TEST(test_look)
{
	struct timespec now;
	uint64_t number = 7;
	int64_t us;

	open_engine();
	ck_assert(sync_engine_look(&engine, &number));
	ck_assert_uint_eq(number, 0);
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE);
	delete("a", SYNC_DONE);
	ck_assert(sync_engine_look(&engine, &number));
	ck_assert_uint_eq(number, 2);
	/* as if one of the clocks had been set; the engine's is that of this host */
	engine.offset -= 3600 * 1000000LL;
	ck_assert(sync_engine_measure(&engine));
	clock_gettime(CLOCK_REALTIME, &now);
	us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
	ck_assert(sync_engine_time(&engine) > us - 600 * 1000000LL);
	ck_assert(sync_engine_time(&engine) < us + 600 * 1000000LL);
	/* all is gone, and somebody makes it anew */
	test_engine_tell("FLUSHALL");
	ck_assert(!sync_engine_look(&engine, &number));
	ck_assert_ptr_nonnull(strstr(engine.error, "lost the group"));
	ck_assert_ptr_null(engine.context);
	open_engine();
	test_engine_tell("HSET nin3a:main:group epoch other");
	ck_assert(!sync_engine_look(&engine, &number));
	ck_assert_ptr_nonnull(strstr(engine.error, "made anew"));
	ck_assert_ptr_null(engine.context);
}
END_TEST

START_TEST(test_claim_text)
{
	char upf[SYNC_GROUP_MAX + 1];

	ck_assert_int_eq(sync_store_read_claim(wire_text("17 upf-1"), upf), 17);
	ck_assert_str_eq(upf, "upf-1");
	ck_assert_int_eq(sync_store_read_claim(wire_text("17"), upf), -1);
	ck_assert_int_eq(sync_store_read_claim(wire_text("x upf-1"), upf), -1);
	ck_assert_int_eq(sync_store_read_claim(wire_text(" upf-1"), upf), -1);
	ck_assert_int_eq(sync_store_read_claim(wire_text("1 upf-7890123456789012345"
									"67890123456789012"), upf), -1);
}
END_TEST

/* the user that GROUP.md makes can do all of that, and nothing else */
START_TEST(test_acl)
{
	sync_feed_t feed = {};

	ck_assert_str_eq(test_engine_tell("ACL SETUSER kupf-sync on >secret "
		"~nin3a:main:* resetchannels -@all +hget +hgetall +hmget +hset +hsetnx "
		"+hdel +get +incr +xadd +xread +eval +info +time"), "OK");
	test_engine_tell("ACL SETUSER default off");
	ck_assert(!sync_engine_open(&engine, TRUE));
	strcpy(config.engine_user, "kupf-sync");
	strcpy(config.engine_password, "wrong");
	ck_assert(!sync_engine_open(&engine, TRUE));
	ck_assert_ptr_null(strstr(engine.error, "wrong"));
	strcpy(config.engine_password, "secret");
	open_engine();
	put("a key=" KEY " ue-id=keyid:a", FALSE, SYNC_DONE);
	put("a dnn=x", TRUE, SYNC_DONE);
	ck_assert_str_eq(find("keyid:a"), "a");
	delete("a", SYNC_DONE);
	last = 0;
	ck_assert(sync_feed_open(&feed, &engine));
	read_feed(&feed);
	ck_assert_uint_eq(last, 3);
	sync_feed_close(&feed);
	strcpy(config.group, "other");
	ck_assert(!sync_engine_open(&engine, TRUE));
	ck_assert_ptr_nonnull(strstr(engine.error, "NOPERM"));
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
	s = suite_create("sync_store");
	tc = tcase_create("sync_store");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_put);
	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_index);
	tcase_add_test(tc, test_last_generation);
	tcase_add_test(tc, test_delete);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_feed);
	tcase_add_test(tc, test_look);
	tcase_add_test(tc, test_claim_text);
	tcase_add_test(tc, test_acl);
	suite_add_tcase(s, tc);
	return test_run(s);
}
