/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_limiter.h"

/*
 * Described in header
 */
bool kupf_limiter_allows(kupf_limiter_t *limiter)
{
	time_t now = time_monotonic(NULL);
	u_int left_out = 0;
	uint64_t gone;
	bool allowed;

	pthread_mutex_lock(&limiter->mutex);
	gone = (uint64_t)(now - limiter->since) * KUPF_LIMITER_RATE;
	limiter->used -= min(gone, limiter->used);
	limiter->since = now;
	allowed = limiter->used < KUPF_LIMITER_BURST;
	if (allowed)
	{
		limiter->used++;
		left_out = limiter->left_out;
		limiter->left_out = 0;
	}
	else
	{
		limiter->left_out++;
	}
	pthread_mutex_unlock(&limiter->mutex);
	if (!allowed)
	{
		limiter->count_left_out();
	}
	else if (left_out)
	{
		DBG1(DBG_CFG, "%s: %u lines like the next one were not logged",
			 limiter->name, left_out);
	}
	return allowed;
}
