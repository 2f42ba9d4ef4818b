/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "client/test_fake_daemon.h"
#include "test_client.h"
#include "test_runner.h"
#include "test_support.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/** Exit status if something else was sent than expected */
#define SURPRISED 3

/** Connection, and where the next one comes from */
static int fd, listener;

/** Send octet by octet */
static bool pieces;

static bool give(chunk_t data)
{
	size_t step = pieces ? 1 : data.len;

	for (; data.len; data = chunk_skip(data, step))
	{
		if (send(fd, data.ptr, step, MSG_NOSIGNAL) != (ssize_t)step)
		{
			return FALSE;
		}
	}
	return TRUE;
}

static bool give_packet(wire_packet_type_t type, const char *name,
						const char *elements)
{
	chunk_t packet = test_packet(type, name, elements ? "%s" : NULL, elements);
	bool given = give(packet);

	chunk_free(&packet);
	return given;
}

static bool take(void *data, size_t len)
{
	return recv(fd, data, len, MSG_WAITALL) == (ssize_t)len;
}

/** The packet taken last */
static uint8_t buf[WIRE_PACKET_HEADER + WIRE_PACKET_MAX];

static bool take_packet()
{
	return take(buf, WIRE_PACKET_HEADER) &&
		   untoh32(buf) <= WIRE_PACKET_MAX &&
		   take(buf + WIRE_PACKET_HEADER, untoh32(buf));
}

/**
 * Take a packet, and compare it.
 */
static void expect(char *line)
{
	char *elements = strchr(line, ' '), *name = strchr(line, ':');
	chunk_t packet;

	if (elements)
	{
		*elements++ = '\0';
	}
	packet = test_packet(atoi(line), name + 1, elements ? "%s" : NULL,
						 elements);
	if (!take_packet() || !memeq(buf, packet.ptr, packet.len))
	{
		fprintf(stderr, "expected %s %s, got %.*s\n", line, elements ?: "",
				buf[WIRE_PACKET_HEADER + 1], buf + WIRE_PACKET_HEADER + 2);
		_exit(SURPRISED);
	}
	chunk_free(&packet);
}

static void serve_line(char *line)
{
	char *rest = line[0] && line[1] ? line + 2 : line + 1, *elements = NULL;
	uint8_t octet;
	chunk_t data;

	if (line[0] == 'E' || line[0] == 'T')
	{
		elements = strchr(rest, ' ');
		if (elements)
		{
			*elements++ = '\0';
		}
	}
	switch (line[0])
	{
		case '<':
			expect(rest);
			break;
		case '?':
			if (!take_packet())
			{
				_exit(SURPRISED);
			}
			break;
		case 'R':
			give_packet(WIRE_CMD_RESPONSE, NULL, rest);
			break;
		case 'E':
			give_packet(WIRE_EVENT, rest, elements ?: "");
			break;
		case 'T':
			while (give_packet(WIRE_EVENT, rest, elements ?: ""))
			{
				usleep(5000);
			}
			break;
		case 'U':
			give_packet(WIRE_CMD_UNKNOWN, NULL, NULL);
			break;
		case 'C':
			give_packet(WIRE_EVENT_CONFIRM, NULL, NULL);
			break;
		case 'N':
			give_packet(WIRE_EVENT_UNKNOWN, NULL, NULL);
			break;
		case 'X':
			data = chunk_from_hex(chunk_from_str(rest), NULL);
			give(data);
			chunk_free(&data);
			break;
		case 'P':
			pieces = TRUE;
			break;
		case 'O':
			data = chunk_from_hex(chunk_from_str(rest), NULL);
			while (data.len && give(chunk_create(data.ptr, 1)))
			{
				/* the last one for ever */
				data = data.len > 1 ? chunk_skip(data, 1) : data;
				usleep(5000);
			}
			break;
		case 'Z':
			usleep(1000 * atoi(rest));
			break;
		case 'K':
			close(fd);
			fd = accept(listener, NULL, NULL);
			break;
		case 'W':
			while (take(&octet, 1))
			{
				/* until it has gone */
			}
			break;
		case 'S':
			while (give_packet(WIRE_EVENT, "nobody's", ""))
			{
				usleep(5000);
			}
			break;
		default:
			_exit(SURPRISED + 1);
	}
}

static void serve(const char *script)
{
	char *copy = strdup(script), *line, *pos;

	fd = accept(listener, NULL, NULL);
	for (line = strtok_r(copy, "\n", &pos); line;
		 line = strtok_r(NULL, "\n", &pos))
	{
		serve_line(line);
	}
	free(copy);
	close(fd);
}

/*
 * Described in header
 */
pid_t test_fake_daemon(const char *script)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	pid_t pid;

	strcpy(addr.sun_path, test_path("sock"));
	unlink(addr.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert(!bind(listener, (struct sockaddr*)&addr, sizeof(addr)));
	ck_assert(!listen(listener, 4));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid)
	{
		serve(script);
		_exit(0);
	}
	close(listener);
	return pid;
}

/*
 * Described in header
 */
void test_fake_daemon_end(pid_t daemon)
{
	int status;

	ck_assert_int_eq(waitpid(daemon, &status, 0), daemon);
	ck_assert_int_eq(status, 0);
}
