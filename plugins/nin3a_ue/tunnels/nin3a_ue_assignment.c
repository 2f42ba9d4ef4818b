/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_assignment.h"

/**
 * Claim the addresses of a session for a leg, or release them.
 *
 * @param call		claim() or release()
 */
static void for_session(nin3a_ue_addresses_t *all, nin3a_ue_leg_t *leg,
						kupf_session_t *session,
						typeof(((nin3a_ue_addresses_t*)0)->claim) call)
{
	const kupf_address_t *addresses;
	u_int i, count;

	if (session)
	{
		addresses = kupf_session_get_ue_addresses(session, &count);
		for (i = 0; i < count; i++)
		{
			call(all, &addresses[i], leg);
		}
		call(all, kupf_session_get_upf_address(session), NIN3A_UE_NOBODY);
	}
}

/*
 * Described in header
 */
kupf_session_t *nin3a_ue_assignment_want(nin3a_ue_addresses_t *all,
										 nin3a_ue_leg_t *leg,
										 kupf_session_t *session)
{
	kupf_session_t *old = leg->wanted;

	leg->wanted = session ? kupf_session_ref(session) : NULL;
	for_session(all, leg, session, all->claim);
	for_session(all, leg, old, all->release);
	return old;
}

/**
 * Whether an address is among some, or in a prefix of them.
 */
static bool is_among(const kupf_address_t *some, u_int count,
					 const kupf_address_t *address)
{
	while (count--)
	{
		if (kupf_address_contains(&some[count], address))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Whether an address that is on an interface may be there for a leg: it has it,
 * or has just lost it, and charon is about to take it off.
 */
static bool is_there_for(nin3a_ue_addresses_t *all, nin3a_ue_leg_t *leg,
						 const kupf_address_t *address)
{
	return all->has(all, address, leg) ||
		   (time_monotonic(NULL) - leg->lost_at <= NIN3A_UE_LOST &&
			is_among(leg->lost, leg->lost_count, address));
}

/**
 * Whether an IKE_SA may get an inner address.
 */
static bool may_have(nin3a_ue_addresses_t *all, const nin3a_ue_sa_t *sa,
					 const kupf_address_t *address, bool local)
{
	const kupf_address_t *named;
	u_int count;

	if (sa->inner_count == NIN3A_UE_INNER_MAX ||
		is_among(sa->inner, sa->inner_count, address))
	{
		return FALSE;
	}
	named = kupf_session_get_ue_addresses(sa->session, &count);
	if (count)
	{
		return is_among(named, count, address);
	}
	return !all->is_foreign(all, address, sa->leg) &&
		   (!local || is_there_for(all, sa->leg, address));
}

/*
 * Described in header
 */
bool nin3a_ue_assignment_take(nin3a_ue_addresses_t *all, nin3a_ue_sa_t *sa,
							  const kupf_address_t *address, bool local)
{
	if (!may_have(all, sa, address, local))
	{
		return FALSE;
	}
	sa->inner[sa->inner_count++] = *address;
	all->claim(all, address, sa->leg);
	return TRUE;
}

/*
 * Described in header
 */
void nin3a_ue_assignment_lose(nin3a_ue_addresses_t *all, nin3a_ue_sa_t *sa,
							  time_t now)
{
	nin3a_ue_leg_t *leg = sa->leg;

	if (sa->inner_count)
	{
		memcpy(leg->lost, sa->inner, sizeof(leg->lost));
		leg->lost_count = sa->inner_count;
		leg->lost_at = now;
	}
	while (sa->inner_count)
	{
		all->release(all, &sa->inner[--sa->inner_count], leg);
	}
}
