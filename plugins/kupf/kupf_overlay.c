/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_overlay.h"

typedef struct private_kupf_overlay_t private_kupf_overlay_t;
typedef struct both_enumerator_t both_enumerator_t;

/**
 * Private data of an overlay.
 */
struct private_kupf_overlay_t {
	/** public interface */
	kupf_store_t public;
	/** upper store */
	kupf_store_t *upper;
	/** lower store */
	kupf_store_t *lower;
};

/**
 * Enumerates the upper store, then the lower one.
 */
struct both_enumerator_t {
	/** public interface */
	enumerator_t public;
	/** overlay */
	private_kupf_overlay_t *overlay;
	/** enumerator of the upper store, NULL when it is over */
	enumerator_t *upper;
	/** enumerator of the lower store */
	enumerator_t *lower;
};

/*
 * Described in header
 */
bool kupf_overlay_hides(kupf_store_t *upper, kupf_session_t *session)
{
	kupf_session_t *by_name, *by_id;
	id_type_t type;
	chunk_t id;
	bool hidden;

	id = kupf_session_get_id(session, &type);
	by_name = upper->get(upper, kupf_session_get_name(session));
	by_id = upper->find(upper, type, id);
	hidden = by_name || by_id;
	kupf_session_unref(by_name);
	kupf_session_unref(by_id);
	return hidden;
}

/**
 * Leave a session of the lower store out if it is hidden; adopts the reference.
 */
static kupf_session_t *unless_hidden(private_kupf_overlay_t *this,
									 kupf_session_t *session)
{
	if (session && kupf_overlay_hides(this->upper, session))
	{
		kupf_session_unref(session);
		return NULL;
	}
	return session;
}

METHOD(kupf_store_t, get, kupf_session_t*,
	private_kupf_overlay_t *this, const char *name)
{
	kupf_session_t *session, *lower;

	session = this->upper->get(this->upper, name);
	if (!session)
	{
		lower = this->lower->get(this->lower, name);
		session = unless_hidden(this, lower);
		if (lower && !session)
		{	/* by one of the same name that has just come, maybe */
			session = this->upper->get(this->upper, name);
		}
	}
	return session;
}

METHOD(kupf_store_t, find, kupf_session_t*,
	private_kupf_overlay_t *this, id_type_t type, chunk_t id)
{
	kupf_session_t *session, *lower;

	session = this->upper->find(this->upper, type, id);
	if (!session)
	{
		lower = this->lower->find(this->lower, type, id);
		session = unless_hidden(this, lower);
		if (lower && !session)
		{
			session = this->upper->find(this->upper, type, id);
		}
	}
	return session;
}

METHOD(kupf_store_t, put, kupf_store_status_t,
	private_kupf_overlay_t *this, kupf_session_t *session)
{
	return this->upper->put(this->upper, session);
}

METHOD(kupf_store_t, replace, kupf_store_status_t,
	private_kupf_overlay_t *this, kupf_session_t *old, kupf_session_t *new)
{
	return this->upper->replace(this->upper, old, new);
}

METHOD(kupf_store_t, remove_, bool,
	private_kupf_overlay_t *this, kupf_session_t *session)
{
	return this->upper->remove(this->upper, session);
}

METHOD(kupf_store_t, expire, u_int,
	private_kupf_overlay_t *this, time_t now, kupf_session_t **due, u_int max)
{
	return this->upper->expire(this->upper, now, due, max);
}

METHOD(kupf_store_t, is_full, bool,
	private_kupf_overlay_t *this)
{
	return this->upper->is_full(this->upper);
}

METHOD(kupf_store_t, get_count, u_int,
	private_kupf_overlay_t *this)
{
	enumerator_t *enumerator;
	kupf_session_t *session;
	u_int count;

	count = this->upper->get_count(this->upper);
	enumerator = this->lower->create_enumerator(this->lower);
	while (enumerator->enumerate(enumerator, &session))
	{
		count += !kupf_overlay_hides(this->upper, session);
	}
	enumerator->destroy(enumerator);
	return count;
}

METHOD(enumerator_t, both_enumerate, bool,
	both_enumerator_t *this, va_list args)
{
	kupf_session_t **session;

	VA_ARGS_VGET(args, session);

	if (this->upper)
	{
		if (this->upper->enumerate(this->upper, session))
		{
			return TRUE;
		}
		this->upper->destroy(this->upper);
		this->upper = NULL;
	}
	while (this->lower->enumerate(this->lower, session))
	{
		if (!kupf_overlay_hides(this->overlay->upper, *session))
		{
			return TRUE;
		}
	}
	return FALSE;
}

METHOD(enumerator_t, both_destroy, void,
	both_enumerator_t *this)
{
	DESTROY_IF(this->upper);
	this->lower->destroy(this->lower);
	free(this);
}

METHOD(kupf_store_t, create_enumerator, enumerator_t*,
	private_kupf_overlay_t *this)
{
	both_enumerator_t *enumerator;

	INIT(enumerator,
		.public = {
			.enumerate = enumerator_enumerate_default,
			.venumerate = _both_enumerate,
			.destroy = _both_destroy,
		},
		.overlay = this,
		.upper = this->upper->create_enumerator(this->upper),
		.lower = this->lower->create_enumerator(this->lower),
	);
	return &enumerator->public;
}

METHOD(kupf_store_t, destroy, void,
	private_kupf_overlay_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_store_t *kupf_overlay_create(kupf_store_t *upper, kupf_store_t *lower)
{
	private_kupf_overlay_t *this;

	INIT(this,
		.public = {
			.put = _put,
			.replace = _replace,
			.remove = _remove_,
			.get = _get,
			.find = _find,
			.create_enumerator = _create_enumerator,
			.expire = _expire,
			.get_count = _get_count,
			.is_full = _is_full,
			.destroy = _destroy,
		},
		.upper = upper,
		.lower = lower,
	);
	return &this->public;
}
