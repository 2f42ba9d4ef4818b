/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "n4/n4_pages.h"
#include "n4/n4_vendor.h"
#include "n4/test_pfcp.h"
#include "test_runner.h"

static const n4_vendor_t vendor = {
	.enterprise = N4_ENTERPRISE,
	.key_type = N4_KEY_TYPE,
	.answer_type = N4_ANSWER_TYPE,
};

static n4_content_t content;
static n4_wrapped_t wrapped;

/**
 * Read the IE of some parts, of memory of exactly its size.
 */
static bool read_parts(const char *parts)
{
	test_pfcp_t octets = test_octets_of(parts);
	uint8_t *value = malloc(2 + octets.len);
	n4_ie_t ie = { .type = N4_KEY_TYPE };
	bool good;

	value[0] = N4_ENTERPRISE >> 8;
	value[1] = N4_ENTERPRISE & 0xff;
	memcpy(value + 2, octets.buf, octets.len);
	ie.value = wire_octets(value, 2 + octets.len);
	memset(&content, 0, sizeof(content));
	ck_assert(n4_vendor_is(&vendor, &ie, N4_KEY_TYPE));
	good = n4_vendor_read(&ie, &content, &wrapped);
	free(value);
	return good;
}

START_TEST(test_ours)
{
	static const uint8_t octets[] = { 0x7e, 0xd9 };
	n4_ie_t ie = { .type = N4_KEY_TYPE, .value = wire_octets(octets, 2) };

	ck_assert(n4_vendor_is(&vendor, &ie, N4_KEY_TYPE));
	ck_assert(!n4_vendor_is(&vendor, &ie, N4_ANSWER_TYPE));
	ie.value.len = 1;
	ck_assert(!n4_vendor_is(&vendor, &ie, N4_KEY_TYPE));
	ie.value = wire_text("ZZ");
	ck_assert(!n4_vendor_is(&vendor, &ie, N4_KEY_TYPE));
}
END_TEST

START_TEST(test_key)
{
	ck_assert(read_parts(KEY_PARTS "04 0004 00000e10 06 0001 05 07 0004 0000000a"
						 "80 0003 010203"));
	ck_assert(content.has_key && !content.derives);
	ck_assert_int_eq(content.key[0], 'K');
	ck_assert_int_eq(content.key[31], 'K');
	ck_assert_uint_eq(content.id_len, 2);
	ck_assert(!memcmp(content.id, "ue", 2));
	ck_assert_uint_eq(content.lifetime, 3600);
	ck_assert_uint_eq(content.pdu_session_id, 5);
	ck_assert_uint_eq(content.grace, 10);
}
END_TEST

START_TEST(test_derives)
{
	ck_assert(read_parts("02 0020 " KAMF_OCTETS "03 0010 " RAND_OCTETS));
	ck_assert(content.has_key && content.derives);
	ck_assert_uint_eq(content.rand_len, 16);
	ck_assert_int_eq(content.rand[15], 15);
	ck_assert_uint_eq(content.id_len, 0);
}
END_TEST

/** A wrapped key, which is not looked at here */
#define WRAPPED "003c " KEY_OCTETS RAND_OCTETS "000102030405060708090a0b "

START_TEST(test_wrapped)
{
	ck_assert(read_parts("05 0002 7565 04 0004 00000e10 08 " WRAPPED));
	ck_assert(content.has_key && !content.derives);
	ck_assert_uint_eq(wrapped.octets.len, 60);
	ck_assert_uint_eq(wrapped.before.len, 2 + 5 + 7 + 3);
	ck_assert(read_parts("03 0010 " RAND_OCTETS "09 " WRAPPED));
	ck_assert(content.has_key && content.derives);
	ck_assert(read_parts(KEY_PARTS));
	ck_assert_uint_eq(wrapped.octets.len, 0);
}
END_TEST

/** IEs that cannot be read */
static const char *const bad[] = {
	"",
	/* no key, no identifier, no RAND, RAND without need, both keys, one twice */
	"05 0002 7565",
	"01 0020 " KEY_OCTETS,
	"02 0020 " KAMF_OCTETS,
	KEY_PARTS "03 0010 " RAND_OCTETS,
	KEY_PARTS "02 0020 " KAMF_OCTETS "03 0010 " RAND_OCTETS,
	KEY_PARTS "05 0002 7565",
	KEY_PARTS "80 0000 80 0000",
	/* lengths */
	"01 0000 05 0002 7565",
	"01 001f 4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
	"05 0002 7565",
	"01 0021 4b" KEY_OCTETS "05 0002 7565",
	"02 0020 " KAMF_OCTETS "03 000f 000102030405060708090a0b0c0d0e",
	"02 0020 " KAMF_OCTETS "03 0041 " KEY_OCTETS KEY_OCTETS "00",
	"01 0020 " KEY_OCTETS "05 0000",
	"01 0020 " KEY_OCTETS "05 0041 " KEY_OCTETS KEY_OCTETS "00",
	KEY_PARTS "04 0003 000001", KEY_PARTS "04 0005 0000000001",
	KEY_PARTS "04 0004 12cc0301",
	KEY_PARTS "06 0000", KEY_PARTS "06 0001 00", KEY_PARTS "06 0001 10",
	KEY_PARTS "06 0002 0505",
	KEY_PARTS "07 0001 01",
	/* not known, and not to be skipped */
	KEY_PARTS "00 0000", KEY_PARTS "08 0001 01", KEY_PARTS "7f 0000",
	/* wrapped: of another length, with one in the clear, not the last one */
	"05 0002 7565 08 003b " KEY_OCTETS RAND_OCTETS "000102030405060708090a ",
	"05 0002 7565 08 0000", "08 " WRAPPED, "09 " WRAPPED,
	KEY_PARTS "08 " WRAPPED, "05 0002 7565 08 " WRAPPED "09 " WRAPPED,
	"08 " WRAPPED "05 0002 7565", "05 0002 7565 08 " WRAPPED "80 0000",
	/* cut off */
	KEY_PARTS "80", KEY_PARTS "80 00", KEY_PARTS "80 0001",
	KEY_PARTS "80 ffff 00",
};

START_TEST(test_bad)
{
	ck_assert_msg(!read_parts(bad[_i]), "taken: %s", bad[_i]);
}
END_TEST

/**
 * Cut off anywhere, it is malformed, but for what may be left out.
 */
START_TEST(test_truncated)
{
	test_pfcp_t whole = test_octets_of("7ed9 " KEY_PARTS "04 0004 00000e10");
	n4_ie_t ie = { .type = N4_KEY_TYPE };
	uint8_t *exact;
	size_t len;

	for (len = 2; len < whole.len; len++)
	{
		exact = malloc(len);
		memcpy(exact, whole.buf, len);
		ie.value = wire_octets(exact, len);
		memset(&content, 0, sizeof(content));
		ck_assert(n4_vendor_read(&ie, &content, &wrapped) ==
				  (len == whole.len - 7));
		free(exact);
	}
}
END_TEST

/**
 * Whether an answer is written as it has to be.
 */
static void check_answer(n4_answer_t answer, const char *hex)
{
	test_pfcp_t expected = test_octets_of(hex);
	uint8_t buf[N4_ANSWER_MAX];
	n4_out_t out = { .buf = buf, .room = sizeof(buf) };

	n4_vendor_write(&vendor, &answer, &out);
	ck_assert(!out.failed);
	ck_assert_uint_eq(out.len, expected.len);
	ck_assert(!memcmp(buf, expected.buf, out.len));
}

START_TEST(test_answer)
{
	char longest[2 + 2 * N4_ID_MAX + 1] = "@#";
	char too_long[2 + 2 * N4_ID_MAX + 3] = "@#";
	uint8_t buf[N4_ANSWER_MAX];
	n4_out_t out = { .buf = buf, .room = sizeof(buf) };
	n4_answer_t most = {
		.cause = N4_KEY_ACCEPTED,
		.word = wire_text("01234567890123456789012345678901"),
		.upf_address = wire_text("2001:db8::1"),
		.expires = UINT32_MAX,
	};

	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .upf_address = wire_text("192.0.2.7"),
				 .ue_id = wire_text("@#00fFa0"), .expires = 258 },
				 "8002 001a 7ed9 01 0001 01 02 0004 c0000207"
				 "04 0003 00ffa0 05 0004 00000102");
	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .upf_address = wire_text("2001:db8::1"),
				 .ue_id = wire_text("keyid:ue") },
				 "8002 001e 7ed9 01 0001 01 03 0010 20010db8000000000000000000"
				 "000001 04 0002 7565");
	check_answer((n4_answer_t){ .cause = N4_KEY_REFUSED,
				 .word = wire_text("busy") },
				 "8002 000d 7ed9 01 0001 40 06 0004 62757379");
	/* what cannot be told is left out */
	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .upf_address = wire_text("192.0.2"),
				 .ue_id = wire_text("email:a@b") },
				 "8002 0006 7ed9 01 0001 01");
	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .ue_id = wire_text("@#0g") }, "8002 0006 7ed9 01 0001 01");
	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .ue_id = wire_text("@#0") }, "8002 0006 7ed9 01 0001 01");
	memset(too_long + 2, 'a', sizeof(too_long) - 3);
	check_answer((n4_answer_t){ .cause = N4_KEY_ACCEPTED,
				 .ue_id = wire_text(too_long) }, "8002 0006 7ed9 01 0001 01");
	/* the longest one has room */
	memset(longest + 2, 'a', sizeof(longest) - 3);
	most.ue_id = wire_text(longest);
	n4_vendor_write(&vendor, &most, &out);
	ck_assert(!out.failed);
}
END_TEST

/** What requests say of the UE, and what is learnt of it */
static const struct {
	const char *ies, *addresses, *dnn, *snssai;
} facts[] = {
	{ "0001 0011 0038 0002 0001 0002 0007 005d 0003 020a03",
	  "", "", "" },
	{ "0001 000d 0002 0009 005d 0005 02 0a030001 "
	  "009f 000d 08 696e7465726e6574 03 303031 0101 0004 01 00000a",
	  "10.3.0.1", "internet.001", "1-00000a" },
	{ "0001 001d 0002 0019 005d 0015 03 0a030001 "
	  "20010db8000000010000000000000005 0101 0004 02 ffffff",
	  "10.3.0.1 2001:db8:0:1::/64", "", "2" },
	/* two rules of the same UE, and a prefix of another length */
	{ "0001 000d 0002 0009 005d 0005 06 0a030001 "
	  "0001 000d 0002 0009 005d 0005 02 0a030001 "
	  "0001 001a 0002 0016 005d 0012 41 20010db8000000000000000000000001 80",
	  "10.3.0.1 2001:db8::1", "", "" },
	{ "0001 001a 0002 0016 005d 0012 09 20010db8ffffffff0000000000000000 08",
	  "2001:db8:ffff:ff00::/56", "", "" },
	/* the UPF's choice */
	{ "0008 000f 0038 0002 0001 005d 0005 02 0a030002", "10.3.0.2", "", "" },
	/* DNNs that are none: no label, one cut off, odd characters */
	{ "009f 0001 00", "", "", "" },
	{ "009f 0003 03 6162", "", "", "" },
	{ "009f 0003 02 6120", "", "", "" },
	{ "009f 0003 02 6100", "", "", "" },
	{ "009f 0000", "", "", "" },
	{ "005d 0005 02 0a030001", "", "", "" },
	{ "0001 0008 0002 0004 005d 0000", "", "", "" },
	{ "0001 0018 0002 0014 005d 0010 01 20010db80000000000000000000000",
	  "", "", "" },
};

START_TEST(test_facts)
{
	test_pfcp_t from = test_pfcp(50, 0, 1, facts[_i].ies);
	wire_octets_t datagram = test_pfcp_octets(&from);
	char addresses[N4_UE_ADDRESSES * N4_ADDRESS_TEXT] = "";
	n4_message_t message;
	int i;

	memset(&content, 0, sizeof(content));
	ck_assert(n4_message_cut(&datagram, &message));
	n4_content_learn(&content, &message);
	for (i = 0; i < N4_UE_ADDRESSES && content.ue_addresses[i][0]; i++)
	{
		strcat(strcat(addresses, i ? " " : ""), content.ue_addresses[i]);
	}
	ck_assert_str_eq(addresses, facts[_i].addresses);
	ck_assert_str_eq(content.dnn, facts[_i].dnn);
	ck_assert_str_eq(content.snssai, facts[_i].snssai);
}
END_TEST

START_TEST(test_many_addresses)
{
	char ies[1024] = "", *at = ies;
	test_pfcp_t from;
	wire_octets_t datagram;
	n4_message_t message;
	int i;

	for (i = 0; i < 9; i++)
	{
		at += sprintf(at, "0001 000d 0002 0009 005d 0005 02 0a03000%d ", i);
	}
	from = test_pfcp(50, 0, 1, ies);
	datagram = test_pfcp_octets(&from);
	memset(&content, 0, sizeof(content));
	ck_assert(n4_message_cut(&datagram, &message));
	n4_content_learn(&content, &message);
	ck_assert_str_eq(content.ue_addresses[N4_UE_ADDRESSES - 1], "10.3.0.3");
	ck_assert_str_eq(content.dnn, "");
}
END_TEST

/**
 * Memory of contents is wiped, and used again.
 */
START_TEST(test_pages)
{
	static n4_content_t *contents[500];
	n4_pages_t *pages = n4_pages_create();
	n4_content_t *first;
	size_t i, j;

	for (i = 0; i < countof(contents); i++)
	{
		contents[i] = n4_pages_take(pages);
		ck_assert_ptr_nonnull(contents[i]);
		for (j = 0; j < sizeof(n4_content_t); j++)
		{
			ck_assert_int_eq(((uint8_t*)contents[i])[j], 0);
		}
		memset(contents[i], 'K', sizeof(n4_content_t));
	}
	first = contents[0];
	n4_pages_give(pages, first);
	for (j = sizeof(void*); j < sizeof(n4_content_t); j++)
	{
		ck_assert_int_eq(((uint8_t*)first)[j], 0);
	}
	ck_assert_ptr_eq(n4_pages_take(pages), first);
	ck_assert_int_eq(((uint8_t*)first)[0], 0);
	n4_pages_give(pages, NULL);
	n4_pages_destroy(pages);
	n4_pages_destroy(NULL);
}
END_TEST

int main()
{
	Suite *suite = suite_create("n4_vendor");
	TCase *tcase = tcase_create("n4_vendor");

	tcase_add_test(tcase, test_ours);
	tcase_add_test(tcase, test_key);
	tcase_add_test(tcase, test_derives);
	tcase_add_test(tcase, test_wrapped);
	tcase_add_loop_test(tcase, test_bad, 0, countof(bad));
	tcase_add_test(tcase, test_truncated);
	tcase_add_test(tcase, test_answer);
	tcase_add_loop_test(tcase, test_facts, 0, countof(facts));
	tcase_add_test(tcase, test_many_addresses);
	tcase_add_test(tcase, test_pages);
	suite_add_tcase(suite, tcase);
	return test_run_bare(suite);
}
