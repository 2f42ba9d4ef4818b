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

#include <libvici.h>
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
 * @param len		its length
 * @return			number of columns used, if all characters take one
 */
size_t kupfctl_print_text(FILE *out, const void *value, size_t len);

/**
 * Print a value as text like kupfctl_print_text(), in double quotes if it is
 * empty or contains a space or a double quote (printed as \x22).
 *
 * @param out		stream
 * @param value		value
 * @param len		its length
 */
void kupfctl_print_value(FILE *out, const void *value, size_t len);

/**
 * Print the value of a field like kupfctl_print_text(), but times that it has
 * in seconds since 1970 as local time.
 *
 * @param out		stream
 * @param field		name of field
 * @param value		value
 * @param len		its length
 * @return			number of columns used, if all characters take one
 */
size_t kupfctl_print_field(FILE *out, const char *field, const void *value,
						   size_t len);

/**
 * Print a message as a JSON object on a line: sections as objects, lists as
 * arrays, and all values as strings, since VICI knows no other type.  What is
 * not UTF-8 is replaced by U+FFFD.
 *
 * @param out		stream
 * @param event		name of event, becomes the first member; NULL for a reply
 * @param res		message, consumed by parsing but not freed
 * @return			FALSE if the message is malformed
 */
bool kupfctl_print_json(FILE *out, const char *event, vici_res_t *res);

/**
 * Print a message in lines of name and value, without the field "success".
 *
 * @param out		stream
 * @param res		message, consumed by parsing but not freed
 * @return			FALSE if the message is malformed
 */
bool kupfctl_print_lines(FILE *out, vici_res_t *res);

/**
 * Print a message on one line, name=value.
 *
 * @param out		stream
 * @param res		message, consumed by parsing but not freed
 * @param but		field that is left out, not in a section
 * @return			FALSE if the message is malformed
 */
bool kupfctl_print_line(FILE *out, vici_res_t *res, const char *but);

#endif /** KUPFCTL_OUTPUT_H_ @}*/
