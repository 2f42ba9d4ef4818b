/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_rekeyed.h"

#include <daemon.h>

/*
 * Described in header
 */
status_t tunnel_rekeyed_end(ike_sa_t *ike_sa, tunnel_rekeyed_t *rekeyed)
{
	switch (ike_sa->get_state(ike_sa))
	{
		case IKE_REKEYED:
			if (!rekeyed->told)
			{
				rekeyed->told = TRUE;
				return ike_sa->delete(ike_sa, FALSE);
			}
			/* it is told, but another exchange waits for its answer */
			/* fall through */
		case IKE_DELETING:
			/* not by delete(): its tunnel is not down, it has a successor */
			DBG2(DBG_CFG, "the DELETE of rekeyed IKE_SA [%u] is not answered, not "
				 "waiting any longer", ike_sa->get_unique_id(ike_sa));
			rekeyed->count();
			return DESTROY_ME;
		default:
			/* its own rekeying goes on, in a collision */
			return SUCCESS;
	}
}

CALLBACK(end, job_requeue_t,
	void *null, void *data)
{
	tunnel_rekeyed_t *rekeyed = data;
	bool told = rekeyed->told;
	ike_sa_t *ike_sa;
	status_t status;

	ike_sa = tunnel_checkout(&rekeyed->spis);
	if (!ike_sa)
	{
		return JOB_REQUEUE_NONE;
	}
	status = tunnel_rekeyed_end(ike_sa, rekeyed);
	return tunnel_checkin_told(ike_sa, status, &told,
							   rekeyed->told ? rekeyed->timeout : 0);
}

/*
 * Described in header
 */
void tunnel_rekeyed_bound(tunnel_worker_t *worker,
						  const tunnel_rekeyed_t *rekeyed)
{
	if (rekeyed->timeout)
	{
		worker->queue(worker, end, NULL, rekeyed, sizeof(*rekeyed),
					  (uint64_t)rekeyed->timeout * 1000);
	}
}
