/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_wheel.h"

#include <threading/mutex.h>

typedef struct private_kupf_wheel_t private_kupf_wheel_t;

/**
 * Private data of a wheel.
 */
struct private_kupf_wheel_t {
	/** public interface */
	kupf_wheel_t public;
	/** lists of sessions, linked by wheel_next and wheel_prev */
	kupf_session_t *slots[KUPF_WHEEL_SLOTS];
	/** first second that was not looked at yet */
	time_t next;
	/** lock for all of it and for the links of the sessions */
	mutex_t *mutex;
};

/**
 * Link a session in at the head of a slot.
 */
static void link_session(kupf_session_t **slot, kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);

	links->wheel_next = *slot;
	links->wheel_prev = slot;
	if (*slot)
	{
		kupf_session_links(*slot)->wheel_prev = &links->wheel_next;
	}
	*slot = session;
}

METHOD(kupf_wheel_t, add, void,
	private_kupf_wheel_t *this, kupf_session_t *session)
{
	time_t expiry = kupf_session_get_expiry(session);

	if (expiry)
	{
		this->mutex->lock(this->mutex);
		/* what ended in a second already looked at is due in the next one */
		expiry = max(expiry, this->next);
		link_session(&this->slots[expiry % KUPF_WHEEL_SLOTS], session);
		this->mutex->unlock(this->mutex);
	}
}

METHOD(kupf_wheel_t, remove_, void,
	private_kupf_wheel_t *this, kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);

	if (kupf_session_get_expiry(session))
	{
		this->mutex->lock(this->mutex);
		if (links->wheel_prev)
		{
			*links->wheel_prev = links->wheel_next;
			if (links->wheel_next)
			{
				kupf_session_links(links->wheel_next)->wheel_prev =
															links->wheel_prev;
			}
			links->wheel_prev = NULL;
			links->wheel_next = NULL;
		}
		this->mutex->unlock(this->mutex);
	}
}

METHOD(kupf_wheel_t, get_due, u_int,
	private_kupf_wheel_t *this, time_t now, kupf_session_t **due, u_int max)
{
	kupf_session_t *session;
	u_int count = 0;

	this->mutex->lock(this->mutex);
	/* after a standstill one turn shows every session there is */
	this->next = max(this->next, now - KUPF_WHEEL_SLOTS + 1);
	while (this->next <= now && count < max)
	{
		session = this->slots[this->next % KUPF_WHEEL_SLOTS];
		while (session && count < max)
		{
			if (kupf_session_expired(session, now))
			{
				due[count++] = kupf_session_ref(session);
			}
			session = kupf_session_links(session)->wheel_next;
		}
		if (session || count == max)
		{	/* the caller removes what it got and comes again */
			break;
		}
		this->next++;
	}
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(kupf_wheel_t, destroy, void,
	private_kupf_wheel_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_wheel_t *kupf_wheel_create(time_t now)
{
	private_kupf_wheel_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.remove = _remove_,
			.get_due = _get_due,
			.destroy = _destroy,
		},
		.next = now,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
