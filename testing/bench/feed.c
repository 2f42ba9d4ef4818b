/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A client that is not the bottleneck: feeds the sessions of many UEs to
 * plugin kupf, or their keys to plugin vici, and counts the answers.
 *
 *   feed SOCKET WHAT FIRST COUNT [NAME=VALUE ...]
 *
 * WHAT is establish, batch (establish-sessions), modify, delete or load-shared
 * (vici's).  The UEs are those of bench.h from number FIRST on, in an order
 * that looks random.  Options:
 *
 *   window=N      requests without an answer (1024; 1 is one after the other)
 *   batch=N       sessions of an establish-sessions (250: fits the
 *                 socket's buffer, so that the daemon never waits)
 *   generation=N  another key for each (1)
 *   lifetime=N    seconds (0: none)
 *   grace=N       seconds, of modify (not given)
 *   upf=ADDRESS   upf-address (none)
 *   addresses=N   0 for no inner addresses, 2 for IPv4 and IPv6 (2)
 *   sync=1        between sync-begin and sync-end
 *   owners=N      of load-shared: 1 the UE, 2 also "gw" (1)
 *
 * Prints names and numbers: "sessions N failed N wall S cpu S octets N
 * removed N", where removed is what sync-end told and cpu is the client's own.
 * Exit status 0 if no answer was an error; the first error goes to stderr.
 */

#include "feed_requests.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/** What can be fed, as in feed_what_t */
static const char *whats[] = {
	"establish", "batch", "modify", "delete", "load-shared",
};

/** What is to be sent, and what came in */
static uint8_t out[FEED_CHUNK + FEED_PACKET_MAX], in[FEED_PACKET_MAX];
static size_t out_pos, in_len;

/** What is fed and how, with the defaults */
feed_t feed = {
	.out = out,
	.window = 1024,
	.batch = 250,
	.generation = 1,
	.grace = UINT32_MAX,
	.addresses = 2,
	.owners = 1,
};

/** Numbers that can be given as options */
static struct {
	const char *name;
	uint32_t *value;
} options[] = {
	{ "window", &feed.window },
	{ "batch", &feed.batch },
	{ "generation", &feed.generation },
	{ "lifetime", &feed.lifetime },
	{ "grace", &feed.grace },
	{ "addresses", &feed.addresses },
	{ "sync", &feed.sync },
	{ "owners", &feed.owners },
};

static int fd;

/** Sessions that are there now, refused, and removed by sync-end */
static uint32_t sessions, failed, removed;

/*
 * Described in header
 */
void feed_fail(const char *text)
{
	fprintf(stderr, "feed: %s\n", text);
	exit(EXIT_FAILURE);
}

static double clock_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/**
 * Find the value of a name in an answer, as text.
 */
static bool get_value(const uint8_t *answer, size_t len, const char *name,
					  char *value, size_t size)
{
	uint8_t pattern[32] = { FEED_KEY_VALUE, strlen(name), };
	const uint8_t *pos;
	size_t value_len;

	memcpy(pattern + 2, name, pattern[1]);
	pos = memmem(answer, len, pattern, pattern[1] + 2);
	if (!pos)
	{
		return false;
	}
	pos += pattern[1] + 2;
	value_len = pos[0] << 8 | pos[1];
	snprintf(value, size, "%.*s", (int)value_len, (const char*)pos + 2);
	return true;
}

static void handle_answer(const uint8_t *answer, size_t len)
{
	char value[256];
	uint32_t refused = 0;

	feed.waiting--;
	if (len < 1 || answer[0] != 1)
	{
		feed_fail("the daemon does not know the command");
	}
	if (!get_value(answer, len, "success", value, sizeof(value)) ||
		strcmp(value, "yes") != 0)
	{
		refused = 1;
	}
	else if (get_value(answer, len, "removed", value, sizeof(value)))
	{
		removed = strtoul(value, NULL, 10);
	}
	else if (get_value(answer, len, "established", value, sizeof(value)))
	{
		sessions += strtoul(value, NULL, 10);
		if (get_value(answer, len, "failed", value, sizeof(value)))
		{
			refused = strtoul(value, NULL, 10);
		}
	}
	else
	{
		sessions++;
	}
	if (refused && !failed &&
		get_value(answer, len, "errmsg", value, sizeof(value)))
	{
		fprintf(stderr, "feed: %s\n", value);
	}
	failed += refused;
}

/**
 * Send and receive what goes without waiting.
 *
 * @param wait		whether there is nothing else to do than wait for one of them
 */
static void exchange(bool wait)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	size_t pos = 0;
	ssize_t len;
	uint32_t size;

	if (out_pos < feed.out_len)
	{
		len = send(fd, feed.out + out_pos, feed.out_len - out_pos, MSG_NOSIGNAL);
		if (len < 0 && errno != EAGAIN)
		{
			feed_fail("the daemon has closed the connection");
		}
		out_pos += len > 0 ? len : 0;
	}
	if (out_pos == feed.out_len)
	{
		out_pos = feed.out_len = 0;
	}
	else
	{
		poll_fd.events |= POLLOUT;
	}
	if (feed.out_len || feed.waiting)
	{
		poll(&poll_fd, 1, wait ? -1 : 0);
	}
	if (!(poll_fd.revents & (POLLIN | POLLHUP)))
	{
		return;
	}
	len = recv(fd, in + in_len, sizeof(in) - in_len, 0);
	if (len <= 0)
	{
		feed_fail("the daemon has closed the connection");
	}
	in_len += len;
	while (in_len - pos >= sizeof(size))
	{
		memcpy(&size, in + pos, sizeof(size));
		size = ntohl(size);
		if (size > FEED_PACKET_MAX - sizeof(size))
		{
			feed_fail("answer is too long");
		}
		if (in_len - pos - sizeof(size) < size)
		{
			break;
		}
		handle_answer(in + pos + sizeof(size), size);
		pos += sizeof(size) + size;
	}
	memmove(in, in + pos, in_len - pos);
	in_len -= pos;
}

/**
 * Make a request without arguments, and wait for the answer.
 */
static void request(const char *command)
{
	uint32_t before = sessions;

	feed_put_command(command);
	while (feed.waiting)
	{
		exchange(true);
	}
	sessions = before;
}

/**
 * Whether there is room for another request that is due.
 */
static bool has_more(uint32_t done)
{
	return done < feed.count && feed.waiting < feed.window &&
		   feed.out_len < FEED_CHUNK;
}

static void feed_all()
{
	uint32_t done = 0;

	while (done < feed.count || feed.waiting)
	{
		while (has_more(done))
		{
			done += feed_put_request(done);
		}
		/* the next ones are put together while the daemon works */
		exchange(!has_more(done));
	}
}

static void parse_options(char *argv[])
{
	size_t i, len;
	char *value;

	for (; *argv; argv++)
	{
		value = strchr(*argv, '=');
		if (!value)
		{
			feed_fail("expected NAME=VALUE");
		}
		len = value++ - *argv;
		if (len == 3 && strncmp(*argv, "upf", len) == 0)
		{
			feed.upf = value;
			continue;
		}
		for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		{
			if (strlen(options[i].name) == len &&
				strncmp(*argv, options[i].name, len) == 0)
			{
				*options[i].value = strtoul(value, NULL, 10);
				break;
			}
		}
		if (i == sizeof(options) / sizeof(*options))
		{
			feed_fail("there is no such option");
		}
	}
}

static void connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr*)&addr, sizeof(addr)) != 0 ||
		fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
	{
		feed_fail("cannot connect");
	}
}

int main(int argc, char *argv[])
{
	double start;

	if (argc < 5)
	{
		feed_fail("usage: feed SOCKET WHAT FIRST COUNT [NAME=VALUE ...]");
	}
	while (feed.what < FEED_WHATS && strcmp(whats[feed.what], argv[2]))
	{
		feed.what++;
	}
	if (feed.what == FEED_WHATS)
	{
		feed_fail("WHAT is none of those that there are");
	}
	feed.first = strtoul(argv[3], NULL, 10);
	feed.count = strtoul(argv[4], NULL, 10);
	parse_options(argv + 5);
	if (!feed.window || !feed.batch)
	{
		feed_fail("window and batch are at least 1");
	}
	connect_to(argv[1]);
	start = clock_of(CLOCK_MONOTONIC);
	if (feed.sync)
	{
		request("sync-begin");
	}
	feed_all();
	if (feed.sync)
	{
		request("sync-end");
	}
	printf("sessions %u failed %u wall %.6f cpu %.6f octets %llu removed %u\n",
		   sessions, failed, clock_of(CLOCK_MONOTONIC) - start,
		   clock_of(CLOCK_PROCESS_CPUTIME_ID), (unsigned long long)feed.octets,
		   removed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
