/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_changes.h"
#include "kupf/kupf_limiter.h"
#include "kupf/store/kupf_overlay.h"

#include <collections/array.h>

/** For lines about addresses, which clients can cause */
static kupf_limiter_t shared = KUPF_LIMITER("kupf", kupf_count_suppressed);

typedef struct change_t change_t;

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

/**
 * Whether the enforcer can make use of a session.
 */
static bool is_accepted(const kupf_changes_t *this,
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
static bool compare(const kupf_changes_t *this,
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
static bool compare_all(const kupf_changes_t *this, kupf_store_t *file,
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
static void remove_gone(const kupf_changes_t *this, kupf_store_t *file)
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
static void tell(const kupf_changes_t *this, change_t *change)
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
static void apply_all(const kupf_changes_t *this, kupf_store_t *file,
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
static void finish(const kupf_changes_t *this, array_t *changes,
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

/*
 * Described in header
 */
bool kupf_changes_make(const kupf_changes_t *this, kupf_store_t *file,
					   kupf_error_t *error)
{
	array_t *changes;
	bool done;

	changes = array_create(sizeof(change_t), 0);
	done = compare_all(this, file, changes, error);
	if (done)
	{
		apply_all(this, file, changes);
	}
	finish(this, changes, done);
	return done;
}
