/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_identifiers.h"
#include "kupf_values.h"

#include <ctype.h>

/** Digits of an IMSI */
#define IMSI_MIN 5
#define IMSI_MAX 15

/** Begins the digits of octets */
#define HEX "0x"

/**
 * Whether a value begins like digits of octets.
 */
static bool is_hex(chunk_t value)
{
	return value.len >= 2 && memeq(value.ptr, HEX, 2);
}

/**
 * Take octets as they are.
 */
static bool take(chunk_t value, kupf_octets_t *octets)
{
	octets->len = value.len;
	if (!value.len || value.len > sizeof(octets->octets))
	{
		return FALSE;
	}
	memcpy(octets->octets, value.ptr, value.len);
	return TRUE;
}

/**
 * Take octets as they are, or decode them.
 */
static bool decode(chunk_t value, kupf_octets_t *octets)
{
	if (!is_hex(value))
	{
		return take(value, octets);
	}
	value = chunk_skip(value, 2);
	octets->len = value.len / 2;
	if (!value.len || value.len % 2 || octets->len > sizeof(octets->octets) ||
		!kupf_values_are_digits(value))
	{
		return FALSE;
	}
	chunk_from_hex(value, (char*)octets->octets);
	return TRUE;
}

/**
 * Whether there is nothing but printable characters without blanks.
 */
static bool is_printable(chunk_t text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
	{
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
		{
			return FALSE;
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_identifiers_are_text(chunk_t octets)
{
	return !is_hex(octets) && is_printable(octets);
}

/**
 * Take text, or decode octets.
 */
static bool parse_text(chunk_t value, kupf_octets_t *octets)
{
	return is_printable(value) && decode(value, octets);
}

/*
 * Described in header
 */
bool kupf_identifiers_parse_supi(chunk_t value, kupf_octets_t *octets)
{
	size_t i;

	if (!kupf_identifiers_are_text(value) || !take(value, octets))
	{
		return FALSE;
	}
	if (memchr(value.ptr, '@', value.len))
	{
		return value.ptr[value.len - 1] != '@';
	}
	for (i = 0; i < value.len; i++)
	{
		if (!isdigit(value.ptr[i]))
		{
			return FALSE;
		}
	}
	return value.len >= IMSI_MIN && value.len <= IMSI_MAX;
}

/*
 * Described in header
 */
bool kupf_identifiers_parse_af_id(chunk_t value, kupf_octets_t *octets)
{
	size_t i;

	if (!decode(value, octets) || octets->len <= KUPF_DERIVATION_UA_LEN)
	{
		return FALSE;
	}
	for (i = 0; i < octets->len - KUPF_DERIVATION_UA_LEN; i++)
	{
		if (!isalnum(octets->octets[i]) && octets->octets[i] != '-' &&
			octets->octets[i] != '.')
		{
			return FALSE;
		}
	}
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_identifiers_parse_snn(chunk_t value, kupf_octets_t *octets)
{
	return parse_text(value, octets);
}

/*
 * Described in header
 */
bool kupf_identifiers_parse_sqn_ak(chunk_t value, kupf_octets_t *octets)
{
	if (value.len == KUPF_DERIVATION_SQN_AK_LEN)
	{	/* no digits, whatever it begins with */
		return take(value, octets);
	}
	return is_hex(value) && decode(value, octets) &&
		   octets->len == KUPF_DERIVATION_SQN_AK_LEN;
}

/*
 * Described in header
 */
bool kupf_identifiers_parse_psk(chunk_t value, kupf_octets_t *octets)
{
	return parse_text(value, octets);
}
