/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_feed.h"

#include <stdio.h>

/** Most changes of an answer, and how long the engine waits for one, ms */
#define COUNT "256"
#define BLOCK 1000

/*
 * Described in header
 */
bool sync_feed_open(sync_feed_t *self, sync_engine_t *engine)
{
	sync_feed_close(self);
	self->context = sync_engine_connect(engine);
	self->patience = (BLOCK + engine->config->engine_timeout) * 1000LL;
	sync_engine_key(engine, self->key, "changes");
	return self->context;
}

/*
 * Described in header
 */
void sync_feed_close(sync_feed_t *self)
{
	if (self->context)
	{
		redisFree(self->context);
	}
	self->context = NULL;
	self->asked = false;
}

/*
 * Described in header
 */
int sync_feed_fd(const sync_feed_t *self)
{
	return self->context ? self->context->fd : -1;
}

/*
 * Described in header
 */
bool sync_feed_is_late(const sync_feed_t *self)
{
	return self->asked && sync_engine_now() - self->since > self->patience;
}

/**
 * Something has failed.
 */
static bool fail(sync_feed_t *self, const char *what)
{
	snprintf(self->error, sizeof(self->error), "%s", what);
	return false;
}

/*
 * Described in header
 */
bool sync_feed_ask(sync_feed_t *self, uint64_t position)
{
	char from[32];
	int done = 0;

	if (!self->context || self->asked)
	{
		return self->context;
	}
	snprintf(from, sizeof(from), "%llu-0", (unsigned long long)position);
	if (redisAppendCommand(self->context, "XREAD COUNT " COUNT " BLOCK %d "
						   "STREAMS %s %s", BLOCK, self->key, from) != REDIS_OK)
	{
		return fail(self, self->context->errstr);
	}
	while (!done)
	{
		if (redisBufferWrite(self->context, &done) != REDIS_OK)
		{
			return fail(self, self->context->errstr);
		}
	}
	self->asked = true;
	self->since = sync_engine_now();
	return true;
}

/**
 * Whether a reply is an array of at least so many.
 */
static bool is_array(const redisReply *reply, size_t count)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements >= count;
}

static wire_octets_t to_octets(const redisReply *reply)
{
	return wire_octets(reply->str, reply->len);
}

/**
 * Read an entry of the stream: its number, then names and values.
 */
static void read_entry(const redisReply *entry, sync_feed_cb_t cb, void *user)
{
	wire_octets_t session = {}, record = {}, claim = {}, name;
	redisReply *fields;
	uint64_t number;
	size_t i;

	if (!is_array(entry, 2) || entry->element[0]->type != REDIS_REPLY_STRING ||
		!is_array(entry->element[1], 0) ||
		!wire_number(wire_octets(entry->element[0]->str,
								 strcspn(entry->element[0]->str, "-")),
					 UINT64_MAX, &number))
	{
		return;
	}
	fields = entry->element[1];
	for (i = 0; i + 1 < fields->elements; i += 2)
	{
		if (fields->element[i]->type != REDIS_REPLY_STRING ||
			fields->element[i + 1]->type != REDIS_REPLY_STRING)
		{
			continue;
		}
		name = to_octets(fields->element[i]);
		*(wire_equals(name, "s") ? &session :
		  wire_equals(name, "r") ? &record : &claim) =
			to_octets(fields->element[i + 1]);
	}
	cb(user, number, session, record, claim);
}

/**
 * Deal with an answer.
 */
static bool take(sync_feed_t *self, const redisReply *reply, sync_feed_cb_t cb,
				 void *user)
{
	const redisReply *entries;
	size_t i;

	if (reply->type == REDIS_REPLY_ERROR)
	{
		return fail(self, reply->str);
	}
	if (is_array(reply, 1) && is_array(reply->element[0], 2) &&
		is_array(reply->element[0]->element[1], 0))
	{
		entries = reply->element[0]->element[1];
		for (i = 0; i < entries->elements; i++)
		{
			read_entry(entries->element[i], cb, user);
		}
	}
	return true;
}

/*
 * Described in header
 */
bool sync_feed_read(sync_feed_t *self, sync_feed_cb_t cb, void *user)
{
	bool good = true;
	void *reply;

	if (redisBufferRead(self->context) != REDIS_OK)
	{
		return fail(self, self->context->errstr);
	}
	while (good)
	{
		reply = NULL;
		if (redisGetReplyFromReader(self->context, &reply) != REDIS_OK)
		{
			return fail(self, self->context->errstr);
		}
		if (!reply)
		{
			break;
		}
		self->asked = false;
		good = take(self, reply, cb, user);
		freeReplyObject(reply);
	}
	return good;
}
