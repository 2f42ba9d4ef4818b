/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_legs.h"
#include "nin3a_ue_addresses.h"

#include <collections/hashtable.h>

typedef struct private_nin3a_ue_legs_t private_nin3a_ue_legs_t;

/**
 * Private data.
 */
struct private_nin3a_ue_legs_t {
	/** public interface */
	nin3a_ue_legs_t public;
	/** nin3a_ue_leg_t by name */
	hashtable_t *legs;
	/** IKE_SAs, with the mutex */
	nin3a_ue_sas_t *sas;
	/** whose an address is; legs are the owners */
	nin3a_ue_addresses_t *addresses;
	/** times between attempts */
	nin3a_ue_backoff_t backoff;
	/** orders so far */
	uint32_t serial;
};

/**
 * Claim the addresses of a session for a leg, or release them.
 *
 * @param call		claim() or release()
 */
static void claim_session(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg,
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
			call(this->addresses, &addresses[i], leg);
		}
		call(this->addresses, kupf_session_get_upf_address(session),
			 NIN3A_UE_NOBODY);
	}
}

/**
 * Set the session that a leg is wanted for.
 *
 * @param session	session, or NULL
 * @return			the one before, for the caller to drop, or NULL
 */
static kupf_session_t *set_wanted(private_nin3a_ue_legs_t *this,
								  nin3a_ue_leg_t *leg, kupf_session_t *session)
{
	kupf_session_t *old = leg->wanted;

	leg->wanted = session ? kupf_session_ref(session) : NULL;
	claim_session(this, leg, session, this->addresses->claim);
	claim_session(this, leg, old, this->addresses->release);
	return old;
}

/**
 * Decide what is next for a leg.
 */
static void decide(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg,
				   nin3a_ue_order_t *order)
{
	nin3a_ue_leg_decide(leg, &this->backoff, &this->serial, order);
}

/**
 * Forget a leg that has no purpose any more.  Nothing of it holds a session.
 */
static void forget(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg)
{
	if (!leg->wanted && !leg->starting && !leg->first)
	{
		this->legs->remove(this->legs, leg->name);
		free(leg);
	}
}

METHOD(nin3a_ue_legs_t, set_backoff, void,
	private_nin3a_ue_legs_t *this, nin3a_ue_backoff_t backoff)
{
	this->sas->lock(this->sas);
	this->backoff = backoff;
	this->sas->unlock(this->sas);
}

METHOD(nin3a_ue_legs_t, want, void,
	private_nin3a_ue_legs_t *this, kupf_session_t *session,
	nin3a_ue_order_t *order)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *old;
	nin3a_ue_leg_t *leg;
	bool idle;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	if (!leg)
	{
		INIT(leg);
		strncpy(leg->name, name, sizeof(leg->name) - 1);
		this->legs->put(this->legs, leg->name, leg);
	}
	old = set_wanted(this, leg, session);
	/* drop() may have left it with this very session, and nothing to do */
	idle = !leg->waiting && !leg->starting && !leg->first;
	if (!old || idle || kupf_session_needs_rekey(old, session))
	{	/* what failed before says nothing about this one */
		leg->failures = 0;
		decide(this, leg, order);
	}
	else
	{
		order->start = FALSE;
	}
	this->sas->unlock(this->sas);
	kupf_session_unref(old);
}

METHOD(nin3a_ue_legs_t, drop, u_int,
	private_nin3a_ue_legs_t *this, const char *name, kupf_session_t *current,
	kupf_reason_t reason, array_t *ids)
{
	kupf_session_t *old = NULL;
	nin3a_ue_leg_t *leg;
	u_int count = 0;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	if (leg)
	{
		count = nin3a_ue_leg_drop(leg, current, reason, ids);
		if (leg->wanted != current)
		{
			old = set_wanted(this, leg, current);
			leg->waiting = FALSE;
			leg->serial = ++this->serial;
		}
		forget(this, leg);
	}
	this->sas->unlock(this->sas);
	kupf_session_unref(old);
	return count;
}

METHOD(nin3a_ue_legs_t, begin, kupf_session_t*,
	private_nin3a_ue_legs_t *this, const char *name, uint32_t serial)
{
	kupf_session_t *session = NULL;
	nin3a_ue_leg_t *leg;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	if (leg && leg->waiting && leg->serial == serial)
	{
		leg->waiting = FALSE;
		leg->starting = kupf_session_ref(leg->wanted);
		session = kupf_session_ref(leg->wanted);
	}
	this->sas->unlock(this->sas);
	return session;
}

METHOD(nin3a_ue_legs_t, bind_, bool,
	private_nin3a_ue_legs_t *this, kupf_session_t *session, uint32_t ike_sa,
	uint64_t spi, const void *connection)
{
	kupf_session_t *dropped = NULL;
	nin3a_ue_leg_t *leg;
	bool bound = FALSE;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, (void*)kupf_session_get_name(session));
	if (leg && leg->starting == session)
	{
		bound = leg->wanted != NULL;
		if (bound)
		{
			this->sas->add(this->sas, leg, leg->starting, ike_sa, spi,
						   connection);
		}
		else
		{
			dropped = leg->starting;
		}
		leg->starting = NULL;
		forget(this, leg);
	}
	this->sas->unlock(this->sas);
	kupf_session_unref(dropped);
	return bound;
}

METHOD(nin3a_ue_legs_t, abort_, void,
	private_nin3a_ue_legs_t *this, kupf_session_t *session,
	nin3a_ue_order_t *order)
{
	kupf_session_t *dropped = NULL;
	nin3a_ue_leg_t *leg;

	order->start = FALSE;
	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, (void*)kupf_session_get_name(session));
	if (leg && leg->starting == session)
	{
		dropped = leg->starting;
		leg->starting = NULL;
		nin3a_ue_leg_fail(leg, "no-connection", time_monotonic(NULL));
		decide(this, leg, order);
		forget(this, leg);
	}
	this->sas->unlock(this->sas);
	kupf_session_unref(dropped);
}

METHOD(nin3a_ue_legs_t, follow, bool,
	private_nin3a_ue_legs_t *this, const void *connection, uint32_t ike_sa,
	uint64_t spi, array_t *ids)
{
	nin3a_ue_sa_t *sa;
	bool bound = FALSE;

	this->sas->lock(this->sas);
	sa = this->sas->find_connection(this->sas, connection);
	if (sa)
	{
		bound = sa->leg->wanted && !nin3a_ue_leg_is_busy(sa->leg) &&
				nin3a_ue_sa_fits(sa, sa->leg->wanted);
		this->sas->add(this->sas, sa->leg, kupf_session_ref(sa->session),
					   ike_sa, spi, connection);
		if (bound)
		{
			sa->leg->waiting = FALSE;
		}
		else
		{	/* not with another key, either, e.g. of swanctl.conf */
			sa->leg->first->closing = TRUE;
			sa->leg->first->failure = NIN3A_UE_CANCELLED;
			array_insert(ids, ARRAY_TAIL, &ike_sa);
		}
	}
	this->sas->unlock(this->sas);
	return bound;
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
static bool is_there_for(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg,
						 const kupf_address_t *address)
{
	return this->addresses->has(this->addresses, address, leg) ||
		   (time_monotonic(NULL) - leg->lost_at <= NIN3A_UE_LOST &&
			is_among(leg->lost, leg->lost_count, address));
}

/**
 * Whether an IKE_SA may get an inner address.
 */
static bool may_have(private_nin3a_ue_legs_t *this, const nin3a_ue_sa_t *sa,
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
	return !this->addresses->is_foreign(this->addresses, address, sa->leg) &&
		   (!local || is_there_for(this, sa->leg, address));
}

METHOD(nin3a_ue_legs_t, assign, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa,
	const kupf_address_t *address, bool local)
{
	bool assigned = FALSE;
	nin3a_ue_sa_t *sa;

	this->sas->lock(this->sas);
	sa = this->sas->find(this->sas, ike_sa);
	if (sa && may_have(this, sa, address, local))
	{
		sa->inner[sa->inner_count++] = *address;
		this->addresses->claim(this->addresses, address, sa->leg);
		assigned = TRUE;
	}
	this->sas->unlock(this->sas);
	return assigned;
}

METHOD(nin3a_ue_legs_t, up, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order,
	array_t *ids, u_int *rekeyed)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	*rekeyed = 0;
	this->sas->lock(this->sas);
	sa = this->sas->find(this->sas, ike_sa);
	if (sa && sa->stage == NIN3A_UE_ESTABLISHED && !sa->closing)
	{
		sa->stage = NIN3A_UE_UP;
		sa->up_as = ike_sa;
		sa->since = time_monotonic(NULL);
		sa->details = tunnel_status_create();
		session = kupf_session_ref(sa->session);
		*rekeyed = nin3a_ue_leg_settle(sa->leg, ids);
		decide(this, sa->leg, order);
	}
	this->sas->unlock(this->sas);
	return session;
}

METHOD(nin3a_ue_legs_t, remove_, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	this->sas->lock(this->sas);
	sa = this->sas->take(this->sas, ike_sa);
	if (sa)
	{
		leg = sa->leg;
		if (sa->inner_count)
		{
			memcpy(leg->lost, sa->inner, sizeof(leg->lost));
			leg->lost_count = sa->inner_count;
			leg->lost_at = time_monotonic(NULL);
		}
		while (sa->inner_count)
		{
			this->addresses->release(this->addresses,
									 &sa->inner[--sa->inner_count], leg);
		}
		if (leg->wanted && !leg->waiting)
		{
			nin3a_ue_leg_lose(leg, sa, &this->backoff, time_monotonic(NULL));
			decide(this, leg, order);
		}
		forget(this, leg);
	}
	this->sas->unlock(this->sas);
	if (sa)
	{
		nin3a_ue_sa_destroy(sa);
	}
}

/**
 * Suspect a tunnel, unless it is suspected or goes anyway.
 */
static bool suspect_sa(private_nin3a_ue_legs_t *this, nin3a_ue_sa_t *sa,
					   nin3a_ue_order_t *order)
{
	if (sa->stage != NIN3A_UE_UP || sa->closing || sa->suspect ||
		!sa->leg->wanted)
	{
		return FALSE;
	}
	nin3a_ue_leg_suspect(sa->leg, sa, &this->backoff, time_monotonic(NULL));
	if (!sa->leg->waiting)
	{
		decide(this, sa->leg, order);
	}
	return TRUE;
}

METHOD(nin3a_ue_legs_t, suspect, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order)
{
	bool trusted = FALSE;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	this->sas->lock(this->sas);
	sa = this->sas->find(this->sas, ike_sa);
	if (sa)
	{
		trusted = suspect_sa(this, sa, order);
	}
	this->sas->unlock(this->sas);
	return trusted;
}

METHOD(nin3a_ue_legs_t, trust, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa;

	this->sas->lock(this->sas);
	sa = this->sas->find(this->sas, ike_sa);
	if (sa && sa->suspect)
	{
		sa->suspect = FALSE;
		if (sa->leg->wanted && !sa->closing &&
			nin3a_ue_sa_fits(sa, sa->leg->wanted))
		{	/* an order that waits is void, an attempt goes on */
			sa->leg->waiting = FALSE;
		}
	}
	this->sas->unlock(this->sas);
}

METHOD(nin3a_ue_legs_t, hint, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order,
	uint32_t *attempt)
{
	time_t now = time_monotonic(NULL);
	bool trusted = FALSE;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	*attempt = 0;
	this->sas->lock(this->sas);
	sa = this->sas->find(this->sas, ike_sa);
	if (sa && sa->asked && sa->leg->hinted_at != now)
	{
		sa->leg->hinted_at = now;
		trusted = suspect_sa(this, sa, order);
		if (!trusted && sa->suspect)
		{
			*attempt = nin3a_ue_leg_get_attempt(sa->leg);
			if (sa->leg->waiting && sa->leg->unanswered && !sa->hurried)
			{	/* it may be back; once, as anybody may say so */
				sa->hurried = TRUE;
				decide(this, sa->leg, order);
				order->delay = 0;
				sa->leg->next = now;
			}
		}
	}
	this->sas->unlock(this->sas);
	return trusted;
}

METHOD(nin3a_ue_legs_t, hurry, void,
	private_nin3a_ue_legs_t *this, array_t *orders)
{
	enumerator_t *enumerator;
	nin3a_ue_order_t order;
	nin3a_ue_leg_t *leg;

	this->sas->lock(this->sas);
	enumerator = this->legs->create_enumerator(this->legs);
	while (enumerator->enumerate(enumerator, NULL, &leg))
	{
		if (leg->waiting)
		{
			leg->failures = 0;
			decide(this, leg, &order);
			array_insert(orders, ARRAY_TAIL, &order);
		}
	}
	enumerator->destroy(enumerator);
	this->sas->unlock(this->sas);
}

METHOD(nin3a_ue_legs_t, retry, bool,
	private_nin3a_ue_legs_t *this, const char *name, nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg;

	order->start = FALSE;
	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	if (leg && leg->waiting)
	{
		leg->failures = 0;
		decide(this, leg, order);
	}
	this->sas->unlock(this->sas);
	return leg != NULL;
}

METHOD(nin3a_ue_legs_t, get_attempts, bool,
	private_nin3a_ue_legs_t *this, const char *name, kupf_attempts_t *attempts)
{
	nin3a_ue_leg_t *leg;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	if (leg)
	{
		nin3a_ue_leg_get_attempts(leg, attempts);
	}
	this->sas->unlock(this->sas);
	return leg != NULL;
}

METHOD(nin3a_ue_legs_t, count, u_int,
	private_nin3a_ue_legs_t *this, const char *name)
{
	nin3a_ue_leg_t *leg;
	u_int count;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	count = leg ? nin3a_ue_leg_count(leg) : 0;
	this->sas->unlock(this->sas);
	return count;
}

METHOD(nin3a_ue_legs_t, describe, u_int,
	private_nin3a_ue_legs_t *this, const char *name, kupf_tunnel_t *tunnels,
	u_int max)
{
	nin3a_ue_leg_t *leg;
	u_int count;

	this->sas->lock(this->sas);
	leg = this->legs->get(this->legs, name);
	count = leg ? nin3a_ue_leg_describe(leg, tunnels, max) : 0;
	this->sas->unlock(this->sas);
	return count;
}

METHOD(nin3a_ue_legs_t, get_totals, void,
	private_nin3a_ue_legs_t *this, nin3a_ue_totals_t *totals)
{
	enumerator_t *enumerator;
	nin3a_ue_leg_t *leg;

	*totals = (nin3a_ue_totals_t){};
	this->sas->lock(this->sas);
	enumerator = this->legs->create_enumerator(this->legs);
	while (enumerator->enumerate(enumerator, NULL, &leg))
	{
		totals->legs++;
		totals->connecting += nin3a_ue_leg_is_busy(leg);
		totals->waiting += leg->waiting;
		totals->up += nin3a_ue_leg_count(leg);
	}
	enumerator->destroy(enumerator);
	totals->ike_sas = this->sas->get_count(this->sas);
	this->sas->unlock(this->sas);
}

METHOD(nin3a_ue_legs_t, destroy, void,
	private_nin3a_ue_legs_t *this)
{
	enumerator_t *enumerator;
	nin3a_ue_leg_t *leg;

	enumerator = this->legs->create_enumerator(this->legs);
	while (enumerator->enumerate(enumerator, NULL, &leg))
	{
		kupf_session_unref(leg->wanted);
		kupf_session_unref(leg->starting);
		free(leg);
	}
	enumerator->destroy(enumerator);
	this->legs->destroy(this->legs);
	this->addresses->destroy(this->addresses);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_legs_t *nin3a_ue_legs_create(nin3a_ue_sas_t *sas,
									  nin3a_ue_backoff_t backoff)
{
	private_nin3a_ue_legs_t *this;

	INIT(this,
		.public = {
			.set_backoff = _set_backoff,
			.want = _want,
			.drop = _drop,
			.begin = _begin,
			.bind = _bind_,
			.abort = _abort_,
			.follow = _follow,
			.assign = _assign,
			.up = _up,
			.remove = _remove_,
			.suspect = _suspect,
			.trust = _trust,
			.hint = _hint,
			.hurry = _hurry,
			.retry = _retry,
			.get_attempts = _get_attempts,
			.count = _count,
			.describe = _describe,
			.get_totals = _get_totals,
			.destroy = _destroy,
		},
		.legs = hashtable_create(hashtable_hash_str, hashtable_equals_str, 8),
		.sas = sas,
		.addresses = nin3a_ue_addresses_create(),
		.backoff = backoff,
	);

	return &this->public;
}
