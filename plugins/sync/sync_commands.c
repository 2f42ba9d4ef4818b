/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_commands.h"
#include "sync_log.h"
#include "sync_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/** Longest line of a file, and what is read of one with a key */
#define LINE_SIZE 4096
#define KEY_SIZE 160

/**
 * Print what has come of a session.
 *
 * @return			exit status
 */
static int tell(const sync_engine_t *engine, const char *session,
				sync_result_t result, uint32_t generation, const char *error)
{
	switch (result)
	{
		case SYNC_DONE:
			printf("session %s  generation %u\n", session, generation);
			return SYNC_EXIT_DONE;
		case SYNC_NONE:
			sync_say("session %s: there is none of that name", session);
			return SYNC_EXIT_REFUSED;
		case SYNC_STALE:
			sync_say("session %s: stale-generation, the group has %u", session,
					 generation);
			return SYNC_EXIT_REFUSED;
		case SYNC_UNREADABLE:
			sync_say("session %s: what the group has cannot be opened with the "
					 "keys of the key file", session);
			return SYNC_EXIT_REFUSED;
		case SYNC_WRONG:
			sync_say("session %s: %s", session, error);
			return SYNC_EXIT_REFUSED;
		default:
			sync_say("no engine: %s", engine->error);
			return SYNC_EXIT_LOST;
	}
}

/**
 * Put the session of a line.
 *
 * @param text		line, changed
 * @param where		where it is from, for messages
 */
static int put_line(sync_engine_t *engine, char *text, bool modify,
					const char *where)
{
	char error[SYNC_ERROR_SIZE] = "";
	uint32_t generation = 0;
	sync_result_t result;
	sync_line_t line;

	if (!sync_line_parse(&line, text, time(NULL), error))
	{
		sync_say("%s%s", where, error);
		return SYNC_EXIT_WRONG;
	}
	if (!line.session)
	{
		return SYNC_EXIT_DONE;
	}
	result = sync_store_put(engine, &line, modify, &generation, error);
	return tell(engine, line.session, result, generation, error);
}

/**
 * Read a key from a file: text, or 32 octets.
 */
static bool read_key(const char *path, char *text)
{
	uint8_t octets[KEY_SIZE];
	ssize_t got, len = 0;
	int fd, i;

	fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	while (fd >= 0 && len < KEY_SIZE &&
		   (got = read(fd, octets + len, KEY_SIZE - len)) > 0)
	{
		len += got;
	}
	if (fd > STDIN_FILENO)
	{
		close(fd);
	}
	if (len == 32)
	{
		strcpy(text, "0x");
		for (i = 0; i < len; i++)
		{
			sprintf(text + 2 + 2 * i, "%02x", octets[i]);
		}
	}
	else if (len > 2 && len < KEY_SIZE && !memcmp(octets, "0x", 2))
	{
		memcpy(text, octets, len);
		text[len] = '\0';
		text[strcspn(text, "\n")] = '\0';
	}
	else
	{
		sync_say("%s: %s", path, fd < 0 ? strerror(errno) : "expected 0x and "
				 "hexadecimal digits, or 32 octets");
		len = 0;
	}
	explicit_bzero(octets, sizeof(octets));
	return len;
}

/**
 * Put or modify a session that words describe.
 */
static int put(sync_engine_t *engine, const char *key_file, int count,
			   char *words[])
{
	char text[LINE_SIZE], key[2 * KEY_SIZE];
	int status = SYNC_EXIT_WRONG, i;
	size_t len = 0;

	for (i = 1; i < count; i++)
	{
		if (!strncmp(words[i], "key=", 4))
		{
			sync_say("no key on the command line, where others see it: "
					 "--key-file");
			return SYNC_EXIT_WRONG;
		}
		if (len + strlen(words[i]) + sizeof(key) + 8 > sizeof(text))
		{
			sync_say("that is too long");
			return SYNC_EXIT_WRONG;
		}
		len += sprintf(text + len, "%s ", words[i]);
	}
	if (!key_file || read_key(key_file, key))
	{
		if (key_file)
		{
			sprintf(text + len, "key=%s", key);
		}
		status = put_line(engine, text, !strcmp(words[0], "modify"), "");
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(key, sizeof(key));
	return status;
}

/**
 * All sessions of a file were put: the group has all that it is to have.
 */
static int complete(sync_engine_t *engine)
{
	if (sync_store_complete(engine) != SYNC_DONE)
	{
		sync_say("no engine: %s", engine->error);
		return SYNC_EXIT_LOST;
	}
	return SYNC_EXIT_DONE;
}

/**
 * Put all sessions of a file.
 */
static int import(sync_engine_t *engine, const char *path)
{
	/* of ours, so that it can be wiped; stdin has it until the program ends */
	static char buffer[BUFSIZ];
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	int status = SYNC_EXIT_DONE, one;
	char text[LINE_SIZE], where[64];
	unsigned int number = 0;

	if (!file)
	{
		sync_say("%s: %s", path, strerror(errno));
		return SYNC_EXIT_WRONG;
	}
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	while (status < SYNC_EXIT_WRONG && fgets(text, sizeof(text), file))
	{
		number++;
		snprintf(where, sizeof(where), "line %u: ", number);
		if (!strchr(text, '\n') && !feof(file))
		{
			sync_say("%stoo long", where);
			status = SYNC_EXIT_WRONG;
			break;
		}
		text[strcspn(text, "\r\n")] = '\0';
		one = put_line(engine, text, false, where);
		status = one > status ? one : status;
	}
	explicit_bzero(text, sizeof(text));
	if (ferror(file))
	{
		sync_say("%s: cannot be read to its end", path);
		status = SYNC_EXIT_WRONG;
	}
	if (file != stdin)
	{
		fclose(file);
	}
	explicit_bzero(buffer, sizeof(buffer));
	return status == SYNC_EXIT_DONE && number ? complete(engine) : status;
}

/**
 * Delete a session.
 */
static int delete(sync_engine_t *engine, const char *name)
{
	uint32_t generation = 0;
	sync_result_t result;

	if (strlen(name) > SYNC_NAME_MAX)
	{
		sync_say("the name is too long");
		return SYNC_EXIT_WRONG;
	}
	result = sync_store_delete(engine, name, &generation, time(NULL));
	return tell(engine, name, result, generation, "");
}

/**
 * Count records, and those that cannot be opened.
 */
static bool count_records(sync_engine_t *engine, unsigned long counts[3])
{
	const sync_config_t *config = engine->config;
	char key[SYNC_KEY_NAME];
	redisReply *reply, **at;
	sync_entry_t entry;
	unsigned int i;
	size_t j;

	for (i = 0; i < engine->buckets; i++)
	{
		sync_engine_key(engine, key, "b:%u", i);
		reply = sync_engine_ask(engine, "HGETALL", key, NULL);
		if (!reply)
		{
			return false;
		}
		for (j = 0; j + 1 < reply->elements; j += 2)
		{
			at = reply->element + j;
			if (sync_open(&config->keys, config->group,
						  wire_octets(at[0]->str, at[0]->len),
						  wire_octets(at[1]->str, at[1]->len), &entry.header,
						  entry.plain, &entry.len) != SYNC_OPENED)
			{
				counts[2]++;
				continue;
			}
			counts[entry.header.kind == SYNC_TOMBSTONE]++;
			sync_entry_wipe(&entry);
		}
		freeReplyObject(reply);
	}
	return true;
}

/**
 * Print how a group is.
 */
static int status(sync_engine_t *engine)
{
	unsigned long counts[3] = {};
	char key[SYNC_KEY_NAME];
	redisReply *reply = NULL;
	size_t i;

	if (count_records(engine, counts))
	{
		sync_engine_key(engine, key, "seq");
		reply = sync_engine_ask(engine, "GET", key, NULL);
	}
	if (reply)
	{
		printf("group       %s\nsessions    %lu\ntombstones  %lu\n"
			   "unreadable  %lu\nchange      %s\n", engine->config->group,
			   counts[0], counts[1], counts[2],
			   reply->type == REDIS_REPLY_STRING ? reply->str : "0");
		freeReplyObject(reply);
		sync_engine_key(engine, key, "upfs");
		reply = sync_engine_ask(engine, "HGETALL", key, NULL);
	}
	if (!reply)
	{
		sync_say("no engine: %s", engine->error);
		return SYNC_EXIT_LOST;
	}
	for (i = 0; i + 1 < reply->elements; i += 2)
	{
		printf("upf %s  %s\n", reply->element[i]->str,
			   reply->element[i + 1]->str);
	}
	freeReplyObject(reply);
	return SYNC_EXIT_DONE;
}

/** Commands, with how many words go with them at least and at most */
static const struct {
	const char *name;
	int min, max;
} commands[] = {
	{ "put", 1, 64 },
	{ "modify", 1, 64 },
	{ "delete", 1, 1 },
	{ "import", 1, 1 },
	{ "status", 0, 0 },
};

/**
 * Find a command.
 */
static int find_command(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
	{
		if (!strcmp(commands[i].name, name))
		{
			return i;
		}
	}
	return -1;
}

/*
 * Described in header
 */
bool sync_commands_has(const char *name)
{
	return find_command(name) >= 0;
}

/*
 * Described in header
 */
int sync_commands_run(const sync_config_t *config, const char *key_file,
					  int count, char *words[])
{
	sync_engine_t engine = { .config = config };
	int command = find_command(words[0]), result;
	bool makes = !strcmp(words[0], "put") || !strcmp(words[0], "import");

	if (count - 1 < commands[command].min || count - 1 > commands[command].max)
	{
		sync_say("%s: expected %d to %d words behind it", words[0],
				 commands[command].min, commands[command].max);
		return SYNC_EXIT_WRONG;
	}
	if (!sync_engine_open(&engine, makes))
	{
		sync_say("no engine: %s", engine.error);
		return SYNC_EXIT_LOST;
	}
	switch (words[0][0])
	{
		case 'p':
		case 'm':
			result = put(&engine, key_file, count, words);
			break;
		case 'd':
			result = delete(&engine, words[1]);
			break;
		case 'i':
			result = import(&engine, words[1]);
			break;
		default:
			result = status(&engine);
			break;
	}
	sync_engine_close(&engine);
	return result;
}
