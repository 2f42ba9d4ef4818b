/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_kdf kupf_kdf
 * @{ @ingroup kupf
 *
 * The key derivation function of 3GPP TS 33.220 Annex B.2, from which all keys
 * of 5G come, and the FC that goes into it.
 *
 * FC is a setting, since 3GPP has not assigned one to K_UPF.  The default is
 * no assigned value either, and deployments must agree on theirs.
 *
 * All functions may be called by any thread, and need a PRF_HMAC_SHA2_256 in
 * lib->crypto.  They log nothing: inputs are keys.
 */

#ifndef KUPF_KDF_H_
#define KUPF_KDF_H_

#include <library.h>

/** Length of the KDF's output, and so of K_UPF, octets */
#define KUPF_KDF_LEN 32

/** FC used unless configured otherwise: NOT assigned to K_UPF by 3GPP */
#define KUPF_KDF_FC_DEFAULT 0xFFFF

/**
 * The KDF of TS 33.220 Annex B.2: HMAC-SHA-256 over
 * FC || P0 || L0 || P1 || L1 ..., Li being the length of Pi in two octets,
 * most significant first.
 *
 * @param key		key, not empty; borrowed
 * @param fc		one octet for 0x00 to 0xFE, two octets for 0xFF00 to 0xFFFF
 *					(FC1 = 0xFF); other values are refused
 * @param params	the parameters, each 0 to 65535 octets; borrowed
 * @param count		number of parameters, may be 0
 * @param out		[out] derived key, all zero on failure
 * @return			FALSE if an argument is invalid, or without a PRF
 */
bool kupf_kdf(chunk_t key, uint16_t fc, const chunk_t *params, u_int count,
			  uint8_t out[KUPF_KDF_LEN]);

/**
 * Whether a number is an FC: 0x00 to 0xFE, or 0xFF00 to 0xFFFF.
 *
 * @param fc		number
 * @return			TRUE if it is one
 */
bool kupf_kdf_fc_valid(uint16_t fc);

/**
 * Parse an FC from its text, "0x" and two or four hexadecimal digits.
 *
 * As many digits as the FC has octets: "0x6E", "0xFF01", but not "0x006E".
 *
 * @param text		null-terminated text
 * @param fc		[out] value, untouched on failure
 * @return			FALSE if it is not the text of a valid FC
 */
bool kupf_kdf_fc_parse(const char *text, uint16_t *fc);

#endif /** KUPF_KDF_H_ @}*/
