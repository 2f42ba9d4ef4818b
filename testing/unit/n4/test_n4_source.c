/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys of sessions whose SMF sends none: who is asked, when, and who is told.
 */

#include "client/test_fake_daemon.h"
#include "n4/n4_content.h"
#include "n4/test_peers.h"
#include "test_runner.h"
#include "test_support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

/** How a daemon begins, and what it is told of the session */
#define BOOT(boot) "< 0:version\nR success=yes boot=" boot "\n" \
	"< 0:sync-begin\nR success=yes\n< 0:sync-end\nR success=yes removed=0\n"
#define NAME "session=n4-0000000000000007-smf "
#define UE "dnn=net ue-addresses=[10.3.0.1] "

/** User ID of IMSI 001010000000001, and a DNN */
#define USER "008d 000a 01 08 00010100000000f1 "
#define DNN "009f 0004 03 6e6574 "

/** What is asked for next has a key; what was asked for, and told, in words */
static bool has_key;
static kupf_n4_key_t key;
static char asked[1024], told[2048];

static bool find_key(void *user, const kupf_n4_need_t *need,
					 kupf_n4_key_t *found)
{
	int i;

	sprintf(asked + strlen(asked), "%s %s %s '%s' '%s'", need->session,
			need->smf, need->supi, need->dnn, need->snssai);
	for (i = 0; need->ue_addresses[i]; i++)
	{
		sprintf(asked + strlen(asked), " %s", need->ue_addresses[i]);
	}
	strcat(asked, "\n");
	*found = key;
	return has_key;
}

static void tell(void *user, const kupf_n4_told_t *what)
{
	sprintf(told + strlen(told), "%s %s %s%s '%s' '%s' rand %zu id %zu %.*s\n",
			what->session, what->supi, what->accepted ? "accepted" : "",
			what->pending ? "pending" : "", what->cause, what->upf_address,
			what->rand_len, what->id_len, (int)what->id_len,
			(const char*)what->id);
}

static void create_asking(unsigned int patience)
{
	kupf_n4_destroy(engine);
	memset(&key, 0, sizeof(key));
	memset(key.key, 'K', sizeof(key.key));
	memcpy(key.id, "ue", 2);
	key.id_len = 2;
	has_key = false;
	asked[0] = told[0] = '\0';
	engine_config.find_key = find_key;
	engine_config.tell = tell;
	create(patience);
}

/**
 * Establish a session without a key.
 */
static void open_session(uint32_t sequence, const char *user)
{
	char ies[256];

	snprintf(ies, sizeof(ies), NODE PDR DNN "%s", user);
	from_smf(50, 0, sequence, ies);
	from_upf(51, 0x77, sequence, NODE ACCEPTED F_SEID);
	/* nobody waits for the key, and nothing is said of it */
	check(&at_smf, 51, 0x77, sequence, NODE ACCEPTED F_SEID);
}

static void await_told(const char *what)
{
	while (!strstr(told, what))
	{
		work();
	}
}

/*
 * The key is there at once.
 */
START_TEST(test_found)
{
	pid_t daemon = test_fake_daemon(BOOT("a")
		"< 0:establish-session " NAME "key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK "
		"ue-id=@#7565 " UE "lifetime=60 replace=yes\n"
		"R success=yes ue-id=@#7565 upf-address=192.0.2.7 expires=9\nW");

	create_asking(5000);
	await_sync(1);
	associate();
	has_key = true;
	key.lifetime = 60;
	open_session(2, USER);
	ck_assert_str_eq(asked, "n4-0000000000000007-smf smf imsi-001010000000001 "
					 "'net' '' 10.3.0.1\n");
	await_told("accepted");
	ck_assert_str_eq(told, "n4-0000000000000007-smf imsi-001010000000001 "
					 "accepted '' '192.0.2.7' rand 0 id 2 ue\n");
	ck_assert_uint_eq(count().keys_asked, 1);
	ck_assert_uint_eq(count().keys_provided, 1);
	ck_assert_uint_eq(count().keys_accepted, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * The key comes later, to be derived from; RAND is ours.  A new one follows.
 */
START_TEST(test_provided)
{
	kupf_n4_key_t bad;
	pid_t daemon = test_fake_daemon(BOOT("a")
		"?\nR success=yes ue-id=@#7567 upf-address=192.0.2.7\n"
		"< 0:modify-session " NAME "key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK "
		"ue-id=@#7565 upf-address=192.0.2.7 " UE "\n"
		"R success=no cause=identity-in-use\nW");

	create_asking(5000);
	await_sync(1);
	associate();
	open_session(2, USER);
	ck_assert_uint_eq(count().keys_provided, 0);
	/* what cannot be a key, or of no session */
	bad = key;
	bad.id_len = 0;
	ck_assert(!kupf_n4_provide(engine, "n4-0000000000000007-smf", &bad));
	bad = key;
	bad.rand_len = 16;
	ck_assert(!kupf_n4_provide(engine, "n4-0000000000000007-smf", &bad));
	bad.derives = true;
	bad.rand_len = 15;
	ck_assert(!kupf_n4_provide(engine, "n4-0000000000000007-smf", &bad));
	ck_assert(!kupf_n4_provide(engine, "n4-0000000000000007-smf2", &key));
	ck_assert(!kupf_n4_provide(engine, "n4-0000000000000008-smf", &key));
	ck_assert(!kupf_n4_provide(engine, "n4-", &key));
	ck_assert(!kupf_n4_provide(engine, "", &key));
	ck_assert_uint_eq(count().keys_provided, 0);
	bad = key;
	bad.derives = true;
	bad.id_len = 0;
	ck_assert(kupf_n4_provide(engine, "n4-0000000000000007-smf", &bad));
	await_told("accepted '' '192.0.2.7' rand 16 id 2 ug\n");
	told[0] = '\0';
	ck_assert(kupf_n4_provide(engine, "n4-0000000000000007-smf", &key));
	await_told("imsi-001010000000001  'identity-in-use' ''");
	ck_assert_uint_eq(count().keys_refused, 1);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/*
 * charon is not there: that is told, and told again when it has the key.
 */
START_TEST(test_pending)
{
	pid_t daemon;

	create_asking(1);
	associate();
	has_key = true;
	open_session(2, USER);
	ck_assert_ptr_nonnull(strstr(told, "pending"));
	ck_assert_ptr_null(strstr(told, "accepted"));
	daemon = test_fake_daemon("< 0:version\nR success=yes boot=a\n"
		"< 0:sync-begin\nR success=yes\n"
		"?\nR success=yes ue-id=@#7565 upf-address=192.0.2.7\n"
		"< 0:sync-end\nR success=yes removed=0\nK\n"
		"< 0:version\nR success=yes boot=b\n"
		"< 0:sync-begin\nR success=yes\n"
		"?\nR success=yes ue-id=@#7565 upf-address=192.0.2.7\n"
		"< 0:sync-end\nR success=yes removed=0\nW");
	await_told("accepted '' '192.0.2.7' rand 0 id 2 ue\n");
	told[0] = '\0';
	await_sync(2);
	/* once is enough */
	ck_assert_str_eq(told, "");
	kupf_n4_destroy(engine);
	engine = NULL;
	kill(daemon, SIGKILL);
	waitpid(daemon, NULL, 0);
}
END_TEST

/*
 * Who is not asked for: a session with a key, of nobody, that is not accepted.
 */
START_TEST(test_not_asked)
{
	create_asking(1);
	associate();
	from_smf(50, 0, 2, NODE PDR USER KEY_IE);
	from_upf(51, 0x77, 2, NODE ACCEPTED F_SEID);
	from_smf(50, 0, 3, NODE PDR USER);
	from_upf(51, 0x77, 3, NODE REJECTED);
	from_smf(50, 0, 4, NODE PDR USER "8001 0002 7ed9");
	from_upf(51, 0x77, 4, NODE ACCEPTED "0039 000d 02 0000000000000008 c0000201");
	from_smf(50, 0, 5, NODE PDR);
	from_upf(51, 0x77, 5, NODE ACCEPTED "0039 000d 02 0000000000000009 c0000201");
	ck_assert_str_eq(asked, "");
	ck_assert_uint_eq(count().sessions, 3);
	/* asked again for all that lack one and have a subscriber */
	kupf_n4_ask_again(engine);
	ck_assert_str_eq(asked, "n4-0000000000000008-smf smf imsi-001010000000001 "
					 "'' '' 10.3.0.1\n");
}
END_TEST

/** IEs User ID, and the subscriber that is in them */
static const struct {
	const char *ie, *supi;
} users[] = {
	{ "008d 000a 01 08 00010100000000f1", "imsi-001010000000001" },
	{ "008d 000a 01 08 0001010000000021", "imsi-0010100000000012" },
	/* with IMEI, MSISDN and NAI; without IMSI */
	{ "008d 000b 07 03 214365 02 2143 02 2143", "imsi-123456" },
	{ "008d 0009 0a 02 2143 04 75406162", "nai-u@ab" },
	{ "008d 0006 08 04 75406162", "nai-u@ab" },
	/* none: a filler within, too few digits, cut off, not printable, no flag */
	{ "008d 0005 01 03 21f365", "" }, { "008d 0004 01 02 2143", "" },
	{ "008d 0005 01 04 214365", "" }, { "008d 0002 01 03", "" },
	{ "008d 0001 01", "" }, { "008d 0000", "" }, { "008d 0001 00", "" },
	{ "008d 0005 01 03 21a365", "" }, { "008d 0004 08 02 7520", "" },
	{ "008d 0002 08 00", "" },
	{ "008d 000b 01 09 214365214365214365", "" },
};

START_TEST(test_users)
{
	test_pfcp_t from = test_pfcp(50, 0, 1, users[_i].ie);
	wire_octets_t datagram = test_pfcp_octets(&from);
	static n4_content_t content;
	n4_message_t message;

	memset(&content, 0, sizeof(content));
	ck_assert(n4_message_cut(&datagram, &message));
	n4_content_learn(&content, &message);
	ck_assert_str_eq(content.supi, users[_i].supi);
}
END_TEST

int main()
{
	Suite *suite = suite_create("n4_source");
	TCase *tcase;

	tcase = tcase_create("source");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_found);
	tcase_add_test(tcase, test_provided);
	tcase_add_test(tcase, test_pending);
	tcase_add_test(tcase, test_not_asked);
	tcase_add_loop_test(tcase, test_users, 0, countof(users));
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
