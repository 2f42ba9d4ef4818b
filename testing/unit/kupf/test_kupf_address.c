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
	static const uint8_t zero[18];
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
	ck_assert_uint_eq(sizeof(kupf_address_t), 18);
}
END_TEST

static kupf_address_t parse(char *text)
{
	kupf_address_t address;

	ck_assert(kupf_address_parse_any(chunk_from_str(text), &address));
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

/** Text of an address or a prefix, how it is printed; NULL if it is neither */
static struct {
	char *text;
	char *printed;
} prefixes[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "2001:db8::/64", "2001:db8::/64" },
	{ "2001:DB8:0:0:0:0:0:0/64", "2001:db8::/64" },
	{ "2001:db8:ffff:ffff::/64", "2001:db8:ffff:ffff::/64" },
	{ "ffff:ffff:ffff:ffff:0000:0000:0000:0000/64",
	  "ffff:ffff:ffff:ffff::/64" },
	/* something behind the prefix */
	{ "2001:db8::1/64", NULL },
	{ "2001:db8:0:0:8000::/64", NULL },
	/* the unspecified address and loopback are in it */
	{ "::/64", NULL },
	{ "2001:db8::/63", NULL },
	{ "2001:db8::/65", NULL },
	{ "2001:db8::/128", NULL },
	{ "2001:db8::/064", NULL },
	{ "2001:db8::/", NULL },
	{ "2001:db8::/ 64", NULL },
	{ "2001:db8::/64 ", NULL },
	{ "2001:db8::/64/64", NULL },
	{ "192.0.2.0/64", NULL },
	{ "/64", NULL },
	{ "64", NULL },
	{ "", NULL },
};

START_TEST(test_prefix_text)
{
	static const uint8_t zero[18];
	kupf_address_t address;
	char text[KUPF_ADDRESS_TEXT];
	chunk_t copy;

	copy = chunk_clone(chunk_from_str(prefixes[_i].text));
	memset(&address, 0xff, sizeof(address));
	ck_assert_int_eq(kupf_address_parse_any(copy, &address),
					 prefixes[_i].printed != NULL);
	chunk_free(&copy);
	if (prefixes[_i].printed)
	{
		ck_assert_str_eq(kupf_address_print(&address, text),
						 prefixes[_i].printed);
		return;
	}
	ck_assert(memeq(&address, zero, sizeof(address)));
}
END_TEST

START_TEST(test_prefix)
{
	kupf_address_t whole = parse("2001:db8:1:2::/64"), prefix, last;
	kupf_address_t first = parse("2001:db8:1:2::"), v4 = parse("32.1.13.184");
	char text[KUPF_ADDRESS_TEXT];
	char *outside[] = {
		"2001:db8:1:3::", "2001:db8:1:1:ffff:ffff:ffff:ffff",
		"2001:db8:1:3::/64", "32.1.13.184",
	};
	host_t *host;
	u_int i;

	last = parse("2001:db8:1:2:ffff:ffff:ffff:ffff");
	ck_assert(!kupf_address_equals(&whole, &first));
	ck_assert(kupf_address_contains(&whole, &whole));
	ck_assert(kupf_address_contains(&whole, &first));
	ck_assert(kupf_address_contains(&whole, &last));
	ck_assert(!kupf_address_contains(&first, &whole));
	ck_assert(!kupf_address_contains(&first, &last));
	ck_assert(kupf_address_contains(&v4, &v4));
	for (i = 0; i < countof(outside); i++)
	{
		prefix = parse(outside[i]);
		ck_assert(!kupf_address_contains(&whole, &prefix));
		ck_assert(!kupf_address_contains(&prefix, &whole));
	}
	ck_assert(kupf_address_get_prefix(&last, &prefix));
	ck_assert_str_eq(kupf_address_print(&prefix, text), "2001:db8:1:2::/64");
	ck_assert(!kupf_address_get_prefix(&whole, &prefix));
	ck_assert(!kupf_address_get_prefix(&v4, &prefix));
	/* no host is a prefix */
	host = kupf_address_to_host(&whole);
	ck_assert(kupf_address_is_host(&first, host));
	ck_assert(!kupf_address_is_host(&whole, host));
	host->destroy(host);
}
END_TEST

static Suite *kupf_address_suite()
{
	Suite *suite = suite_create("kupf_address");
	TCase *tc = test_case(suite, "addresses", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_text, 0, countof(texts));
	tcase_add_test(tc, test_nul);
	tcase_add_test(tc, test_equals);
	tcase_add_loop_test(tc, test_prefix_text, 0, countof(prefixes));
	tcase_add_test(tc, test_prefix);

	return suite;
}

int main(void)
{
	return test_run(kupf_address_suite());
}
