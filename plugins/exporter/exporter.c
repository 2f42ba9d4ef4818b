/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * kupf-exporter: metrics of plugin kupf for Prometheus, over HTTP.
 */

#include "exporter_server.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef IPSEC_PIDDIR
#error "IPSEC_PIDDIR has to be defined to the directory of charon's sockets"
#endif

/** Where the daemon is asked */
#define DEFAULT_SOCKET "unix://" IPSEC_PIDDIR "/charon.kupf"

/** Where Prometheus asks: on this host only */
#define DEFAULT_LISTEN "127.0.0.1:9891"

/** How long the daemon may take for an answer, s: three times that is less
 * than the ten seconds that Prometheus waits */
#define DEFAULT_TIMEOUT 3

/** Longest timeout, s */
#define TIMEOUT_MAX 60

/** Exit status if something on the command line is wrong */
#define WRONG_USAGE 2

/** Longest address and port */
#define LISTEN_MAX 64

static void usage(FILE *out)
{
	fprintf(out,
		"Usage: kupf-exporter [OPTION...]\n"
		"\n"
		"Serves the metrics of plugin kupf of charon to Prometheus, at "
		"/metrics.\n"
		"\n"
		"  --socket URI           socket of the plugin (" DEFAULT_SOCKET ")\n"
		"  --listen ADDRESS:PORT  where to listen (" DEFAULT_LISTEN "); "
		"an IPv6\n"
		"                         address has brackets\n"
		"  --timeout SECONDS      how long charon may take for an answer, "
		"1 to %d (%d)\n"
		"  -h, --help             this text\n"
		"  --version              the version\n", TIMEOUT_MAX, DEFAULT_TIMEOUT);
}

/**
 * Read a number.
 *
 * @param max		highest number expected
 * @return			FALSE if it is none, or a higher one
 */
static bool read_number(const char *text, unsigned int max,
						unsigned int *number)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 10);
	*number = value;
	return *text >= '0' && *text <= '9' && !*end && value <= max;
}

/**
 * Read an address and a port, numbers both.
 *
 * @param text		text
 * @param found		[out] for freeaddrinfo()
 * @return			FALSE if it is something else
 */
static bool read_listen(const char *text, struct addrinfo **found)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	char host[LISTEN_MAX], *port, *end;
	unsigned int number;

	if (strlen(text) >= sizeof(host))
	{
		return false;
	}
	strcpy(host, text);
	port = strrchr(host, ':');
	if (!port)
	{
		return false;
	}
	*port++ = '\0';
	/* getaddrinfo() takes others, too, and cuts them */
	if (!read_number(port, UINT16_MAX, &number) || !*host)
	{
		return false;
	}
	end = host + strlen(host) - 1;
	if (*host == '[' && *end == ']')
	{
		*end = '\0';
		return !getaddrinfo(host + 1, port, &hints, found);
	}
	/* without brackets the last group may have been taken for the port */
	return !strchr(host, ':') && !getaddrinfo(host, port, &hints, found);
}

/**
 * Serve until there is a signal to end.
 *
 * @return			exit status
 */
static int serve(const struct addrinfo *listen, const char *where,
				 const char *socket, unsigned int timeout)
{
	exporter_server_t *server;
	sigset_t signals;
	int number;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	/* before there is another thread, which inherits it */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	server = exporter_server_create(listen->ai_addr, socket, timeout * 1000);
	if (!server)
	{
		fprintf(stderr, "kupf-exporter: cannot listen on %s: %s\n", where,
				strerror(errno));
		return EXIT_FAILURE;
	}
	fprintf(stderr, "kupf-exporter: %s at /metrics on port %u (%s)\n", socket,
			exporter_server_get_port(server), where);
	sigwait(&signals, &number);
	exporter_server_destroy(server);
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "listen", required_argument, NULL, 'l' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *socket = DEFAULT_SOCKET, *where = DEFAULT_LISTEN;
	unsigned int timeout = DEFAULT_TIMEOUT;
	struct addrinfo *listen = NULL;
	int option, status;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
	{
		switch (option)
		{
			case 's':
				socket = optarg;
				break;
			case 'l':
				where = optarg;
				break;
			case 't':
				if (!read_number(optarg, TIMEOUT_MAX, &timeout) || !timeout)
				{
					fprintf(stderr, "kupf-exporter: --timeout: '%s' is no "
							"number of seconds from 1 to %d\n", optarg,
							TIMEOUT_MAX);
					return WRONG_USAGE;
				}
				break;
			case 'h':
				usage(stdout);
				return EXIT_SUCCESS;
			case 'v':
				printf("kupf-exporter %s\n", NIN3A_VERSION);
				return EXIT_SUCCESS;
			default:
				usage(stderr);
				return WRONG_USAGE;
		}
	}
	if (optind < argc)
	{
		fprintf(stderr, "kupf-exporter: no argument is expected, but there is "
				"one of %zu octets\n", strlen(argv[optind]));
		return WRONG_USAGE;
	}
	if (!read_listen(where, &listen))
	{
		fprintf(stderr, "kupf-exporter: --listen: '%s' is no address and port, "
				"such as 127.0.0.1:9891 or [::1]:9891\n", where);
		return WRONG_USAGE;
	}
	status = serve(listen, where, socket, timeout);
	freeaddrinfo(listen);
	return status;
}
