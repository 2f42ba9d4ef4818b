/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_admission kupf_admission
 * @{ @ingroup kupf
 *
 * How sessions enter the store: the enforcer can make use of them, and no other
 * session has their identities and addresses.  All of it or nothing.
 *
 * Any thread may call.  What has expired and is in the way is removed.
 */

#ifndef KUPF_ADMISSION_H_
#define KUPF_ADMISSION_H_

#include "kupf_removal.h"
#include "kupf_request.h"

typedef struct kupf_admission_t kupf_admission_t;

struct kupf_admission_t {

	/**
	 * Whether no other session has an identity, and lives.  The store decides,
	 * but an address is better not taken in vain, and what has expired has to
	 * go.
	 *
	 * @param data		contents of a session: its name and identity
	 * @param error		[out] error
	 * @return			FALSE with error set
	 */
	bool (*is_identity_free)(kupf_admission_t *this,
							 const kupf_session_data_t *data,
							 kupf_error_t *error);

	/**
	 * Add a session of new contents to the store.
	 *
	 * @param data		[in,out] contents; gets the UPF address, if it is left
	 *					to the pool
	 * @param fields	kupf_field_t, ORed: those of the request
	 * @param known		whether there may be another one of that identity
	 * @param hashes	hashes of its name and identity
	 * @param error		[out] error
	 * @return			new reference, NULL with error set
	 */
	kupf_session_t *(*add)(kupf_admission_t *this, kupf_session_data_t *data,
						   kupf_fields_t fields, bool known,
						   const kupf_store_hashes_t *hashes,
						   kupf_error_t *error);

	/**
	 * Exchange a session for one of new contents.  Its inner addresses are for
	 * the caller to let go, after the enforcer was told.
	 *
	 * @param old		session in the store
	 * @param data		[in,out] contents; gets the UPF address, as above
	 * @param fields	kupf_field_t, ORed: those of the request
	 * @param error		[out] error
	 * @return			new reference, NULL with error set
	 */
	kupf_session_t *(*exchange)(kupf_admission_t *this, kupf_session_t *old,
								kupf_session_data_t *data, kupf_fields_t fields,
								kupf_error_t *error);

	/**
	 * Destroy the object.
	 */
	void (*destroy)(kupf_admission_t *this);
};

/**
 * Create the object.  All that it is given outlives it.
 *
 * @param store		sessions
 * @param pool		addresses of the UPF
 * @param addresses	inner addresses of the UEs
 * @param enforcer	says which sessions it can make use of
 * @param removal	removes what has expired
 */
kupf_admission_t *kupf_admission_create(kupf_store_t *store, kupf_pool_t *pool,
										kupf_ue_addresses_t *addresses,
										kupf_enforcer_t *enforcer,
										kupf_removal_t *removal);

#endif /** KUPF_ADMISSION_H_ @}*/
