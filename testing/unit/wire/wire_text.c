/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The codec as a filter, for test_wire_python: reads and writes messages in
 * lines of hexadecimal digits, and what they say in lines of text.
 *
 *   wire_text read     octets in, "malformed" or text out
 *   wire_text write    text in, octets out
 *
 * Text is a row of words: {NAME  }  =NAME:VALUE  [NAME  +VALUE  ], with names
 * and values in hexadecimal digits.
 */

#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

#include <stdio.h>
#include <stdlib.h>

/** Longest message, octets */
#define MESSAGE_MAX (1024 * 1024)

static uint8_t digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/**
 * Decode digits in place, up to what is none.
 *
 * @param end		[out] character behind the digits
 */
static wire_octets_t decode(char *text, char **end)
{
	uint8_t *octets = (uint8_t*)text;
	size_t len, i;

	len = strspn(text, "0123456789abcdef");
	for (i = 0; i < len / 2; i++)
	{
		octets[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	}
	*end = text + len;
	return wire_octets(octets, len / 2);
}

static void print(const char *before, wire_octets_t octets)
{
	size_t i;

	fputs(before, stdout);
	for (i = 0; i < octets.len; i++)
	{
		printf("%02x", octets.ptr[i]);
	}
}

static void read_line(char *line)
{
	wire_element_t element;
	wire_reader_t reader;
	wire_octets_t octets;
	uint8_t *copy;
	char *end;

	octets = decode(line, &end);
	/* no room behind the end, so that a read beyond it is seen */
	copy = malloc(octets.len + 1);
	memcpy(copy + 1, octets.ptr, octets.len);
	if (!wire_reader_init(&reader, wire_octets(copy + 1, octets.len)))
	{
		printf("malformed");
	}
	while (wire_reader_next(&reader, &element))
	{
		switch (element.type)
		{
			case WIRE_SECTION_START:
				print("{", element.name);
				break;
			case WIRE_SECTION_END:
				print("}", element.name);
				break;
			case WIRE_KEY_VALUE:
				print("=", element.name);
				print(":", element.value);
				break;
			case WIRE_LIST_START:
				print("[", element.name);
				break;
			case WIRE_LIST_ITEM:
				print("+", element.value);
				break;
			case WIRE_LIST_END:
				printf("]");
				break;
		}
		putchar(' ');
	}
	putchar('\n');
	free(copy);
}

/**
 * Make a text of a name.
 */
static const char *text_of(wire_octets_t name)
{
	static char text[WIRE_NAME_MAX + 2];

	/* one that is too long shall be too long */
	snprintf(text, sizeof(text), "%.*s", (int)name.len, (char*)name.ptr);
	return text;
}

static void write_word(wire_writer_t *writer, char *word)
{
	wire_octets_t octets;
	char *end, kind = *word;

	octets = decode(word + 1, &end);
	switch (kind)
	{
		case '{':
			wire_writer_begin_section_named(writer, octets);
			break;
		case '}':
			wire_writer_end_section(writer);
			break;
		case '=':
			wire_writer_value(writer, text_of(octets),
							  decode(end + 1, &end));
			break;
		case '[':
			wire_writer_begin_list(writer, text_of(octets));
			break;
		case '+':
			wire_writer_item(writer, octets);
			break;
		case ']':
			wire_writer_end_list(writer);
			break;
	}
}

static void write_line(char *line)
{
	wire_writer_t writer;
	wire_octets_t octets;
	char *word, *pos;

	wire_writer_init(&writer, MESSAGE_MAX);
	for (word = strtok_r(line, " \n", &pos); word;
		 word = strtok_r(NULL, " \n", &pos))
	{
		write_word(&writer, word);
	}
	print(wire_writer_get(&writer, &octets) ? "" : "failed", octets);
	putchar('\n');
	wire_writer_deinit(&writer);
}

int main(int argc, char *argv[])
{
	char *line = NULL;
	size_t size = 0;

	if (argc != 2)
	{
		fprintf(stderr, "usage: wire_text read | write\n");
		return 2;
	}
	while (getline(&line, &size, stdin) > 0)
	{
		if (!strcmp(argv[1], "read"))
		{
			read_line(line);
		}
		else
		{
			write_line(line);
		}
	}
	free(line);
	return 0;
}
