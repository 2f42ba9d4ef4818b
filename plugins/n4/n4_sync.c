/* SPDX-License-Identifier: MIT */

#include "n4_sync.h"
#include "n4_clock.h"
#include "n4_request.h"

#include <stdlib.h>

typedef struct n4_synced_t n4_synced_t;

/**
 * A session that is handed over anew.
 */
struct n4_synced_t {
	/** synchronisation */
	n4_sync_t *sync;
	/** session, held */
	n4_session_t *session;
};

/**
 * A synchronisation can go on, or not.
 */
static void on_sync(void *user, const kupf_client_reply_t *reply)
{
	n4_sync_t *self = user;

	if (reply->status != KUPF_CLIENT_OK)
	{
		self->stage = N4_SYNC_NONE;
		self->needed = true;
		self->at = n4_now() + N4_SYNC_RETRY;
		return;
	}
	n4_sessions_rewind(self->sessions);
	if (self->stage == N4_SYNC_BEGINS)
	{
		self->stage = N4_SYNC_NAMED;
	}
	else
	{
		kupf_client_synced(self->client);
		self->count++;
		self->needed = self->failed;
		self->at = n4_now() + N4_SYNC_RETRY;
		self->stage = N4_SYNC_AGAIN;
	}
}

/**
 * A session was handed over anew, or not.
 */
static void on_synced(void *user, const kupf_client_reply_t *reply)
{
	n4_synced_t *synced = user;
	n4_sync_t *self = synced->sync;
	n4_answer_t answer;

	self->unanswered--;
	if (reply->status == KUPF_CLIENT_OK)
	{
		n4_answer_read(&answer, reply);
		n4_request_keep_address(synced->session->content, &answer);
		if (synced->session->content->untold)
		{
			self->told(self->user, synced->session, &answer);
		}
	}
	else if (reply->status != KUPF_CLIENT_REFUSED)
	{
		self->stage = N4_SYNC_NONE;
		self->needed = true;
	}
	n4_sessions_put(self->sessions, synced->session);
	free(synced);
}

/**
 * Hand a session over anew.
 *
 * @return			FALSE if that cannot be done
 */
static bool sync_session(n4_sync_t *self, n4_session_t *session)
{
	n4_synced_t *synced = calloc(1, sizeof(*synced));

	if (!synced)
	{
		return false;
	}
	synced->sync = self;
	synced->session = n4_sessions_get(session);
	n4_request_establish(self->client, session->name, session->content,
						 n4_now());
	if (kupf_client_send(self->client, on_synced, synced) !=
		KUPF_CLIENT_OK)
	{
		n4_sessions_put(self->sessions, session);
		free(synced);
		return false;
	}
	self->unanswered++;
	return true;
}

/**
 * Whether a session's turn is in this part of a synchronisation.  Changes that
 * are under way hand theirs over themselves.
 */
static bool is_due(const n4_sync_t *self, const n4_session_t *session)
{
	const n4_content_t *content = session->content;

	return content->has_key && !session->refs &&
		   (content->upf_address[0] != '\0') ==
									(self->stage == N4_SYNC_NAMED) &&
		   n4_request_is_alive(content, n4_now());
}

/**
 * Begin, end or give up a synchronisation.
 */
static void send_sync(n4_sync_t *self, n4_sync_stage_t stage,
					  const char *command)
{
	self->stage = stage;
	kupf_client_begin(self->client, command);
	if (kupf_client_send(self->client, on_sync, self) != KUPF_CLIENT_OK)
	{
		self->stage = N4_SYNC_NONE;
		self->needed = true;
		self->at = n4_now() + N4_SYNC_RETRY;
	}
}

/**
 * Walk on through the sessions of a synchronisation, as far as it goes.
 */
static void walk(n4_sync_t *self)
{
	n4_session_t *session;

	while (kupf_client_in_flight(self->client) < N4_IN_FLIGHT)
	{
		session = n4_sessions_next(self->sessions);
		if (session && is_due(self, session) && !sync_session(self, session))
		{
			self->stage = N4_SYNC_NONE;
			self->needed = true;
			return;
		}
		if (session)
		{
			continue;
		}
		if (self->stage == N4_SYNC_OTHERS)
		{
			send_sync(self, N4_SYNC_ENDS, "sync-end");
			return;
		}
		if (self->stage == N4_SYNC_AGAIN)
		{
			self->stage = N4_SYNC_NONE;
			return;
		}
		/* addresses that are known first, before others may get them */
		if (self->unanswered)
		{
			return;
		}
		n4_sessions_rewind(self->sessions);
		self->stage = N4_SYNC_OTHERS;
	}
}

/*
 * Described in header
 */
bool n4_sync_is_due(const n4_sync_t *self)
{
	return self->stage == N4_SYNC_NONE && !self->unanswered &&
		   kupf_client_fd(self->client) != -1 &&
		   (kupf_client_must_sync(self->client) || self->needed);
}

/*
 * Described in header
 */
void n4_sync_begin(n4_sync_t *self)
{
	if (n4_sync_is_due(self) && n4_now() >= self->at)
	{
		self->needed = self->failed = false;
		send_sync(self, N4_SYNC_BEGINS, "sync-begin");
	}
}

/*
 * Described in header
 */
void n4_sync_go_on(n4_sync_t *self)
{
	if (self->stage == N4_SYNC_NAMED || self->stage == N4_SYNC_OTHERS ||
		self->stage == N4_SYNC_AGAIN)
	{
		walk(self);
	}
}
