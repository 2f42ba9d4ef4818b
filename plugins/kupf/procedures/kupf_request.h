/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_request kupf_request
 * @{ @ingroup kupf
 *
 * What a request says, valid as far as one can tell without looking at what is
 * there, and how it becomes the contents of a session.
 *
 * A request holds keys: it is to be wiped with kupf_request_wipe().
 */

#ifndef KUPF_REQUEST_H_
#define KUPF_REQUEST_H_

#include "kupf/kupf_error.h"
#include "kupf/keys/kupf_derivation.h"
#include "kupf/keys/kupf_secret.h"
#include "kupf/store/kupf_identity.h"
#include "kupf/store/kupf_store.h"

/** Longest life of a session and longest grace: ten years, in seconds */
#define KUPF_SECONDS_MAX (10 * 365 * 24 * 3600)

typedef struct kupf_request_t kupf_request_t;
typedef struct kupf_octets_t kupf_octets_t;
typedef enum kupf_field_t kupf_field_t;

/** Any number of kupf_field_t, ORed; there are too many for 32 bits */
typedef uint64_t kupf_fields_t;

/** Field that is a member of a session */
#define KUPF_FIELD_OF(member) (1ULL << (32 + (member)))

/**
 * Fields of requests, a bit of kupf_fields_t each.
 */
enum kupf_field_t {
	KUPF_FIELD_SESSION = (1ULL << 0),
	KUPF_FIELD_UE_ID = (1ULL << 1),
	KUPF_FIELD_KEY = (1ULL << 2),
	KUPF_FIELD_KAMF = (1ULL << 3),
	KUPF_FIELD_RAND = (1ULL << 4),
	KUPF_FIELD_FC = (1ULL << 5),
	KUPF_FIELD_LIFETIME = (1ULL << 6),
	KUPF_FIELD_SERVICES = (1ULL << 7),
	KUPF_FIELD_GRACE = (1ULL << 8),
	KUPF_FIELD_STATE = (1ULL << 9),
	KUPF_FIELD_DERIVATION = (1ULL << 10),
	KUPF_FIELD_KTNGF = (1ULL << 11),
	KUPF_FIELD_NAS_COUNT = (1ULL << 12),
	KUPF_FIELD_DISTINGUISHER = (1ULL << 13),
	KUPF_FIELD_BASE = (1ULL << 14),
	KUPF_FIELD_SUPI = (1ULL << 15),
	KUPF_FIELD_REPLACE = (1ULL << 16),
	KUPF_FIELD_LIMIT = (1ULL << 17),
	KUPF_FIELD_AFTER = (1ULL << 18),
	KUPF_FIELD_AF_ID = (1ULL << 19),
	KUPF_FIELD_SNN = (1ULL << 20),
	KUPF_FIELD_SQN_AK = (1ULL << 21),
	KUPF_FIELD_GENERATION = (1ULL << 22),
	KUPF_FIELD_UNIQUE_ID = (1ULL << 23),
	/** those that are members of a session */
	KUPF_FIELD_UPF_ADDRESS = KUPF_FIELD_OF(KUPF_MEMBER_UPF_ADDRESS),
	KUPF_FIELD_PDU_SESSION_ID = KUPF_FIELD_OF(KUPF_MEMBER_PDU_SESSION_ID),
	KUPF_FIELD_DNN = KUPF_FIELD_OF(KUPF_MEMBER_DNN),
	KUPF_FIELD_SNSSAI = KUPF_FIELD_OF(KUPF_MEMBER_SNSSAI),
	KUPF_FIELD_UE_ADDRESSES = KUPF_FIELD_OF(KUPF_MEMBER_UE_ADDRESSES),
	KUPF_FIELD_PSK_IDENTITY = KUPF_FIELD_OF(KUPF_MEMBER_PSK_IDENTITY),
	KUPF_FIELD_DNS = KUPF_FIELD_OF(KUPF_MEMBER_DNS),
	KUPF_FIELD_P_CSCF = KUPF_FIELD_OF(KUPF_MEMBER_P_CSCF),
};

/** Fields of a derivation: with the key that goes in, and what else does */
#define KUPF_FIELDS_BASE (KUPF_FIELD_KAMF | KUPF_FIELD_KTNGF | KUPF_FIELD_BASE)
#define KUPF_FIELDS_DERIVE (KUPF_FIELDS_BASE | KUPF_FIELD_DERIVATION | \
	KUPF_FIELD_RAND | KUPF_FIELD_FC | KUPF_FIELD_NAS_COUNT | \
	KUPF_FIELD_DISTINGUISHER | KUPF_FIELD_SUPI | KUPF_FIELD_AF_ID | \
	KUPF_FIELD_SNN | KUPF_FIELD_SQN_AK)

/** Fields that say what a session is, apart from its name: all members are */
#define KUPF_FIELDS_MEMBERS (KUPF_FIELD_OF(KUPF_MEMBERS) - KUPF_FIELD_OF(0))
#define KUPF_FIELDS_SESSION (KUPF_FIELD_UE_ID | KUPF_FIELD_KEY | \
	KUPF_FIELDS_DERIVE | KUPF_FIELDS_MEMBERS | KUPF_FIELD_LIFETIME | \
	KUPF_FIELD_SERVICES | KUPF_FIELD_GENERATION)

/**
 * Octets of a field.
 */
struct kupf_octets_t {
	/** how many */
	size_t len;
	/** the octets */
	uint8_t octets[KUPF_PSK_IDENTITY_MAX];
};

/**
 * A parsed request.  What fields does not name is zero.
 */
struct kupf_request_t {
	/** fields that are present */
	kupf_fields_t fields;
	/** hashes of name and identity, if kupf_procedures_t.prepare() has put them
	 * here */
	kupf_store_hashes_t hashes;
	bool hashed;
	/** where the parser is: number of the field, or of the word of a line */
	u_int position;
	/** name of the session */
	char session[KUPF_SESSION_NAME_MAX + 1];
	/** IKE identity: type, octets, length */
	id_type_t id_type;
	uint8_t id[KUPF_IDENTITY_MAX];
	size_t id_len;
	/** key and its length */
	uint8_t key[KUPF_KEY_MAX];
	size_t key_len;
	/** K_AMF, K_TNGF or another one: what the key is derived from */
	uint8_t base[KUPF_DERIVATION_KEY_LEN];
	/** how */
	const kupf_derivation_t *derivation;
	/** RAND and its length */
	uint8_t rand[KUPF_DERIVATION_RAND_MAX];
	size_t rand_len;
	/** FC of the derivation */
	uint16_t fc;
	/** uplink NAS COUNT */
	uint32_t nas_count;
	/** distinguisher of the derivation */
	uint8_t distinguisher;
	/** what it says of a session: members of the table, lifetime, services and
	 * generation; texts and octets are below, so a request is never copied */
	kupf_session_data_t data;
	/** unique identifier of a tunnel, at least 1 */
	uint32_t unique_id;
	/** time for the UE to follow a modification, seconds */
	uint32_t grace;
	/** TRUE for state "up", FALSE for "provisioned" */
	bool up;
	/** a session of that name is modified to have this content */
	bool replace;
	/** most sessions to list */
	uint32_t limit;
	/** name of the session to list on after, and whether it is a
	 * pre-configured one */
	char after[KUPF_SESSION_NAME_MAX + 1];
	bool after_preconfigured;
	/** SUPI, AF_ID, serving network name and SQN xor AK of the derivation */
	kupf_octets_t supi, af_id, snn, sqn_ak;
	/** room for texts and octets of data */
	char dnn[KUPF_DNN_MAX + 1];
	char snssai[KUPF_SNSSAI_MAX + 1];
	kupf_octets_t psk_identity;
};

/**
 * Begin with a request that names nothing.
 *
 * @param request	[out] request; texts, and octets behind a length, are not touched
 */
void kupf_request_init(kupf_request_t *request);

/**
 * Wipe the keys in a request.
 */
void kupf_request_wipe(kupf_request_t *request);

/**
 * Derive the key of a request that names a key to derive it from, and take its
 * identifier for the IKE identity unless the request names one.  Afterwards
 * such a request is as if it had named the key itself.
 *
 * @param request	request; PDU session identity 0 is not part of the input
 * @param fc		FC, unless the request names one
 * @param error		[out] error: key and kamf, an input that is missing or of no
 *					use, ...
 * @return			TRUE if there was nothing to derive, or it is done
 */
bool kupf_request_derive(kupf_request_t *request, uint16_t fc,
						 kupf_error_t *error);

/**
 * Have a request that establishes a session name a key and an identity, derived
 * if need be, see kupf_request_derive().
 *
 * @param request	request
 * @param fc		FC, unless the request names one
 * @param error		[out] error: also what is missing
 * @return			FALSE with error set
 */
bool kupf_request_complete(kupf_request_t *request, uint16_t fc,
						   kupf_error_t *error);

/**
 * Put what a request names into the contents of a session, and leave the rest
 * as it is.
 *
 * @param data		contents; points into the request afterwards
 * @param request	request
 */
void kupf_request_apply(kupf_session_data_t *data, kupf_request_t *request);

/**
 * Check that the contents of a session go together: a key that has a PSK
 * identity of its own serves exactly one service, and that is not IKE.
 *
 * @param data		contents
 * @param error		[out] error
 * @return			FALSE if they do not
 */
bool kupf_request_check(const kupf_session_data_t *data, kupf_error_t *error);

#endif /** KUPF_REQUEST_H_ @}*/
