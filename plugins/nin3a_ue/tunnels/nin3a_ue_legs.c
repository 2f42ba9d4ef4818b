/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_ue_legs.h"
#include "nin3a_ue_assignment.h"

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
	nin3a_ue_table_t *table;
	/** whose an address is; legs are the owners */
	nin3a_ue_addresses_t *addresses;
	/** times between attempts */
	nin3a_ue_backoff_t backoff;
	/** orders so far */
	uint32_t serial;
};

/**
 * Lock the legs and find one.
 */
static nin3a_ue_leg_t *lock_leg(private_nin3a_ue_legs_t *this, const char *name)
{
	this->table->lock(this->table);
	return this->legs->get(this->legs, name);
}

/**
 * Lock the legs and find an IKE_SA.
 */
static nin3a_ue_sa_t *lock_sa(private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	this->table->lock(this->table);
	return this->table->find(this->table, ike_sa);
}

/**
 * Unlock the legs.
 *
 * @return			result, for whoever asked
 */
static u_int unlock(private_nin3a_ue_legs_t *this, u_int result)
{
	this->table->unlock(this->table);
	return result;
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
static void remove_unused(private_nin3a_ue_legs_t *this, nin3a_ue_leg_t *leg)
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
	this->table->lock(this->table);
	this->backoff = backoff;
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_legs_t, want, void,
	private_nin3a_ue_legs_t *this, kupf_session_t *session,
	nin3a_ue_order_t *order)
{
	const char *name = kupf_session_get_name(session);
	kupf_session_t *old;
	nin3a_ue_leg_t *leg;
	bool idle;

	order->start = FALSE;
	leg = lock_leg(this, name);
	if (!leg)
	{
		INIT(leg);
		strncpy(leg->name, name, sizeof(leg->name) - 1);
		this->legs->put(this->legs, leg->name, leg);
	}
	old = nin3a_ue_assignment_want(this->addresses, leg, session);
	/* drop() may have left it with this very session, and nothing to do */
	idle = !leg->waiting && !leg->starting && !leg->first;
	if (!old || idle || kupf_session_needs_rekey(old, session))
	{	/* what failed before says nothing about this one */
		leg->failures = 0;
		decide(this, leg, order);
	}
	this->table->unlock(this->table);
	kupf_session_unref(old);
}

METHOD(nin3a_ue_legs_t, drop, u_int,
	private_nin3a_ue_legs_t *this, const char *name, kupf_session_t *current,
	kupf_reason_t reason, array_t *ids)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);
	kupf_session_t *old = NULL;
	u_int count = 0;

	if (leg)
	{
		count = nin3a_ue_leg_drop(leg, current, reason, ids);
		if (leg->wanted != current)
		{
			old = nin3a_ue_assignment_want(this->addresses, leg, current);
			leg->waiting = FALSE;
			leg->serial = ++this->serial;
		}
		remove_unused(this, leg);
	}
	this->table->unlock(this->table);
	kupf_session_unref(old);
	return count;
}

METHOD(nin3a_ue_legs_t, begin, kupf_session_t*,
	private_nin3a_ue_legs_t *this, const char *name, uint32_t serial)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);
	kupf_session_t *session = NULL;

	if (leg && leg->waiting && leg->serial == serial)
	{
		leg->waiting = FALSE;
		leg->starting = kupf_session_ref(leg->wanted);
		session = kupf_session_ref(leg->wanted);
	}
	this->table->unlock(this->table);
	return session;
}

METHOD(nin3a_ue_legs_t, bind_, bool,
	private_nin3a_ue_legs_t *this, kupf_session_t *session, uint32_t ike_sa,
	uint64_t spi, const void *connection)
{
	nin3a_ue_leg_t *leg = lock_leg(this, kupf_session_get_name(session));
	kupf_session_t *dropped = NULL;
	bool bound = FALSE;

	if (leg && leg->starting == session)
	{
		bound = leg->wanted != NULL;
		if (bound)
		{
			this->table->add(this->table, leg, leg->starting, ike_sa, spi,
						   connection);
		}
		else
		{
			dropped = leg->starting;
		}
		leg->starting = NULL;
		remove_unused(this, leg);
	}
	this->table->unlock(this->table);
	kupf_session_unref(dropped);
	return bound;
}

METHOD(nin3a_ue_legs_t, abort_, void,
	private_nin3a_ue_legs_t *this, kupf_session_t *session,
	nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg = lock_leg(this, kupf_session_get_name(session));
	kupf_session_t *dropped = NULL;

	order->start = FALSE;
	if (leg && leg->starting == session)
	{
		dropped = leg->starting;
		leg->starting = NULL;
		nin3a_ue_leg_fail(leg, "no-connection", time_monotonic(NULL));
		decide(this, leg, order);
		remove_unused(this, leg);
	}
	this->table->unlock(this->table);
	kupf_session_unref(dropped);
}

METHOD(nin3a_ue_legs_t, follow, bool,
	private_nin3a_ue_legs_t *this, const void *connection, uint32_t ike_sa,
	uint64_t spi, array_t *ids)
{
	nin3a_ue_sa_t *sa;
	bool bound = FALSE;

	this->table->lock(this->table);
	sa = this->table->find_connection(this->table, connection);
	if (sa)
	{
		bound = sa->leg->wanted && !nin3a_ue_leg_is_busy(sa->leg) &&
				nin3a_ue_sa_fits(sa, sa->leg->wanted);
		this->table->add(this->table, sa->leg, kupf_session_ref(sa->session),
					   ike_sa, spi, connection);
		sa->leg->waiting &= !bound;
		if (!bound)
		{	/* not with another key, either, e.g. of swanctl.conf */
			nin3a_ue_sa_close(sa->leg->first, KUPF_REASON_DELETED, ids);
		}
	}
	return unlock(this, bound);
}

METHOD(nin3a_ue_legs_t, assign, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa,
	const kupf_address_t *address, bool local)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	return unlock(this, sa && nin3a_ue_assignment_take(this->addresses, sa,
													   address, local));
}

METHOD(nin3a_ue_legs_t, up, kupf_session_t*,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order,
	array_t *ids, u_int *rekeyed)
{
	kupf_session_t *session = NULL;
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	order->start = FALSE;
	*rekeyed = 0;
	if (sa && nin3a_ue_sa_up(sa, time_monotonic(NULL)))
	{
		session = kupf_session_ref(sa->session);
		*rekeyed = nin3a_ue_leg_settle(sa->leg, ids);
		decide(this, sa->leg, order);
	}
	this->table->unlock(this->table);
	return session;
}

METHOD(nin3a_ue_legs_t, remove_, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg;
	nin3a_ue_sa_t *sa;

	order->start = FALSE;
	this->table->lock(this->table);
	sa = this->table->take(this->table, ike_sa);
	if (sa)
	{
		leg = sa->leg;
		nin3a_ue_assignment_lose(this->addresses, sa, time_monotonic(NULL));
		if (leg->wanted && !leg->waiting)
		{
			nin3a_ue_leg_lose(leg, sa, &this->backoff, time_monotonic(NULL));
			decide(this, leg, order);
		}
		remove_unused(this, leg);
	}
	this->table->unlock(this->table);
	nin3a_ue_sa_destroy(sa);
}

METHOD(nin3a_ue_legs_t, suspect, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	order->start = FALSE;
	return unlock(this, sa && nin3a_ue_leg_doubt(sa, &this->backoff,
												 &this->serial, order));
}

METHOD(nin3a_ue_legs_t, trust, void,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	nin3a_ue_leg_trust(sa);
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_legs_t, hint, bool,
	private_nin3a_ue_legs_t *this, uint32_t ike_sa, nin3a_ue_order_t *order,
	uint32_t *attempt)
{
	nin3a_ue_sa_t *sa = lock_sa(this, ike_sa);

	order->start = FALSE;
	*attempt = 0;
	return unlock(this, sa && nin3a_ue_leg_hint(sa, &this->backoff,
											&this->serial, order, attempt));
}

METHOD(nin3a_ue_legs_t, hurry, void,
	private_nin3a_ue_legs_t *this, array_t *orders)
{
	enumerator_t *enumerator;
	nin3a_ue_order_t order;
	nin3a_ue_leg_t *leg;

	this->table->lock(this->table);
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
	this->table->unlock(this->table);
}

METHOD(nin3a_ue_legs_t, retry, bool,
	private_nin3a_ue_legs_t *this, const char *name, nin3a_ue_order_t *order)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);

	order->start = FALSE;
	if (leg && leg->waiting)
	{
		leg->failures = 0;
		decide(this, leg, order);
	}
	return unlock(this, leg != NULL);
}

METHOD(nin3a_ue_legs_t, get_attempts, bool,
	private_nin3a_ue_legs_t *this, const char *name, kupf_attempts_t *attempts)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);

	return unlock(this, nin3a_ue_leg_get_attempts(leg, attempts));
}

METHOD(nin3a_ue_legs_t, count_tunnels, u_int,
	private_nin3a_ue_legs_t *this, const char *name)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);

	return unlock(this, leg ? nin3a_ue_leg_count_tunnels(leg) : 0);
}

METHOD(nin3a_ue_legs_t, describe, u_int,
	private_nin3a_ue_legs_t *this, const char *name, kupf_tunnel_t *tunnels,
	u_int max)
{
	nin3a_ue_leg_t *leg = lock_leg(this, name);

	return unlock(this, leg ? nin3a_ue_leg_describe(leg, tunnels, max) : 0);
}

METHOD(nin3a_ue_legs_t, get_totals, void,
	private_nin3a_ue_legs_t *this, nin3a_ue_totals_t *totals)
{
	enumerator_t *enumerator;
	nin3a_ue_leg_t *leg;

	*totals = (nin3a_ue_totals_t){};
	this->table->lock(this->table);
	enumerator = this->legs->create_enumerator(this->legs);
	while (enumerator->enumerate(enumerator, NULL, &leg))
	{
		totals->legs++;
		totals->connecting += nin3a_ue_leg_is_busy(leg);
		totals->waiting += leg->waiting;
		totals->up += nin3a_ue_leg_count_tunnels(leg);
	}
	enumerator->destroy(enumerator);
	totals->ike_sas = this->table->get_count(this->table);
	this->table->unlock(this->table);
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
nin3a_ue_legs_t *nin3a_ue_legs_create(nin3a_ue_table_t *table,
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
			.count_tunnels = _count_tunnels,
			.describe = _describe,
			.get_totals = _get_totals,
			.destroy = _destroy,
		},
		.legs = hashtable_create(hashtable_hash_str, hashtable_equals_str, 8),
		.table = table,
		.addresses = nin3a_ue_addresses_create(),
		.backoff = backoff,
	);

	return &this->public;
}
