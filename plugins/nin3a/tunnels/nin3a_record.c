/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_record.h"
#include "nin3a/nin3a_counters.h"

/*
 * Described in header
 */
void nin3a_record_path(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					   ike_sa_t *ike_sa, host_t *local, host_t *remote)
{
	kupf_endpoint_t me = tunnel_status_endpoint(local);
	kupf_endpoint_t other = tunnel_status_endpoint(remote);
	tunnel_told_t told = {};

	tunnels->set_path(tunnels, ike_sa->get_unique_id(ike_sa), &me, &other,
					  &told);
	if (told.session)
	{
		kupf->tunnel_moved(kupf, told.session, told.up_as, local, remote);
		kupf_session_unref(told.session);
	}
}

/*
 * Described in header
 */
void nin3a_record_up(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					 kupf_session_t *session, ike_sa_t *ike_sa,
					 child_sa_t *child_sa)
{
	nin3a_record_path(tunnels, kupf, ike_sa, ike_sa->get_my_host(ike_sa),
					  ike_sa->get_other_host(ike_sa));
	kupf->tunnel_up(kupf, session, ike_sa, child_sa);
	nin3a_record_child(tunnels, kupf, ike_sa, child_sa, CHILD_INSTALLED);
}

/*
 * Described in header
 */
bool nin3a_record_child(nin3a_tunnels_t *tunnels, kupf_t *kupf,
						ike_sa_t *ike_sa, child_sa_t *child_sa,
						child_sa_state_t state)
{
	tunnel_told_t told = {};
	kupf_child_t child;
	bool installed, last;

	if (!tunnel_status_child(child_sa, state, &child, &installed))
	{
		return FALSE;
	}
	last = tunnels->set_child(tunnels, ike_sa->get_unique_id(ike_sa), &child,
							  installed, &told);
	if (told.session)
	{
		kupf->child_changed(kupf, told.session, told.up_as, ike_sa, child_sa,
							installed);
		kupf_session_unref(told.session);
	}
	return last;
}

/*
 * Described in header
 */
void nin3a_record_down(nin3a_tunnels_t *tunnels, kupf_t *kupf,
					   uint32_t ike_sa, uint32_t current)
{
	kupf_session_t *session;
	kupf_reason_t reason;
	uint32_t up_as;

	if (current && current != ike_sa)
	{	/* this thread is about to establish another IKE_SA of the same UE and
		 * charon removes this one (check_uniqueness(), INITIAL_CONTACT) */
		tunnels->set_reason(tunnels, ike_sa, KUPF_REASON_SUPERSEDED);
	}
	session = tunnels->down(tunnels, ike_sa, &up_as, &reason);
	if (session)
	{
		nin3a_count(NIN3A_TUNNELS_CLOSED);
		/* whoever was told about the tunnel knows it by its first identifier */
		kupf->tunnel_down(kupf, session, up_as, reason);
		kupf_session_unref(session);
	}
}

/*
 * Described in header
 */
void nin3a_record_flapping(nin3a_setups_t *setups, kupf_t *kupf,
						   kupf_limiter_t *limiter, kupf_session_t *session,
						   host_t *remote)
{
	u_int many, seconds;

	many = setups->count_up(setups, session, time_monotonic(NULL), &seconds);
	if (many)
	{
		nin3a_count(NIN3A_SESSIONS_FLAPPING);
		if (kupf_limiter_allows(limiter))
		{
			DBG1(DBG_CFG, "nin3a: session '%s' flaps, %u tunnels came up within "
				 "%u s, the last one from %#H",
				 kupf_session_get_name(session), many, seconds, remote);
		}
		kupf->session_flapping(kupf, session, remote, many, seconds);
	}
}
