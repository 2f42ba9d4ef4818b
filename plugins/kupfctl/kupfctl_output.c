/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** Most elements of a message that are aligned */
#define ALIGN_MAX 512

/*
 * Described in header
 */
void kupfctl_error(const char *fmt, ...)
{
	va_list args;

	/* one line, also if the guard of the connection has something to say */
	flockfile(stderr);
	fputs("kupfctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	funlockfile(stderr);
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
size_t kupfctl_print_text(FILE *out, const void *value, size_t len)
{
	const uint8_t *text = value;
	size_t i, n, columns = 0;

	for (i = 0; i < len; i += n)
	{
		n = utf8_char(text + i, len - i);
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
void kupfctl_print_value(FILE *out, const void *value, size_t len)
{
	const char *text = value, *quote;

	if (len && !memchr(text, ' ', len) && !memchr(text, '"', len))
	{
		kupfctl_print_text(out, text, len);
		return;
	}
	fputc('"', out);
	while (len && (quote = memchr(text, '"', len)))
	{
		kupfctl_print_text(out, text, quote - text);
		fputs("\\x22", out);
		len -= quote + 1 - text;
		text = quote + 1;
	}
	kupfctl_print_text(out, text, len);
	fputc('"', out);
}

/**
 * Whether the value of a field is a time.
 */
static bool is_time(const char *field)
{
	static const char *const times[] = {
		"expires", "created", "modified", "established", "last-failed",
		"next-attempt",
	};
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
	{
		if (!strcmp(times[i], field))
		{
			return true;
		}
	}
	return false;
}

/*
 * Described in header
 */
size_t kupfctl_print_field(FILE *out, const char *field, const void *value,
						   size_t len)
{
	char text[32];
	struct tm tm;
	time_t when;
	char *end;

	if (!is_time(field) || !len || len >= sizeof(text))
	{
		return kupfctl_print_text(out, value, len);
	}
	memcpy(text, value, len);
	text[len] = '\0';
	when = strtoull(text, &end, 10);
	if (*end || (when && (!localtime_r(&when, &tm) ||
				!strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm))))
	{
		return kupfctl_print_text(out, value, len);
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
static void print_string(FILE *out, const void *value, size_t len)
{
	const uint8_t *text = value;
	size_t i, n;

	fputc('"', out);
	for (i = 0; i < len; i += n)
	{
		n = utf8_char(text + i, len - i);
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

/**
 * Print the name of an element of an object, and a comma before it.
 */
static void print_name(FILE *out, const char *name, bool *more)
{
	if (*more)
	{
		fputc(',', out);
	}
	*more = true;
	print_string(out, name, strlen(name));
	fputc(':', out);
}

/*
 * Described in header
 */
bool kupfctl_print_json(FILE *out, const char *event, vici_res_t *res)
{
	bool more = false;
	const void *value;
	int len, depth = 0;

	fputc('{', out);
	if (event)
	{
		print_name(out, "event", &more);
		print_string(out, event, strlen(event));
	}
	while (true)
	{
		switch (vici_parse(res))
		{
			case VICI_PARSE_BEGIN_SECTION:
				print_name(out, vici_parse_name(res), &more);
				fputc('{', out);
				more = false;
				depth++;
				continue;
			case VICI_PARSE_END_SECTION:
				fputc('}', out);
				more = true;
				depth--;
				continue;
			case VICI_PARSE_BEGIN_LIST:
				print_name(out, vici_parse_name(res), &more);
				fputc('[', out);
				more = false;
				continue;
			case VICI_PARSE_LIST_ITEM:
				if (more)
				{
					fputc(',', out);
				}
				more = true;
				value = vici_parse_value(res, &len);
				print_string(out, value, len);
				continue;
			case VICI_PARSE_END_LIST:
				fputc(']', out);
				more = true;
				continue;
			case VICI_PARSE_KEY_VALUE:
				print_name(out, vici_parse_name(res), &more);
				value = vici_parse_value(res, &len);
				print_string(out, value, len);
				continue;
			case VICI_PARSE_END:
				fputs("}\n", out);
				return true;
			default:
				while (depth--)
				{
					fputc('}', out);
				}
				fputs("}\n", out);
				return false;
		}
	}
}

/**
 * An element of a message.
 */
typedef struct {
	/** what it is */
	vici_parse_t type;
	/** name, except for items of lists */
	const char *name;
	/** value, if it is one of a list or a pair */
	const void *value;
	/** length of value */
	int len;
} element_t;

/**
 * Get the next element, skipping the field "success" on the top level.
 */
static bool next_element(vici_res_t *res, element_t *element, int depth)
{
	do
	{
		memset(element, 0, sizeof(*element));
		element->type = vici_parse(res);
		switch (element->type)
		{
			case VICI_PARSE_KEY_VALUE:
				element->value = vici_parse_value(res, &element->len);
				/* fall-through */
			case VICI_PARSE_BEGIN_SECTION:
			case VICI_PARSE_BEGIN_LIST:
				element->name = vici_parse_name(res);
				break;
			case VICI_PARSE_LIST_ITEM:
				element->value = vici_parse_value(res, &element->len);
				break;
			case VICI_PARSE_ERROR:
			case VICI_PARSE_END:
				return false;
			default:
				break;
		}
	}
	while (!depth && element->type == VICI_PARSE_KEY_VALUE &&
		   !strcmp(element->name, "success"));
	return true;
}

/*
 * Described in header
 */
bool kupfctl_print_lines(FILE *out, vici_res_t *res)
{
	static element_t all[ALIGN_MAX];
	unsigned int count = 0, i;
	int width = 0, depth = 0, len;
	bool first = false;

	/* one pass for the width of the names, one to print */
	while (count < ALIGN_MAX && next_element(res, &all[count], depth))
	{
		depth += all[count].type == VICI_PARSE_BEGIN_SECTION;
		depth -= all[count].type == VICI_PARSE_END_SECTION;
		if (all[count].name && all[count].type != VICI_PARSE_BEGIN_SECTION)
		{
			len = strlen(all[count].name) + 2 * depth;
			width = len > width ? len : width;
		}
		count++;
	}
	for (i = 0, depth = 0; i < count; i++)
	{
		switch (all[i].type)
		{
			case VICI_PARSE_BEGIN_SECTION:
				fprintf(out, "%*s", 2 * depth++, "");
				kupfctl_print_value(out, all[i].name, strlen(all[i].name));
				fputs(":\n", out);
				break;
			case VICI_PARSE_END_SECTION:
				depth--;
				break;
			case VICI_PARSE_KEY_VALUE:
			case VICI_PARSE_BEGIN_LIST:
				fprintf(out, "%*s%-*s  ", 2 * depth, "", width - 2 * depth,
						all[i].name);
				first = true;
				if (all[i].type == VICI_PARSE_KEY_VALUE)
				{
					kupfctl_print_field(out, all[i].name, all[i].value,
										all[i].len);
					fputc('\n', out);
				}
				break;
			case VICI_PARSE_LIST_ITEM:
				fputs(first ? "" : ", ", out);
				first = false;
				kupfctl_print_value(out, all[i].value, all[i].len);
				break;
			case VICI_PARSE_END_LIST:
				fputc('\n', out);
				break;
			default:
				break;
		}
	}
	return count < ALIGN_MAX && all[count].type == VICI_PARSE_END;
}

/*
 * Described in header
 */
bool kupfctl_print_line(FILE *out, vici_res_t *res, const char *but)
{
	element_t element;
	const char *before = "";
	int depth = 0;

	while (next_element(res, &element, depth))
	{
		switch (element.type)
		{
			case VICI_PARSE_BEGIN_SECTION:
				fputs(before, out);
				kupfctl_print_value(out, element.name, strlen(element.name));
				fputs("={", out);
				before = "";
				depth++;
				break;
			case VICI_PARSE_END_SECTION:
				fputc('}', out);
				before = " ";
				depth--;
				break;
			case VICI_PARSE_BEGIN_LIST:
				fprintf(out, "%s%s=", before, element.name);
				before = "";
				break;
			case VICI_PARSE_LIST_ITEM:
				fputs(before, out);
				kupfctl_print_value(out, element.value, element.len);
				before = ",";
				break;
			case VICI_PARSE_END_LIST:
				before = " ";
				break;
			default:
				if (!depth && !strcmp(element.name, but))
				{
					break;
				}
				fprintf(out, "%s%s=", before, element.name);
				kupfctl_print_value(out, element.value, element.len);
				before = " ";
				break;
		}
	}
	return element.type == VICI_PARSE_END;
}
