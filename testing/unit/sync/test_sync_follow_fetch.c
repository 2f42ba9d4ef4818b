/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions that a UPF fetches from the engine when a UE comes, not before.
 */

#include "test_sync_follow.h"
#include "test_support.h"

static void setup_fetch()
{
	setup();
	sync_follow_destroy(follower);
	config.fetch = TRUE;
	follower = sync_follow_create(&config);
}

/* nothing is loaded, what is there is kept up to date */
START_TEST(test_fetch)
{
	vici_message_t *reply;

	put("a key=" KEY " ue-id=keyid:a generation=4");
	put("b key=" KEY " ue-id=keyid:b");
	reply = test_execute(&upf, "establish-session",
						 "session=a ue-id=keyid:a key=" KEY);
	reply->destroy(reply);
	reply = test_execute(&upf, "establish-session",
						 "session=own ue-id=keyid:own key=" KEY);
	reply->destroy(reply);
	follow_until_loaded();
	ck_assert_uint_eq(count(), 1);
	ck_assert_uint_eq(generation("a"), 4);
	put("c key=" KEY " ue-id=keyid:c");
	put("a key=" KEY_2 " ue-id=keyid:a generation=5");
	follow_until(generation("a") == 5);
	ck_assert_uint_eq(count(), 1);
	delete("a");
	follow_until(!generation("a"));
}
END_TEST

/**
 * A UE comes whose key is not here.
 */
static void ask(const char *id)
{
	identification_t *ue = identification_create_from_string((char*)id);
	host_t *host = host_create_from_string("192.0.2.1", 500);

	upf.events->key_request(upf.events, ue, host, host);
	ue->destroy(ue);
	host->destroy(host);
}

START_TEST(test_key_request)
{
	uint64_t rejected;

	put("a key=" KEY " ue-id=keyid:a generation=4");
	put("b key=" KEY " ue-id=keyid:b");
	delete("b");
	follow_until_loaded();
	ck_assert_uint_eq(count(), 0);
	ask("keyid:a");
	follow_until(generation("a") == 4);
	/* what was deleted is not fetched, nor what never was */
	rejected = test_counter("requests");
	ask("keyid:b");
	ask("keyid:x");
	follow_until(test_counter("requests") >= rejected + 2);
	ck_assert_uint_eq(count(), 1);
}
END_TEST

/* what waits for the engine does not keep the processor busy */
START_TEST(test_engine_away)
{
	u_int i;

	put("b key=" KEY " ue-id=keyid:b");
	follow_until_loaded();
	test_engine_kill();
	sync_engine_close(&engine);
	for (i = 0; i < 4; i++)
	{
		sync_follow_step(follower, NULL);
	}
	ask("keyid:a");
	for (i = 0; i < 6; i++)
	{
		sync_follow_step(follower, NULL);
	}
	ck_assert_int_gt(sync_follow_wait(follower), 0);
	/* it is answered as soon as there is one again */
	test_engine_start();
	open_engine();
	put("a key=" KEY " ue-id=keyid:a generation=4");
	follow_until(generation("a") == 4);
}
END_TEST

void sync_follow_fetch_case(Suite *suite)
{
	TCase *tc = test_case(suite, "fetch", 0, setup_fetch, teardown);

	tcase_add_test(tc, test_fetch);
	tcase_add_test(tc, test_key_request);
	tcase_add_test(tc, test_engine_away);
}
