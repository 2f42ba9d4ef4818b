/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a client is sent comes whole and in order, however little it reads at a
 * time.
 */

#include "kupf/socket/kupf_outbox.h"
#include "test_runner.h"
#include "test_support.h"

#include <sys/socket.h>
#include <unistd.h>

/** Most octets of a packet, and of what is to be sent */
#define PACKET 30000
#define BACKLOG 400000

/** Packets */
#define PACKETS 3000

static kupf_outbox_t *outbox;
static int pair[2];

/** State of the random numbers (xorshift32) */
static uint32_t state;

/** Octets that were added, and that have come */
static size_t added, come;

static u_int pick(u_int max)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % max;
}

static void create(bool secret)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
					 0);
	outbox = kupf_outbox_create(secret);
	state = 1;
	added = come = 0;
}

static void setup()
{
	create(FALSE);
}

static void setup_secret()
{
	create(TRUE);
}

static void teardown()
{
	outbox->destroy(outbox);
	close(pair[0]);
	close(pair[1]);
}

/**
 * Get octets of the stream.
 */
static void fill(uint8_t *buf, size_t len, size_t from)
{
	size_t i;

	for (i = 0; i < len; i++)
	{
		buf[i] = (from + i) * 7 + (from + i) / 251;
	}
}

static void add(size_t len)
{
	uint8_t buf[PACKET];

	fill(buf, len, added);
	ck_assert(outbox->add(outbox, (wire_octets_t){ buf, len }));
	added += len;
}

/**
 * Read some, if there is something.
 */
static void read_some(size_t len)
{
	uint8_t buf[PACKET], expected[PACKET];
	ssize_t got;

	got = recv(pair[1], buf, len, 0);
	if (got > 0)
	{
		fill(expected, got, come);
		ck_assert_mem_eq(buf, expected, got);
		come += got;
	}
}

START_TEST(test_stream)
{
	u_int i;

	for (i = 0; i < PACKETS; i++)
	{
		if (outbox->get_len(outbox) < BACKLOG)
		{
			add(pick(PACKET));
		}
		ck_assert(outbox->send(outbox, pair[0]));
		/* at times all of it, else little */
		read_some(1 + pick(pick(16) ? PACKET / 2 : PACKET));
	}
	while (come < added)
	{
		ck_assert(outbox->send(outbox, pair[0]));
		read_some(PACKET);
	}
	ck_assert_uint_eq(outbox->get_len(outbox), 0);
	ck_assert_uint_gt(added, 10 * BACKLOG);
}
END_TEST

/* it ends, and no signal comes */
START_TEST(test_gone)
{
	close(pair[1]);
	pair[1] = dup(pair[0]);
	add(1);
	ck_assert(!outbox->send(outbox, pair[0]));
}
END_TEST

static Suite *kupf_outbox_suite()
{
	Suite *suite = suite_create("kupf_outbox");
	TCase *tc = test_case(suite, "outbox", 60, setup, teardown);

	tcase_add_test(tc, test_stream);
	tcase_add_test(tc, test_gone);

	tc = test_case(suite, "secret", 60, setup_secret, teardown);
	tcase_add_test(tc, test_stream);
	tcase_add_test(tc, test_gone);

	return suite;
}

int main(void)
{
	return test_run(kupf_outbox_suite());
}
