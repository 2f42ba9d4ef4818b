/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_refusals.h"
#include "kupfctl_output.h"

#include <string.h>

/**
 * Append octets to a text, as far as there is room.
 */
static size_t append(char *text, size_t len, wire_octets_t octets)
{
	size_t more = octets.len;

	if (more > KUPFCTL_REFUSALS_TEXT - len)
	{
		more = KUPFCTL_REFUSALS_TEXT - len;
	}
	if (more)
	{
		memcpy(text + len, octets.ptr, more);
	}
	return len + more;
}

/**
 * Write the reason of the section at which a reader is.
 */
static wire_octets_t read_reason(const wire_reader_t *reader, char *text)
{
	wire_octets_t value;
	size_t len;

	wire_reader_find(reader, "cause", &value);
	len = append(text, 0, value.len ? value : wire_text("refused"));
	if (wire_reader_find(reader, "errmsg", &value) && value.len)
	{
		len = append(text, len, wire_text(": "));
		len = append(text, len, value);
	}
	return wire_octets(text, len);
}

/**
 * Count a session of a reason.
 *
 * @return			how many there are now; 1 if that is not known
 */
static unsigned long count(kupfctl_refusals_t *refusals, wire_octets_t reason)
{
	unsigned int i;

	for (i = 0; i < refusals->used; i++)
	{
		if (refusals->reasons[i].len == reason.len &&
			!memcmp(refusals->reasons[i].text, reason.ptr, reason.len))
		{
			return ++refusals->reasons[i].count;
		}
	}
	if (i < KUPFCTL_REFUSALS_REASONS)
	{
		memcpy(refusals->reasons[i].text, reason.ptr, reason.len);
		refusals->reasons[i].len = reason.len;
		refusals->reasons[i].count = 1;
		refusals->used++;
	}
	return 1;
}

/**
 * Take a refusal, the section at which a reader is.
 */
static void add_refusal(kupfctl_refusals_t *refusals,
						const wire_reader_t *reader, wire_octets_t session)
{
	char text[KUPFCTL_REFUSALS_TEXT];
	wire_octets_t reason = read_reason(reader, text);

	if (count(refusals, reason) <= KUPFCTL_REFUSALS_SHOWN)
	{
		fputs("kupfctl: session ", stderr);
		kupfctl_print_text(stderr, session);
		fputs(": ", stderr);
		kupfctl_print_text(stderr, reason);
		fputc('\n', stderr);
	}
}

/*
 * Described in header
 */
void kupfctl_refusals_add(kupfctl_refusals_t *refusals,
						  const kupf_client_reply_t *reply)
{
	wire_reader_t reader = reply->message;
	wire_element_t element;

	while (wire_reader_next(&reader, &element))
	{
		if (element.type == WIRE_SECTION_START && reader.depth == 1)
		{
			add_refusal(refusals, &reader, element.name);
		}
	}
}

/*
 * Described in header
 */
void kupfctl_refusals_sum(const kupfctl_refusals_t *refusals)
{
	unsigned long more;
	unsigned int i;

	for (i = 0; i < refusals->used; i++)
	{
		if (refusals->reasons[i].count > KUPFCTL_REFUSALS_SHOWN)
		{
			more = refusals->reasons[i].count - KUPFCTL_REFUSALS_SHOWN;
			fprintf(stderr, "kupfctl: %lu more session%s: ", more,
					more == 1 ? "" : "s");
			kupfctl_print_text(stderr, wire_octets(refusals->reasons[i].text,
											refusals->reasons[i].len));
			fputc('\n', stderr);
		}
	}
}
