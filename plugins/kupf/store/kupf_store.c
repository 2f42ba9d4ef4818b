/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_store.h"
#include "kupf_expiry.h"
#include "kupf_index.h"

typedef struct private_kupf_store_t private_kupf_store_t;

/**
 * Private data of a store.
 */
struct private_kupf_store_t {
	/** public interface */
	kupf_store_t public;
	/** index by name */
	kupf_index_t *names;
	/** index by IKE identity */
	kupf_index_t *ids;
	/** sessions with an end */
	kupf_expiry_t *wheel;
	/** hash function */
	kupf_store_hash_t hash;
	/** sessions in the store */
	refcount_t count;
	/** most sessions, 0 for no limit */
	u_int max;
};

/**
 * Add a session, with its shards locked.
 */
static void add_locked(private_kupf_store_t *this, kupf_shard_t *names,
					   kupf_shard_t *ids, kupf_session_t *session)
{
	kupf_session_ref(session);
	kupf_index_add(this->names, names, session);
	kupf_index_add(this->ids, ids, session);
	this->wheel->add(this->wheel, session);
	kupf_session_set_stored(session, TRUE);
}

METHOD(kupf_store_t, put_over, void,
	private_kupf_store_t *this, kupf_session_t *session)
{
	kupf_session_links_t *links;
	kupf_shard_t *names, *ids;

	links = kupf_store_hashes_set(this->hash, session, NULL);
	names = kupf_index_get_shard(this->names, links->name_hash);
	ids = kupf_index_get_shard(this->ids, links->id_hash);
	names->lock->write_lock(names->lock);
	ids->lock->write_lock(ids->lock);
	ref_get(&this->count);
	add_locked(this, names, ids, session);
	ids->lock->unlock(ids->lock);
	names->lock->unlock(names->lock);
}

METHOD(kupf_store_t, put_hashed, kupf_store_status_t,
	private_kupf_store_t *this, kupf_session_t *session,
	const kupf_store_hashes_t *hashes)
{
	kupf_store_status_t status = KUPF_STORE_OK;
	kupf_session_links_t *links;
	kupf_shard_t *names, *ids;
	id_type_t type;
	chunk_t id;

	links = kupf_store_hashes_set(this->hash, session, hashes);
	id = kupf_session_get_id(session, &type);
	names = kupf_index_get_shard(this->names, links->name_hash);
	ids = kupf_index_get_shard(this->ids, links->id_hash);

	names->lock->write_lock(names->lock);
	ids->lock->write_lock(ids->lock);
	if (kupf_shard_get(names, links->name_hash, kupf_session_get_name(session)))
	{
		status = KUPF_STORE_NAME_IN_USE;
	}
	else if (kupf_shard_find_alike(ids, links->id_hash, type, id))
	{
		status = KUPF_STORE_IDENTITY_IN_USE;
	}
	else if (ref_get(&this->count) > this->max && this->max)
	{
		ignore_result(ref_put(&this->count));
		status = KUPF_STORE_FULL;
	}
	else
	{
		add_locked(this, names, ids, session);
	}
	ids->lock->unlock(ids->lock);
	names->lock->unlock(names->lock);
	return status;
}

METHOD(kupf_store_t, put, kupf_store_status_t,
	private_kupf_store_t *this, kupf_session_t *session)
{
	return put_hashed(this, session, NULL);
}

/**
 * Lock one or two shards of identities, lower first.
 */
static void lock_ids(kupf_shard_t *a, kupf_shard_t *b)
{
	kupf_shard_t *first = min(a, b), *second = max(a, b);

	first->lock->write_lock(first->lock);
	if (first != second)
	{
		second->lock->write_lock(second->lock);
	}
}

/**
 * Undo lock_ids().
 */
static void unlock_ids(kupf_shard_t *a, kupf_shard_t *b)
{
	a->lock->unlock(a->lock);
	if (a != b)
	{
		b->lock->unlock(b->lock);
	}
}

METHOD(kupf_store_t, replace, kupf_store_status_t,
	private_kupf_store_t *this, kupf_session_t *old, kupf_session_t *new)
{
	kupf_store_status_t status = KUPF_STORE_OK;
	kupf_session_links_t *from = kupf_session_links(old), *to;
	kupf_shard_t *names, *old_ids, *new_ids;
	kupf_session_t *other;
	id_type_t type;
	chunk_t id;

	to = kupf_store_hashes_set(this->hash, new, NULL);
	id = kupf_session_get_id(new, &type);
	names = kupf_index_get_shard(this->names, from->name_hash);
	old_ids = kupf_index_get_shard(this->ids, from->id_hash);
	new_ids = kupf_index_get_shard(this->ids, to->id_hash);

	names->lock->write_lock(names->lock);
	lock_ids(old_ids, new_ids);
	other = kupf_shard_find_alike(new_ids, to->id_hash, type, id);
	if (kupf_shard_get(names, from->name_hash,
					   kupf_session_get_name(new)) != old)
	{
		status = KUPF_STORE_CHANGED;
	}
	else if (other && other != old)
	{
		status = KUPF_STORE_IDENTITY_IN_USE;
	}
	else
	{
		kupf_session_ref(new);
		kupf_index_remove(this->names, names, old);
		kupf_index_remove(this->ids, old_ids, old);
		this->wheel->remove(this->wheel, old);
		kupf_index_add(this->names, names, new);
		kupf_index_add(this->ids, new_ids, new);
		this->wheel->add(this->wheel, new);
		kupf_session_set_stored(new, TRUE);
		kupf_session_set_stored(old, FALSE);
	}
	unlock_ids(old_ids, new_ids);
	names->lock->unlock(names->lock);

	if (status == KUPF_STORE_OK)
	{
		kupf_session_unref(old);
	}
	return status;
}

METHOD(kupf_store_t, remove_, bool,
	private_kupf_store_t *this, kupf_session_t *session)
{
	kupf_session_links_t *links = kupf_session_links(session);
	kupf_shard_t *names, *ids;
	bool found;

	names = kupf_index_get_shard(this->names, links->name_hash);
	ids = kupf_index_get_shard(this->ids, links->id_hash);

	names->lock->write_lock(names->lock);
	found = kupf_index_remove(this->names, names, session);
	if (found)
	{
		ids->lock->write_lock(ids->lock);
		kupf_index_remove(this->ids, ids, session);
		this->wheel->remove(this->wheel, session);
		kupf_session_set_stored(session, FALSE);
		ids->lock->unlock(ids->lock);
		ignore_result(ref_put(&this->count));
	}
	names->lock->unlock(names->lock);

	if (found)
	{
		kupf_session_unref(session);
	}
	return found;
}

METHOD(kupf_store_t, holds, bool,
	private_kupf_store_t *this, kupf_session_t *session)
{
	return kupf_session_is_stored(session);
}

METHOD(kupf_store_t, get, kupf_session_t*,
	private_kupf_store_t *this, const char *name)
{
	kupf_session_t *session;
	uint32_t hash = kupf_store_hash_name(this->hash, name);
	kupf_shard_t *names = kupf_index_get_shard(this->names, hash);

	names->lock->read_lock(names->lock);
	session = kupf_shard_get(names, hash, name);
	if (session)
	{
		kupf_session_ref(session);
	}
	names->lock->unlock(names->lock);
	return session;
}

/**
 * Look a session up by identity.
 *
 * @param find		finds it in its shard
 */
static kupf_session_t *find_by(private_kupf_store_t *this, id_type_t type,
							   chunk_t id, kupf_session_t *(*find)(
								kupf_shard_t*, uint32_t, id_type_t, chunk_t))
{
	kupf_session_t *session;
	uint32_t hash = kupf_store_hash_id(this->hash, type, id);
	kupf_shard_t *ids = kupf_index_get_shard(this->ids, hash);

	ids->lock->read_lock(ids->lock);
	session = find(ids, hash, type, id);
	if (session)
	{
		kupf_session_ref(session);
	}
	ids->lock->unlock(ids->lock);
	return session;
}

METHOD(kupf_store_t, find, kupf_session_t*,
	private_kupf_store_t *this, id_type_t type, chunk_t id)
{
	return find_by(this, type, id, kupf_shard_find);
}

METHOD(kupf_store_t, find_alike, kupf_session_t*,
	private_kupf_store_t *this, id_type_t type, chunk_t id)
{
	return find_by(this, type, id, kupf_shard_find_alike);
}

METHOD(kupf_store_t, prepare, void,
	private_kupf_store_t *this, const char *name, id_type_t type, chunk_t id,
	kupf_store_hashes_t *hashes)
{
	*hashes = kupf_store_hashes(this->hash, name, type, id);
	/* with many sessions nothing is in the cache: wait for all at once */
	kupf_shard_prefetch(kupf_index_get_shard(this->names, hashes->name),
						hashes->name);
	kupf_shard_prefetch(kupf_index_get_shard(this->ids, hashes->id),
						hashes->id);
}

METHOD(kupf_store_t, look, bool,
	private_kupf_store_t *this, const char *name, id_type_t type, chunk_t id,
	const kupf_store_hashes_t *hashes, kupf_session_t **namesake)
{
	kupf_shard_t *names = kupf_index_get_shard(this->names, hashes->name);
	kupf_shard_t *ids = kupf_index_get_shard(this->ids, hashes->id);
	bool known;

	names->lock->read_lock(names->lock);
	*namesake = kupf_shard_get(names, hashes->name, name);
	if (*namesake)
	{
		kupf_session_ref(*namesake);
	}
	names->lock->unlock(names->lock);
	if (*namesake)
	{
		return TRUE;
	}
	ids->lock->read_lock(ids->lock);
	known = kupf_shard_find_alike(ids, hashes->id, type, id) != NULL;
	ids->lock->unlock(ids->lock);
	return known;
}

METHOD(kupf_store_t, create_enumerator, enumerator_t*,
	private_kupf_store_t *this)
{
	return kupf_index_create_enumerator(this->names);
}

METHOD(kupf_store_t, walk, bool,
	private_kupf_store_t *this, uint64_t *cursor, array_t *sessions)
{
	return kupf_index_walk(this->names, cursor, sessions);
}

METHOD(kupf_store_t, locate, uint64_t,
	private_kupf_store_t *this, const char *name, bool lower)
{
	return kupf_index_locate(kupf_store_hash_name(this->hash, name));
}

/*
 * Described in header
 */
int kupf_store_compare(kupf_session_t *session, uint64_t cursor,
					   const char *name)
{
	int order;

	order = kupf_index_compare(kupf_session_links(session)->name_hash, cursor);
	return order ?: strcmp(kupf_session_get_name(session), name);
}

METHOD(kupf_store_t, expire, u_int,
	private_kupf_store_t *this, time_t now, kupf_session_t **due, u_int max)
{
	kupf_session_t *session;
	u_int found, first, i, count = 0;
	bool more;

	/* what others removed or replaced meanwhile is not reported: ask again
	 * until there is as much to report as there may be, or nothing is due */
	do
	{
		first = count;
		found = this->wheel->get_due(this->wheel, now, due + first, max - first,
									 &more);
		for (i = first; i < first + found; i++)
		{
			session = due[i];
			if (!kupf_session_expired(session, now) || remove_(this, session))
			{
				due[count++] = session;
			}
			else
			{
				kupf_session_unref(session);
			}
		}
	}
	while (more && count < max);

	return count;
}

METHOD(kupf_store_t, get_count, u_int,
	private_kupf_store_t *this)
{
	return ref_cur(&this->count);
}

METHOD(kupf_store_t, is_full, bool,
	private_kupf_store_t *this)
{
	return this->max && get_count(this) >= this->max;
}

METHOD(kupf_store_t, destroy, void,
	private_kupf_store_t *this)
{
	enumerator_t *enumerator;
	kupf_session_t *session;

	enumerator = create_enumerator(this);
	while (enumerator->enumerate(enumerator, &session))
	{
		remove_(this, session);
	}
	enumerator->destroy(enumerator);
	kupf_index_destroy(this->names);
	kupf_index_destroy(this->ids);
	this->wheel->destroy(this->wheel);
	free(this);
}

/*
 * Described in header
 */
kupf_store_t *kupf_store_create_hash(u_int max, uint32_t margin,
									 kupf_store_hash_t hash)
{
	private_kupf_store_t *this;

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
		.names = kupf_index_create(KUPF_INDEX_NAME),
		.ids = kupf_index_create(KUPF_INDEX_ID),
		.wheel = kupf_expiry_create(time_monotonic(NULL), margin),
		.hash = hash,
		.max = max,
	);
	return &this->public;
}

/*
 * Described in header
 */
kupf_store_t *kupf_store_create(u_int max, uint32_t margin)
{
	return kupf_store_create_hash(max, margin, chunk_hash_inc);
}
