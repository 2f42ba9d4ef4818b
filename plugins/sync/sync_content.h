/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_content sync_content
 * @{ @ingroup sync
 *
 * What is sealed in a record: elements of a message of kupf's socket, the fields of
 * establish-session but session, generation, lifetime and replace.  In place of a
 * lifetime it has "expires", the end of the session's life, seconds since 1970.
 */

#ifndef SYNC_CONTENT_H_
#define SYNC_CONTENT_H_

#include "sync_line.h"

#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

/**
 * Write the content that a line has.
 *
 * @param line		line
 * @param old		content that fields come from that the line does not name, empty
 *					for none
 * @param writer	gets it
 * @param error		[out] what is wrong; room for SYNC_ERROR_SIZE
 * @return			FALSE if a field that is needed is in neither
 */
bool sync_content_write(const sync_line_t *line, wire_octets_t old,
						wire_writer_t *writer, char *error);

/**
 * Get the identity of a content, as kupf's events have it.
 *
 * @param id		[out] typed text, room for SYNC_ID_SIZE; empty if there is none
 * @return			FALSE if there is none
 */
bool sync_content_id(wire_octets_t content, char id[SYNC_ID_SIZE]);

/**
 * Whether the life of a content is not over.
 *
 * @param now		seconds since 1970
 * @param left		[out] seconds that are left, 0 if it has no end
 */
bool sync_content_is_alive(wire_octets_t content, uint64_t now, uint64_t *left);

/**
 * Write the fields of establish-session that a content stands for.
 *
 * @param content	content
 * @param generation	generation
 * @param left		seconds that are left of its life, 0 if it has no end
 * @param replace	whether the session may be there with other content
 * @param writer	gets them
 * @return			FALSE if it is malformed
 */
bool sync_content_request(wire_octets_t content, uint32_t generation,
						  uint64_t left, bool replace,
						  wire_writer_t *writer);

#endif /** SYNC_CONTENT_H_ @}*/
