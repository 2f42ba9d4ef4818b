/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_changes kupf_changes
 * @{ @ingroup kupf
 *
 * What a file of pre-configured keys changes: found out for all of its lines
 * before anything is changed, and then made, and told to the enforcer.
 */

#ifndef KUPF_CHANGES_H_
#define KUPF_CHANGES_H_

#include "kupf/kupf.h"
#include "kupf/kupf_error.h"
#include "kupf/credentials/kupf_fetch.h"
#include "kupf_ue_addresses.h"

typedef struct kupf_changes_t kupf_changes_t;

/**
 * What is changed, and who is told.
 */
struct kupf_changes_t {
	/** pre-configured sessions */
	kupf_store_t *store;
	/** sessions that are fed over the socket, which hide these */
	kupf_store_t *fed;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** waits for sessions, or NULL */
	kupf_fetch_t *fetch;
};

/**
 * Have the pre-configured sessions be those of a file, all or none.  One thread
 * at a time; whoever looks sessions up meanwhile finds each as it was or as it
 * is.
 *
 * @param file		sessions of the file; they are copied
 * @param error		[out] error: names the session and the field, no value
 * @return			FALSE if there is an error, and nothing has changed
 */
bool kupf_changes_make(const kupf_changes_t *this, kupf_store_t *file,
					   kupf_error_t *error);

#endif /** KUPF_CHANGES_H_ @}*/
