/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_overlay.h"

/** Bit of a cursor that says that the walk is in the lower store */
#define LOWER (1ULL << 63)

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
	by_id = upper->find_alike(upper, type, id);
	hidden = by_name || by_id;
	kupf_session_unref(by_name);
	kupf_session_unref(by_id);
	return hidden;
}

/**
 * Choose what a lookup finds that has found nothing in the upper store at
 * first: a session of that store that has come meanwhile, or the one of the
 * lower store if it is not hidden.  Adopts all references.
 *
 * @param found		upper session, by what was asked for, or NULL
 * @param other		upper session, by what else the lower one has, or NULL
 * @param fits		whether other has what was asked for, too
 * @param lower		lower session
 */
static kupf_session_t *choose(kupf_session_t *found, kupf_session_t *other,
							  bool fits, kupf_session_t *lower)
{
	kupf_session_t *chosen = found;

	if (!chosen)
	{	/* the other one may have been there before, and gone since */
		chosen = !other ? lower : fits ? other : NULL;
	}
	if (chosen)
	{
		kupf_session_ref(chosen);
	}
	kupf_session_unref(found);
	kupf_session_unref(other);
	kupf_session_unref(lower);
	return chosen;
}

/**
 * Whether the upper store has a session of an identity that is alike and not
 * the same, so that one of the lower store has to stay hidden.
 */
static bool is_in_the_way(private_kupf_overlay_t *this, id_type_t type,
						  chunk_t id)
{
	kupf_session_t *alike;
	id_type_t other;
	bool found;

	alike = this->upper->find_alike(this->upper, type, id);
	found = alike && !chunk_equals(kupf_session_get_id(alike, &other), id);
	kupf_session_unref(alike);
	return found;
}

METHOD(kupf_store_t, get, kupf_session_t*,
	private_kupf_overlay_t *this, const char *name)
{
	kupf_session_t *session, *other, *lower;
	id_type_t type;
	chunk_t id;

	session = this->upper->get(this->upper, name);
	if (!session && (lower = this->lower->get(this->lower, name)))
	{
		id = kupf_session_get_id(lower, &type);
		other = this->upper->find(this->upper, type, id);
		if (!other && is_in_the_way(this, type, id))
		{
			kupf_session_unref(lower);
			return NULL;
		}
		session = choose(this->upper->get(this->upper, name), other,
						 other && streq(kupf_session_get_name(other), name),
						 lower);
	}
	return session;
}

METHOD(kupf_store_t, find, kupf_session_t*,
	private_kupf_overlay_t *this, id_type_t type, chunk_t id)
{
	kupf_session_t *session, *other, *lower;
	id_type_t other_type;

	session = this->upper->find(this->upper, type, id);
	if (!session && (lower = this->lower->find(this->lower, type, id)))
	{
		if (is_in_the_way(this, type, id))
		{
			kupf_session_unref(lower);
			return NULL;
		}
		other = this->upper->get(this->upper, kupf_session_get_name(lower));
		session = choose(this->upper->find(this->upper, type, id), other,
						 other && chunk_equals(id,
								kupf_session_get_id(other, &other_type)) &&
						 other_type == type, lower);
	}
	return session;
}

METHOD(kupf_store_t, find_alike, kupf_session_t*,
	private_kupf_overlay_t *this, id_type_t type, chunk_t id)
{
	kupf_session_t *session, *lower;

	session = this->upper->find_alike(this->upper, type, id);
	if (!session && (lower = this->lower->find_alike(this->lower, type, id)))
	{	/* by its own identity, which may be hidden by its name */
		id = kupf_session_get_id(lower, &type);
		session = find(this, type, id);
		kupf_session_unref(lower);
	}
	return session;
}

METHOD(kupf_store_t, holds, bool,
	private_kupf_overlay_t *this, kupf_session_t *session)
{
	return kupf_session_is_stored(session) &&
		   !(kupf_session_is_preconfigured(session) &&
			 kupf_overlay_hides(this->upper, session));
}

METHOD(kupf_store_t, put, kupf_store_status_t,
	private_kupf_overlay_t *this, kupf_session_t *session)
{
	return this->upper->put(this->upper, session);
}

METHOD(kupf_store_t, put_hashed, kupf_store_status_t,
	private_kupf_overlay_t *this, kupf_session_t *session,
	const kupf_store_hashes_t *hashes)
{
	return this->upper->put_hashed(this->upper, session, hashes);
}

METHOD(kupf_store_t, put_over, void,
	private_kupf_overlay_t *this, kupf_session_t *session)
{
	this->upper->put_over(this->upper, session);
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

METHOD(kupf_store_t, prepare, void,
	private_kupf_overlay_t *this, const char *name, id_type_t type, chunk_t id,
	kupf_store_hashes_t *hashes)
{
	this->upper->prepare(this->upper, name, type, id, hashes);
}

METHOD(kupf_store_t, look, bool,
	private_kupf_overlay_t *this, const char *name, id_type_t type, chunk_t id,
	const kupf_store_hashes_t *hashes, kupf_session_t **namesake)
{
	kupf_session_t *alike;
	bool known;

	*namesake = get(this, name);
	alike = find_alike(this, type, id);
	known = *namesake || alike;
	kupf_session_unref(alike);
	return known;
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

/**
 * Take those away, from an index on, that are hidden.
 */
static void drop_hidden(private_kupf_overlay_t *this, array_t *sessions, int i)
{
	kupf_session_t *session;

	while (i < array_count(sessions))
	{
		array_get(sessions, i, &session);
		if (kupf_overlay_hides(this->upper, session))
		{
			array_remove(sessions, i, NULL);
			kupf_session_unref(session);
		}
		else
		{
			i++;
		}
	}
}

METHOD(kupf_store_t, walk, bool,
	private_kupf_overlay_t *this, uint64_t *cursor, array_t *sessions)
{
	int count = array_count(sessions);
	uint64_t lower;
	bool more;

	if (!(*cursor & LOWER))
	{
		if (this->upper->walk(this->upper, cursor, sessions))
		{
			return TRUE;
		}
		*cursor = LOWER;
	}
	lower = *cursor & ~LOWER;
	more = this->lower->walk(this->lower, &lower, sessions);
	*cursor = lower | LOWER;
	drop_hidden(this, sessions, count);
	return more;
}

METHOD(kupf_store_t, locate, uint64_t,
	private_kupf_overlay_t *this, const char *name, bool lower)
{
	if (lower)
	{
		return this->lower->locate(this->lower, name, FALSE) | LOWER;
	}
	return this->upper->locate(this->upper, name, FALSE);
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
			.put_hashed = _put_hashed,
			.put_over = _put_over,
			.replace = _replace,
			.remove = _remove_,
			.holds = _holds,
			.get = _get,
			.find = _find,
			.find_alike = _find_alike,
			.prepare = _prepare,
			.look = _look,
			.create_enumerator = _create_enumerator,
			.walk = _walk,
			.locate = _locate,
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
