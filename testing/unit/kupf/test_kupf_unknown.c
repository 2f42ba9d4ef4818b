/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What errors say about names that are not known: never the name itself.
 */

#include "kupf/keys/kupf_unknown.h"
#include "test_runner.h"

/** Names that are known */
static const char *known[] = {
	"fc", "key", "kamf", "rand", "ue-id", "session", "lifetime", "upf-address",
	"ue-addresses", "pdu-session-id",
};

/** Names that are not, and those that were meant */
static struct {
	const char *name, *meant;
} names[] = {
	/* left out, too many, another one, exchanged */
	{ "ky", "key" },
	{ "keys", "key" },
	{ "kex", "key" },
	{ "kye", "key" },
	{ "Session", "session" },
	{ "sesion", "session" },
	{ "pdu-sesion-ids", "pdu-session-id" },
	/* as close to two: that which begins in the same way */
	{ "ue-address", "ue-addresses" },
	/* the closest, not the first */
	{ "upf-addresses", "upf-address" },
	/* too far */
	{ "", NULL },
	{ "dnn", NULL },
	{ "keyxx", NULL },
	{ "ssession-xx", NULL },
	{ "0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b", NULL },
	{ "uQUJDQUJDQUI", NULL },
};

static const char *describe(const char *name, char *buf, size_t size,
							u_int number)
{
	kupf_unknown_t unknown = { .name = name, .len = strlen(name) };
	u_int i;

	for (i = 0; i < countof(known); i++)
	{
		kupf_unknown_compare(&unknown, known[i]);
	}
	return kupf_unknown_print(&unknown, buf, size, "field", number);
}

START_TEST(test_names)
{
	char text[KUPF_UNKNOWN_SIZE], expected[KUPF_UNKNOWN_SIZE];
	const char *meant = names[_i].meant;

	snprintf(expected, sizeof(expected), "field 3, with a name of %zu octets, "
			 "is not known here%s%s%s", strlen(names[_i].name),
			 meant ? ": '" : "", meant ?: "", meant ? "' is" : "");
	ck_assert_str_eq(describe(names[_i].name, text, sizeof(text), 3), expected);
}
END_TEST

START_TEST(test_lengths)
{
	kupf_unknown_t unknown = { .name = "sessionX=key", .len = 8 };
	char text[KUPF_UNKNOWN_SIZE], name[512];
	size_t len;

	/* only so much of it is the name */
	kupf_unknown_compare(&unknown, "session");
	ck_assert_str_eq(kupf_unknown_print(&unknown, text, sizeof(text), "word",
										0), "word, with a name of 8 octets, is "
					 "not known here: 'session' is");
	/* nor is what stands behind the known one */
	unknown = (kupf_unknown_t){ .name = "prot", .len = 4 };
	kupf_unknown_compare_words(&unknown, "  pool port  rot prt");
	ck_assert_str_eq(kupf_unknown_print(&unknown, text, sizeof(text), "word",
										0), "word, with a name of 4 octets, is "
					 "not known here: 'prt' is");
	unknown = (kupf_unknown_t){ .name = "prot", .len = 4 };
	kupf_unknown_compare_words(&unknown, "pool prt port x");
	ck_assert_str_eq(kupf_unknown_print(&unknown, text, sizeof(text), "word",
										0), "word, with a name of 4 octets, is "
					 "not known here: 'prt' is");
	for (len = 0; len < sizeof(name); len++)
	{
		memset(name, 's', len);
		name[len] = '\0';
		ck_assert_uint_lt(strlen(describe(name, text, sizeof(text), UINT_MAX)),
						  sizeof(text) - 1);
	}
}
END_TEST

static Suite *kupf_unknown_suite()
{
	Suite *suite = suite_create("kupf_unknown");
	TCase *tc = test_case(suite, "unknown", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_names, 0, countof(names));
	tcase_add_test(tc, test_lengths);

	return suite;
}

int main(void)
{
	return test_run(kupf_unknown_suite());
}
