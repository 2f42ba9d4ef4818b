/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "n4/n4_message.h"
#include "n4/test_pfcp.h"
#include "test_runner.h"

static n4_message_t message;

/**
 * Cut a message off hexadecimal text, and tell what is left.
 */
static bool cut(const char *hex, size_t *left)
{
	static test_pfcp_t octets;
	wire_octets_t datagram;
	bool good;

	octets = test_octets_of(hex);
	datagram = test_pfcp_octets(&octets);
	good = n4_message_cut(&datagram, &message);
	*left = datagram.len;
	return good;
}

START_TEST(test_cut)
{
	size_t left;

	ck_assert(cut("20 01 000c 00000300 0060 0004 01020304", &left));
	ck_assert_uint_eq(message.type, N4_HEARTBEAT);
	ck_assert(!message.has_seid);
	ck_assert_uint_eq(message.sequence, 3);
	ck_assert_uint_eq(message.ies.len, 8);
	ck_assert_uint_eq(left, 0);
	/* with SEID, and a priority behind the sequence number */
	ck_assert(cut("23 36 000c 0102030405060708 ffffff50", &left));
	ck_assert_uint_eq(message.type, N4_DELETION);
	ck_assert(message.has_seid);
	ck_assert_uint_eq(message.seid, 0x0102030405060708);
	ck_assert_uint_eq(message.sequence, 0xffffff);
	ck_assert_uint_eq(message.ies.len, 0);
}
END_TEST

START_TEST(test_bundle)
{
	test_pfcp_t octets = test_octets_of("25 36 000c 0000000000000001 00000100"
										"24 38 0004 00000200 20 01 0004 00000300");
	wire_octets_t datagram = test_pfcp_octets(&octets);

	ck_assert(n4_message_cut(&datagram, &message));
	ck_assert_uint_eq(message.type, 54);
	ck_assert(n4_message_cut(&datagram, &message));
	ck_assert_uint_eq(message.type, 56);
	ck_assert(n4_message_cut(&datagram, &message));
	ck_assert_uint_eq(message.type, 1);
	ck_assert_uint_eq(datagram.len, 0);
}
END_TEST

/** No messages */
static const char *const bad[] = {
	"",
	"20",
	"20 01 0004 000003",
	/* other versions */
	"00 01 0004 00000300", "40 01 0004 00000300", "e0 01 0004 00000300",
	/* shorter and longer than it says */
	"20 01 0003 00000300", "20 01 0005 00000300", "20 01 ffff 00000300",
	"20 01 0000 00000300",
	/* no room for the SEID */
	"21 32 0004 00000300", "21 32 000b 0102030405060708 000003",
	/* something behind that was not announced, and nothing that was */
	"20 01 0004 00000300 00", "20 01 0004 00000300 20 01 0004 00000400",
	"24 01 0004 00000300",
};

START_TEST(test_bad)
{
	size_t left;

	ck_assert_msg(!cut(bad[_i], &left), "taken: %s", bad[_i]);
	ck_assert_uint_eq(left, 0);
}
END_TEST

START_TEST(test_requests)
{
	static const uint8_t requests[] = { 1, 3, 5, 7, 9, 12, 14, 16, 50, 52, 54,
										56 };
	static const uint8_t others[] = { 2, 4, 6, 8, 10, 11, 13, 15, 17, 51, 53,
									  55, 57 };
	size_t i;

	for (i = 0; i < countof(requests); i++)
	{
		message.type = requests[i];
		ck_assert_msg(n4_message_is_request(&message), "%u", requests[i]);
	}
	for (i = 0; i < countof(others); i++)
	{
		message.type = others[i];
		ck_assert_msg(!n4_message_is_request(&message), "%u", others[i]);
	}
}
END_TEST

/**
 * What is cut off anywhere is no message, and IEs that are cut off end the walk.
 */
START_TEST(test_truncated)
{
	test_pfcp_t whole = test_pfcp(50, 0, 1, NODE KEY_IE ACCEPTED);
	wire_octets_t datagram, ies;
	uint8_t *exact;
	n4_ie_t ie;
	size_t len;
	int count;

	for (len = 0; len < whole.len; len++)
	{	/* in memory of that size, for the address sanitizer */
		exact = malloc(len + 1);
		memcpy(exact + 1, whole.buf, len);
		datagram = wire_octets(exact + 1, len);
		ck_assert(!n4_message_cut(&datagram, &message));
		ies = wire_octets(exact + 1 + (len < 16 ? len : 16),
						  len < 16 ? 0 : len - 16);
		for (count = 0; n4_ie_next(&ies, &ie); count++)
		{
			ck_assert(ie.octets.ptr + ie.octets.len <= exact + 1 + len);
		}
		ck_assert_int_lt(count, 3);
		free(exact);
	}
}
END_TEST

static bool edit(void *user, const n4_ie_t *ie, n4_out_t *out)
{
	if (ie->type == 19)
	{
		n4_out_add(out, wire_text("changed"));
	}
	return ie->type == 19 || ie->type == 60;
}

START_TEST(test_write)
{
	/* an unknown IE, and one that is cut off, stay as they are */
	test_pfcp_t from = test_pfcp(51, 7, 9, NODE "1234 0001 ff " ACCEPTED
								 "1235 0000 0039 00ff 01");
	test_pfcp_t to = test_pfcp(51, 7, 9, "1234 0001 ff 6368616e676564"
							   "1235 0000 0039 00ff 01 6d6f7265");
	wire_octets_t datagram = test_pfcp_octets(&from);
	uint8_t buf[128];
	n4_out_t out = { .buf = buf, .room = sizeof(buf) };

	ck_assert(n4_message_cut(&datagram, &message));
	ck_assert(n4_message_write(&message, edit, NULL, wire_text("more"), &out));
	ck_assert_uint_eq(out.len, to.len);
	ck_assert(!memcmp(buf, to.buf, to.len));
}
END_TEST

START_TEST(test_no_room)
{
	static uint8_t buf[2 * N4_MESSAGE_MAX], more[N4_MESSAGE_MAX];
	test_pfcp_t from = test_pfcp(51, 7, 9, NODE);
	wire_octets_t datagram = test_pfcp_octets(&from);
	n4_out_t small = { .buf = buf, .room = from.len - 1 };
	n4_out_t exact = { .buf = buf, .room = from.len };
	n4_out_t fits = { .buf = buf, .room = sizeof(buf) };
	n4_out_t large = { .buf = buf, .room = sizeof(buf) };

	ck_assert(n4_message_cut(&datagram, &message));
	ck_assert(!n4_message_write(&message, NULL, NULL, wire_text(""), &small));
	ck_assert(n4_message_write(&message, NULL, NULL, wire_text(""), &exact));
	/* the length field has 16 bits */
	ck_assert(n4_message_write(&message, NULL, NULL,
					wire_octets(more, N4_MESSAGE_MAX - from.len), &fits));
	ck_assert_uint_eq(n4_number(buf + 2, 2), 0xffff);
	ck_assert(!n4_message_write(&message, NULL, NULL,
					wire_octets(more, N4_MESSAGE_MAX - from.len + 1), &large));
}
END_TEST

int main()
{
	Suite *suite = suite_create("n4_message");
	TCase *tcase = tcase_create("n4_message");

	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_bundle);
	tcase_add_loop_test(tcase, test_bad, 0, countof(bad));
	tcase_add_test(tcase, test_requests);
	tcase_add_test(tcase, test_truncated);
	tcase_add_test(tcase, test_write);
	tcase_add_test(tcase, test_no_room);
	suite_add_tcase(suite, tcase);
	return test_run_bare(suite);
}
