/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup kupf_lease kupf_lease
 * @{ @ingroup kupf
 *
 * The UPF address that a session holds: from the pool, if there is one.
 */

#ifndef KUPF_LEASE_H_
#define KUPF_LEASE_H_

#include "kupf_pool.h"
#include "kupf_request.h"

/**
 * Hold the address of the UPF that a session names, or any.
 *
 * @param pool		addresses
 * @param data		[in,out] contents of the session: address, and whether it is
 *					held in the pool
 * @param error		[out] error: address not in the pool, held, none left
 * @return			FALSE with error set
 */
bool kupf_lease_take(kupf_pool_t *pool, kupf_session_data_t *data,
					 kupf_error_t *error);

/**
 * Give the address of a session back, if it is held in the pool.
 *
 * @param pool		addresses
 * @param data		contents of the session
 */
void kupf_lease_drop(kupf_pool_t *pool, const kupf_session_data_t *data);

#endif /** KUPF_LEASE_H_ @}*/
