/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_values kupf_values
 * @{ @ingroup kupf
 *
 * Values that look the same in several fields: numbers, octets and names.  No
 * text need end in NUL.
 */

#ifndef KUPF_VALUES_H_
#define KUPF_VALUES_H_

#include "kupf/store/kupf_session.h"

/**
 * Parse a decimal number of up to ten digits.
 *
 * @param max		highest number
 * @param number	[out] number
 * @return			FALSE if it is none, or a higher one
 */
bool kupf_values_number(chunk_t value, uint32_t max, uint32_t *number);

/**
 * Whether there is nothing but hexadecimal digits.
 */
bool kupf_values_are_digits(chunk_t text);

/**
 * Decode 0x<hex>, or 0s<base64> of up to 66 octets, into a buffer.
 *
 * @param buf		[out] octets; they may be secret, no copy is left elsewhere
 * @param size		room for octets
 * @param len		[out] octets, 0 if the text is wrong; not touched if it is
 *					no such text
 * @return			FALSE if it is no such text at all
 */
bool kupf_values_octets(chunk_t value, uint8_t *buf, size_t size, size_t *len);

/**
 * Parse the name of a session.
 *
 * @param name		[out] name
 * @return			FALSE if it is none
 */
bool kupf_values_name(chunk_t value, char name[KUPF_SESSION_NAME_MAX + 1]);

#endif /** KUPF_VALUES_H_ @}*/
