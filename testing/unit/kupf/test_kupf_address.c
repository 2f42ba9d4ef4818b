/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Addresses: text both ways, and comparison.
 */

#include "kupf/store/kupf_address.h"
#include "test_runner.h"

/** Text, how it is printed; NULL if it is no address */
static struct {
	char *text;
	char *printed;
} texts[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "0.0.0.1", "0.0.0.1" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
	{ "::1", "::1" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "0.0.0.0", NULL },
	{ "::", NULL },
	{ "0:0::0", NULL },
	{ "", NULL },
	{ " ", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.1.", NULL },
	{ "192.0.2.1.1", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.-1", NULL },
	{ "0x7f.1", NULL },
	{ "127.1", NULL },
	{ "192.0.2.1/32", NULL },
	{ "192.0.2.1:500", NULL },
	{ "[2001:db8::1]", NULL },
	{ "fe80::1%lo", NULL },
	{ "2001:db8:::1", NULL },
	{ "2001:db8", NULL },
	{ " 192.0.2.1", NULL },
	{ "192.0.2.1 ", NULL },
	{ "localhost", NULL },
	{ "00000000000000000000000000000000000000000000000000192.0.2.1", NULL },
};

START_TEST(test_text)
{
	static const uint8_t zero[17];
	kupf_address_t address;
	char text[KUPF_ADDRESS_TEXT];
	chunk_t copy;

	/* with nothing behind its end */
	copy = chunk_clone(chunk_from_str(texts[_i].text));
	memset(&address, 0xff, sizeof(address));
	ck_assert_int_eq(kupf_address_parse(copy, &address),
					 texts[_i].printed != NULL);
	chunk_free(&copy);
	if (texts[_i].printed)
	{
		ck_assert_str_eq(kupf_address_print(&address, text),
						 texts[_i].printed);
		return;
	}
	ck_assert(memeq(&address, zero, sizeof(address)));
}
END_TEST

START_TEST(test_nul)
{
	kupf_address_t address;

	ck_assert(!kupf_address_parse(chunk_create("192.0.2.1\0", 10), &address));
	ck_assert(!kupf_address_parse(chunk_create("192.0.2.1\0junk", 14),
								  &address));
	ck_assert(kupf_address_parse(chunk_create("192.0.2.1junk", 9), &address));
	ck_assert_uint_eq(sizeof(kupf_address_t), 17);
}
END_TEST

static kupf_address_t parse(char *text)
{
	kupf_address_t address;

	ck_assert(kupf_address_parse(chunk_from_str(text), &address));
	return address;
}

START_TEST(test_equals)
{
	char *all[] = {
		"192.0.2.1", "192.0.2.2", "::c000:201", "c000:201::", "2001:db8::1",
	};
	kupf_address_t a, b;
	host_t *host;
	u_int i, j;

	for (i = 0; i < countof(all); i++)
	{
		for (j = 0; j < countof(all); j++)
		{
			a = parse(all[i]);
			b = parse(all[j]);
			ck_assert_int_eq(kupf_address_equals(&a, &b), i == j);
			/* whatever the port */
			host = host_create_from_string(all[j], 4500);
			ck_assert_int_eq(kupf_address_is_host(&a, host), i == j);
			host->destroy(host);
		}
		host = kupf_address_to_host(&a);
		ck_assert_uint_eq(host->get_port(host), 0);
		ck_assert(kupf_address_is_host(&a, host));
		host->destroy(host);
	}
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	ck_assert(kupf_address_equals(&a, &b));
	ck_assert_ptr_null(kupf_address_to_host(&a));
	host = host_create_any(AF_INET);
	ck_assert(!kupf_address_is_host(&a, host));
	host->destroy(host);
}
END_TEST

Suite *kupf_address_suite(void);

Suite *kupf_address_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_address");

	tc = tcase_create("addresses");
	tcase_add_loop_test(tc, test_text, 0, countof(texts));
	tcase_add_test(tc, test_nul);
	tcase_add_test(tc, test_equals);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_address_suite());
}
