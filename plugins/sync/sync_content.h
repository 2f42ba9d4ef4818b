/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_content sync_content
 * @{ @ingroup sync
 *
 * What is sealed in a record: elements of a message of kupf's socket, the fields of
 * establish-session but session, generation, lifetime and replace.  In place of a
 * lifetime it has "expires", the end of the session's life, seconds since 1970.
 *
 * Sessions also come as lines, as kupfctl load has them.
 */

#ifndef SYNC_CONTENT_H_
#define SYNC_CONTENT_H_

#include "sync_seal.h"

#include "wire/wire_reader.h"
#include "wire/wire_writer.h"

/** Most fields of a line, and room for what is wrong with it */
#define SYNC_FIELDS_MAX 16
#define SYNC_ERROR_SIZE 192

/** Room for an identity in typed text */
#define SYNC_ID_SIZE 528

typedef struct sync_line_t sync_line_t;

/**
 * A session as a line has it; texts are borrowed from it.
 */
struct sync_line_t {
	/** name of the session, NULL if the line has none */
	const char *session;
	/** number of fields */
	unsigned int count;
	/** names and values */
	struct {
		const char *name, *value;
	} fields[SYNC_FIELDS_MAX];
	/** generation, 0 if it names none */
	uint32_t generation;
	/** whether it names the end of the life, and that, 0 for none */
	bool has_expires;
	uint64_t expires;
};

/**
 * Parse a line.
 *
 * @param self		[out] session
 * @param text		line without its end, changed
 * @param now		seconds since 1970, what a lifetime counts from
 * @param error		[out] what is wrong, naming the field but no value; room for
 *					SYNC_ERROR_SIZE
 * @return			FALSE if anything is
 */
bool sync_line_parse(sync_line_t *self, char *text, uint64_t now, char *error);

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
