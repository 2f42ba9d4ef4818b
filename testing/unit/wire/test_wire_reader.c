/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Messages as they are read: the check of the whole, then element by element.
 */

#include "test_runner.h"
#include "test_support.h"
#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

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
	"a%20~=b",
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
	"%01=b", "a%00=b", "%7f=[b]", "%80={ }", "a={ %0a=b }", "%1f=b",
};

/**
 * Whether octets are a message.
 */
static bool check(chunk_t encoding)
{
	wire_reader_t reader;
	wire_element_t element;
	bool ok;

	ok = wire_reader_init(&reader, test_octets(encoding));
	/* nothing of what is malformed is handed out */
	ck_assert(ok || !wire_reader_next(&reader, &element));
	return ok;
}

START_TEST(test_good)
{
	chunk_t encoding;

	encoding = test_encode("%s", good[_i]);
	ck_assert_msg(check(encoding), "%s", good[_i]);
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_bad)
{
	chunk_t encoding;

	encoding = test_encode("%s", bad[_i]);
	ck_assert_msg(!check(encoding), "%s", bad[_i]);
	chunk_free(&encoding);
}
END_TEST

/** A message with every element */
#define RICH "a={ b={ c={ d=[e,f] g=h } } i=[j] } k=l"

/** Its elements, and the depth behind each */
static const struct {
	wire_type_t type;
	const char *name;
	const char *value;
	u_int depth;
} rich[] = {
	{ WIRE_SECTION_START, "a", "", 1 },
	{ WIRE_SECTION_START, "b", "", 2 },
	{ WIRE_SECTION_START, "c", "", 3 },
	{ WIRE_LIST_START, "d", "", 3 },
	{ WIRE_LIST_ITEM, "d", "e", 3 },
	{ WIRE_LIST_ITEM, "d", "f", 3 },
	{ WIRE_LIST_END, "d", "", 3 },
	{ WIRE_KEY_VALUE, "g", "h", 3 },
	{ WIRE_SECTION_END, "", "", 2 },
	{ WIRE_SECTION_END, "", "", 1 },
	{ WIRE_LIST_START, "i", "", 1 },
	{ WIRE_LIST_ITEM, "i", "j", 1 },
	{ WIRE_LIST_END, "i", "", 1 },
	{ WIRE_SECTION_END, "", "", 0 },
	{ WIRE_KEY_VALUE, "k", "l", 0 },
};

START_TEST(test_elements)
{
	wire_reader_t reader;
	wire_element_t element;
	chunk_t encoding;
	u_int i;

	encoding = test_encode(RICH);
	ck_assert(wire_reader_init(&reader, test_octets(encoding)));
	for (i = 0; i < countof(rich); i++)
	{
		ck_assert(wire_reader_next(&reader, &element));
		ck_assert_int_eq(element.type, rich[i].type);
		ck_assert(wire_equals(element.name, rich[i].name));
		ck_assert(wire_equals(element.value, rich[i].value));
		ck_assert_uint_eq(reader.depth, rich[i].depth);
	}
	ck_assert(!wire_reader_next(&reader, &element));
	ck_assert(!wire_reader_next(&reader, &element));
	chunk_free(&encoding);
}
END_TEST

/**
 * Read all of a message that passed the check: it is within the message, and
 * the same octets come of it again.
 */
static void read_again(chunk_t encoding)
{
	wire_reader_t reader;
	wire_writer_t writer;
	wire_element_t element;
	wire_octets_t again;
	char name[WIRE_NAME_MAX + 1];

	ck_assert(wire_reader_init(&reader, test_octets(encoding)));
	wire_writer_init(&writer, encoding.len);
	while (wire_reader_next(&reader, &element))
	{
		ck_assert(!element.value.len || (element.value.ptr >= encoding.ptr &&
				  element.value.ptr + element.value.len <=
				  encoding.ptr + encoding.len));
		snprintf(name, sizeof(name), "%.*s", (int)element.name.len,
				 element.name.ptr);
		switch (element.type)
		{
			case WIRE_SECTION_START:
				wire_writer_begin_section(&writer, name);
				break;
			case WIRE_SECTION_END:
				wire_writer_end_section(&writer);
				break;
			case WIRE_KEY_VALUE:
				wire_writer_value(&writer, name, element.value);
				break;
			case WIRE_LIST_START:
				wire_writer_begin_list(&writer, name);
				break;
			case WIRE_LIST_ITEM:
				wire_writer_item(&writer, element.value);
				break;
			case WIRE_LIST_END:
				wire_writer_end_list(&writer);
				break;
		}
	}
	ck_assert(wire_writer_get(&writer, &again));
	ck_assert(test_same(again, encoding));
	wire_writer_deinit(&writer);
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
		if (check(copy))
		{
			read_again(copy);
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
			if (check(copy))
			{
				read_again(copy);
			}
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
		ck_assert(!check(copy));
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
	ck_assert(check(encoding));
	ck_assert(!check(chunk_skip(encoding, 3)));
	encoding.len--;
	ck_assert(!check(encoding));
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_skip)
{
	/* behind how many elements, and what comes next then: NULL for nothing */
	static const struct {
		u_int elements;
		const char *next;
	} skips[] = {
		{ 0, NULL }, { 1, "k" }, { 2, "i" }, { 3, "" }, { 4, "g" },
		{ 5, "g" }, { 7, "" }, { 8, "" }, { 11, "" }, { 15, NULL },
	};
	wire_element_t element;
	wire_reader_t reader;
	chunk_t encoding;
	u_int i, j;

	encoding = test_encode(RICH);
	for (i = 0; i < countof(skips); i++)
	{
		wire_reader_init(&reader, test_octets(encoding));
		for (j = 0; j < skips[i].elements; j++)
		{
			wire_reader_next(&reader, &element);
		}
		wire_reader_skip(&reader);
		ck_assert(wire_reader_next(&reader, &element) ==
				  (skips[i].next != NULL));
		ck_assert(!skips[i].next || wire_equals(element.name, skips[i].next));
	}
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_find)
{
	wire_element_t element;
	wire_octets_t value;
	wire_reader_t reader;
	chunk_t encoding;

	encoding = test_encode("s={ x=1 t={ y=2 } z=3 } l=[x,y] x=4 e= x=5");
	ck_assert(wire_reader_init(&reader, test_octets(encoding)));
	ck_assert(wire_reader_find(&reader, "x", &value));
	ck_assert(wire_equals(value, "4"));
	ck_assert(wire_reader_find(&reader, "e", &value));
	ck_assert(wire_equals(value, ""));
	ck_assert(!wire_reader_find(&reader, "y", &value));
	ck_assert(!wire_reader_find(&reader, "s", &value));
	ck_assert(!wire_reader_find(&reader, "l", &value));
	ck_assert(!wire_reader_find(&reader, "", &value));
	ck_assert_uint_eq(value.len, 0);
	/* in the section */
	ck_assert(wire_reader_next(&reader, &element));
	ck_assert(wire_reader_find(&reader, "x", &value));
	ck_assert(wire_equals(value, "1"));
	ck_assert(wire_reader_find(&reader, "z", &value));
	ck_assert(wire_equals(value, "3"));
	ck_assert(!wire_reader_find(&reader, "y", &value));
	ck_assert(!wire_reader_find(&reader, "e", &value));
	/* the position is where it was */
	ck_assert(wire_reader_next(&reader, &element));
	ck_assert(wire_equals(element.value, "1"));
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_number)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t number;
	} numbers[] = {
		{ "0", 0, true, 0 }, { "1", 0, false }, { "00", 9, true, 0 },
		{ "15", 15, true, 15 }, { "16", 15, false }, { "5", 15, true, 5 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "4294967296", UINT32_MAX, false },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false },
		{ "99999999999999999999999", UINT64_MAX, false },
		{ "", 9, false }, { " 1", 9, false }, { "1 ", 9, false },
		{ "+1", 9, false }, { "-1", 9, false }, { "0x1", 9, false },
		{ ":", 99, false }, { "/", 99, false }, { "1a", 99, false },
	};
	uint64_t number;
	u_int i;

	for (i = 0; i < countof(numbers); i++)
	{
		number = 77;
		ck_assert_msg(wire_number(wire_text(numbers[i].text), numbers[i].max,
								  &number) == numbers[i].ok,
					  "'%s'", numbers[i].text);
		ck_assert_uint_eq(number, numbers[i].ok ? numbers[i].number : 77);
	}
}
END_TEST

static Suite *wire_reader_suite()
{
	Suite *suite = suite_create("wire_reader");
	TCase *tc = test_case(suite, "check", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_good, 0, countof(good));
	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_test(tc, test_truncated);
	tcase_add_test(tc, test_mutated);
	tcase_add_test(tc, test_trailing);
	tcase_add_test(tc, test_deep);

	tc = test_case(suite, "elements", 0, NULL, NULL);
	tcase_add_test(tc, test_elements);
	tcase_add_test(tc, test_skip);
	tcase_add_test(tc, test_find);
	tcase_add_test(tc, test_number);

	return suite;
}

int main(void)
{
	return test_run(wire_reader_suite());
}
