/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is a version of strongSwan in the bytes of a program, and what is not;
 * and whether this very program is found to be of a version.
 */

#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_runner.h"
#include "version.h"

#ifndef __SANITIZE_ADDRESS__
/**
 * What looks like strongSwan's daemons, and nothing else in here does.
 */
static const char *volatile daemon_text =
								"Starting IKE test daemon (strongSwan 4.9.12, %s)";
#endif

/**
 * Bytes of a program, the version that is expected, and what is found.
 */
static struct {
	char *data;
	size_t len;
	char *wanted;
	bool found;
	char *other;
} bytes[] = {
#define BYTES(text) text, sizeof(text) - 1
	/* strings of their own, as charon --version prints it */
	{ BYTES("%s\0005.9.8\0Linux"), "5.9.8", TRUE, "" },
	{ BYTES("%s\0006.1.0\0Linux"), "5.9.8", FALSE, "6.1.0" },
	{ BYTES("\0006.0\0"), "6.0", TRUE, "" },
	{ BYTES("\0006.1.0rc1\0"), "6.1.0rc1", TRUE, "" },
	{ BYTES("\0006.1.0rc1\0"), "6.1.0", FALSE, "6.1.0rc1" },
	{ BYTES("\0005.9.80\0"), "5.9.8", FALSE, "5.9.80" },
	{ BYTES("\0005.9.8\0"), "5.9.80", FALSE, "5.9.8" },
	/* in a longer string */
	{ BYTES("daemon (strongSwan 6.0.1, %s %s)"), "6.0.1", TRUE, "" },
	{ BYTES("daemon (strongSwan 6.0.1, %s %s)"), "5.9.8", FALSE, "6.0.1" },
	{ BYTES("strongSwan 6.0.1"), "6.0.1", TRUE, "" },
	{ BYTES("strongSwan 6.0.1."), "6.0.1", TRUE, "" },
	{ BYTES("weakSwan 6.0.1"), "6.0.1", FALSE, "" },
	/* the expected one need not come first */
	{ BYTES("\0001.2\0005.9.8\0"), "5.9.8", TRUE, NULL },
	/* not a version */
	{ BYTES(""), "5.9.8", FALSE, "" },
	{ BYTES("5.9.8"), "5.9.8", FALSE, "" },
	{ BYTES("\0005.9.8"), "5.9.8", FALSE, "" },
	{ BYTES("\000127.0.0.1\0"), "5.9.8", FALSE, "" },
	{ BYTES("\0005\0005.\0005..8\000.5.9.8\0"), "5.9.8", FALSE, "" },
	{ BYTES("\0005.9.8 and more\0"), "5.9.8", FALSE, "" },
	{ BYTES("\00012345678901234567890123456789012.5\0"), "5.9.8", FALSE, "" },
};

START_TEST(test_find)
{
	char other[VERSION_MAX], *copy;

	/* a copy of exactly this length, so that a sanitizer sees reads beyond */
	copy = malloc(bytes[_i].len + !bytes[_i].len);
	memcpy(copy, bytes[_i].data, bytes[_i].len);
	ck_assert_int_eq(version_find(copy, bytes[_i].len, bytes[_i].wanted, other),
					 bytes[_i].found);
	if (bytes[_i].other)
	{
		ck_assert_str_eq(other, bytes[_i].other);
	}
	free(copy);
}
END_TEST

START_TEST(test_truncated)
{
	char data[] = "\0006.0.1\0strongSwan 5.9.8", other[VERSION_MAX], *copy;
	size_t len;

	for (len = 0; len < sizeof(data); len++)
	{
		copy = malloc(len + !len);
		memcpy(copy, data, len);
		ck_assert(version_find(copy, len, "5.9.8", other) ==
				  (len >= sizeof(data) - 1));
		free(copy);
	}
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
/* (it looks at what is between variables, which the sanitizer forbids) */
START_TEST(test_fits)
{
	char wanted[VERSION_MAX];

	ck_assert(strstr(daemon_text, "strongSwan"));
	/* (each would be found if it were written here) */
	snprintf(wanted, sizeof(wanted), "4.9.%d", 12);
	ck_assert(version_fits("test", wanted));
	snprintf(wanted, sizeof(wanted), "4.9.%d", 13);
	ck_assert(!version_fits("test", wanted));
	snprintf(wanted, sizeof(wanted), "4.9.%d", 1);
	ck_assert(!version_fits("test", wanted));
}
END_TEST
#endif

static Suite *suite()
{
	Suite *s = suite_create("version");
	TCase *tc = tcase_create("version");

	tcase_add_loop_test(tc, test_find, 0, sizeof(bytes) / sizeof(bytes[0]));
	tcase_add_test(tc, test_truncated);
#ifndef __SANITIZE_ADDRESS__
	tcase_add_test(tc, test_fits);
#endif
	suite_add_tcase(s, tc);
	return s;
}

int main()
{
	return test_run_bare(suite());
}
