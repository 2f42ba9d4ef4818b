/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_inbox.h"
#include "kupf/keys/kupf_secret.h"

#include <errno.h>
#include <sys/socket.h>

/** Room at the beginning, octets: four pages */
#define ROOM_MIN (16 * 1024 - KUPF_SECRET_HEAD)

typedef struct private_kupf_inbox_t private_kupf_inbox_t;

/**
 * Private data of an inbox.
 */
struct private_kupf_inbox_t {
	/** public interface */
	kupf_inbox_t public;
	/** octets, from kupf_secret_alloc() */
	uint8_t *buf;
	/** octets that are packets which were returned */
	size_t pos;
	/** octets in all */
	size_t len;
	/** room for octets */
	size_t room;
};

/**
 * Find the next packet.
 */
static wire_packet_status_t find(private_kupf_inbox_t *this,
								 wire_octets_t *packet, size_t *size)
{
	wire_octets_t stream = {};

	if (this->len)
	{
		stream = wire_octets(this->buf + this->pos, this->len - this->pos);
	}
	return wire_packet_cut(stream, packet, size);
}

/**
 * Get the room that there should be.  It grows with what has come, up to the
 * length of the packet: a header alone is but a promise.
 */
static size_t get_room(private_kupf_inbox_t *this)
{
	wire_octets_t packet;
	size_t need;

	find(this, &packet, &need);
	need = max(ROOM_MIN, need);
	if (this->len <= ROOM_MIN && need == ROOM_MIN)
	{
		return ROOM_MIN;
	}
	if (this->len == this->room && this->room < need)
	{
		return min(2 * this->room, need);
	}
	return this->room;
}

/**
 * Make room for more of a packet, or give it back.
 */
static bool adjust_room(private_kupf_inbox_t *this)
{
	size_t room = get_room(this);
	uint8_t *buf;

	if (room == this->room)
	{
		return TRUE;
	}
	buf = kupf_secret_alloc(room);
	if (!buf)
	{
		return FALSE;
	}
	if (this->len)
	{
		memcpy(buf, this->buf, this->len);
	}
	kupf_secret_free(this->buf, this->room);
	this->buf = buf;
	this->room = room;
	return TRUE;
}

METHOD(kupf_inbox_t, wipe, void,
	private_kupf_inbox_t *this)
{
	if (this->pos)
	{
		this->len -= this->pos;
		memmove(this->buf, this->buf + this->pos, this->len);
		memwipe(this->buf + this->len, this->pos);
		this->pos = 0;
	}
}

METHOD(kupf_inbox_t, read_, bool,
	private_kupf_inbox_t *this, int fd, bool *eof)
{
	ssize_t len;

	wipe(this);
	if (!adjust_room(this))
	{
		return FALSE;
	}
	if (this->len == this->room)
	{
		return TRUE;
	}
	len = recv(fd, this->buf + this->len, this->room - this->len, 0);
	if (len > 0)
	{
		this->len += len;
		return TRUE;
	}
	*eof = len == 0;
	return len == 0 || errno == EAGAIN || errno == EINTR;
}

METHOD(kupf_inbox_t, has_more, bool,
	private_kupf_inbox_t *this)
{
	return this->len - this->pos >= WIRE_PACKET_HEADER;
}

METHOD(kupf_inbox_t, next, wire_packet_status_t,
	private_kupf_inbox_t *this, wire_octets_t *packet)
{
	wire_packet_status_t status;
	size_t size;

	status = find(this, packet, &size);
	if (status == WIRE_PACKET_WHOLE)
	{
		this->pos += size;
	}
	return status;
}

METHOD(kupf_inbox_t, destroy, void,
	private_kupf_inbox_t *this)
{
	kupf_secret_free(this->buf, this->room);
	free(this);
}

/*
 * Described in header
 */
kupf_inbox_t *kupf_inbox_create()
{
	private_kupf_inbox_t *this;

	INIT(this,
		.public = {
			.read = _read_,
			.next = _next,
			.has_more = _has_more,
			.wipe = _wipe,
			.destroy = _destroy,
		},
	);

	return &this->public;
}
