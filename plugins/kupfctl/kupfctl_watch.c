/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupfctl_args.h"
#include "kupfctl_conn.h"
#include "kupfctl_output.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/** Events registered for if none are named */
#define EVENTS "tunnel-up", "tunnel-down", "auth-failed", "session-expired", \
	"rekey-request", "session-flapping"

/** The same, for completion and help */
#define EVENTS_TEXT "tunnel-up tunnel-down auth-failed session-expired " \
	"rekey-request session-flapping"

static const char *const default_events[] = { EVENTS };

/**
 * Print when an event happened, with milliseconds.
 *
 * @param event		its field "time", NULL if the daemon has not said so: now
 */
static void print_time(const char *event)
{
	char text[32], zone[8];
	struct timespec when;
	struct tm tm;
	char *end;

	clock_gettime(CLOCK_REALTIME, &when);
	if (event)
	{
		when.tv_sec = strtoll(event, &end, 10);
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
 * Called for each event, by a thread of libvici.
 */
static void on_event(void *user, char *name, vici_res_t *res)
{
	const kupfctl_t *ctl = user;
	bool parsed;

	if (ctl->json)
	{
		parsed = kupfctl_print_json(stdout, name, res);
	}
	else
	{
		print_time(vici_find_str(res, NULL, "time"));
		printf("%s ", name);
		parsed = kupfctl_print_line(stdout, res, "time");
		putchar('\n');
	}
	if (!parsed)
	{
		kupfctl_error("a malformed event %s was received", name);
	}
	if (fflush(stdout))
	{
		/* nobody reads any more: end as if by signal, the status says it */
		kill(getpid(), SIGTERM);
	}
}

static kupfctl_status_t run(const kupfctl_t *ctl, const kupfctl_args_t *args)
{
	kupfctl_status_t status = KUPFCTL_REFUSED;
	const char *const *events = default_events;
	unsigned int count = sizeof(default_events) / sizeof(*default_events), i;
	vici_conn_t *vici;
	sigset_t signals;
	int sig;

	if (args->words_count)
	{
		events = args->words;
		count = args->words_count;
	}
	/* before there are other threads, which inherit this */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);

	vici = kupfctl_connect(ctl);
	if (!vici)
	{
		return KUPFCTL_NO_CONNECTION;
	}
	for (i = 0; i < count; i++)
	{
		if (!kupfctl_register(vici, events[i], on_event, (void*)ctl))
		{
			break;
		}
	}
	if (i == count)
	{
		sigwait(&signals, &sig);
		status = KUPFCTL_DONE;
	}
	kupfctl_disconnect(vici);
	return status;
}

const kupfctl_command_t kupfctl_watch = {
	.name = "watch",
	.usage = "[EVENT...]",
	.words = EVENTS_TEXT,
	.summary = "print events as they happen",
	.details =
		"Without names: " EVENTS_TEXT ".\n"
		"There is also key-request, for those who answer it: charon waits for "
		"that.\n"
		"Prints a line for each event, after the time at which it happened, "
		"until it is\ninterrupted, which is success, or until the connection "
		"ends, which is not\n(exit status 3).\n",
	.max = KUPFCTL_ARGS_MAX,
	.run = run,
};
