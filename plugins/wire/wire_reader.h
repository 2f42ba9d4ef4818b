/* SPDX-License-Identifier: MIT */

/**
 * @defgroup wire_reader wire_reader
 * @{ @ingroup wire
 *
 * Reads messages.
 *
 * The structure of the whole message is checked before anything of it is
 * handed out, so that one that is malformed further down has done nothing.
 * What is handed out points into the message: nothing is allocated or copied.
 */

#ifndef WIRE_READER_H_
#define WIRE_READER_H_

#include "wire.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wire_element_t wire_element_t;
typedef struct wire_reader_t wire_reader_t;

/**
 * Types of elements, as they are on the wire.
 */
enum wire_type_t {
	/** a section starts: name */
	WIRE_SECTION_START = 1,
	/** a section ends */
	WIRE_SECTION_END = 2,
	/** name and value */
	WIRE_KEY_VALUE = 3,
	/** a list starts: name */
	WIRE_LIST_START = 4,
	/** value of the list, whose name it has here */
	WIRE_LIST_ITEM = 5,
	/** a list ends: name */
	WIRE_LIST_END = 6,
};

typedef enum wire_type_t wire_type_t;

/**
 * An element.
 */
struct wire_element_t {
	/** type */
	wire_type_t type;
	/** name, if it has one: printable ASCII */
	wire_octets_t name;
	/** value, if it has one */
	wire_octets_t value;
};

/**
 * A position in a message.  It may be copied, to look ahead.
 */
struct wire_reader_t {
	/** what was not read yet */
	wire_octets_t rest;
	/** sections around the position; to be read by anybody */
	unsigned int depth;
	/** within a list */
	bool in_list;
	/** name of this list */
	wire_octets_t list;
};

/**
 * Check a message, and begin to read it.  That is: every element is complete
 * and of a known type, every section and list is ended, lists hold items only,
 * which are nowhere else, names are printable ASCII, nothing is left over.
 *
 * @param self		[out] reader; at its end if the message is malformed
 * @param message	message, has to stay as it is while it is read
 * @return			FALSE if the message is malformed
 */
bool wire_reader_init(wire_reader_t *self, wire_octets_t message);

/**
 * Read the next element.
 *
 * @param self		reader
 * @param element	[out] element
 * @return			FALSE at the end of the message
 */
bool wire_reader_next(wire_reader_t *self, wire_element_t *element);

/**
 * Read on to the end of the section or list around the position; that end is
 * read, too.  At the top level: to the end of the message.
 *
 * @param self		reader
 */
void wire_reader_skip(wire_reader_t *self);

/**
 * Find a value by its name, from the position on, in this section only and not
 * in those within it.
 *
 * @param from		position, stays where it is
 * @param name		name
 * @param value		[out] value, empty if there is none
 * @return			FALSE if there is none
 */
bool wire_reader_find(const wire_reader_t *from, const char *name,
					  wire_octets_t *value);

#ifdef __cplusplus
}
#endif

#endif /** WIRE_READER_H_ @}*/
