/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_list kupf_list
 * @{ @ingroup kupf
 *
 * The answer to list-sessions: an event for each session.
 */

#ifndef KUPF_LIST_H_
#define KUPF_LIST_H_

#include "kupf/kupf.h"
#include "kupf/procedures/kupf_request.h"
#include "kupf/store/kupf_store.h"
#include "wire/wire_packet.h"

/** Name of the events */
#define KUPF_LIST_EVENT "list-session"

typedef struct kupf_list_t kupf_list_t;

struct kupf_list_t {

	/**
	 * Get the event of the next session.
	 *
	 * @param packet	[out] packet with its length, valid until the next call
	 * @return			FALSE if there is none left
	 */
	bool (*next)(kupf_list_t *this, wire_octets_t *packet);

	/**
	 * Destroy the list.
	 */
	void (*destroy)(kupf_list_t *this);
};

/**
 * Create a list of sessions.
 *
 * @param store		sessions
 * @param enforcer	knows the tunnels
 * @param filter	request that names session, ue-id or state to list; copied
 * @return			list
 */
kupf_list_t *kupf_list_create(kupf_store_t *store, kupf_enforcer_t *enforcer,
							  const kupf_request_t *filter);

#endif /** KUPF_LIST_H_ @}*/
