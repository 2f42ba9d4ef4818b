/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_enforcement.h"

#include <threading/condvar.h>
#include <threading/mutex.h>
#include <threading/rwlock.h>

typedef struct private_kupf_enforcement_t private_kupf_enforcement_t;

/**
 * Private data of a guard.
 */
struct private_kupf_enforcement_t {
	/** public interface */
	kupf_enforcement_t public;
	/** attached enforcer, NULL if none */
	kupf_enforcer_t *attached;
	/** whether an enforcer is required for a key to be used */
	bool required;
	/** role of the host */
	kupf_role_t role;
	/** guards attached, held for reading during calls to it but measure() */
	rwlock_t *lock;
	/** calls of measure() under way */
	u_int measuring;
	/** guards that, taken behind the lock, and signals that there is none */
	mutex_t *mutex;
	condvar_t *measured;
};

ENUM(kupf_reason_names, KUPF_REASON_PEER, KUPF_REASON_SHUTDOWN,
	"peer",
	"deleted",
	"superseded",
	"expired",
	"rekeyed",
	"timeout",
	"refused",
	"no-child-sa",
	"moved",
	"shutdown",
);

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	private_kupf_enforcement_t *this, kupf_role_t *attached)
{
	this->lock->read_lock(this->lock);
	*attached = this->attached ? this->role : KUPF_ROLE_UNSET;
	this->lock->unlock(this->lock);
	return this->role;
}

METHOD(kupf_enforcer_t, covers, bool,
	private_kupf_enforcement_t *this, ike_sa_t *ike_sa)
{
	bool covered = !this->required;

	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		covered = this->attached->covers(this->attached, ike_sa);
	}
	this->lock->unlock(this->lock);
	return covered;
}

METHOD(kupf_enforcer_t, own, kupf_session_t*,
	private_kupf_enforcement_t *this, ike_sa_t *ike_sa)
{
	kupf_session_t *session = NULL;

	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		session = this->attached->own(this->attached, ike_sa);
	}
	this->lock->unlock(this->lock);
	return session;
}

METHOD(kupf_enforcer_t, accepts, const char*,
	private_kupf_enforcement_t *this, const kupf_session_data_t *data)
{
	const char *missing = NULL;

	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		missing = this->attached->accepts(this->attached, data);
	}
	this->lock->unlock(this->lock);
	return missing;
}

METHOD(kupf_enforcer_t, established, void,
	private_kupf_enforcement_t *this, kupf_session_t *session)
{
	kupf_consumers_t *consumers = this->public.enforcer.consumers;

	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		this->attached->established(this->attached, session);
	}
	this->lock->unlock(this->lock);
	if (consumers)
	{
		consumers->established(consumers, session);
	}
}

METHOD(kupf_enforcer_t, count_tunnels, u_int,
	private_kupf_enforcement_t *this, const char *session)
{
	u_int count = 0;

	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		count = this->attached->count_tunnels(this->attached, session);
	}
	this->lock->unlock(this->lock);
	return count;
}

METHOD(kupf_enforcer_t, describe, u_int,
	private_kupf_enforcement_t *this, const char *session, kupf_tunnel_t *tunnels,
	u_int max)
{
	u_int count = 0;

	this->lock->read_lock(this->lock);
	if (this->attached && this->attached->describe)
	{
		count = this->attached->describe(this->attached, session, tunnels, max);
	}
	this->lock->unlock(this->lock);
	return count;
}

/**
 * Begin to measure.
 *
 * @return			enforcer that does not go before end_measuring(), or NULL
 */
static kupf_enforcer_t *begin_measuring(private_kupf_enforcement_t *this)
{
	kupf_enforcer_t *attached;

	this->lock->read_lock(this->lock);
	attached = this->attached;
	if (attached && !attached->measure)
	{
		attached = NULL;
	}
	if (attached)
	{
		this->mutex->lock(this->mutex);
		this->measuring++;
		this->mutex->unlock(this->mutex);
	}
	this->lock->unlock(this->lock);
	return attached;
}

/**
 * It is measured.
 */
static void end_measuring(private_kupf_enforcement_t *this)
{
	this->mutex->lock(this->mutex);
	this->measuring--;
	this->measured->broadcast(this->measured);
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_enforcer_t, measure, void,
	private_kupf_enforcement_t *this, kupf_tunnel_t *tunnel)
{
	kupf_enforcer_t *attached;

	/* it waits for whoever works with the IKE_SA, and he for the lock */
	attached = begin_measuring(this);
	if (attached)
	{
		attached->measure(attached, tunnel);
		end_measuring(this);
	}
}

METHOD(kupf_enforcer_t, get_attempts, bool,
	private_kupf_enforcement_t *this, const char *session,
	kupf_attempts_t *attempts)
{
	bool done = FALSE;

	this->lock->read_lock(this->lock);
	if (this->attached && this->attached->get_attempts)
	{
		done = this->attached->get_attempts(this->attached, session, attempts);
	}
	this->lock->unlock(this->lock);
	return done;
}

METHOD(kupf_enforcer_t, retry, bool,
	private_kupf_enforcement_t *this, const char *session, bool *waited)
{
	bool done = FALSE;

	this->lock->read_lock(this->lock);
	if (this->attached && this->attached->retry)
	{
		done = this->attached->retry(this->attached, session, waited);
	}
	this->lock->unlock(this->lock);
	return done;
}

METHOD(kupf_enforcer_t, uses, bool,
	private_kupf_enforcement_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	bool used = FALSE;

	this->lock->read_lock(this->lock);
	if (this->attached && this->attached->uses)
	{
		used = this->attached->uses(this->attached, session, dnn, address);
	}
	this->lock->unlock(this->lock);
	return used;
}

METHOD(kupf_enforcer_t, close_, u_int,
	private_kupf_enforcement_t *this, kupf_session_t *session,
	kupf_reason_t reason)
{
	kupf_consumers_t *consumers = this->public.enforcer.consumers;
	u_int count = 0;

	if (consumers)
	{
		consumers->closed(consumers, session, reason);
	}
	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		count = this->attached->close(this->attached, session, reason);
	}
	this->lock->unlock(this->lock);
	return count;
}

METHOD(kupf_enforcer_t, vacate, bool,
	private_kupf_enforcement_t *this, const char *session, uint32_t up_as,
	u_int *tunnels)
{
	bool done = TRUE;

	*tunnels = 0;
	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		done = this->attached->vacate &&
			   this->attached->vacate(this->attached, session, up_as, tunnels);
	}
	this->lock->unlock(this->lock);
	return done;
}

METHOD(kupf_enforcer_t, replaced, void,
	private_kupf_enforcement_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	kupf_consumers_t *consumers = this->public.enforcer.consumers;

	if (consumers)
	{
		consumers->replaced(consumers, old, new, grace);
	}
	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		this->attached->replaced(this->attached, old, new, grace);
	}
	this->lock->unlock(this->lock);
}

METHOD(kupf_enforcer_t, counters, void,
	private_kupf_enforcement_t *this, kupf_counter_cb_t cb, void *user)
{
	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		this->attached->counters(this->attached, cb, user);
	}
	this->lock->unlock(this->lock);
}

METHOD(kupf_enforcer_t, check, void,
	private_kupf_enforcement_t *this, kupf_findings_t *findings)
{
	this->lock->read_lock(this->lock);
	if (this->attached)
	{
		this->attached->check(this->attached, findings);
	}
	this->lock->unlock(this->lock);
}

METHOD(kupf_enforcement_t, attach, bool,
	private_kupf_enforcement_t *this, kupf_enforcer_t *enforcer)
{
	kupf_role_t role;
	bool done = FALSE;

	enforcer->get_role(enforcer, &role);
	this->lock->write_lock(this->lock);
	if (!this->attached && role == this->role)
	{
		this->attached = enforcer;
		done = TRUE;
	}
	this->lock->unlock(this->lock);
	return done;
}

METHOD(kupf_enforcement_t, detach, void,
	private_kupf_enforcement_t *this)
{
	this->lock->write_lock(this->lock);
	this->attached = NULL;
	this->lock->unlock(this->lock);
	this->mutex->lock(this->mutex);
	while (this->measuring)
	{
		this->measured->wait(this->measured, this->mutex);
	}
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_enforcement_t, destroy, void,
	private_kupf_enforcement_t *this)
{
	this->lock->destroy(this->lock);
	this->measured->destroy(this->measured);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_enforcement_t *kupf_enforcement_create(bool required, kupf_role_t role)
{
	private_kupf_enforcement_t *this;

	INIT(this,
		.public = {
			.enforcer = {
				.get_role = _get_role,
				.covers = _covers,
				.own = _own,
				.accepts = _accepts,
				.established = _established,
				.count_tunnels = _count_tunnels,
				.describe = _describe,
				.measure = _measure,
				.get_attempts = _get_attempts,
				.retry = _retry,
				.uses = _uses,
				.close = _close_,
				.vacate = _vacate,
				.replaced = _replaced,
				.counters = _counters,
				.check = _check,
			},
			.attach = _attach,
			.detach = _detach,
			.destroy = _destroy,
		},
		.required = required,
		.role = role,
		.lock = rwlock_create(RWLOCK_TYPE_DEFAULT),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.measured = condvar_create(CONDVAR_TYPE_DEFAULT),
	);

	return &this->public;
}
