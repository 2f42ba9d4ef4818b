/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_identity kupf_identity
 * @{ @ingroup kupf
 *
 * IKE identities (RFC 7296, 3.5) in typed text.
 *
 * identification_create_from_string() guesses a type from text that names
 * none and takes bad hexadecimal digits as they come; a UE whose identity was
 * guessed wrong could never authenticate.  So the socket accepts only text
 * that says its type, and prints one canonical form of it:
 *
 *   keyid:<text>, keyid:#<hex>, @#<hex>     ID_KEY_ID (11)
 *   email:<text>, rfc822:<text>             ID_RFC822_ADDR (3)
 *   fqdn:<text>, dns:<text>                 ID_FQDN (2)
 *   an IPv4 or IPv6 address                 ID_IPV4_ADDR (1), ID_IPV6_ADDR (5)
 */

#ifndef KUPF_IDENTITY_H_
#define KUPF_IDENTITY_H_

#include <utils/identification.h>

/** Longest identity, octets as encoded in the ID payload */
#define KUPF_IDENTITY_MAX 255

/** Room for the text of any identity that is not longer, with its NUL */
#define KUPF_IDENTITY_TEXT (2 * KUPF_IDENTITY_MAX + 16)

/**
 * Parse typed text.
 *
 * @param text		text, need not end in NUL
 * @param type		[out] identity type
 * @param data		[out] identity as in the ID payload
 * @param len		[out] its length, octets, never 0
 * @return			TRUE if the text names a type, an identity of 1 to 255 octets
 *					and no wildcard
 */
bool kupf_identity_parse(chunk_t text, id_type_t *type,
						 uint8_t data[KUPF_IDENTITY_MAX], size_t *len);

/**
 * Whether text can name an identity, so that a session can have it.
 *
 * @param type		identity type
 * @param data		identity as in the ID payload
 */
bool kupf_identity_is_usable(id_type_t type, chunk_t data);

/**
 * Whether charon compares identities of a type without regard to case (in
 * ASCII) when it looks for other IKE_SAs of a peer.
 */
bool kupf_identity_is_folded(id_type_t type);

/**
 * Whether two identities are the same to charon.
 */
bool kupf_identity_alike(id_type_t type, chunk_t a, id_type_t other, chunk_t b);

/**
 * Print an identity in typed text that strongSwan reads back as the same type
 * and bytes.  A type not listed above becomes {<number>}:#<hex>.
 *
 * @param type		identity type
 * @param data		identity as in the ID payload; what exceeds 255 octets is
 *					left out
 * @param text		[out] its text
 * @return			text
 */
char *kupf_identity_print(id_type_t type, chunk_t data,
						  char text[KUPF_IDENTITY_TEXT]);

/**
 * Print an identity for a log line, as kupfctl and events have it: charon's own
 * form (%Y) says nothing of the type, and has other digits for octets.
 *
 * @param id		identity of a peer, whatever it says that it is
 * @param text		[out] its text
 * @return			text
 */
char *kupf_identity_name(identification_t *id, char text[KUPF_IDENTITY_TEXT]);

#endif /** KUPF_IDENTITY_H_ @}*/
