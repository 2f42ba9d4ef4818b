/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_fetch_pauses.h"
#include "kupf/kupf_time.h"
#include "kupf_stall.h"

typedef struct private_kupf_fetch_pauses_t private_kupf_fetch_pauses_t;

/**
 * Private data of the object.
 */
struct private_kupf_fetch_pauses_t {
	/** public interface */
	kupf_fetch_pauses_t public;
	/** longest time without a gap, ms */
	uint64_t span;
	/** nobody may begin to wait before that, ms */
	uint64_t resume;
	/** nor before all have gone that wait */
	bool pausing;
	/** since when there is somebody who waits, but for shorter gaps, ms */
	uint64_t since;
	/** when the last one went, ms */
	uint64_t left;
	/** when to look next whether charon stalls */
	timeval_t look;
	/** looks in a row that it does */
	u_int stalls;
};

/**
 * Set when to look next whether charon stalls.
 */
static void set_look(private_kupf_fetch_pauses_t *this)
{
	time_monotonic(&this->look);
	timeval_add_ms(&this->look, KUPF_FETCH_LOOK);
}

METHOD(kupf_fetch_pauses_t, is_on, bool,
	private_kupf_fetch_pauses_t *this)
{
	return this->pausing || kupf_time_ms() < this->resume;
}

METHOD(kupf_fetch_pauses_t, begin, void,
	private_kupf_fetch_pauses_t *this)
{
	uint64_t now = kupf_time_ms();

	/* who waited may not have left the lock of the credential manager yet */
	if (now > this->left + KUPF_FETCH_GAP)
	{
		this->since = now;
	}
	this->stalls = 0;
	set_look(this);
}

METHOD(kupf_fetch_pauses_t, get_look, timeval_t,
	private_kupf_fetch_pauses_t *this)
{
	return this->look;
}

/**
 * Have all go who wait, and nobody begin before they have gone.
 *
 * @param outcome	why
 * @param resume	nor before that, ms
 */
static kupf_counter_t begin_pause(private_kupf_fetch_pauses_t *this,
								  kupf_counter_t outcome, uint64_t resume)
{
	this->pausing = TRUE;
	this->resume = resume;
	this->stalls = 0;
	return outcome;
}

METHOD(kupf_fetch_pauses_t, look, kupf_counter_t,
	private_kupf_fetch_pauses_t *this, mutex_t *mutex)
{
	uint64_t now = kupf_time_ms(), due;
	bool stalled, late;

	due = (uint64_t)this->look.tv_sec * 1000 + this->look.tv_usec / 1000;
	if (now < due)
	{
		return KUPF_FETCH_PENDING;
	}
	/* if even this thread comes late, there is too little of the processor to
	 * say that others are stuck */
	late = now > due + KUPF_FETCH_LOOK / 2;
	/* whoever else waits need not look */
	set_look(this);
	mutex->unlock(mutex);
	stalled = kupf_stall_look();
	mutex->lock(mutex);
	this->stalls = stalled ? this->stalls + !late : 0;
	if (this->stalls >= KUPF_FETCH_STALLS)
	{
		return begin_pause(this, KUPF_FETCH_STALLED, now + KUPF_FETCH_PAUSE);
	}
	if (now > this->since + this->span)
	{
		return begin_pause(this, KUPF_FETCH_PAUSED, now);
	}
	return KUPF_FETCH_PENDING;
}

METHOD(kupf_fetch_pauses_t, end, void,
	private_kupf_fetch_pauses_t *this)
{
	this->left = kupf_time_ms();
	if (this->pausing)
	{
		this->pausing = FALSE;
		this->resume = max(this->resume, this->left + KUPF_FETCH_GAP + 1);
	}
}

METHOD(kupf_fetch_pauses_t, destroy, void,
	private_kupf_fetch_pauses_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_fetch_pauses_t *kupf_fetch_pauses_create(u_int timeout)
{
	private_kupf_fetch_pauses_t *this;

	INIT(this,
		.public = {
			.is_on = _is_on,
			.begin = _begin,
			.get_look = _get_look,
			.look = _look,
			.end = _end,
			.destroy = _destroy,
		},
		.span = max(KUPF_FETCH_SPAN, timeout),
	);
	return &this->public;
}
