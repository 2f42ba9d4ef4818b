/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Packets: how they are cut off a stream, what is in them, how they are made.
 */

#include "test_runner.h"
#include "test_support.h"
#include "wire/wire_packet.h"

/** Packets without their length, and what is in them */
static const struct {
	chunk_t body;
	wire_packet_type_t type;
	chunk_t name;
	chunk_t message;
} good[] = {
	{ { "\0\0", 2 }, WIRE_CMD_REQUEST, { "", 0 }, { "", 0 } },
	{ { "\0\1a", 3 }, WIRE_CMD_REQUEST, { "a", 1 }, { "", 0 } },
	{ { "\0\2abcd", 6 }, WIRE_CMD_REQUEST, { "ab", 2 }, { "cd", 2 } },
	{ { "\0\0cd", 4 }, WIRE_CMD_REQUEST, { "", 0 }, { "cd", 2 } },
	{ { "\1", 1 }, WIRE_CMD_RESPONSE, { "", 0 }, { "", 0 } },
	{ { "\1\2cd", 4 }, WIRE_CMD_RESPONSE, { "", 0 }, { "\2cd", 3 } },
	{ { "\2", 1 }, WIRE_CMD_UNKNOWN, { "", 0 }, { "", 0 } },
	{ { "\3\2ab", 4 }, WIRE_EVENT_REGISTER, { "ab", 2 }, { "", 0 } },
	{ { "\4\2ab", 4 }, WIRE_EVENT_UNREGISTER, { "ab", 2 }, { "", 0 } },
	{ { "\5", 1 }, WIRE_EVENT_CONFIRM, { "", 0 }, { "", 0 } },
	{ { "\6", 1 }, WIRE_EVENT_UNKNOWN, { "", 0 }, { "", 0 } },
	{ { "\7\2abcd", 6 }, WIRE_EVENT, { "ab", 2 }, { "cd", 2 } },
};

static const chunk_t bad[] = {
	/* no type, unknown ones */
	{ "", 0 }, { "\x08", 1 }, { "\x08\1a", 3 }, { "\xff", 1 },
	/* no name, or not all of it */
	{ "\0", 1 }, { "\3", 1 }, { "\4", 1 }, { "\7", 1 }, { "\0\1", 2 },
	{ "\0\3ab", 4 }, { "\3\3ab", 4 }, { "\7\xff\xff", 3 },
	/* more than there may be */
	{ "\2a", 2 }, { "\3\1ab", 4 }, { "\4\1ab", 4 }, { "\5\5", 2 },
	{ "\6a", 2 },
};

/** A name of the greatest length */
static char long_name[WIRE_NAME_MAX + 1];

START_TEST(test_good)
{
	wire_packet_t packet;
	chunk_t copy;

	copy = chunk_clone(good[_i].body);
	ck_assert(wire_packet_parse(test_octets(copy), &packet));
	ck_assert_int_eq(packet.type, good[_i].type);
	ck_assert(test_same(packet.name, good[_i].name));
	ck_assert(test_same(packet.message, good[_i].message));
	chunk_free(&copy);
}
END_TEST

START_TEST(test_bad)
{
	wire_packet_t packet;
	chunk_t copy;

	copy = chunk_clone(bad[_i]);
	ck_assert(!wire_packet_parse(test_octets(copy), &packet));
	chunk_free(&copy);
}
END_TEST

START_TEST(test_made)
{
	wire_octets_t octets, body;
	wire_writer_t writer;
	chunk_t name;
	size_t size;

	name = chunk_clone(chunk_cata("cc", good[_i].name, chunk_from_chars('\0')));
	wire_writer_init(&writer, WIRE_PACKET_MAX);
	wire_packet_begin(&writer, good[_i].type, name.ptr);
	wire_writer_raw(&writer, test_octets(good[_i].message));
	ck_assert(wire_packet_end(&writer, &octets));
	ck_assert_int_eq(wire_packet_cut(octets, &body, &size), WIRE_PACKET_WHOLE);
	ck_assert_uint_eq(size, octets.len);
	ck_assert(test_same(body, good[_i].body));
	wire_writer_deinit(&writer);
	chunk_free(&name);
}
END_TEST

/** Three packets, one behind the other */
#define STREAM "\0\0\0\6\0\2abcd\0\0\0\1\5\0\0\0\7\7\1e\3\0\0\0"

START_TEST(test_truncated)
{
	const chunk_t stream = { STREAM, sizeof(STREAM) - 1 };
	wire_packet_status_t status;
	wire_octets_t body;
	size_t len, size;
	chunk_t copy;

	for (len = 0; len <= stream.len; len++)
	{
		copy = chunk_clone(chunk_create(stream.ptr, len));
		status = wire_packet_cut(test_octets(copy), &body, &size);
		ck_assert_int_eq(status, len < 10 ? WIRE_PACKET_PART :
											WIRE_PACKET_WHOLE);
		ck_assert_uint_eq(size, len < 4 ? 4 : 10);
		ck_assert_uint_eq(body.len, len < 10 ? 0 : 6);
		ck_assert(!body.len || body.ptr == copy.ptr + 4);
		chunk_free(&copy);
	}
}
END_TEST

/** Sizes of pieces */
static const size_t pieces[] = { 1, 2, 3, 7, sizeof(STREAM) - 1 };

START_TEST(test_pieces)
{
	const chunk_t stream = { STREAM, sizeof(STREAM) - 1 };
	const char *names[] = { "ab", "", "e" };
	size_t from, len, size, pos = 0, count = 0;
	wire_octets_t body;
	wire_packet_t packet;
	chunk_t have = chunk_empty;

	for (from = 0; from < stream.len; from += len)
	{
		len = min(pieces[_i], stream.len - from);
		have = chunk_cat("mc", have, chunk_create(stream.ptr + from, len));
		while (wire_packet_cut(test_octets(chunk_skip(have, pos)), &body,
							   &size) == WIRE_PACKET_WHOLE)
		{
			ck_assert(wire_packet_parse(body, &packet));
			ck_assert_uint_lt(count, countof(names));
			ck_assert(wire_equals(packet.name, names[count++]));
			pos += size;
		}
	}
	ck_assert_uint_eq(count, countof(names));
	ck_assert_uint_eq(pos, stream.len);
	chunk_free(&have);
}
END_TEST

START_TEST(test_lengths)
{
	const struct {
		chunk_t head;
		wire_packet_status_t status;
		size_t size;
	} lengths[] = {
		{ { "\0\0\0\0", 4 }, WIRE_PACKET_MALFORMED, 4 },
		{ { "\0\0\0\1", 4 }, WIRE_PACKET_PART, 5 },
		{ { "\0\x08\0\0", 4 }, WIRE_PACKET_PART, 4 + 512 * 1024 },
		{ { "\0\x08\0\1", 4 }, WIRE_PACKET_OVERLONG, 4 },
		{ { "\x80\0\0\0", 4 }, WIRE_PACKET_OVERLONG, 4 },
		{ { "\xff\xff\xff\xff", 4 }, WIRE_PACKET_OVERLONG, 4 },
	};
	wire_octets_t body;
	size_t size, i;

	for (i = 0; i < countof(lengths); i++)
	{
		ck_assert_int_eq(wire_packet_cut(test_octets(lengths[i].head), &body,
										 &size), lengths[i].status);
		ck_assert_uint_eq(size, lengths[i].size);
		ck_assert_uint_eq(body.len, 0);
	}
}
END_TEST

START_TEST(test_longest)
{
	wire_octets_t packet, body;
	wire_writer_t writer;
	wire_packet_t parsed;
	chunk_t large;
	size_t size;

	/* as long as it may be, and one octet more */
	large = chunk_alloc(WIRE_PACKET_MAX);
	memset(large.ptr, 0, large.len);
	wire_writer_init(&writer, 2 * WIRE_PACKET_MAX);
	wire_packet_begin(&writer, WIRE_CMD_RESPONSE, NULL);
	wire_writer_raw(&writer, wire_octets(large.ptr, large.len - 1));
	ck_assert(wire_packet_end(&writer, &packet));
	ck_assert_uint_eq(packet.len, WIRE_PACKET_HEADER + WIRE_PACKET_MAX);
	ck_assert_int_eq(wire_packet_cut(packet, &body, &size), WIRE_PACKET_WHOLE);
	ck_assert_uint_eq(body.len, WIRE_PACKET_MAX);
	wire_packet_begin(&writer, WIRE_CMD_RESPONSE, NULL);
	wire_writer_raw(&writer, test_octets(large));
	ck_assert(!wire_packet_end(&writer, &packet));
	ck_assert_uint_eq(packet.len, 0);
	wire_writer_deinit(&writer);
	chunk_free(&large);

	/* names */
	memset(long_name, 'n', WIRE_NAME_MAX);
	wire_writer_init(&writer, WIRE_PACKET_MAX);
	wire_packet_begin(&writer, WIRE_EVENT, long_name);
	ck_assert(wire_packet_end(&writer, &packet));
	wire_packet_cut(packet, &body, &size);
	ck_assert(wire_packet_parse(body, &parsed));
	ck_assert(wire_equals(parsed.name, long_name));
	wire_writer_deinit(&writer);
}
END_TEST

START_TEST(test_failed)
{
	char name[WIRE_NAME_MAX + 2] = {};
	wire_octets_t packet;
	wire_writer_t writer;

	/* a name that is none */
	memset(name, 'n', WIRE_NAME_MAX + 1);
	wire_writer_init(&writer, WIRE_PACKET_MAX);
	wire_packet_begin(&writer, WIRE_EVENT, name);
	ck_assert(!wire_packet_end(&writer, &packet));
	ck_assert_uint_eq(packet.len, 0);
	wire_packet_begin(&writer, WIRE_EVENT, "a\n");
	ck_assert(!wire_packet_end(&writer, &packet));
	/* a message that was not finished */
	wire_packet_begin(&writer, WIRE_EVENT, "a");
	wire_writer_begin_section(&writer, "s");
	ck_assert(!wire_packet_end(&writer, &packet));
	/* and nothing of that is left */
	wire_packet_begin(&writer, WIRE_EVENT, "a");
	ck_assert(wire_packet_end(&writer, &packet));
	ck_assert(test_same(packet, chunk_create("\0\0\0\3\7\1a", 7)));
	wire_writer_deinit(&writer);
}
END_TEST

static Suite *wire_packet_suite()
{
	Suite *suite = suite_create("wire_packet");
	TCase *tc = test_case(suite, "packets", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_good, 0, countof(good));
	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_loop_test(tc, test_made, 0, countof(good));
	tcase_add_test(tc, test_truncated);
	tcase_add_loop_test(tc, test_pieces, 0, countof(pieces));
	tcase_add_test(tc, test_lengths);
	tcase_add_test(tc, test_longest);
	tcase_add_test(tc, test_failed);

	return suite;
}

int main(void)
{
	return test_run(wire_packet_suite());
}
