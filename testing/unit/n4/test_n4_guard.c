/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who may say what on N4: what SMFs without association, SMFs that count SEIDs,
 * old messages and too many of them do.
 */

#include "test_n4_guard.h"
#include "n4/test_peers.h"
#include "test_support.h"

#include <stdio.h>

/** A key other than KEY_IE */
#define ANOTHER_KEY_IE "8001 002a 7ed9 01 0020 " \
	"4c4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b " \
	"05 0002 7565 "

void open_session(uint32_t sequence, unsigned int seid, const char *node)
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

	n4_guard_bounds_case(suite);
	return test_run(suite);
}
