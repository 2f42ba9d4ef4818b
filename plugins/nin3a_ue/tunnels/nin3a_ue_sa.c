/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_sa.h"
#include "nin3a_ue/nin3a_ue_counters.h"

/*
 * Described in header
 */
void nin3a_ue_sa_destroy(nin3a_ue_sa_t *sa)
{
	if (sa)
	{
		tunnel_status_destroy(sa->status);
		chunk_free(&sa->request);
		kupf_session_unref(sa->session);
		free(sa);
	}
}

/*
 * Described in header
 */
bool nin3a_ue_sa_fits(const nin3a_ue_sa_t *sa, const kupf_session_t *session)
{
	return sa->session == session ||
		   !kupf_session_needs_rekey(sa->session, session);
}

/*
 * Described in header
 */
void nin3a_ue_sa_fail(nin3a_ue_sa_t *sa, nin3a_ue_reason_t failure)
{
	if (sa->failure == NIN3A_UE_UNDECIDED)
	{
		sa->failure = failure == NIN3A_UE_NO_ANSWER && sa->unreadable ?
						NIN3A_UE_UNREADABLE : failure;
	}
}

/*
 * Described in header
 */
const char *nin3a_ue_sa_why_gone(const nin3a_ue_sa_t *sa)
{
	if (sa->stage != NIN3A_UE_STAGE_UP)
	{
		return nin3a_ue_reason_token(sa->failure);
	}
	if (sa->reason == NIN3A_UE_NO_REASON)
	{
		return enum_to_name(kupf_reason_names, sa->suspect ?
							KUPF_REASON_TIMEOUT : KUPF_REASON_SHUTDOWN);
	}
	return enum_to_name(kupf_reason_names, sa->reason);
}

/*
 * Described in header
 */
void nin3a_ue_sa_close(nin3a_ue_sa_t *sa, kupf_reason_t reason, array_t *ids)
{
	sa->closing = TRUE;
	if (sa->stage == NIN3A_UE_STAGE_UP)
	{
		nin3a_ue_sa_give_reason(sa, reason);
	}
	else if (sa->failure == NIN3A_UE_UNDECIDED)
	{
		sa->failure = NIN3A_UE_CANCELLED;
	}
	array_insert(ids, ARRAY_TAIL, &sa->ike_sa);
}

/*
 * Described in header
 */
void nin3a_ue_sa_give_reason(nin3a_ue_sa_t *sa, kupf_reason_t reason)
{
	if (sa->reason == NIN3A_UE_NO_REASON)
	{
		sa->reason = reason;
	}
}

/*
 * Described in header
 */
bool nin3a_ue_sa_condemn(nin3a_ue_sa_t *sa, nin3a_ue_reason_t failure)
{
	if (sa->closing)
	{
		return FALSE;
	}
	sa->closing = TRUE;
	nin3a_ue_sa_fail(sa, failure);
	return TRUE;
}

/**
 * There is something to be told of a tunnel.
 */
static void tell(const nin3a_ue_sa_t *sa, tunnel_told_t *told)
{
	if (told && sa->stage == NIN3A_UE_STAGE_UP && !sa->reported)
	{
		told->session = kupf_session_ref(sa->session);
		told->up_as = sa->up_as;
	}
}

/*
 * Described in header
 */
void nin3a_ue_sa_set_path(nin3a_ue_sa_t *sa, const kupf_endpoint_t *local,
						  const kupf_endpoint_t *remote, tunnel_told_t *told)
{
	if (!sa->status)
	{
		return;
	}
	switch (tunnel_status_set_path(sa->status, local, remote))
	{
		case TUNNEL_PATH_MOVED:
			tell(sa, told);
			break;
		case TUNNEL_PATH_RESTLESS:
			nin3a_ue_count(NIN3A_UE_COUNTED_MOVES_UNTOLD);
			break;
		default:
			break;
	}
}

/*
 * Described in header
 */
void nin3a_ue_sa_set_child(nin3a_ue_sa_t *sa, const kupf_child_t *child,
						   bool installed, tunnel_told_t *told)
{
	if (sa->status && tunnel_status_set_child(sa->status, child, installed))
	{
		tell(sa, told);
	}
}

/*
 * Described in header
 */
bool nin3a_ue_sa_down(nin3a_ue_sa_t *sa, bool superseded,
					  kupf_reason_t *reason)
{
	if (sa->stage != NIN3A_UE_STAGE_UP || sa->reported)
	{
		return FALSE;
	}
	sa->reported = sa->closing = TRUE;
	*reason = sa->reason;
	if (sa->reason == NIN3A_UE_NO_REASON)
	{
		*reason = superseded ? KUPF_REASON_SUPERSEDED : KUPF_REASON_SHUTDOWN;
	}
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_ue_sa_end_attempt(nin3a_ue_sa_t *sa, nin3a_ue_reason_t *failure)
{
	if (sa->stage == NIN3A_UE_STAGE_UP || sa->reported)
	{
		return FALSE;
	}
	sa->reported = TRUE;
	if (sa->failure == NIN3A_UE_UNDECIDED)
	{
		sa->failure = NIN3A_UE_INCOMPLETE;
	}
	*failure = sa->failure;
	return TRUE;
}

/*
 * Described in header
 */
bool nin3a_ue_sa_up(nin3a_ue_sa_t *sa, time_t now)
{
	if (sa->stage != NIN3A_UE_STAGE_ESTABLISHED || sa->closing)
	{
		return FALSE;
	}
	sa->stage = NIN3A_UE_STAGE_UP;
	sa->up_as = sa->ike_sa;
	sa->since = now;
	sa->status = tunnel_status_create();
	return TRUE;
}
