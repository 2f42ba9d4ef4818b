/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_procedures kupf_procedures
 * @{ @ingroup kupf
 *
 * The procedures on a session: establishment, modification, deletion and
 * expiry, named after those of N4 (TS 29.244, 6.3).
 *
 * They bring together the store, the pool of UPF addresses, the tunnels of the
 * enforcer and the events.  Any thread may call.  Each step is carried out
 * whole or not at all: an error leaves everything as it was.
 */

#ifndef KUPF_PROCEDURES_H_
#define KUPF_PROCEDURES_H_

#include "kupf/kupf_events.h"
#include "kupf/credentials/kupf_fetch.h"
#include "kupf_pool.h"
#include "kupf_preconfigured.h"
#include "kupf_request.h"
#include "kupf_ue_addresses.h"
#include "kupf/store/kupf_store.h"

typedef struct kupf_procedures_t kupf_procedures_t;

struct kupf_procedures_t {

	/**
	 * Get ready to establish a session: what it will look for is fetched into
	 * the processor's cache.  Who has several requests prepares some before it
	 * establishes the first.  Not necessary, and good for one call; name and
	 * identity stay as they are.
	 *
	 * @param request	request with KUPF_FIELD_SESSION
	 */
	void (*prepare)(kupf_procedures_t *this, kupf_request_t *request);

	/**
	 * Establish a session.  A generation that the request names is the
	 * session's; one that the session is beyond, or has with other content, is
	 * stale.  One of the same content is returned as it is; one
	 * of other content is modified if the request has replace, and what the
	 * request leaves out stays as it is, but the key is derived as for a new
	 * session.
	 *
	 * @param request	request with KUPF_FIELD_SESSION
	 * @param error		[out] error
	 * @return			new reference, NULL with error set
	 */
	kupf_session_t *(*establish)(kupf_procedures_t *this,
								 kupf_request_t *request, kupf_error_t *error);

	/**
	 * Modify a session.  What the request leaves out stays as it is, but the
	 * generation is one more.  One that the request names must not be stale;
	 * the session's own, with nothing that differs, changes nothing.
	 *
	 * @param request	request with KUPF_FIELD_SESSION
	 * @param error		[out] error
	 * @return			new reference, NULL with error set
	 */
	kupf_session_t *(*modify)(kupf_procedures_t *this,
							  kupf_request_t *request, kupf_error_t *error);

	/**
	 * Delete a session and close its tunnels.
	 *
	 * @param name		name of the session
	 * @param tunnels	[out] number of tunnels being closed
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*delete)(kupf_procedures_t *this, const char *name, u_int *tunnels,
				   kupf_error_t *error);

	/**
	 * Close tunnels of a session that stays, see kupf_enforcer_t.vacate().
	 *
	 * @param name		name of the session, of a pre-configured one, too
	 * @param up_as		unique identifier that came with the event tunnel-up, 0
	 *					for all
	 * @param tunnels	[out] number of tunnels being closed
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*close_tunnels)(kupf_procedures_t *this, const char *name,
						  uint32_t up_as, u_int *tunnels,
						  kupf_error_t *error);

	/**
	 * Answer key-request: there is no UE of that identity.
	 *
	 * @param request	request with KUPF_FIELD_UE_ID
	 * @param waited	[out] number of threads that waited for it
	 * @param error		[out] error: a session has the identity
	 * @return			FALSE with error set
	 */
	bool (*reject_key)(kupf_procedures_t *this, kupf_request_t *request,
					   u_int *waited, kupf_error_t *error);

	/**
	 * Ask the SMF side for another key: raise rekey-request.
	 *
	 * @param name		name of the session
	 * @param told		[out] number of clients that were told
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*request_rekey)(kupf_procedures_t *this, const char *name, u_int *told,
						  kupf_error_t *error);

	/**
	 * Remove sessions whose life is over, close their tunnels and raise
	 * session-expired; raise rekey-request for those whose life is about to
	 * end.  At most KUPF_EXPIRE_MAX (kupf_removal.h) in one go.  Also ends
	 * quarantines of inner addresses.
	 *
	 * @return			TRUE if there may be more
	 */
	bool (*expire)(kupf_procedures_t *this);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_procedures_t *this);
};

/**
 * Create the procedures.
 *
 * @param store		sessions
 * @param pool		addresses of the UPF
 * @param addresses	inner addresses of the UEs
 * @param enforcer	knows the tunnels
 * @param events	events
 * @param fetch		waits for sessions, NULL for nobody
 * @param preconfigured	sessions that fed ones hide, NULL for none
 * @param fc		FC of the key derivation, if a request names none
 * @return			procedures
 */
kupf_procedures_t *kupf_procedures_create(kupf_store_t *store, kupf_pool_t *pool,
									  kupf_ue_addresses_t *addresses,
									  kupf_enforcer_t *enforcer,
									  kupf_events_t *events,
									  kupf_fetch_t *fetch,
									  kupf_preconfigured_t *preconfigured,
									  uint16_t fc);

#endif /** KUPF_PROCEDURES_H_ @}*/
