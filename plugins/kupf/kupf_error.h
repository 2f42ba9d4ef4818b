/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_error kupf_error
 * @{ @ingroup kupf
 *
 * Why something was refused: a token of the protocol and a sentence.
 */

#ifndef KUPF_ERROR_H_
#define KUPF_ERROR_H_

#include <library.h>

typedef struct kupf_error_t kupf_error_t;
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
	KUPF_CAUSE_NOT_SYNCHRONISED,
	KUPF_CAUSE_UNKNOWN_IDENTITY,
	KUPF_CAUSE_STALE_GENERATION,
	KUPF_CAUSE_NO_SUCH_CONNECTION,
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
 * Set an error, unless there is one already.
 *
 * @param error		error to set
 * @param cause		token
 * @param fmt		format of the sentence
 * @return			FALSE, for the caller to return
 */
bool kupf_error(kupf_error_t *error, kupf_cause_t cause, const char *fmt, ...);

#endif /** KUPF_ERROR_H_ @}*/
