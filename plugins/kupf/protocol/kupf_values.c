/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_values.h"
#include "wire/wire.h"

#include <ctype.h>

/** Digits of the highest number */
#define DIGITS_MAX 10

/*
 * Described in header
 */
bool kupf_values_number(chunk_t value, uint32_t max, uint32_t *number)
{
	uint64_t any;

	if (value.len > DIGITS_MAX ||
		!wire_number(wire_octets(value.ptr, value.len), max, &any))
	{
		return FALSE;
	}
	*number = any;
	return TRUE;
}

/**
 * Whether all characters are of some class.
 */
static bool all_digits(chunk_t text, const char *more)
{
	size_t i;

	for (i = 0; i < text.len; i++)
	{
		if (!isxdigit(text.ptr[i]) && !(more && (isalnum(text.ptr[i]) ||
			(text.ptr[i] && strchr(more, text.ptr[i])))))
		{
			return FALSE;
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_values_are_digits(chunk_t text)
{
	return all_digits(text, NULL);
}

/**
 * Leave out the padding of base64, which has its place at the end only.
 */
static chunk_t skip_padding(chunk_t digits)
{
	int i;

	for (i = 0; i < 2 && digits.len && digits.ptr[digits.len - 1] == '='; i++)
	{
		digits.len--;
	}
	return digits;
}

/*
 * Described in header
 */
bool kupf_values_octets(chunk_t value, uint8_t *buf, size_t size, size_t *len)
{
	uint8_t decoded[3 * 88 / 4 + 3];
	chunk_t digits, result;

	if (value.len < 2 || value.ptr[0] != '0')
	{
		return FALSE;
	}
	digits = chunk_skip(value, 2);
	if (value.ptr[1] == 'x' && kupf_values_are_digits(digits))
	{
		*len = 0;
		if (digits.len % 2 == 0 && digits.len / 2 <= size)
		{
			*len = chunk_from_hex(digits, (char*)buf).len;
		}
		return TRUE;
	}
	if (value.ptr[1] == 's' && all_digits(skip_padding(digits), "+/"))
	{
		*len = 0;
		if (digits.len % 4 == 0 && digits.len <= 88)
		{
			result = chunk_from_base64(digits, (char*)decoded);
			if (result.len <= size)
			{
				*len = result.len;
				memcpy(buf, result.ptr, result.len);
			}
			memwipe(decoded, sizeof(decoded));
		}
		return TRUE;
	}
	return FALSE;
}

/*
 * Described in header
 */
bool kupf_values_name(chunk_t value, char name[KUPF_SESSION_NAME_MAX + 1])
{
	size_t i;

	if (!value.len || value.len > KUPF_SESSION_NAME_MAX)
	{
		return FALSE;
	}
	for (i = 0; i < value.len; i++)
	{
		if (value.ptr[i] <= ' ' || value.ptr[i] > '~')
		{
			return FALSE;
		}
	}
	memcpy(name, value.ptr, value.len);
	name[value.len] = '\0';
	return TRUE;
}
