/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_line sync_line
 * @{ @ingroup sync
 *
 * Sessions as lines, as kupfctl load has them.
 */

#ifndef SYNC_LINE_H_
#define SYNC_LINE_H_

#include "sync_fields.h"

#include <stdint.h>

typedef struct sync_line_t sync_line_t;

/**
 * A session as a line has it; texts are borrowed from it.
 */
struct sync_line_t {
	/** name of the session, NULL if the line has none */
	const char *session;
	/** number of fields */
	unsigned int count;
	/** names and values, each name once */
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
 * Get the value of a field of a line, NULL if there is none.
 */
const char *sync_line_get(const sync_line_t *line, const char *name);

#endif /** SYNC_LINE_H_ @}*/
