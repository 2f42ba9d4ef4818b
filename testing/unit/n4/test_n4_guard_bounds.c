/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * How much may be said on N4: sessions, exchanges, changes and their rate.
 */

#include "test_n4_guard.h"
#include "n4/n4_clock.h"
#include "n4/test_peers.h"
#include "test_support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Sessions: beyond those that an SMF may have they are refused, also if it asks
 * for many at once; others still get theirs.
 */
START_TEST(test_sessions)
{
	char response[128];
	uint32_t i;

	kupf_n4_destroy(engine);
	engine_config.max_sessions = 5;
	engine_config.smf_sessions = 3;
	create(1);
	associate();
	associate_other();
	for (i = 1; i <= 4; i++)
	{
		from_smf(50, 0, i, NODE CP_F_SEID KEY_IE);
	}
	ck_assert_uint_eq(upf_got, 3);
	ck_assert_uint_eq(smf_got, 1);
	check(&at_smf, 51, 0x55, 4, NODE NO_RESOURCES);
	/* one is not accepted, so there is room again */
	from_upf(51, 0x77, 1, NODE REJECTED);
	from_smf(50, 0, 5, NODE KEY_IE);
	ck_assert_uint_eq(upf_got, 4);
	for (i = 2; i <= 5; i++)
	{
		snprintf(response, sizeof(response), NODE ACCEPTED F_SEID_OF, i);
		from_upf(51, 0x77, i, response);
	}
	ck_assert_uint_eq(count().sessions, 3);
	smf = other;
	open_session(11, 11, OTHER_NODE);
	open_session(12, 12, OTHER_NODE);
	open_session(13, 13, OTHER_NODE);
	ck_assert_uint_eq(count().sessions, 5);
	ck_assert_uint_eq(count().no_room, 2);
	from_smf(54, 11, 14, "");
	from_upf(55, 0x77, 14, ACCEPTED);
	open_session(15, 15, OTHER_NODE);
	ck_assert_uint_eq(count().sessions, 5);
	ck_assert_uint_eq(count().no_room, 2);
	/* the room of those that are forgotten is free again */
	smf = 0;
	from_smf(9, NO_SEID, 20, NODE);
	from_smf(50, 0, 21, NODE);
	from_upf(10, NO_SEID, 20, NODE ACCEPTED);
	associate();
	open_session(22, 22, NODE);
	open_session(23, 23, NODE);
	ck_assert_uint_eq(count().sessions, 4);
}
END_TEST

/*
 * Requests that are not answered, and responses that are kept: the oldest go,
 * those of other SMFs stay.
 */
START_TEST(test_exchanges)
{
	char ies[4096] = NODE ACCEPTED F_SEID "1234 0700 ";
	uint32_t i;

	kupf_n4_destroy(engine);
	engine_config.smf_exchanges = 100;
	engine_config.smf_responses = 20000;
	create(1);
	associate();
	associate_other();
	smf = other;
	open_session(2, 8, OTHER_NODE);
	smf = 0;
	open_session(2, 7, NODE);
	for (i = 0; i < 1000; i++)
	{
		from_smf(52, 7, 1000 + i, KEY_IE);
	}
	ck_assert_uint_le(count().exchanges, 102);
	ck_assert_uint_ge(count().forgotten, 900);
	smf_got = 0;
	from_upf(53, 0x77, 1000, ACCEPTED);
	ck_assert_uint_eq(smf_got, 0);
	from_upf(53, 0x77, 1999, ACCEPTED);
	ck_assert_uint_eq(smf_got, 1);
	/* long responses */
	for (i = 0; i < 0x700; i++)
	{
		strcat(ies, "7a");
	}
	for (i = 0; i < 100; i++)
	{
		from_smf(52, 7, 3000 + i, "");
		from_upf(53, 0x77, 3000 + i, ies);
	}
	ck_assert_uint_le(count().responses, 20000 + 512);
	ck_assert_uint_ge(count().responses, 15000);
	upf_got = smf_got = 0;
	from_smf(52, 7, 3099, "");
	check(&at_smf, 53, 0x77, 3099, ies);
	/* that of the other one is still there */
	smf = other;
	from_smf(50, 0, 2, OTHER_NODE PDR);
	ck_assert_uint_eq(smf_got, 2);
	ck_assert_uint_eq(upf_got, 0);
}
END_TEST

/*
 * Messages: so many in a second, and as many again after it.
 */
START_TEST(test_rate)
{
	uint64_t begun, gone;
	uint32_t i;

	kupf_n4_destroy(engine);
	engine_config.smf_rate = 20;
	begun = n4_now();
	create(1);
	for (i = 0; i < 100; i++)
	{
		from_smf(1, NO_SEID, i, "");
	}
	/* those of a second at once, and those of the time that it took */
	gone = n4_now() - begun;
	ck_assert_uint_ge(upf_got, 20);
	ck_assert_uint_le(upf_got, 20 + (gone + 1) * 20 / 1000 + 1);
	ck_assert_uint_eq(count().too_many, 100 - upf_got);
	/* another one is not held up */
	upf_got = 0;
	smf = other;
	from_smf(1, NO_SEID, 1, "");
	ck_assert_uint_eq(upf_got, 1);
	smf = 0;
	usleep(1200 * 1000);
	for (i = 0; i < 20; i++)
	{
		from_smf(1, NO_SEID, i, "");
	}
	ck_assert_uint_eq(upf_got, 21);
}
END_TEST

/** Messages in a second */
static const unsigned int rates[] = { 1, 20, 999, 1000, 1001, 1999, 50000 };

/*
 * What is less than a message is not lost: a rate is that rate.
 */
START_TEST(test_rates)
{
	unsigned int rate = rates[_i], taken = 0, i;
	n4_smf_t sender = {};
	uint64_t now = 12345;

	while (n4_guard_take(&sender, rate, now))
	{
		taken++;
	}
	ck_assert_uint_eq(taken, rate);
	for (i = 0; i < 3000; i++)
	{
		now++;
		while (n4_guard_take(&sender, rate, now))
		{
			taken++;
		}
	}
	ck_assert_uint_eq(taken, 4 * rate);
	/* silence is worth a second at most */
	now += 100000;
	while (n4_guard_take(&sender, rate, now))
	{
		taken++;
	}
	ck_assert_uint_eq(taken, 5 * rate);
}
END_TEST

/** Changes in flight at most, and those of the test */
#define IN_FLIGHT 60
#define CHANGES 70
#define WAITING 5

/*
 * kupf does not answer: so many changes of an SMF wait, for others its response
 * does not; kupf gets all of them when it has come back.
 */
START_TEST(test_changes)
{
	char script[8192] = BOOT("a"), ies[128];
	pid_t daemon;
	uint32_t i;

	kupf_n4_destroy(engine);
	engine_config.max_sessions = CHANGES;
	engine_config.smf_changes = WAITING;
	create(60000);
	for (i = 0; i < IN_FLIGHT; i++)
	{
		strcat(script, "?\n");
	}
	strcat(script, "Z 300\nK\n< 0:version\nR success=yes boot=b\n");
	/* those that wait, and the synchronisation, in whatever order */
	for (i = 0; i < 2 * CHANGES; i++)
	{
		strcat(script, "?\nR success=yes\n");
	}
	strcat(script, "W");
	daemon = test_fake_daemon(script);
	await_sync(1);
	associate();
	for (i = 1; i <= CHANGES; i++)
	{
		snprintf(ies, sizeof(ies), NODE ACCEPTED F_SEID_OF, i);
		from_smf(50, 0, i, NODE KEY_IE);
		from_upf(51, 0x77, i, ies);
	}
	ck_assert_uint_eq(count().changes, IN_FLIGHT + WAITING);
	ck_assert_uint_eq(count().merged, CHANGES - IN_FLIGHT - WAITING);
	ck_assert_uint_eq(smf_got, CHANGES - IN_FLIGHT - WAITING);
	strcat(ies, PENDING);
	check(&at_smf, 51, 0x77, CHANGES, ies);
	/* the end of one is one more: kupf is not to hear of the session */
	from_smf(54, CHANGES, CHANGES + 1, "");
	from_upf(55, 0x77, CHANGES + 1, ACCEPTED);
	ck_assert_uint_eq(smf_got, CHANGES - IN_FLIGHT - WAITING + 1);
	await_sync(2);
	ck_assert_uint_eq(count().changes, 0);
	ck_assert_uint_eq(count().sessions, CHANGES - 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	kill(daemon, SIGKILL);
	waitpid(daemon, NULL, 0);
}
END_TEST

void n4_guard_bounds_case(Suite *suite)
{
	TCase *tc = test_case(suite, "how much", 0, setup, teardown);

	tcase_add_test(tc, test_sessions);
	tcase_add_test(tc, test_exchanges);
	tcase_add_test(tc, test_rate);
	tcase_add_loop_test(tc, test_rates, 0, countof(rates));
	tcase_add_test(tc, test_changes);
}
