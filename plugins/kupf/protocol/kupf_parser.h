/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_parser kupf_parser
 * @{ @ingroup kupf
 *
 * From a message, or a line of text, to a request that is known to be
 * valid, or an error that names the field and says what was expected.
 */

#ifndef KUPF_PARSER_H_
#define KUPF_PARSER_H_

#include "kupf/procedures/kupf_request.h"
#include "wire/wire_reader.h"

/**
 * Parse the fields of a message, or of a section of it up to its end, which is
 * always consumed.
 *
 * @param request	[out] request; to be wiped also after an error
 * @param elements	reader at the first of them
 * @param allowed	fields that may be there
 * @param required	fields that must be there
 * @param error		[out] error
 * @return			TRUE if the request is valid
 */
bool kupf_parser_message(kupf_request_t *request, wire_reader_t *elements,
						 kupf_fields_t allowed, kupf_fields_t required,
						 kupf_error_t *error);

/**
 * Parse a line of text: SESSION field=value field=value ...
 *
 * Words are separated by blanks; a word that starts with # and what follows it
 * is a comment.  Items of lists are separated by commas, none is empty.  Keys
 * are text.
 *
 * @param request	[out] request; to be wiped also after an error
 * @param line		line, modified
 * @param allowed	fields that may be there, with KUPF_FIELD_SESSION
 * @param required	fields that must be there
 * @param error		[out] error
 * @return			TRUE if the request is valid
 */
bool kupf_parser_line(kupf_request_t *request, char *line,
					  kupf_fields_t allowed, kupf_fields_t required,
					  kupf_error_t *error);

/**
 * Set the name of the session from the name of a section.
 *
 * @param request	request
 * @param name		name
 * @param error		[out] error
 * @return			TRUE if it may name a session
 */
bool kupf_parser_name(kupf_request_t *request, wire_octets_t name,
					  kupf_error_t *error);

#endif /** KUPF_PARSER_H_ @}*/
