/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_preconfigured.h"
#include "kupf_changes.h"
#include "kupf/kupf_limiter.h"
#include "kupf/store/kupf_overlay.h"

#include <threading/condvar.h>
#include <threading/mutex.h>

/** For lines of each kind, which clients can cause */
static kupf_limiter_t loaded = KUPF_LIMITER("kupf", kupf_count_suppressed);
static kupf_limiter_t refused = KUPF_LIMITER("kupf", kupf_count_suppressed);

typedef struct private_kupf_preconfigured_t private_kupf_preconfigured_t;

/**
 * Private data of the object.
 */
struct private_kupf_preconfigured_t {
	/** public interface */
	kupf_preconfigured_t public;
	/** sessions */
	kupf_store_t *store;
	/** sessions that are fed over the socket */
	kupf_store_t *fed;
	/** knows the tunnels */
	kupf_enforcer_t *enforcer;
	/** inner addresses of the UEs */
	kupf_ue_addresses_t *addresses;
	/** reads the file */
	kupf_preconfigured_read_t read;
	/** file, NULL for none */
	char *path;
	/** most sessions in it, 0 for no limit */
	u_int max;
	/** waits for sessions, or NULL */
	kupf_fetch_t *fetch;
	/** guards what follows; not held while a file is read and applied */
	mutex_t *mutex;
	/** signalled when a file is read and applied */
	condvar_t *loaded;
	/** whether a thread reads and applies one */
	bool loading;
	/** calls of load() so far */
	uint64_t asked;
	/** those of them that the last file counts for: it was read after them */
	uint64_t answered;
	/** what came of the last file, and why not */
	bool done;
	kupf_error_t error;
	/** guards path and max, a leaf: who asks does not wait for the file */
	mutex_t *naming;
};

METHOD(kupf_preconfigured_t, get_store, kupf_store_t*,
	private_kupf_preconfigured_t *this)
{
	return this->store;
}

/**
 * Have the sessions that the file has, or those that there were.
 */
static bool take(private_kupf_preconfigured_t *this, const char *path,
				 u_int max, kupf_error_t *error)
{
	kupf_changes_t changes = {
		.store = this->store,
		.fed = this->fed,
		.enforcer = this->enforcer,
		.addresses = this->addresses,
		.fetch = this->fetch,
	};
	kupf_store_t *file;
	bool done;

	file = kupf_store_create(max, 0);
	done = (!path || this->read(path, file, error)) &&
		   kupf_changes_make(&changes, file, error);
	file->destroy(file);
	return done;
}

METHOD(kupf_preconfigured_t, set_fetch, void,
	private_kupf_preconfigured_t *this, kupf_fetch_t *fetch)
{
	this->mutex->lock(this->mutex);
	while (this->loading)
	{
		this->loaded->wait(this->loaded, this->mutex);
	}
	this->fetch = fetch;
	this->mutex->unlock(this->mutex);
}

METHOD(kupf_preconfigured_t, set_file, void,
	private_kupf_preconfigured_t *this, const char *path, u_int max)
{
	this->naming->lock(this->naming);
	free(this->path);
	this->path = strdupnull(path);
	this->max = max;
	this->naming->unlock(this->naming);
}

/**
 * Get the file, and the most sessions in it.
 */
static char *get_file(private_kupf_preconfigured_t *this, u_int *max)
{
	char *path;

	this->naming->lock(this->naming);
	path = strdupnull(this->path);
	*max = this->max;
	this->naming->unlock(this->naming);
	return path;
}

METHOD(kupf_preconfigured_t, get_path, char*,
	private_kupf_preconfigured_t *this)
{
	u_int max;

	return get_file(this, &max);
}

/**
 * Log what came of reading the file.
 */
static void log_result(private_kupf_preconfigured_t *this, const char *path,
					   bool done, const kupf_error_t *error)
{
	if (!done && kupf_limiter_allows(&refused))
	{
		DBG1(DBG_CFG, "kupf: %u pre-configured keys stay: %s",
			 this->store->get_count(this->store), error->message);
	}
	else if (done && path && kupf_limiter_allows(&loaded))
	{
		DBG1(DBG_CFG, "kupf: %u pre-configured keys in %s",
			 this->store->get_count(this->store), path);
	}
}

/**
 * Read and apply the file, for all who have asked until now.  Called with the
 * mutex, which is released meanwhile.
 */
static void load_for_all(private_kupf_preconfigured_t *this)
{
	kupf_error_t error = {};
	uint64_t asked = this->asked;
	u_int max;
	char *path;
	bool done;

	this->loading = TRUE;
	this->mutex->unlock(this->mutex);
	path = get_file(this, &max);
	done = take(this, path, max, &error);
	log_result(this, path, done, &error);
	free(path);
	this->mutex->lock(this->mutex);
	this->loading = FALSE;
	this->answered = asked;
	this->done = done;
	this->error = error;
	this->loaded->broadcast(this->loaded);
}

METHOD(kupf_preconfigured_t, load, bool,
	private_kupf_preconfigured_t *this, kupf_error_t *error)
{
	uint64_t ticket;
	bool done;

	this->mutex->lock(this->mutex);
	ticket = ++this->asked;
	while (this->answered < ticket)
	{
		if (this->loading)
		{
			this->loaded->wait(this->loaded, this->mutex);
		}
		else
		{
			load_for_all(this);
		}
	}
	done = this->done;
	*error = this->error;
	this->mutex->unlock(this->mutex);
	return done;
}

/**
 * Get the pre-configured sessions of the same name and of the same identity as
 * a session; may be the same one, or NULL.
 */
static void get_namesakes(private_kupf_preconfigured_t *this,
						  kupf_session_t *session, kupf_session_t *found[2])
{
	id_type_t type;
	chunk_t id;

	id = kupf_session_get_id(session, &type);
	found[0] = this->store->get(this->store, kupf_session_get_name(session));
	found[1] = this->store->find_alike(this->store, type, id);
	if (found[0] && found[0] == found[1])
	{
		kupf_session_unref(found[1]);
		found[1] = NULL;
	}
}

METHOD(kupf_preconfigured_t, hide, void,
	private_kupf_preconfigured_t *this, kupf_session_t *session)
{
	kupf_session_t *found[2];
	u_int i;

	if (!this->store->get_count(this->store))
	{
		return;
	}
	get_namesakes(this, session, found);
	for (i = 0; i < countof(found); i++)
	{
		if (found[i])
		{
			this->enforcer->close(this->enforcer, found[i],
								  KUPF_REASON_SUPERSEDED);
			kupf_session_unref(found[i]);
		}
	}
}

METHOD(kupf_preconfigured_t, show, void,
	private_kupf_preconfigured_t *this, kupf_session_t *session)
{
	kupf_session_t *found[2];
	u_int i;

	if (!this->store->get_count(this->store))
	{
		return;
	}
	get_namesakes(this, session, found);
	for (i = 0; i < countof(found); i++)
	{
		if (found[i] && !kupf_overlay_hides(this->fed, found[i]))
		{
			this->enforcer->established(this->enforcer, found[i]);
		}
		kupf_session_unref(found[i]);
	}
}

METHOD(kupf_preconfigured_t, destroy, void,
	private_kupf_preconfigured_t *this)
{
	this->store->destroy(this->store);
	this->loaded->destroy(this->loaded);
	this->mutex->destroy(this->mutex);
	this->naming->destroy(this->naming);
	free(this->path);
	free(this);
}

/*
 * Described in header
 */
kupf_preconfigured_t *kupf_preconfigured_create(kupf_store_t *fed,
											kupf_enforcer_t *enforcer,
											kupf_ue_addresses_t *addresses,
											kupf_preconfigured_read_t read)
{
	private_kupf_preconfigured_t *this;

	INIT(this,
		.public = {
			.get_store = _get_store,
			.set_fetch = _set_fetch,
			.set_file = _set_file,
			.get_path = _get_path,
			.load = _load,
			.hide = _hide,
			.show = _show,
			.destroy = _destroy,
		},
		.store = kupf_store_create(0, 0),
		.fed = fed,
		.enforcer = enforcer,
		.addresses = addresses,
		.read = read,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.loaded = condvar_create(CONDVAR_TYPE_DEFAULT),
		.naming = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
