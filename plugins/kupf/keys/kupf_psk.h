/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_psk kupf_psk
 * @{ @ingroup kupf
 *
 * Keys for TLS and QUIC, and the identities that go with them, from K_UPF.
 *
 * K_UPF is an IKEv2 PSK, and a key that goes into two protocols, or into the
 * importer of RFC 9258 as well as elsewhere (RFC 9258 4), serves neither.  So a
 * service has keys of its own, and the UE, with its K_UPF, computes the same:
 *
 *   psk      = KDF(K_UPF, FC, P0 = service " psk")
 *   epsk     = KDF(K_UPF, FC, P0 = service " epsk")
 *   identity = the last 16 octets of
 *              KDF(K_UPF, FC, P0 = service " psk-id" or " epsk-id")
 *
 * KDF is that of TS 33.220 Annex B.2 (kupf_kdf.h).  "psk" is for "ext binder"
 * of RFC 8446, "epsk" for the importer with the context "nin3a " service and
 * SHA-256.  Nobody finds K_UPF, the IKE identity, or what belongs to another
 * service or form by knowing one of them.
 *
 * All functions may be called by any thread, and need a PRF_HMAC_SHA2_256 in
 * lib->crypto.  They log nothing.
 */

#ifndef KUPF_PSK_H_
#define KUPF_PSK_H_

#include "kupf_kdf.h"

/** Length of the identity of a derived key, octets */
#define KUPF_PSK_ID_LEN 16

/** Longest name of a service, octets */
#define KUPF_PSK_SERVICE_MAX 32

typedef enum kupf_psk_form_t kupf_psk_form_t;

/**
 * How TLS uses a key.
 */
enum kupf_psk_form_t {
	/** external PSK as it is, RFC 8446 4.2.11 */
	KUPF_PSK_EXT,
	/** external PSK that is imported, RFC 9258 */
	KUPF_PSK_IMP,
};

/** Names of the forms: "ext" and "imp" */
extern enum_name_t *kupf_psk_form_names;

/**
 * Derive the key of a service.
 *
 * @param kupf		K_UPF, not empty; borrowed
 * @param fc		FC, that of K_UPF's own derivation or whatever was agreed on
 * @param service	name of the service, 1 to KUPF_PSK_SERVICE_MAX octets
 * @param form		form
 * @param psk		[out] key, all zero on failure; the caller has to wipe it
 * @return			FALSE if an argument is invalid, or without a PRF
 */
bool kupf_psk_derive(chunk_t kupf, uint16_t fc, const char *service,
					 kupf_psk_form_t form, uint8_t psk[KUPF_KDF_LEN]);

/**
 * Derive the identity of the key of a service: for "ext" what is in the
 * ClientHello, for "imp" the external identity that goes into the importer.
 *
 * @param kupf		K_UPF, not empty; borrowed
 * @param fc		FC
 * @param service	name of the service, 1 to KUPF_PSK_SERVICE_MAX octets
 * @param form		form
 * @param id		[out] identity, all zero on failure
 * @return			FALSE if an argument is invalid, or without a PRF
 */
bool kupf_psk_identity(chunk_t kupf, uint16_t fc, const char *service,
					   kupf_psk_form_t form, uint8_t id[KUPF_PSK_ID_LEN]);

#endif /** KUPF_PSK_H_ @}*/
