/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Keys that an SMF has wrapped.  What is wrapped here was made by another
 * implementation, that of Python's package cryptography (AESGCM), with the key
 * 00 01 02 ... 1f.
 */

#include "client/test_fake_daemon.h"
#include "n4/n4_wrap.h"
#include "n4/test_peers.h"
#include "test_runner.h"
#include "test_support.h"

#include <stdio.h>

/** How a daemon begins, and what it is told of the session */
#define BOOT "< 0:version\nR success=yes boot=a\n" \
	"< 0:sync-begin\nR success=yes\n< 0:sync-end\nR success=yes removed=0\n"
#define NAME "session=n4-0000000000000007-smf "
#define UE "ue-addresses=[10.3.0.1] "

/** The SMF's F-SEID, which is wrapped for, and others */
#define CP_F_SEID "0039 000d 02 0000000000000055 c0000209 "
#define CP_F_SEID_56 "0039 000d 02 0000000000000056 c0000209 "
#define CP_F_SEID_10 "0039 000d 02 0000000000000055 c000020a "

/** IEs with the key "K" 32 times and identifier "ue", numbers 1, 2 and 5, the
 * last of which is wrapped with another key */
#define IE(parts) "8001 0046 7ed9 05 0002 7565 08 003c " parts
#define WRAPPED_1 "736d6631 0000000000000001 " \
	"29272e2322eb4f418c43d2d84de3720ccfac5df1ee4a408100190beac5a9dab4" \
	"5f9ca53798ed858bf7127af32500982f "
#define WRAPPED_2 "736d6631 0000000000000002 " \
	"f7c8938e287ca38288371d441b84b8609355c5ade9e80283bbf6e633032d0f5b" \
	"5d2bcd4a3c62227ddc73af3796c56392 "
#define WRAPPED_5 "736d6631 0000000000000005 " \
	"9156a2d04d3ee1f0eaa6d9fd39efa79e9e98898553872de44b408dfaec9a6339" \
	"238245a8ff3dff04f4c499e1c7e22525 "

/** For a modification of session 7, "L" and 31 times "K", number 3 */
#define WRAPPED_3 "736d6631 0000000000000003 " \
	"29641ace24e5ce39dcca3551a4b7b0ca8f7dc5dd0c445affc711bf73b175fe29" \
	"210e20a43c9132ae9576fb4ea27423f9 "

/** K_AMF "A" 32 times, with RAND before it, number 4 */
#define KAMF_WRAPPED "8001 0054 7ed9 03 0010 " RAND_OCTETS "09 003c " \
	"736d6631 0000000000000004 " \
	"a43684dde252360cabf788fe8a24440e7a70c34e5002e3fdaa40f77df5942b06" \
	"bac889ec7bfb9a0a521afd5a78b45644 "

/** Answers: locked, in the clear, pending */
#define LOCKED "8002 0006 7ed9 01 0001 44"
#define IN_CLEAR "8002 0006 7ed9 01 0001 43"
#define PENDING "8002 0006 7ed9 01 0001 02"

static void wrapping_key(uint8_t *key)
{
	int i;

	for (i = 0; i < N4_WRAP_KEY; i++)
	{
		key[i] = i;
	}
}

/**
 * Have the SMF wrap keys.
 */
static void have_key()
{
	uint8_t key[N4_WRAP_KEY];

	wrapping_key(key);
	ck_assert(kupf_n4_unwrap_with(engine, smf, key));
	/* there is one already, and no such SMF */
	ck_assert(!kupf_n4_unwrap_with(engine, smf, key));
	ck_assert(!kupf_n4_unwrap_with(engine, 2, key));
}

/** Numbers in the order in which they come, and whether they are taken */
static const struct {
	const char *wrapped;
	bool taken;
} numbers[] = {
	/* 1, 1, 1025, 2, 2: the last 1024, each once */
	{ "00000000 0000000000000001 "
	  "5e9df4b70fbf7b5545651a72a7ed71bc5ed4571f2ff91fcf384b48926d7b3815"
	  "548c159c9f7aabab66325dc08f6dfbd1", true },
	{ "00000000 0000000000000001 "
	  "5e9df4b70fbf7b5545651a72a7ed71bc5ed4571f2ff91fcf384b48926d7b3815"
	  "548c159c9f7aabab66325dc08f6dfbd1", false },
	{ "00000000 0000000000000401 "
	  "bdd9af983270c683ceb0c024bf4c6a46e63553e86f95df88db2bd0877584a289"
	  "52b0f82bb7b67a90ff9a374b7b5e3aab", true },
	{ "00000000 0000000000000002 "
	  "823a6536ff00919af246775a3c0aa0c7cd5c7e9ba5e244e4c53619713a9010cf"
	  "160cbfe9b7d4d262c9b9ecb86433a078", true },
	{ "00000000 0000000000000002 "
	  "823a6536ff00919af246775a3c0aa0c7cd5c7e9ba5e244e4c53619713a9010cf"
	  "160cbfe9b7d4d262c9b9ecb86433a078", false },
	/* 1027 whose tag is another one takes nothing; then 1027, 1026, 1026 */
	{ "00000000 0000000000000403 "
	  "c4551b181e57e423dd880d94503a827be281627f2223ceade7b50e1d390ca3a4"
	  "50d8154813c211ab2c078ac6843357dc", false },
	{ "00000000 0000000000000403 "
	  "c4551b181e57e423dd880d94503a827be281627f2223ceade7b50e1d390ca3a4"
	  "50d8154813c211ab2c078ac6843357db", true },
	{ "00000000 0000000000000402 "
	  "f2f804f019cdf7cebe44c45a9404d2aa474e277a2a2a2fdf8d09f4f5f78dcf77"
	  "3dcda36fb174aabbc7201d0ac0373efb", true },
	{ "00000000 0000000000000402 "
	  "f2f804f019cdf7cebe44c45a9404d2aa474e277a2a2a2fdf8d09f4f5f78dcf77"
	  "3dcda36fb174aabbc7201d0ac0373efb", false },
	/* 3000, and 1025 again, which is too old; the last one there is, twice */
	{ "00000000 0000000000000bb8 "
	  "57c3d62f3f677e78778f0da2be12440bcde66fd4503246d60ce1ba8df6e7deada"
	  "46f6c20a391112468dc430a18ead586", true },
	{ "00000000 0000000000000401 "
	  "bdd9af983270c683ceb0c024bf4c6a46e63553e86f95df88db2bd0877584a289"
	  "52b0f82bb7b67a90ff9a374b7b5e3aab", false },
	{ "00000000 ffffffffffffffff "
	  "494a2c17cc781202f2423276eef006d9b7bd9f00d9edab326021afc053ca6ed6"
	  "67e9f9d21877f552685085b9941e2fbb", true },
	{ "00000000 ffffffffffffffff "
	  "494a2c17cc781202f2423276eef006d9b7bd9f00d9edab326021afc053ca6ed6"
	  "67e9f9d21877f552685085b9941e2fbb", false },
	{ "00000000 0000000000000bb8 "
	  "57c3d62f3f677e78778f0da2be12440bcde66fd4503246d60ce1ba8df6e7deada"
	  "46f6c20a391112468dc430a18ead586", false },
};

START_TEST(test_numbers)
{
	wire_octets_t data[N4_WRAP_PARTS] = {
		wire_text("a"), wire_text(""), wire_text("bc"),
	};
	n4_content_t with = {};
	n4_wrap_t wrap = { .key = &with };
	uint8_t key[N4_KEY_SIZE], expected[N4_KEY_SIZE];
	test_pfcp_t wrapped;
	size_t i;

	wrapping_key(with.key);
	for (i = 0; i < countof(numbers); i++)
	{
		wrapped = test_octets_of(numbers[i].wrapped);
		ck_assert_uint_eq(wrapped.len, N4_WRAP_SIZE);
		ck_assert_msg(n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), data,
					  key) == numbers[i].taken, "number of line %zu", i);
		memset(expected, numbers[i].taken ? 'K' : 0, sizeof(expected));
		ck_assert(!memcmp(key, expected, sizeof(key)));
	}
}
END_TEST

/*
 * Whatever is changed, and whatever it is wrapped for, is noticed.
 */
START_TEST(test_changed)
{
	static const char *const others[][N4_WRAP_PARTS] = {
		{ "abd", "", "" }, { "ab", "", "" }, { "", "", "" }, { "abcd", "", "" },
	};
	wire_octets_t data[N4_WRAP_PARTS] = {
		wire_text("abc"), wire_text(""), wire_text(""),
	};
	test_pfcp_t wrapped = test_octets_of(numbers[0].wrapped);
	n4_content_t with = {};
	n4_wrap_t wrap = { .key = &with };
	uint8_t key[N4_KEY_SIZE];
	size_t i, j;

	wrapping_key(with.key);
	for (i = 0; i < 8 * wrapped.len; i++)
	{
		wrapped.buf[i / 8] ^= 1 << i % 8;
		ck_assert(!n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), data, key));
		wrapped.buf[i / 8] ^= 1 << i % 8;
	}
	for (i = 0; i < countof(others); i++)
	{
		wire_octets_t changed[N4_WRAP_PARTS];

		for (j = 0; j < N4_WRAP_PARTS; j++)
		{
			changed[j] = wire_text(others[i][j]);
		}
		ck_assert(!n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), changed, key));
	}
	wrapped.len--;
	ck_assert(!n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), data, key));
	wrapped.len++;
	wrap.key = NULL;
	ck_assert(!n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), data, key));
	wrap.key = &with;
	ck_assert(n4_wrap_open(&wrap, test_pfcp_octets(&wrapped), data, key));
}
END_TEST

/*
 * kupf gets keys that are unwrapped; what is sent again is no other key, but the
 * IE in another request is not taken.
 */
START_TEST(test_wrapped)
{
	pid_t daemon = test_fake_daemon(BOOT
		"< 0:establish-session " NAME "key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK "
		"ue-id=@#7565 " UE "replace=yes\nR success=yes ue-id=@#7565 expires=0\n"
		"< 0:modify-session " NAME "key=LKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK "
		"ue-id=@#7565 " UE "\nR success=yes ue-id=@#7565\n"
		"< 0:delete-session session=n4-0000000000000007-smf\n"
		"R success=yes tunnels=0\n"
		"< 0:establish-session " NAME "kamf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
		"rand=0x000102030405060708090a0b0c0d0e0f " UE "replace=yes\n"
		"R success=yes ue-id=@#7567\nW");

	have_key();
	await_sync(1);
	associate();
	from_smf(50, 0, 2, NODE CP_F_SEID PDR IE(WRAPPED_1));
	check(&at_upf, 50, 0, 2, NODE CP_F_SEID PDR);
	from_smf(50, 0, 2, NODE CP_F_SEID PDR IE(WRAPPED_1));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	await_smf(1);
	check(&at_smf, 51, 0x55, 2, NODE ACCEPTED F_SEID
		  "8002 000b 7ed9 01 0001 01 04 0002 7565");
	from_smf(50, 0, 2, NODE CP_F_SEID PDR IE(WRAPPED_1));
	ck_assert_uint_eq(smf_got, 2);
	/* for another session, and the same as before in a request of its own */
	from_smf(52, 7, 3, IE(WRAPPED_2));
	from_upf(53, 0x55, 3, ACCEPTED);
	check(&at_smf, 53, 0x55, 3, ACCEPTED LOCKED);
	from_smf(52, 7, 4, IE(WRAPPED_1));
	from_upf(53, 0x55, 4, ACCEPTED);
	check(&at_smf, 53, 0x55, 4, ACCEPTED LOCKED);
	ck_assert_uint_eq(count().keys_locked, 2);
	smf_got = 0;
	from_smf(52, 7, 5, IE(WRAPPED_3));
	from_upf(53, 0x55, 5, ACCEPTED);
	await_smf(1);
	/* the session ends, the number of its key is taken for ever */
	from_smf(54, 7, 6, "");
	from_upf(55, 0x55, 6, ACCEPTED);
	await_smf(2);
	from_smf(50, 0, 7, NODE CP_F_SEID PDR KAMF_WRAPPED);
	from_upf(51, 0x55, 7, NODE ACCEPTED F_SEID);
	await_smf(3);
	ck_assert_uint_eq(count().keys_accepted, 3);
	kupf_n4_destroy(engine);
	engine = NULL;
	test_fake_daemon_end(daemon);
}
END_TEST

/** Establishments whose key is not taken, and what is added to the response */
static const struct {
	const char *ies, *answer;
} refused[] = {
	{ CP_F_SEID IE(WRAPPED_5), LOCKED },
	{ CP_F_SEID_56 IE(WRAPPED_1), LOCKED },
	{ CP_F_SEID_10 IE(WRAPPED_1), LOCKED },
	{ IE(WRAPPED_1), LOCKED },
	/* another identifier */
	{ CP_F_SEID "8001 0046 7ed9 05 0002 7566 08 003c " WRAPPED_1, LOCKED },
	{ CP_F_SEID IE(WRAPPED_1) IE(WRAPPED_2), "8002 0006 7ed9 01 0001 41" },
	{ CP_F_SEID KEY_IE, IN_CLEAR },
	{ CP_F_SEID KAMF_IE, IN_CLEAR },
	{ CP_F_SEID IE(WRAPPED_2), PENDING },
	{ CP_F_SEID, "" },
};

START_TEST(test_refused)
{
	char ies[512] = NODE, response[256] = NODE ACCEPTED F_SEID;

	kupf_n4_destroy(engine);
	engine_config.refuses_clear_keys = true;
	create(1);
	have_key();
	associate();
	from_smf(50, 0, 2, strcat(ies, refused[_i].ies));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 2, strcat(response, refused[_i].answer));
	ck_assert_uint_eq(count().sessions, 1);
	ck_assert_uint_eq(count().keys_pending, _i == 8 ? 1 : 0);
	ck_assert_uint_eq(count().keys_in_clear, _i == 6 || _i == 7 ? 1 : 0);
}
END_TEST

/*
 * Each SMF has a key of its own, or none.
 */
START_TEST(test_other)
{
	have_key();
	associate_other();
	smf = other;
	from_smf(50, 0, 2, OTHER_NODE CP_F_SEID IE(WRAPPED_1));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 2, NODE ACCEPTED F_SEID LOCKED);
}
END_TEST

/*
 * A key is taken once by the engine of a UPF; that of another UPF has a window of
 * its own.
 */
START_TEST(test_two_upfs)
{
	kupf_n4_t *first = engine;

	have_key();
	associate();
	from_smf(50, 0, 2, NODE CP_F_SEID IE(WRAPPED_1));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 2, NODE ACCEPTED F_SEID PENDING);
	from_smf(50, 0, 3, NODE CP_F_SEID IE(WRAPPED_1));
	from_upf(51, 0x55, 3, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 3, NODE ACCEPTED F_SEID LOCKED);
	create(5000);
	have_key();
	associate();
	from_smf(50, 0, 2, NODE CP_F_SEID IE(WRAPPED_1));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 2, NODE ACCEPTED F_SEID PENDING);
	kupf_n4_destroy(first);
}
END_TEST

/*
 * Without libcrypto nothing can be unwrapped.
 */
START_TEST(test_not_there)
{
	uint8_t key[N4_WRAP_KEY];

	wrapping_key(key);
	ck_assert(!kupf_n4_unwrap_with(engine, smf, key));
	associate();
	from_smf(50, 0, 2, NODE CP_F_SEID IE(WRAPPED_1));
	from_upf(51, 0x55, 2, NODE ACCEPTED F_SEID);
	check(&at_smf, 51, 0x55, 2, NODE ACCEPTED F_SEID LOCKED);
}
END_TEST

int main()
{
	Suite *suite = suite_create("n4_wrap");
	TCase *tcase;

	tcase = tcase_create("wrap");
	tcase_add_checked_fixture(tcase, setup, teardown);
	if (n4_wrap_is_there())
	{
		tcase_add_test(tcase, test_numbers);
		tcase_add_test(tcase, test_changed);
		tcase_add_test(tcase, test_wrapped);
		tcase_add_loop_test(tcase, test_refused, 0, countof(refused));
		tcase_add_test(tcase, test_other);
		tcase_add_test(tcase, test_two_upfs);
	}
	else
	{
		tcase_add_test(tcase, test_not_there);
	}
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
