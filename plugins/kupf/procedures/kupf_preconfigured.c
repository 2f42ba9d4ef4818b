/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_preconfigured.h"
#include "kupf/kupf_limiter.h"
#include "kupf/store/kupf_overlay.h"

#include <collections/array.h>
#include <threading/condvar.h>
#include <threading/mutex.h>

/** For lines of each kind, which clients can cause */
static kupf_limiter_t loaded = KUPF_LIMITER("kupf", kupf_count_suppressed);
static kupf_limiter_t refused = KUPF_LIMITER("kupf", kupf_count_suppressed);
static kupf_limiter_t shared = KUPF_LIMITER("kupf", kupf_count_suppressed);

typedef struct private_kupf_preconfigured_t private_kupf_preconfigured_t;
typedef struct change_t change_t;

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

/**
 * What a file changes.
 */
struct change_t {
	/** session as it was, NULL if there was none */
	kupf_session_t *old;
	/** session as it is */
	kupf_session_t *new;
};

/**
 * Drop the references of a change.
 */
static void change_clear(change_t *change)
{
	kupf_session_unref(change->old);
	kupf_session_unref(change->new);
}

METHOD(kupf_preconfigured_t, get_store, kupf_store_t*,
	private_kupf_preconfigured_t *this)
{
	return this->store;
}

/**
 * Whether the enforcer can make use of a session.
 */
static bool is_accepted(private_kupf_preconfigured_t *this,
						const kupf_session_data_t *data, kupf_error_t *error)
{
	const char *missing;

	missing = this->enforcer->accepts(this->enforcer, data);
	return !missing ||
		   kupf_error(error, KUPF_CAUSE_INVALID_FILE, "session '%s': field "
					  "'%s' is missing: without it there is no tunnel",
					  data->name, missing);
}

/**
 * Whether a session is as a file has it.
 */
static bool is_unchanged(kupf_session_t *session, kupf_session_data_t *data)
{
	/* no address in the file is a change, if there was one */
	return kupf_session_matches(session, data) &&
		   kupf_address_equals(kupf_session_get_upf_address(session),
							   &data->upf_address);
}

/**
 * Tell what is wrong with a line of a file.
 */
static bool line_error(const kupf_session_data_t *data,
					   const kupf_error_t *wrong, kupf_error_t *error)
{
	return kupf_error(error, KUPF_CAUSE_INVALID_FILE, "session '%s': %s",
					  data->name, wrong->message);
}

/**
 * Find out what a session of a file changes; what is new has its inner
 * addresses then.
 *
 * @param lines		inner addresses of the lines before it
 * @param changes	array of change_t to add to, if it changes something
 */
static bool compare(private_kupf_preconfigured_t *this,
					kupf_session_t *session, kupf_ue_addresses_t *lines,
					array_t *changes, kupf_error_t *error)
{
	kupf_error_t wrong = {};
	kupf_session_data_t data;
	change_t change;

	kupf_session_get_data(session, &data);
	if (!is_accepted(this, &data, error))
	{
		return FALSE;
	}
	if (!lines->take(lines, session, &wrong))
	{
		return line_error(&data, &wrong, error);
	}
	change.old = this->store->get(this->store, data.name);
	if (change.old && is_unchanged(change.old, &data))
	{
		kupf_session_unref(change.old);
		return TRUE;
	}
	if (change.old)
	{
		/* it never is 0 */
		data.generation = kupf_session_get_generation(change.old) + 1 ?: 1;
		data.created = kupf_session_get_created(change.old);
		data.lineage = kupf_session_get_lineage(change.old);
	}
	/* a copy: no session can be in two stores */
	change.new = kupf_session_create(&data);
	if (!change.new)
	{
		kupf_session_unref(change.old);
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "no more memory for keys");
	}
	if (!this->addresses->check(this->addresses, &data, &wrong) ||
		!this->addresses->take(this->addresses, change.new, &wrong))
	{
		change_clear(&change);
		return line_error(&data, &wrong, error);
	}
	array_insert(changes, ARRAY_TAIL, &change);
	return TRUE;
}

/**
 * Find out what a file changes, before anything is changed.
 */
static bool compare_all(private_kupf_preconfigured_t *this, kupf_store_t *file,
						array_t *changes, kupf_error_t *error)
{
	enumerator_t *enumerator;
	kupf_ue_addresses_t *lines;
	kupf_session_t *session;
	bool done = TRUE;

	lines = this->addresses->create_lines(this->addresses);
	enumerator = file->create_enumerator(file);
	while (done && enumerator->enumerate(enumerator, &session))
	{
		done = compare(this, session, lines, changes, error);
	}
	enumerator->destroy(enumerator);
	lines->destroy(lines);
	return done;
}

/**
 * Remove sessions that a file does not have any more.
 */
static void remove_gone(private_kupf_preconfigured_t *this, kupf_store_t *file)
{
	kupf_session_t *session, *still;
	enumerator_t *enumerator;

	enumerator = this->store->create_enumerator(this->store);
	while (enumerator->enumerate(enumerator, &session))
	{
		still = file->get(file, kupf_session_get_name(session));
		if (!still && this->store->remove(this->store, session))
		{
			this->enforcer->close(this->enforcer, session,
								  KUPF_REASON_DELETED);
			this->addresses->leave(this->addresses, session);
		}
		kupf_session_unref(still);
	}
	enumerator->destroy(enumerator);
}

/**
 * Tell about a change, once the store has it.
 *
 * Whoever feeds a session puts it into its store first and then calls hide():
 * so one of the two sees the other.
 */
static void tell(private_kupf_preconfigured_t *this, change_t *change)
{
	if (kupf_overlay_hides(this->fed, change->new))
	{	/* as it was before, it may not have been hidden */
		this->enforcer->close(this->enforcer, change->new,
							  KUPF_REASON_SUPERSEDED);
	}
	else if (change->old)
	{
		this->enforcer->replaced(this->enforcer, change->old, change->new,
						this->addresses->is_given(this->addresses,
											change->old) ? 0 : UINT32_MAX);
	}
	else
	{
		this->enforcer->established(this->enforcer, change->new);
	}
	if (this->fetch)
	{
		this->fetch->answer(this->fetch, change->new);
	}
}

/**
 * Make all changes.  Whoever looks an identity up finds its line as it was or
 * as it is, also if names and identities change hands: what is new comes before
 * what was, and that goes then.
 */
static void apply_all(private_kupf_preconfigured_t *this, kupf_store_t *file,
					  array_t *changes)
{
	change_t change;
	int i;

	for (i = 0; i < array_count(changes); i++)
	{
		array_get(changes, i, &change);
		this->store->put_over(this->store, change.new);
	}
	remove_gone(this, file);
	for (i = 0; i < array_count(changes); i++)
	{
		array_get(changes, i, &change);
		if (change.old)
		{
			this->store->remove(this->store, change.old);
		}
		tell(this, &change);
		if (change.old)
		{
			this->addresses->leave(this->addresses, change.old);
		}
	}
}

/**
 * Forget changes that were made, or undo those that are not to be.
 */
static void finish(private_kupf_preconfigured_t *this, array_t *changes,
				   bool done)
{
	change_t change;
	u_int common = 0;
	int i;

	for (i = 0; i < array_count(changes); i++)
	{
		array_get(changes, i, &change);
		if (!done)
		{
			this->addresses->leave(this->addresses, change.new);
		}
		else if (this->addresses->is_given(this->addresses, change.new))
		{
			common++;
		}
		change_clear(&change);
	}
	array_destroy(changes);
	if (common && kupf_limiter_allows(&shared))
	{
		DBG1(DBG_CFG, "kupf: %u pre-configured keys have an inner address of "
			 "another one: right for the old and the new key of a UE", common);
	}
}

/**
 * Have the sessions that the file has, or those that there were.
 */
static bool take(private_kupf_preconfigured_t *this, const char *path,
				 u_int max, kupf_error_t *error)
{
	kupf_store_t *file;
	array_t *changes;
	bool done;

	file = kupf_store_create(max, 0);
	changes = array_create(sizeof(change_t), 0);
	done = (!path || this->read(path, file, error)) &&
		   compare_all(this, file, changes, error);
	if (done)
	{
		apply_all(this, file, changes);
	}
	finish(this, changes, done);
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
