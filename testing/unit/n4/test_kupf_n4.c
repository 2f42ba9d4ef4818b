/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The engine between an SMF, a UPF and kupf, which are all here: what each of
 * them gets, octet by octet.
 */

#include "client/test_fake_daemon.h"
#include "n4/test_peers.h"
#include "test_runner.h"
#include "test_support.h"

#include <signal.h>
#include <sys/wait.h>

/** How a daemon begins: asked for its start, and synchronised with nothing */
#define BOOT(boot) "< 0:version\nR success=yes boot=" boot "\n" \
	"< 0:sync-begin\nR success=yes\n< 0:sync-end\nR success=yes removed=0\n"

/** What kupf is told of the session, and its answer */
#define NAME "session=n4-0000000000000007-smf "
#define FIELDS NAME "key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK ue-id=@#7565 "
#define UE "ue-addresses=[10.3.0.1] "
#define ESTABLISH "< 0:establish-session " FIELDS UE "replace=yes\n"
#define ESTABLISHED "R success=yes ue-id=@#7565 upf-address=192.0.2.7 expires=0\n"

/** Answers of kupf's as they are in responses */
#define TAKEN "8002 0012 7ed9 01 0001 01 02 0004 c0000207 04 0002 7565"
#define PENDING "8002 0006 7ed9 01 0001 02"

/**
 * Establish a session with a key, and wait for kupf.
 */
static void establish()
{
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	await_smf(1);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID TAKEN);
}

/*
 * The key goes out of the request, the answer into the response, which waits
 * for it; who asks again gets the same octets, and kupf is not asked again.
 */
START_TEST(test_establish)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH ESTABLISHED "W");

	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE "1234 0002 ffff " KEY_IE PDR);
	ck_assert_uint_eq(upf_got, 1);
	check(&at_upf, 50, 0, 2, NODE "1234 0002 ffff " PDR);
	/* again, before there is an answer */
	from_smf(50, 0, 2, NODE "1234 0002 ffff " KEY_IE PDR);
	ck_assert_uint_eq(upf_got, 2);
	check(&at_upf, 50, 0, 2, NODE "1234 0002 ffff " PDR);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	ck_assert_uint_eq(smf_got, 0);
	await_smf(1);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID TAKEN);
	/* and again, after it: the UPF is not asked */
	from_smf(50, 0, 2, NODE "1234 0002 ffff " KEY_IE PDR);
	ck_assert_uint_eq(upf_got, 2);
	ck_assert_uint_eq(smf_got, 2);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID TAKEN);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	ck_assert_uint_eq(smf_got, 3);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID TAKEN);
	ck_assert_uint_eq(count().keys_accepted, 1);
	ck_assert_uint_eq(count().repeated, 3);
	ck_assert_uint_eq(count().sessions, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * All fields that a session can have.
 */
START_TEST(test_fields)
{
	pid_t daemon = test_fake_daemon(BOOT("a")
		"< 0:establish-session session=n4-0000000000000007-smf "
		"kamf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
		"rand=0x000102030405060708090a0b0c0d0e0f pdu-session-id=5 "
		"dnn=net snssai=1-00000a ue-addresses=[10.3.0.1,2001:db8:0:1::/64] "
		"lifetime=60 replace=yes\n" ESTABLISHED "W");

	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE "8001 0043 7ed9 02 0020 " KAMF_OCTETS "03 0010 "
			 RAND_OCTETS "06 0001 05 04 0004 0000003c " PDR
			 "0001 0019 0002 0015 005d 0011 01 "
			 "20010db8000000010000000000000000 "
			 "009f 0004 03 6e6574 0101 0004 01 00000a");
	from_upf(51, 0x77, 2, ACCEPTED F_SEID);
	await_smf(1);
	check(&at_smf, 51, 0x77, 2, ACCEPTED F_SEID TAKEN);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * A new key goes to the session of the SEID; what else is known stays.  The end
 * of the session waits for kupf as well.
 */
START_TEST(test_modify_delete)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH ESTABLISHED
		"< 0:modify-session " NAME "key=LKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK "
		"ue-id=@#7566 upf-address=192.0.2.7 " UE "grace=10\n"
		"R success=yes ue-id=@#7566 upf-address=192.0.2.7\n"
		"< 0:delete-session session=n4-0000000000000007-smf\n"
		"R success=yes tunnels=1\nW");

	await_sync(1);
	associate();
	establish();
	/* without a key it is not our affair */
	from_smf(52, 7, 3, "1234 0000");
	check(&at_upf, 52, 7, 3, "1234 0000");
	from_upf(53, 0x77, 3, ACCEPTED);
	ck_assert_uint_eq(smf_got, 2);
	check(&at_smf, 53, 0x77, 3, ACCEPTED);
	from_smf(52, 7, 4, "8001 0031 7ed9 01 0020 4c4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
			 "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b 05 0002 7566 07 0004 0000000a");
	check(&at_upf, 52, 7, 4, "");
	from_upf(53, 0x77, 4, ACCEPTED);
	ck_assert_uint_eq(smf_got, 2);
	await_smf(3);
	check(&at_smf, 53, 0x77, 4, ACCEPTED
		  "8002 0012 7ed9 01 0001 01 02 0004 c0000207 04 0002 7566");
	from_smf(54, 7, 5, "");
	check(&at_upf, 54, 7, 5, "");
	from_upf(55, 0x77, 5, ACCEPTED);
	ck_assert_uint_eq(smf_got, 3);
	await_smf(4);
	check(&at_smf, 55, 0x77, 5, ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
	ck_assert_uint_eq(count().keys_accepted, 2);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * A session whose end was not seen is followed by one of the same SEID: if it has
 * another key it is another one.  With the same key it is a request that comes
 * again after it was forgotten, and its tunnels are not to be closed.
 */
START_TEST(test_same_seid)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH ESTABLISHED
		"< 0:modify-session " FIELDS "upf-address=192.0.2.7 " UE "\n"
		ESTABLISHED
		"< 0:delete-session session=n4-0000000000000007-smf\n"
		"R success=yes tunnels=1\n"
		"< 0:establish-session " NAME
		"kamf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
		"rand=0x000102030405060708090a0b0c0d0e0f " UE "replace=yes\n"
		ESTABLISHED "W");

	await_sync(1);
	associate();
	establish();
	from_smf(50, 0, 3, NODE PDR KEY_IE);
	from_upf(51, 0x77, 3, NODE ACCEPTED F_SEID);
	await_smf(2);
	check(&at_smf, 51, 0x77, 3, NODE ACCEPTED F_SEID TAKEN);
	from_smf(50, 0, 4, NODE PDR KAMF_IE);
	from_upf(51, 0x77, 4, NODE ACCEPTED F_SEID);
	await_smf(3);
	ck_assert_uint_eq(count().sessions, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * The UPF gives the SEID to another SMF: kupf deletes the session that had it.
 */
START_TEST(test_anothers_seid)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH ESTABLISHED
		"< 0:delete-session session=n4-0000000000000007-smf\n"
		"R success=yes tunnels=1\n"
		"< 0:establish-session session=n4-0000000000000007-other "
		"kamf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
		"rand=0x000102030405060708090a0b0c0d0e0f " UE "replace=yes\n"
		ESTABLISHED "W");

	await_sync(1);
	associate();
	associate_other();
	establish();
	smf = other;
	from_smf(50, 0, 2, OTHER_NODE PDR KAMF_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	await_smf(2);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID TAKEN);
	ck_assert_uint_eq(smf_number, other);
	ck_assert_uint_eq(count().sessions, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * The response to a new key comes after that to the deletion: the session is not
 * there again.
 */
START_TEST(test_modified_late)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH ESTABLISHED
		"< 0:delete-session session=n4-0000000000000007-smf\n"
		"R success=yes tunnels=1\nW");

	await_sync(1);
	associate();
	establish();
	from_smf(52, 7, 3, KEY_IE);
	from_smf(54, 7, 4, "");
	from_upf(55, 0x77, 4, ACCEPTED);
	from_upf(53, 0x77, 3, ACCEPTED);
	/* nothing is said of the key */
	ck_assert_uint_eq(smf_got, 2);
	check(&at_smf, 53, 0x77, 3, ACCEPTED);
	await_smf(3);
	check(&at_smf, 55, 0x77, 4, ACCEPTED);
	ck_assert_uint_eq(count().sessions, 0);
	ck_assert_uint_eq(count().keys_accepted, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * kupf refuses: the PDU session is there all the same, and the SMF knows why it
 * has no tunnel.  A key that comes later is established.
 */
START_TEST(test_refused)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH
		"R success=no cause=identity-in-use errmsg=x\n"
		ESTABLISH ESTABLISHED "W");

	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	await_smf(1);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID
		  "8002 0018 7ed9 01 0001 40 06 000f 6964656e746974792d696e2d757365");
	ck_assert_uint_eq(count().keys_refused, 1);
	ck_assert_uint_eq(count().sessions, 1);
	ck_assert_ptr_nonnull(strstr(said, "identity-in-use"));
	from_smf(52, 7, 3, KEY_IE);
	from_upf(53, 0x77, 3, ACCEPTED);
	await_smf(2);
	check(&at_smf, 53, 0x77, 3, ACCEPTED TAKEN);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * Nobody answers at kupf's socket: the response does not wait longer than it
 * may, and the key is not lost.
 */
START_TEST(test_patience)
{
	pid_t daemon = test_fake_daemon(BOOT("a") ESTABLISH "W");

	kupf_n4_destroy(engine);
	create(100);
	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	await_smf(1);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID PENDING);
	/* again: the same octets */
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	ck_assert_uint_eq(smf_got, 2);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID PENDING);
	ck_assert_uint_eq(count().keys_pending, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * charon was not there, then it starts, and starts anew: it is told the session
 * each time, with the address that its UE was told; and not what has ended.
 */
START_TEST(test_restart)
{
	pid_t daemon;

	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	ck_assert_uint_eq(smf_got, 1);
	check(&at_smf, 51, 0x77, 2, NODE ACCEPTED F_SEID PENDING);
	/* one without a key, which is nothing for kupf */
	from_smf(50, 0, 3, NODE PDR);
	from_upf(51, 0x78, 3, NODE ACCEPTED "0039 000d 02 0000000000000008 c0000201");
	check(&at_smf, 51, 0x78, 3,
		  NODE ACCEPTED "0039 000d 02 0000000000000008 c0000201");
	daemon = test_fake_daemon("< 0:version\nR success=yes boot=a\n"
		"< 0:sync-begin\nR success=yes\n" ESTABLISH ESTABLISHED
		"< 0:sync-end\nR success=yes removed=0\nK\n"
		"< 0:version\nR success=yes boot=b\n"
		"< 0:sync-begin\nR success=yes\n"
		"< 0:establish-session " FIELDS "upf-address=192.0.2.7 " UE
		"replace=yes\n" ESTABLISHED
		"< 0:sync-end\nR success=yes removed=0\nK\n" BOOT("c") "W");
	await_sync(2);
	from_smf(54, 7, 5, "");
	from_upf(55, 0x77, 5, ACCEPTED);
	await_sync(3);
	kupf_n4_destroy(engine);
	engine = NULL;
	kill(daemon, SIGKILL);
	waitpid(daemon, NULL, 0);
}
END_TEST

/*
 * Once is enough: there is nothing to be done after it.
 */
START_TEST(test_synchronised)
{
	pid_t daemon = test_fake_daemon(BOOT("a") "W");

	await_sync(1);
	ck_assert_int_eq(kupf_n4_poll_timeout(engine), -1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/** How sessions of an SMF come to an end: what it sends, and the UPF; whether
 * there is an association then */
static const struct {
	uint8_t smf_type, upf_type;
	const char *smf_ies, *upf_ies;
	unsigned int sessions;
	bool associated;
} ends[] = {
	{ 9, 10, NODE, NODE ACCEPTED, 0, false },
	{ 9, 10, NODE, NODE "0013 0001 40", 1, true },
	{ 14, 15, NODE, NODE ACCEPTED, 0, true },
	{ 14, 15, NODE, NODE "0013 0001 40", 1, true },
	/* heartbeats: nothing new, the SMF, the UPF */
	{ 1, 2, "0060 0004 00000001", "0060 0004 00000001", 1, true },
	{ 1, 2, "0060 0004 00000002", "0060 0004 00000001", 0, false },
	{ 1, 2, "0060 0004 00000001", "0060 0004 00000002", 0, false },
	/* set up anew: without a word about sessions, and with */
	{ 5, 6, NODE "0060 0004 00000001", NODE ACCEPTED, 0, true },
	{ 5, 6, NODE "0060 0004 00000002", NODE ACCEPTED, 0, true },
	{ 5, 6, NODE "0060 0004 00000001 00b7 0000", NODE ACCEPTED, 1, true },
};

START_TEST(test_ends)
{
	uint32_t sequence = 20;

	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	ck_assert_uint_eq(count().sessions, 1);
	upf_got = 0;
	from_smf(ends[_i].smf_type, NO_SEID, sequence, ends[_i].smf_ies);
	check(&at_upf, ends[_i].smf_type, NO_SEID, sequence, ends[_i].smf_ies);
	ck_assert_uint_eq(upf_got, 1);
	from_upf(ends[_i].upf_type, NO_SEID, sequence, ends[_i].upf_ies);
	check(&at_smf, ends[_i].upf_type, NO_SEID, sequence, ends[_i].upf_ies);
	ck_assert_uint_eq(count().sessions, ends[_i].sessions);
	upf_got = 0;
	from_smf(50, 0, 30, NODE);
	ck_assert_uint_eq(upf_got, ends[_i].associated ? 1 : 0);
}
END_TEST

/*
 * The response to an association that was asked for twice comes twice: what was
 * established between the two stays.
 */
START_TEST(test_setup_twice)
{
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000001");
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000001");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	ck_assert_uint_eq(count().sessions, 1);
	/* the SMF has started anew, and counts from 1 */
	from_smf(5, NO_SEID, 1, NODE "0060 0004 00000002");
	from_upf(6, NO_SEID, 1, NODE ACCEPTED "0060 0004 00000001");
	ck_assert_uint_eq(count().sessions, 0);
	upf_got = 0;
	from_smf(50, 0, 2, NODE);
	ck_assert_uint_eq(upf_got, 1);
}
END_TEST

/*
 * What the UPF refuses is not told to kupf; what it does not have any more goes.
 */
START_TEST(test_upf_refuses)
{
	associate();
	from_smf(50, 0, 2, NODE PDR KEY_IE);
	from_upf(51, 0x77, 2, NODE "0013 0001 40" F_SEID);
	check(&at_smf, 51, 0x77, 2, NODE "0013 0001 40" F_SEID);
	ck_assert_uint_eq(count().sessions, 0);
	from_smf(50, 0, 3, NODE PDR KEY_IE);
	from_upf(51, 0x77, 3, NODE ACCEPTED F_SEID);
	from_smf(54, 7, 4, "");
	from_upf(55, 0x77, 4, "0013 0001 40");
	ck_assert_uint_eq(count().sessions, 1);
	from_smf(52, 7, 5, "");
	from_upf(53, 0x77, 5, "0013 0001 41");
	ck_assert_uint_eq(count().sessions, 0);
}
END_TEST

/** Requests with IEs of ours that are wrong, and others that are not ours; what
 * the UPF gets, and what is added to the response */
static const struct {
	const char *ies, *at_upf, *answer;
} wrong[] = {
	{ NODE "8001 0002 7ed9", NODE, "8002 0006 7ed9 01 0001 41" },
	{ NODE "8001 0008 7ed9 01 0003 4b4b4b", NODE, "8002 0006 7ed9 01 0001 41" },
	{ NODE KEY_IE KEY_IE, NODE, "8002 0006 7ed9 01 0001 41" },
	{ NODE "8001 0004 7eda 4b4b", NODE "8001 0004 7eda 4b4b", "" },
	{ NODE "8001 0001 7e", NODE "8001 0001 7e", "" },
	{ NODE "8001 0000", NODE "8001 0000", "" },
	{ NODE "8003 002a 7ed9 " KEY_PARTS, NODE "8003 002a 7ed9 " KEY_PARTS, "" },
	{ NODE "0001 0010 0002", NODE "0001 0010 0002", "" },
};

START_TEST(test_wrong)
{
	char response[256] = NODE ACCEPTED F_SEID;

	associate();
	from_smf(50, 0, 2, wrong[_i].ies);
	check(&at_upf, 50, 0, 2, wrong[_i].at_upf);
	from_upf(51, 0x77, 2, response);
	strcat(response, wrong[_i].answer);
	ck_assert_uint_eq(smf_got, 1);
	check(&at_smf, 51, 0x77, 2, response);
	ck_assert_uint_eq(count().keys_malformed, wrong[_i].answer[0] ? 1 : 0);
	ck_assert_uint_eq(count().sessions, 1);
}
END_TEST

/*
 * A bundle leaves message by message; what is no message is dropped and counted.
 */
START_TEST(test_datagrams)
{
	test_pfcp_t bundle = test_octets_of("24 01 0004 00000500"
										"24 01 0004 00000600"
										"20 01 0004 00000700");
	test_pfcp_t bad = test_octets_of("20 01 0004 00000300 00");

	associate();
	kupf_n4_from_smf(engine, smf, bundle.buf, bundle.len);
	ck_assert_uint_eq(upf_got, 3);
	check(&at_upf, 1, NO_SEID, 7, "");
	kupf_n4_from_smf(engine, smf, bad.buf, bad.len);
	kupf_n4_from_smf(engine, smf, bad.buf, 0);
	kupf_n4_from_smf(engine, 2, bundle.buf, bundle.len);
	kupf_n4_from_upf(engine, smf, bad.buf, 7);
	ck_assert_uint_eq(upf_got, 3);
	ck_assert_uint_eq(smf_got, 0);
	ck_assert_uint_eq(count().malformed, 3);
}
END_TEST

static void to_nobody(void *user, unsigned int number, const uint8_t *octets,
					  size_t len)
{
}

START_TEST(test_config)
{
	kupf_n4_config_t config = {
		.socket = "nowhere",
		.to_upf = to_nobody,
		.to_smf = to_nobody,
	};
	char name[] = "123456789012345678901234567890123456789012345";
	unsigned int number, i;

	config.key_type = 32767;
	ck_assert_ptr_null(kupf_n4_create(&config));
	config.key_type = config.answer_type = 40000;
	ck_assert_ptr_null(kupf_n4_create(&config));
	config.key_type = 40001;
	config.socket = NULL;
	ck_assert_ptr_null(kupf_n4_create(&config));
	config.socket = "nowhere";
	config.to_smf = NULL;
	ck_assert_ptr_null(kupf_n4_create(&config));
	kupf_n4_destroy(NULL);

	ck_assert(!kupf_n4_add_smf(engine, "", &number));
	ck_assert(!kupf_n4_add_smf(engine, "smf", &number));
	ck_assert(!kupf_n4_add_smf(engine, "a b", &number));
	ck_assert(!kupf_n4_add_smf(engine, "a\x7f", &number));
	ck_assert(!kupf_n4_add_smf(engine, name, &number));
	for (i = 2; i < KUPF_N4_SMFS; i++)
	{
		snprintf(name, sizeof(name), "%u", i);
		ck_assert(kupf_n4_add_smf(engine, name, &number));
		ck_assert_uint_eq(number, i);
	}
	ck_assert(!kupf_n4_add_smf(engine, "last", &number));
}
END_TEST

int main()
{
	Suite *suite = suite_create("kupf_n4");
	TCase *tcase;

	tcase = tcase_create("kupf");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_establish);
	tcase_add_test(tcase, test_fields);
	tcase_add_test(tcase, test_modify_delete);
	tcase_add_test(tcase, test_same_seid);
	tcase_add_test(tcase, test_anothers_seid);
	tcase_add_test(tcase, test_modified_late);
	tcase_add_test(tcase, test_refused);
	tcase_add_test(tcase, test_patience);
	tcase_add_test(tcase, test_restart);
	tcase_add_test(tcase, test_synchronised);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("n4");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_ends, 0, countof(ends));
	tcase_add_test(tcase, test_setup_twice);
	tcase_add_test(tcase, test_upf_refuses);
	tcase_add_loop_test(tcase, test_wrong, 0, countof(wrong));
	tcase_add_test(tcase, test_datagrams);
	tcase_add_test(tcase, test_config);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
