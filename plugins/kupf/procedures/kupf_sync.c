/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_sync.h"
#include "kupf/kupf_counters.h"
#include "kupf/kupf_limiter.h"

/** For lines of each kind */
static kupf_limiter_t begun = KUPF_LIMITER("kupf", kupf_count_suppressed);
static kupf_limiter_t ended = KUPF_LIMITER("kupf", kupf_count_suppressed);
static kupf_limiter_t lost = KUPF_LIMITER("kupf", kupf_count_suppressed);

typedef struct private_kupf_sync_t private_kupf_sync_t;

/**
 * Private data.
 */
struct private_kupf_sync_t {
	/** public interface */
	kupf_sync_t public;
	/** sessions */
	kupf_store_t *store;
	/** deletes sessions */
	kupf_procedures_t *sessions;
	/** addresses */
	kupf_pool_t *pool;
	/** client that has begun, NULL if none */
	const void *client;
	/** mark of the sessions that are mentioned, another one each time */
	uint32_t mark;
	/** it has ended, and others are being removed */
	bool ending;
	/** where the walk through them is */
	uint64_t cursor;
	/** how many were removed so far */
	u_int removed;
};

METHOD(kupf_sync_t, begin, bool,
	private_kupf_sync_t *this, const void *client, kupf_error_t *error)
{
	if (this->client && this->client != client)
	{
		return kupf_error(error, KUPF_CAUSE_BUSY,
						  "another client has begun to synchronise");
	}
	this->client = client;
	/* new sessions have 0 */
	this->mark = max(this->mark + 1, 1);
	if (kupf_limiter_allows(&begun))
	{
		DBG1(DBG_CFG, "kupf: a client begins to synchronise %u sessions",
			 this->store->get_count(this->store));
	}
	return TRUE;
}

METHOD(kupf_sync_t, mark, void,
	private_kupf_sync_t *this, kupf_session_t *session)
{
	if (this->client)
	{
		kupf_session_links(session)->mark = this->mark;
	}
}

METHOD(kupf_sync_t, mention, void,
	private_kupf_sync_t *this, const char *name)
{
	kupf_session_t *session;

	if (this->client)
	{
		session = this->store->get(this->store, name);
		if (session)
		{
			mark(this, session);
			kupf_session_unref(session);
		}
	}
}

METHOD(kupf_sync_t, end, bool,
	private_kupf_sync_t *this, const void *client, kupf_error_t *error)
{
	if (!client || this->client != client)
	{
		return kupf_error(error, KUPF_CAUSE_NOT_ALLOWED,
						  "this client has not begun to synchronise");
	}
	this->ending = TRUE;
	this->cursor = 0;
	this->removed = 0;
	return TRUE;
}

/**
 * The end is over.
 */
static void finish(private_kupf_sync_t *this)
{
	this->client = NULL;
	this->ending = FALSE;
	this->pool->set_closed(this->pool, FALSE);
	if (kupf_limiter_allows(&ended))
	{
		DBG1(DBG_CFG, "kupf: synchronised, %u sessions removed, %u left",
			 this->removed, this->store->get_count(this->store));
	}
}

METHOD(kupf_sync_t, sweep, bool,
	private_kupf_sync_t *this, u_int *removed)
{
	kupf_session_t *session;
	kupf_error_t gone = {};
	array_t *sessions;
	u_int tunnels;
	bool more;

	sessions = array_create(0, 0);
	more = this->store->walk(this->store, &this->cursor, sessions);
	while (array_remove(sessions, ARRAY_HEAD, &session))
	{
		/* one that has expired meanwhile is gone all the same */
		if (kupf_session_links(session)->mark != this->mark &&
			this->sessions->delete(this->sessions,
								   kupf_session_get_name(session), &tunnels,
								   &gone))
		{
			this->removed++;
		}
		kupf_session_unref(session);
	}
	array_destroy(sessions);
	*removed = this->removed;
	if (!more)
	{
		finish(this);
	}
	return more;
}

METHOD(kupf_sync_t, client_gone, void,
	private_kupf_sync_t *this, const void *client)
{
	if (this->client == client)
	{
		if (!this->ending && kupf_limiter_allows(&lost))
		{
			DBG1(DBG_CFG, "kupf: a client has disconnected before it had "
				 "synchronised, all sessions stay");
		}
		this->client = NULL;
		this->ending = FALSE;
	}
}

METHOD(kupf_sync_t, destroy, void,
	private_kupf_sync_t *this)
{
	free(this);
}

/*
 * Described in header
 */
kupf_sync_t *kupf_sync_create(kupf_store_t *store, kupf_procedures_t *sessions,
							  kupf_pool_t *pool)
{
	private_kupf_sync_t *this;

	INIT(this,
		.public = {
			.begin = _begin,
			.mention = _mention,
			.mark = _mark,
			.end = _end,
			.sweep = _sweep,
			.client_gone = _client_gone,
			.destroy = _destroy,
		},
		.store = store,
		.sessions = sessions,
		.pool = pool,
	);

	return &this->public;
}
