/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_derivation kupf_derivation
 * @{ @ingroup kupf
 *
 * The ways to derive the key of a session, by name: each is an entry of a table
 * that says which key, FC and parameters go into the KDF of TS 33.220 Annex
 * B.2.  Most derive K_UPF; others the keys of AKMA, MSGin5G and BEST.
 *
 * The core and the UE both compute K_UPF, so this is a contract, not an
 * implementation detail.  With Key as the KDF's key:
 *
 *   K_UPF          = KDF(Key, FC, P0, ..., Pn)
 *   key identifier = the 128 least significant bits of
 *                    KDF(Key, FC, P0, ..., Pn, Pn+1 = "K_UPF-ID")
 *
 * The label is eight octets of ASCII without a terminator, and always the last
 * parameter.  The identifier is meant for ID_KEY_ID: it tells nobody who the
 * subscriber is, and knowing it does not help to find the key.
 *
 * 3GPP has specified none of them for K_UPF.  The distinguishers of TS 33.501
 * A.9 and A.22 have values for private use (0xF1 to 0xFF), which no other key
 * can have; "kupf" has an FC that the parties agree on.
 *
 * K_AKMA and K_AF are those of TS 33.535 Annex A, K_HSE is that of TS 33.163
 * 5.1.0a.  No specification has K_MSG, and no FC is assigned to it.
 *
 * All functions may be called by any thread, and deriving needs a
 * PRF_HMAC_SHA2_256 in lib->crypto.  They log nothing: inputs are keys.
 */

#ifndef KUPF_DERIVATION_H_
#define KUPF_DERIVATION_H_

#include "kupf_kdf.h"

/** Length of the key that goes in, octets */
#define KUPF_DERIVATION_KEY_LEN 32

/** Length of the key identifier, octets */
#define KUPF_DERIVATION_ID_LEN 16

/** Shortest RAND accepted, octets */
#define KUPF_DERIVATION_RAND_MIN 16

/** Longest RAND accepted, octets */
#define KUPF_DERIVATION_RAND_MAX 64

/** Highest PDU session ID, TS 24.007 11.2.3.1b */
#define KUPF_DERIVATION_PDU_SESSION_ID_MAX 15

/** First distinguisher for private use, the last one is 0xFF */
#define KUPF_DISTINGUISHER_MIN 0xF1

/** Most parameters of a derivation */
#define KUPF_DERIVATION_PARAMS 2

/** Longest parameter that is neither a RAND nor a number, octets */
#define KUPF_DERIVATION_NAME_MAX 255

/** Octets of a Ua* security protocol identifier, TS 33.220 Annex H */
#define KUPF_DERIVATION_UA_LEN 5

/** Octets of SQN xor AK, TS 33.102 */
#define KUPF_DERIVATION_SQN_AK_LEN 6

/** Octets of A-TID */
#define KUPF_A_TID_LEN KUPF_KDF_LEN

/** Last parameter in the derivation of the key identifier */
#define KUPF_DERIVATION_ID_LABEL "K_UPF-ID"

typedef struct kupf_derivation_t kupf_derivation_t;
typedef struct kupf_inputs_t kupf_inputs_t;
typedef enum kupf_input_t kupf_input_t;

/**
 * What may go into a derivation.
 */
enum kupf_input_t {
	/** K_AMF, the key */
	KUPF_INPUT_KAMF = (1 << 0),
	/** K_TNGF or K_TWIF, the key */
	KUPF_INPUT_KTNGF = (1 << 1),
	/** FC, if the derivation does not say which */
	KUPF_INPUT_FC = (1 << 2),
	/** random number, KUPF_DERIVATION_RAND_MIN to _MAX octets */
	KUPF_INPUT_RAND = (1 << 3),
	/** PDU session ID, one octet (TS 24.007 11.2.3.1b) */
	KUPF_INPUT_PDU_SESSION_ID = (1 << 4),
	/** uplink NAS COUNT, four octets, most significant first */
	KUPF_INPUT_NAS_COUNT = (1 << 5),
	/** access type or usage type distinguisher, one octet */
	KUPF_INPUT_DISTINGUISHER = (1 << 6),
	/** the key that the derivation names: K_AUSF, K_AKMA, K_AMF or K_SEAF, or
	 * CK || IK */
	KUPF_INPUT_BASE = (1 << 7),
	/** SUPI: digits of an IMSI, or an NAI */
	KUPF_INPUT_SUPI = (1 << 8),
	/** AF_ID: FQDN of the AF and Ua* protocol identifier (TS 33.535 A.4) */
	KUPF_INPUT_AF_ID = (1 << 9),
	/** serving network name */
	KUPF_INPUT_SNN = (1 << 10),
	/** SQN xor AK, KUPF_DERIVATION_SQN_AK_LEN octets */
	KUPF_INPUT_SQN_AK = (1 << 11),
};

/**
 * A derivation.
 */
struct kupf_derivation_t {
	/** name in the protocol */
	const char *name;
	/** where it is from */
	const char *source;
	/** FC, unless it is an input */
	uint16_t fc;
	/** parameter before all others, NULL for none */
	const char *label;
	/** kupf_input_t, ORed: what must be there */
	u_int required;
	/** kupf_input_t, ORed: what may be there */
	u_int optional;
	/** kupf_input_t: P0, P1, or those after the label; those that are not there
	 * are left out, and so is their length */
	u_int params[KUPF_DERIVATION_PARAMS];
};

/**
 * What goes into a derivation.
 */
struct kupf_inputs_t {
	/** kupf_input_t, ORed: what is there */
	u_int given;
	/** key, KUPF_DERIVATION_KEY_LEN octets */
	chunk_t key;
	/** FC, kupf_kdf_fc_valid() */
	uint16_t fc;
	/** RAND */
	chunk_t rand;
	/** PDU session ID, 1 to KUPF_DERIVATION_PDU_SESSION_ID_MAX */
	uint8_t pdu_session_id;
	/** NAS COUNT */
	uint32_t nas_count;
	/** distinguisher; which values are whose is not checked here */
	uint8_t distinguisher;
	/** SUPI, AF_ID and serving network name, 1 to KUPF_DERIVATION_NAME_MAX
	 * octets each */
	chunk_t supi, af_id, snn;
	/** SQN xor AK */
	chunk_t sqn_ak;
};

/** The derivation unless another one is named */
#define KUPF_DERIVATION_DEFAULT (&kupf_derivations[0])

/** All derivations, ending with one without a name */
extern const kupf_derivation_t kupf_derivations[];

/**
 * Find a derivation by its name.
 *
 * @param name		name, need not end in NUL
 * @return			derivation, NULL if there is none
 */
const kupf_derivation_t *kupf_derivation_find(chunk_t name);

/**
 * Get the name of an input: that of its field in the protocol.
 */
const char *kupf_input_name(kupf_input_t input);

/**
 * Get the first input that is required and not given.
 *
 * @return			input, 0 if there is none
 */
kupf_input_t kupf_derivation_missing(const kupf_derivation_t *derivation,
									 u_int given);

/**
 * Get the first input that is given and of no use.
 *
 * @return			input, 0 if there is none
 */
kupf_input_t kupf_derivation_useless(const kupf_derivation_t *derivation,
									 u_int given);

/**
 * Derive K_UPF and its key identifier.
 *
 * @param derivation	derivation
 * @param inputs	inputs, borrowed
 * @param key		[out] K_UPF, all zero on failure; the caller has to wipe it
 * @param id		[out] key identifier, all zero on failure
 * @return			FALSE if an input is missing, useless or invalid, or without
 *					a PRF
 */
bool kupf_derivation_derive(const kupf_derivation_t *derivation,
							const kupf_inputs_t *inputs,
							uint8_t key[KUPF_KDF_LEN],
							uint8_t id[KUPF_DERIVATION_ID_LEN]);

/**
 * Derive A-TID, which A-KID is made of (TS 33.535 A.3).  It goes over the air,
 * so it is not among the derivations: it must be nobody's key.
 *
 * @param kausf		K_AUSF, KUPF_DERIVATION_KEY_LEN octets
 * @param supi		SUPI
 * @param a_tid		[out] A-TID, all zero on failure
 * @return			FALSE if an argument is invalid, or without a PRF
 */
bool kupf_derivation_a_tid(chunk_t kausf, chunk_t supi,
						   uint8_t a_tid[KUPF_A_TID_LEN]);

#endif /** KUPF_DERIVATION_H_ @}*/
