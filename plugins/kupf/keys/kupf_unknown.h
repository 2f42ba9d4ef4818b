/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_unknown kupf_unknown
 * @{ @ingroup kupf
 *
 * What an error says about a name that is not known.
 *
 * Such a name may be a key that went astray, or the half of one that a blank
 * has cut in two: so it is never repeated, as errors go to logs and screens.
 * What is told instead is where it stands, how long it is, and the name that is
 * known and that was meant, if it is close to one.
 *
 * Knows nothing of charon, and allocates nothing.
 */

#ifndef KUPF_UNKNOWN_H_
#define KUPF_UNKNOWN_H_

#include <stddef.h>

/** Room for what kupf_unknown_print() writes, if known names have 32 octets */
#define KUPF_UNKNOWN_SIZE 128

typedef struct kupf_unknown_t kupf_unknown_t;

/**
 * A name that is not known; the caller sets name and len.
 */
struct kupf_unknown_t {
	/** name, borrowed, without an end */
	const char *name;
	/** its length */
	size_t len;
	/** known name that is the closest so far, borrowed, NULL if there is none */
	const char *meant;
	/** its length, as it may have no end */
	size_t meant_len;
	/** errors that make it the other one, and octets that both begin with */
	size_t errors, common;
};

/**
 * Look whether the name may be one that is known, with a typing error: two
 * octets at most, or one if the known name has four or less, are missing, too
 * many, others, or have changed places with the next.
 *
 * @param known		name that is known, of up to 32 octets
 */
void kupf_unknown_compare(kupf_unknown_t *unknown, const char *known);

/**
 * Compare with several known names, as kupf_unknown_compare() does.
 *
 * @param known		their names, with blanks between them
 */
void kupf_unknown_compare_words(kupf_unknown_t *unknown, const char *known);

/**
 * Write what is told about the name, after it was compared with all known ones.
 *
 * @param buf		room for it
 * @param size		octets of room
 * @param what		what it is the name of, e.g. "field"
 * @param number	where it stands, counted from 1, 0 to say nothing of it
 * @return			buf
 */
const char *kupf_unknown_print(const kupf_unknown_t *unknown, char *buf,
							   size_t size, const char *what,
							   unsigned int number);

#endif /** KUPF_UNKNOWN_H_ @}*/
