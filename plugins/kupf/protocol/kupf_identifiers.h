/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_identifiers kupf_identifiers
 * @{ @ingroup kupf
 *
 * Identifiers that go into derivations, or stand for a key in TLS.
 *
 * Each is text, or 0x and hexadecimal digits for octets that are none; what
 * begins like digits is read as digits.
 */

#ifndef KUPF_IDENTIFIERS_H_
#define KUPF_IDENTIFIERS_H_

#include "kupf/procedures/kupf_request.h"

/**
 * Parse a SUPI: 5 to 15 digits of an IMSI, or an NAI (TS 23.003, 2.2A).
 *
 * @param value		text, need not end in NUL
 * @param octets	[out] the same
 * @return			FALSE if it is none
 */
bool kupf_identifiers_parse_supi(chunk_t value, kupf_octets_t *octets);

/**
 * Parse an AF_ID: FQDN of the AF, and behind it the five octets of a Ua*
 * security protocol identifier (TS 33.535 A.4, TS 33.220 Annex H).
 *
 * @param value		octets, or 0x and digits
 * @param octets	[out] octets
 * @return			FALSE if it is none
 */
bool kupf_identifiers_parse_af_id(chunk_t value, kupf_octets_t *octets);

/**
 * Parse a serving network name.
 *
 * @param value		text without blanks, or 0x and digits
 * @param octets	[out] octets
 * @return			FALSE if it is none
 */
bool kupf_identifiers_parse_snn(chunk_t value, kupf_octets_t *octets);

/**
 * Parse SQN xor AK.
 *
 * @param value		6 octets, or 0x and digits
 * @param octets	[out] octets
 * @return			FALSE if it is none
 */
bool kupf_identifiers_parse_sqn_ak(chunk_t value, kupf_octets_t *octets);

/**
 * Parse a PSK identity.
 *
 * @param value		text without blanks, or 0x and digits
 * @param octets	[out] octets
 * @return			FALSE if it is none
 */
bool kupf_identifiers_parse_psk(chunk_t value, kupf_octets_t *octets);

/**
 * Whether octets are such a text: printable, without blanks, and not read as
 * digits.
 */
bool kupf_identifiers_are_text(chunk_t octets);

#endif /** KUPF_IDENTIFIERS_H_ @}*/
