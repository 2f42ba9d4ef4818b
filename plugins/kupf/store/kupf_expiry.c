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
	/** whether some of its slot was looked at */
	bool begun;
	/** what is to be looked at next then, NULL at the end of the slot */
	kupf_session_t *cursor;
	/** whether something due has come to that slot meanwhile, behind us */
	bool again;
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
	this->again |= due <= this->next;
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
static void unlink_session(private_kupf_expiry_t *this, kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);

	if (this->cursor == session)
	{
		this->cursor = links->wheel_next;
	}
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
			unlink_session(this, session);
		}
		this->mutex->unlock(this->mutex);
	}
}

/**
 * Go on to a second.
 */
static void go_to(private_kupf_expiry_t *this, time_t next)
{
	this->next = next;
	this->begun = FALSE;
	this->again = FALSE;
	this->cursor = NULL;
}

/**
 * Look at the next session in the slot, or go on to the next second.
 *
 * @param due		[out] reference to the session if it is due
 * @return			TRUE if it is
 */
static bool step(private_kupf_expiry_t *this, time_t now, kupf_session_t **due)
{
	kupf_session_t *session;

	if (!this->begun)
	{
		this->begun = TRUE;
		this->again = FALSE;
		this->cursor = this->slots[this->next % KUPF_EXPIRY_SLOTS];
	}
	session = this->cursor;
	if (!session)
	{
		go_to(this, this->next + 1);
		return FALSE;
	}
	this->cursor = kupf_session_links(session)->wheel_next;
	if (kupf_session_links(session)->due > (uint64_t)now)
	{
		return FALSE;
	}
	*due = kupf_session_ref(session);
	if (!kupf_session_expired(session, now))
	{
		unlink_session(this, session);
		link_session(this, session, kupf_session_get_expiry(session));
	}
	return TRUE;
}

METHOD(kupf_expiry_t, get_due, u_int,
	private_kupf_expiry_t *this, time_t now, kupf_session_t **due, u_int max,
	bool *more)
{
	u_int count = 0, steps = 0;

	this->mutex->lock(this->mutex);
	if (this->next < now - KUPF_EXPIRY_SLOTS + 1)
	{	/* after a standstill one turn shows every session there is */
		go_to(this, now - KUPF_EXPIRY_SLOTS + 1);
	}
	while (this->next <= now && count < max && steps++ < KUPF_EXPIRY_STEPS)
	{
		if (this->begun && !this->cursor && this->again)
		{	/* the caller removes what it got before that is seen again */
			this->begun = FALSE;
			break;
		}
		count += step(this, now, &due[count]);
	}
	*more = this->next <= now;
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
