/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_list kupf_list
 * @{ @ingroup kupf
 *
 * The answer to list-sessions: a message for each session.
 */

#ifndef KUPF_LIST_H_
#define KUPF_LIST_H_

#include "kupf/kupf.h"
#include "kupf/procedures/kupf_request.h"
#include "kupf/store/kupf_store.h"

/**
 * Enumerate sessions as messages.
 *
 * @param store		sessions
 * @param enforcer	knows the tunnels
 * @param filter	request that names session, ue-id or state to list; copied
 * @return			enumerator over vici_message_t*, adopted by the caller
 */
enumerator_t *kupf_list_create_enumerator(kupf_store_t *store,
										  kupf_enforcer_t *enforcer,
										  const kupf_request_t *filter);

#endif /** KUPF_LIST_H_ @}*/
