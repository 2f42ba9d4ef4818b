/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tunnel_spis.h"

#include <daemon.h>

/*
 * Described in header
 */
tunnel_spis_t tunnel_spis_get(ike_sa_t *ike_sa)
{
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	return (tunnel_spis_t){
		.initiator = id->get_initiator_spi(id),
		.responder = id->get_responder_spi(id),
		.initiated_here = id->is_initiator(id),
	};
}

/*
 * Described in header
 */
ike_sa_t *tunnel_checkout(const tunnel_spis_t *spis)
{
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	id = ike_sa_id_create(IKEV2_MAJOR_VERSION, spis->initiator,
						  spis->responder, spis->initiated_here);
	ike_sa = charon->ike_sa_manager->checkout(charon->ike_sa_manager, id);
	id->destroy(id);
	return ike_sa;
}

/*
 * Described in header
 */
void tunnel_checkin(ike_sa_t *ike_sa, status_t status)
{
	if (status == DESTROY_ME)
	{
		charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
													ike_sa);
	}
	else
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	}
}

/*
 * Described in header
 */
job_requeue_t tunnel_checkin_told(ike_sa_t *ike_sa, status_t status,
								  bool *again, uint32_t timeout)
{
	tunnel_checkin(ike_sa, status);
	if (status != DESTROY_ME && !*again && timeout)
	{
		*again = TRUE;
		return JOB_RESCHEDULE(timeout);
	}
	return JOB_REQUEUE_NONE;
}
