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

#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/** Octets that are put together before they are sent */
#define CHUNK (128 * 1024)

/** Longest packet of either side, with its length */
#define PACKET_MAX (512 * 1024 + 4)

/** Elements of messages, see PROTOCOL.md */
enum {
	SECTION_START = 1,
	SECTION_END,
	KEY_VALUE,
	LIST_START,
	LIST_ITEM,
	LIST_END,
};

/** What is fed */
static enum {
	ESTABLISH,
	BATCH,
	MODIFY,
	DELETE,
	LOAD_SHARED,
	WHATS,
} what;

/** The arguments for that, and the commands */
static const char *whats[] = {
	"establish", "batch", "modify", "delete", "load-shared",
};
static const char *commands[] = {
	"establish-session", "establish-sessions", "modify-session",
	"delete-session", "load-shared",
};

/** Numbers that can be given as options */
static struct {
	const char *name;
	uint32_t value;
} options[] = {
	{ "window", 1024 },
	{ "batch", 250 },
	{ "generation", 1 },
	{ "lifetime", 0 },
	{ "grace", UINT32_MAX },
	{ "addresses", 2 },
	{ "sync", 0 },
	{ "owners", 1 },
};
#define WINDOW (options[0].value)
#define SESSIONS (options[1].value)
#define GENERATION (options[2].value)
#define LIFETIME (options[3].value)
#define GRACE (options[4].value)
#define ADDRESSES (options[5].value)
#define SYNC (options[6].value)
#define OWNERS (options[7].value)

static const char *upf;
static uint32_t first, count;
static int fd;

/** What is to be sent, and what came in */
static uint8_t out[CHUNK + PACKET_MAX], in[PACKET_MAX];
static size_t out_len, out_pos, in_len;

/** Requests without an answer, sessions that are there now, and refused */
static uint32_t waiting, sessions, failed, removed;
static uint64_t octets;

static void fail(const char *text)
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

static void put(const void *data, size_t len)
{
	memcpy(out + out_len, data, len);
	out_len += len;
}

static void put_octet(uint8_t octet)
{
	out[out_len++] = octet;
}

static void put_name(uint8_t type, const char *name)
{
	put_octet(type);
	put_octet(strlen(name));
	put(name, strlen(name));
}

static void put_data(const void *data, size_t len)
{
	put_octet(len >> 8);
	put_octet(len);
	put(data, len);
}

static void put_value(const char *name, const char *value)
{
	put_name(KEY_VALUE, name);
	put_data(value, strlen(value));
}

static void put_number(const char *name, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	put_value(name, text);
}

static void put_item(const char *value)
{
	put_octet(LIST_ITEM);
	put_data(value, strlen(value));
}

/**
 * Begin a packet; the result is what end_packet() needs.
 */
static size_t begin_packet(const char *command)
{
	size_t start = out_len;

	out_len += 4;
	put_name(0, command);
	return start;
}

static void end_packet(size_t start)
{
	uint32_t len = htonl(out_len - start - 4);

	memcpy(out + start, &len, sizeof(len));
	octets += out_len - start;
	waiting++;
}

/**
 * The identity as a client writes it.
 */
static char *id_text(const uint8_t id[BENCH_ID_LEN], char text[40])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	text[0] = '@';
	text[1] = '#';
	for (i = 0; i < BENCH_ID_LEN; i++)
	{
		text[2 + 2 * i] = digits[id[i] >> 4];
		text[3 + 2 * i] = digits[id[i] & 0xf];
	}
	text[2 + 2 * i] = '\0';
	return text;
}

static void put_shared(uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[40];

	bench_id(number, id);
	bench_key(id, GENERATION, key);
	put_number("id", number);
	put_value("type", "IKE");
	put_name(KEY_VALUE, "data");
	put_data(key, sizeof(key));
	put_name(LIST_START, "owners");
	if (OWNERS > 1)
	{
		put_item("gw");
	}
	put_item(id_text(id, text));
	put_octet(LIST_END);
}

static void put_content(uint32_t number)
{
	uint8_t id[BENCH_ID_LEN], key[BENCH_KEY_LEN];
	char text[48];

	bench_id(number, id);
	bench_key(id, GENERATION, key);
	put_name(KEY_VALUE, "key");
	put_data(key, sizeof(key));
	if (what == MODIFY)
	{
		if (GRACE != UINT32_MAX)
		{
			put_number("grace", GRACE);
		}
		if (LIFETIME)
		{
			put_number("lifetime", LIFETIME);
		}
		return;
	}
	put_value("ue-id", id_text(id, text));
	put_value("pdu-session-id", "1");
	if (upf)
	{
		put_value("upf-address", upf);
	}
	if (ADDRESSES)
	{
		put_name(LIST_START, "ue-addresses");
		snprintf(text, sizeof(text), "10.%u.%u.%u", number >> 16 & 0xff,
				 number >> 8 & 0xff, number & 0xff);
		put_item(text);
		snprintf(text, sizeof(text), "2001:db8:%x:%x::1", number >> 16,
				 number & 0xffff);
		put_item(text);
		put_octet(LIST_END);
	}
	if (LIFETIME)
	{
		put_number("lifetime", LIFETIME);
	}
}

/**
 * Put the next request together.
 *
 * @return			sessions in it
 */
static uint32_t put_request(uint32_t done)
{
	uint32_t i = 0, number, many = 1;
	size_t start;
	char name[24];

	if (what == BATCH)
	{
		many = SESSIONS < count - done ? SESSIONS : count - done;
	}
	start = begin_packet(commands[what]);
	for (i = 0; i < many; i++)
	{
		number = first + bench_shuffle(done + i, count);
		snprintf(name, sizeof(name), "imsi-90170%010u-1", number);
		switch (what)
		{
			case LOAD_SHARED:
				put_shared(number);
				break;
			case BATCH:
				put_name(SECTION_START, name);
				put_content(number);
				put_octet(SECTION_END);
				break;
			case DELETE:
				put_value("session", name);
				break;
			default:
				put_value("session", name);
				put_content(number);
				break;
		}
	}
	if (out_len - start > PACKET_MAX)
	{
		fail("batch is too large");
	}
	end_packet(start);
	return many;
}

/**
 * Find the value of a name in an answer, as text.
 */
static bool get_value(const uint8_t *answer, size_t len, const char *name,
					  char *value, size_t size)
{
	uint8_t pattern[32] = { KEY_VALUE, strlen(name), };
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

	waiting--;
	if (len < 1 || answer[0] != 1)
	{
		fail("the daemon does not know the command");
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

	if (out_pos < out_len)
	{
		len = send(fd, out + out_pos, out_len - out_pos, MSG_NOSIGNAL);
		if (len < 0 && errno != EAGAIN)
		{
			fail("the daemon has closed the connection");
		}
		out_pos += len > 0 ? len : 0;
	}
	if (out_pos == out_len)
	{
		out_pos = out_len = 0;
	}
	else
	{
		poll_fd.events |= POLLOUT;
	}
	if (out_len || waiting)
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
		fail("the daemon has closed the connection");
	}
	in_len += len;
	while (in_len - pos >= sizeof(size))
	{
		memcpy(&size, in + pos, sizeof(size));
		size = ntohl(size);
		if (size > PACKET_MAX - sizeof(size))
		{
			fail("answer is too long");
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

	end_packet(begin_packet(command));
	while (waiting)
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
	return done < count && waiting < WINDOW && out_len < CHUNK;
}

static void feed()
{
	uint32_t done = 0;

	while (done < count || waiting)
	{
		while (has_more(done))
		{
			done += put_request(done);
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
			fail("expected NAME=VALUE");
		}
		len = value++ - *argv;
		if (len == 3 && strncmp(*argv, "upf", len) == 0)
		{
			upf = value;
			continue;
		}
		for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		{
			if (strlen(options[i].name) == len &&
				strncmp(*argv, options[i].name, len) == 0)
			{
				options[i].value = strtoul(value, NULL, 10);
				break;
			}
		}
		if (i == sizeof(options) / sizeof(*options))
		{
			fail("there is no such option");
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
		fail("cannot connect");
	}
}

int main(int argc, char *argv[])
{
	double start;

	if (argc < 5)
	{
		fail("usage: feed SOCKET WHAT FIRST COUNT [NAME=VALUE ...]");
	}
	for (what = 0; what < WHATS && strcmp(whats[what], argv[2]); what++)
	{
		/* look for it */
	}
	if (what == WHATS)
	{
		fail("WHAT is none of those that there are");
	}
	first = strtoul(argv[3], NULL, 10);
	count = strtoul(argv[4], NULL, 10);
	parse_options(argv + 5);
	if (!WINDOW || !SESSIONS)
	{
		fail("window and batch are at least 1");
	}
	connect_to(argv[1]);
	start = clock_of(CLOCK_MONOTONIC);
	if (SYNC)
	{
		request("sync-begin");
	}
	feed();
	if (SYNC)
	{
		request("sync-end");
	}
	printf("sessions %u failed %u wall %.6f cpu %.6f octets %llu removed %u\n",
		   sessions, failed, clock_of(CLOCK_MONOTONIC) - start,
		   clock_of(CLOCK_PROCESS_CPUTIME_ID), (unsigned long long)octets,
		   removed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
