/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_list kupf_list
 * @{ @ingroup kupf
 *
 * The answer to list-sessions: an event for each session.
 */

#ifndef KUPF_LIST_H_
#define KUPF_LIST_H_

#include "kupf_work.h"
#include "kupf/kupf.h"
#include "kupf/procedures/kupf_request.h"
#include "kupf/store/kupf_store.h"

/** Name of the events */
#define KUPF_LIST_EVENT "list-session"

/**
 * Create a list of sessions.  Its steps send events, and the last one the
 * answer.  No session, and so no key, is held from one step to the next.
 *
 * With a limit it ends after so many, and the answer has the field "after": to
 * go on behind the last one, whatever has come and gone meanwhile.
 *
 * @param store		sessions
 * @param enforcer	knows the tunnels
 * @param filter	request that names session, ue-id or state to list, limit and
 *					after; copied
 * @param wake		eventfd, signalled when the traffic of tunnels is known that a
 *					step waits for
 * @return			work
 */
kupf_work_t *kupf_list_create(kupf_store_t *store, kupf_enforcer_t *enforcer,
							  const kupf_request_t *filter, int wake);

#endif /** KUPF_LIST_H_ @}*/
