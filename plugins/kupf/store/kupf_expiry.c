/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_expiry.h"

#include <threading/mutex.h>

typedef struct private_kupf_expiry_t private_kupf_expiry_t;

/**
 * Private data of a wheel.
 */
struct private_kupf_expiry_t {
	/** public interface */
	kupf_expiry_t public;
	/** lists of sessions, linked by wheel_next and wheel_prev */
	kupf_session_t *slots[KUPF_EXPIRY_SLOTS];
	/** first second that was not looked at yet */
	time_t next;
	/** seconds before the end of a session that it is due the first time */
	uint32_t margin;
	/** lock for all of it and for the links of the sessions */
	mutex_t *mutex;
};

/**
 * Link a session in at the head of its slot.
 */
static void link_session(private_kupf_expiry_t *this, kupf_session_t *session,
						 time_t due)
{
	kupf_session_links_t *links = kupf_session_links(session);
	kupf_session_t **slot;

	/* what is due in a second already looked at is due in the next one */
	slot = &this->slots[max(due, this->next) % KUPF_EXPIRY_SLOTS];
	links->due = due;
	links->wheel_next = *slot;
	links->wheel_prev = slot;
	if (*slot)
	{
		kupf_session_links(*slot)->wheel_prev = &links->wheel_next;
	}
	*slot = session;
}

/**
 * Unlink a session from its slot.
 */
static void unlink_session(kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);

	*links->wheel_prev = links->wheel_next;
	if (links->wheel_next)
	{
		kupf_session_links(links->wheel_next)->wheel_prev = links->wheel_prev;
	}
	links->wheel_prev = NULL;
	links->wheel_next = NULL;
}

METHOD(kupf_expiry_t, add, void,
	private_kupf_expiry_t *this, kupf_session_t *session)
{
	if (kupf_session_get_expiry(session))
	{
		this->mutex->lock(this->mutex);
		link_session(this, session,
					 kupf_session_get_ending(session, this->margin));
		this->mutex->unlock(this->mutex);
	}
}

METHOD(kupf_expiry_t, remove_, void,
	private_kupf_expiry_t *this, kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);

	if (kupf_session_get_expiry(session))
	{
		this->mutex->lock(this->mutex);
		if (links->wheel_prev)
		{
			unlink_session(session);
		}
		this->mutex->unlock(this->mutex);
	}
}

METHOD(kupf_expiry_t, get_due, u_int,
	private_kupf_expiry_t *this, time_t now, kupf_session_t **due, u_int max)
{
	kupf_session_t *session, *next;
	u_int count = 0;

	this->mutex->lock(this->mutex);
	/* after a standstill one turn shows every session there is */
	this->next = max(this->next, now - KUPF_EXPIRY_SLOTS + 1);
	while (this->next <= now && count < max)
	{
		session = this->slots[this->next % KUPF_EXPIRY_SLOTS];
		while (session && count < max)
		{
			next = kupf_session_links(session)->wheel_next;
			if (kupf_session_links(session)->due <= now)
			{
				due[count++] = kupf_session_ref(session);
				if (!kupf_session_expired(session, now))
				{
					unlink_session(session);
					link_session(this, session,
								 kupf_session_get_expiry(session));
				}
			}
			session = next;
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

METHOD(kupf_expiry_t, destroy, void,
	private_kupf_expiry_t *this)
{
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_expiry_t *kupf_expiry_create(time_t now, uint32_t margin)
{
	private_kupf_expiry_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.remove = _remove_,
			.get_due = _get_due,
			.destroy = _destroy,
		},
		.next = now,
		.margin = margin,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
