/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_range.h"

#include <stdlib.h>

/**
 * Octets of an address.
 */
static int address_len(const kupf_address_t *address)
{
	return address->family == AF_INET ? 4 : 16;
}

/*
 * Described in header
 */
void kupf_range_add(kupf_address_t *address, uint32_t offset)
{
	uint64_t carry = offset;
	int i;

	for (i = address_len(address) - 1; i >= 0 && carry; i--)
	{
		carry += address->bytes[i];
		address->bytes[i] = carry;
		carry >>= 8;
	}
}

/*
 * Described in header
 */
uint32_t kupf_range_distance(const kupf_address_t *from,
							 const kupf_address_t *to)
{
	uint64_t distance = 0;
	uint8_t bytes[16];
	int i, borrow = 0, diff, len = address_len(from);

	for (i = len - 1; i >= 0; i--)
	{
		diff = to->bytes[i] - from->bytes[i] - borrow;
		borrow = diff < 0;
		bytes[i] = diff;
	}
	for (i = 0; i < len; i++)
	{
		if (distance >> 32)
		{
			return UINT32_MAX;
		}
		distance = distance << 8 | bytes[i];
	}
	return borrow ? UINT32_MAX : min(distance, UINT32_MAX);
}

/**
 * Turn first address and prefix length into first and last usable address.
 */
static bool prefix_to_range(kupf_address_t *first, kupf_address_t *last,
							u_int prefix)
{
	u_int i, bits = 8 * address_len(first);
	uint8_t mask;

	if (prefix > bits)
	{
		return FALSE;
	}
	*last = *first;
	for (i = 0; i < bits / 8; i++)
	{
		mask = prefix >= 8 * (i + 1) ? 0xff :
			   prefix <= 8 * i ? 0 : 0xff << (8 * (i + 1) - prefix);
		first->bytes[i] &= mask;
		last->bytes[i] |= (uint8_t)~mask;
	}
	if (prefix + 1 < bits)
	{
		kupf_range_add(first, 1);
		if (first->family == AF_INET)
		{
			last->bytes[3]--;
		}
	}
	return TRUE;
}

/**
 * Parse a decimal number of up to three digits.
 */
static bool parse_prefix(const char *text, u_int *prefix)
{
	size_t len = strlen(text);

	if (!len || len > 3 || strspn(text, "0123456789") != len)
	{
		return FALSE;
	}
	*prefix = atoi(text);
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_range_parse(char *text, kupf_address_t *first, kupf_address_t *last)
{
	char *sep = strpbrk(text, "/-"), kind = sep ? *sep : '\0';
	u_int prefix;

	if (sep)
	{
		*sep++ = '\0';
	}
	if (!kupf_address_parse(chunk_from_str(text), first))
	{
		return FALSE;
	}
	switch (kind)
	{
		case '/':
			return parse_prefix(sep, &prefix) &&
				   prefix_to_range(first, last, prefix);
		case '-':
			return kupf_address_parse(chunk_from_str(sep), last) &&
				   last->family == first->family &&
				   memcmp(first->bytes, last->bytes, sizeof(last->bytes)) <= 0;
		default:
			*last = *first;
			return TRUE;
	}
}
