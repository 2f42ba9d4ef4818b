/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The structure of messages, and packets.
 */

#include "kupf/protocol/kupf_packet.h"
#include "test_runner.h"
#include "test_support.h"

static char *good[] = {
	"",
	"a=b",
	"a=",
	"=b",
	"a=[]",
	"a=[b,c]",
	"a=[,]",
	"a={ }",
	"a={ b={ c={ d=[e,f] g=h } } i=[j] } k=l",
	"a=%00%01%ff",
	"a=[%00,%ff]",
	"a=1 a=2 a={ } a=[]",
};

static char *bad[] = {
	/* unclosed, closed once too often, closed as something else */
	"a={", "a={ b={ }", "a={ b=c", "}", "a=b }", "a={ } }",
	"<0401610500016206>a=b }", "<040161>", "<04016105000162>", "<06>",
	"a={ <06>", "<040161>}",
	/* in a list: names, sections, lists */
	"<04016103016200006306>", "<0401610101620206>", "<040161040162>",
	"<0401610401620606>", "<05000161>", "a={ <05000161> }",
	/* unknown elements */
	"<00>", "<07>", "<08>", "<ff>", "a=b <00>", "a={ <07> }",
	/* cut off, each element */
	"<01>", "<0101>", "<01026102>", "<03>", "<0301>", "<030161>",
	"<03016100>", "<0301610001>", "<030161000262>", "<04>", "<0401>",
	"<04016105>", "<0401610500>", "<040161050001>", "<04016105000161>",
	/* names that are not printable */
	"%01=b", "a%00=b", "%7f=[b]", "%80={ }", "a={ %0a=b }",
};

START_TEST(test_good)
{
	chunk_t encoding;

	encoding = test_encode("%s", good[_i]);
	ck_assert_msg(kupf_packet_check(encoding), "%s", good[_i]);
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_bad)
{
	chunk_t encoding;

	encoding = test_encode("%s", bad[_i]);
	ck_assert_msg(!kupf_packet_check(encoding), "%s", bad[_i]);
	chunk_free(&encoding);
}
END_TEST

/** A message with every element */
#define RICH "a={ b={ c={ d=[e,f] g=h } } i=[j] } k=l"

/**
 * Count the elements that libvici finds, of what passed the check.
 *
 * @return			FALSE if it gives up
 */
static bool readable(chunk_t encoding)
{
	vici_message_t *message;
	enumerator_t *elements;
	vici_type_t type;
	chunk_t value;
	char *name;
	bool ok;

	message = vici_message_create_from_data(encoding, FALSE);
	elements = message->create_enumerator(message);
	do
	{
		value = chunk_empty;
		ok = elements->enumerate(elements, &type, &name, &value);
		if (ok && (type == VICI_KEY_VALUE || type == VICI_LIST_ITEM) &&
			value.len)
		{
			ck_assert(value.ptr >= encoding.ptr &&
					  value.ptr + value.len <= encoding.ptr + encoding.len);
		}
	}
	while (ok && type != VICI_END);
	elements->destroy(elements);
	message->destroy(message);
	return ok;
}

START_TEST(test_truncated)
{
	chunk_t encoding, copy;
	size_t len;
	u_int whole = 0;

	encoding = test_encode(RICH);
	for (len = 0; len <= encoding.len; len++)
	{
		copy = chunk_clone(chunk_create(encoding.ptr, len));
		if (kupf_packet_check(copy))
		{
			ck_assert(readable(copy));
			whole++;
		}
		chunk_free(&copy);
	}
	/* nothing, up to the end of section a, and all of it */
	ck_assert_uint_eq(whole, 3);
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_mutated)
{
	chunk_t encoding, copy;
	size_t i;
	int value;

	encoding = test_encode(RICH);
	for (i = 0; i < encoding.len; i++)
	{
		for (value = 0; value < 256; value++)
		{
			copy = chunk_clone(encoding);
			copy.ptr[i] = value;
			/* what passes can be trusted */
			ck_assert(!kupf_packet_check(copy) || readable(copy));
			chunk_free(&copy);
		}
	}
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_trailing)
{
	chunk_t encoding, copy;
	int value;

	encoding = test_encode("a=b");
	for (value = 0; value < 256; value++)
	{
		copy = chunk_alloc(encoding.len + 1);
		memcpy(copy.ptr, encoding.ptr, encoding.len);
		copy.ptr[encoding.len] = value;
		ck_assert(!kupf_packet_check(copy));
		chunk_free(&copy);
	}
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_deep)
{
	chunk_t encoding;
	u_int i, depth = 100000;

	/* as many sections as a packet holds: no recursion */
	encoding = chunk_alloc(depth * 4);
	for (i = 0; i < depth; i++)
	{
		memcpy(encoding.ptr + 3 * i, "\1\1a", 3);
		encoding.ptr[3 * depth + i] = 2;
	}
	ck_assert(kupf_packet_check(encoding));
	ck_assert(readable(encoding));
	ck_assert(!kupf_packet_check(chunk_skip(encoding, 3)));
	encoding.len--;
	ck_assert(!kupf_packet_check(encoding));
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_packet)
{
	vici_message_t *message;
	chunk_t packet, large;

	packet = kupf_packet_packet(KUPF_CMD_UNKNOWN, NULL, NULL);
	ck_assert(chunk_equals(packet, chunk_create("\0\0\0\1\2", 5)));
	chunk_free(&packet);
	message = test_message("");
	packet = kupf_packet_packet(KUPF_CMD_RESPONSE, NULL, message);
	ck_assert(chunk_equals(packet, chunk_create("\0\0\0\1\1", 5)));
	chunk_free(&packet);
	message->destroy(message);
	message = test_message("a=b");
	packet = kupf_packet_packet(KUPF_EVENT, "ev", message);
	ck_assert(chunk_equals(packet,
				chunk_create("\0\0\0\x0a\7\2ev\3\1a\0\1b", 14)));
	chunk_free(&packet);
	message->destroy(message);

	/* as long as it may be, and one octet more */
	large = chunk_alloc(KUPF_PACKET_MAX - 1);
	memset(large.ptr, 0, large.len);
	message = vici_message_create_from_data(large, FALSE);
	packet = kupf_packet_packet(KUPF_CMD_RESPONSE, NULL, message);
	ck_assert_uint_eq(packet.len, KUPF_PACKET_HEADER + KUPF_PACKET_MAX);
	chunk_free(&packet);
	packet = kupf_packet_packet(KUPF_EVENT, "", message);
	ck_assert_uint_eq(packet.len, 0);
	message->destroy(message);
	chunk_free(&large);
}
END_TEST

Suite *kupf_packet_suite(void);

Suite *kupf_packet_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_packet");

	tc = tcase_create("messages");
	tcase_add_loop_test(tc, test_good, 0, countof(good));
	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_test(tc, test_truncated);
	tcase_add_test(tc, test_mutated);
	tcase_add_test(tc, test_trailing);
	tcase_add_test(tc, test_deep);
	tcase_add_test(tc, test_packet);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_packet_suite());
}
