/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What comes in is cut into packets, and takes as much memory as has come.
 */

#include "kupf/keys/kupf_secret.h"
#include "kupf/socket/kupf_inbox.h"
#include "test_runner.h"
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/** Clients, and octets that each of them has sent of a longer request: as much
 * as one of them may have locked */
#define CLIENTS 60
#define SENT (32 * 1024 - 4 * KUPF_SECRET_HEAD)

/** What may be locked in all, KiB */
#define LOCKED_MAX 1024

static kupf_inbox_t *inbox;
static int pair[2];

static void setup()
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
					 0);
	inbox = kupf_inbox_create();
}

static void teardown()
{
	inbox->destroy(inbox);
	close(pair[0]);
	close(pair[1]);
}

/**
 * Octet of a packet.
 */
static uint8_t octet_of(size_t len, size_t i)
{
	return len + i * 7 + i / 251;
}

/**
 * A packet of so many octets, with its header.
 */
static chunk_t create_packet(size_t len)
{
	chunk_t packet = chunk_alloc(WIRE_PACKET_HEADER + len);
	size_t i;

	htoun32(packet.ptr, len);
	for (i = 0; i < len; i++)
	{
		packet.ptr[WIRE_PACKET_HEADER + i] = octet_of(len, i);
	}
	return packet;
}

/**
 * Whether a packet came as it was sent.
 */
static void check_packet(wire_octets_t packet, size_t len)
{
	size_t i;

	ck_assert_uint_eq(packet.len, len);
	for (i = 0; i < len; i++)
	{
		ck_assert_uint_eq(packet.ptr[i], octet_of(len, i));
	}
}

/**
 * Send octets piece by piece and read them.
 *
 * @param lens		lengths of the packets that are expected, in their order
 * @param got		number of packets so far
 */
static void send_pieces(chunk_t data, size_t piece, const size_t *lens,
						u_int *got)
{
	wire_packet_status_t status;
	wire_octets_t packet;
	ssize_t sent;
	bool eof = FALSE;

	while (data.len)
	{
		sent = send(pair[0], data.ptr, min(piece, data.len), 0);
		ck_assert_int_gt(sent, 0);
		data = chunk_skip(data, sent);
		do
		{
			ck_assert(inbox->read(inbox, pair[1], &eof));
			while ((status = inbox->next(inbox, &packet)) == WIRE_PACKET_WHOLE)
			{
				check_packet(packet, lens[(*got)++]);
			}
			ck_assert_int_eq(status, WIRE_PACKET_PART);
			inbox->wipe(inbox);
		}
		while (recv(pair[1], &(char){ 0 }, 1, MSG_PEEK) == 1);
	}
	ck_assert(!eof);
}

static size_t pieces[] = { 1000, 4096, 5000, 65536, 200000 };

START_TEST(test_packets)
{
	static const size_t lens[] = {
		1, 100, 4091, 4092, 4093, 20000, 65532, 65536, 65537, 100000, 3,
		WIRE_PACKET_MAX, 2, WIRE_PACKET_MAX - 1, WIRE_PACKET_MAX, 1,
	};
	chunk_t packet, all = chunk_empty;
	u_int i, got = 0;

	for (i = 0; i < countof(lens); i++)
	{
		packet = create_packet(lens[i]);
		all = chunk_cat("mm", all, packet);
	}
	send_pieces(all, pieces[_i], lens, &got);
	ck_assert_uint_eq(got, countof(lens));
	chunk_free(&all);
}
END_TEST

/**
 * Memory that is locked, KiB.
 */
static size_t get_locked()
{
	char line[128];
	size_t size = 0;
	FILE *file;

	file = fopen("/proc/self/status", "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
	{
		if (strpfx(line, "VmLck:"))
		{
			size = strtoul(line + strlen("VmLck:"), NULL, 10);
		}
	}
	fclose(file);
	return size;
}

START_TEST(test_promises)
{
	kupf_inbox_t *inboxes[CLIENTS];
	char data[1004] = "";
	size_t locked, size;
	bool eof = FALSE;
	u_int i;

	htoun32(data, WIRE_PACKET_MAX);
	locked = get_locked();
	size = test_memory("VmSize");
	for (i = 0; i < CLIENTS; i++)
	{
		inboxes[i] = kupf_inbox_create();
		ck_assert_int_eq(send(pair[0], data, sizeof(data), 0), sizeof(data));
		ck_assert(inboxes[i]->read(inboxes[i], pair[1], &eof));
		ck_assert(inboxes[i]->read(inboxes[i], pair[1], &eof));
	}
	/* what is locked is for keys, and all the rest not for promises, KiB */
	ck_assert_uint_le(get_locked() - locked, LOCKED_MAX);
	ck_assert(!test_memory_grew("VmSize", size, 4096));
	for (i = 0; i < CLIENTS; i++)
	{
		inboxes[i]->destroy(inboxes[i]);
	}
	ck_assert_uint_le(get_locked(), locked);
}
END_TEST

/* each has no more locked than it may, and all have not as much as each */
START_TEST(test_locked)
{
	kupf_inbox_t *inboxes[CLIENTS];
	char *data = calloc(1, SENT);
	bool eof = FALSE;
	size_t locked;
	u_int i;

	htoun32(data, WIRE_PACKET_MAX);
	locked = get_locked();
	for (i = 0; i < CLIENTS; i++)
	{
		inboxes[i] = kupf_inbox_create();
		ck_assert_int_eq(send(pair[0], data, SENT, 0), SENT);
		do
		{
			ck_assert(inboxes[i]->read(inboxes[i], pair[1], &eof));
		}
		while (recv(pair[1], &(char){ 0 }, 1, MSG_PEEK) == 1);
		ck_assert_uint_le(get_locked() - locked, LOCKED_MAX);
	}
	for (i = 0; i < CLIENTS; i++)
	{
		inboxes[i]->destroy(inboxes[i]);
	}
	ck_assert_uint_le(get_locked(), locked);
	free(data);
}
END_TEST

static Suite *kupf_inbox_suite()
{
	Suite *suite = suite_create("kupf_inbox");
	TCase *tc = test_case(suite, "inbox", 60, setup, teardown);

	tcase_add_loop_test(tc, test_packets, 0, countof(pieces));
	tcase_add_test(tc, test_promises);
	tcase_add_test(tc, test_locked);

	return suite;
}

int main(void)
{
	return test_run(kupf_inbox_suite());
}
