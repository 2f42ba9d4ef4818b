/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Described in header
 */
void kupfctl_error(const char *fmt, ...)
{
	va_list args;

	fputs("kupfctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/**
 * Length of the UTF-8 character at the start of text, 0 if it is none.
 */
static size_t utf8_char(const uint8_t *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t need, i;

	if (text[0] < 0x80)
	{
		return 1;
	}
	if (text[0] < 0xC2 || text[0] > 0xF4)
	{
		return 0;
	}
	need = text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
	if (len < need)
	{
		return 0;
	}
	code = text[0] & (0x7F >> need);
	for (i = 1; i < need; i++)
	{
		if ((text[i] & 0xC0) != 0x80)
		{
			return 0;
		}
		code = code << 6 | (text[i] & 0x3F);
	}
	if (code < least[need] || code > 0x10FFFF ||
		(code >= 0xD800 && code <= 0xDFFF))
	{
		return 0;
	}
	return need;
}

/**
 * Whether a character would control the terminal (C0, DEL, C1).
 */
static bool is_control(const uint8_t *text, size_t len)
{
	return text[0] < 0x20 || text[0] == 0x7F ||
		   (len == 2 && text[0] == 0xC2 && text[1] < 0xA0);
}

/*
 * Described in header
 */
size_t kupfctl_print_text(FILE *out, wire_octets_t value)
{
	const uint8_t *text = value.ptr;
	size_t i, n, columns = 0;

	for (i = 0; i < value.len; i += n)
	{
		n = utf8_char(text + i, value.len - i);
		if (n && !is_control(text + i, n) && text[i] != '\\')
		{
			fwrite(text + i, 1, n, out);
			columns++;
		}
		else
		{
			n = 1;
			columns += fprintf(out, "\\x%02x", text[i]);
		}
	}
	return columns;
}

/*
 * Described in header
 */
void kupfctl_print_value(FILE *out, wire_octets_t value)
{
	const uint8_t *quote;
	size_t len;

	if (value.len && !memchr(value.ptr, ' ', value.len) &&
		!memchr(value.ptr, '"', value.len))
	{
		kupfctl_print_text(out, value);
		return;
	}
	fputc('"', out);
	while (value.len && (quote = memchr(value.ptr, '"', value.len)))
	{
		len = quote - value.ptr;
		kupfctl_print_text(out, wire_octets(value.ptr, len));
		fputs("\\x22", out);
		value = wire_octets(quote + 1, value.len - len - 1);
	}
	kupfctl_print_text(out, value);
	fputc('"', out);
}

/**
 * Whether the value of a field is a time.
 */
static bool is_time(wire_octets_t field)
{
	static const char *const times[] = {
		"expires", "created", "modified", "established", "last-failed",
		"next-attempt", "last-in", "last-out",
	};
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
	{
		if (wire_equals(field, times[i]))
		{
			return true;
		}
	}
	return false;
}

/*
 * Described in header
 */
size_t kupfctl_print_field(FILE *out, wire_octets_t field, wire_octets_t value)
{
	char text[32];
	struct tm tm;
	time_t when;
	char *end;

	if (!is_time(field) || !value.len || value.len >= sizeof(text))
	{
		return kupfctl_print_text(out, value);
	}
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	when = strtoull(text, &end, 10);
	if (*end || (when && (!localtime_r(&when, &tm) ||
				!strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm))))
	{
		return kupfctl_print_text(out, value);
	}
	if (!when)
	{
		strcpy(text, "never");
	}
	return fprintf(out, "%s", text);
}

/**
 * Print a JSON string.
 */
static void print_string(FILE *out, wire_octets_t value)
{
	const uint8_t *text = value.ptr;
	size_t i, n;

	fputc('"', out);
	for (i = 0; i < value.len; i += n)
	{
		n = utf8_char(text + i, value.len - i);
		if (!n)
		{
			n = 1;
			fputs("\\ufffd", out);
		}
		else if (text[i] == '"' || text[i] == '\\')
		{
			fprintf(out, "\\%c", text[i]);
		}
		else if (n == 1 && is_control(text + i, n))
		{
			fprintf(out, "\\u%04x", text[i]);
		}
		else
		{
			fwrite(text + i, 1, n, out);
		}
	}
	fputc('"', out);
}

/*
 * Described in header
 */
void kupfctl_print_json(FILE *out, wire_octets_t event,
						const wire_reader_t *message)
{
	wire_reader_t reader = *message;
	wire_element_t element;
	bool more = false, ends, named;

	fputc('{', out);
	if (event.len)
	{
		fputs("\"event\":", out);
		print_string(out, event);
		more = true;
	}
	while (wire_reader_next(&reader, &element))
	{
		ends = element.type == WIRE_SECTION_END ||
			   element.type == WIRE_LIST_END;
		named = !ends && element.type != WIRE_LIST_ITEM;
		fputs(more && !ends ? "," : "", out);
		if (named)
		{
			print_string(out, element.name);
			fputc(':', out);
		}
		more = true;
		switch (element.type)
		{
			case WIRE_SECTION_START:
				fputc('{', out);
				more = false;
				break;
			case WIRE_SECTION_END:
				fputc('}', out);
				break;
			case WIRE_LIST_START:
				fputc('[', out);
				more = false;
				break;
			case WIRE_LIST_END:
				fputc(']', out);
				break;
			case WIRE_KEY_VALUE:
			case WIRE_LIST_ITEM:
				print_string(out, element.value);
				break;
		}
	}
	fputs("}\n", out);
}

/**
 * Get the next element, skipping the field "success" on the top level.
 */
static bool next_element(wire_reader_t *reader, wire_element_t *element)
{
	bool more;

	do
	{
		more = wire_reader_next(reader, element);
	}
	while (more && !reader->depth && element->type == WIRE_KEY_VALUE &&
		   wire_equals(element->name, "success"));
	return more;
}

/**
 * Columns that the names of a message need, indented by their sections.
 */
static int name_columns(const wire_reader_t *message)
{
	wire_reader_t reader = *message;
	wire_element_t element;
	int columns = 0, len;

	while (next_element(&reader, &element))
	{
		if (element.type == WIRE_KEY_VALUE || element.type == WIRE_LIST_START)
		{
			len = element.name.len + 2 * reader.depth;
			columns = len > columns ? len : columns;
		}
	}
	return columns;
}

/*
 * Described in header
 */
void kupfctl_print_lines(FILE *out, const wire_reader_t *message)
{
	wire_reader_t reader = *message;
	wire_element_t element;
	int columns = name_columns(message), indent;
	const char *before = "";

	while (next_element(&reader, &element))
	{
		indent = 2 * reader.depth;
		switch (element.type)
		{
			case WIRE_SECTION_START:
				fprintf(out, "%*s", indent - 2, "");
				kupfctl_print_value(out, element.name);
				fputs(":\n", out);
				break;
			case WIRE_SECTION_END:
				break;
			case WIRE_KEY_VALUE:
			case WIRE_LIST_START:
				fprintf(out, "%*s%.*s%*s", indent, "", (int)element.name.len,
						element.name.ptr,
						columns - indent - (int)element.name.len + 2, "");
				before = "";
				if (element.type == WIRE_KEY_VALUE)
				{
					kupfctl_print_field(out, element.name, element.value);
					fputc('\n', out);
				}
				break;
			case WIRE_LIST_ITEM:
				fputs(before, out);
				before = ", ";
				kupfctl_print_value(out, element.value);
				break;
			case WIRE_LIST_END:
				fputc('\n', out);
				break;
		}
	}
}

/*
 * Described in header
 */
void kupfctl_print_line(FILE *out, const wire_reader_t *message,
						const char *but)
{
	wire_reader_t reader = *message;
	wire_element_t element;
	const char *before = "";

	while (next_element(&reader, &element))
	{
		switch (element.type)
		{
			case WIRE_SECTION_START:
				fputs(before, out);
				kupfctl_print_value(out, element.name);
				fputs("={", out);
				before = "";
				break;
			case WIRE_SECTION_END:
				fputc('}', out);
				before = " ";
				break;
			case WIRE_LIST_START:
				fprintf(out, "%s%.*s=", before, (int)element.name.len,
						element.name.ptr);
				before = "";
				break;
			case WIRE_LIST_ITEM:
				fputs(before, out);
				kupfctl_print_value(out, element.value);
				before = ",";
				break;
			case WIRE_LIST_END:
				before = " ";
				break;
			case WIRE_KEY_VALUE:
				if (!reader.depth && wire_equals(element.name, but))
				{
					break;
				}
				fprintf(out, "%s%.*s=", before, (int)element.name.len,
						element.name.ptr);
				kupfctl_print_value(out, element.value);
				before = " ";
				break;
		}
	}
}
