/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_client.h"
#include "test_runner.h"
#include "test_support.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** Milliseconds to wait for the server */
#define PATIENCE 5000

/** Longest message of a test, as text */
#define SCRIPT_MAX (200 * 1024)

/*
 * Described in header
 */
int test_connect(const char *path)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
	};
	int fd;

	ck_assert_uint_lt(strlen(path), sizeof(addr.sun_path));
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	if (connect(fd, (struct sockaddr*)&addr, sizeof(addr)) != 0)
	{
		close(fd);
		return -1;
	}
	return fd;
}

static chunk_t vpacket(wire_packet_type_t type, const char *name,
					   const char *fmt, va_list args)
{
	chunk_t message = chunk_empty, packet;
	size_t len = 1;
	char *script;

	if (fmt)
	{
		script = malloc(SCRIPT_MAX);
		ck_assert_int_lt(vsnprintf(script, SCRIPT_MAX, fmt, args), SCRIPT_MAX);
		message = test_encode("%s", script);
		free(script);
	}
	len += message.len + (name ? 1 + strlen(name) : 0);
	packet = chunk_alloc(WIRE_PACKET_HEADER + len);
	htoun32(packet.ptr, len);
	packet.ptr[WIRE_PACKET_HEADER] = type;
	if (name)
	{
		packet.ptr[WIRE_PACKET_HEADER + 1] = strlen(name);
		memcpy(packet.ptr + WIRE_PACKET_HEADER + 2, name, strlen(name));
	}
	memcpy(packet.ptr + packet.len - message.len, message.ptr, message.len);
	chunk_free(&message);
	return packet;
}

/*
 * Described in header
 */
chunk_t test_packet(wire_packet_type_t type, const char *name,
					const char *fmt, ...)
{
	chunk_t packet;
	va_list args;

	va_start(args, fmt);
	packet = vpacket(type, name, fmt, args);
	va_end(args);
	return packet;
}

/*
 * Described in header
 */
bool test_send(int fd, chunk_t data)
{
	struct pollfd pfd = {
		.fd = fd,
		.events = POLLOUT,
	};
	ssize_t len;

	while (data.len)
	{
		ck_assert_msg(poll(&pfd, 1, PATIENCE) == 1, "the server reads nothing");
		len = send(fd, data.ptr, data.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (len < 0 && errno != EAGAIN)
		{
			return FALSE;
		}
		data = chunk_skip(data, max(len, 0));
	}
	return TRUE;
}

/*
 * Described in header
 */
void test_request(int fd, const char *name, const char *fmt, ...)
{
	chunk_t packet;
	va_list args;

	va_start(args, fmt);
	packet = vpacket(WIRE_CMD_REQUEST, name, fmt, args);
	va_end(args);
	ck_assert_msg(test_send(fd, packet), "the server has gone");
	chunk_free(&packet);
}

/**
 * Receive some octets.
 *
 * @return			FALSE at the end
 */
static bool receive(int fd, uint8_t *data, size_t size)
{
	struct pollfd pfd = {
		.fd = fd,
		.events = POLLIN,
	};
	ssize_t len;

	while (size)
	{
		ck_assert_msg(poll(&pfd, 1, PATIENCE) == 1, "the server says nothing");
		len = recv(fd, data, size, 0);
		if (len <= 0)
		{
			return FALSE;
		}
		data += len;
		size -= len;
	}
	return TRUE;
}

/*
 * Described in header
 */
bool test_receive(int fd, chunk_t *packet)
{
	uint8_t header[WIRE_PACKET_HEADER];

	*packet = chunk_empty;
	if (!receive(fd, header, sizeof(header)))
	{
		return FALSE;
	}
	ck_assert_uint_ge(untoh32(header), 1);
	ck_assert_uint_le(untoh32(header), WIRE_PACKET_MAX);
	*packet = chunk_alloc(untoh32(header));
	ck_assert_msg(receive(fd, packet->ptr, packet->len), "half a packet");
	return TRUE;
}

/*
 * Described in header
 */
bool test_closed(int fd)
{
	chunk_t packet;

	while (test_receive(fd, &packet))
	{
		chunk_free(&packet);
	}
	return TRUE;
}

/**
 * Receive a packet of some type.
 *
 * @param name		name that it must have, NULL for none
 * @return			message
 */
static vici_message_t *receive_type(int fd, wire_packet_type_t type,
									const char *name)
{
	vici_message_t *message;
	size_t len = 1;
	chunk_t packet, encoding;

	ck_assert_msg(test_receive(fd, &packet), "the server has gone");
	ck_assert_int_eq(packet.ptr[0], type);
	if (name)
	{
		len += 1 + strlen(name);
		ck_assert_uint_ge(packet.len, len);
		ck_assert_uint_eq(packet.ptr[1], strlen(name));
		ck_assert(memeq(packet.ptr + 2, name, strlen(name)));
	}
	encoding = chunk_skip(packet, len);
	ck_assert(test_is_message(encoding));
	message = vici_message_create_from_data(chunk_clone(encoding), TRUE);
	chunk_free(&packet);
	return message;
}

/*
 * Described in header
 */
vici_message_t *test_reply(int fd)
{
	return receive_type(fd, WIRE_CMD_RESPONSE, NULL);
}

/*
 * Described in header
 */
vici_message_t *test_event(int fd, const char *name)
{
	return receive_type(fd, WIRE_EVENT, name);
}

/*
 * Described in header
 */
void test_bare(int fd, wire_packet_type_t type)
{
	chunk_t packet;

	ck_assert_msg(test_receive(fd, &packet), "the server has gone");
	ck_assert_uint_eq(packet.len, 1);
	ck_assert_int_eq(packet.ptr[0], type);
	chunk_free(&packet);
}

/*
 * Described in header
 */
void test_register(int fd, const char *event)
{
	chunk_t packet;

	packet = test_packet(WIRE_EVENT_REGISTER, event, NULL);
	ck_assert_msg(test_send(fd, packet), "the server has gone");
	chunk_free(&packet);
	test_bare(fd, WIRE_EVENT_CONFIRM);
}
