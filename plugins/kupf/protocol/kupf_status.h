/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_status kupf_status
 * @{ @ingroup kupf
 *
 * What the daemon is, since when, and what it counts: what is in the answers to
 * version and stats.
 */

#ifndef KUPF_STATUS_H_
#define KUPF_STATUS_H_

#include "kupf/kupf.h"
#include "kupf/procedures/kupf_pool.h"
#include "kupf/procedures/kupf_preconfigured.h"
#include "kupf/procedures/kupf_ue_addresses.h"
#include "wire/wire_writer.h"

typedef struct kupf_status_t kupf_status_t;

/**
 * Any thread may call.
 */
struct kupf_status_t {

	/**
	 * Add versions, the identifier of this start and since when it is, what the
	 * host is, and what a client may ask of it.
	 */
	void (*version)(kupf_status_t *this, wire_writer_t *reply);

	/**
	 * Add how many sessions and addresses there are, and all counters.
	 */
	void (*stats)(kupf_status_t *this, wire_writer_t *reply);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_status_t *this);
};

/**
 * Create the object; this is the start of the daemon.  All that it is given
 * outlives it.
 *
 * @param store			sessions that are fed over the socket
 * @param preconfigured	pre-configured ones
 * @param pool			addresses of the UPF
 * @param addresses		inner addresses of the UEs
 * @param enforcer		knows the tunnels
 */
kupf_status_t *kupf_status_create(kupf_store_t *store,
								  kupf_preconfigured_t *preconfigured,
								  kupf_pool_t *pool,
								  kupf_ue_addresses_t *addresses,
								  kupf_enforcer_t *enforcer);

#endif /** KUPF_STATUS_H_ @}*/
