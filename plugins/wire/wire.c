/* SPDX-License-Identifier: MIT */

#include "wire.h"

/*
 * Described in header
 */
bool wire_is_name(wire_octets_t name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
	{
		if (name.ptr[i] < ' ' || name.ptr[i] > '~')
		{
			return false;
		}
	}
	return name.len <= WIRE_NAME_MAX;
}

/*
 * Described in header
 */
bool wire_number(wire_octets_t octets, uint64_t max, uint64_t *number)
{
	uint64_t sum = 0;
	size_t i;
	uint8_t digit;

	for (i = 0; i < octets.len; i++)
	{
		/* what is no digit becomes more than nine */
		digit = octets.ptr[i] - '0';
		if (digit > 9 || digit > max || sum > (max - digit) / 10)
		{
			return false;
		}
		sum = 10 * sum + digit;
	}
	if (octets.len)
	{
		*number = sum;
	}
	return octets.len > 0;
}
