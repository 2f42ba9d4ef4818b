/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include <openssl/rand.h>

/** Version of the layout of a group */
#define LAYOUT "1"

/** Oldest version of the engine: the first one of this number */
#define ENGINE_MIN 7

/** Most words of a command of texts */
#define WORDS_MAX 16

/*
 * Described in header
 */
int64_t sync_engine_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/*
 * Described in header
 */
int64_t sync_engine_time(const sync_engine_t *self)
{
	return sync_engine_now() + self->offset;
}

/*
 * Described in header
 */
char *sync_engine_key(const sync_engine_t *self, char name[SYNC_KEY_NAME],
					  const char *fmt, ...)
{
	va_list args;
	int len;

	len = snprintf(name, SYNC_KEY_NAME, "nin3a:%s:", self->config->group);
	va_start(args, fmt);
	vsnprintf(name + len, SYNC_KEY_NAME - len, fmt, args);
	va_end(args);
	return name;
}

/*
 * Described in header
 */
unsigned int sync_engine_bucket(const sync_engine_t *self, wire_octets_t name)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < name.len; i++)
	{
		hash = (hash ^ name.ptr[i]) * 16777619u;
	}
	return hash % self->buckets;
}

/**
 * Something has failed.
 */
static bool fail(sync_engine_t *self, const char *what)
{
	snprintf(self->error, sizeof(self->error), "%s", what);
	return false;
}

/*
 * Described in header
 */
void sync_engine_close(sync_engine_t *self)
{
	if (self->context)
	{
		redisFree(self->context);
		self->context = NULL;
	}
}

/*
 * Described in header
 */
redisReply *sync_engine_call(sync_engine_t *self, int count,
							 const wire_octets_t *words)
{
	const char *texts[WORDS_MAX + 8];
	size_t lens[WORDS_MAX + 8];
	redisReply *reply;
	int i;

	if (!self->context)
	{
		fail(self, "no connection");
		return NULL;
	}
	for (i = 0; i < count; i++)
	{
		texts[i] = (const char*)words[i].ptr;
		lens[i] = words[i].len;
	}
	reply = redisCommandArgv(self->context, count, texts, lens);
	if (!reply)
	{
		fail(self, self->context->errstr);
		sync_engine_close(self);
	}
	else if (reply->type == REDIS_REPLY_ERROR)
	{
		fail(self, reply->str);
		freeReplyObject(reply);
		reply = NULL;
	}
	return reply;
}

/*
 * Described in header
 */
redisReply *sync_engine_ask(sync_engine_t *self, ...)
{
	wire_octets_t words[WORDS_MAX];
	const char *text;
	va_list args;
	int count = 0;

	va_start(args, self);
	while (count < WORDS_MAX && (text = va_arg(args, const char*)))
	{
		words[count++] = wire_text(text);
	}
	va_end(args);
	return sync_engine_call(self, count, words);
}

/**
 * Say who we are.
 */
static bool authenticate(sync_engine_t *self, redisContext *context)
{
	const sync_config_t *config = self->config;
	redisReply *reply;
	bool good;

	if (!config->engine_password[0])
	{
		return true;
	}
	reply = config->engine_user[0] ?
			redisCommand(context, "AUTH %s %s", config->engine_user,
						 config->engine_password) :
			redisCommand(context, "AUTH %s", config->engine_password);
	good = reply && reply->type == REDIS_REPLY_STATUS;
	if (!good)
	{
		fail(self, reply ? reply->str : context->errstr);
	}
	if (reply)
	{
		freeReplyObject(reply);
	}
	return good;
}

/*
 * Described in header
 */
redisContext *sync_engine_connect(sync_engine_t *self)
{
	const sync_config_t *config = self->config;
	struct timeval timeout = {
		.tv_sec = config->engine_timeout / 1000,
		.tv_usec = config->engine_timeout % 1000 * 1000,
	};
	redisContext *context;

	context = config->engine_socket[0] ?
			  redisConnectUnixWithTimeout(config->engine_socket, timeout) :
			  redisConnectWithTimeout(config->engine_host, config->engine_port,
									  timeout);
	if (!context || context->err || redisSetTimeout(context, timeout))
	{
		fail(self, context ? context->errstr : "no memory");
	}
	else if (authenticate(self, context))
	{
		return context;
	}
	if (context)
	{
		redisFree(context);
	}
	return NULL;
}

/**
 * Get a value of the reply to INFO.
 */
static bool find_info(const char *info, const char *name, char *value,
					  size_t size)
{
	const char *at = strstr(info, name);
	size_t len;

	if (!at || (at != info && at[-1] != '\n'))
	{
		return false;
	}
	at += strlen(name);
	len = strcspn(at, "\r\n");
	if (!len || len >= size)
	{
		return false;
	}
	memcpy(value, at, len);
	value[len] = '\0';
	return true;
}

/**
 * See that the engine is one that we can work with.
 */
static bool check_version(sync_engine_t *self)
{
	redisReply *reply = sync_engine_ask(self, "INFO", "server", NULL);
	char version[32] = "";
	bool good = false;

	if (!reply)
	{
		return false;
	}
	if (reply->type == REDIS_REPLY_STRING &&
		find_info(reply->str, "redis_version:", version, sizeof(version)) &&
		find_info(reply->str, "run_id:", self->run, sizeof(self->run)))
	{
		good = atoi(version) >= ENGINE_MIN;
	}
	freeReplyObject(reply);
	if (!good)
	{
		snprintf(self->error, sizeof(self->error), "the engine is '%s', "
				 "expected Redis %d.0 or later, or Valkey", version, ENGINE_MIN);
		sync_engine_close(self);
	}
	return good;
}

/*
 * Described in header
 */
bool sync_engine_measure(sync_engine_t *self)
{
	int64_t before = sync_engine_now(), after;
	redisReply *reply = sync_engine_ask(self, "TIME", NULL);
	bool good;

	if (!reply)
	{
		return false;
	}
	after = sync_engine_now();
	good = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
		   reply->element[0]->type == REDIS_REPLY_STRING &&
		   reply->element[1]->type == REDIS_REPLY_STRING;
	if (good)
	{
		self->offset = atoll(reply->element[0]->str) * 1000000 +
					   atoll(reply->element[1]->str) - (before + after) / 2;
	}
	freeReplyObject(reply);
	return good || fail(self, "the engine does not tell its time");
}

/**
 * Make the group, unless somebody else has just done so.
 */
static bool make_group(sync_engine_t *self, const char *key)
{
	char epoch[17], buckets[16];
	uint8_t octets[8];
	redisReply *reply;
	unsigned int i;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
	{
		return fail(self, "no random octets");
	}
	for (i = 0; i < sizeof(octets); i++)
	{
		snprintf(epoch + 2 * i, 3, "%02x", octets[i]);
	}
	snprintf(buckets, sizeof(buckets), "%u", self->config->buckets);
	/* "epoch" comes last: who finds it finds the others, too */
	reply = sync_engine_ask(self, "HSETNX", key, "layout", LAYOUT, NULL);
	if (reply)
	{
		freeReplyObject(reply);
		reply = sync_engine_ask(self, "HSETNX", key, "buckets", buckets, NULL);
	}
	if (reply)
	{
		freeReplyObject(reply);
		reply = sync_engine_ask(self, "HSETNX", key, "epoch", epoch, NULL);
	}
	if (reply)
	{
		freeReplyObject(reply);
	}
	return reply;
}

/**
 * Read what the group is like.
 *
 * @param there		[out] whether it is there
 */
static bool read_group(sync_engine_t *self, const char *key, bool *there)
{
	redisReply *reply, **values;
	uint64_t buckets;
	bool good;

	reply = sync_engine_ask(self, "HMGET", key, "layout", "buckets", "epoch",
							"complete", NULL);
	if (!reply)
	{
		return false;
	}
	values = reply->element;
	*there = reply->type == REDIS_REPLY_ARRAY && reply->elements == 4 &&
			 values[2]->type == REDIS_REPLY_STRING;
	good = !*there ||
		   (values[0]->type == REDIS_REPLY_STRING &&
			!strcmp(values[0]->str, LAYOUT) &&
			values[1]->type == REDIS_REPLY_STRING &&
			wire_number(wire_text(values[1]->str), 1 << 20, &buckets) &&
			buckets && values[2]->len < sizeof(self->epoch));
	if (*there && good)
	{
		self->buckets = buckets;
		strcpy(self->epoch, values[2]->str);
		/* it says of which making of the group it was said */
		self->complete = values[3]->type == REDIS_REPLY_STRING &&
						 !strcmp(values[3]->str, self->epoch);
	}
	freeReplyObject(reply);
	return good || fail(self, "the group has a layout that is not known here");
}

/**
 * Find the group.
 */
static bool find_group(sync_engine_t *self, bool make)
{
	char key[SYNC_KEY_NAME];
	bool there;

	sync_engine_key(self, key, "group");
	if (!read_group(self, key, &there))
	{
		return false;
	}
	if (!there && make)
	{
		if (!make_group(self, key) || !read_group(self, key, &there))
		{
			return false;
		}
	}
	return there || fail(self, "the engine does not have the group: nothing "
						 "was put into it yet, or it was lost");
}

/*
 * Described in header
 */
bool sync_engine_look(sync_engine_t *self, uint64_t *last)
{
	char key[SYNC_KEY_NAME], epoch[SYNC_RUN_SIZE];
	redisReply *reply;
	bool there;

	strcpy(epoch, self->epoch);
	if (!read_group(self, sync_engine_key(self, key, "group"), &there))
	{
		return false;
	}
	if (!there || strcmp(epoch, self->epoch))
	{
		sync_engine_close(self);
		return fail(self, there ? "the group was made anew" :
					"the engine has lost the group");
	}
	sync_engine_key(self, key, "seq");
	reply = sync_engine_ask(self, "GET", key, NULL);
	if (!reply)
	{
		return false;
	}
	*last = 0;
	if (reply->type == REDIS_REPLY_STRING)
	{
		wire_number(wire_octets(reply->str, reply->len), UINT64_MAX, last);
	}
	freeReplyObject(reply);
	return true;
}

/*
 * Described in header
 */
bool sync_engine_open(sync_engine_t *self, bool make)
{
	sync_engine_close(self);
	self->context = sync_engine_connect(self);
	if (self->context && check_version(self) && sync_engine_measure(self) &&
		find_group(self, make))
	{
		return true;
	}
	sync_engine_close(self);
	return false;
}
