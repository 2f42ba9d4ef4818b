/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Messages as they are written: octets, what is refused, what is wiped.
 */

#include "test_runner.h"
#include "test_support.h"
#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

/** Room that is never enough */
#define MUCH (1024 * 1024)

static chunk_t get(wire_writer_t *writer)
{
	wire_octets_t octets;

	ck_assert(wire_writer_get(writer, &octets));
	return chunk_create((u_char*)octets.ptr, octets.len);
}

/**
 * Write a message with every element.
 */
static void write_rich(wire_writer_t *writer)
{
	wire_writer_begin_section(writer, "a");
	wire_writer_begin_section_named(writer, wire_octets("bbb", 1));
	wire_writer_begin_list(writer, "d");
	wire_writer_item(writer, wire_text("e"));
	wire_writer_item(writer, wire_octets("\0\xff", 2));
	wire_writer_end_list(writer);
	wire_writer_end_section(writer);
	wire_writer_value(writer, "g", wire_octets("h\0", 2));
	wire_writer_value(writer, "v", wire_octets(NULL, 0));
	wire_writer_end_section(writer);
	wire_writer_text(writer, "k", "l");
	wire_writer_number(writer, "n", 120);
}

/** The same */
#define RICH "a={ b={ d=[e,%%00%%ff] } g=h%%00 v= } k=l n=120"

START_TEST(test_rich)
{
	wire_writer_t writer;
	chunk_t expected;

	expected = test_encode(RICH);
	wire_writer_init(&writer, MUCH);
	ck_assert_uint_eq(get(&writer).len, 0);
	write_rich(&writer);
	ck_assert(chunk_equals(get(&writer), expected));
	/* and as if nothing had been */
	wire_writer_reset(&writer);
	ck_assert_uint_eq(get(&writer).len, 0);
	write_rich(&writer);
	ck_assert(chunk_equals(get(&writer), expected));
	wire_writer_deinit(&writer);
	chunk_free(&expected);
}
END_TEST

START_TEST(test_numbers)
{
	static const uint64_t numbers[] = { 0, 9, 10, UINT32_MAX, UINT64_MAX };
	wire_writer_t writer;
	wire_reader_t reader;
	wire_octets_t message, value;
	uint64_t number;
	u_int i;

	for (i = 0; i < countof(numbers); i++)
	{
		wire_writer_init(&writer, MUCH);
		wire_writer_number(&writer, "n", numbers[i]);
		ck_assert(wire_writer_get(&writer, &message));
		ck_assert(wire_reader_init(&reader, message));
		ck_assert(wire_reader_find(&reader, "n", &value));
		ck_assert(wire_number(value, UINT64_MAX, &number));
		ck_assert_uint_eq(number, numbers[i]);
		ck_assert(value.len == 1 || value.ptr[0] != '0');
		wire_writer_deinit(&writer);
	}
}
END_TEST

/**
 * The writer has failed, and that does not change.
 */
static void check_failed(wire_writer_t *writer)
{
	wire_octets_t octets;

	ck_assert(!wire_writer_get(writer, &octets));
	ck_assert_uint_eq(octets.len, 0);
	wire_writer_text(writer, "k", "l");
	ck_assert(!wire_writer_get(writer, &octets));
	wire_writer_reset(writer);
	ck_assert(wire_writer_get(writer, &octets));
}

START_TEST(test_nesting)
{
	wire_octets_t octets;
	wire_writer_t writer;

	wire_writer_init(&writer, MUCH);
	wire_writer_end_section(&writer);
	check_failed(&writer);
	wire_writer_end_list(&writer);
	check_failed(&writer);
	wire_writer_item(&writer, wire_text("i"));
	check_failed(&writer);
	wire_writer_begin_list(&writer, "l");
	wire_writer_begin_list(&writer, "m");
	wire_writer_end_list(&writer);
	check_failed(&writer);
	wire_writer_begin_list(&writer, "l");
	wire_writer_begin_section(&writer, "s");
	wire_writer_end_section(&writer);
	wire_writer_end_list(&writer);
	check_failed(&writer);
	wire_writer_begin_list(&writer, "l");
	wire_writer_text(&writer, "a", "b");
	wire_writer_end_list(&writer);
	check_failed(&writer);
	wire_writer_begin_section(&writer, "s");
	wire_writer_begin_list(&writer, "l");
	wire_writer_end_section(&writer);
	check_failed(&writer);

	/* not finished yet, which is no failure */
	wire_writer_begin_section(&writer, "s");
	ck_assert(!wire_writer_get(&writer, &octets));
	wire_writer_begin_list(&writer, "l");
	ck_assert(!wire_writer_get(&writer, &octets));
	wire_writer_end_list(&writer);
	ck_assert(!wire_writer_get(&writer, &octets));
	wire_writer_end_section(&writer);
	ck_assert(wire_writer_get(&writer, &octets));
	wire_writer_deinit(&writer);
}
END_TEST

START_TEST(test_lengths)
{
	static char name[WIRE_NAME_MAX + 2], value[WIRE_VALUE_MAX + 1];
	wire_writer_t writer;
	wire_reader_t reader;
	wire_octets_t octets;

	memset(name, 'n', WIRE_NAME_MAX);
	wire_writer_init(&writer, MUCH);
	wire_writer_value(&writer, name, wire_octets(value, WIRE_VALUE_MAX));
	wire_writer_begin_section(&writer, name);
	wire_writer_begin_list(&writer, name);
	wire_writer_item(&writer, wire_octets(value, WIRE_VALUE_MAX));
	wire_writer_end_list(&writer);
	wire_writer_end_section(&writer);
	ck_assert(wire_writer_get(&writer, &octets));
	ck_assert(wire_reader_init(&reader, octets));
	wire_writer_reset(&writer);

	wire_writer_value(&writer, "v", wire_octets(value, WIRE_VALUE_MAX + 1));
	check_failed(&writer);
	wire_writer_begin_list(&writer, "l");
	wire_writer_item(&writer, wire_octets(value, WIRE_VALUE_MAX + 1));
	wire_writer_end_list(&writer);
	check_failed(&writer);
	name[WIRE_NAME_MAX] = 'n';
	wire_writer_text(&writer, name, "v");
	check_failed(&writer);
	wire_writer_begin_section(&writer, name);
	wire_writer_end_section(&writer);
	check_failed(&writer);
	wire_writer_begin_list(&writer, name);
	wire_writer_end_list(&writer);
	check_failed(&writer);
	wire_writer_text(&writer, "a\x7f", "v");
	check_failed(&writer);
	wire_writer_deinit(&writer);
}
END_TEST

START_TEST(test_room)
{
	wire_octets_t octets;
	wire_writer_t writer;
	chunk_t expected, buf;
	size_t size, i;

	/* with less room than it takes it fails, in one way and in the other */
	expected = test_encode(RICH);
	for (size = 0; size <= expected.len; size++)
	{
		wire_writer_init(&writer, size);
		write_rich(&writer);
		ck_assert(wire_writer_get(&writer, &octets) == (size == expected.len));
		wire_writer_deinit(&writer);

		buf = chunk_alloc(size);
		memset(buf.ptr, 0, size);
		wire_writer_init_buffer(&writer, buf.ptr, size);
		write_rich(&writer);
		ck_assert(wire_writer_get(&writer, &octets) == (size == expected.len));
		ck_assert(!octets.len || octets.ptr == buf.ptr);
		wire_writer_deinit(&writer);
		for (i = 0; i < size; i++)
		{
			ck_assert_uint_eq(buf.ptr[i], 0);
		}
		chunk_free(&buf);
	}
	chunk_free(&expected);
}
END_TEST

#ifdef TEST_SEARCH_MEMORY
/**
 * Write a key.
 */
static void write_key(wire_writer_t *writer)
{
	uint8_t key[32];
	u_int i;

	for (i = 0; i < sizeof(key); i++)
	{
		key[i] = test_key_octet(i, FALSE);
	}
	wire_writer_value(writer, "key", wire_octets(key, sizeof(key)));
	memwipe(key, sizeof(key));
}

START_TEST(test_wiped)
{
	wire_writer_t writer;
	u_int i;

	wire_writer_init(&writer, MUCH);
	write_key(&writer);
	ck_assert_uint_eq(test_search_memory(FALSE), 1);
	/* it moves, more than once */
	for (i = 0; i < 1000; i++)
	{
		wire_writer_text(&writer, "filler", "more and more and more of it");
	}
	ck_assert_uint_eq(test_search_memory(FALSE), 1);
	wire_writer_reset(&writer);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
	write_key(&writer);
	wire_writer_deinit(&writer);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
	/* and if it fails */
	wire_writer_init(&writer, 64);
	write_key(&writer);
	write_key(&writer);
	wire_writer_deinit(&writer);
	ck_assert_uint_eq(test_search_memory(FALSE), 0);
}
END_TEST
#endif

static Suite *wire_writer_suite()
{
	Suite *suite = suite_create("wire_writer");
	TCase *tc = test_case(suite, "messages", 0, NULL, NULL);

	tcase_add_test(tc, test_rich);
	tcase_add_test(tc, test_numbers);
	tcase_add_test(tc, test_nesting);
	tcase_add_test(tc, test_lengths);
	tcase_add_test(tc, test_room);

#ifdef TEST_SEARCH_MEMORY
	tc = test_case(suite, "keys", 0, NULL, NULL);
	tcase_add_test(tc, test_wiped);
#endif

	return suite;
}

int main(void)
{
	return test_run(wire_writer_suite());
}
