/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_request kupf_request
 * @{ @ingroup kupf
 *
 * From a VICI message to a request that is known to be valid, or an error that
 * names the field and says what was expected.
 *
 * A request holds keys: it is to be wiped with kupf_request_wipe().
 */

#ifndef KUPF_REQUEST_H_
#define KUPF_REQUEST_H_

#include "kupf_derivation.h"
#include "kupf_identity.h"
#include "kupf_secret.h"
#include "kupf_session.h"

#include <vici_message.h>

/** Longest life of a session and longest grace: ten years, in seconds */
#define KUPF_SECONDS_MAX (10 * 365 * 24 * 3600)

typedef struct kupf_request_t kupf_request_t;
typedef struct kupf_error_t kupf_error_t;
typedef enum kupf_field_t kupf_field_t;
typedef enum kupf_cause_t kupf_cause_t;

/**
 * Why a request is refused; kupf_cause_names has the tokens of the protocol.
 */
enum kupf_cause_t {
	KUPF_CAUSE_NONE,
	KUPF_CAUSE_MISSING_FIELD,
	KUPF_CAUSE_UNKNOWN_FIELD,
	KUPF_CAUSE_INVALID_FIELD,
	KUPF_CAUSE_SESSION_EXISTS,
	KUPF_CAUSE_NO_SUCH_SESSION,
	KUPF_CAUSE_IDENTITY_IN_USE,
	KUPF_CAUSE_ADDRESS_IN_USE,
	KUPF_CAUSE_NO_ADDRESS,
	KUPF_CAUSE_LIMIT_REACHED,
	KUPF_CAUSE_NOT_ALLOWED,
	KUPF_CAUSE_BUSY,
	KUPF_CAUSE_INVALID_FILE,
};

/** Tokens for kupf_cause_t */
extern enum_name_t *kupf_cause_names;

/**
 * A refusal.
 */
struct kupf_error_t {
	/** token, KUPF_CAUSE_NONE as long as there is no error */
	kupf_cause_t cause;
	/** one sentence for a person, without any key */
	char message[192];
};

/**
 * Fields of requests.
 */
enum kupf_field_t {
	KUPF_FIELD_SESSION = (1 << 0),
	KUPF_FIELD_UE_ID = (1 << 1),
	KUPF_FIELD_KEY = (1 << 2),
	KUPF_FIELD_KAMF = (1 << 3),
	KUPF_FIELD_RAND = (1 << 4),
	KUPF_FIELD_FC = (1 << 5),
	KUPF_FIELD_PDU_SESSION_ID = (1 << 6),
	KUPF_FIELD_UPF_ADDRESS = (1 << 7),
	KUPF_FIELD_UE_ADDRESSES = (1 << 8),
	KUPF_FIELD_LIFETIME = (1 << 9),
	KUPF_FIELD_SERVICES = (1 << 10),
	KUPF_FIELD_GRACE = (1 << 11),
	KUPF_FIELD_STATE = (1 << 12),
	KUPF_FIELD_DERIVATION = (1 << 13),
	KUPF_FIELD_KTNGF = (1 << 14),
	KUPF_FIELD_NAS_COUNT = (1 << 15),
	KUPF_FIELD_DISTINGUISHER = (1 << 16),
};

/** Fields of a derivation: with the key that goes in, and what else does */
#define KUPF_FIELDS_BASE (KUPF_FIELD_KAMF | KUPF_FIELD_KTNGF)
#define KUPF_FIELDS_DERIVE (KUPF_FIELDS_BASE | KUPF_FIELD_DERIVATION | \
	KUPF_FIELD_RAND | KUPF_FIELD_FC | KUPF_FIELD_NAS_COUNT | \
	KUPF_FIELD_DISTINGUISHER)

/** Fields that say what a session is, apart from its name */
#define KUPF_FIELDS_SESSION (KUPF_FIELD_UE_ID | KUPF_FIELD_KEY | \
	KUPF_FIELDS_DERIVE | KUPF_FIELD_PDU_SESSION_ID | KUPF_FIELD_UPF_ADDRESS | \
	KUPF_FIELD_UE_ADDRESSES | KUPF_FIELD_LIFETIME | KUPF_FIELD_SERVICES)

/**
 * A parsed request.  What fields does not name is zero.
 */
struct kupf_request_t {
	/** kupf_field_t, ORed: fields that are present */
	u_int fields;
	/** name of the session */
	char session[KUPF_SESSION_NAME_MAX + 1];
	/** IKE identity: type, octets, length */
	id_type_t id_type;
	uint8_t id[KUPF_IDENTITY_MAX];
	size_t id_len;
	/** key and its length */
	uint8_t key[KUPF_KEY_MAX];
	size_t key_len;
	/** K_AMF or K_TNGF: the key that K_UPF is derived from */
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
	/** PDU session identity */
	uint8_t pdu_session_id;
	/** address of the UPF */
	kupf_address_t upf_address;
	/** inner addresses of the UE */
	kupf_address_t ue_addresses[KUPF_UE_ADDRESSES_MAX];
	u_int ue_address_count;
	/** life, seconds, 0 for no end */
	uint32_t lifetime;
	/** kupf_service_t, ORed */
	uint8_t services;
	/** time for the UE to follow a modification, seconds */
	uint32_t grace;
	/** TRUE for state "up", FALSE for "provisioned" */
	bool up;
};

/**
 * Set an error, unless there is one already.
 *
 * @param error		error to set
 * @param cause		token
 * @param fmt		format of the sentence
 * @return			FALSE, for the caller to return
 */
bool kupf_error(kupf_error_t *error, kupf_cause_t cause, const char *fmt, ...);

/**
 * Parse the fields of a message, or of a section of it up to its end, which is
 * always consumed.
 *
 * @param request	[out] request; to be wiped also after an error
 * @param elements	enumerator of the vici_message_t
 * @param allowed	fields that may be there
 * @param required	fields that must be there
 * @param error		[out] error
 * @return			TRUE if the request is valid
 */
bool kupf_request_parse(kupf_request_t *request, enumerator_t *elements,
						u_int allowed, u_int required, kupf_error_t *error);

/**
 * Parse a line of text: SESSION field=value field=value ...
 *
 * Words are separated by blanks; a word that starts with # and what follows it
 * is a comment.  Items of lists are separated by commas, none is empty.  Keys
 * are text.
 *
 * @param request	[out] request; to be wiped also after an error
 * @param line		line, modified
 * @param allowed	fields that may be there, with KUPF_FIELD_SESSION
 * @param required	fields that must be there
 * @param error		[out] error
 * @return			TRUE if the request is valid
 */
bool kupf_request_parse_line(kupf_request_t *request, char *line,
							 u_int allowed, u_int required,
							 kupf_error_t *error);

/**
 * Set the name of the session from the name of a section.
 *
 * @param request	request
 * @param name		name
 * @param error		[out] error
 * @return			TRUE if it may name a session
 */
bool kupf_request_set_session(kupf_request_t *request, const char *name,
							  kupf_error_t *error);

/**
 * Wipe the keys in a request.
 */
void kupf_request_wipe(kupf_request_t *request);

#endif /** KUPF_REQUEST_H_ @}*/
