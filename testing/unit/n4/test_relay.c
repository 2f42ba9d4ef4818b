/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * n4-relay: its configuration, and what it writes into the messages of others.
 */

#include "n4/relay/relay_config.h"
#include "n4/relay/relay_key.h"
#include "n4/relay/relay_ports.h"
#include "n4/relay/relay_rewrite.h"
#include "n4/test_pfcp.h"
#include "test_runner.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** A configuration that is right, of an SMF and a UPF */
#define SMF "smfs {\n a {\n address = 192.0.2.1\n relay = 127.0.0.11\n }\n}\n"
#define UPF "upfs {\n u {\n address = 127.0.0.2\n relay = 192.0.2.7\n }\n}\n"

static relay_config_t config;

/** What is said to be wrong, sentence by sentence */
static char said[4096];

static void complain(const char *text)
{
	ck_assert_uint_lt(strlen(said) + strlen(text) + 2, sizeof(said));
	strcat(strcat(said, text), "\n");
}

static bool read_text(const char *text)
{
	FILE *file = fopen(test_path("conf"), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	fclose(file);
	said[0] = '\0';
	return relay_config_read(&config, test_path("conf"), complain);
}

START_TEST(test_defaults)
{
	ck_assert_msg(read_text(SMF UPF), "%s", said);
	ck_assert_uint_eq(config.port, 8805);
	ck_assert_uint_eq(config.smf_count, 1);
	ck_assert_str_eq(config.smfs[0].name, "a");
	ck_assert_str_eq(relay_address_text(&config.smfs[0].address), "192.0.2.1");
	ck_assert_str_eq(relay_address_text(&config.smfs[0].relay), "127.0.0.11");
	ck_assert_uint_eq(config.upf_count, 1);
	ck_assert_str_eq(config.upfs[0].name, "u");
	ck_assert_str_eq(relay_address_text(&config.upfs[0].address), "127.0.0.2");
	ck_assert_str_eq(relay_address_text(&config.upfs[0].relay), "192.0.2.7");
	ck_assert_str_eq(config.upfs[0].socket, IPSEC_PIDDIR "/charon.kupf");
	ck_assert(!config.engine.refuses_clear_keys);
	ck_assert_str_eq(config.smfs[0].key_file, "");
	ck_assert_uint_eq(config.engine.key_type, 32769);
	ck_assert_uint_eq(config.engine.answer_type, 32770);
}
END_TEST

START_TEST(test_everything)
{
	ck_assert_msg(read_text("port = 1\nenterprise = 2\nkey_type = 40000 # x\n"
		"answer_type = 40001\npatience = 5\nmax_sessions = 6\n"
		"smf_sessions = 7\nsmf_rate = 8\nsmf_exchanges = 9\n"
		"smf_responses = 131072\nsmf_changes = 10\nkeys_in_clear = no\n"
		"smfs {\n a {\n address = 2001:db8::1\n relay = 127.0.0.11\n }\n"
		" b-c {\n address = 2001:db8::2\n relay = 127.0.0.12\n }\n}\n"
		"upfs {\n u {\n address = 127.0.0.2\n relay = 2001:db8::7\n"
		" socket = unix:///run/a\n }\n v {\n address = 127.0.0.3\n"
		" relay = 2001:db8::8\n socket = /run/b\n }\n}\n"),
		"%s", said);
	ck_assert_uint_eq(config.port, 1);
	ck_assert_uint_eq(config.engine.enterprise, 2);
	ck_assert_uint_eq(config.engine.key_type, 40000);
	ck_assert_uint_eq(config.engine.answer_type, 40001);
	ck_assert_uint_eq(config.engine.patience, 5);
	ck_assert_uint_eq(config.engine.max_sessions, 6);
	ck_assert_uint_eq(config.engine.smf_sessions, 7);
	ck_assert_uint_eq(config.engine.smf_rate, 8);
	ck_assert_uint_eq(config.engine.smf_exchanges, 9);
	ck_assert_uint_eq(config.engine.smf_responses, 131072);
	ck_assert_uint_eq(config.engine.smf_changes, 10);
	ck_assert(config.engine.refuses_clear_keys);
	ck_assert_uint_eq(config.smf_count, 2);
	ck_assert_str_eq(config.smfs[1].name, "b-c");
	ck_assert_str_eq(relay_address_text(&config.smfs[1].address),
					 "2001:db8::2");
	ck_assert_uint_eq(config.upf_count, 2);
	ck_assert_str_eq(config.upfs[0].socket, "/run/a");
	ck_assert_str_eq(config.upfs[1].socket, "/run/b");
}
END_TEST

#define NODE_IN(kind, name, lines) kind " { " name " {\n" lines "\n} }\n"
#define LONG "123456789012345678901234567890123456789012345"

/** Half of a key in base64 */
#define ASTRAY "uQUJDQUJDQUI"

/** What is wrong with a configuration, and a word that has to be told about it */
static const struct {
	const char *text, *told;
} wrong[] = {
	{ "", "smfs: there is none" },
	{ SMF, "upfs: there is none" },
	{ UPF, "smfs: there is none" },
	{ SMF UPF "port = 1\nprot = 1\n", "setting 2, with a name of 4 octets, is not "
	  "known here: 'port' is, expected one of port " },
	{ SMF UPF ASTRAY " = 1\n", "setting 1, with a name of 12 octets, is not known "
	  "here, expected" },
	{ SMF UPF ASTRAY " { }\n", "section 3, with a name of 12 octets, is not known "
	  "here, expected one of smfs upfs" },
	{ SMF UPF "smf { }\n", "section 3, with a name of 3 octets, is not known here: "
	  "'smfs' is" },
	{ SMF UPF "port = 0\n", "port: expected a number from 1 to 65535" },
	{ SMF UPF "port = 88o5\n", "port: expected" },
	{ SMF UPF "port = -1\n", "port: expected" },
	{ SMF UPF "key_type = 32767\n", "key_type: expected" },
	{ SMF UPF "key_type = 32770\n", "answer_type: is key_type, too" },
	{ SMF UPF "enterprise = 65536\n", "enterprise: expected" },
	{ SMF UPF "patience = 2001\n", "patience: expected" },
	{ SMF UPF "max_sessions = 0\n", "max_sessions: expected" },
	{ SMF UPF "smf_sessions = 0\n", "smf_sessions: expected" },
	{ SMF UPF "smf_rate = 0\n", "smf_rate: expected" },
	{ SMF UPF "smf_exchanges = 0\n", "smf_exchanges: expected" },
	{ SMF UPF "smf_responses = 131071\n", "smf_responses: expected" },
	{ SMF UPF "smf_changes = x\n", "smf_changes: expected" },
	{ SMF UPF "keys_in_clear = maybe\n", "keys_in_clear: expected yes or no" },
	{ SMF UPF "smfs { a { key_file = key\n } }\n", "smfs.a.key_file: expected" },
	{ SMF UPF "smfs { a { key_file = /nonexistent\n } }\n",
	  "smfs.a.key_file: No such file" },
	{ SMF UPF "upfs { u { key_file = /x\n } }\n", "upfs.u: setting 3, with a name of "
	  "8 octets, is not known here, expected one of address relay socket" },
	{ SMF UPF "smfs { " ASTRAY " = y }\n", "smfs: setting 1, with a name of 12 "
	  "octets, is not known here, expected none" },
	{ SMF UPF "smfs { nodes = y }\n", "smfs: setting 1, with a name of 5 octets" },
	{ SMF UPF "smfs { a { socket = /x\n } }\n", "smfs.a: setting 3, with a name of "
	  "6 octets, is not known" },
	{ UPF NODE_IN("smfs", "a", "relay = 127.0.0.11"),
	  "smfs.a.address: is missing" },
	{ UPF NODE_IN("smfs", "a", "address = 192.0.2.1"),
	  "smfs.a.relay: is missing" },
	{ UPF NODE_IN("smfs", LONG, "address = 192.0.2.1\nrelay = 127.0.0.11"),
	  "smfs: section 1, with a name of 45 octets, expected up to 44" },
	{ SMF UPF "smfs { a { address = 192.0.2\n } }\n", "smfs.a.address: expected" },
	{ SMF UPF "smfs { a { address = 0.0.0.0\n } }\n", "smfs.a.address: expected" },
	{ SMF UPF "smfs { a { address = 224.0.0.1\n } }\n", "smfs.a.address: exp" },
	{ SMF UPF "smfs { a { address = ff02::1\n } }\n", "smfs.a.address: expected" },
	{ SMF UPF "smfs { a { address = smf.example\n } }\n", "smfs.a.address: exp" },
	{ SMF UPF "upfs { u { socket = charon.kupf\n } }\n", "upfs.u.socket: exp" },
	/* who is who */
	{ SMF UPF NODE_IN("smfs", "b", "address = 192.0.2.1\nrelay = 127.0.0.12"),
	  "smfs.b.address: is that of a" },
	{ SMF UPF NODE_IN("smfs", "b", "address = 192.0.2.3\nrelay = 127.0.0.11"),
	  "smfs.b.relay: is that of a" },
	{ SMF UPF NODE_IN("upfs", "v", "address = 127.0.0.3\nrelay = 192.0.2.8"),
	  "upfs.v.socket: is that of u" },
	{ SMF UPF "smfs { a { address = 127.0.0.2\n } }\n", "is that of UPF u" },
	{ SMF UPF "smfs { a { address = 2001:db8::1\n } }\n",
	  "upfs.u.relay: is not of the IP version of smfs.a.address" },
	{ SMF UPF "upfs { u { address = 2001:db8::1\n } }\n",
	  "smfs.a.relay: is not of the IP version of upfs.u.address" },
	{ SMF UPF "smfs { a { address = 192.0.2.7\n } }\n",
	  "smfs.a.address: is one of the relay's" },
	{ SMF UPF "upfs { u { address = 127.0.0.11\n } }\n",
	  "upfs.u.address: is one of the relay's" },
	{ SMF UPF "}", "syntax error" },
};

START_TEST(test_wrong)
{
	ck_assert_msg(!read_text(wrong[_i].text), "taken: %s", wrong[_i].text);
	ck_assert_msg(strstr(said, wrong[_i].told), "said: %s", said);
	/* nor may what is not known be a key */
	ck_assert_ptr_null(strstr(said, ASTRAY));
	ck_assert_ptr_null(strstr(said, LONG));
}
END_TEST

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1D1E1F"

/** Files with a key: what is in them, their mode, a word about what is wrong */
static const struct {
	const char *content;
	mode_t mode;
	const char *wrong;
} key_files[] = {
	{ "0x" DIGITS "\n", 0600, NULL },
	{ DIGITS, 0400, NULL },
	{ DIGITS "\n", 0640, "mode 0600" },
	{ DIGITS "\n", 0604, "mode 0600" },
	{ DIGITS "\n", 0620, "mode 0600" },
	{ "", 0600, "64 hexadecimal digits" },
	{ "0x\n", 0600, "64 hexadecimal digits" },
	{ DIGITS "0\n", 0600, "64 hexadecimal digits" },
	{ DIGITS "\n\n", 0600, "64 hexadecimal digits" },
	{ "g" DIGITS, 0600, "64 hexadecimal digits" },
	{ "0x0" DIGITS, 0600, "64 hexadecimal digits" },
	{ DIGITS DIGITS, 0600, "64 hexadecimal digits" },
	{ "0g0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  0600, "64 hexadecimal digits" },
};

START_TEST(test_key_file)
{
	uint8_t key[KUPF_N4_WRAPPING_KEY];
	FILE *file = fopen(test_path("key"), "w");
	char text[512], smf[256];
	const char *problem;
	int i;

	ck_assert_int_ge(fputs(key_files[_i].content, file), 0);
	fclose(file);
	ck_assert_int_eq(chmod(test_path("key"), key_files[_i].mode), 0);
	problem = relay_key_read(test_path("key"), key);
	/* the configuration says it, with the name of the setting */
	snprintf(smf, sizeof(smf), "smfs {\n a {\n key_file = %s\n }\n}\n",
			 test_path("key"));
	snprintf(text, sizeof(text), "%s%s%s", SMF, UPF, smf);
	ck_assert(read_text(text) == !key_files[_i].wrong);
	if (key_files[_i].wrong)
	{
		ck_assert_ptr_nonnull(problem);
		ck_assert_ptr_nonnull(strstr(problem, key_files[_i].wrong));
		ck_assert_ptr_nonnull(strstr(said, "smfs.a.key_file: "));
		ck_assert_ptr_nonnull(strstr(said, key_files[_i].wrong));
		return;
	}
	ck_assert_ptr_null(problem);
	for (i = 0; i < KUPF_N4_WRAPPING_KEY; i++)
	{
		ck_assert_int_eq(key[i], i);
	}
	ck_assert_str_eq(config.smfs[0].key_file, test_path("key"));
}
END_TEST

START_TEST(test_no_key_file)
{
	uint8_t key[KUPF_N4_WRAPPING_KEY];

	ck_assert_str_eq(relay_key_read(test_path("none"), key),
					 "No such file or directory");
	ck_assert_int_eq(chmod(test_path("."), 0700), 0);
	ck_assert_str_eq(relay_key_read(test_path("."), key), "is no file");
	ck_assert_int_eq(mkfifo(test_path("fifo"), 0600), 0);
	ck_assert_str_eq(relay_key_read(test_path("fifo"), key), "is no file");
}
END_TEST

START_TEST(test_no_file)
{
	said[0] = '\0';
	ck_assert(!relay_config_read(&config, test_path("none"), complain));
	ck_assert_ptr_nonnull(strstr(said, "No such file"));
}
END_TEST

/** Messages, what is in the place of nodes' addresses, and what becomes of it */
static const struct {
	const char *address, *from, *to;
} rewritten[] = {
	{ "192.0.2.7", NODE "0039 000d 02 0000000000000007 c0000201",
	  "003c 0005 00c0000207 0039 000d 02 0000000000000007 c0000207" },
	{ "2001:db8::7", NODE "0039 000d 02 0000000000000007 c0000201 1234 0000",
	  "003c 0011 01 20010db8000000000000000000000007 "
	  "0039 0019 01 0000000000000007 20010db8000000000000000000000007 "
	  "1234 0000" },
	{ "192.0.2.7", "003c 0011 01 20010db8000000000000000000000001 "
	  "0039 001d 03 0000000000000007 c0000201 20010db8000000000000000000000001",
	  "003c 0005 00c0000207 0039 000d 02 0000000000000007 c0000207" },
	/* a name */
	{ "192.0.2.7", "003c 0004 02 03 7570", "003c 0005 00c0000207" },
	/* what cannot be one stays, and so do time stamps and what is within */
	{ "192.0.2.7", "003c 0000 0039 0003 020000 0060 0004 00000001 "
	  "0001 0009 003c 0005 00c0000201",
	  "003c 0000 0039 0003 020000 0060 0004 00000001 "
	  "0001 0009 003c 0005 00c0000201" },
};

START_TEST(test_rewrite)
{
	test_pfcp_t from = test_pfcp(50, 7, 1, rewritten[_i].from);
	test_pfcp_t to = test_pfcp(50, 7, 1, rewritten[_i].to);
	relay_rewrite_t rewrite = {};
	uint8_t buf[512];
	n4_out_t out = { .buf = buf, .room = sizeof(buf) };

	ck_assert(relay_address_read(&rewrite.address, rewritten[_i].address));
	ck_assert(relay_rewrite(&rewrite, test_pfcp_octets(&from), &out));
	ck_assert_uint_eq(out.len, to.len);
	ck_assert(!memcmp(buf, to.buf, to.len));
}
END_TEST

/**
 * What becomes of a time stamp.
 */
static uint32_t shifted(relay_rewrite_t *rewrite, const char *stamp)
{
	char ies[32];
	test_pfcp_t from;
	uint8_t buf[64];
	n4_out_t out = { .buf = buf, .room = sizeof(buf) };

	snprintf(ies, sizeof(ies), "0060 0004 %s", stamp);
	from = test_pfcp(2, NO_SEID, 1, ies);
	ck_assert(relay_rewrite(rewrite, test_pfcp_octets(&from), &out));
	ck_assert_uint_eq(out.len, from.len);
	return n4_number(buf + out.len - 4, 4);
}

/*
 * A UPF that has started anew has another time stamp, and so has each when the
 * relay has.
 */
START_TEST(test_time_stamps)
{
	relay_rewrite_t first = { .shifts = true, .start = 1000 };
	relay_rewrite_t second = { .shifts = true, .start = 0xffffffff };

	ck_assert_uint_eq(shifted(&first, "00000010"), 1000);
	ck_assert_uint_eq(shifted(&first, "00000010"), 1000);
	ck_assert_uint_eq(shifted(&first, "00000011"), 1001);
	ck_assert_uint_eq(shifted(&first, "00000001"), 985);
	ck_assert_uint_eq(shifted(&second, "00000010"), 0xffffffff);
	ck_assert_uint_eq(shifted(&second, "00000012"), 1);
}
END_TEST

START_TEST(test_ports)
{
	static relay_ports_t ports;
	uint32_t i;

	ck_assert_uint_eq(relay_ports_get(&ports, 0, 8805), 8805);
	relay_ports_put(&ports, 0, 1);
	relay_ports_put(&ports, 7, 2);
	ck_assert_uint_eq(relay_ports_get(&ports, 0, 8805), 1);
	ck_assert_uint_eq(relay_ports_get(&ports, 7, 8805), 2);
	ck_assert_uint_eq(relay_ports_get(&ports, 7 + RELAY_PORTS, 8805), 8805);
	for (i = 0; i < 2 * RELAY_PORTS; i++)
	{
		relay_ports_put(&ports, i, 3);
	}
	ck_assert_uint_eq(relay_ports_get(&ports, 7, 8805), 8805);
}
END_TEST

int main()
{
	Suite *suite = suite_create("relay");
	TCase *tcase;

	tcase = tcase_create("config");
	tcase_add_checked_fixture(tcase, test_dir_create, test_dir_remove);
	tcase_add_test(tcase, test_defaults);
	tcase_add_test(tcase, test_everything);
	tcase_add_loop_test(tcase, test_wrong, 0, countof(wrong));
	tcase_add_test(tcase, test_no_file);
	tcase_add_loop_test(tcase, test_key_file, 0, countof(key_files));
	tcase_add_test(tcase, test_no_key_file);
	suite_add_tcase(suite, tcase);

	tcase = tcase_create("messages");
	tcase_add_loop_test(tcase, test_rewrite, 0, countof(rewritten));
	tcase_add_test(tcase, test_time_stamps);
	tcase_add_test(tcase, test_ports);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
