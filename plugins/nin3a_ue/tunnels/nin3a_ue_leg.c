/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_leg.h"

/*
 * Described in header
 */
uint32_t nin3a_ue_leg_get_attempt(const nin3a_ue_leg_t *leg)
{
	nin3a_ue_sa_t *sa;

	for (sa = leg->first; sa; sa = sa->next)
	{
		if (sa->stage != NIN3A_UE_STAGE_UP && !sa->closing)
		{
			return sa->ike_sa;
		}
	}
	return 0;
}

/*
 * Described in header
 */
bool nin3a_ue_leg_is_busy(const nin3a_ue_leg_t *leg)
{
	return leg->starting || nin3a_ue_leg_get_attempt(leg);
}

/*
 * Described in header
 */
uint32_t nin3a_ue_backoff_get(const nin3a_ue_backoff_t *backoff,
							  u_int failures)
{
	uint32_t delay = backoff->first;

	if (!failures)
	{
		return 0;
	}
	while (--failures && delay < backoff->most)
	{
		delay = delay > backoff->most / 2 ? backoff->most : delay * 2;
	}
	return min(delay, backoff->most);
}

/**
 * Leave out a random part of a delay, so that UEs that have lost the same UPF
 * do not come back all at once.
 */
static uint32_t add_jitter(uint32_t delay)
{
	uint32_t part = delay / 100 * NIN3A_UE_JITTER;

	return part ? delay - random() % part : delay;
}

/**
 * Whether a leg has a tunnel, or what will be one, that fits.
 */
static bool is_served(const nin3a_ue_leg_t *leg)
{
	nin3a_ue_sa_t *sa;

	for (sa = leg->first; sa; sa = sa->next)
	{
		if (!sa->closing && !sa->suspect && nin3a_ue_sa_fits(sa, leg->wanted))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
void nin3a_ue_leg_fail(nin3a_ue_leg_t *leg, const char *failure, time_t now)
{
	leg->failures++;
	leg->failure = failure;
	leg->failed = now;
}

/*
 * Described in header
 */
bool nin3a_ue_leg_get_attempts(const nin3a_ue_leg_t *leg,
							   kupf_attempts_t *attempts)
{
	if (!leg)
	{
		return FALSE;
	}
	*attempts = (kupf_attempts_t){
		.failures = leg->failures,
		.failure = leg->failure,
		.failed = leg->failed,
		.next = leg->waiting ? leg->next : 0,
	};
	return TRUE;
}

/*
 * Described in header
 */
void nin3a_ue_leg_lose(nin3a_ue_leg_t *leg, const nin3a_ue_sa_t *sa,
					   const nin3a_ue_backoff_t *backoff, time_t now)
{
	leg->unanswered = sa->failure == NIN3A_UE_NO_ANSWER;
	if (!nin3a_ue_sa_fits(sa, leg->wanted) ||
		(sa->stage == NIN3A_UE_STAGE_UP &&
		 now - sa->since >= (time_t)(backoff->most / 1000)))
	{	/* the former: its key was not the one that counts any more */
		leg->failures = 0;
	}
	if (nin3a_ue_sa_fits(sa, leg->wanted) && !is_served(leg))
	{
		nin3a_ue_leg_fail(leg, nin3a_ue_sa_why_gone(sa), now);
	}
}

/*
 * Described in header
 */
void nin3a_ue_leg_suspect(nin3a_ue_leg_t *leg, nin3a_ue_sa_t *sa,
						  const nin3a_ue_backoff_t *backoff, time_t now)
{
	sa->suspect = TRUE;
	sa->hurried = FALSE;
	nin3a_ue_leg_lose(leg, sa, backoff, now);
	if (sa->since + (time_t)backoff->most / 1000 <= now)
	{	/* it has lasted: the first attempt does not wait */
		leg->failures = 0;
	}
}

/*
 * Described in header
 */
void nin3a_ue_leg_decide(nin3a_ue_leg_t *leg,
						 const nin3a_ue_backoff_t *backoff, uint32_t *serial,
						 nin3a_ue_order_t *order)
{
	order->start = FALSE;
	if (!leg->wanted || nin3a_ue_leg_is_busy(leg) || is_served(leg))
	{
		leg->waiting = FALSE;
		return;
	}
	leg->waiting = TRUE;
	leg->serial = ++*serial;
	order->start = TRUE;
	order->serial = leg->serial;
	order->delay = add_jitter(nin3a_ue_backoff_get(backoff, leg->failures));
	leg->next = time_monotonic(NULL) + order->delay / 1000;
	memcpy(order->name, leg->name, sizeof(order->name));
}

/*
 * Described in header
 */
bool nin3a_ue_leg_doubt(nin3a_ue_sa_t *sa, const nin3a_ue_backoff_t *backoff,
						uint32_t *serial, nin3a_ue_order_t *order)
{
	if (sa->stage != NIN3A_UE_STAGE_UP || sa->closing || sa->suspect ||
		!sa->leg->wanted)
	{
		return FALSE;
	}
	nin3a_ue_leg_suspect(sa->leg, sa, backoff, time_monotonic(NULL));
	if (!sa->leg->waiting)
	{
		nin3a_ue_leg_decide(sa->leg, backoff, serial, order);
	}
	return TRUE;
}

/*
 * Described in header
 */
void nin3a_ue_leg_trust(nin3a_ue_sa_t *sa)
{
	if (sa && sa->suspect)
	{
		sa->suspect = FALSE;
		if (sa->leg->wanted && !sa->closing &&
			nin3a_ue_sa_fits(sa, sa->leg->wanted))
		{	/* an order that waits is void, an attempt goes on */
			sa->leg->waiting = FALSE;
		}
	}
}

/*
 * Described in header
 */
bool nin3a_ue_leg_hint(nin3a_ue_sa_t *sa, const nin3a_ue_backoff_t *backoff,
					   uint32_t *serial, nin3a_ue_order_t *order,
					   uint32_t *attempt)
{
	time_t now = time_monotonic(NULL);
	nin3a_ue_leg_t *leg = sa->leg;

	if (!sa->asked || leg->hinted_at == now)
	{
		return FALSE;
	}
	leg->hinted_at = now;
	if (nin3a_ue_leg_doubt(sa, backoff, serial, order))
	{
		return TRUE;
	}
	if (sa->suspect)
	{
		*attempt = nin3a_ue_leg_get_attempt(leg);
		if (leg->waiting && leg->unanswered && !sa->hurried)
		{	/* it may be back; once, as anybody may say so */
			sa->hurried = TRUE;
			nin3a_ue_leg_decide(leg, backoff, serial, order);
			order->delay = 0;
			leg->next = now;
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
u_int nin3a_ue_leg_settle(nin3a_ue_leg_t *leg, array_t *ids)
{
	nin3a_ue_sa_t *sa, *best = NULL;
	u_int rekeyed = 0;
	bool fits;

	for (sa = leg->first; sa; sa = sa->next)
	{
		if (sa->stage == NIN3A_UE_STAGE_UP && !sa->closing &&
			(!best || (leg->wanted && !nin3a_ue_sa_fits(best, leg->wanted) &&
					   nin3a_ue_sa_fits(sa, leg->wanted))))
		{
			best = sa;
		}
	}
	for (sa = leg->first; sa; sa = sa->next)
	{
		if (sa->stage == NIN3A_UE_STAGE_UP && !sa->closing && sa != best)
		{
			fits = nin3a_ue_sa_fits(sa, best->session);
			rekeyed += !fits;
			nin3a_ue_sa_close(sa, fits ? KUPF_REASON_SUPERSEDED :
							  KUPF_REASON_REKEYED, ids);
		}
	}
	return rekeyed;
}

/*
 * Described in header
 */
u_int nin3a_ue_leg_drop(nin3a_ue_leg_t *leg, const kupf_session_t *keep,
						kupf_reason_t reason, array_t *ids)
{
	nin3a_ue_sa_t *sa;
	u_int count = 0;

	for (sa = leg->first; sa; sa = sa->next)
	{
		if (!sa->closing && sa->session != keep)
		{
			count += sa->stage == NIN3A_UE_STAGE_UP;
			nin3a_ue_sa_close(sa, reason, ids);
		}
	}
	return count;
}

/*
 * Described in header
 */
bool nin3a_ue_leg_replaces(const nin3a_ue_leg_t *leg, const nin3a_ue_sa_t *gone)
{
	nin3a_ue_sa_t *sa;

	for (sa = leg->first; sa && sa != gone; sa = sa->next)
	{
		if (!sa->closing)
		{
			return TRUE;
		}
	}
	return FALSE;
}

/**
 * Whether an IKE_SA is a tunnel, and not gone.
 */
static bool is_up(const nin3a_ue_sa_t *sa)
{
	return sa->stage == NIN3A_UE_STAGE_UP && !sa->reported;
}

/*
 * Described in header
 */
u_int nin3a_ue_leg_count_tunnels(const nin3a_ue_leg_t *leg)
{
	nin3a_ue_sa_t *sa;
	u_int count = 0;

	for (sa = leg->first; sa; sa = sa->next)
	{
		count += is_up(sa);
	}
	return count;
}

/*
 * Described in header
 */
u_int nin3a_ue_leg_describe(const nin3a_ue_leg_t *leg, kupf_tunnel_t *tunnels,
							u_int max)
{
	kupf_tunnel_t *tunnel;
	nin3a_ue_sa_t *sa;
	u_int count = 0;

	for (sa = leg->first; sa && count < max; sa = sa->next)
	{
		if (is_up(sa))
		{
			tunnel = &tunnels[count++];
			*tunnel = (kupf_tunnel_t){
				.ike_sa = sa->ike_sa,
				.up_as = sa->up_as,
				.spi_i = sa->spis.initiator,
				.spi_r = sa->spis.responder,
				.initiated_here = sa->spis.initiated_here,
				.generation = kupf_session_get_generation(sa->session),
				.assigned_count = sa->inner_count,
			};
			memcpy(tunnel->assigned, sa->inner, sizeof(sa->inner));
			tunnel_status_get(sa->status, tunnel);
		}
	}
	return count;
}
