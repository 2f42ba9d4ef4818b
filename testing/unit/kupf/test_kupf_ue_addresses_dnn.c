/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inner addresses where each DNN has those of its own.
 */

#include "test_kupf_ue_addresses.h"

/* an address is of one session in each DNN, and in none at all */
START_TEST(test_dnn)
{
	kupf_session_t *a, *b, *none, *other, *upper;

	a = fed_in("internet", "a", "10.0.0.1 2001:db8::1");
	b = fed_in("ims", "b", "2001:db8::1 10.0.0.1");
	none = fed("none", "10.0.0.1");
	ck_assert(take(a));
	ck_assert(take(b));
	ck_assert(take(none));
	check(5, 0);
	ck_assert(!addresses->is_given(addresses, a));
	/* DNNs are the same in upper case; one that begins alike is another */
	upper = fed_in("INTERNET", "upper", "10.0.0.1");
	ck_assert(!take(upper));
	other = fed("other", "10.0.0.1");
	ck_assert(!take(other));
	kupf_session_unref(other);
	other = fed_in("internet.mnc001", "other", "10.0.0.1");
	ck_assert(take(other));
	leave(other);
	leave(a);
	ck_assert(take(upper));
	check(4, 0);
	leave(upper);
	leave(none);
	leave(b);
	check(0, 0);
}
END_TEST

/* a prefix as well, and what is in it */
START_TEST(test_dnn_prefix)
{
	kupf_session_t *whole, *one, *two, *other;

	whole = fed_in("internet", "whole", "2001:db8::/64");
	one = fed_in("ims", "one", "2001:db8::1");
	two = fed_in("Internet", "two", "2001:db8::1");
	other = fed_in("IMS", "other", "2001:db8::/64");
	ck_assert(take(whole));
	ck_assert(take(one));
	ck_assert(!take(two));
	ck_assert(!take(other));
	leave(one);
	ck_assert(take(other));
	leave(whole);
	ck_assert(take(two));
	check(2, 0);
	leave(two);
	leave(other);
	check(0, 0);
}
END_TEST

/* a session moves to another DNN: what it had is in quarantine there as long as
 * its old tunnel is, whatever it has in the new one */
START_TEST(test_dnn_move)
{
	kupf_session_t *old, *new, *b, *c;

	old = fed_in("internet", "a", "10.0.0.1");
	new = fed_in("ims", "a", "10.0.0.1");
	b = fed_in("internet", "b", "10.0.0.1");
	c = fed_in("ims", "c", "10.0.0.1");
	ck_assert(take(old));
	ck_assert(take(new));
	check(2, 0);
	user = "a";
	user_dnn = "internet";
	leave(old);
	check(1, 1);
	ck_assert(!take(b));
	ck_assert(!take(c));
	/* the old tunnel has gone, the new one is up */
	user_dnn = "ims";
	addresses->reap(addresses);
	check(1, 0);
	ck_assert(take(b));
	ck_assert(!take(c));
	leave(new);
	check(1, 1);
	user = NULL;
	ck_assert(take(c));
	leave(b);
	leave(c);
	check(0, 0);
}
END_TEST

/* a move to a DNN where another one has the address */
START_TEST(test_dnn_move_refused)
{
	kupf_session_t *old, *new, *b;

	old = fed_in("internet", "a", "10.0.0.1");
	new = fed_in("ims", "a", "10.0.0.1");
	b = fed_in("ims", "b", "10.0.0.1");
	ck_assert(take(old));
	ck_assert(take(b));
	ck_assert(!take(new));
	check(2, 0);
	kupf_session_unref(new);
	leave(old);
	leave(b);
}
END_TEST

/* lines of a file */
START_TEST(test_dnn_lines)
{
	kupf_session_t *line[4];
	kupf_ue_addresses_t *lines;
	kupf_error_t error = {};
	u_int i;

	line[0] = create_in("internet", "0", ID_KEY_ID, "0", "10.0.0.1", TRUE);
	line[1] = create_in("internet", "1", ID_KEY_ID, "1", "10.0.0.1", TRUE);
	line[2] = create_in("ims", "2", ID_KEY_ID, "2", "10.0.0.1", TRUE);
	line[3] = create_in("internet", "3", ID_KEY_ID, "3", "10.0.0.1", TRUE);
	lines = addresses->create_lines(addresses);
	for (i = 0; i < countof(line); i++)
	{
		ck_assert_int_eq(lines->take(lines, line[i], &error), i < 3);
	}
	lines->destroy(lines);
	for (i = 0; i < countof(line); i++)
	{
		kupf_session_unref(line[i]);
	}
}
END_TEST

void kupf_ue_addresses_dnn_case(Suite *suite)
{
	TCase *tc = test_case(suite, "dnn", 0, setup_dnn, teardown);

	tcase_add_test(tc, test_dnn);
	tcase_add_test(tc, test_dnn_prefix);
	tcase_add_test(tc, test_dnn_move);
	tcase_add_test(tc, test_dnn_move_refused);
	tcase_add_test(tc, test_dnn_lines);
}
