/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who may say what on N4: what SMFs without association, SMFs that count SEIDs,
 * old messages and too many of them do.
 */

#include "client/test_fake_daemon.h"
#include "n4/n4_clock.h"
#include "n4/n4_guard.h"
#include "n4/test_peers.h"
#include "test_runner.h"
#include "test_support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/** How a daemon begins */
#define BOOT(boot) "< 0:version\nR success=yes boot=" boot "\n" \
	"< 0:sync-begin\nR success=yes\n< 0:sync-end\nR success=yes removed=0\n"

/** The F-SEID of an SMF, and one of the UPF's */
#define CP_F_SEID "0039 000d 02 0000000000000055 c0000209 "
#define F_SEID_OF "0039 000d 02 %016x c0000201 "

/** What is added if kupf cannot be reached */
#define PENDING "8002 0006 7ed9 01 0001 02"

/** A key other than KEY_IE */
#define ANOTHER_KEY_IE "8001 002a 7ed9 01 0020 " \
	"4c4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b " \
	"05 0002 7565 "

/**
 * Establish a session of the SMF's.
 */
static void open_session(uint32_t sequence, unsigned int seid, const char *node)
{
	char ies[128], response[128];

	snprintf(ies, sizeof(ies), "%s" PDR, node);
	snprintf(response, sizeof(response), NODE ACCEPTED F_SEID_OF, seid);
	from_smf(50, 0, sequence, ies);
	from_upf(51, 0x77, sequence, response);
}

/*
 * Without association there are no sessions; another SMF's does not help.
 */
START_TEST(test_association)
{
	from_smf(54, 7, 5, "");
	check(&at_smf, 55, 0, 5, NO_SESSION);
	from_smf(52, 7, 6, KEY_IE);
	check(&at_smf, 53, 0, 6, NO_SESSION);
	from_smf(50, 0, 7, NODE CP_F_SEID KEY_IE);
	check(&at_smf, 51, 0x55, 7, NO_ASSOCIATION);
	ck_assert_uint_eq(smf_got, 3);
	/* what has no response of this kind */
	from_smf(56, 7, 8, "");
	from_smf(9, NO_SEID, 9, NODE);
	from_smf(14, NO_SEID, 10, NODE);
	from_smf(3, NO_SEID, 11, "");
	ck_assert_uint_eq(smf_got, 3);
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().no_association, 7);
	ck_assert_ptr_nonnull(strstr(said, "smf: message of type 54, SEID 7, about "
								 "a session, without association: refused"));
	/* a sign of life is no association */
	from_smf(1, NO_SEID, 12, "0060 0004 00000001");
	ck_assert_uint_eq(upf_got, 1);
	associate();
	from_smf(50, 0, 13, NODE);
	ck_assert_uint_eq(upf_got, 1);
	smf = other;
	from_smf(50, 0, 5, OTHER_NODE);
	check(&at_smf, 51, 0, 5, NODE NO_ASSOCIATION);
	ck_assert_uint_eq(smf_number, other);
	smf_got = 0;
	from_upf(56, 7, 5, "");
	ck_assert_uint_eq(upf_got, 1);
	ck_assert_uint_eq(smf_got, 0);
	ck_assert_uint_eq(count().no_association, 9);
	/* a request, or a refusal, is none, nor is one that nobody has asked for */
	from_smf(5, NO_SEID, 1, OTHER_NODE);
	from_smf(50, 0, 6, OTHER_NODE);
	from_upf(6, NO_SEID, 1, NODE REJECTED);
	from_smf(50, 0, 7, OTHER_NODE);
	from_upf(6, NO_SEID, 2, NODE ACCEPTED);
	from_smf(50, 0, 8, OTHER_NODE);
	ck_assert_uint_eq(count().no_association, 12);
	/* the UPF may begin */
	from_upf(5, NO_SEID, 9, NODE);
	from_smf(6, NO_SEID, 9, OTHER_NODE ACCEPTED);
	upf_got = 0;
	from_smf(50, 0, 9, OTHER_NODE);
	ck_assert_uint_eq(upf_got, 1);
}
END_TEST

/*
 * An SMF that has an association, and counts SEIDs: nothing happens to the
 * sessions of another one, nor does the UPF hear of it.
 */
START_TEST(test_counting)
{
	uint32_t i;

	associate();
	associate_other();
	open_session(2, 7, NODE);
	smf = other;
	upf_got = smf_got = 0;
	for (i = 0; i < 4096; i++)
	{
		from_smf(54, i, 100 + i, "");
		check(&at_smf, 55, 0, 100 + i, NO_SESSION);
		from_smf(52, i, 10000 + i, KEY_IE);
		check(&at_smf, 53, 0, 10000 + i, NO_SESSION);
		from_smf(60, i, 20000 + i, "");
	}
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(smf_got, 2 * 4096);
	ck_assert_uint_eq(count().not_owned, 3 * 4096);
	ck_assert_uint_eq(count().sessions, 1);
	/* which does not fill the log */
	ck_assert_uint_ge(count().unlogged, 3 * 4096 - 100);
	/* the one whose it is goes on, and the UPF reports */
	smf = 0;
	from_smf(52, 7, 3, KEY_IE);
	ck_assert_uint_eq(upf_got, 1);
	from_upf(56, 0x55, 4, "");
	ck_assert_uint_eq(smf_number, smf);
	from_smf(57, 7, 4, ACCEPTED);
	ck_assert_uint_eq(upf_got, 2);
}
END_TEST

/*
 * The UPF gives the SEID of a session to another SMF: it belongs to that one only.
 */
START_TEST(test_same_seid)
{
	associate();
	associate_other();
	open_session(2, 7, NODE);
	smf = other;
	open_session(2, 7, OTHER_NODE);
	ck_assert_uint_eq(count().sessions, 1);
	ck_assert_uint_eq(count().purged, 1);
	ck_assert_ptr_nonnull(strstr(said, "smf: SEID 7 is that of a session of "
								 "other now, its own ends"));
	smf = 0;
	upf_got = 0;
	from_smf(54, 7, 3, "");
	check(&at_smf, 55, 0, 3, NO_SESSION);
	from_smf(52, 7, 4, "");
	check(&at_smf, 53, 0, 4, NO_SESSION);
	ck_assert_uint_eq(upf_got, 0);
	smf = other;
	from_smf(54, 7, 3, "");
	ck_assert_uint_eq(upf_got, 1);
	from_upf(55, 0x77, 3, ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
}
END_TEST

/*
 * A request has the number of another one that is not answered: that one's
 * response is heard all the same, and its session counts.
 */
START_TEST(test_numbers)
{
	uint32_t i;

	associate();
	open_session(2, 7, NODE);
	upf_got = smf_got = 0;
	from_smf(54, 7, 3, "");
	from_smf(1, NO_SEID, 3, "0060 0004 00000001");
	/* an association: no time stamp, none that is one, that of this start */
	from_smf(5, NO_SEID, 3, NODE);
	from_smf(5, NO_SEID, 3, NODE "0060 0004 00000000 00b7 0000");
	from_smf(5, NO_SEID, 3, NODE "0060 0004 00000001 00b7 0000");
	ck_assert_uint_eq(upf_got, 1);
	ck_assert_uint_eq(count().conflicting, 4);
	from_upf(55, 0x77, 3, ACCEPTED);
	check(&at_smf, 55, 0x77, 3, ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
	/* the end of the association likewise */
	open_session(4, 8, NODE);
	from_smf(9, NO_SEID, 5, NODE);
	upf_got = 0;
	from_smf(1, NO_SEID, 5, "0060 0004 00000001");
	from_smf(50, 0, 5, NODE);
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().conflicting, 6);
	from_upf(10, NO_SEID, 5, NODE ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
	/* there is no more room than there is */
	associate();
	for (i = 10; i < 13; i++)
	{
		from_smf(50, 0, i, NODE);
		from_smf(1, NO_SEID, i, "0060 0004 00000001");
	}
	ck_assert_uint_eq(upf_got, 3);
	from_smf(50, 0, 13, NODE);
	check(&at_smf, 51, 0, 13, NODE NO_RESOURCES);
	ck_assert_uint_eq(upf_got, 3);
}
END_TEST

/*
 * An SMF that has started anew asks for an association, with the number of what it
 * asked for before: all that it had ends.
 */
START_TEST(test_restarted_numbers)
{
	associate();
	open_session(2, 7, NODE);
	from_smf(50, 0, 3, NODE);
	from_smf(54, 7, 4, "");
	upf_got = smf_got = 0;
	from_smf(5, NO_SEID, 4, NODE "0060 0004 00000002 00b7 0000");
	ck_assert_uint_eq(upf_got, 1);
	ck_assert_uint_eq(count().conflicting, 0);
	ck_assert_uint_eq(count().sessions, 0);
	from_upf(55, 0x77, 4, ACCEPTED);
	from_upf(51, 0x77, 3, NODE ACCEPTED F_SEID);
	ck_assert_uint_eq(count().unasked, 2);
	ck_assert_uint_eq(count().sessions, 0);
	from_upf(6, NO_SEID, 4, NODE ACCEPTED "0060 0004 00000001");
	check(&at_smf, 6, NO_SEID, 4, NODE ACCEPTED "0060 0004 00000001");
	open_session(3, 8, NODE);
	ck_assert_uint_eq(count().sessions, 1);
	/* one from before that is old */
	from_smf(54, 8, 5, "");
	upf_got = 0;
	from_smf(5, NO_SEID, 5, NODE "0060 0004 00000001");
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().stale, 1);
	from_upf(55, 0x77, 5, ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
}
END_TEST

/*
 * Nobody calls itself as another one does.
 */
START_TEST(test_node_id)
{
	associate();
	open_session(2, 7, NODE);
	smf = other;
	upf_got = 0;
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000009");
	from_smf(5, NO_SEID, 1, OTHER_NODE NODE "0060 0004 00000009");
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().foreign, 2);
	associate_other();
	from_smf(9, NO_SEID, 2, NODE);
	from_smf(14, NO_SEID, 3, NODE);
	from_smf(50, 0, 4, NODE CP_F_SEID KEY_IE);
	check(&at_smf, 51, 0x55, 4, NODE NO_ASSOCIATION);
	/* nor as nobody does */
	from_smf(50, 0, 5, "003c 0005 00c0000203 " CP_F_SEID);
	check(&at_smf, 51, 0x55, 5, NODE NO_ASSOCIATION);
	from_smf(50, 0, 6, CP_F_SEID);
	check(&at_smf, 51, 0x55, 6, NODE NO_ASSOCIATION);
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().foreign, 7);
	ck_assert_uint_eq(count().sessions, 1);
	from_smf(50, 0, 7, OTHER_NODE);
	ck_assert_uint_eq(upf_got, 1);
}
END_TEST

/*
 * Where Node IDs are rewritten, nobody keeps another one away by its name.
 */
START_TEST(test_rewritten)
{
	kupf_n4_destroy(engine);
	engine_config.rewrites_node_ids = true;
	create(1);
	smf = other;
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000009");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	smf = 0;
	associate();
	open_session(2, 7, NODE);
	ck_assert_uint_eq(count().foreign, 0);
	ck_assert_uint_eq(count().sessions, 1);
	/* an association is that of a name all the same */
	smf = other;
	from_smf(50, 0, 2, OTHER_NODE);
	check(&at_smf, 51, 0, 2, NODE NO_ASSOCIATION);
}
END_TEST

/*
 * Old messages: the association that was asked for before the SMF's last start,
 * signs of life from then, a deletion whose SEID has another session now.
 */
START_TEST(test_replayed)
{
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000001");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	from_smf(5, NO_SEID, 2, NODE "0060 0004 00000005");
	from_upf(6, NO_SEID, 2, NODE ACCEPTED "0060 0004 00000001");
	open_session(3, 7, NODE);
	upf_got = smf_got = 0;
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000001");
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(count().stale, 1);
	from_smf(1, NO_SEID, 9, "0060 0004 00000001");
	from_upf(1, NO_SEID, 9, "0060 0004 00000000");
	ck_assert_uint_eq(count().sessions, 1);
	/* once it is deleted, the deletion comes again: answered from here */
	from_smf(54, 7, 4, "");
	from_upf(55, 0x77, 4, ACCEPTED);
	upf_got = smf_got = 0;
	from_smf(54, 7, 4, "");
	ck_assert_uint_eq(upf_got, 0);
	ck_assert_uint_eq(smf_got, 1);
	check(&at_smf, 55, 0x77, 4, ACCEPTED);
	/* with another number it is that of a session that is not there */
	from_smf(54, 7, 5, "");
	check(&at_smf, 55, 0, 5, NO_SESSION);
	ck_assert_uint_eq(upf_got, 0);
	/* in a response an older time stamp is one: its clock went back */
	open_session(6, 8, NODE);
	from_upf(1, NO_SEID, 10, "");
	from_smf(2, NO_SEID, 10, "0060 0004 00000002");
	ck_assert_uint_eq(count().sessions, 0);
	from_smf(5, NO_SEID, 7, NODE "0060 0004 00000002");
	from_upf(6, NO_SEID, 7, NODE ACCEPTED "0060 0004 00000001");
	ck_assert_uint_eq(count().stale, 1);
	open_session(8, 9, NODE);
	ck_assert_uint_eq(count().sessions, 1);
}
END_TEST

/*
 * A request comes again with other content: as long as there is no answer the
 * first one counts, whatever the key of the second.
 */
START_TEST(test_other_content)
{
	pid_t daemon = test_fake_daemon(BOOT("a")
		"< 0:establish-session session=n4-0000000000000007-smf "
		"key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK ue-id=@#7565 "
		"ue-addresses=[10.3.0.1] replace=yes\n"
		"R success=yes ue-id=@#7565 expires=0\nW");

	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_smf(50, 0, 2, NODE KEY_IE);
	from_smf(54, 7, 2, "");
	ck_assert_uint_eq(upf_got, 1);
	ck_assert_uint_eq(count().conflicting, 2);
	from_smf(50, 0, 2, NODE PDR ANOTHER_KEY_IE);
	ck_assert_uint_eq(upf_got, 2);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	await_smf(1);
	/* then it is a request of its own, and one key alone is the same again */
	from_smf(50, 0, 2, NODE PDR ANOTHER_KEY_IE);
	ck_assert_uint_eq(upf_got, 2);
	ck_assert_uint_eq(smf_got, 2);
	from_smf(50, 0, 2, NODE "1234 0000");
	ck_assert_uint_eq(upf_got, 3);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * Once the end of a session was asked for, nothing more is said about it, until
 * the UPF has refused that: it may have given the SEID to another one.
 */
START_TEST(test_leaving)
{
	associate();
	open_session(2, 7, NODE);
	upf_got = 0;
	from_smf(54, 7, 3, "");
	from_smf(54, 7, 4, "");
	from_smf(52, 7, 5, "");
	ck_assert_uint_eq(upf_got, 1);
	ck_assert_uint_eq(count().conflicting, 2);
	from_smf(54, 7, 3, "");
	ck_assert_uint_eq(upf_got, 2);
	from_upf(55, 0x77, 3, REJECTED);
	from_smf(52, 7, 6, "");
	ck_assert_uint_eq(upf_got, 3);
}
END_TEST

/*
 * Responses to what was not asked, from whom was not asked, or of another type.
 */
START_TEST(test_unasked)
{
	associate();
	associate_other();
	open_session(2, 7, NODE);
	upf_got = smf_got = 0;
	from_upf(2, NO_SEID, 50, "0060 0004 00000002");
	from_upf(10, NO_SEID, 50, NODE ACCEPTED);
	from_smf(57, 7, 50, ACCEPTED);
	from_upf(56, 0x55, 51, "");
	ck_assert_uint_eq(smf_got, 1);
	smf = other;
	from_smf(57, 7, 51, ACCEPTED);
	smf = 0;
	from_smf(55, 7, 51, ACCEPTED);
	from_smf(6, NO_SEID, 51, NODE ACCEPTED);
	/* of another type */
	from_smf(9, NO_SEID, 52, NODE);
	from_upf(15, NO_SEID, 52, NODE ACCEPTED);
	from_upf(2, NO_SEID, 52, "0060 0004 00000002");
	from_smf(54, 7, 53, "");
	from_upf(53, 0x77, 53, ACCEPTED);
	ck_assert_uint_eq(upf_got, 2);
	ck_assert_uint_eq(smf_got, 1);
	ck_assert_uint_eq(count().unasked, 9);
	ck_assert_uint_eq(count().sessions, 1);
	from_smf(57, 7, 51, ACCEPTED);
	ck_assert_uint_eq(upf_got, 3);
	/* a UPF of another version answers as it can */
	from_upf(11, NO_SEID, 53, "");
	ck_assert_uint_eq(smf_got, 2);
	ck_assert_uint_eq(count().sessions, 1);
}
END_TEST

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

int main()
{
	Suite *suite = suite_create("n4_guard");
	TCase *tcase;

	tcase = tcase_create("who");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_association);
	tcase_add_test(tcase, test_counting);
	tcase_add_test(tcase, test_same_seid);
	tcase_add_test(tcase, test_numbers);
	tcase_add_test(tcase, test_restarted_numbers);
	tcase_add_test(tcase, test_node_id);
	tcase_add_test(tcase, test_rewritten);
	tcase_add_test(tcase, test_replayed);
	tcase_add_test(tcase, test_other_content);
	tcase_add_test(tcase, test_leaving);
	tcase_add_test(tcase, test_unasked);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("how much");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_sessions);
	tcase_add_test(tcase, test_exchanges);
	tcase_add_test(tcase, test_rate);
	tcase_add_loop_test(tcase, test_rates, 0, countof(rates));
	tcase_add_test(tcase, test_changes);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
