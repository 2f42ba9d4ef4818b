/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_legs.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_nin3a_ue_legs_t private_nin3a_ue_legs_t;

/**
 * Private data.
 */
struct private_nin3a_ue_legs_t {
	/** public interface */
	nin3a_ue_legs_t public;
	/** nin3a_ue_leg_t by name */
	hashtable_t *legs;
	/** nin3a_ue_sa_t by unique identifier */
	hashtable_t *sas;
	/** times between attempts */
	nin3a_ue_backoff_t backoff;
	/** orders so far */
	uint32_t serial;
	/** guards all of it */
	mutex_t *mutex;
};

/**
 * Key of the table of IKE_SAs.
 */
static void *key_of(uint32_t ike_sa)
{
	return (void*)(uintptr_t)ike_sa;
}

static nin3a_ue_sa_t *find(private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	return this->sas->get(this->sas, key_of(ike_sa));
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

/**
 * Add an IKE_SA to a leg; adopts the reference to the session.
 */
static void add_sa(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg,
				   kupf_session_t *session, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa;

	INIT(sa,
		.leg = leg,
		.next = leg->first,
		.session = session,
		.ike_sa = ike_sa,
		.stage = NIN3A_UE_CONNECTING,
		.reason = NIN3A_UE_NO_REASON,
	);
	leg->first = sa;
	this->sas->put(this->sas, key_of(ike_sa), sa);
}

METHOD(nin3a_ue_legs_t, set_backoff, void,
	private_nin3a_ue_legs_t *this, nin3a_ue_backoff_t backoff)
{
	this->mutex->lock(this->mutex);
	this->backoff = backoff;
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, want, void,
	private_nin3a_ue_legs_t *this, kupf_session_t *session,
	nin3a_ue_order_t *order)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *old;
	nin3a_ue_leg_t *leg;

	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, name);
	if (!leg)
	{
		INIT(leg);
		strncpy(leg->name, name, sizeof(leg->name) - 1);
		this->legs->put(this->legs, leg->name, leg);
	}
	old = leg->wanted;
	leg->wanted = kupf_session_ref(session);
	if (!old || kupf_session_needs_rekey(old, session))
	{	/* what failed before says nothing about this one */
		leg->failures = 0;
		decide(this, leg, order);
	}
	else
	{
		order->start = FALSE;
	}
	this->mutex->unlock(this->mutex);
	kupf_session_unref(old);
}

METHOD(nin3a_ue_legs_t, drop, u_int,
	private_nin3a_ue_legs_t *this, const char *name, kupf_session_t *current,
	kupf_reason_t reason, array_t *ids)
{
	kupf_session_t *old = NULL;
	nin3a_ue_leg_t *leg;
	u_int count = 0;

	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, name);
	if (leg)
	{
		count = nin3a_ue_leg_drop(leg, current, reason, ids);
		if (leg->wanted != current)
		{
			old = leg->wanted;
			leg->wanted = current ? kupf_session_ref(current) : NULL;
			leg->waiting = FALSE;
			leg->serial = ++this->serial;
		}
		forget(this, leg);
	}
	this->mutex->unlock(this->mutex);
	kupf_session_unref(old);
	return count;
}

METHOD(nin3a_ue_legs_t, begin, kupf_session_t*,
	private_nin3a_ue_legs_t *this, const char *name, uint32_t serial)
{
	kupf_session_t *session = NULL;
	nin3a_ue_leg_t *leg;

	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, name);
	if (leg && leg->waiting && leg->serial == serial)
	{
		leg->waiting = FALSE;
		leg->starting = kupf_session_ref(leg->wanted);
		session = kupf_session_ref(leg->wanted);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_legs_t, bind_, bool,
	private_nin3a_ue_legs_t *this, kupf_session_t *session, uint32_t ike_sa)
{
	kupf_session_t *dropped = NULL;
	nin3a_ue_leg_t *leg;
	bool bound = FALSE;

	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, (void*)kupf_session_get_name(session));
	if (leg && leg->starting == session)
	{
		bound = leg->wanted != NULL;
		if (bound)
		{
			add_sa(this, leg, leg->starting, ike_sa);
		}
		else
		{
			dropped = leg->starting;
		}
		leg->starting = NULL;
		forget(this, leg);
	}
	this->mutex->unlock(this->mutex);
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
	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, (void*)kupf_session_get_name(session));
	if (leg && leg->starting == session)
	{
		dropped = leg->starting;
		leg->starting = NULL;
		leg->failures++;
		decide(this, leg, order);
		forget(this, leg);
	}
	this->mutex->unlock(this->mutex);
	kupf_session_unref(dropped);
}

METHOD(nin3a_ue_legs_t, follow, bool,
	private_nin3a_ue_legs_t *this, uint32_t old, uint32_t new)
{
	nin3a_ue_sa_t *sa;
	bool bound = FALSE;

	this->mutex->lock(this->mutex);
	sa = find(this, old);
	if (sa && sa->leg->wanted && !nin3a_ue_leg_is_busy(sa->leg) &&
		nin3a_ue_sa_fits(sa, sa->leg->wanted))
	{
		sa->leg->waiting = FALSE;
		add_sa(this, sa->leg, kupf_session_ref(sa->session), new);
		bound = TRUE;
	}
	this->mutex->unlock(this->mutex);
	return bound;
}

METHOD(nin3a_ue_legs_t, get_stage, nin3a_ue_stage_t,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	nin3a_ue_stage_t stage;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	stage = sa ? sa->stage : NIN3A_UE_NONE;
	this->mutex->unlock(this->mutex);
	return stage;
}

METHOD(nin3a_ue_legs_t, get_session, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_legs_t, fail_, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage != NIN3A_UE_UP && sa->failure == NIN3A_UE_UNDECIDED)
	{
		sa->failure = failure;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, get_failure, nin3a_ue_reason_t,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	nin3a_ue_reason_t failure = NIN3A_UE_UNDECIDED;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa)
	{
		failure = sa->failure;
	}
	this->mutex->unlock(this->mutex);
	return failure;
}

METHOD(nin3a_ue_legs_t, establish, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage == NIN3A_UE_CONNECTING)
	{
		sa->stage = NIN3A_UE_ESTABLISHED;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, up, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order,
	array_t *ids, u_int *rekeyed)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	*rekeyed = 0;
	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage == NIN3A_UE_ESTABLISHED && !sa->closing)
	{
		sa->stage = NIN3A_UE_UP;
		sa->up_as = ike_sa;
		session = kupf_session_ref(sa->session);
		sa->leg->failures = 0;
		*rekeyed = nin3a_ue_leg_settle(sa->leg, ids);
		decide(this, sa->leg, order);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_legs_t, set_reason, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, kupf_reason_t reason)
{
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->reason == NIN3A_UE_NO_REASON)
	{
		sa->reason = reason;
	}
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, condemn, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_reason_t failure)
{
	bool condemned = FALSE;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && !sa->closing)
	{
		sa->closing = condemned = TRUE;
		if (sa->failure == NIN3A_UE_UNDECIDED)
		{
			sa->failure = failure;
		}
	}
	this->mutex->unlock(this->mutex);
	return condemned;
}

METHOD(nin3a_ue_legs_t, rekey, bool,
	private_nin3a_ue_legs_t *this, uint32_t old, uint32_t new)
{
	bool closing = FALSE;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = this->sas->remove(this->sas, key_of(old));
	if (sa)
	{
		sa->ike_sa = new;
		this->sas->put(this->sas, key_of(new), sa);
		closing = sa->closing;
	}
	this->mutex->unlock(this->mutex);
	return closing;
}

/**
 * Whether another IKE_SA of the leg takes the place of a tunnel.
 */
static bool is_superseded(const nin3a_ue_sa_t *gone)
{
	nin3a_ue_sa_t *sa;

	for (sa = gone->leg->first; sa && sa != gone; sa = sa->next)
	{
		if (!sa->closing)
		{
			return TRUE;
		}
	}
	return FALSE;
}

METHOD(nin3a_ue_legs_t, down, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, uint32_t *up_as,
	kupf_reason_t *reason)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage == NIN3A_UE_UP && !sa->reported)
	{
		sa->reported = sa->closing = TRUE;
		*up_as = sa->up_as;
		*reason = sa->reason;
		if (sa->reason == NIN3A_UE_NO_REASON)
		{
			*reason = is_superseded(sa) ? KUPF_REASON_SUPERSEDED
										: KUPF_REASON_SHUTDOWN;
		}
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_ue_legs_t, failed, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_reason_t *failure)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, ike_sa);
	if (sa && sa->stage != NIN3A_UE_UP && !sa->reported)
	{
		sa->reported = TRUE;
		if (sa->failure == NIN3A_UE_UNDECIDED)
		{
			sa->failure = NIN3A_UE_INCOMPLETE;
		}
		*failure = sa->failure;
		session = kupf_session_ref(sa->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

/**
 * Take an IKE_SA out of its leg.
 */
static void unlink_sa(nin3a_ue_sa_t *gone)
{
	nin3a_ue_sa_t **pos;

	for (pos = &gone->leg->first; *pos != gone; pos = &(*pos)->next)
	{
		/* it is there */
	}
	*pos = gone->next;
}

METHOD(nin3a_ue_legs_t, remove_, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	this->mutex->lock(this->mutex);
	sa = this->sas->remove(this->sas, key_of(ike_sa));
	if (sa)
	{
		leg = sa->leg;
		unlink_sa(sa);
		if (leg->wanted && !leg->waiting)
		{
			if (!nin3a_ue_sa_fits(sa, leg->wanted))
			{	/* its key was not the one that counts any more */
				leg->failures = 0;
			}
			else if (sa->stage != NIN3A_UE_UP)
			{
				leg->failures++;
			}
			else
			{
				leg->failures = max(leg->failures, 1);
			}
			decide(this, leg, order);
		}
		forget(this, leg);
	}
	this->mutex->unlock(this->mutex);
	if (sa)
	{
		kupf_session_unref(sa->session);
		free(sa);
	}
}

METHOD(nin3a_ue_legs_t, hurry, void,
	private_nin3a_ue_legs_t *this, array_t *orders)
{
	enumerator_t *enumerator;
	nin3a_ue_order_t order;
	nin3a_ue_leg_t *leg;

	this->mutex->lock(this->mutex);
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
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, count, u_int,
	private_nin3a_ue_legs_t *this, const char *name)
{
	nin3a_ue_leg_t *leg;
	u_int count;

	this->mutex->lock(this->mutex);
	leg = this->legs->get(this->legs, name);
	count = leg ? nin3a_ue_leg_count(leg) : 0;
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(nin3a_ue_legs_t, get_totals, void,
	private_nin3a_ue_legs_t *this, nin3a_ue_totals_t *totals)
{
	enumerator_t *enumerator;
	nin3a_ue_leg_t *leg;

	*totals = (nin3a_ue_totals_t){};
	this->mutex->lock(this->mutex);
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
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_ue_legs_t, destroy, void,
	private_nin3a_ue_legs_t *this)
{
	enumerator_t *enumerator;
	nin3a_ue_leg_t *leg;
	nin3a_ue_sa_t *sa;

	enumerator = this->sas->create_enumerator(this->sas);
	while (enumerator->enumerate(enumerator, NULL, &sa))
	{
		kupf_session_unref(sa->session);
		free(sa);
	}
	enumerator->destroy(enumerator);
	enumerator = this->legs->create_enumerator(this->legs);
	while (enumerator->enumerate(enumerator, NULL, &leg))
	{
		kupf_session_unref(leg->wanted);
		kupf_session_unref(leg->starting);
		free(leg);
	}
	enumerator->destroy(enumerator);
	this->sas->destroy(this->sas);
	this->legs->destroy(this->legs);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_ue_legs_t *nin3a_ue_legs_create(nin3a_ue_backoff_t backoff)
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
			.get_stage = _get_stage,
			.get_session = _get_session,
			.fail = _fail_,
			.get_failure = _get_failure,
			.establish = _establish,
			.up = _up,
			.set_reason = _set_reason,
			.condemn = _condemn,
			.rekey = _rekey,
			.down = _down,
			.failed = _failed,
			.remove = _remove_,
			.hurry = _hurry,
			.count = _count,
			.get_totals = _get_totals,
			.destroy = _destroy,
		},
		.legs = hashtable_create(hashtable_hash_str, hashtable_equals_str, 8),
		.sas = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr, 8),
		.backoff = backoff,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
