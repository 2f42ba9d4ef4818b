/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_lease.h"

/*
 * Described in header
 */
bool kupf_lease_take(kupf_pool_t *pool, kupf_session_data_t *data,
					 kupf_error_t *error)
{
	kupf_pool_status_t status;

	if (!pool->is_managed(pool))
	{
		return TRUE;
	}
	if (data->upf_address.family != AF_UNSPEC)
	{
		status = pool->reserve(pool, &data->upf_address);
	}
	else
	{
		status = pool->allocate(pool, time_monotonic(NULL),
								&data->upf_address);
	}
	switch (status)
	{
		case KUPF_POOL_OK:
			data->upf_address_pooled = TRUE;
			return TRUE;
		case KUPF_POOL_OUTSIDE:
			return kupf_error(error, KUPF_CAUSE_INVALID_FIELD,
							  "field 'upf-address': expected one of the "
							  "addresses in charon.plugins.kupf.addresses");
		case KUPF_POOL_IN_USE:
			return kupf_error(error, KUPF_CAUSE_ADDRESS_IN_USE,
							  "field 'upf-address': another session has it");
		default:
			return kupf_error(error, KUPF_CAUSE_NO_ADDRESS,
							  "all of charon.plugins.kupf.addresses are held "
							  "or in quarantine");
	}
}

/*
 * Described in header
 */
void kupf_lease_drop(kupf_pool_t *pool, const kupf_session_data_t *data)
{
	if (data->upf_address_pooled)
	{
		pool->release(pool, &data->upf_address, time_monotonic(NULL));
	}
}
