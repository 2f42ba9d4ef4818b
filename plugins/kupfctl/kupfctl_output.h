/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_output kupfctl_output
 * @{ @ingroup kupfctl
 *
 * What the tool prints.
 *
 * Values come from the daemon, and some of them (identities) from whoever
 * sends it a packet: they never reach a terminal unescaped.
 */

#ifndef KUPFCTL_OUTPUT_H_
#define KUPFCTL_OUTPUT_H_

#include "kupfctl.h"
#include "wire/wire_reader.h"

#include <stdio.h>

/**
 * Print a line "kupfctl: ..." to stderr.
 *
 * @param fmt		printf format string
 * @param ...		arguments
 */
void kupfctl_error(const char *fmt, ...)
				   __attribute__((format(printf, 1, 2)));

/**
 * Print text; control characters, backslashes and what is not UTF-8 as \xNN.
 *
 * @param out		stream
 * @param value		text
 * @return			number of columns used, if all characters take one
 */
size_t kupfctl_print_text(FILE *out, wire_octets_t value);

/**
 * Print a value as text like kupfctl_print_text(), in double quotes if it is
 * empty or contains a space or a double quote (printed as \x22).
 *
 * @param out		stream
 * @param value		value
 */
void kupfctl_print_value(FILE *out, wire_octets_t value);

/**
 * Print the value of a field like kupfctl_print_text(), but times that it has
 * in seconds since 1970 as local time.
 *
 * @param out		stream
 * @param field		name of field
 * @param value		value
 * @return			number of columns used, if all characters take one
 */
size_t kupfctl_print_field(FILE *out, wire_octets_t field,
						   wire_octets_t value);

/**
 * Print a message as a JSON object on a line: sections as objects, lists as
 * arrays, and all values as strings, since the wire knows no other type.  What
 * is not UTF-8 is replaced by U+FFFD.
 *
 * @param out		stream
 * @param event		name of event, becomes the first member; empty for a reply
 * @param message	message
 */
void kupfctl_print_json(FILE *out, wire_octets_t event,
						const wire_reader_t *message);

/**
 * Print a message in lines of name and value, without the field "success".
 *
 * @param out		stream
 * @param message	message
 */
void kupfctl_print_lines(FILE *out, const wire_reader_t *message);

/**
 * Print a message on one line, name=value.
 *
 * @param out		stream
 * @param message	message
 * @param but		field that is left out, not in a section
 */
void kupfctl_print_line(FILE *out, const wire_reader_t *message,
						const char *but);

#endif /** KUPFCTL_OUTPUT_H_ @}*/
