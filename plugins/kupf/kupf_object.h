/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_object kupf_object
 * @{ @ingroup kupf
 *
 * What other plugins see of plugin kupf: hands their calls to its parts.
 */

#ifndef KUPF_OBJECT_H_
#define KUPF_OBJECT_H_

#include "kupf.h"
#include "kupf_enforcement.h"
#include "kupf_events.h"
#include "kupf/credentials/kupf_cred.h"

typedef struct kupf_object_t kupf_object_t;

struct kupf_object_t {

	/**
	 * Implements the interface for other plugins.
	 */
	kupf_t kupf;

	/**
	 * Destroy the object; no other plugin has it any more.
	 */
	void (*destroy)(kupf_object_t *this);
};

/**
 * Create the object.  All that it is given outlives it.
 *
 * @param store		sessions
 * @param cred		credential set
 * @param guard		stands for the enforcer
 * @param events	tells about events
 * @param role		what the host is
 * @return			object
 */
kupf_object_t *kupf_object_create(kupf_store_t *store, kupf_cred_t *cred,
								  kupf_enforcement_t *guard,
								  kupf_events_t *events, kupf_role_t role);

#endif /** KUPF_OBJECT_H_ @}*/
