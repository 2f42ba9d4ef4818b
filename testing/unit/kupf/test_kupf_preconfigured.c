/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Pre-configured keys: the file, what is wrong with it, reading it again, and
 * sessions that are fed over the socket on top of it.
 */

#include "kupf/protocol/kupf_preconfigured_file.h"
#include "kupf/store/kupf_overlay.h"
#include "kupf/keys/kupf_secret.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

#include <threading/thread.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** Keys, which no message may have */
#define HEX "4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d4b65792d"
#define KEY " key=0x" HEX
#define KEY_2 " key=0x" HEX HEX
#define KEY_3 " key=0sS2V5LUtleS1LZXktS2V5LUtleS1LZXktS2V5LUtleS0="

static test_upf_t upf;

static void write_file(const char *text)
{
	FILE *file;

	file = fopen(test_path("keys"), "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(test_path("keys"), 0600), 0);
}

static void use_file(const char *path)
{
	upf.preconfigured->set_file(upf.preconfigured, path, 0);
}

static void setup()
{
	test_upf_init(&upf, NULL, 0);
	use_file(test_path("keys"));
}

static void teardown()
{
	use_file(NULL);
	test_upf_deinit(&upf);
}

/**
 * Read a file; what is wrong with it, or "".
 */
static const char *load(const char *text)
{
	static kupf_error_t error;
	bool done;

	write_file(text);
	error = (kupf_error_t){};
	done = upf.preconfigured->load(upf.preconfigured, &error);
	ck_assert_int_eq(error.cause, done ? KUPF_CAUSE_NONE :
										 KUPF_CAUSE_INVALID_FILE);
	ck_assert_ptr_null(strstr(error.message, HEX));
	ck_assert_ptr_null(strstr(error.message, "S2V5"));
	return error.message;
}

/**
 * Whether there is a session of an identity of type ID_KEY_ID.
 */
static bool find_in(kupf_store_t *store, const char *id)
{
	kupf_session_t *session;

	session = store->find(store, ID_KEY_ID, chunk_from_str((char*)id));
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Name of the session of an identity of type ID_KEY_ID, "-" if there is none.
 */
static const char *find(const char *id)
{
	static char name[KUPF_SESSION_NAME_MAX + 1];
	kupf_session_t *session;

	session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str((char*)id));
	strcpy(name, session ? kupf_session_get_name(session) : "-");
	kupf_session_unref(session);
	return name;
}

static bool has(const char *name)
{
	kupf_session_t *session;

	session = upf.all->get(upf.all, name);
	kupf_session_unref(session);
	return session != NULL;
}

static u_int count(kupf_store_t *store)
{
	return store->get_count(store);
}

static void run(const char *expected, const char *name, const char *script)
{
	vici_message_t *reply;

	reply = test_execute(&upf, name, "%s", script);
	ck_assert_str_eq(test_value(reply, "cause"), expected);
	reply->destroy(reply);
}

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

#define FED " key=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

START_TEST(test_fed_wins)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY "\nc ue-id=keyid:c" KEY);
	/* by identity */
	run("", "establish-session", "session=x ue-id=keyid:a" FED);
	ck_assert_str_eq(find("a"), "x");
	ck_assert(!has("a"));
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_str_eq(upf.enforcer.name, "a");
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_SUPERSEDED);
	/* by name */
	run("", "establish-session", "session=b ue-id=keyid:y" FED);
	ck_assert_str_eq(find("y"), "b");
	ck_assert_str_eq(find("b"), "-");
	ck_assert_uint_eq(upf.enforcer.closed, 2);
	ck_assert_uint_eq(count(upf.all), 3);
	/* by modification */
	run("", "modify-session", "session=b ue-id=keyid:c");
	ck_assert_str_eq(find("c"), "b");
	ck_assert(!has("c"));
	ck_assert_str_eq(find("b"), "-");
	ck_assert_uint_eq(upf.enforcer.closed, 4);
	/* to read the file again does not change that */
	load("a ue-id=keyid:a" KEY_2 "\nb ue-id=keyid:b" KEY "\n"
		 "c ue-id=keyid:c" KEY);
	ck_assert_str_eq(find("a"), "x");
	ck_assert_str_eq(find("c"), "b");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	/* a client that does not know of them does not sweep them away */
	run("", "sync-begin", "");
	run("", "sync-end", "");
	ck_assert_uint_eq(count(upf.store), 0);
	ck_assert_str_eq(find("a"), "a");
	ck_assert_str_eq(find("b"), "b");
	ck_assert_str_eq(find("c"), "c");
	/* nor is it theirs to delete or modify */
	run("no-such-session", "delete-session", "session=a");
	run("no-such-session", "modify-session", "session=a lifetime=1");
}
END_TEST

START_TEST(test_changes_hidden)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	run("", "establish-session", "session=x ue-id=keyid:y" FED);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
	/* its new identity is a fed session's: its tunnels go */
	load("a ue-id=keyid:y" KEY "\nb ue-id=keyid:b" KEY);
	ck_assert_str_eq(find("y"), "x");
	ck_assert(!has("a"));
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_str_eq(upf.enforcer.name, "a");
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_SUPERSEDED);
	/* the same of a new one, which may have tunnels of an earlier one */
	load("a ue-id=keyid:y" KEY "\nx ue-id=keyid:b" KEY);
	ck_assert_uint_eq(upf.enforcer.closed, 3);
	ck_assert_str_eq(find("b"), "-");
	/* and back */
	load("a ue-id=keyid:a" KEY);
	ck_assert_str_eq(find("a"), "a");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
}
END_TEST

START_TEST(test_shown)
{
	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	ck_assert_uint_eq(upf.enforcer.established, 2);
	/* by deletion: the fed one came, two go back */
	run("", "establish-session", "session=a ue-id=keyid:b" FED);
	ck_assert_uint_eq(upf.enforcer.established, 3);
	run("", "delete-session", "session=a");
	ck_assert_uint_eq(upf.enforcer.established, 5);
	/* by modification: only the one that is not hidden any more */
	run("", "establish-session", "session=a ue-id=keyid:b" FED);
	run("", "modify-session", "session=a ue-id=keyid:z");
	ck_assert_uint_eq(upf.enforcer.established, 7);
	ck_assert_str_eq(find("b"), "b");
	ck_assert_str_eq(find("a"), "-");
	/* by its end */
	run("", "modify-session", "session=a lifetime=1");
	sleep(2);
	while (upf.sessions->expire(upf.sessions));
	ck_assert_uint_eq(upf.enforcer.established, 8);
	ck_assert_str_eq(find("a"), "a");
	/* none that was not hidden */
	run("", "establish-session", "session=z ue-id=keyid:z" FED);
	run("", "delete-session", "session=z");
	ck_assert_uint_eq(upf.enforcer.established, 9);
}
END_TEST

/* as charon compares them: another case of an FQDN is the same UE */
START_TEST(test_alike)
{
	load("a ue-id=fqdn:ue.example" KEY);
	run("", "establish-session", "session=x ue-id=fqdn:UE.example" FED);
	ck_assert_ptr_null(upf.all->find(upf.all, ID_FQDN,
									 chunk_from_str("ue.example")));
	ck_assert_ptr_null(upf.all->get(upf.all, "a"));
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_uint_eq(upf.enforcer.established, 2);
	/* and it is back */
	run("", "delete-session", "session=x");
	ck_assert_uint_eq(upf.enforcer.established, 3);
}
END_TEST

/** Session of a store that it is in or not, a bit for each time it is asked */
static kupf_session_t *comes_and_goes;
static u_int times;

static kupf_session_t *ask(bool same)
{
	bool there = times & 1;

	times >>= 1;
	return there && same ? kupf_session_ref(comes_and_goes) : NULL;
}

static kupf_session_t *ask_name(kupf_store_t *this, const char *name)
{
	return ask(streq(name, kupf_session_get_name(comes_and_goes)));
}

static kupf_session_t *ask_id(kupf_store_t *this, id_type_t type, chunk_t id)
{
	id_type_t other;

	return ask(chunk_equals(id, kupf_session_get_id(comes_and_goes, &other)));
}

/**
 * However often a session comes and goes during a lookup: it is found, or the
 * one that it hides.
 */
static void look_up_while_it_goes(const char *name, const char *id)
{
	kupf_store_t upper = {
		.get = ask_name,
		.find = ask_id,
		.find_alike = (void*)return_null,
	};
	kupf_store_t *lower, *overlay;
	kupf_session_t *session, *found;
	u_int i;

	lower = kupf_store_create(0, 0);
	session = test_session("a", ID_KEY_ID, "a", 0);
	lower->put(lower, session);
	kupf_session_unref(session);
	comes_and_goes = test_session(name, ID_KEY_ID, id, 0);
	overlay = kupf_overlay_create(&upper, lower);
	for (i = 0; i < 64; i++)
	{
		times = i;
		found = overlay->find(overlay, ID_KEY_ID, chunk_from_str("a"));
		ck_assert(found || !streq(id, "a"));
		kupf_session_unref(found);
		times = i;
		found = overlay->get(overlay, "a");
		ck_assert(found || !streq(name, "a"));
		kupf_session_unref(found);
	}
	overlay->destroy(overlay);
	kupf_session_unref(comes_and_goes);
	lower->destroy(lower);
}

START_TEST(test_comes_and_goes)
{
	look_up_while_it_goes("a", "a");
	look_up_while_it_goes("a", "other");
	look_up_while_it_goes("other", "a");
}
END_TEST

START_TEST(test_holds)
{
	kupf_session_t *session, *fed;

	load("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	session = upf.all->get(upf.all, "a");
	ck_assert(upf.all->holds(upf.all, session));
	/* hidden by its identity, by its name, and not any more */
	run("", "establish-session", "session=x ue-id=keyid:a" FED);
	ck_assert(!upf.all->holds(upf.all, session));
	fed = upf.all->get(upf.all, "x");
	ck_assert(upf.all->holds(upf.all, fed));
	run("", "modify-session", "session=x ue-id=keyid:x");
	ck_assert(upf.all->holds(upf.all, session));
	ck_assert(!upf.all->holds(upf.all, fed));
	run("", "establish-session", "session=a ue-id=keyid:y" FED);
	ck_assert(!upf.all->holds(upf.all, session));
	run("", "delete-session", "session=a");
	ck_assert(upf.all->holds(upf.all, session));
	load("b ue-id=keyid:b" KEY);
	ck_assert(!upf.all->holds(upf.all, session));
	kupf_session_unref(session);
	kupf_session_unref(fed);
}
END_TEST

/** Rounds of the threads */
#define ROUNDS 200

/** Whether the threads that look on go on */
static bool looking;

/** First expectation of a thread that was not met */
static const char *broken;

#define STRING(x) #x
#define LINE(x) STRING(x)
#define expect(condition) do { \
	if (!(condition)) \
	{ \
		cas_ptr(&broken, NULL, "line " LINE(__LINE__) ": " #condition); \
	} \
} while (0)

/**
 * Look up what stays, what changes, what comes and goes, and what is hidden at
 * times, as IKE_AUTH and the hooks do.
 */
static void *look_up(void *same)
{
	kupf_session_t *session;
	u_int generation = 0;

	while (__atomic_load_n(&looking, __ATOMIC_RELAXED))
	{
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("s"));
		expect(session == same);
		kupf_session_unref(session);
		session = upf.all->get(upf.all, "changes");
		expect(session);
		expect(session &&
			   kupf_session_get_generation(session) >= generation);
		generation = session ? kupf_session_get_generation(session) : 0;
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("c"));
		expect(session && streq(kupf_session_get_name(session), "changes"));
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("g"));
		expect(!session || streq(kupf_session_get_name(session), "goes"));
		kupf_session_unref(session);
		session = upf.all->find(upf.all, ID_KEY_ID, chunk_from_str("h"));
		expect(session && (streq(kupf_session_get_name(session), "hidden") ||
						   streq(kupf_session_get_name(session), "fed")));
		kupf_session_unref(session);
		count(upf.all);
	}
	return NULL;
}

/**
 * Feed a session that hides one, and take it back.
 */
static void *feed(void *unused)
{
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		run("", "establish-session", "session=fed ue-id=keyid:h" FED);
		run("", "delete-session", "session=fed");
	}
	return NULL;
}

/**
 * Read files as the reload of settings does.
 */
static void *reload(void *unused)
{
	static const char *more[] = {
		"changes ue-id=keyid:c" KEY "\ngoes ue-id=keyid:g" KEY "\n"
			"hidden ue-id=keyid:h" KEY,
		"changes ue-id=keyid:c" KEY_2 "\nhidden ue-id=keyid:h" KEY_2,
		/* identities that change hands */
		"changes ue-id=keyid:c" KEY "\nl ue-id=keyid:m" KEY "\n"
			"m ue-id=keyid:l" KEY "\nhidden ue-id=keyid:h" KEY,
		"changes ue-id=keyid:c" KEY "\nl ue-id=keyid:l" KEY "\n"
			"m ue-id=keyid:m" KEY "\nhidden ue-id=keyid:h" KEY_2 "\nbroken",
	};
	char text[1024];
	u_int i;

	for (i = 0; i < ROUNDS; i++)
	{
		snprintf(text, sizeof(text), "same ue-id=keyid:s" KEY "\n%s",
				 more[i % countof(more)]);
		load(text);
	}
	return NULL;
}

START_TEST(test_threads)
{
	thread_t *lookers[3], *feeder;
	kupf_session_t *same;
	u_int i;

	load("same ue-id=keyid:s" KEY "\nchanges ue-id=keyid:c" KEY "\n"
		 "hidden ue-id=keyid:h" KEY);
	same = upf.all->get(upf.all, "same");
	/* the test's one is for one thread */
	upf.enforcer.public.established = (void*)nop;
	upf.enforcer.public.replaced = (void*)nop;
	upf.enforcer.public.close = (void*)return_null;
	looking = TRUE;
	for (i = 0; i < countof(lookers); i++)
	{
		lookers[i] = thread_create(look_up, same);
	}
	feeder = thread_create(feed, NULL);
	reload(NULL);
	feeder->join(feeder);
	__atomic_store_n(&looking, FALSE, __ATOMIC_RELAXED);
	for (i = 0; i < countof(lookers); i++)
	{
		lookers[i]->join(lookers[i]);
	}
	ck_assert_msg(!broken, "%s", broken);
	kupf_session_unref(same);
	load("");
	ck_assert_uint_eq(count(upf.all), 0);
}
END_TEST

/** Threads that have a file read at the same time */
#define READERS 20

/** Files read, whether the first one may end, and threads that ask */
static u_int reads, askers;
static bool may_end;

/**
 * Read a file, the first one not before it may end.
 */
static bool read_slowly(const char *path, kupf_store_t *store,
						kupf_error_t *error)
{
	__atomic_add_fetch(&reads, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&may_end, __ATOMIC_RELAXED))
	{
		usleep(1000);
	}
	return kupf_error(error, KUPF_CAUSE_INVALID_FILE, "all of it");
}

/**
 * Have a file read; NULL if the answer is right.
 */
static void *have_read(void *preconfigured)
{
	kupf_preconfigured_t *this = preconfigured;
	kupf_error_t error = {};

	__atomic_add_fetch(&askers, 1, __ATOMIC_RELAXED);
	return this->load(this, &error) ||
		   error.cause != KUPF_CAUSE_INVALID_FILE ||
		   !streq(error.message, "all of it") ? "wrong" : NULL;
}

/* who asks while a file is read shares the next one with all others */
START_TEST(test_asked_together)
{
	kupf_preconfigured_t *preconfigured;
	thread_t *threads[READERS + 1];
	u_int i;

	reads = askers = 0;
	may_end = FALSE;
	preconfigured = kupf_preconfigured_create(upf.store, &upf.enforcer.public,
											  upf.addresses, read_slowly);
	preconfigured->set_file(preconfigured, "file", 0);
	for (i = 0; i < countof(threads); i++)
	{
		threads[i] = thread_create(have_read, preconfigured);
		while (!__atomic_load_n(&reads, __ATOMIC_RELAXED))
		{
			usleep(1000);
		}
	}
	while (__atomic_load_n(&askers, __ATOMIC_RELAXED) < countof(threads))
	{
		usleep(1000);
	}
	/* all have asked after that, but for those that have lost the processor */
	usleep(50000);
	ck_assert_uint_eq(__atomic_load_n(&reads, __ATOMIC_RELAXED), 1);
	__atomic_store_n(&may_end, TRUE, __ATOMIC_RELAXED);
	for (i = 0; i < countof(threads); i++)
	{
		ck_assert_ptr_null(threads[i]->join(threads[i]));
	}
	ck_assert_uint_ge(reads, 2);
	ck_assert_uint_le(reads, READERS / 2);
	preconfigured->destroy(preconfigured);
}
END_TEST

/** Lines that are renamed, and how often */
#define RENAMED 1000
#define RENAMINGS 30

/** Identities that were not there when they were looked up */
static u_int missed;

/**
 * Look identities up that are in the file whatever their lines are called.
 */
static void *look_for_all(void *data)
{
	uint32_t state = 1;
	char id[16];

	while (__atomic_load_n(&looking, __ATOMIC_RELAXED))
	{
		state = state * 1103515245 + 12345;
		snprintf(id, sizeof(id), "%u", (state >> 8) % RENAMED);
		if (find_in(upf.all, id))
		{
			continue;
		}
		__atomic_add_fetch(&missed, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

START_TEST(test_renamed)
{
	char *text = malloc(RENAMED * 128), *pos;
	thread_t *looker;
	u_int i, j;

	upf.enforcer.public.established = (void*)nop;
	upf.enforcer.public.replaced = (void*)nop;
	upf.enforcer.public.close = (void*)return_null;
	looking = TRUE;
	looker = NULL;
	for (i = 0; i < RENAMINGS; i++)
	{
		/* other names, the names of others, both */
		for (pos = text, j = 0; j < RENAMED; j++)
		{
			pos += sprintf(pos, "%c%u ue-id=keyid:%u" KEY "\n",
						   i / 2 % 2 ? 'a' : 'b',
						   i % 3 ? j : (j + i) % RENAMED, j);
		}
		ck_assert_str_eq(load(text), "");
		ck_assert_uint_eq(count(upf.all), RENAMED);
		looker = looker ?: thread_create(look_for_all, NULL);
	}
	__atomic_store_n(&looking, FALSE, __ATOMIC_RELAXED);
	looker->join(looker);
	ck_assert_uint_eq(missed, 0);
	free(text);
	load("");
	ck_assert_uint_eq(count(upf.all), 0);
}
END_TEST

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	/* it does not know either */
}

static void *wait_for_key(void *id)
{
	host_t *host = host_create_any(AF_INET);
	identification_t *ue = identification_create_from_encoding(ID_KEY_ID,
													chunk_from_str((char*)id));
	kupf_session_t *session;

	session = upf.fetch->get(upf.fetch, ue, host, host);
	ue->destroy(ue);
	host->destroy(host);
	return session;
}

START_TEST(test_awaited)
{
	kupf_subscriber_t smf = {
		.notify = _notify,
	};
	kupf_session_t *session;
	thread_t *ue;

	load("a ue-id=keyid:a" KEY);
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
	ue = thread_create(wait_for_key, "b");
	while (!test_counter("fetch-waiting"))
	{
		usleep(1000);
	}
	/* it comes with the file, before the wait is over */
	load("a ue-id=keyid:a" KEY "\nrobot ue-id=keyid:b" KEY);
	session = ue->join(ue);
	ck_assert_ptr_nonnull(session);
	ck_assert_str_eq(kupf_session_get_name(session), "robot");
	ck_assert_uint_eq(test_counter("fetch-answered"), 1);
	ck_assert_uint_eq(test_counter("fetch-timeouts"), 0);
	kupf_session_unref(session);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_KEY_REQUEST, &smf);
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

START_TEST(test_command)
{
	vici_message_t *reply;

	write_file("a ue-id=keyid:a" KEY "\nb ue-id=keyid:b" KEY);
	reply = test_execute(&upf, "reload-preconfigured", "");
	ck_assert_str_eq(test_value(reply, "keys"), "2");
	reply->destroy(reply);
	write_file("a ue-id=keyid:a" KEY "\nb");
	reply = test_execute(&upf, "reload-preconfigured", "");
	ck_assert_str_eq(test_value(reply, "cause"), "invalid-file");
	ck_assert_ptr_nonnull(strstr(test_value(reply, "errmsg"), "keys:2: field"));
	reply->destroy(reply);
	reply = test_execute(&upf, "stats", "");
	ck_assert_str_eq(test_value(reply, "preconfigured"), "2");
	ck_assert_str_eq(test_value(reply, "sessions"), "0");
	reply->destroy(reply);
}
END_TEST

/**
 * Check how many inner addresses sessions have, and are in quarantine.
 */
static void check_addresses(u_int held, u_int quarantined)
{
	uint64_t h, q;

	h = upf.addresses->get_count(upf.addresses, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

#define A "a ue-id=keyid:a" KEY " ue-addresses="
#define B "b ue-id=keyid:b" KEY " ue-addresses="
#define C "c ue-id=keyid:c" KEY " ue-addresses="
#define FED_KEY " key=0x" HEX

/* an inner address is of one fed session or of one line, or two */
START_TEST(test_ue_addresses)
{
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.2\n"), "");
	check_addresses(2, 0);
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.3\n" B "10.0.0.3\n"
									  C "10.0.0.3\n"), "'ue-addresses'"));
	check_addresses(2, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
	run("", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.4]" FED_KEY);
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.4\n"), "session 'a'"));
	check_addresses(3, 0);
	/* the session that a fed one hides is the same UE's */
	run("", "establish-session",
		"session=g ue-id=keyid:a ue-addresses=[10.0.0.1]" FED_KEY);
	run("address-in-use", "modify-session",
		"session=f ue-addresses=[10.0.0.1]");
	run("", "delete-session", "session=g");
	run("address-in-use", "modify-session",
		"session=f ue-addresses=[10.0.0.1]");
	ck_assert_str_eq(load(B "10.0.0.2\n"), "");
	run("", "modify-session", "session=f ue-addresses=[10.0.0.1]");
	check_addresses(2, 0);
}
END_TEST

/* lines exchange their addresses: tunnels that still have them go at once */
START_TEST(test_ue_addresses_exchanged)
{
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.2\n"), "");
	upf.enforcer.used = TRUE;
	ck_assert_str_eq(load(A "10.0.0.3\n" B "10.0.0.2\n"), "");
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);
	check_addresses(2, 1);
	ck_assert_str_eq(load(A "10.0.0.2\n" B "10.0.0.3\n"), "");
	ck_assert_uint_eq(upf.enforcer.replaced, 3);
	ck_assert_uint_eq(upf.enforcer.grace, 0);
	/* what has another name is of the same UE, but b's can use it, too */
	ck_assert_ptr_nonnull(strstr(load("c ue-id=keyid:a" KEY
									  " ue-addresses=10.0.0.2\n"),
								 "can use it still"));
	upf.enforcer.used = FALSE;
	ck_assert_str_eq(load("c ue-id=keyid:a" KEY " ue-addresses=10.0.0.2\n"),
					 "");
	upf.addresses->reap(upf.addresses);
	check_addresses(1, 0);
	/* the UPF's own */
	ck_assert_ptr_nonnull(strstr(load(A "10.0.0.2 upf-address=10.0.0.2\n"),
								 "is the UPF's"));
	check_addresses(1, 0);
}
END_TEST

/* the key of a UE is changed by a second line, which has its address, too */
START_TEST(test_ue_addresses_two_keys)
{
	ck_assert_str_eq(load(A "10.0.0.1\n"), "");
	ck_assert_str_eq(load(A "10.0.0.1\n" B "10.0.0.1\n"), "");
	check_addresses(2, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
	ck_assert_str_eq(load(B "10.0.0.1\n"), "");
	check_addresses(1, 0);
	run("address-in-use", "establish-session",
		"session=f ue-id=keyid:f ue-addresses=[10.0.0.1]" FED_KEY);
}
END_TEST

Suite *kupf_preconfigured_suite(void);

Suite *kupf_preconfigured_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_preconfigured");

	tc = tcase_create("file");
	tcase_add_checked_fixture(tc, test_dir_create, test_dir_remove);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_ue_addresses);
	tcase_add_test(tc, test_ue_addresses_exchanged);
	tcase_add_test(tc, test_ue_addresses_two_keys);
	tcase_add_test(tc, test_good);
	tcase_add_loop_test(tc, test_wrong, 0, countof(wrong));
	tcase_add_test(tc, test_long_line);
	tcase_add_test(tc, test_file);
	tcase_add_test(tc, test_reload);
	tcase_add_test(tc, test_group);
	tcase_add_test(tc, test_limits);
	tcase_add_test(tc, test_fed_wins);
	tcase_add_test(tc, test_changes_hidden);
	tcase_add_test(tc, test_shown);
	tcase_add_test(tc, test_alike);
	tcase_add_test(tc, test_comes_and_goes);
	tcase_add_test(tc, test_holds);
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_asked_together);
	tcase_add_test(tc, test_renamed);
	tcase_add_test(tc, test_awaited);
#ifdef TEST_SEARCH_MEMORY
	tcase_add_test(tc, test_key_in_memory);
#endif
	tcase_add_test(tc, test_command);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_preconfigured_suite());
}
