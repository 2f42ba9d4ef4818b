/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * n4-relay: between SMFs and UPFs that know nothing of the key of NIN3A.
 */

#include "relay_proxy.h"

#include <library.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

/** File unless given */
#define CONFIG_FILE "/etc/n4-relay.conf"

/** Exit status if the configuration or the command line is wrong */
#define EXIT_WRONG 2

/** Signals that have come */
static volatile sig_atomic_t stopped, asked;

static void on_signal(int number)
{
	*(number == SIGUSR1 ? &asked : &stopped) = 1;
}

/**
 * A line for the log, which systemd gives a time.
 */
static void say(const char *text)
{
	fprintf(stderr, "n4-relay: %s\n", text);
}

static void usage(FILE *to)
{
	fprintf(to, "usage: n4-relay [--config FILE] [--check]\n\n"
			"  -c, --config FILE  configuration, default " CONFIG_FILE "\n"
			"  -t, --check        check the configuration, and end\n"
			"  -h, --help         this\n"
			"  -V, --version      version\n");
}

/**
 * Wait until this second is over.  The second of the start becomes a recovery
 * time stamp: whoever starts next has another one, and nobody has sessions from
 * before that.
 */
static void pass_second(void)
{
	struct timespec now, rest = {};

	clock_gettime(CLOCK_REALTIME, &now);
	rest.tv_nsec = 999999999 - now.tv_nsec;
	nanosleep(&rest, NULL);
}

/**
 * Relay until a signal says that it is enough.
 */
static int relay(const relay_config_t *config)
{
	struct sigaction action = { .sa_handler = on_signal };
	relay_proxy_t *proxy;
	sigset_t signals, before;

	/* what comes before somebody waits must not be lost */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, &before);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	proxy = relay_proxy_create(config, say);
	if (!proxy)
	{
		return EXIT_FAILURE;
	}
	pass_second();
	say("ready");
	while (!stopped)
	{
		relay_proxy_run(proxy, &before);
		if (asked)
		{
			asked = 0;
			relay_proxy_tell(proxy);
		}
	}
	relay_proxy_tell(proxy);
	relay_proxy_destroy(proxy);
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "config",		required_argument,	NULL, 'c' },
		{ "check",		no_argument,		NULL, 't' },
		{ "help",		no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{},
	};
	static relay_config_t config;
	const char *path = CONFIG_FILE;
	bool check = FALSE, good;
	int option;

	while ((option = getopt_long(argc, argv, "c:thV", options, NULL)) != -1)
	{
		switch (option)
		{
			case 'c':
				path = optarg;
				break;
			case 't':
				check = TRUE;
				break;
			case 'h':
				usage(stdout);
				return EXIT_SUCCESS;
			case 'V':
				puts("n4-relay " NIN3A_VERSION);
				return EXIT_SUCCESS;
			default:
				usage(stderr);
				return EXIT_WRONG;
		}
	}
	if (optind < argc)
	{
		usage(stderr);
		return EXIT_WRONG;
	}
	/* keys come by: no core dump, and nobody looks in */
	prctl(PR_SET_DUMPABLE, 0);
	library_init("", "n4-relay");
	good = relay_config_read(&config, path, say);
	library_deinit();
	if (!good || check)
	{
		return good ? EXIT_SUCCESS : EXIT_WRONG;
	}
	return relay(&config);
}
