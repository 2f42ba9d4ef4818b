/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_address.h"

#include <arpa/inet.h>

/** How a prefix ends */
#define PREFIX_TEXT "/64"

/** Octets of a prefix */
#define PREFIX_LEN (KUPF_ADDRESS_PREFIX / 8)

/**
 * Octets of an address.
 */
static size_t address_len(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

/*
 * Described in header
 */
bool kupf_address_parse(chunk_t text, kupf_address_t *address)
{
	static const uint8_t unspecified[16] = {};
	char buf[KUPF_ADDRESS_TEXT];

	memset(address, 0, sizeof(*address));
	if (!text.len || text.len >= sizeof(buf) ||
		memchr(text.ptr, '\0', text.len))
	{
		return FALSE;
	}
	memcpy(buf, text.ptr, text.len);
	buf[text.len] = '\0';
	address->family = strchr(buf, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(address->family, buf, address->bytes) != 1 ||
		memeq(address->bytes, unspecified, sizeof(unspecified)))
	{
		memset(address, 0, sizeof(*address));
		return FALSE;
	}
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_address_parse_any(chunk_t text, kupf_address_t *address)
{
	static const uint8_t zero[16 - PREFIX_LEN] = {};
	size_t len = strlen(PREFIX_TEXT);

	if (text.len <= len || !memeq(text.ptr + text.len - len, PREFIX_TEXT, len))
	{
		return kupf_address_parse(text, address);
	}
	text.len -= len;
	if (!kupf_address_parse(text, address) || address->family != AF_INET6 ||
		!memeq(address->bytes + PREFIX_LEN, zero, sizeof(zero)))
	{
		memset(address, 0, sizeof(*address));
		return FALSE;
	}
	address->prefix = KUPF_ADDRESS_PREFIX;
	return TRUE;
}

/*
 * Described in header
 */
bool kupf_address_is_unicast(const kupf_address_t *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[16] = { [15] = 1 };
	const uint8_t *bytes = address->bytes;

	if (address->family == AF_INET6)
	{
		return bytes[0] != 0xff && !memeq(bytes, loopback, sizeof(loopback)) &&
			   !memeq(bytes, mapped, sizeof(mapped));
	}
	return bytes[0] != 0 && bytes[0] != 127 && (bytes[0] & 0xf0) != 0xe0 &&
		   (bytes[0] & bytes[1] & bytes[2] & bytes[3]) != 0xff;
}

/*
 * Described in header
 */
char *kupf_address_print(const kupf_address_t *address,
						 char text[KUPF_ADDRESS_TEXT])
{
	if (!inet_ntop(address->family, address->bytes, text, KUPF_ADDRESS_TEXT))
	{
		text[0] = '\0';
	}
	else if (address->prefix)
	{
		strcat(text, PREFIX_TEXT);
	}
	return text;
}

/*
 * Described in header
 */
bool kupf_address_equals(const kupf_address_t *a, const kupf_address_t *b)
{
	return memeq(a, b, sizeof(*a));
}

/*
 * Described in header
 */
bool kupf_address_contains(const kupf_address_t *whole,
						   const kupf_address_t *address)
{
	kupf_address_t prefix;

	return kupf_address_equals(whole, address) ||
		   (kupf_address_get_prefix(address, &prefix) &&
			kupf_address_equals(whole, &prefix));
}

/*
 * Described in header
 */
bool kupf_address_get_prefix(const kupf_address_t *address,
							 kupf_address_t *prefix)
{
	*prefix = (kupf_address_t){
		.family = AF_INET6,
		.prefix = KUPF_ADDRESS_PREFIX,
	};
	memcpy(prefix->bytes, address->bytes, PREFIX_LEN);
	return address->family == AF_INET6 && !address->prefix;
}

/*
 * Described in header
 */
kupf_address_t kupf_address_of_host(host_t *host)
{
	chunk_t bytes = host->get_address(host);
	kupf_address_t address = {
		.family = host->get_family(host),
	};

	memcpy(address.bytes, bytes.ptr, min(bytes.len, sizeof(address.bytes)));
	return address;
}

/*
 * Described in header
 */
bool kupf_address_is_host(const kupf_address_t *address, host_t *host)
{
	kupf_address_t other = kupf_address_of_host(host);

	return kupf_address_equals(address, &other);
}

/*
 * Described in header
 */
host_t *kupf_address_to_host(const kupf_address_t *address)
{
	if (address->family == AF_UNSPEC)
	{
		return NULL;
	}
	return host_create_from_chunk(address->family,
				chunk_create((uint8_t*)address->bytes,
							 address_len(address->family)), 0);
}
