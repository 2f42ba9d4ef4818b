/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_preconfigured.h"
#include "kupf_content.h"
#include "kupf_overlay.h"

#include <collections/array.h>
#include <threading/mutex.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/** Fields of a line, all and those that must be there */
#define FIELDS (KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_KEY | \
	KUPF_FIELD_PDU_SESSION_ID | KUPF_FIELD_UPF_ADDRESS | \
	KUPF_FIELD_UE_ADDRESSES | KUPF_FIELD_SERVICES)
#define REQUIRED (KUPF_FIELD_SESSION | KUPF_FIELD_UE_ID | KUPF_FIELD_KEY)

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
	/** held while a file is read and applied */
	mutex_t *mutex;
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

METHOD(kupf_preconfigured_t, get_store, kupf_store_t*,
	private_kupf_preconfigured_t *this)
{
	return this->store;
}

/**
 * Whether a file is for charon's eyes only: keys that others can read, or
 * write, are none.
 */
static bool check_file(const char *path, int fd, kupf_error_t *error)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: expected a regular file", path);
	}
	if (st.st_uid != 0 && st.st_uid != geteuid())
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: expected root or the user of charon to own "
						  "it", path);
	}
	/* charon that is not root's reads what is root's by its group */
	if (st.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP) ||
		((st.st_mode & S_IRGRP) && st.st_gid != getegid()))
	{
		return kupf_error(error, KUPF_CAUSE_INVALID_FILE,
						  "%.100s: others than charon may read or write it "
						  "(mode %04o, expected 0600)", path,
						  (u_int)st.st_mode & 07777);
	}
	return TRUE;
}

/**
 * Open the file.
 */
static FILE *open_file(const char *path, kupf_error_t *error)
{
	FILE *file = NULL;
	int fd;

	/* a FIFO must not block */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.100s: %s", path,
				   strerror(errno));
		return NULL;
	}
	if (check_file(path, fd, error))
	{
		file = fdopen(fd, "r");
	}
	if (!file)
	{
		close(fd);
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.100s: out of memory",
				   path);
	}
	return file;
}

/**
 * Put the session of a request into the store of a file.
 */
static bool add_request(kupf_store_t *store, kupf_request_t *request,
						kupf_error_t *error)
{
	kupf_store_status_t status;
	kupf_session_t *session;
	kupf_session_data_t data = {
		.name = request->session,
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
		.preconfigured = TRUE,
	};

	kupf_content_apply(&data, request);
	session = kupf_session_create(&data);
	if (!session)
	{
		return kupf_error(error, KUPF_CAUSE_LIMIT_REACHED,
						  "no more memory for keys");
	}
	status = store->put(store, session);
	kupf_session_unref(session);
	switch (status)
	{
		case KUPF_STORE_OK:
			return TRUE;
		case KUPF_STORE_NAME_IN_USE:
			return kupf_error(error, KUPF_CAUSE_SESSION_EXISTS,
							  "field 'session': an earlier line has it");
		default:
			return kupf_error(error, KUPF_CAUSE_IDENTITY_IN_USE,
							  "field 'ue-id': an earlier line has it");
	}
}

/**
 * Read a line, without its end.
 *
 * @return			1 if there is one, 0 at the end of the file, -1 if it is too
 *					long or has a NUL
 */
static int read_line(FILE *file, char line[KUPF_PRECONFIGURED_LINE])
{
	size_t len = 0;
	int c;

	while ((c = getc(file)) != EOF && c != '\n')
	{
		if (len == KUPF_PRECONFIGURED_LINE - 1 || !c)
		{
			return -1;
		}
		line[len++] = c;
	}
	line[len] = '\0';
	return c != EOF || len;
}

/**
 * Parse a line into the store of a file, unless there is nothing in it.
 */
static bool parse_line(kupf_store_t *store, char *line, kupf_error_t *error)
{
	kupf_request_t request = {};
	bool done;

	line += strspn(line, " \t");
	if (!*line || *line == '#')
	{
		return TRUE;
	}
	done = kupf_request_parse_line(&request, line, FIELDS, REQUIRED, error) &&
		   add_request(store, &request, error);
	kupf_request_wipe(&request);
	return done;
}

/**
 * Parse a file into a store.
 */
static bool parse_file(kupf_store_t *store, const char *path, FILE *file,
					   kupf_error_t *error)
{
	char line[KUPF_PRECONFIGURED_LINE], buf[4096];
	kupf_error_t wrong = {};
	u_int number = 0;
	int status = 0;

	/* keys pass through both, which are wiped */
	setvbuf(file, buf, _IOFBF, sizeof(buf));
	while (wrong.cause == KUPF_CAUSE_NONE && (status = read_line(file, line)))
	{
		number++;
		if (status < 0)
		{
			kupf_error(&wrong, KUPF_CAUSE_INVALID_FIELD,
					   "expected a line of less than %d octets of text",
					   KUPF_PRECONFIGURED_LINE);
		}
		else
		{
			parse_line(store, line, &wrong);
		}
	}
	if (wrong.cause != KUPF_CAUSE_NONE)
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.60s:%u: %s", path, number,
				   wrong.message);
	}
	else if (ferror(file))
	{
		kupf_error(error, KUPF_CAUSE_INVALID_FILE, "%.100s: cannot be read",
				   path);
	}
	memwipe(line, sizeof(line));
	return error->cause == KUPF_CAUSE_NONE;
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
		}
		kupf_session_unref(still);
	}
	enumerator->destroy(enumerator);
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
 * Find out what a file changes, and take the old ones of that out of the store:
 * their identities may be others' now.
 *
 * @param changes	array of change_t to add to
 */
static void take_out(private_kupf_preconfigured_t *this, kupf_store_t *file,
					 array_t *changes)
{
	kupf_session_data_t data;
	enumerator_t *enumerator;
	kupf_session_t *session;
	change_t change;

	enumerator = file->create_enumerator(file);
	while (enumerator->enumerate(enumerator, &session))
	{
		kupf_session_get_data(session, &data);
		change.old = this->store->get(this->store, data.name);
		if (change.old && is_unchanged(change.old, &data))
		{
			kupf_session_unref(change.old);
			continue;
		}
		if (change.old)
		{
			data.generation = kupf_session_get_generation(change.old) + 1;
			this->store->remove(this->store, change.old);
		}
		/* a copy: no session can be in two stores */
		change.new = kupf_session_create(&data);
		array_insert(changes, ARRAY_TAIL, &change);
	}
	enumerator->destroy(enumerator);
}

/**
 * Put new ones into the store, and tell about them.
 */
static void put_in(private_kupf_preconfigured_t *this, array_t *changes)
{
	change_t change;

	while (array_remove(changes, ARRAY_HEAD, &change))
	{
		if (!change.new ||
			this->store->put(this->store, change.new) != KUPF_STORE_OK)
		{
			DBG1(DBG_CFG, "kupf: no more memory for pre-configured keys");
		}
		else if (!kupf_overlay_hides(this->fed, change.new))
		{
			if (change.old)
			{
				this->enforcer->replaced(this->enforcer, change.old,
										 change.new, UINT32_MAX);
			}
			else
			{
				this->enforcer->established(this->enforcer, change.new);
			}
		}
		kupf_session_unref(change.old);
		kupf_session_unref(change.new);
	}
}

/**
 * Read a file into a store.
 */
static bool read_file(kupf_store_t *store, const char *path,
					  kupf_error_t *error)
{
	FILE *file;
	bool done;

	file = open_file(path, error);
	if (!file)
	{
		return FALSE;
	}
	done = parse_file(store, path, file, error);
	fclose(file);
	return done;
}

METHOD(kupf_preconfigured_t, load, bool,
	private_kupf_preconfigured_t *this, kupf_error_t *error)
{
	kupf_store_t *store;
	array_t *changes;
	char *path;
	bool done;

	path = lib->settings->get_str(lib->settings,
						"%s.plugins.kupf.preconfigured", NULL, lib->ns);
	store = kupf_store_create(0, 0);
	this->mutex->lock(this->mutex);
	done = !path || read_file(store, path, error);
	if (done)
	{
		changes = array_create(sizeof(change_t), 0);
		remove_gone(this, store);
		take_out(this, store, changes);
		put_in(this, changes);
		array_destroy(changes);
	}
	this->mutex->unlock(this->mutex);
	store->destroy(store);
	if (path && done)
	{
		DBG1(DBG_CFG, "kupf: %u pre-configured keys in %s",
			 this->store->get_count(this->store), path);
	}
	else if (!done)
	{
		DBG1(DBG_CFG, "kupf: %u pre-configured keys stay: %s",
			 this->store->get_count(this->store), error->message);
	}
	return done;
}

/**
 * Close the tunnels of a session that is hidden now; adopts the reference.
 */
static void close_hidden(private_kupf_preconfigured_t *this,
						 kupf_session_t *session)
{
	if (session)
	{
		this->enforcer->close(this->enforcer, session,
							  KUPF_REASON_SUPERSEDED);
		kupf_session_unref(session);
	}
}

METHOD(kupf_preconfigured_t, hide, void,
	private_kupf_preconfigured_t *this, kupf_session_t *session)
{
	id_type_t type;
	chunk_t id;

	if (!this->store->get_count(this->store))
	{
		return;
	}
	id = kupf_session_get_id(session, &type);
	close_hidden(this, this->store->get(this->store,
										kupf_session_get_name(session)));
	close_hidden(this, this->store->find(this->store, type, id));
}

METHOD(kupf_preconfigured_t, destroy, void,
	private_kupf_preconfigured_t *this)
{
	this->store->destroy(this->store);
	this->mutex->destroy(this->mutex);
	free(this);
}

/*
 * Described in header
 */
kupf_preconfigured_t *kupf_preconfigured_create(kupf_store_t *fed,
												kupf_enforcer_t *enforcer)
{
	private_kupf_preconfigured_t *this;

	INIT(this,
		.public = {
			.get_store = _get_store,
			.load = _load,
			.hide = _hide,
			.destroy = _destroy,
		},
		.store = kupf_store_create(0, 0),
		.fed = fed,
		.enforcer = enforcer,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
	);
	return &this->public;
}
