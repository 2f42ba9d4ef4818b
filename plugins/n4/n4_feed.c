/* SPDX-License-Identifier: MIT */

#include "n4_feed.h"
#include "n4_clock.h"
#include "n4_request.h"

#include <stdlib.h>

/**
 * A change.
 */
struct n4_op_t {
	/** the next one */
	n4_op_t *next;
	/** feed */
	n4_feed_t *feed;
	/** number of the SMF */
	unsigned int smf;
	/** session, held; NULL to delete one */
	n4_session_t *session;
	/** number of the change, among those of the session */
	uint32_t number;
	/** its name */
	char name[N4_NAME_SIZE];
	/** contents that it is to have; owned */
	n4_content_t *content;
	/** exchange that waits, or NULL */
	n4_exchange_t *exchange;
	/** its key is not one of the SMF's, which waits for no answer */
	bool is_provided;
	/** it was asked for as a modification, which keeps tunnels for a while */
	bool modifies;
};

/*
 * Described in header
 */
bool n4_feed_init(n4_feed_t *self, const char *path, size_t max,
				  n4_sessions_t *sessions, n4_feed_done_t done,
				  n4_feed_told_t told, void *user)
{
	memset(self, 0, sizeof(*self));
	self->max = max;
	self->sessions = sessions;
	self->done = done;
	self->told = told;
	self->user = user;
	self->sync.told = told;
	self->sync.user = user;
	self->last = &self->first;
	self->client = kupf_client_create(path);
	self->sync.client = self->client;
	self->sync.sessions = sessions;
	if (self->client)
	{
		kupf_client_follow_boot(self->client);
	}
	return self->client;
}

/**
 * Free a change.
 */
static void destroy_op(n4_op_t *op)
{
	n4_sessions_t *sessions = op->feed->sessions;

	op->feed->count--;
	n4_feed_leave(op->exchange);
	n4_pages_give(n4_sessions_pages(sessions), op->content);
	if (op->session)
	{
		n4_sessions_put(sessions, op->session);
	}
	free(op);
}

/*
 * Described in header
 */
void n4_feed_deinit(n4_feed_t *self)
{
	n4_op_t *op;

	kupf_client_destroy(self->client);
	while ((op = self->first))
	{
		self->first = op->next;
		destroy_op(op);
	}
}

/*
 * Described in header
 */
void n4_feed_leave(n4_exchange_t *exchange)
{
	if (exchange && exchange->op)
	{
		exchange->op->exchange = NULL;
		exchange->op = NULL;
	}
}

/**
 * Tell whoever waits for a change.
 */
static void tell(n4_op_t *op, const n4_answer_t *answer)
{
	n4_exchange_t *exchange = op->exchange;

	if (exchange)
	{
		n4_feed_leave(exchange);
		op->feed->done(op->feed->user, exchange, answer);
	}
	else if (op->is_provided && !op->session->gone)
	{
		op->feed->told(op->feed->user, op->session, answer);
	}
}

/**
 * Put a change in front of the others.
 */
static void put_first(n4_feed_t *self, n4_op_t *op)
{
	self->waiting[op->smf]++;
	op->next = self->first;
	self->first = op;
	if (!op->next)
	{
		self->last = &op->next;
	}
}

/**
 * A session gets the contents of a change, unless it has those of a later one.
 *
 * @param number	number of the change
 * @param content	contents, adopted
 */
static void adopt(n4_feed_t *self, n4_session_t *session, uint32_t number,
				  n4_content_t *content)
{
	if ((int32_t)(number - session->changed) > 0)
	{
		n4_pages_give(n4_sessions_pages(self->sessions), session->content);
		session->content = content;
		session->changed = number;
		return;
	}
	n4_pages_give(n4_sessions_pages(self->sessions), content);
	self->sync.needed = self->sync.failed = true;
}

/**
 * The session of a change, if it has one, gets its contents.
 */
static void adopt_op(n4_op_t *op)
{
	if (op->session)
	{
		adopt(op->feed, op->session, op->number, op->content);
		op->content = NULL;
	}
}

/**
 * Whether kupf has refused something for now only.
 */
static bool is_for_now(const kupf_client_reply_t *reply)
{
	return reply->status != KUPF_CLIENT_REFUSED ||
		   wire_equals(reply->cause, "busy") ||
		   wire_equals(reply->cause, "not-synchronised");
}

/**
 * A change was answered, or not at all.
 */
static void on_change(void *user, const kupf_client_reply_t *reply)
{
	n4_op_t *op = user;
	n4_feed_t *self = op->feed;
	n4_answer_t answer = { .cause = N4_KEY_ACCEPTED };

	if (op->modifies && wire_equals(reply->cause, "no-such-session"))
	{
		op->modifies = false;
		put_first(self, op);
		return;
	}
	if (reply->status == KUPF_CLIENT_OK)
	{
		n4_answer_read(&answer, reply);
		if (op->session)
		{
			n4_request_keep_address(op->content, &answer);
		}
		adopt_op(op);
	}
	else if (!op->session && reply->status == KUPF_CLIENT_REFUSED &&
			 wire_equals(reply->cause, "no-such-session"))
	{
		/* it is gone, which is what was wanted */
	}
	else if (is_for_now(reply))
	{
		answer.cause = N4_KEY_PENDING;
		answer.word = reply->cause;
		self->sync.needed = true;
		adopt_op(op);
	}
	else
	{
		answer.cause = N4_KEY_REFUSED;
		answer.word = reply->cause;
		/* the session may have been left out for this change */
		self->sync.failed = true;
	}
	tell(op, &answer);
	destroy_op(op);
}

/**
 * Send a change.
 *
 * @return			FALSE if it has to wait
 */
static bool send_op(n4_feed_t *self, n4_op_t *op)
{
	kupf_client_reply_t reply = {};

	if (!op->session)
	{
		wire_writer_text(kupf_client_begin(self->client, "delete-session"),
						 "session", op->name);
	}
	else if (op->modifies)
	{
		n4_request_modify(self->client, op->name, op->content);
	}
	else
	{
		n4_request_establish(self->client, op->name, op->content, n4_now());
	}
	reply.status = kupf_client_send(self->client, on_change, op);
	if (reply.status == KUPF_CLIENT_BUSY)
	{
		return false;
	}
	if (reply.status != KUPF_CLIENT_OK)
	{
		op->modifies = false;
		on_change(op, &reply);
	}
	return true;
}

/**
 * Add a change.
 */
static n4_op_t *add_op(n4_feed_t *self, const n4_session_t *session,
					   n4_exchange_t *exchange)
{
	n4_op_t *op = NULL;

	if (self->waiting[session->smf] < self->max)
	{
		op = calloc(1, sizeof(*op));
	}
	if (op)
	{
		op->feed = self;
		op->smf = session->smf;
		strcpy(op->name, session->name);
		self->waiting[op->smf]++;
		self->count++;
		op->exchange = exchange;
		if (exchange)
		{
			n4_feed_leave(exchange);
			exchange->op = op;
		}
		*self->last = op;
		self->last = &op->next;
	}
	return op;
}

/*
 * Described in header
 */
n4_cause_t n4_feed_change(n4_feed_t *self, n4_session_t *session,
						  n4_content_t *content, n4_exchange_t *exchange)
{
	n4_op_t *op = add_op(self, session, exchange);
	uint32_t number = ++session->changes;

	if (!op)
	{
		self->merged++;
		self->sync.needed = self->sync.failed = true;
		adopt(self, session, number, content);
		return N4_KEY_PENDING;
	}
	op->session = n4_sessions_get(session);
	op->number = number;
	op->content = content;
	op->is_provided = !exchange;
	op->modifies = session->content->has_key;
	return 0;
}

/*
 * Described in header
 */
void n4_feed_delete(n4_feed_t *self, const n4_session_t *session,
					n4_exchange_t *exchange)
{
	if (!add_op(self, session, exchange))
	{
		self->merged++;
		self->sync.needed = self->sync.failed = true;
	}
}

/*
 * Described in header
 */
void n4_feed_push(n4_feed_t *self)
{
	n4_answer_t gone = { .cause = N4_KEY_PENDING };
	n4_op_t *op;

	n4_sync_begin(&self->sync);
	while ((op = self->first) &&
		   kupf_client_in_flight(self->client) < N4_IN_FLIGHT)
	{
		self->first = op->next;
		if (!self->first)
		{
			self->last = &self->first;
		}
		op->next = NULL;
		self->waiting[op->smf]--;
		if (op->session && op->session->gone)
		{	/* kupf is not to know it any more */
			tell(op, &gone);
			destroy_op(op);
		}
		else if (!send_op(self, op))
		{
			put_first(self, op);
			break;
		}
	}
	n4_sync_go_on(&self->sync);
}

/*
 * Described in header
 */
void n4_feed_process(n4_feed_t *self)
{
	kupf_client_process(self->client);
	n4_feed_push(self);
}

/*
 * Described in header
 */
int n4_feed_timeout(const n4_feed_t *self)
{
	int timeout = kupf_client_poll_timeout(self->client);
	uint64_t now = n4_now();
	int wait;

	if (n4_sync_is_due(&self->sync))
	{
		wait = self->sync.at > now ? self->sync.at - now : 0;
		timeout = timeout < 0 || wait < timeout ? wait : timeout;
	}
	return timeout;
}
