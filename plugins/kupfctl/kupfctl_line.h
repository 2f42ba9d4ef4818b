/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupfctl_line kupfctl_line
 * @{ @ingroup kupfctl
 *
 * A line of the input of "load" and other commands for many sessions:
 * SESSION field=value field=value ...
 *
 * Words are separated by blanks; a word that starts with '#' and all after it
 * is a comment.  Fields have their names on the wire; lists are separated by
 * commas; keys are text, 0x<hex> or 0s<base64>.
 */

#ifndef KUPFCTL_LINE_H_
#define KUPFCTL_LINE_H_

#include "kupfctl_secret.h"

/** Room for the fields that a session may have: those of the options of establish,
 * and of modify */
#define KUPFCTL_LINE_FIELDS 48

/** Fields that are keys, the first ones */
#define KUPFCTL_LINE_KEYS 4

/** Room for a description of an error */
#define KUPFCTL_LINE_ERROR 128

/**
 * What is to be done with the sessions.
 */
typedef enum {
	KUPFCTL_LINE_ESTABLISH,
	/** establish, or modify if it is there */
	KUPFCTL_LINE_REPLACE,
	KUPFCTL_LINE_MODIFY,
	/** lines have a name and nothing else */
	KUPFCTL_LINE_DELETE,
} kupfctl_line_kind_t;

/**
 * A session; strings are borrowed from the line.
 */
typedef struct {
	/** its name, NULL if the line has none */
	const char *session;
	/** text of each field, NULL if it is not given */
	const char *values[KUPFCTL_LINE_FIELDS];
	/** key, K_AMF, K_TNGF or another one, at the index of its field */
	kupfctl_secret_t secrets[KUPFCTL_LINE_KEYS];
} kupfctl_line_t;

/**
 * Parse a line.
 *
 * @param kind		what is to be done with the session
 * @param line		[out] session; to be wiped with kupfctl_line_wipe()
 * @param text		line without its end, modified
 * @param error		[out] what is wrong, naming the field but no value; room
 *					for KUPFCTL_LINE_ERROR
 * @return			FALSE if something is wrong
 */
bool kupfctl_line_parse(kupfctl_line_kind_t kind, kupfctl_line_t *line,
						char *text, char *error);

/**
 * Length of a session in a request.
 *
 * @param line		session
 * @return			octets
 */
size_t kupfctl_line_size(const kupfctl_line_t *line);

/**
 * Add a session to a request, as a section of its name.
 *
 * @param kind		what is to be done with the session
 * @param line		session
 * @param request	request
 */
void kupfctl_line_add(kupfctl_line_kind_t kind, const kupfctl_line_t *line,
					  wire_writer_t *request);

/**
 * Print the names of the fields that a session may have when it is established,
 * in lines.
 */
void kupfctl_line_print_fields(void);

/**
 * Wipe the keys.
 *
 * @param line		session
 */
void kupfctl_line_wipe(kupfctl_line_t *line);

#endif /** KUPFCTL_LINE_H_ @}*/
