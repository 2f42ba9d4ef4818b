/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_fields kupf_fields
 * @{ @ingroup kupf
 *
 * The fields of requests: their names, and what their values look like.
 */

#ifndef KUPF_FIELDS_H_
#define KUPF_FIELDS_H_

#include "kupf/procedures/kupf_request.h"
#include "kupf/keys/kupf_unknown.h"
#include "wire/wire.h"

/** All fields, for kupf_fields_find() */
#define KUPF_FIELDS_ALL (~0ULL)

typedef struct kupf_wire_field_t kupf_wire_field_t;

/**
 * A field on the wire.
 */
struct kupf_wire_field_t {
	/** name, and its length */
	const char *name;
	size_t len;
	/** its bit */
	kupf_field_t bit;
	/** whether it is a list of values */
	bool list;
	/** parses a value, or an item of a list, into the request; FALSE if it is
	 * not what is expected */
	bool (*parse)(kupf_request_t *request, chunk_t value);
	/** what a value must be, for the error message */
	const char *expected;
};

/**
 * Find a field by name.
 *
 * @param name		name
 * @param allowed	kupf_field_t, ORed: fields to look among
 * @return			field, NULL if there is none
 */
const kupf_wire_field_t *kupf_fields_find(wire_octets_t name,
										  kupf_fields_t allowed);

/**
 * Compare a name that is not known with those of some fields.
 *
 * @param unknown	name
 * @param allowed	kupf_field_t, ORed: the fields
 */
void kupf_fields_compare(kupf_unknown_t *unknown, kupf_fields_t allowed);

/**
 * Get the first of some fields.
 *
 * @param bits		kupf_field_t, ORed
 * @return			field, NULL if bits is 0
 */
const kupf_wire_field_t *kupf_fields_first(kupf_fields_t bits);

#endif /** KUPF_FIELDS_H_ @}*/
