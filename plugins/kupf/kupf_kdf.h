/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_kdf kupf_kdf
 * @{ @ingroup kupf
 *
 * Key derivation: the KDF of 3GPP TS 33.220 Annex B.2, and K_UPF and its key
 * identifier made with it.
 *
 * The core and the UE both compute K_UPF, so this is a contract, not an
 * implementation detail.  With K_AMF as the KDF's key:
 *
 *   K_UPF          = KDF(K_AMF, FC, P0 = RAND [, P1 = PDU session ID])
 *   key identifier = the 128 least significant bits of
 *                    KDF(K_AMF, FC, P0 = RAND [, P1 = PDU session ID],
 *                        Pn = "K_UPF-ID")
 *
 * RAND is 16 to 64 octets.  The PDU session ID is one octet (TS 24.007
 * 11.2.3.1b, 1 to 15) and not part of the input when it is 0.  The label is
 * eight octets of ASCII without a terminator, and always the last parameter.
 * The identifier is meant for ID_KEY_ID: it tells nobody who the subscriber
 * is, and knowing it does not help to find the key.
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

/** Length of K_AMF, octets */
#define KUPF_KDF_KAMF_LEN 32

/** Length of the key identifier, octets */
#define KUPF_KDF_ID_LEN 16

/** Shortest RAND accepted, octets */
#define KUPF_KDF_RAND_MIN 16

/** Longest RAND accepted, octets */
#define KUPF_KDF_RAND_MAX 64

/** Highest PDU session ID, TS 24.007 11.2.3.1b */
#define KUPF_KDF_PDU_SESSION_ID_MAX 15

/** FC used unless configured otherwise: NOT assigned to K_UPF by 3GPP */
#define KUPF_KDF_FC_DEFAULT 0xFFFF

/** Last parameter in the derivation of the key identifier */
#define KUPF_KDF_ID_LABEL "K_UPF-ID"

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

/**
 * Derive K_UPF and its key identifier, see above for how.
 *
 * @param kamf		K_AMF, KUPF_KDF_KAMF_LEN octets; borrowed
 * @param fc		FC, kupf_kdf_fc_valid()
 * @param rand		RAND, KUPF_KDF_RAND_MIN to KUPF_KDF_RAND_MAX octets;
 *					borrowed
 * @param pdu_session_id	PDU session ID, up to KUPF_KDF_PDU_SESSION_ID_MAX;
 *					0 if it is not part of the input
 * @param key		[out] K_UPF, all zero on failure; the caller has to wipe it
 * @param id		[out] key identifier, all zero on failure
 * @return			FALSE if an argument is invalid, or without a PRF
 */
bool kupf_kdf_derive(chunk_t kamf, uint16_t fc, chunk_t rand,
					 uint8_t pdu_session_id, uint8_t key[KUPF_KDF_LEN],
					 uint8_t id[KUPF_KDF_ID_LEN]);

#endif /** KUPF_KDF_H_ @}*/
