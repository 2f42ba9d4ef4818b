/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_content kupf_content
 * @{ @ingroup kupf
 *
 * From a request to the contents of a session.
 */

#ifndef KUPF_CONTENT_H_
#define KUPF_CONTENT_H_

#include "kupf_request.h"
#include "kupf_session.h"

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
bool kupf_content_derive(kupf_request_t *request, uint16_t fc,
						 kupf_error_t *error);

/**
 * Put what a request names into the contents of a session, and leave the rest
 * as it is.
 *
 * @param data		contents; points into the request afterwards
 * @param request	request
 */
void kupf_content_apply(kupf_session_data_t *data, kupf_request_t *request);

#endif /** KUPF_CONTENT_H_ @}*/
