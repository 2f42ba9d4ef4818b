/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Our codec beside libvici's: of generated messages both make the same octets,
 * and of whatever octets both read the same, or both refuse them.
 */

#include "test_runner.h"
#include "test_support.h"
#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

#include <vici_builder.h>
#include <vici_message.h>

/** Generated messages */
#define MESSAGES 500

/** Most elements of one */
#define ELEMENTS_MAX 40

/** Changes tried of each */
#define CHANGES 12

/** Longest name or value that is generated, but for a few */
#define SHORT 12

/** State of the generator: the same messages each time */
static uint64_t state;

/**
 * A number from 0 to limit - 1.
 */
static u_int any(u_int limit)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % limit;
}

/**
 * Generate a name.
 */
static char *generate_name(char name[WIRE_NAME_MAX + 1])
{
	u_int len, i;

	len = any(50) ? any(SHORT) : any(WIRE_NAME_MAX + 1);
	for (i = 0; i < len; i++)
	{
		name[i] = ' ' + any('~' - ' ' + 1);
	}
	name[len] = '\0';
	return name;
}

/**
 * Generate a value.
 */
static chunk_t generate_value(u_char value[WIRE_VALUE_MAX])
{
	u_int len, i;

	len = any(200) ? any(SHORT) : any(2) ? WIRE_VALUE_MAX : any(WIRE_VALUE_MAX);
	for (i = 0; i < len; i++)
	{
		value[i] = any(256);
	}
	return chunk_create(value, len);
}

/**
 * Write the same message with both.
 */
static void generate(wire_writer_t *writer, vici_builder_t *builder)
{
	static u_char buf[WIRE_VALUE_MAX];
	char name[WIRE_NAME_MAX + 1];
	u_int depth = 0, elements, items;
	chunk_t value;

	for (elements = any(ELEMENTS_MAX); elements; elements--)
	{
		generate_name(name);
		switch (any(4))
		{
			case 0:
				wire_writer_begin_section(writer, name);
				builder->begin_section(builder, name);
				depth++;
				break;
			case 1:
				if (depth)
				{
					wire_writer_end_section(writer);
					builder->end_section(builder);
					depth--;
				}
				break;
			case 2:
				value = generate_value(buf);
				wire_writer_value(writer, name,
								  test_octets(value));
				builder->add(builder, VICI_KEY_VALUE, name, value);
				break;
			case 3:
				wire_writer_begin_list(writer, name);
				builder->begin_list(builder, name);
				for (items = any(4); items; items--)
				{
					value = generate_value(buf);
					wire_writer_item(writer,
									 test_octets(value));
					builder->add(builder, VICI_LIST_ITEM, value);
				}
				wire_writer_end_list(writer);
				builder->end_list(builder);
				break;
		}
	}
	for (; depth; depth--)
	{
		wire_writer_end_section(writer);
		builder->end_section(builder);
	}
}

/**
 * Whether libvici, for which much is good that it does not look at, can read
 * octets up to their end.
 */
static bool is_readable(chunk_t octets)
{
	vici_message_t *message;
	enumerator_t *elements;
	vici_type_t type;
	u_char unset;
	chunk_t value;
	char *name;
	int depth = 0;
	bool list = FALSE, ok;

	message = vici_message_create_from_data(octets, FALSE);
	elements = message->create_enumerator(message);
	do
	{
		/* 5.9.8 leaves alone what it should set, and succeeds: the value of an
		 * item that is cut off, an octet that says that the end is here */
		type = VICI_START;
		value.ptr = &unset;
		ok = elements->enumerate(elements, &type, &name, &value) &&
			 type != VICI_START &&
			 (type != VICI_LIST_ITEM || value.ptr != &unset);
		depth += (type == VICI_SECTION_START) - (type == VICI_SECTION_END);
		list = type == VICI_LIST_START || (list && type != VICI_LIST_END);
	}
	while (ok && type != VICI_END);
	elements->destroy(elements);
	message->destroy(message);
	return ok && !depth && !list;
}

/**
 * Compare what both read, element by element.
 */
static void compare(chunk_t octets)
{
	vici_message_t *message;
	enumerator_t *elements;
	vici_type_t type;
	wire_reader_t reader;
	wire_element_t element;
	chunk_t value;
	char *name;

	ck_assert(wire_reader_init(&reader, test_octets(octets)));
	message = vici_message_create_from_data(octets, FALSE);
	elements = message->create_enumerator(message);
	while (wire_reader_next(&reader, &element))
	{
		ck_assert(elements->enumerate(elements, &type, &name, &value));
		ck_assert_int_eq(type, element.type);
		if (type == VICI_SECTION_START || type == VICI_LIST_START ||
			type == VICI_KEY_VALUE)
		{
			ck_assert(wire_equals(element.name, name));
		}
		if (type == VICI_KEY_VALUE || type == VICI_LIST_ITEM)
		{
			ck_assert_uint_eq(value.len, element.value.len);
			ck_assert(!value.len || value.ptr == element.value.ptr);
		}
	}
	ck_assert(elements->enumerate(elements, &type, &name, &value));
	ck_assert_int_eq(type, VICI_END);
	elements->destroy(elements);
	message->destroy(message);
}

/**
 * Whether both are of the same opinion, about a copy that has no octet more.
 *
 * @return			TRUE if it is a message
 */
static bool judge(chunk_t octets)
{
	wire_reader_t reader;
	chunk_t copy;
	bool ok;

	copy = chunk_clone(octets);
	ok = wire_reader_init(&reader, test_octets(copy));
	ck_assert(ok == is_readable(copy));
	if (ok)
	{
		compare(copy);
	}
	chunk_free(&copy);
	return ok;
}

/**
 * Judge what a message becomes if it is changed.
 *
 * @return			how many changed ones are messages
 */
static u_int judge_changed(chunk_t octets)
{
	chunk_t copy;
	u_int i, pos, good = 0;

	for (i = 0; octets.len && i < CHANGES; i++)
	{
		copy = chunk_clone(octets);
		pos = any(octets.len);
		switch (any(4))
		{
			case 0:
				copy.len = pos;
				break;
			case 1:
				copy.ptr[pos] = any(9);
				break;
			case 2:
				copy.ptr[pos] ^= 1 << any(8);
				break;
			case 3:
				copy.len--;
				memmove(copy.ptr + pos, copy.ptr + pos + 1, copy.len - pos);
				break;
		}
		good += judge(copy);
		chunk_free(&copy);
	}
	return good;
}

START_TEST(test_messages)
{
	vici_builder_t *builder;
	vici_message_t *message;
	wire_writer_t writer;
	wire_octets_t octets;
	chunk_t encoding;
	u_int i, changed = 0;

	state = _i;
	for (i = 0; i < MESSAGES; i++)
	{
		wire_writer_init(&writer, SIZE_MAX);
		builder = vici_builder_create();
		generate(&writer, builder);
		message = builder->finalize(builder);
		encoding = message->get_encoding(message);
		ck_assert(wire_writer_get(&writer, &octets));
		ck_assert(test_same(octets, encoding));
		ck_assert(judge(encoding));
		changed += judge_changed(encoding);
		message->destroy(message);
		wire_writer_deinit(&writer);
	}
	/* there was something of both kinds */
	ck_assert_uint_gt(changed, MESSAGES);
	ck_assert_uint_lt(changed, (CHANGES - 1) * MESSAGES);
}
END_TEST

START_TEST(test_few)
{
	uint8_t octets[6];
	u_int i, j, len, good = 0;

	/* a few octets, most of which are types and lengths */
	state = 1000;
	for (i = 0; i < 100000; i++)
	{
		len = any(sizeof(octets) + 1);
		for (j = 0; j < len; j++)
		{
			octets[j] = any(16) ? any(9) : 'a' + any(3);
		}
		good += judge(chunk_create(octets, len));
	}
	ck_assert_uint_gt(good, 500);
}
END_TEST

static Suite *wire_oracle_suite()
{
	Suite *suite = suite_create("wire_oracle");
	TCase *tc = test_case(suite, "libvici", 60, NULL, NULL);

	tcase_add_loop_test(tc, test_messages, 0, 4);
	tcase_add_test(tc, test_few);

	return suite;
}

int main(void)
{
	return test_run(wire_oracle_suite());
}
