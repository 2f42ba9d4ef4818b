/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Changes that a UPF does not get, or cannot read.
 */

#include "test_sync_follow.h"
#include "test_support.h"

#include <time.h>

/* what the group does not have after that stays until it is said to be complete */
START_TEST(test_complete)
{
	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	/* of another making of the group that is said in vain */
	ck_assert_int_eq(sync_store_complete(&engine), SYNC_DONE);
	test_engine_tell("HSET nin3a:main:group epoch other");
	test_engine_tell("DEL nin3a:main:b:0 nin3a:main:b:1 nin3a:main:b:2 "
					 "nin3a:main:b:3 nin3a:main:b:4");
	open_engine();
	ck_assert(!engine.complete);
	/* as if changes were missing: everything is loaded, and that it is another
	 * group is noticed */
	test_engine_tell("SET nin3a:main:seq 5");
	put("c key=" KEY " ue-id=keyid:c");
	follow_until(generation("c") == 1);
	ck_assert_uint_eq(count(), 3);
	/* everything is loaded once more */
	test_engine_tell("SET nin3a:main:seq 9");
	put("d key=" KEY " ue-id=keyid:d");
	follow_until(generation("d") == 1);
	ck_assert_uint_eq(count(), 4);
	put("a key=" KEY " ue-id=keyid:a");
	ck_assert_int_eq(sync_store_complete(&engine), SYNC_DONE);
	follow_until(!generation("b"));
	ck_assert_uint_eq(count(), 3);
	ck_assert_uint_eq(generation("a"), 1);
}
END_TEST

/* an engine that has lost its last changes while it runs */
START_TEST(test_lost_changes)
{
	put("a key=" KEY " ue-id=keyid:a");
	put("b key=" KEY " ue-id=keyid:b");
	follow_until(sync_follow_is_loaded(follower) && generation("b") == 1);
	test_engine_tell("HDEL nin3a:main:b:%d b",
					 sync_engine_bucket(&engine, wire_text("b")));
	test_engine_tell("XDEL nin3a:main:changes 2-0");
	test_engine_tell("SET nin3a:main:seq 1");
	follow_until(!generation("b"));
	ck_assert_uint_eq(generation("a"), 1);
}
END_TEST

/* changes that are not in the stream any more are not missed */
START_TEST(test_trimmed)
{
	put("a key=" KEY " ue-id=keyid:a");
	follow_until_loaded();
	put("b key=" KEY " ue-id=keyid:b");
	delete("a");
	put("c key=" KEY " ue-id=keyid:c");
	test_engine_tell("XTRIM nin3a:main:changes MAXLEN 1");
	follow_until(generation("c") == 1 && generation("b") == 1 &&
				 !generation("a"));
}
END_TEST

/* what cannot be opened is kept as it is, and nothing of it is told */
START_TEST(test_unreadable)
{
	put("a key=" KEY " ue-id=keyid:a");
	follow_until_loaded();
	config.keys.keys[0].key[0] ^= 1;
	put("a key=" KEY_2 " ue-id=keyid:a generation=7");
	put("b key=" KEY " ue-id=keyid:b generation=7");
	config.keys.keys[0].key[0] ^= 1;
	put("c key=" KEY " ue-id=keyid:c");
	follow_until(generation("c") == 1);
	ck_assert_uint_eq(generation("a"), 1);
	ck_assert_uint_eq(generation("b"), 0);
	/* and if everything is loaded, too */
	sync_follow_destroy(follower);
	follower = sync_follow_create(&config);
	follow_until_loaded();
	ck_assert_uint_eq(generation("a"), 1);
	ck_assert_uint_eq(count(), 2);
}
END_TEST

/* a later claim of another UPF closes the tunnel, an earlier one does not */
START_TEST(test_claims)
{
	sync_config_t other = config;
	sync_engine_t there = { .config = &other };
	struct timespec now;
	int64_t us;
	bool won;

	strcpy(other.upf, "upf-b");
	put("a key=" KEY " ue-id=keyid:a");
	upf.enforcer.tunnels = 1;
	ck_assert(sync_engine_open(&there, FALSE));
	follow_until_loaded();
	/* the tunnel that is there is claimed */
	follow_until(atoll(test_engine_tell("HGET nin3a:main:claims a")) > 0);
	ck_assert_ptr_nonnull(strstr(test_engine_tell("HGET nin3a:main:claims a"),
								 " upf-a"));
	clock_gettime(CLOCK_REALTIME, &now);
	us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
	ck_assert_int_eq(sync_store_claim(&there, "a", us - 100000000, &won),
					 SYNC_DONE);
	ck_assert(!won);
	ck_assert_int_eq(sync_store_claim(&there, "a", us + 1000000, &won),
					 SYNC_DONE);
	ck_assert(won);
	follow_until(upf.enforcer.vacated == 100);
	ck_assert_uint_eq(count(), 1);
	sync_engine_close(&there);
}
END_TEST

void sync_follow_gaps_case(Suite *suite)
{
	TCase *tc = test_case(suite, "gaps", 30, setup, teardown);

	tcase_add_test(tc, test_complete);
	tcase_add_test(tc, test_lost_changes);
	tcase_add_test(tc, test_trimmed);
	tcase_add_test(tc, test_unreadable);
	tcase_add_test(tc, test_claims);
}
