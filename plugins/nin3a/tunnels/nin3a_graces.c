/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "nin3a_graces.h"
#include "kupf/store/kupf_session_compare.h"

#include <collections/hashtable.h>
#include <threading/mutex.h>

typedef struct private_nin3a_graces_t private_nin3a_graces_t;
typedef struct entry_t entry_t;

/**
 * Private data of the object.
 */
struct private_nin3a_graces_t {
	/** public interface */
	nin3a_graces_t public;
	/** sessions that have one, entry_t by name */
	hashtable_t *entries;
	/** guards it, a leaf */
	mutex_t *mutex;
};

/**
 * A grace.
 */
struct nin3a_grace_t {
	/** session, a reference, or NULL if it was dropped */
	kupf_session_t *session;
	/** whose it is */
	entry_t *entry;
	/** next one of the same name */
	nin3a_grace_t *next;
};

/**
 * The graces of sessions of one name.
 */
struct entry_t {
	/** the graces */
	nin3a_grace_t *first;
	/** number of them */
	u_int count;
	/** name of the sessions */
	char name[KUPF_SESSION_NAME_MAX + 1];
};

/**
 * Get the graces of sessions of a name, of which there may be none.
 */
static entry_t *get_entry(private_nin3a_graces_t *this, const char *name)
{
	entry_t *entry;

	entry = this->entries->get(this->entries, name);
	if (!entry)
	{
		INIT(entry);
		snprintf(entry->name, sizeof(entry->name), "%s", name);
		this->entries->put(this->entries, entry->name, entry);
	}
	return entry;
}

METHOD(nin3a_graces_t, begin, nin3a_grace_t*,
	private_nin3a_graces_t *this, kupf_session_t *session)
{
	nin3a_grace_t *grace = NULL;
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = get_entry(this, kupf_session_get_name(session));
	if (entry->count < NIN3A_GRACES_MAX)
	{
		INIT(grace,
			.session = kupf_session_ref(session),
			.entry = entry,
			.next = entry->first,
		);
		entry->first = grace;
		entry->count++;
	}
	this->mutex->unlock(this->mutex);
	return grace;
}

METHOD(nin3a_graces_t, get_session, kupf_session_t*,
	private_nin3a_graces_t *this, nin3a_grace_t *grace)
{
	kupf_session_t *session = NULL;

	this->mutex->lock(this->mutex);
	if (grace->session)
	{
		session = kupf_session_ref(grace->session);
	}
	this->mutex->unlock(this->mutex);
	return session;
}

METHOD(nin3a_graces_t, drop, void,
	private_nin3a_graces_t *this, kupf_session_t *session)
{
	nin3a_grace_t *grace;
	entry_t *entry;

	this->mutex->lock(this->mutex);
	entry = this->entries->get(this->entries, kupf_session_get_name(session));
	for (grace = entry ? entry->first : NULL; grace; grace = grace->next)
	{
		if (grace->session == session ||
			(grace->session &&
			 kupf_session_precedes(grace->session, session)))
		{
			kupf_session_unref(grace->session);
			grace->session = NULL;
		}
	}
	this->mutex->unlock(this->mutex);
}

CALLBACK(entry_destroy, void,
	entry_t *entry, const void *name)
{
	nin3a_grace_t *grace;

	while (entry->first)
	{
		grace = entry->first;
		entry->first = grace->next;
		kupf_session_unref(grace->session);
		free(grace);
	}
	free(entry);
}

METHOD(nin3a_graces_t, end, void,
	private_nin3a_graces_t *this, nin3a_grace_t *grace)
{
	entry_t *entry = grace->entry;
	nin3a_grace_t **link;

	this->mutex->lock(this->mutex);
	for (link = &entry->first; *link != grace; link = &(*link)->next)
	{
		/* it is there */
	}
	*link = grace->next;
	if (!--entry->count)
	{
		this->entries->remove(this->entries, entry->name);
		free(entry);
	}
	kupf_session_unref(grace->session);
	free(grace);
	this->mutex->unlock(this->mutex);
}

METHOD(nin3a_graces_t, destroy, void,
	private_nin3a_graces_t *this)
{
	this->entries->destroy_function(this->entries, entry_destroy);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
nin3a_graces_t *nin3a_graces_create()
{
	private_nin3a_graces_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.get_session = _get_session,
			.drop = _drop,
			.end = _end,
			.destroy = _destroy,
		},
		.entries = hashtable_create(hashtable_hash_str, hashtable_equals_str,
									32),
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
