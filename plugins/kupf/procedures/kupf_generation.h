/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_generation kupf_generation
 * @{ @ingroup kupf
 *
 * Whether a session that is there is what a request wants it to be, is to be changed,
 * or is beyond it: who feeds several UPFs numbers the generations of a session, so that
 * what is late, or comes twice, changes nothing (PROTOCOL.md, Generations).
 *
 * Pure; any thread may call.
 */

#ifndef KUPF_GENERATION_H_
#define KUPF_GENERATION_H_

#include "kupf_request.h"

/**
 * How what a request wants is to a session.
 */
typedef enum {
	/** other content, or a later generation */
	KUPF_GENERATION_NEXT,
	/** the same */
	KUPF_GENERATION_SAME,
	/** an earlier generation, or the session's with other content */
	KUPF_GENERATION_STALE,
} kupf_generation_t;

/**
 * Compare a session with a request that establishes one of its name.  Without a
 * generation in the request, the content alone counts.
 *
 * @param session	session that is there
 * @param data		content that the request has for a new one
 * @param error		[out] set if it is stale
 */
kupf_generation_t kupf_generation_compare(kupf_session_t *session,
										const kupf_session_data_t *data,
										kupf_request_t *request,
										kupf_error_t *error);

/**
 * Compare a session with a request that modifies it.  Without a generation in the
 * request it is the next one, whatever the content.
 *
 * @param session	session that is there
 * @param data		content that it is to have
 * @param error		[out] set if it is stale
 */
kupf_generation_t kupf_generation_compare_content(kupf_session_t *session,
										const kupf_session_data_t *data,
										const kupf_request_t *request,
										kupf_error_t *error);

#endif /** KUPF_GENERATION_H_ @}*/
