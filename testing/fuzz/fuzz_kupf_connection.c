/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes what a client sends: framing, packets, and the order of them.
 *
 * The first octet is the length of the pieces that it is sent in, less one.
 */

#include "fuzz.h"
#include "kupf/socket/kupf_connection.h"
#include "test_upf.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

const char *fuzz_target = "kupf_connection";

/**
 * Let the connection do what it can, and throw away what it sends.
 *
 * @return			FALSE if it is at its end
 */
static bool serve(kupf_connection_t *connection, int epoll, int client)
{
	static uint8_t buf[65536];
	struct epoll_event event;

	while (epoll_wait(epoll, &event, 1, 0) == 1)
	{
		if (!connection->handle(connection, event.events &
								(EPOLLIN | EPOLLHUP | EPOLLERR)))
		{
			return FALSE;
		}
		while (recv(client, buf, sizeof(buf), 0) > 0)
		{
			/* nobody wants it */
		}
	}
	return TRUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	kupf_connection_t *connection;
	test_upf_t *upf = fuzz_upf();
	size_t piece, len;
	int pair[2], epoll;
	bool alive = TRUE;

	if (!size)
	{
		return 0;
	}
	piece = data[0] + 1;
	data++;
	size--;

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
				serve(connection, epoll, pair[0]);
		data += len;
		size -= len;
	}
	if (alive)
	{	/* once all is answered there is no reason to stay */
		shutdown(pair[0], SHUT_WR);
		if (serve(connection, epoll, pair[0]))
		{
			abort();
		}
	}
	connection->destroy(connection);
	close(pair[0]);
	close(epoll);
	return 0;
}
