/* SPDX-License-Identifier: MIT */

/**
 * @defgroup wire wire
 *
 * @defgroup wire_h wire
 * @{ @ingroup wire
 *
 * What plugin kupf and its clients write to each other: the packets and
 * messages of strongSwan's VICI protocol, see PROTOCOL.md of plugin kupf.
 *
 * Nothing here knows charon or strongSwan's libraries, allocates behind the
 * caller's back, locks or does I/O.  Two threads may use two objects at the
 * same time, not the same one.
 */

#ifndef WIRE_H_
#define WIRE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest name, octets */
#define WIRE_NAME_MAX 0xff

/** Longest value, octets */
#define WIRE_VALUE_MAX 0xffff

typedef struct wire_octets_t wire_octets_t;

/**
 * Octets that belong to somebody else, not terminated.
 */
struct wire_octets_t {
	/** the first one; anything if there are none */
	const uint8_t *ptr;
	/** how many */
	size_t len;
};

/**
 * Make octets of what is somewhere.
 */
static inline wire_octets_t wire_octets(const void *ptr, size_t len)
{
	wire_octets_t octets;

	/* as C++ has it, too */
	octets.ptr = (const uint8_t*)ptr;
	octets.len = len;
	return octets;
}

/**
 * Make octets of a text, without its terminator.
 */
static inline wire_octets_t wire_text(const char *text)
{
	return wire_octets(text, strlen(text));
}

/**
 * Whether octets are the same as a text.
 */
static inline bool wire_equals(wire_octets_t octets, const char *text)
{
	size_t len = strlen(text);

	return octets.len == len && (!len || !memcmp(octets.ptr, text, len));
}

/**
 * Whether octets may be a name: printable ASCII, 255 at most, or none.
 */
bool wire_is_name(wire_octets_t name);

/**
 * Read a decimal number: digits and nothing else, at least one.
 *
 * @param octets	text
 * @param max		highest number expected
 * @param number	[out] number, not touched if it is none
 * @return			FALSE if it is no number, or a higher one
 */
bool wire_number(wire_octets_t octets, uint64_t max, uint64_t *number);

#ifdef __cplusplus
}
#endif

#endif /** WIRE_H_ @}*/
