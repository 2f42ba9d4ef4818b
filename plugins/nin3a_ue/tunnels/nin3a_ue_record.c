/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_record.h"
#include "nin3a_ue/nin3a_ue_counters.h"

/*
 * Described in header
 */
void nin3a_ue_record_failed(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa)
{
	host_t *local = ike_sa->get_my_host(ike_sa);
	host_t *remote = ike_sa->get_other_host(ike_sa);
	nin3a_ue_reason_t failure;
	kupf_session_t *session;
	identification_t *ue_id;
	id_type_t type;
	chunk_t id;

	session = sas->end_attempt(sas, ike_sa->get_unique_id(ike_sa), &failure);
	if (!session)
	{
		return;
	}
	nin3a_ue_count_failed(failure);
	if (failure != NIN3A_UE_CANCELLED)
	{
		id = kupf_session_get_id(session, &type);
		ue_id = identification_create_from_encoding(type, id);
		DBG1(DBG_CFG, "nin3a-ue: session '%s', generation %u: no tunnel with "
			 "UPF %H: %s", kupf_session_get_name(session),
			 kupf_session_get_generation(session), remote,
			 nin3a_ue_reason_token(failure));
		kupf->auth_failed(kupf, ue_id, local, remote,
						  nin3a_ue_reason_token(failure));
		ue_id->destroy(ue_id);
	}
	kupf_session_unref(session);
}

/*
 * Described in header
 */
void nin3a_ue_record_down(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa)
{
	kupf_session_t *session;
	kupf_reason_t reason;
	uint32_t up_as, unique_id = ike_sa->get_unique_id(ike_sa);

	if (ike_sa->has_condition(ike_sa, COND_REAUTHENTICATING))
	{	/* break before make: there is no other one yet */
		sas->set_reason(sas, unique_id, KUPF_REASON_SUPERSEDED);
	}
	session = sas->down(sas, unique_id, &up_as, &reason);
	if (session)
	{
		nin3a_ue_count(NIN3A_UE_COUNTED_TUNNELS_CLOSED);
		DBG1(DBG_CFG, "nin3a-ue: session '%s', generation %u: tunnel down: %N",
			 kupf_session_get_name(session),
			 kupf_session_get_generation(session), kupf_reason_names, reason);
		/* whoever was told about the tunnel knows it by its first identifier */
		kupf->tunnel_down(kupf, session, up_as, reason);
		kupf_session_unref(session);
	}
}

/*
 * Described in header
 */
void nin3a_ue_record_path(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa,
						  host_t *local, host_t *remote)
{
	uint32_t unique_id = ike_sa->get_unique_id(ike_sa);
	kupf_endpoint_t me = tunnel_status_endpoint(local);
	kupf_endpoint_t other = tunnel_status_endpoint(remote);
	tunnel_spis_t spis = tunnel_spis_get(ike_sa);
	tunnel_told_t told = {};

	sas->set_spis(sas, unique_id, &spis);
	sas->set_path(sas, unique_id, &me, &other, &told);
	if (told.session)
	{
		kupf->tunnel_moved(kupf, told.session, told.up_as, local, remote);
		kupf_session_unref(told.session);
	}
}

/*
 * Described in header
 */
void nin3a_ue_record_child(nin3a_ue_sas_t *sas, kupf_t *kupf, ike_sa_t *ike_sa,
						   child_sa_t *child_sa, child_sa_state_t state)
{
	tunnel_told_t told = {};
	kupf_child_t child;
	bool installed;

	if (tunnel_status_child(child_sa, state, &child, &installed))
	{
		sas->set_child(sas, ike_sa->get_unique_id(ike_sa), &child, installed,
					   &told);
		if (told.session)
		{
			kupf->child_changed(kupf, told.session, told.up_as, ike_sa,
								child_sa, installed);
			kupf_session_unref(told.session);
		}
	}
}

/*
 * Described in header
 */
void nin3a_ue_record_up(nin3a_ue_sas_t *sas, kupf_t *kupf,
						kupf_session_t *session, ike_sa_t *ike_sa,
						child_sa_t *child_sa)
{
	nin3a_ue_record_path(sas, kupf, ike_sa, ike_sa->get_my_host(ike_sa),
						 ike_sa->get_other_host(ike_sa));
	DBG1(DBG_CFG, "nin3a-ue: session '%s', generation %u: tunnel up",
		 kupf_session_get_name(session),
		 kupf_session_get_generation(session));
	kupf->tunnel_up(kupf, session, ike_sa, child_sa);
	nin3a_ue_record_child(sas, kupf, ike_sa, child_sa, CHILD_INSTALLED);
}
