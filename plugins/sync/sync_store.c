/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_store.h"

#include <stdio.h>

/**
 * Put a record.
 *
 * KEYS: bucket, "seq", "changes", bucket of the new identity, of the old one,
 * claims.  ARGV: session, record, generation, length of the stream, new identity,
 * old one, or empty; "1" for a tombstone.  Octets 9 to 12 of a record are its
 * generation, and the third says what it is: a
 * tombstone takes the place of a session of its generation.  Of the index, only what
 * is of this session is removed.
 */
static const char put_script[] =
	"local old = redis.call('HGET', KEYS[1], ARGV[1])\n"
	"if old then\n"
	"  local g = struct.unpack('>I4', string.sub(old, 9, 12))\n"
	"  local n = tonumber(ARGV[3])\n"
	"  local ends = ARGV[7] == '1' and string.byte(old, 3) ~= 2\n"
	"  if n < g or (n == g and not ends) then return {0, g} end\n"
	"end\n"
	"if ARGV[6] ~= '' and redis.call('HGET', KEYS[5], ARGV[6]) == ARGV[1] then\n"
	"  redis.call('HDEL', KEYS[5], ARGV[6])\n"
	"end\n"
	"if ARGV[5] ~= '' then redis.call('HSET', KEYS[4], ARGV[5], ARGV[1]) end\n"
	"if ARGV[7] == '1' then redis.call('HDEL', KEYS[6], ARGV[1]) end\n"
	"redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])\n"
	"local n = redis.call('INCR', KEYS[2])\n"
	"redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], n .. '-0',"
	" 's', ARGV[1], 'r', ARGV[2])\n"
	"return {1, n}\n";

/**
 * Claim a session.
 *
 * KEYS: claims, "seq", "changes".  ARGV: session, time, UPF, length of the stream.
 * Of two at the same time the name decides.
 */
static const char claim_script[] =
	"local old = redis.call('HGET', KEYS[1], ARGV[1])\n"
	"if old then\n"
	"  local t, u = string.match(old, '^(%d+) (.+)$')\n"
	"  local o, n = tonumber(t), tonumber(ARGV[2])\n"
	"  if u ~= ARGV[3] and o and (o > n or (o == n and u > ARGV[3])) then\n"
	"    return {0, 0}\n"
	"  end\n"
	"end\n"
	"local c = ARGV[2] .. ' ' .. ARGV[3]\n"
	"if old == c then return {1, 0} end\n"
	"redis.call('HSET', KEYS[1], ARGV[1], c)\n"
	"local n = redis.call('INCR', KEYS[2])\n"
	"redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], n .. '-0',"
	" 's', ARGV[1], 'c', c)\n"
	"return {1, n}\n";

/*
 * Described in header
 */
void sync_entry_wipe(sync_entry_t *self)
{
	explicit_bzero(self, sizeof(*self));
}

/**
 * Read a field of a hash.
 *
 * @return			reply, NULL if there is no value
 */
static redisReply *get_value(sync_engine_t *engine, const char *key,
							 wire_octets_t field, sync_result_t *result)
{
	wire_octets_t words[] = { wire_text("HGET"), wire_text(key), field };
	redisReply *reply;

	reply = sync_engine_call(engine, 3, words);
	*result = reply ? SYNC_DONE : SYNC_LOST;
	if (reply && reply->type != REDIS_REPLY_STRING)
	{
		freeReplyObject(reply);
		*result = SYNC_NONE;
		return NULL;
	}
	return reply;
}

/*
 * Described in header
 */
sync_result_t sync_store_get(sync_engine_t *engine, wire_octets_t name,
							 sync_entry_t *entry)
{
	const sync_config_t *config = engine->config;
	char key[SYNC_KEY_NAME];
	sync_result_t result;
	redisReply *reply;

	if (!engine->context)
	{
		return SYNC_LOST;
	}
	sync_engine_key(engine, key, "b:%u", sync_engine_bucket(engine, name));
	reply = get_value(engine, key, name, &result);
	if (!reply)
	{
		return result;
	}
	if (sync_open(&config->keys, config->group, name,
				  wire_octets(reply->str, reply->len), &entry->header,
				  entry->plain, &entry->len) != SYNC_OPENED)
	{
		result = SYNC_UNREADABLE;
	}
	freeReplyObject(reply);
	return result;
}

/*
 * Described in header
 */
sync_result_t sync_store_find(sync_engine_t *engine, wire_octets_t id,
							  char *name, sync_entry_t *entry)
{
	char key[SYNC_KEY_NAME], own[SYNC_ID_SIZE];
	sync_result_t result;
	redisReply *reply;

	if (!engine->context)
	{
		return SYNC_LOST;
	}
	sync_engine_key(engine, key, "i:%u", sync_engine_bucket(engine, id));
	reply = get_value(engine, key, id, &result);
	if (!reply)
	{
		return result;
	}
	if (reply->len > SYNC_NAME_MAX)
	{
		freeReplyObject(reply);
		return SYNC_NONE;
	}
	memcpy(name, reply->str, reply->len);
	name[reply->len] = '\0';
	freeReplyObject(reply);
	result = sync_store_get(engine, wire_text(name), entry);
	if (result == SYNC_DONE && (entry->header.kind != SYNC_SESSION ||
		!sync_content_id(sync_entry_content(entry), own) ||
		!wire_equals(id, own)))
	{	/* deleted, or it has another identity meanwhile */
		sync_entry_wipe(entry);
		result = SYNC_NONE;
	}
	return result;
}

/**
 * Call a script that replies with two numbers.
 *
 * @param second	[out] the second one
 * @return			DONE if the first one is 1, STALE if it is 0, or LOST
 */
static sync_result_t call_script(sync_engine_t *engine, int count,
								 const wire_octets_t *words, long long *second)
{
	redisReply *reply = sync_engine_call(engine, count, words);
	sync_result_t result = SYNC_LOST;

	if (!reply)
	{
		return SYNC_LOST;
	}
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
		reply->element[0]->type == REDIS_REPLY_INTEGER &&
		reply->element[1]->type == REDIS_REPLY_INTEGER)
	{
		result = reply->element[0]->integer ? SYNC_DONE : SYNC_STALE;
		*second = reply->element[1]->integer;
	}
	freeReplyObject(reply);
	return result;
}

/**
 * Seal and put a record.
 *
 * @param header	what it is, and its generation; [out] what refuses it, if STALE
 * @param plain		what is sealed
 * @param id		identity of the session, empty for none
 * @param old		identity that it had before, empty for none
 */
static sync_result_t put_record(sync_engine_t *engine, const char *name,
								sync_header_t *header, wire_octets_t plain,
								const char *id, const char *old)
{
	const sync_config_t *config = engine->config;
	char bucket[SYNC_KEY_NAME], seq[SYNC_KEY_NAME], changes[SYNC_KEY_NAME];
	char index[SYNC_KEY_NAME], before[SYNC_KEY_NAME], claims[SYNC_KEY_NAME];
	char generation[16], length[16];
	uint8_t record[SYNC_RECORD_MAX];
	const wire_octets_t *words;
	sync_result_t result;
	long long number;
	size_t len;

	if (!sync_seal(&config->keys, config->group, wire_text(name), header, plain,
				   record, &len))
	{
		return SYNC_WRONG;
	}
	snprintf(generation, sizeof(generation), "%u", header->generation);
	snprintf(length, sizeof(length), "%u", config->changes);
	words = (wire_octets_t[]){
		wire_text("EVAL"), wire_text(put_script), wire_text("6"),
		wire_text(sync_engine_key(engine, bucket, "b:%u",
					sync_engine_bucket(engine, wire_text(name)))),
		wire_text(sync_engine_key(engine, seq, "seq")),
		wire_text(sync_engine_key(engine, changes, "changes")),
		wire_text(sync_engine_key(engine, index, "i:%u",
					sync_engine_bucket(engine, wire_text(id)))),
		wire_text(sync_engine_key(engine, before, "i:%u",
					sync_engine_bucket(engine, wire_text(old)))),
		wire_text(sync_engine_key(engine, claims, "claims")),
		wire_text(name), wire_octets(record, len), wire_text(generation),
		wire_text(length), wire_text(id),
		wire_text(strcmp(id, old) ? old : ""),
		wire_text(header->kind == SYNC_TOMBSTONE ? "1" : "0"),
	};
	result = call_script(engine, 16, words, &number);
	if (result == SYNC_STALE)
	{
		header->generation = number;
	}
	return result;
}

/**
 * Find the generation of what is put.
 *
 * @param there		what there is; its generation is 0 if there is nothing
 * @return			0 if there is none left
 */
static uint32_t next_generation(const sync_line_t *line, uint32_t there)
{
	return line->generation ?: there < SYNC_GENERATION_MAX ? there + 1 : 0;
}

/*
 * Described in header
 */
sync_result_t sync_store_put(sync_engine_t *engine, const sync_line_t *line,
							 bool modify, uint32_t *generation, char *error)
{
	char id[SYNC_ID_SIZE], old[SYNC_ID_SIZE] = "";
	uint8_t buf[SYNC_RECORD_MAX];
	sync_header_t header = { .kind = SYNC_SESSION };
	sync_entry_t entry = {};
	wire_octets_t content, before = {};
	sync_result_t result;
	wire_writer_t writer;

	result = sync_store_get(engine, wire_text(line->session), &entry);
	if (result == SYNC_LOST ||
		/* who puts all of it needs nothing of what is there, but its generation */
		(result == SYNC_UNREADABLE && (modify || !line->generation)) ||
		(modify && (result == SYNC_NONE ||
					entry.header.kind == SYNC_TOMBSTONE)))
	{
		sync_entry_wipe(&entry);
		return result == SYNC_DONE ? SYNC_NONE : result;
	}
	if (result == SYNC_DONE && entry.header.kind == SYNC_SESSION)
	{
		sync_content_id(sync_entry_content(&entry), old);
		before = modify ? sync_entry_content(&entry) : before;
	}
	header.generation = next_generation(line, entry.header.generation);
	wire_writer_init_buffer(&writer, buf, sizeof(buf));
	result = SYNC_WRONG;
	if (!header.generation)
	{
		snprintf(error, SYNC_ERROR_SIZE, "there is no generation left: delete "
				 "the session and wait until its tombstone is gone");
	}
	else if (sync_content_write(line, before, &writer, error))
	{
		if (!wire_writer_get(&writer, &content) ||
			content.len > SYNC_RECORD_MAX - SYNC_SEAL_EXTRA ||
			!sync_content_id(content, id))
		{
			snprintf(error, SYNC_ERROR_SIZE, "the session is too long");
		}
		else if (entry.header.kind == SYNC_SESSION &&
				 header.generation == entry.header.generation &&
				 content.len == entry.len &&
				 !memcmp(content.ptr, entry.plain, entry.len))
		{	/* the same again */
			result = SYNC_DONE;
		}
		else
		{
			result = put_record(engine, line->session, &header, content, id,
								old);
		}
	}
	*generation = header.generation;
	wire_writer_deinit(&writer);
	sync_entry_wipe(&entry);
	return result;
}

/*
 * Described in header
 */
sync_result_t sync_store_delete(sync_engine_t *engine, const char *name,
								uint32_t *generation, uint64_t now)
{
	sync_header_t header = { .kind = SYNC_TOMBSTONE };
	char old[SYNC_ID_SIZE] = "";
	sync_entry_t entry = {};
	uint8_t buf[64];
	wire_octets_t content;
	wire_writer_t writer;
	sync_result_t result;

	result = sync_store_get(engine, wire_text(name), &entry);
	if (result == SYNC_LOST || result == SYNC_NONE)
	{
		return result;
	}
	*generation = entry.header.generation;
	if (entry.header.kind == SYNC_TOMBSTONE)
	{
		sync_entry_wipe(&entry);
		return SYNC_DONE;
	}
	if (result == SYNC_DONE)
	{
		sync_content_id(sync_entry_content(&entry), old);
	}
	header.generation = entry.header.generation < UINT32_MAX ?
						entry.header.generation + 1 : UINT32_MAX;
	sync_entry_wipe(&entry);
	wire_writer_init_buffer(&writer, buf, sizeof(buf));
	wire_writer_number(&writer, "expires", now + engine->config->tombstones);
	wire_writer_get(&writer, &content);
	result = put_record(engine, name, &header, content, "", old);
	*generation = header.generation;
	wire_writer_deinit(&writer);
	return result;
}

/*
 * Described in header
 */
sync_result_t sync_store_complete(sync_engine_t *engine)
{
	char key[SYNC_KEY_NAME];
	redisReply *reply;

	sync_engine_key(engine, key, "group");
	/* if it was made anew meanwhile, this is said of the one before */
	reply = sync_engine_ask(engine, "HSET", key, "complete", engine->epoch,
							NULL);
	if (!reply)
	{
		return SYNC_LOST;
	}
	freeReplyObject(reply);
	return SYNC_DONE;
}

/*
 * Described in header
 */
sync_result_t sync_store_claim(sync_engine_t *engine, const char *name,
							   int64_t time, bool *won)
{
	const sync_config_t *config = engine->config;
	char claims[SYNC_KEY_NAME], seq[SYNC_KEY_NAME], changes[SYNC_KEY_NAME];
	char length[16], text[24];
	const wire_octets_t *words;
	sync_result_t result;
	long long number;

	if (!engine->context)
	{
		return SYNC_LOST;
	}
	snprintf(text, sizeof(text), "%lld", (long long)time);
	snprintf(length, sizeof(length), "%u", config->changes);
	words = (wire_octets_t[]){
		wire_text("EVAL"), wire_text(claim_script), wire_text("3"),
		wire_text(sync_engine_key(engine, claims, "claims")),
		wire_text(sync_engine_key(engine, seq, "seq")),
		wire_text(sync_engine_key(engine, changes, "changes")),
		wire_text(name), wire_text(text), wire_text(config->upf),
		wire_text(length),
	};
	result = call_script(engine, 10, words, &number);
	*won = result != SYNC_STALE;
	return result == SYNC_LOST ? SYNC_LOST : SYNC_DONE;
}

/*
 * Described in header
 */
int64_t sync_store_read_claim(wire_octets_t claim, char *upf)
{
	const uint8_t *blank = memchr(claim.ptr, ' ', claim.len);
	uint64_t time;
	size_t len;

	len = blank ? blank - claim.ptr : 0;
	if (!len || claim.len - len - 1 > SYNC_GROUP_MAX ||
		!wire_number(wire_octets(claim.ptr, len), INT64_MAX, &time))
	{
		return -1;
	}
	memcpy(upf, blank + 1, claim.len - len - 1);
	upf[claim.len - len - 1] = '\0';
	return time;
}
