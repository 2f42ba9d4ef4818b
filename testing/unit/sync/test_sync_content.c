/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Sessions as lines, as contents of records and as requests; the configuration; and
 * which of two UPFs keeps a tunnel.
 */

#include "sync/sync_config.h"
#include "sync/sync_content.h"
#include "sync/sync_tunnels.h"
#include "test_runner.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY \
	"0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define KEK "1 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\n"

/** Time of the tests, seconds since 1970 */
#define NOW 1800000000

/**
 * Parse a line that is right.
 */
static void parse(sync_line_t *line, char *text)
{
	char error[SYNC_ERROR_SIZE] = "";

	ck_assert_msg(sync_line_parse(line, text, NOW, error), "%s", error);
}

/**
 * Make a content of a line.
 */
static wire_octets_t make(const char *script, wire_octets_t old,
						  wire_writer_t *writer)
{
	char text[1024], error[SYNC_ERROR_SIZE] = "";
	wire_octets_t content;
	sync_line_t line;

	strcpy(text, script);
	parse(&line, text);
	wire_writer_init(writer, SYNC_RECORD_MAX);
	ck_assert_msg(sync_content_write(&line, old, writer, error), "%s", error);
	ck_assert(wire_writer_get(writer, &content));
	return content;
}

/**
 * Print a message: names and values, lists in brackets.
 */
static const char *print(wire_octets_t message)
{
	static char text[2048];
	wire_element_t element;
	wire_reader_t reader;
	size_t len = 0;

	text[0] = '\0';
	ck_assert(wire_reader_init(&reader, message));
	while (wire_reader_next(&reader, &element))
	{
		switch (element.type)
		{
			case WIRE_KEY_VALUE:
				len += sprintf(text + len, "%.*s=%.*s ", (int)element.name.len,
							   element.name.ptr, (int)element.value.len,
							   element.value.ptr);
				break;
			case WIRE_LIST_START:
				len += sprintf(text + len, "%.*s=[ ", (int)element.name.len,
							   element.name.ptr);
				break;
			case WIRE_LIST_ITEM:
				len += sprintf(text + len, "%.*s ", (int)element.value.len,
							   element.value.ptr);
				break;
			default:
				len += sprintf(text + len, "] ");
				break;
		}
	}
	return text;
}

START_TEST(test_line)
{
	wire_writer_t writer, changed, request;
	char id[SYNC_ID_SIZE];
	wire_octets_t content;
	uint64_t left;

	content = make("imsi-1 key=" KEY " ue-id=keyid:#616c696365 lifetime=100 "
				   "ue-addresses=10.0.0.1,2001:db8::1 dnn=internet "
				   "generation=7 # all", wire_octets(NULL, 0), &writer);
	ck_assert_str_eq(print(content), "key=" KEY " ue-id=keyid:alice "
					 "ue-addresses=[ 10.0.0.1 2001:db8::1 ] dnn=internet "
					 "expires=1800000100 ");
	ck_assert(sync_content_id(content, id));
	ck_assert_str_eq(id, "keyid:alice");
	ck_assert(sync_content_is_alive(content, NOW, &left));
	ck_assert_uint_eq(left, 100);
	ck_assert(sync_content_is_alive(content, NOW + 99, &left));
	ck_assert_uint_eq(left, 1);
	ck_assert(!sync_content_is_alive(content, NOW + 100, &left));

	/* what a modification leaves out stays */
	content = make("imsi-1 ue-addresses=10.0.0.2 expires=0", content, &changed);
	ck_assert_str_eq(print(content), "key=" KEY " ue-id=keyid:alice "
					 "dnn=internet ue-addresses=[ 10.0.0.2 ] ");
	ck_assert(sync_content_is_alive(content, UINT32_MAX, &left));
	ck_assert_uint_eq(left, 0);

	wire_writer_init(&request, SYNC_RECORD_MAX);
	ck_assert(sync_content_request(content, 9, 0, true, &request));
	ck_assert(wire_writer_get(&request, &content));
	/* what is not there is not left to chance */
	ck_assert_str_eq(print(content), "key=" KEY " ue-id=keyid:alice "
					 "dnn=internet ue-addresses=[ 10.0.0.2 ] dns=[ ] p-cscf=[ ] "
					 "services=[ ike ] generation=9 lifetime=0 replace=yes ");
	wire_writer_deinit(&writer);
	wire_writer_deinit(&changed);
	wire_writer_deinit(&request);
}
END_TEST

/** Lines that are wrong, and what is said */
static const struct {
	const char *line, *error;
} wrong_lines[] = {
	{ "s" "0123456789012345678901234567890123456789012345678901234567890123"
	  " key=" KEY, "field session" },
	{ "a key=" KEY " " KEY, "word 3: expected field=value" },
	{ "a key=", "word 2: expected field=value" },
	{ "a key=0x4b", "field key: expected" },
	{ "a key=0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4g",
	  "field key: expected" },
	{ "a ue-id=alice", "field ue-id: expected" },
	{ "a ue-id=email:*", "field ue-id: expected" },
	{ "a " KEY "=x", "word 2, with a name of 66 octets, is not known here" },
	{ "a uQUJDQUJDQUI=", "word 2: expected field=value" },
	{ "a uQUJDQUJDQUI==", "word 2, with a name of 12 octets, is not known here" },
	{ "a lifetme=1", "word 2, with a name of 7 octets, is not known here: "
	  "'lifetime' is" },
	{ "a dnn=x dnn=y", "field dnn: is given twice" },
	{ "a generation=0", "field generation: expected a number from 1" },
	{ "a generation=4294967295", "field generation: expected" },
	{ "a generation=4294967296", "field generation: expected" },
	{ "a generation=1 generation=2", "field generation: is given twice" },
	{ "a lifetime=315360001", "field lifetime: expected" },
	{ "a lifetime=1 expires=1", "field expires: expected one" },
	{ "a kamf=" KEY, "word 2, with a name of 4 octets, is not known here" },
};

START_TEST(test_wrong_line)
{
	char text[512], error[SYNC_ERROR_SIZE] = "";
	sync_line_t line;

	strcpy(text, wrong_lines[_i].line);
	ck_assert(!sync_line_parse(&line, text, NOW, error));
	ck_assert_msg(strstr(error, wrong_lines[_i].error), "%s", error);
	ck_assert_ptr_null(strstr(error, "4b4b"));
}
END_TEST

START_TEST(test_missing)
{
	const char *lines[] = { "a key=" KEY, "a ue-id=keyid:a" };
	const char *errors[] = { "field ue-id: is missing", "field key: is missing" };
	char text[512], error[SYNC_ERROR_SIZE] = "";
	wire_writer_t writer;
	sync_line_t line;

	strcpy(text, lines[_i]);
	parse(&line, text);
	wire_writer_init(&writer, 512);
	ck_assert(!sync_content_write(&line, wire_octets(NULL, 0), &writer, error));
	ck_assert_str_eq(error, errors[_i]);
	wire_writer_deinit(&writer);
	strcpy(text, " # nothing");
	parse(&line, text);
	ck_assert_ptr_null(line.session);
}
END_TEST

/* what was sealed may be anything */
START_TEST(test_malformed)
{
	static const char section[] = "\1\1a\2";
	char id[SYNC_ID_SIZE];
	wire_writer_t writer;
	uint64_t left;

	wire_writer_init(&writer, 512);
	ck_assert(!sync_content_request(wire_text("\1"), 1, 0, true, &writer));
	ck_assert(!sync_content_request(wire_octets(section, 4), 1, 0, true,
									&writer));
	ck_assert(!sync_content_id(wire_text("\7"), id));
	ck_assert(!sync_content_is_alive(wire_octets("\3\7expires\0\1x", 12), NOW,
									 &left));
	wire_writer_deinit(&writer);
}
END_TEST

/* both sides come to the same end, whatever the order */
START_TEST(test_tunnels)
{
	sync_tunnels_t *a = sync_tunnels_create("upf-a");
	sync_tunnels_t *b = sync_tunnels_create("upf-b");
	wire_octets_t session = wire_text("imsi-1");
	sync_tunnel_t *ours, *theirs;
	int64_t i;

	ck_assert_ptr_null(sync_tunnels_get(a, session));
	theirs = sync_tunnels_up(b, session, 1, 1000);
	for (i = 998; i <= 1002; i++)
	{
		ours = sync_tunnels_up(a, session, i, i);
		ck_assert_int_ne(sync_tunnels_is_older(a, ours, theirs->since, "upf-b"),
						 sync_tunnels_is_older(b, theirs, ours->since, "upf-a"));
		ck_assert_int_eq(sync_tunnels_is_older(a, ours, theirs->since, "upf-b"),
						 i <= 1000);
	}
	/* our own claim closes nothing */
	ck_assert(!sync_tunnels_is_older(a, ours, 5000, "upf-a"));
	/* the end of one that another one has taken the place of is nothing */
	ck_assert_uint_eq(ours->unique_id, 1002);
	sync_tunnels_down(a, session, 1001);
	ck_assert_ptr_eq(sync_tunnels_get(a, session), ours);
	ck_assert_uint_eq(sync_tunnels_count(a), 1);
	sync_tunnels_down(a, session, 1002);
	ck_assert_ptr_null(sync_tunnels_get(a, session));
	ck_assert_uint_eq(sync_tunnels_count(a), 0);
	sync_tunnels_destroy(a);
	sync_tunnels_destroy(b);
}
END_TEST

/** What was said about a configuration */
static char said[2048];

static void say(const char *text)
{
	strcat(strcat(said, text), "\n");
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(test_path(name), "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(test_path(name), mode), 0);
}

/**
 * Read a configuration, in which @ is the directory of the test.
 */
static bool read_config(sync_config_t *config, const char *text)
{
	char dir[256], path[512], all[2048] = "";
	const char *at;

	snprintf(dir, sizeof(dir), "%s", test_path(""));
	for (at = text; *at; at++)
	{
		strncat(all, *at == '@' ? dir : at, *at == '@' ? sizeof(dir) : 1);
	}
	write_file("conf", all, 0600);
	snprintf(path, sizeof(path), "%s", test_path("conf"));
	said[0] = '\0';
	return sync_config_read(config, path, say);
}

START_TEST(test_config)
{
	sync_config_t config;

	write_file("keys", KEK, 0600);
	write_file("password", "secret\n", 0400);
	ck_assert_msg(read_config(&config, "group = main\nupf = upf-1\n"
				  "key_file = @keys\nengine {\n  socket = unix:///run/redis\n}\n"),
				  "%s", said);
	ck_assert_str_eq(config.group, "main");
	ck_assert(!config.fetch);
	ck_assert_str_eq(config.engine_socket, "/run/redis");
	ck_assert_uint_eq(config.keys.count, 1);
	ck_assert_uint_eq(config.buckets, 4096);
	ck_assert_msg(read_config(&config, "group = main\nupf = upf-1\nmode = fetch\n"
				  "socket = /run/x\nkey_file = @keys\nbuckets = 7\nengine {\n"
				  "host = 192.0.2.1\nport = 7000\nuser = u\n"
				  "password_file = @password\n}\n"), "%s", said);
	ck_assert(config.fetch);
	ck_assert_str_eq(config.engine_password, "secret");
	ck_assert_uint_eq(config.engine_port, 7000);
	ck_assert_uint_eq(config.buckets, 7);
	sync_config_wipe(&config);
	ck_assert_str_eq(config.engine_password, "");
	ck_assert_uint_eq(config.keys.count, 0);
}
END_TEST

/** Half of a key in base64 */
#define ASTRAY "uQUJDQUJDQUI"

/** Everything that is wrong is said at once */
static const char *complaints[] = {
	"upf: is missing",
	"mode: expected 'all' or 'fetch', not 'some'",
	"group: expected 1 to 32 letters",
	"engine.host: expected either",
	"engine.port: expected a number from 1 to 65535, not '65536'",
	"engine.password_file: is missing, engine.user",
	"key_file: ",
	"others than its owner",
	"setting 3, with a name of 4 octets, is not known here: 'group' is, expected "
		"one of group upf",
	"engine: setting 5, with a name of 7 octets, is not known here, expected",
	"section 2, with a name of 6 octets, is not known here: 'engine' is",
	"section 3, with a name of 12 octets, is not known here, expected one of "
		"engine",
	"buckets: expected a number",
	"tombstones: expected a number",
	"socket: expected an absolute path",
};

START_TEST(test_wrong_config)
{
	sync_config_t config;
	u_int i;

	write_file("keys", KEK, 0644);
	ck_assert(!read_config(&config, "group = a b\nmode = some\ngrup = x\n"
						   "key_file = @keys\nbuckets = 0\ntombstones = x\n"
						   "socket = run\nengine {\n socket = /a\n host = b\n"
						   " port = 65536\n user = u\n pasword = hidden\n}\n"
						   "enigne {\n x = y\n}\n"
						   ASTRAY " {\n x = y\n}\n"));
	for (i = 0; i < countof(complaints); i++)
	{
		ck_assert_msg(strstr(said, complaints[i]), "no '%s' in %s",
					  complaints[i], said);
	}
	ck_assert_ptr_null(strstr(said, "hidden"));
	ck_assert_ptr_null(strstr(said, ASTRAY));
	ck_assert_ptr_null(strstr(said, "0102"));
	ck_assert(!sync_config_read(&config, test_path("none"), say));
	ck_assert(!read_config(&config, "group {\n"));
	ck_assert_ptr_nonnull(strstr(said, "syntax error"));
}
END_TEST

int main()
{
	Suite *s = suite_create("sync_content");
	TCase *tc = tcase_create("sync_content");

	tcase_add_checked_fixture(tc, test_dir_create, test_dir_remove);
	tcase_add_test(tc, test_line);
	tcase_add_loop_test(tc, test_wrong_line, 0, countof(wrong_lines));
	tcase_add_loop_test(tc, test_missing, 0, 2);
	tcase_add_test(tc, test_malformed);
	tcase_add_test(tc, test_tunnels);
	tcase_add_test(tc, test_config);
	tcase_add_test(tc, test_wrong_config);
	suite_add_tcase(s, tc);
	return test_run(s);
}
