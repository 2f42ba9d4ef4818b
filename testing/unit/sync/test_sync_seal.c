/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Records: nobody without the key opens one, nothing of one can be changed, and none
 * is of use under another name; keys come from a file that others cannot read.
 */

#include "sync/sync_seal.h"
#include "test_runner.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_1 \
	"0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define HEX_2 \
	"0xa1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0"

/** What is sealed */
#define PLAIN "thirty-two octets that are a key"

static const wire_octets_t name = { (const uint8_t*)"imsi-1", 6 };

/**
 * Write a file of keys.
 */
static char *write_keys(const char *text, mode_t mode)
{
	static char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s", test_path("keys"));
	unlink(path);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	ck_assert_int_eq(chmod(path, mode), 0);
	return path;
}

static void read_keys(sync_keys_t *keys, const char *text)
{
	char error[256] = "";

	ck_assert_msg(sync_keys_read(keys, write_keys(text, 0600), error,
								 sizeof(error)), "%s", error);
}

static size_t seal(const sync_keys_t *keys, uint8_t *record)
{
	sync_header_t header = { .kind = SYNC_SESSION, .generation = 77 };
	size_t len;

	ck_assert(sync_seal(keys, "main", name, &header, wire_text(PLAIN), record,
						&len));
	ck_assert_uint_eq(len, strlen(PLAIN) + SYNC_SEAL_EXTRA);
	return len;
}

static sync_seal_status_t open_as(const sync_keys_t *keys, const char *group,
								  wire_octets_t session, const uint8_t *record,
								  size_t len)
{
	uint8_t plain[SYNC_RECORD_MAX];
	sync_seal_status_t status;
	sync_header_t header;
	size_t plain_len = 0;

	status = sync_open(keys, group, session, wire_octets(record, len), &header,
					   plain, &plain_len);
	if (status == SYNC_OPENED)
	{
		ck_assert_int_eq(header.kind, SYNC_SESSION);
		ck_assert_uint_eq(header.generation, 77);
		ck_assert(wire_equals(wire_octets(plain, plain_len), PLAIN));
	}
	else if (status == SYNC_FORGED && plain_len >= strlen(PLAIN))
	{	/* nothing of it is left */
		ck_assert(memcmp(plain, PLAIN, strlen(PLAIN)));
	}
	return status;
}

static sync_seal_status_t open_record(const sync_keys_t *keys,
									  const uint8_t *record, size_t len)
{
	return open_as(keys, "main", name, record, len);
}

START_TEST(test_open)
{
	uint8_t record[SYNC_RECORD_MAX], other[SYNC_RECORD_MAX];
	sync_keys_t keys;
	size_t len, i;

	read_keys(&keys, "7 " HEX_1 "\n");
	len = seal(&keys, record);
	ck_assert_int_eq(open_record(&keys, record, len), SYNC_OPENED);
	/* the key is not in it, and no two are the same */
	ck_assert_ptr_null(memmem(record, len, PLAIN, 8));
	seal(&keys, other);
	ck_assert(memcmp(record + 12, other + 12, 12));
	ck_assert(memcmp(record + 24, other + 24, len - 24));
	/* for nobody else */
	ck_assert_int_eq(open_as(&keys, "other", name, record, len), SYNC_FORGED);
	ck_assert_int_eq(open_as(&keys, "main", wire_text("imsi-2"), record, len),
					 SYNC_FORGED);
	/* group and session are kept apart */
	ck_assert_int_eq(open_as(&keys, "mainimsi", wire_text("-1"), record, len),
					 SYNC_FORGED);
	for (i = 0; i < len; i++)
	{
		record[i] ^= 1;
		ck_assert_int_ne(open_record(&keys, record, len), SYNC_OPENED);
		record[i] ^= 1;
		ck_assert_int_ne(open_record(&keys, record, i), SYNC_OPENED);
	}
	ck_assert_int_eq(open_record(&keys, record, len), SYNC_OPENED);
	record[len] = 0;
	ck_assert_int_eq(open_record(&keys, record, len + 1), SYNC_FORGED);
	ck_assert_int_eq(open_record(&keys, record, SYNC_SEAL_EXTRA - 1),
					 SYNC_MALFORMED);
	sync_keys_wipe(&keys);
}
END_TEST

START_TEST(test_header)
{
	uint8_t record[SYNC_RECORD_MAX];
	sync_header_t header;
	sync_keys_t keys;
	size_t len;

	read_keys(&keys, "258 " HEX_1 "\n");
	len = seal(&keys, record);
	ck_assert(sync_seal_header(wire_octets(record, len), &header));
	ck_assert_uint_eq(header.key, 258);
	ck_assert_uint_eq(header.generation, 77);
	/* writers of other languages count on that */
	ck_assert(!memcmp(record, "\x4b\1\1\0\0\0\1\2\0\0\0\x4d", 12));
	record[1] = 2;
	ck_assert(!sync_seal_header(wire_octets(record, len), &header));
	record[1] = 1;
	record[2] = 3;
	ck_assert(!sync_seal_header(wire_octets(record, len), &header));
	sync_keys_wipe(&keys);
}
END_TEST

/* the new key seals, both open, until the old one is taken out */
START_TEST(test_rotation)
{
	uint8_t old[SYNC_RECORD_MAX], new[SYNC_RECORD_MAX];
	sync_keys_t before, both, after;
	sync_header_t header;
	size_t len;

	read_keys(&before, "1 " HEX_1 "\n");
	read_keys(&both, "# the new one\n2 " HEX_2 "\n\n1 " HEX_1 " # old\n");
	read_keys(&after, "2 " HEX_2);
	len = seal(&before, old);
	seal(&both, new);
	ck_assert(sync_seal_header(wire_octets(new, len), &header));
	ck_assert_uint_eq(header.key, 2);
	ck_assert_int_eq(open_record(&both, old, len), SYNC_OPENED);
	ck_assert_int_eq(open_record(&both, new, len), SYNC_OPENED);
	ck_assert_int_eq(open_record(&after, new, len), SYNC_OPENED);
	ck_assert_int_eq(open_record(&after, old, len), SYNC_NO_KEY);
	ck_assert_int_eq(open_record(&before, new, len), SYNC_NO_KEY);
	/* another key of the same number */
	read_keys(&after, "1 " HEX_2 "\n");
	ck_assert_int_eq(open_record(&after, old, len), SYNC_FORGED);
}
END_TEST

/** Files of keys that are wrong, and what is said */
static const struct {
	const char *text;
	mode_t mode;
	const char *error;
} wrong[] = {
	{ "1 " HEX_1 "\n", 0640, "expected mode 0600" },
	{ "1 " HEX_1 "\n", 0602, "expected mode 0600" },
	{ "", 0600, "has no key" },
	{ "# 1 " HEX_1 "\n", 0600, "has no key" },
	{ HEX_1 "\n", 0600, "line 1: expected a number" },
	{ "0 " HEX_1 "\n", 0600, "line 1: expected a number" },
	{ "4294967296 " HEX_1 "\n", 0600, "line 1: expected a number" },
	{ "1\n", 0600, "line 1: expected a key" },
	{ "1 " HEX_1 "00\n", 0600, "line 1: expected a key" },
	{ "1 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fg0\n",
	  0600, "line 1: expected a key" },
	{ "1 " HEX_1 " 2\n", 0600, "line 1: expected a key" },
	{ "1 " HEX_1 "\n\n1 " HEX_2 "\n", 0600, "line 3: its number is that" },
	{ "1 " HEX_1 "\n2 " HEX_2 "\n3 " HEX_1 "\n", 0600, "line 3: expected two" },
};

START_TEST(test_wrong_keys)
{
	char error[256] = "";
	sync_keys_t keys, none = {};

	ck_assert(!sync_keys_read(&keys, write_keys(wrong[_i].text, wrong[_i].mode),
							  error, sizeof(error)));
	ck_assert_msg(strstr(error, wrong[_i].error), "%s", error);
	ck_assert_ptr_null(strstr(error, "0304"));
	ck_assert(!memcmp(&keys, &none, sizeof(keys)));
}
END_TEST

START_TEST(test_no_file)
{
	char error[256] = "";
	sync_keys_t keys;

	/* the path may be the key itself */
	ck_assert(!sync_keys_read(&keys, HEX_1, error, sizeof(error)));
	ck_assert_str_eq(error, strerror(ENOENT));
	ck_assert(!sync_keys_read(&keys, "/", error, sizeof(error)));
	ck_assert(strstr(error, "is no file"));
}
END_TEST

START_TEST(test_long)
{
	uint8_t record[SYNC_RECORD_MAX], plain[SYNC_RECORD_MAX] = {};
	sync_header_t header = { .kind = SYNC_TOMBSTONE, .generation = 1 };
	char session[SYNC_NAME_MAX + 2];
	sync_keys_t keys;
	size_t len, max = SYNC_RECORD_MAX - SYNC_SEAL_EXTRA;

	read_keys(&keys, "1 " HEX_1 "\n");
	ck_assert(sync_seal(&keys, "main", name, &header, wire_octets(plain, max),
						record, &len));
	ck_assert_uint_eq(len, SYNC_RECORD_MAX);
	ck_assert(!sync_seal(&keys, "main", name, &header,
						 wire_octets(plain, max + 1), record, &len));
	memset(session, 'x', sizeof(session));
	ck_assert(!sync_seal(&keys, "main", wire_octets(session, sizeof(session)),
						 &header, wire_octets(plain, 1), record, &len));
}
END_TEST

int main()
{
	Suite *s = suite_create("sync_seal");
	TCase *tc = tcase_create("sync_seal");

	tcase_add_checked_fixture(tc, test_dir_create, test_dir_remove);
	tcase_add_test(tc, test_open);
	tcase_add_test(tc, test_header);
	tcase_add_test(tc, test_rotation);
	tcase_add_loop_test(tc, test_wrong_keys, 0,
						sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, test_no_file);
	tcase_add_test(tc, test_long);
	suite_add_tcase(s, tc);
	return test_run(s);
}
