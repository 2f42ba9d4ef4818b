/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_engine.h"
#include "test_runner.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/** Programs that can be one */
static const char *programs[] = {
	"/usr/bin/redis-server", "/usr/bin/valkey-server",
	"/usr/bin/redis-check-rdb", "/usr/bin/valkey-check-rdb",
};

/** Its process */
static pid_t pid;

/** How long it may take to be there, ms */
#define PATIENCE 20000

/**
 * Find a program.
 */
static const char *find_program()
{
	u_int i;

	for (i = 0; i < countof(programs); i++)
	{
		if (!access(programs[i], X_OK))
		{
			return programs[i];
		}
	}
	return NULL;
}

/*
 * Described in header
 */
bool test_engine_is_there()
{
	if (!find_program())
	{
		puts("there is no Redis or Valkey here (Debian: redis-tools is enough)");
		return FALSE;
	}
	return TRUE;
}

/*
 * Described in header
 */
void test_engine_config(sync_config_t *config)
{
	memset(config, 0, sizeof(*config));
	strcpy(config->group, "main");
	strcpy(config->upf, "upf-a");
	snprintf(config->engine_socket, sizeof(config->engine_socket), "%s",
			 test_path("engine"));
	snprintf(config->socket, sizeof(config->socket), "%s", test_path("kupf"));
	config->engine_timeout = 5000;
	config->buckets = 5;
	config->changes = 100000;
	config->tombstones = 3600;
	config->keys.count = 1;
	config->keys.keys[0].id = 1;
	memset(config->keys.keys[0].key, 0x5a, SYNC_KEY_SIZE);
}

/**
 * Become the engine.
 */
static void become(const char *program, const char *name, const char *dir,
				   const char *socket)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!freopen("/dev/null", "w", stdout))
	{
		_exit(1);
	}
	/* what it is it knows by its name */
	execl(program, name, "--port", "0", "--unixsocket", socket, "--save", "",
		  "--appendonly", "no", "--daemonize", "no", "--dir", dir,
		  "--stream-node-max-entries", "10", NULL);
	_exit(1);
}

/*
 * Described in header
 */
void test_engine_start()
{
	const char *program = find_program();
	char dir[512], socket[512];
	redisContext *context;
	bool there = FALSE;
	u_int i;

	snprintf(dir, sizeof(dir), "%s", test_path(""));
	snprintf(socket, sizeof(socket), "%s", test_path("engine"));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
	{
		become(program, strstr(program, "valkey") ? "valkey-server" :
			   "redis-server", dir, socket);
	}
	for (i = 0; !there && i < PATIENCE / 10; i++)
	{
		context = redisConnectUnix(socket);
		there = context && !context->err;
		redisFree(context);
		usleep(10000);
	}
	ck_assert_msg(there, "%s does not listen", program);
}

/*
 * Described in header
 */
void test_engine_kill()
{
	if (pid > 0)
	{
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		unlink(test_path("engine"));
		pid = 0;
	}
}

/*
 * Described in header
 */
const char *test_engine_tell(const char *fmt, ...)
{
	static char text[4096];
	redisContext *context;
	redisReply *reply;
	va_list args;

	context = redisConnectUnix(test_path("engine"));
	ck_assert(context && !context->err);
	va_start(args, fmt);
	reply = redisvCommand(context, fmt, args);
	va_end(args);
	ck_assert_ptr_nonnull(reply);
	if (reply->type == REDIS_REPLY_INTEGER)
	{
		snprintf(text, sizeof(text), "%lld", reply->integer);
	}
	else
	{
		snprintf(text, sizeof(text), "%s", reply->str ?: "");
	}
	freeReplyObject(reply);
	redisFree(context);
	return text;
}
