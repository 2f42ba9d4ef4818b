/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What may be in the file, and whose it may be.
 */

#include "kupf/keys/kupf_secret.h"
#include "kupf/protocol/kupf_preconfigured_file.h"
#include "test_kupf_preconfigured.h"
#include "test_support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_3 " key=0sS2V5LUtleS1LZXktS2V5LUtleS1LZXktS2V5LUtleS0="

START_TEST(test_good)
{
	kupf_session_t *session;
	kupf_session_data_t data;

	ck_assert_str_eq(load(
		"# pre-configured keys\n"
		"\n"
		"\r\n"
		"robot-1 ue-id=keyid:r1" KEY "\n"
		"  robot-2\tue-id=@#7232" KEY_2 " # the second\r\n"
		"robot-3" KEY_3 " upf-address=192.0.2.1 ue-id=fqdn:r3 "
			"ue-addresses=10.0.0.1,2001:db8::1 pdu-session-id=5 "
			"services=ike,mpquic dns=10.0.0.2 p-cscf=10.0.0.3,10.0.0.4 "
			"dnn=ims snssai=3"), "");
	ck_assert_uint_eq(count(upf.all), 3);
	ck_assert_uint_eq(count(upf.store), 0);
	ck_assert_str_eq(find("r1"), "robot-1");
	ck_assert_str_eq(find("r2"), "robot-2");
	ck_assert_str_eq(find("r3"), "-");
	session = upf.all->get(upf.all, "robot-3");
	kupf_session_get_data(session, &data);
	ck_assert(data.preconfigured);
	ck_assert_int_eq(data.id_type, ID_FQDN);
	ck_assert_uint_eq(data.key.len, 32);
	ck_assert_uint_eq(data.ue_address_count, 2);
	ck_assert_str_eq(data.dnn, "ims");
	ck_assert_str_eq(data.snssai, "3");
	ck_assert_uint_eq(data.dns_count, 1);
	ck_assert_uint_eq(data.p_cscf_count, 2);
	ck_assert_uint_eq(data.pdu_session_id, 5);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_IKE | KUPF_SERVICE_MPQUIC);
	ck_assert_uint_eq(data.upf_address.family, AF_INET);
	ck_assert_uint_eq(data.lifetime, 0);
	kupf_session_unref(session);
	session = upf.all->get(upf.all, "robot-2");
	ck_assert_uint_eq(kupf_session_get_key(session).len, 64);
	kupf_session_unref(session);
	ck_assert_uint_eq(upf.enforcer.established, 3);

	ck_assert_str_eq(load(""), "");
	ck_assert_uint_eq(count(upf.all), 0);
}
END_TEST

/** What is wrong with a second line, and what the message has to name */
static struct {
	char *line, *expected;
} wrong[] = {
	{ "b", "field 'ue-id' is missing" },
	{ "b ue-id=keyid:b", "field 'key' is missing" },
	{ "b" KEY, "field 'ue-id' is missing" },
	{ "b ue-id=keyid:b key=", "field 'key'" },
	{ "b ue-id=keyid:b key=0x" HEX "1", "field 'key'" },
	{ "b ue-id=keyid:b key=0x4b65", "field 'key'" },
	{ "b ue-id=keyid:b key=" HEX, "field 'key'" },
	/* one way to write keys is not for text */
	{ "b ue-id=keyid:b key=0123456789abcdef0123456789abcdef",
	  "field 'key': expected 0x<hex> or 0s<base64> of 32 to 64 octets" },
	{ "b ue-id=keyid:b key=0123456789abcdef",
	  "field 'key': expected 0x<hex> or 0s<base64> of 32 to 64 octets" },
	{ "b ue-id=keyid:b key=0x" HEX HEX "00", "field 'key'" },
	{ "b ue-id=keyid:b key=0x000000000000000000000000000000000000000000000000"
	  "0000000000000000", "field 'key'" },
	{ "b ue-id=b" KEY, "field 'ue-id'" },
	{ "b ue-id=keyid:b " HEX, "word 3, of 64 octets: expected field=value" },
	{ "b ue-id=keyid:b =" HEX, "word 3, with a name of 0 octets, is not known" },
	{ "b ue-id=keyid:b kye=0x" HEX,
	  "word 3, with a name of 3 octets, is not known here: 'key' is" },
	/* a blank cuts a key in two */
	{ "b ue-id=keyid:b key=0x" HEX " uQUJDQUJDQUI=",
	  "word 4, with a name of 12 octets, is not known" },
	{ "b ue-id=keyid:b" KEY " kamf=0x" HEX, "field 'kamf' is not known" },
	{ "b ue-id=keyid:b" KEY " lifetime=1", "field 'lifetime' is not known" },
	{ "b ue-id=keyid:b" KEY " session=c", "field 'session' is not known" },
	{ "b ue-id=keyid:b" KEY KEY, "field 'key' is there more than once" },
	{ "b ue-id=keyid:b" KEY " ue-addresses=1.1.1.1,1.1.1.1",
	  "field 'ue-addresses'" },
	{ "b ue-id=keyid:b" KEY " ue-addresses=", "field 'ue-addresses'" },
	{ "b ue-id=keyid:b" KEY " ue-addresses=10.0.0.1,", "field 'ue-addresses'" },
	{ "b ue-id=keyid:b" KEY " services=", "field 'services'" },
	{ "b ue-id=keyid:b" KEY " services=,ike", "field 'services'" },
	{ "b ue-id=keyid:b" KEY " services=sip", "field 'services'" },
	{ "b ue-id=keyid:b" KEY " psk-identity=x", "field 'psk-identity'" },
	{ "b ue-id=keyid:b" KEY " psk-identity=x services=ike,tls",
	  "field 'psk-identity'" },
	{ "b ue-id=keyid:b" KEY " psk-identity=0x services=tls",
	  "field 'psk-identity'" },
	{ "b ue-id=keyid:a" KEY, "field 'ue-id': an earlier line has it" },
	{ "a ue-id=keyid:b" KEY, "field 'session': an earlier line has it" },
	{ "b\x80 ue-id=keyid:b" KEY, "field 'session'" },
};

START_TEST(test_wrong)
{
	char text[1024], expected[128];
	const char *message;

	ck_assert_str_eq(load("old ue-id=keyid:o" KEY "\n"), "");
	snprintf(text, sizeof(text), "a ue-id=keyid:a" KEY "\n%s\nc ue-id=keyid:c"
			 KEY "\n", wrong[_i].line);
	message = load(text);
	snprintf(expected, sizeof(expected), "%s:2: ", test_path("keys"));
	ck_assert_msg(strpfx(message, expected), "%s", message);
	ck_assert_msg(strstr(message, wrong[_i].expected), "%s", message);
	ck_assert_ptr_null(strstr(message, "UJDQ"));
	/* as it was */
	ck_assert_str_eq(find("o"), "old");
	ck_assert_str_eq(find("a"), "-");
	ck_assert_uint_eq(count(upf.all), 1);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
}
END_TEST

START_TEST(test_long_line)
{
	char text[3 * KUPF_PRECONFIGURED_FILE_LINE];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_ptr_nonnull(strstr(load(text), ":1: expected a line of less"));
	/* as long as it may be */
	memset(text, ' ', sizeof(text));
	strcpy(text + KUPF_PRECONFIGURED_FILE_LINE - 1, "\na ue-id=keyid:a" KEY);
	ck_assert_str_eq(load(text), "");
	ck_assert_str_eq(find("a"), "a");
}
END_TEST

/**
 * Refuse the file as it is, and keep what there is.
 */
static void refuse(const char *expected)
{
	kupf_error_t error = {};

	ck_assert(!upf.preconfigured->load(upf.preconfigured, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FILE);
	ck_assert_msg(strstr(error.message, expected), "%s", error.message);
	ck_assert_str_eq(find("a"), "a");
}

START_TEST(test_file)
{
	mode_t modes[] = { 0604, 0602, 0620, 0610, 0666, 0601 };
	u_int i;

	ck_assert_str_eq(load("a ue-id=keyid:a" KEY), "");
	for (i = 0; i < countof(modes); i++)
	{
		ck_assert_int_eq(chmod(test_path("keys"), modes[i]), 0);
		refuse("mode 06");
	}
	/* charon's own group, but it is the owner and has no use for that */
	ck_assert_int_eq(chown(test_path("keys"), -1, getegid()), 0);
	ck_assert_int_eq(chmod(test_path("keys"), 0640), 0);
	refuse("mode 0640");
	if (geteuid() == 0)
	{
		ck_assert_int_eq(chown(test_path("keys"), -1, 65534), 0);
		refuse("mode 0640");
		ck_assert_int_eq(chmod(test_path("keys"), 0600), 0);
		ck_assert_int_eq(chown(test_path("keys"), 65534, -1), 0);
		refuse("to own it");
	}
	ck_assert_int_eq(unlink(test_path("keys")), 0);
	refuse("No such file");
	ck_assert_int_eq(mkdir(test_path("keys"), 0700), 0);
	refuse("regular file");
	ck_assert_int_eq(rmdir(test_path("keys")), 0);
	ck_assert_int_eq(mkfifo(test_path("keys"), 0600), 0);
	refuse("regular file");
	ck_assert_int_eq(unlink(test_path("keys")), 0);
	/* no file wanted any more */
	use_file(NULL);
	ck_assert(upf.preconfigured->load(upf.preconfigured,
									  &(kupf_error_t){}));
	ck_assert_uint_eq(count(upf.all), 0);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_DELETED);
}
END_TEST

START_TEST(test_reload)
{
	kupf_session_t *same, *session;
	uint32_t created;

	load("same ue-id=keyid:s" KEY "\nother ue-id=keyid:o" KEY "\n"
		 "gone ue-id=keyid:g" KEY);
	session = upf.all->get(upf.all, "other");
	created = kupf_session_get_created(session);
	kupf_session_unref(session);
	same = upf.all->get(upf.all, "same");
	sleep(1);
	load("new ue-id=keyid:g" KEY "\nother ue-id=keyid:o" KEY_2 "\n"
		 "same ue-id=keyid:s" KEY);
	session = upf.all->get(upf.all, "same");
	ck_assert_ptr_eq(session, same);
	kupf_session_unref(session);
	kupf_session_unref(same);
	session = upf.all->get(upf.all, "other");
	ck_assert_uint_eq(kupf_session_get_key(session).len, 64);
	ck_assert_uint_eq(kupf_session_get_generation(session), 2);
	ck_assert_uint_eq(kupf_session_get_created(session), created);
	ck_assert_uint_gt(kupf_session_get_modified(session), created);
	kupf_session_unref(session);
	ck_assert_str_eq(find("g"), "new");
	ck_assert(!has("gone"));
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	ck_assert_uint_eq(upf.enforcer.from, 1);
	ck_assert_uint_eq(upf.enforcer.to, 2);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_str_eq(upf.enforcer.name, "gone");
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_DELETED);
	ck_assert_uint_eq(upf.enforcer.established, 4);

	/* identities change hands, and only those */
	load("new ue-id=keyid:o" KEY "\nother ue-id=keyid:s" KEY_2 "\n"
		 "same ue-id=keyid:g" KEY);
	ck_assert_str_eq(find("o"), "new");
	ck_assert_str_eq(find("s"), "other");
	ck_assert_str_eq(find("g"), "same");
	ck_assert_uint_eq(count(upf.all), 3);
	ck_assert_uint_eq(upf.enforcer.replaced, 4);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	/* an address goes */
	load("new ue-id=keyid:o" KEY " upf-address=192.0.2.1");
	load("new ue-id=keyid:o" KEY);
	ck_assert_uint_eq(upf.enforcer.replaced, 6);
}
END_TEST

/**
 * Reads the file as a charon that is not root's.
 */
START_TEST(test_group)
{
	gid_t group = getegid();

	ck_assert_str_eq(load("a ue-id=keyid:a" KEY), "");
	if (geteuid() != 0)
	{
		return;
	}
	ck_assert_int_eq(chmod(test_path(""), 0711), 0);
	ck_assert_int_eq(chown(test_path("keys"), 0, 65534), 0);
	ck_assert_int_eq(setegid(65534), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	refuse("Permission denied");
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(test_path("keys"), 0640), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert(upf.preconfigured->load(upf.preconfigured,
									  &(kupf_error_t){}));
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(test_path("keys"), 0660), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	refuse("mode 0660");
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(group), 0);
}
END_TEST

START_TEST(test_limits)
{
	upf.preconfigured->set_file(upf.preconfigured, test_path("keys"), 2);
	ck_assert_str_eq(load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY), "");
	ck_assert_ptr_nonnull(strstr(load("a ue-id=keyid:a" KEY_2 "\n"
		"b ue-id=keyid:b" KEY "\nc ue-id=keyid:c" KEY), "keys:3: charon."));
	ck_assert_uint_eq(count(upf.all), 2);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
	use_file(test_path("keys"));
	/* a UE has no use for a session without an address */
	upf.enforcer.missing = "upf-address";
	ck_assert_ptr_nonnull(strstr(load("c ue-id=keyid:c" KEY),
						"session 'c': field 'upf-address' is missing"));
	ck_assert_str_eq(find("b"), "b");
	ck_assert_str_eq(find("c"), "-");
	ck_assert_uint_eq(upf.enforcer.closed, 0);
}
END_TEST

#ifdef TEST_SEARCH_MEMORY
/**
 * Write a file with the key to be looked for.
 */
static void write_key()
{
	static const char start[] = "a ue-id=keyid:a key=0x";
	size_t len = strlen(start);
	char *text;
	FILE *file;
	u_int i;

	write_file("");
	text = kupf_secret_alloc(256);
	strcpy(text, start);
	for (i = 0; i < 64; i++)
	{
		text[len++] = test_key_octet(i, TRUE);
	}
	file = fopen(test_path("keys"), "w");
	ck_assert_ptr_nonnull(file);
	setbuf(file, NULL);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	kupf_secret_free(text, 256);
}

START_TEST(test_key_in_memory)
{
	kupf_error_t error = {};

	/* once before: the dynamic linker saves registers on the stack when a
	 * function is called for the first time, with what happens to be in them */
	load("a ue-id=keyid:a" KEY);
	load("");
	write_key();
	ck_assert_uint_eq(test_search_memory(TRUE), 0);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
	ck_assert(upf.preconfigured->load(upf.preconfigured, &error));
	ck_assert_str_eq(find("a"), "a");
	/* in the session and nowhere else, then nowhere at all */
	ck_assert_uint_eq(test_search_memory(TRUE), 0);
	ck_assert_uint_eq(test_search_memory(FALSE), 1);
	load("");
	ck_assert_uint_eq(test_search_memory(TRUE), 0);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
}
END_TEST
#endif

void kupf_preconfigured_file_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "file", 0, test_dir_create, test_dir_remove);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_good);
	tcase_add_loop_test(tc, test_wrong, 0, countof(wrong));
	tcase_add_test(tc, test_long_line);
	tcase_add_test(tc, test_file);
	tcase_add_test(tc, test_reload);
	tcase_add_test(tc, test_group);
	tcase_add_test(tc, test_limits);
#ifdef TEST_SEARCH_MEMORY
	tcase_add_test(tc, test_key_in_memory);
#endif
}
