/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_verified.h"
#include "kupf/kupf_counters.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_kupf_verified_t private_kupf_verified_t;

/**
 * Private data of the pins.
 */
struct private_kupf_verified_t {
	/** public interface */
	kupf_verified_t public;
	/** sessions by unique identifier of the IKE_SA */
	hashtable_t *sessions;
	/** guards them */
	mutex_t *mutex;
};

/**
 * Key of the table.
 */
static void *key_of(uint32_t ike_sa)
{
	return (void*)(uintptr_t)ike_sa;
}

METHOD(kupf_verified_t, pin, void,
	private_kupf_verified_t *this, uint32_t ike_sa, kupf_session_t *session)
{
	kupf_session_t *old;

	this->mutex->lock(this->mutex);
	old = this->sessions->put(this->sessions, key_of(ike_sa),
							  kupf_session_ref(session));
	this->mutex->unlock(this->mutex);
	kupf_count_held(KUPF_PINS, !old);
	kupf_session_unref(old);
}

METHOD(kupf_verified_t, unpin, void,
	private_kupf_verified_t *this, uint32_t ike_sa)
{
	kupf_session_t *old;

	this->mutex->lock(this->mutex);
	old = this->sessions->remove(this->sessions, key_of(ike_sa));
	this->mutex->unlock(this->mutex);
	kupf_count_held(KUPF_PINS, -(old != NULL));
	kupf_session_unref(old);
}

METHOD(kupf_verified_t, get, kupf_session_t*,
	private_kupf_verified_t *this, uint32_t ike_sa)
{
	kupf_session_t *session;

	this->mutex->lock(this->mutex);
	session = this->sessions->get(this->sessions, key_of(ike_sa));
	if (session)
	{
		kupf_session_ref(session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(kupf_verified_t, get_count, u_int,
	private_kupf_verified_t *this)
{
	u_int count;

	this->mutex->lock(this->mutex);
	count = this->sessions->get_count(this->sessions);
	this->mutex->unlock(this->mutex);
	return count;
}

METHOD(kupf_verified_t, destroy, void,
	private_kupf_verified_t *this)
{
	enumerator_t *enumerator;
	kupf_session_t *session;

	enumerator = this->sessions->create_enumerator(this->sessions);
	while (enumerator->enumerate(enumerator, NULL, &session))
	{
		kupf_count_held(KUPF_PINS, -1);
		kupf_session_unref(session);
	}
	enumerator->destroy(enumerator);
	this->sessions->destroy(this->sessions);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_verified_t *kupf_verified_create()
{
	private_kupf_verified_t *this;

	INIT(this,
		.public = {
			.pin = _pin,
			.unpin = _unpin,
			.get = _get,
			.get_count = _get_count,
			.destroy = _destroy,
		},
		.sessions = hashtable_create(hashtable_hash_ptr, hashtable_equals_ptr,
									 8),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);

	return &this->public;
}
