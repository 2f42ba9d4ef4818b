/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_load.h"
#include "sync_log.h"

#include <stdlib.h>
#include <time.h>

/** Buckets that are asked for ahead */
#define AHEAD 16

typedef struct names_t names_t;
typedef struct listing_t listing_t;

/**
 * Names of sessions.
 */
struct names_t {
	char (*names)[SYNC_NAME_MAX + 1];
	size_t count, room;
	/** there was no memory */
	bool failed;
};

/**
 * A list of tunnels that is being read.
 */
struct listing_t {
	/** clock */
	const sync_engine_t *engine;
	/** tunnels as they were, and as they are */
	sync_tunnels_t *before, *now;
};

/**
 * A session that kupf has.
 */
static void on_session(void *user, wire_octets_t name,
					   const wire_reader_t *message)
{
	names_t *self = user;
	wire_octets_t session, origin;
	size_t room;
	void *names;

	if (!wire_reader_find(message, "session", &session) ||
		session.len > SYNC_NAME_MAX ||
		(wire_reader_find(message, "origin", &origin) &&
		 wire_equals(origin, "preconfigured")))
	{
		return;
	}
	if (self->count == self->room)
	{
		room = 2 * self->room + 64;
		names = reallocarray(self->names, room, sizeof(*self->names));
		if (!names)
		{
			self->failed = true;
			return;
		}
		self->names = names;
		self->room = room;
	}
	memcpy(self->names[self->count], session.ptr, session.len);
	self->names[self->count++][session.len] = '\0';
}

/**
 * Ask kupf which sessions it has.
 */
static bool list_sessions(kupf_client_t *client, names_t *names)
{
	kupf_client_begin(client, "list-sessions");
	return kupf_client_stream(client, "list-session", on_session, names,
							  NULL) == KUPF_CLIENT_OK && !names->failed;
}

/**
 * Load all buckets.
 */
static bool load_buckets(sync_apply_t *apply, sync_engine_t *engine)
{
	unsigned int asked = 0, got;
	char key[SYNC_KEY_NAME];
	redisReply *reply;
	size_t i;

	for (got = 0; got < engine->buckets && !apply->lost; got++)
	{
		for (; asked < engine->buckets && asked - got < AHEAD; asked++)
		{
			redisAppendCommand(engine->context, "HGETALL %s",
							   sync_engine_key(engine, key, "b:%u", asked));
		}
		if (redisGetReply(engine->context, (void**)&reply) != REDIS_OK)
		{
			break;
		}
		if (reply->type != REDIS_REPLY_ARRAY)
		{
			freeReplyObject(reply);
			break;
		}
		for (i = 0; i + 1 < reply->elements; i += 2)
		{
			sync_apply_load(apply, wire_octets(reply->element[i]->str,
											   reply->element[i]->len),
							wire_octets(reply->element[i + 1]->str,
										reply->element[i + 1]->len));
		}
		freeReplyObject(reply);
	}
	if (got < engine->buckets)
	{	/* there are replies on their way */
		sync_engine_close(engine);
		return false;
	}
	return true;
}

/**
 * Load what the group has of some sessions.
 */
static bool load_named(sync_apply_t *apply, sync_engine_t *engine,
					   const names_t *names)
{
	char key[SYNC_KEY_NAME];
	wire_octets_t name;
	redisReply *reply;
	size_t i;

	for (i = 0; i < names->count && !apply->lost; i++)
	{
		name = wire_text(names->names[i]);
		sync_engine_key(engine, key, "b:%u", sync_engine_bucket(engine, name));
		reply = sync_engine_ask(engine, "HGET", key, names->names[i], NULL);
		if (!reply)
		{
			return false;
		}
		if (reply->type == REDIS_REPLY_STRING)
		{
			sync_apply_load(apply, name, wire_octets(reply->str, reply->len));
		}
		freeReplyObject(reply);
	}
	return true;
}

/**
 * Mention all that is to stay.
 */
static bool mention(sync_apply_t *apply, sync_engine_t *engine, bool whole)
{
	names_t names = {};
	bool done = true;
	size_t i;

	if (!whole || apply->config->fetch)
	{
		done = list_sessions(apply->client, &names);
	}
	for (i = 0; done && !whole && i < names.count; i++)
	{
		sync_apply_keep(apply, wire_text(names.names[i]));
	}
	done = done && (apply->config->fetch ? load_named(apply, engine, &names) :
										   load_buckets(apply, engine));
	free(names.names);
	return sync_apply_flush(apply) && done;
}

/*
 * Described in header
 */
bool sync_load(sync_apply_t *apply, sync_engine_t *engine, bool whole,
			   uint64_t *position)
{
	uint64_t taken = apply->taken, refused = apply->refused, removed = 0;
	uint64_t unreadable = apply->unreadable, last;

	/* all of them come again */
	sync_again_clear(&apply->again);
	/* what changes meanwhile comes again */
	if (!sync_engine_look(engine, position) ||
		kupf_client_sync_begin(apply->client) != KUPF_CLIENT_OK ||
		!mention(apply, engine, whole) ||
		/* what has gone from the engine meanwhile must not go here */
		!sync_engine_look(engine, &last) || last < *position ||
		kupf_client_sync_end(apply->client, &removed) != KUPF_CLIENT_OK)
	{
		return false;
	}
	sync_say("loaded up to change %llu: %llu sessions taken, %llu refused, %llu "
			 "unreadable, %llu removed%s", (unsigned long long)*position,
			 (unsigned long long)(apply->taken - taken),
			 (unsigned long long)(apply->refused - refused),
			 (unsigned long long)(apply->unreadable - unreadable),
			 (unsigned long long)removed, whole ? "" : "; the group was made "
			 "anew, and what it does not have stays");
	return true;
}

/**
 * Read a number of a message.
 */
static uint64_t get_number(const wire_reader_t *message, const char *name)
{
	wire_octets_t value;
	uint64_t number = 0;

	if (wire_reader_find(message, name, &value))
	{
		wire_number(value, INT64_MAX, &number);
	}
	return number;
}

/**
 * A session that has tunnels.
 */
static void on_tunnels(void *user, wire_octets_t name,
					   const wire_reader_t *message)
{
	uint64_t id, established, newest = 0, since = 0;
	wire_reader_t reader = *message;
	sync_tunnel_t *before;
	listing_t *self = user;
	wire_element_t element;
	wire_octets_t session;
	int64_t age;

	if (!wire_reader_find(message, "session", &session))
	{
		return;
	}
	while (wire_reader_next(&reader, &element))
	{
		/* sections within "ike-sas" */
		if (element.type == WIRE_SECTION_START && reader.depth == 2)
		{
			id = get_number(&reader, "tunnel-id");
			established = get_number(&reader, "established");
			if (id && (established > since || (established == since &&
											   id > newest)))
			{
				newest = id;
				since = established;
			}
			wire_reader_skip(&reader);
		}
	}
	if (!newest || newest > UINT32_MAX)
	{
		return;
	}
	before = sync_tunnels_get(self->before, session);
	/* in whole seconds: better too old than too new */
	age = (time(NULL) - (int64_t)since + 1) * 1000000;
	sync_tunnels_up(self->now, session, newest,
					before && before->unique_id == newest ? before->since :
					sync_engine_time(self->engine) - age);
}

/*
 * Described in header
 */
bool sync_load_tunnels(kupf_client_t *client, const sync_engine_t *engine,
					   sync_tunnels_t **tunnels)
{
	listing_t listing = {
		.engine = engine,
		.before = *tunnels,
		.now = sync_tunnels_create(engine->config->upf),
	};
	sync_tunnels_t *old = listing.now;
	bool done;

	wire_writer_text(kupf_client_begin(client, "list-sessions"), "state",
					 "up");
	done = kupf_client_stream(client, "list-session", on_tunnels, &listing,
							  NULL) == KUPF_CLIENT_OK;
	if (done)
	{
		old = *tunnels;
		*tunnels = listing.now;
	}
	sync_tunnels_destroy(old);
	return done;
}
