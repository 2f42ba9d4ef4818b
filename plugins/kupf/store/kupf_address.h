/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_address kupf_address
 * @{ @ingroup kupf
 *
 * An IPv4 or IPv6 address as a plain value of 17 octets: a session holds
 * several, so that host_t, an allocated object, would be too large.
 */

#ifndef KUPF_ADDRESS_H_
#define KUPF_ADDRESS_H_

#include <networking/host.h>

/** Room for the text of an address, with its NUL */
#define KUPF_ADDRESS_TEXT 46

typedef struct kupf_address_t kupf_address_t;

struct kupf_address_t {
	/** AF_INET, AF_INET6, or AF_UNSPEC: no address */
	uint8_t family;
	/** network order; octets behind an IPv4 address are zero */
	uint8_t bytes[16];
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
 * Whether an address can be that of one other host: it is none of this network
 * (0.0.0.0/8), loopback, multicast, broadcast or IPv4-mapped (::ffff:0:0/96,
 * which is never on a wire, but an IPv4 address to a program that gets it).
 *
 * @param address	address, not AF_UNSPEC
 */
bool kupf_address_is_unicast(const kupf_address_t *address);

/**
 * Print an address.
 *
 * @param address	address, not AF_UNSPEC
 * @param text		[out] its text
 * @return			text
 */
char *kupf_address_print(const kupf_address_t *address,
						 char text[KUPF_ADDRESS_TEXT]);

/**
 * Compare two addresses.
 */
bool kupf_address_equals(const kupf_address_t *a, const kupf_address_t *b);

/**
 * Compare with the address of a host, whatever its port.
 */
bool kupf_address_is_host(const kupf_address_t *address, host_t *host);

/**
 * Create a host with port 0.
 *
 * @return			new host, NULL for AF_UNSPEC
 */
host_t *kupf_address_to_host(const kupf_address_t *address);

#endif /** KUPF_ADDRESS_H_ @}*/
