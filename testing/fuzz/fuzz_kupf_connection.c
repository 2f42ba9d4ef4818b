/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes what a client sends: framing, packets, and the order of them.
 *
 * The first octet is the length of the pieces that it is sent in, less one.  What
 * comes back is packets, and no error repeats what may be of a key.
 */

#include "fuzz.h"
#include "kupf/socket/kupf_connection.h"
#include "test_upf.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

const char *fuzz_target = "kupf_connection";

/** Packets that have come back, the last one perhaps in part */
static struct {
	uint8_t octets[2 * WIRE_PACKET_MAX];
	size_t len;
} answers;

/** The input */
static struct {
	const uint8_t *data;
	size_t size;
} input;

/**
 * Read what comes back, and check each packet that is whole.
 */
static void read_answers(int client)
{
	wire_octets_t rest, packet;
	wire_packet_status_t status;
	size_t size;
	ssize_t len;

	while ((len = recv(client, answers.octets + answers.len,
					   sizeof(answers.octets) - answers.len, 0)) > 0)
	{
		answers.len += len;
		rest = wire_octets(answers.octets, answers.len);
		while ((status = wire_packet_cut(rest, &packet, &size)) ==
														WIRE_PACKET_WHOLE)
		{
			fuzz_check_answer(wire_octets(rest.ptr, size), input.data,
							  input.size);
			rest = wire_octets(rest.ptr + size, rest.len - size);
		}
		if (status != WIRE_PACKET_PART)
		{
			abort();
		}
		memmove(answers.octets, rest.ptr, rest.len);
		answers.len = rest.len;
	}
}

/**
 * Take a step of what is left to do, and wait first if it waits.
 *
 * @param more		[out] whether there is more to do
 * @return			FALSE if the connection is at its end
 */
static bool take_step(kupf_connection_t *connection, int wake, bool *more)
{
	struct pollfd waits = {
		.fd = wake,
		.events = POLLIN,
	};
	kupf_work_status_t status;
	eventfd_t count;
	bool alive;

	alive = connection->step(connection, &status);
	if (alive && status == KUPF_WORK_WAITS)
	{
		poll(&waits, 1, -1);
		eventfd_read(wake, &count);
	}
	*more = status != KUPF_WORK_DONE;
	return alive;
}

/**
 * Let the connection do what it can, and check what it sends.
 *
 * @return			FALSE if it is at its end
 */
static bool serve(kupf_connection_t *connection, int epoll, int client,
				  int wake)
{
	struct epoll_event event;
	bool more = FALSE, told;

	while ((told = epoll_wait(epoll, &event, 1, 0) == 1) || more)
	{
		if ((told && !connection->handle(connection, event.events &
									(EPOLLIN | EPOLLHUP | EPOLLERR))) ||
			!take_step(connection, wake, &more))
		{
			return FALSE;
		}
		read_answers(client);
	}
	return TRUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	kupf_connection_t *connection;
	test_upf_t *upf = fuzz_upf();
	size_t piece, len;
	int pair[2], epoll, wake = upf->commands->get_wake(upf->commands);
	bool alive = TRUE;

	if (!size)
	{
		return 0;
	}
	piece = data[0] + 1;
	data++;
	size--;
	input.data = data;
	input.size = size;
	answers.len = 0;

	epoll = epoll_create1(0);
	if (epoll < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
	{
		abort();
	}
	connection = kupf_connection_create(pair[1], epoll, upf->commands,
										upf->publisher);
	while (alive && size)
	{
		len = min(piece, size);
		alive = send(pair[0], data, len, MSG_NOSIGNAL) == (ssize_t)len &&
				serve(connection, epoll, pair[0], wake);
		data += len;
		size -= len;
	}
	if (alive)
	{	/* once all is answered there is no reason to stay */
		shutdown(pair[0], SHUT_WR);
		if (serve(connection, epoll, pair[0], wake))
		{
			abort();
		}
	}
	connection->destroy(connection);
	close(pair[0]);
	close(epoll);
	return 0;
}
