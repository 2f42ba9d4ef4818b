/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * kupf-sync: between plugin kupf and the sessions of a group of UPFs, which an
 * engine has.
 */

#include "sync_commands.h"
#include "sync_follow.h"
#include "sync_log.h"

#include <library.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/** File unless given */
#define CONFIG_FILE "/etc/kupf-sync.conf"

/** A signal says that it is enough */
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	stopped = 1;
}

static void complain(const char *text)
{
	sync_say("%s", text);
}

static void usage(FILE *to)
{
	fprintf(to,
			"usage: kupf-sync [--config FILE] [--check]\n"
			"       kupf-sync [--config FILE] put SESSION FIELD=VALUE... "
			"[--key-file FILE]\n"
			"       kupf-sync [--config FILE] modify SESSION FIELD=VALUE... "
			"[--key-file FILE]\n"
			"       kupf-sync [--config FILE] delete SESSION\n"
			"       kupf-sync [--config FILE] import FILE\n"
			"       kupf-sync [--config FILE] status\n\n"
			"Without a command, follow the group.\n\n"
			"  -c, --config FILE    configuration, default " CONFIG_FILE "\n"
			"  -t, --check          check the configuration, and end\n"
			"  -k, --key-file FILE  key of the session, - for standard input\n"
			"  -h, --help           this\n"
			"  -V, --version        version\n");
}

/**
 * Follow the group until a signal says that it is enough.
 */
static int follow(const sync_config_t *config)
{
	struct sigaction action = { .sa_handler = on_signal };
	sync_follow_t *follower;
	sigset_t signals, before;

	/* what comes before somebody waits must not be lost */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, &before);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	follower = sync_follow_create(config);
	if (!follower)
	{
		return EXIT_FAILURE;
	}
	sync_say("ready");
	while (!stopped)
	{
		sync_follow_step(follower, &before);
	}
	sync_follow_destroy(follower);
	return EXIT_SUCCESS;
}

/**
 * Do what the command line says.
 */
static int run(const char *path, const char *key_file, bool check, int count,
			   char *words[])
{
	static sync_config_t config;
	int status = SYNC_EXIT_WRONG;
	struct rlimit limit;

	/* keys come by: no core dump, and nobody looks in */
	prctl(PR_SET_DUMPABLE, 0);
	if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY)
	{	/* with less, there would be no memory when it is used up */
		(void)!mlockall(MCL_CURRENT | MCL_FUTURE);
	}
	/* an engine that is gone is an error, and no reason to die */
	signal(SIGPIPE, SIG_IGN);
	library_init("", "kupf-sync");
	if (sync_config_read(&config, path, complain))
	{
		status = check ? SYNC_EXIT_DONE :
				 count ? sync_commands_run(&config, key_file, count, words) :
						 follow(&config);
		sync_config_wipe(&config);
	}
	library_deinit();
	return status;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "config",		required_argument,	NULL, 'c' },
		{ "check",		no_argument,		NULL, 't' },
		{ "key-file",	required_argument,	NULL, 'k' },
		{ "help",		no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{},
	};
	const char *path = CONFIG_FILE, *key_file = NULL;
	bool check = FALSE;
	int option;

	while ((option = getopt_long(argc, argv, "c:tk:hV", options, NULL)) != -1)
	{
		switch (option)
		{
			case 'c':
				path = optarg;
				break;
			case 't':
				check = TRUE;
				break;
			case 'k':
				key_file = optarg;
				break;
			case 'h':
				usage(stdout);
				return EXIT_SUCCESS;
			case 'V':
				puts("kupf-sync " NIN3A_VERSION);
				return EXIT_SUCCESS;
			default:
				usage(stderr);
				return SYNC_EXIT_WRONG;
		}
	}
	if (optind < argc && !sync_commands_has(argv[optind]))
	{
		usage(stderr);
		return SYNC_EXIT_WRONG;
	}
	return run(path, key_file, check, argc - optind, argv + optind);
}
