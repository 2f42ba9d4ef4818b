/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup nin3a_ue_leg nin3a_ue_leg
 * @{ @ingroup nin3a_ue
 *
 * The non-3GPP leg of one session: what it shall be like, which IKE_SAs there
 * are for it, and what has to be done next.
 *
 *              an IKE_SA has its first CHILD_SA
 *   CONNECTING --------------------------------> UP
 *     ^    |  ^                                   |
 *     |    |  +-----------------------------------+  session modified: the old
 *     |    | it failed                            |  tunnel stays meanwhile
 *     |    v                                      |
 *     |  WAITING <--------------------------------+  the tunnel is lost
 *     +----+ backoff over, network changed, or session modified
 *
 * There is never more than one attempt under way.  If the session is modified
 * meanwhile, the result of the attempt is what leads to the next one.
 *
 * To be called under the mutex of nin3a_ue_table; nothing here calls out of it.
 */

#ifndef NIN3A_UE_LEG_H_
#define NIN3A_UE_LEG_H_

#include "nin3a_ue_sa.h"

/** Seconds that charon has to take the addresses of an IKE_SA that is lost off
 * the interface; later they are somebody else's if they are on one */
#define NIN3A_UE_LOST 5

/** Parts of a delay that may be left out at random, in percent */
#define NIN3A_UE_JITTER 25

typedef struct nin3a_ue_order_t nin3a_ue_order_t;
typedef struct nin3a_ue_backoff_t nin3a_ue_backoff_t;

/**
 * A leg.
 */
struct nin3a_ue_leg_t {
	/** name of the session */
	char name[KUPF_SESSION_NAME_MAX + 1];
	/** session as it is in the store, a reference, NULL if it was deleted */
	kupf_session_t *wanted;
	/** inner addresses of the IKE_SA that was lost last, their number, and
	 * time_monotonic() of that: charon may not have taken them off yet */
	kupf_address_t lost[NIN3A_UE_INNER_MAX];
	u_int lost_count;
	time_t lost_at;
	/** session of an attempt that has no IKE_SA yet, a reference, or NULL */
	kupf_session_t *starting;
	/** its IKE_SAs, the newest one first */
	nin3a_ue_sa_t *first;
	/** attempts that failed, and tunnels that were lost, since the last tunnel
	 * that has lasted */
	u_int failures;
	/** whether the last attempt was not answered at all */
	bool unanswered;
	/** time_monotonic() when the UPF said last not to know one of its tunnels */
	time_t hinted_at;
	/** why the last one of them did, a constant token, NULL if none ever has */
	const char *failure;
	/** time_monotonic() of that, and of the latest order's attempt */
	uint32_t failed, next;
	/** of the latest order */
	uint32_t serial;
	/** whether that order was not carried out yet */
	bool waiting;
};

/**
 * To begin an attempt.
 */
struct nin3a_ue_order_t {
	/** whether there is something to be done */
	bool start;
	/** name of the session */
	char name[KUPF_SESSION_NAME_MAX + 1];
	/** of the order: a later one makes it void */
	uint32_t serial;
	/** when, milliseconds from now */
	uint32_t delay;
};

/**
 * Time between attempts.
 */
struct nin3a_ue_backoff_t {
	/** after the first failure, milliseconds */
	uint32_t first;
	/** most, milliseconds; each failure doubles the time up to this, and a tunnel
	 * that lasts as long makes up for all of them */
	uint32_t most;
};

/**
 * Whether an attempt is under way.
 */
bool nin3a_ue_leg_is_busy(const nin3a_ue_leg_t *leg);

/**
 * Get the attempt that is under way, if it has an IKE_SA.
 *
 * @return			unique identifier of its IKE_SA, or 0
 */
uint32_t nin3a_ue_leg_get_attempt(const nin3a_ue_leg_t *leg);

/**
 * An IKE_SA of a leg is gone, and out of it: count that if the leg is without a
 * tunnel, forget what was counted if it was one that has lasted.
 *
 * @param sa		IKE_SA
 * @param backoff	times
 * @param now		time_monotonic()
 */
void nin3a_ue_leg_lose(nin3a_ue_leg_t *leg, const nin3a_ue_sa_t *sa,
					   const nin3a_ue_backoff_t *backoff, time_t now);

/**
 * A tunnel of a leg seems not to be there for the UPF any more: it counts as
 * lost, but stays until another one takes its place, or is heard of again.
 *
 * @param sa		tunnel
 * @param backoff	times
 * @param now		time_monotonic()
 */
void nin3a_ue_leg_suspect(nin3a_ue_leg_t *leg, nin3a_ue_sa_t *sa,
						  const nin3a_ue_backoff_t *backoff, time_t now);

/**
 * Count a failure.
 *
 * @param failure	why, a constant token
 * @param now		time_monotonic()
 */
void nin3a_ue_leg_fail(nin3a_ue_leg_t *leg, const char *failure, time_t now);

/**
 * Say how a leg gets on.
 *
 * @param leg		leg, or NULL
 * @param attempts	[out] how it gets on
 * @return			FALSE if there is no leg
 */
bool nin3a_ue_leg_get_attempts(const nin3a_ue_leg_t *leg,
							   kupf_attempts_t *attempts);

/**
 * Decide what has to be done next: if the leg has no tunnel that fits and no
 * attempt is under way, one is ordered, and any earlier order is void.
 *
 * @param backoff	times
 * @param serial	counter of orders of all legs
 * @param order		[out] order
 */
void nin3a_ue_leg_decide(nin3a_ue_leg_t *leg,
						 const nin3a_ue_backoff_t *backoff, uint32_t *serial,
						 nin3a_ue_order_t *order);

/**
 * Suspect a tunnel, unless it is suspected or goes anyway.
 *
 * @param sa		tunnel
 * @param backoff	times
 * @param serial	counter of orders of all legs
 * @param order		[out] order, as it was if there is nothing to do
 * @return			whether it was trusted until now
 */
bool nin3a_ue_leg_doubt(nin3a_ue_sa_t *sa, const nin3a_ue_backoff_t *backoff,
						uint32_t *serial, nin3a_ue_order_t *order);

/**
 * There was a sign of life: a tunnel is not suspected any more.
 *
 * @param sa		tunnel, or NULL
 */
void nin3a_ue_leg_trust(nin3a_ue_sa_t *sa);

/**
 * The UPF says that it does not know an IKE_SA, see nin3a_ue_legs_t.hint().
 *
 * @param attempt	[out] unique identifier of the attempt whose IKE_SA_INIT may be
 *					sent again, as it was if there is none
 */
bool nin3a_ue_leg_hint(nin3a_ue_sa_t *sa, const nin3a_ue_backoff_t *backoff,
					   uint32_t *serial, nin3a_ue_order_t *order,
					   uint32_t *attempt);

/**
 * Leave one tunnel: the newest one that fits, or else the newest one.  The
 * others are marked as being closed.
 *
 * @param ids		array of uint32_t that their IKE_SAs are added to
 * @return			how many of them were for the session as it was before
 */
u_int nin3a_ue_leg_settle(nin3a_ue_leg_t *leg, array_t *ids);

/**
 * Mark all IKE_SAs of another session object than a given one as being closed.
 *
 * @param keep		session to keep, or NULL
 * @param reason	reason to report for tunnels
 * @param ids		array of uint32_t that the IKE_SAs are added to
 * @return			how many of them are tunnels
 */
u_int nin3a_ue_leg_drop(nin3a_ue_leg_t *leg, const kupf_session_t *keep,
						kupf_reason_t reason, array_t *ids);

/**
 * Whether another IKE_SA of the leg takes the place of a tunnel.
 *
 * @param gone		tunnel of the leg
 */
bool nin3a_ue_leg_replaces(const nin3a_ue_leg_t *leg, const nin3a_ue_sa_t *gone);

/**
 * Count the tunnels.
 */
u_int nin3a_ue_leg_count_tunnels(const nin3a_ue_leg_t *leg);

/**
 * Describe the tunnels.
 *
 * @param tunnels	[out] tunnels
 * @param max		room for that, number of tunnels
 * @return			number of tunnels that were described
 */
u_int nin3a_ue_leg_describe(const nin3a_ue_leg_t *leg, kupf_tunnel_t *tunnels,
							u_int max);

/**
 * Get the time to wait after a number of failures, without jitter.
 *
 * @param failures	number of failures, 0 for none
 * @return			milliseconds
 */
uint32_t nin3a_ue_backoff_get(const nin3a_ue_backoff_t *backoff,
							  u_int failures);

#endif /** NIN3A_UE_LEG_H_ @}*/
