/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_address kupf_address
 * @{ @ingroup kupf
 *
 * An IPv4 or IPv6 address, or an IPv6 prefix of 64 bits, as a plain value of 18
 * octets: a session holds several, so that host_t, an allocated object, would
 * be too large.
 */

#ifndef KUPF_ADDRESS_H_
#define KUPF_ADDRESS_H_

#include <networking/host.h>

/** Room for the text of an address or a prefix, with its NUL */
#define KUPF_ADDRESS_TEXT 49

/** Bits of a prefix: that which a UE has for itself (TS 23.501, 5.8.2.2) */
#define KUPF_ADDRESS_PREFIX 64

/** Most inner addresses of a session */
#define KUPF_UE_ADDRESSES_MAX 8

typedef struct kupf_address_t kupf_address_t;

struct kupf_address_t {
	/** AF_INET, AF_INET6, or AF_UNSPEC: no address */
	uint8_t family;
	/** network order; octets behind an IPv4 address or a prefix are zero */
	uint8_t bytes[16];
	/** KUPF_ADDRESS_PREFIX for an IPv6 prefix, 0 for an address */
	uint8_t prefix;
};

/**
 * Parse an address.  The unspecified addresses 0.0.0.0 and :: are none.
 *
 * @param text		numeric text, need not end in NUL
 * @param address	[out] the address; AF_UNSPEC on failure
 * @return			TRUE if it is exactly one numeric address
 */
bool kupf_address_parse(chunk_t text, kupf_address_t *address);

/**
 * Parse an address, or a prefix of KUPF_ADDRESS_PREFIX bits, behind which there
 * are no others.
 *
 * @param text		numeric text, need not end in NUL
 * @param address	[out] the address or prefix; AF_UNSPEC on failure
 * @return			TRUE if it is exactly one of them
 */
bool kupf_address_parse_any(chunk_t text, kupf_address_t *address);

/**
 * Whether an address can be that of one other host, or a prefix one of such
 * addresses: it is none of this network (0.0.0.0/8), loopback, multicast,
 * broadcast or IPv4-mapped (::ffff:0:0/96, which is never on a wire, but an
 * IPv4 address to a program that gets it).
 *
 * @param address	address or prefix, not AF_UNSPEC
 */
bool kupf_address_is_unicast(const kupf_address_t *address);

/**
 * Print an address or a prefix.
 *
 * @param address	address or prefix, not AF_UNSPEC
 * @param text		[out] its text
 * @return			text
 */
char *kupf_address_print(const kupf_address_t *address,
						 char text[KUPF_ADDRESS_TEXT]);

/**
 * Compare two addresses, or prefixes: no address is equal to a prefix.
 */
bool kupf_address_equals(const kupf_address_t *a, const kupf_address_t *b);

/**
 * Whether an address is equal to another one or in a prefix.
 *
 * @param whole		address or prefix
 * @param address	address; for a prefix as kupf_address_equals()
 */
bool kupf_address_contains(const kupf_address_t *whole,
						   const kupf_address_t *address);

/**
 * Get the prefix that an address is in.
 *
 * @param prefix	[out] prefix
 * @return			FALSE for an IPv4 address, and for a prefix
 */
bool kupf_address_get_prefix(const kupf_address_t *address,
							 kupf_address_t *prefix);

/**
 * Get the address of a host.
 */
kupf_address_t kupf_address_of_host(host_t *host);

/**
 * Compare with the address of a host, whatever its port.
 */
bool kupf_address_is_host(const kupf_address_t *address, host_t *host);

/**
 * Create a host with port 0; for a prefix with the zeroes behind it.
 *
 * @return			new host, NULL for AF_UNSPEC
 */
host_t *kupf_address_to_host(const kupf_address_t *address);

#endif /** KUPF_ADDRESS_H_ @}*/
