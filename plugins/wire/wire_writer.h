/* SPDX-License-Identifier: MIT */

/**
 * @defgroup wire_writer wire_writer
 * @{ @ingroup wire
 *
 * Writes messages, element by element.
 *
 * What is wrong (a name or value that is too long, a name that is not
 * printable, a section that was not begun, no room, no memory) fails the
 * writer: it takes nothing more, and wire_writer_get() or wire_packet_end()
 * says so at the end.  What a writer makes wire_reader takes.
 *
 * There may be keys in it: all memory that a writer does not use any more is
 * wiped.
 */

#ifndef WIRE_WRITER_H_
#define WIRE_WRITER_H_

#include "wire.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wire_writer_t wire_writer_t;

/**
 * A writer.  To be read by wire_packet only.
 */
struct wire_writer_t {
	/** what was written */
	uint8_t *buf;
	/** octets of it */
	size_t len;
	/** octets that there is room for */
	size_t room;
	/** most octets that there may ever be room for */
	size_t max;
	/** the buffer is ours, and may be replaced by a greater one */
	bool grows;
	/** something was wrong */
	bool failed;
	/** sections begun and not ended */
	unsigned int depth;
	/** within a list */
	bool in_list;
};

/**
 * Prepare a writer that grows.
 *
 * @param self		[out] writer, to be given to wire_writer_deinit()
 * @param max		most octets that it may have
 */
void wire_writer_init(wire_writer_t *self, size_t max);

/**
 * Prepare a writer that uses a buffer of the caller, and no other.
 *
 * @param self		[out] writer, to be given to wire_writer_deinit(), which
 *					wipes the buffer
 * @param buf		buffer
 * @param size		octets that it has room for
 */
void wire_writer_init_buffer(wire_writer_t *self, void *buf, size_t size);

/**
 * Empty a writer, so that it is as good as new; the buffer is kept and wiped.
 */
void wire_writer_reset(wire_writer_t *self);

/**
 * Wipe and free what a writer holds.
 */
void wire_writer_deinit(wire_writer_t *self);

/**
 * Begin a section.
 */
void wire_writer_begin_section(wire_writer_t *self, const char *name);

/**
 * Begin a section whose name is not terminated.
 */
void wire_writer_begin_section_named(wire_writer_t *self, wire_octets_t name);

/**
 * End a section.
 */
void wire_writer_end_section(wire_writer_t *self);

/**
 * Add a name and its value.
 */
void wire_writer_value(wire_writer_t *self, const char *name,
					   wire_octets_t value);

/**
 * Add a name and its value, a text.
 */
void wire_writer_text(wire_writer_t *self, const char *name, const char *text);

/**
 * Add a name and its value, a number in decimal digits.
 */
void wire_writer_number(wire_writer_t *self, const char *name,
						uint64_t number);

/**
 * Begin a list.
 */
void wire_writer_begin_list(wire_writer_t *self, const char *name);

/**
 * Add an item to the list.
 */
void wire_writer_item(wire_writer_t *self, wire_octets_t value);

/**
 * End a list.
 */
void wire_writer_end_list(wire_writer_t *self);

/**
 * Get what was written.
 *
 * @param self		writer
 * @param octets	[out] octets, valid until the writer is used again; none on
 *					failure
 * @return			FALSE if the writer has failed, or a section or list was not
 *					ended
 */
bool wire_writer_get(wire_writer_t *self, wire_octets_t *octets);

/**
 * Add octets as they are; for wire_packet.
 */
void wire_writer_raw(wire_writer_t *self, wire_octets_t octets);

/**
 * Add a name, without an element that it belongs to; for wire_packet.
 */
void wire_writer_name(wire_writer_t *self, wire_octets_t name);

#ifdef __cplusplus
}
#endif

#endif /** WIRE_WRITER_H_ @}*/
