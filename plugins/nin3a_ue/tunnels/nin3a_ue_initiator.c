/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_initiator.h"
#include "nin3a_ue/nin3a_ue_counters.h"
#include "nin3a_ue_template.h"

#include <daemon.h>

/**
 * Initiate the IKE_SA along with all children of its connection: they are
 * queued, the first one is set up with IKE_AUTH unless that is childless.
 */
static status_t initiate_children(ike_sa_t *ike_sa, peer_cfg_t *peer_cfg)
{
	enumerator_t *enumerator;
	child_cfg_t *child_cfg;
	status_t status = SUCCESS;

	enumerator = peer_cfg->create_child_cfg_enumerator(peer_cfg);
	while (status == SUCCESS && enumerator->enumerate(enumerator, &child_cfg))
	{
		status = ike_sa->initiate(ike_sa, child_cfg->get_ref(child_cfg), NULL);
	}
	enumerator->destroy(enumerator);
	return status;
}

/*
 * Described in header
 */
bool nin3a_ue_initiate(nin3a_ue_legs_t *legs, kupf_session_t *session,
					   const char *connection)
{
	peer_cfg_t *peer_cfg;
	status_t status = DESTROY_ME;
	ike_sa_t *ike_sa;
	ike_sa_id_t *id;

	peer_cfg = nin3a_ue_template_apply(connection, session);
	if (!peer_cfg)
	{
		return FALSE;
	}
	/* what controller_t.initiate() does may find another IKE_SA to use */
	ike_sa = charon->ike_sa_manager->create_new(charon->ike_sa_manager, IKEV2,
												TRUE);
	if (!ike_sa)
	{
		peer_cfg->destroy(peer_cfg);
		return FALSE;
	}
	charon->bus->set_sa(charon->bus, ike_sa);
	ike_sa->set_peer_cfg(ike_sa, peer_cfg);
	id = ike_sa->get_id(ike_sa);
	if (legs->bind(legs, session, ike_sa->get_unique_id(ike_sa),
				   id->get_initiator_spi(id), peer_cfg))
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_ATTEMPTS);
		DBG1(DBG_CFG, "nin3a-ue: session '%s', generation %u: setting up the "
			 "tunnel", kupf_session_get_name(session),
			 kupf_session_get_generation(session));
		status = initiate_children(ike_sa, peer_cfg);
	}
	if (status == SUCCESS)
	{
		charon->ike_sa_manager->checkin(charon->ike_sa_manager, ike_sa);
	}
	else
	{
		charon->ike_sa_manager->checkin_and_destroy(charon->ike_sa_manager,
													ike_sa);
	}
	peer_cfg->destroy(peer_cfg);
	return TRUE;
}

/**
 * Whether an IKE_SA that we initiate authenticates itself: the successor in a
 * rekeying has no tasks of its own at first.
 */
static bool is_authenticating(ike_sa_t *ike_sa)
{
	enumerator_t *enumerator;
	bool found = FALSE;
	task_t *task;

	enumerator = ike_sa->create_task_enumerator(ike_sa, TASK_QUEUE_ACTIVE);
	while (!found && enumerator->enumerate(enumerator, &task))
	{
		found = task->get_type(task) == TASK_IKE_AUTH;
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
bool nin3a_ue_follow(nin3a_ue_legs_t *legs, ike_sa_t *ike_sa, array_t *ids)
{
	peer_cfg_t *peer_cfg = ike_sa->get_peer_cfg(ike_sa);
	ike_sa_id_t *id = ike_sa->get_id(ike_sa);

	return peer_cfg && ike_sa->has_condition(ike_sa, COND_ORIGINAL_INITIATOR) &&
		   is_authenticating(ike_sa) &&
		   legs->follow(legs, peer_cfg, ike_sa->get_unique_id(ike_sa),
						id->get_initiator_spi(id), ids);
}
