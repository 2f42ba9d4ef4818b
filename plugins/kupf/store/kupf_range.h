/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_range kupf_range
 * @{ @ingroup kupf
 *
 * Text and arithmetic of address ranges.
 */

#ifndef KUPF_RANGE_H_
#define KUPF_RANGE_H_

#include "kupf_address.h"

/**
 * Parse a prefix, a range "first-last" or an address.  Of prefixes, addresses
 * that a host cannot have are left out, see kupf_pool.
 *
 * @param text		text, is changed
 * @param first		[out] first address
 * @param last		[out] last address, not before the first
 * @return			FALSE if the text is wrong
 */
bool kupf_range_parse(char *text, kupf_address_t *first, kupf_address_t *last);

/**
 * Add an offset to an address.
 */
void kupf_range_add(kupf_address_t *address, uint32_t offset);

/**
 * Get the distance of two addresses of one family.
 *
 * @return			distance, UINT32_MAX if it is that or more, or negative
 */
uint32_t kupf_range_distance(const kupf_address_t *from,
							 const kupf_address_t *to);

#endif /** KUPF_RANGE_H_ @}*/
