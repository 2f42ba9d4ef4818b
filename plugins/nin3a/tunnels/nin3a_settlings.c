/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_settlings.h"
#include "kupf/store/kupf_session.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_nin3a_settlings_t private_nin3a_settlings_t;

/**
 * Private data of the object.
 */
struct private_nin3a_settlings_t {
	/** public interface */
	nin3a_settlings_t public;
	/** nin3a_settling_t by name */
	hashtable_t *settlings;
	/** guards them, a leaf */
	mutex_t *mutex;
};

/**
 * A session whose IKE_SAs are settled later.
 */
struct nin3a_settling_t {
	/** of the newest IKE_SA whose time is waited for */
	uint32_t settled;
	/** of the newest IKE_SA */
	uint32_t newest;
	/** time_monotonic() when the time of that is over */
	time_t due;
	/** name of the session */
	char name[KUPF_SESSION_NAME_MAX + 1];
};

METHOD(nin3a_settlings_t, add, nin3a_settling_t*,
	private_nin3a_settlings_t *this, const char *session, uint32_t serial,
	uint32_t time)
{
	nin3a_settling_t *settling, *added = NULL;

	this->mutex->lock(this->mutex);
	settling = this->settlings->get(this->settlings, session);
	if (!settling)
	{
		INIT(added,
			.settled = serial,
		);
		snprintf(added->name, sizeof(added->name), "%s", session);
		this->settlings->put(this->settlings, added->name, added);
		settling = added;
	}
	/* a worker and a hook may come in either order */
	settling->newest = max(settling->newest, serial);
	settling->due = max(settling->due, time_monotonic(NULL) + (time_t)time);
	this->mutex->unlock(this->mutex);
	return added;
}

METHOD(nin3a_settlings_t, get, const char*,
	private_nin3a_settlings_t *this, nin3a_settling_t *settling,
	uint32_t *serial)
{
	this->mutex->lock(this->mutex);
	*serial = settling->settled;
	this->mutex->unlock(this->mutex);
	return settling->name;
}

METHOD(nin3a_settlings_t, next, uint32_t,
	private_nin3a_settlings_t *this, nin3a_settling_t *settling,
	uint32_t serial)
{
	time_t now = time_monotonic(NULL);
	uint32_t next = 0;

	this->mutex->lock(this->mutex);
	if (settling->newest != serial)
	{
		settling->settled = settling->newest;
		next = max(settling->due - now, 1);
	}
	else
	{
		this->settlings->remove(this->settlings, settling->name);
		free(settling);
	}
	this->mutex->unlock(this->mutex);
	return next;
}

METHOD(nin3a_settlings_t, destroy, void,
	private_nin3a_settlings_t *this)
{
	this->settlings->destroy_function(this->settlings, (void*)free);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_settlings_t *nin3a_settlings_create()
{
	private_nin3a_settlings_t *this;

	INIT(this,
		.public = {
			.add = _add,
			.get = _get,
			.next = _next,
			.destroy = _destroy,
		},
		.settlings = hashtable_create(hashtable_hash_str,
									  hashtable_equals_str, 32),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
