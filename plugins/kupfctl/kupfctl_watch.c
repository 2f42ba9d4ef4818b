/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/**
 * Print when an event happened, with milliseconds.
 *
 * @param event		its field "time", empty if the daemon has not said so: now
 */
static void print_time(wire_octets_t event)
{
	char text[32], zone[8], *end;
	struct timespec when;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &when);
	if (event.len && event.len < sizeof(text))
	{
		snprintf(text, sizeof(text), "%.*s", (int)event.len, event.ptr);
		when.tv_sec = strtoll(text, &end, 10);
		when.tv_nsec = *end == '.' ? strtol(end + 1, NULL, 10) * 1000000 : 0;
	}
	if (localtime_r(&when.tv_sec, &tm) &&
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) &&
		strftime(zone, sizeof(zone), "%z", &tm))
	{
		printf("%s.%03ld%s ", text, when.tv_nsec / 1000000 % 1000, zone);
	}
}

/**
 * Called for each event.
 */
static void on_event(void *user, wire_octets_t name, const wire_reader_t *event)
{
	const kupfctl_t *ctl = user;
	wire_octets_t when;

	if (ctl->json)
	{
		kupfctl_print_json(stdout, name, event);
	}
	else
	{
		wire_reader_find(event, "time", &when);
		print_time(when);
		printf("%.*s ", (int)name.len, name.ptr);
		kupfctl_print_line(stdout, event, "time");
		putchar('\n');
	}
	fflush(stdout);
}

/**
 * Get a descriptor that can be read when a signal has come that ends us.
 */
static int catch_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

/**
 * Print events until a signal comes or nobody reads any more, which main() sees
 * as well, or until the connection is lost.
 */
static kupfctl_status_t print_events(kupf_client_t *client, int signals)
{
	kupf_client_reply_t reply = { .status = KUPF_CLIENT_OK };
	struct pollfd pfds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = kupf_client_fd(client) },
	};

	while (reply.status == KUPF_CLIENT_OK && !ferror(stdout))
	{
		pfds[1].events = kupf_client_poll_events(client);
		poll(pfds, 2, kupf_client_poll_timeout(client));
		if (pfds[0].revents)
		{
			break;
		}
		reply.status = kupf_client_process(client);
	}
	return kupfctl_status(client, &reply);
}

static kupfctl_status_t watch(const kupfctl_t *ctl, kupf_client_t *client,
							  const kupfctl_args_t *args)
{
	kupfctl_status_t status;
	int signals = catch_signals();
	char names[] = KUPFCTL_EVENTS, *name, *pos;
	unsigned int i;

	if (signals == -1)
	{
		kupfctl_error("cannot wait for signals: %s", strerror(errno));
		return KUPFCTL_USAGE;
	}
	status = kupfctl_connect(client);
	for (i = 0; i < args->words_count && status == KUPFCTL_DONE; i++)
	{
		status = kupfctl_register(client, args->words[i], on_event, (void*)ctl);
	}
	for (name = args->words_count ? NULL : strtok_r(names, " ", &pos);
		 name && status == KUPFCTL_DONE; name = strtok_r(NULL, " ", &pos))
	{
		status = kupfctl_register(client, name, on_event, (void*)ctl);
	}
	if (status == KUPFCTL_DONE)
	{
		status = print_events(client, signals);
	}
	close(signals);
	return status;
}

/*
 * Described in header
 */
kupfctl_status_t kupfctl_watch(const kupfctl_t *ctl,
							   const kupfctl_args_t *args)
{
	kupf_client_t *client = kupfctl_client(ctl);
	kupfctl_status_t status;

	status = watch(ctl, client, args);
	kupf_client_destroy(client);
	return status;
}
