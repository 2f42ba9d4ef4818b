/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_session_compare kupf_session_compare
 * @{ @ingroup kupf
 *
 * What differs between two sessions, or a session and what is asked for, and
 * what follows from that.  Any thread may call.
 */

#ifndef KUPF_SESSION_COMPARE_H_
#define KUPF_SESSION_COMPARE_H_

#include "kupf_session.h"

/**
 * Whether a session of some name was modified to another one of that name.  It
 * was not if it is gone, and the other one has come in its place: established
 * later, or from the operator's file.
 *
 * @param earlier	session
 * @param later		session of the same name
 */
bool kupf_session_precedes(const kupf_session_t *earlier,
						   const kupf_session_t *later);

/**
 * Whether a UE with a tunnel of one session has to set it up anew for the
 * other: key, identity, UPF address or inner addresses differ, or these are
 * those of another DNN (kupf_space), or the key is not for IKE any more.
 * Servers that it is told are not worth that.
 */
bool kupf_session_needs_rekey(const kupf_session_t *old,
							  const kupf_session_t *new);

/**
 * Compare a session with the contents of a request: keys in constant time,
 * everything else but the generation and the flag for the pool.  No UPF
 * address in the request agrees with any.
 */
bool kupf_session_matches(const kupf_session_t *session,
						  const kupf_session_data_t *data);

#endif /** KUPF_SESSION_COMPARE_H_ @}*/
