/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup sync_fields sync_fields
 * @{ @ingroup sync
 *
 * The fields that a session has in a group, in lines and in contents of records.
 */

#ifndef SYNC_FIELDS_H_
#define SYNC_FIELDS_H_

#include "kupf/keys/kupf_unknown.h"

#include <stdbool.h>
#include <stddef.h>

/** Room for all fields */
#define SYNC_FIELDS_MAX 17

/** Field of a content: end of the session's life, seconds since 1970 */
#define SYNC_EXPIRES "expires"

/** Longest life that kupf takes, seconds */
#define SYNC_LIFETIME_MAX 315360000ULL

/** Room for what is wrong */
#define SYNC_ERROR_SIZE 192

/** Room for an identity in typed text */
#define SYNC_ID_SIZE 528

typedef struct sync_field_t sync_field_t;

/**
 * A field.
 */
struct sync_field_t {
	/** its name */
	const char *name;
	/** whether it is a list */
	bool list;
};

/**
 * Get a field of a line that a content has as it is: key and identity, which are
 * needed, what kupf has in its table of members, and services.
 *
 * @param i			its index
 * @param field		[out] field
 * @return			FALSE if there are no more
 */
bool sync_fields_get(unsigned int i, sync_field_t *field);

/**
 * Find such a field.
 *
 * @param field		[out] field
 * @return			FALSE if it is none
 */
bool sync_fields_find(const char *name, sync_field_t *field);

/**
 * Compare a name that is not known with those of all fields of a line.
 */
void sync_fields_compare(kupf_unknown_t *unknown);

/**
 * Say what is wrong with a field.
 *
 * @param error		[out] text, room for SYNC_ERROR_SIZE
 * @param field		its name
 * @param text		what was expected
 * @return			FALSE
 */
bool sync_fields_wrong(char *error, const char *field, const char *text);

/**
 * Normalize an identity.
 *
 * @param text		typed text
 * @param len		its length
 * @param id		[out] identity as kupf's events have it
 * @return			FALSE if it is none
 */
bool sync_fields_normalize(const char *text, size_t len, char id[SYNC_ID_SIZE]);

#endif /** SYNC_FIELDS_H_ @}*/
