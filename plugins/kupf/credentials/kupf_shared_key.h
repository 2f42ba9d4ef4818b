/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_shared_key kupf_shared_key
 * @{ @ingroup kupf
 *
 * The key of a session, as charon knows keys.  It points into the session, so
 * that no copy leaves protected memory, and as long as one is there, logging is
 * guarded (kupf_redact).
 */

#ifndef KUPF_SHARED_KEY_H_
#define KUPF_SHARED_KEY_H_

#include "kupf/store/kupf_session.h"

#include <credentials/keys/shared_key.h>

/**
 * Create the key of a session.
 *
 * @param session	session, the reference is adopted
 * @return			key
 */
shared_key_t *kupf_shared_key_create(kupf_session_t *session);

#endif /** KUPF_SHARED_KEY_H_ @}*/
