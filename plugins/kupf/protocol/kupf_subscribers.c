/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_subscribers.h"
#include "kupf/kupf_counters.h"

#include <collections/array.h>
#include <threading/rwlock.h>

typedef struct private_kupf_subscribers_t private_kupf_subscribers_t;

/**
 * Private data of the object.
 */
struct private_kupf_subscribers_t {
	/** public interface */
	kupf_subscribers_t public;
	/** kupf_subscriber_t* */
	array_t *array;
	/** guards the array, held for reading while they are called */
	rwlock_t *lock;
	/** called when the last one has gone, or NULL */
	kupf_events_deserted_t deserted;
	/** given to it */
	void *user;
};

/**
 * Find a subscriber, with the lock held.
 *
 * @return			position, -1 if there is no such one
 */
static int find(private_kupf_subscribers_t *this, kupf_subscriber_t *subscriber)
{
	kupf_subscriber_t *current;
	int i;

	for (i = 0; i < array_count(this->array); i++)
	{
		array_get(this->array, i, &current);
		if (current == subscriber)
		{
			return i;
		}
	}
	return -1;
}

METHOD(kupf_subscribers_t, add, void,
	private_kupf_subscribers_t *this, kupf_subscriber_t *subscriber)
{
	this->lock->write_lock(this->lock);
	if (find(this, subscriber) < 0)
	{
		array_insert(this->array, ARRAY_TAIL, subscriber);
	}
	this->lock->unlock(this->lock);
}

METHOD(kupf_subscribers_t, remove_, bool,
	private_kupf_subscribers_t *this, kupf_subscriber_t *subscriber)
{
	bool found, last;
	int pos;

	this->lock->write_lock(this->lock);
	pos = find(this, subscriber);
	found = pos >= 0 && array_remove(this->array, pos, NULL);
	last = found && array_count(this->array) == 0;
	this->lock->unlock(this->lock);
	if (last && this->deserted)
	{
		this->deserted(this->user);
	}
	return found;
}

METHOD(kupf_subscribers_t, are_any, bool,
	private_kupf_subscribers_t *this)
{
	bool any;

	this->lock->read_lock(this->lock);
	any = array_count(this->array) > 0;
	this->lock->unlock(this->lock);
	return any;
}

METHOD(kupf_subscribers_t, notify, u_int,
	private_kupf_subscribers_t *this, wire_octets_t packet)
{
	kupf_subscriber_t *subscriber;
	int i;

	this->lock->read_lock(this->lock);
	for (i = 0; i < array_count(this->array); i++)
	{
		array_get(this->array, i, &subscriber);
		subscriber->notify(subscriber, packet);
		kupf_count(KUPF_EVENTS_SENT);
	}
	this->lock->unlock(this->lock);
	return i;
}

METHOD(kupf_subscribers_t, observe, void,
	private_kupf_subscribers_t *this, kupf_events_deserted_t deserted,
	void *user)
{
	this->deserted = deserted;
	this->user = user;
}

METHOD(kupf_subscribers_t, destroy, void,
	private_kupf_subscribers_t *this)
{
	array_destroy(this->array);
	this->lock->destroy(this->lock);
	free(this);
}

/*
 * Described in header
 */
kupf_subscribers_t *kupf_subscribers_create()
{
	private_kupf_subscribers_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.remove = _remove_,
			.are_any = _are_any,
			.notify = _notify,
			.observe = _observe,
			.destroy = _destroy,
		},
		.array = array_create(0, 0),
		.lock = rwlock_create(RWLOCK_TYPE_DEFAULT),
	);
	return &this->public;
}
