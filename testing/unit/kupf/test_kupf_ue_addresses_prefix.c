/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Prefixes that sessions have, beside addresses in them.
 */

#include "test_kupf_ue_addresses.h"
#include "test_support.h"

/* a prefix is of one UE, with all addresses in it */
START_TEST(test_prefix)
{
	kupf_session_t *a, *b, *c, *d;

	a = fed("a", "10.0.0.1 2001:db8:0:1::/64");
	b = fed("b", "2001:db8:0:1::/64");
	c = fed("c", "2001:db8:0:1:ffff:ffff:ffff:ffff");
	d = fed("d", "2001:db8::1 2001:db8:0:2::/64");
	ck_assert(take(a));
	ck_assert(!take(b));
	ck_assert(!take(c));
	ck_assert(take(d));
	check(4, 0);
	leave(a);
	ck_assert(take(c));
	check(3, 0);
	ck_assert(!take(b));
	leave(c);
	ck_assert(take(b));
	leave(b);
	leave(d);
	check(0, 0);
}
END_TEST

/* of several addresses in a prefix one is enough to keep it from others */
START_TEST(test_prefix_count)
{
	kupf_session_t *a, *b, *c, *d;

	a = fed("a", "2001:db8::1 2001:db8::2");
	b = fed("b", "2001:db8::3");
	c = fed("c", "2001:db8::/64");
	ck_assert(take(a));
	ck_assert(take(b));
	ck_assert(!take(c));
	leave(a);
	ck_assert(!take(c));
	leave(b);
	ck_assert(take(c));
	/* the UE itself may go from the prefix to an address in it */
	d = fed("c", "2001:db8::9");
	ck_assert(take(d));
	leave(c);
	check(1, 0);
	/* but not back, before it has given that */
	c = fed("c", "2001:db8::/64");
	ck_assert(!take(c));
	leave(d);
	ck_assert(take(c));
	leave(c);
	check(0, 0);
}
END_TEST

START_TEST(test_prefix_quarantine)
{
	kupf_session_t *a, *b, *c;

	a = fed("a", "2001:db8::/64");
	b = fed("b", "2001:db8::1");
	ck_assert(take(a));
	user = "a";
	leave(a);
	check(0, 1);
	ck_assert(!take(b));
	/* the same session has it back */
	a = fed("a", "2001:db8::/64");
	ck_assert(take(a));
	check(1, 0);
	leave(a);
	ck_assert(!take(b));
	user = NULL;
	ck_assert(take(b));
	check(1, 0);
	user = "b";
	leave(b);
	check(0, 1);
	c = fed("c", "2001:db8::/64");
	ck_assert(!take(c));
	user = NULL;
	addresses->reap(addresses);
	ck_assert(take(c));
	leave(c);
	check(0, 0);
}
END_TEST

/* lines of a file, and of the one before */
START_TEST(test_prefix_lines)
{
	kupf_ue_addresses_t *lines;
	kupf_session_t *whole, *one, *two;
	kupf_error_t error = {};

	whole = create("whole", ID_KEY_ID, "w", "2001:db8::/64", TRUE);
	one = create("one", ID_KEY_ID, "o", "2001:db8::1", TRUE);
	two = create("two", ID_KEY_ID, "t", "2001:db8::2", TRUE);
	lines = addresses->create_lines(addresses);
	ck_assert(lines->take(lines, one, &error));
	ck_assert(!lines->take(lines, whole, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_ADDRESS_IN_USE);
	lines->destroy(lines);

	/* in one step from whole to single ones */
	ck_assert(take(whole));
	ck_assert(!addresses->is_given(addresses, whole));
	ck_assert(take(one));
	ck_assert(take(two));
	ck_assert(addresses->is_given(addresses, whole));
	ck_assert(addresses->is_given(addresses, one));
	leave(whole);
	ck_assert(!addresses->is_given(addresses, one));
	leave(one);
	leave(two);
	check(0, 0);
}
END_TEST

void kupf_ue_addresses_prefix_case(Suite *suite)
{
	TCase *tc = test_case(suite, "prefix", 60, setup, teardown);

	tcase_add_test(tc, test_prefix);
	tcase_add_test(tc, test_prefix_count);
	tcase_add_test(tc, test_prefix_quarantine);
	tcase_add_test(tc, test_prefix_lines);
}
