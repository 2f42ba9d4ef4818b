/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_outbox.h"

#include <errno.h>
#include <sys/socket.h>

/** Room, octets, that is kept when everything is sent */
#define ROOM_KEPT (64 * 1024)

typedef struct private_kupf_outbox_t private_kupf_outbox_t;

/**
 * Private data of an outbox.
 */
struct private_kupf_outbox_t {
	/** public interface */
	kupf_outbox_t public;
	/** octets */
	uint8_t *buf;
	/** octets that were sent */
	size_t pos;
	/** octets in all */
	size_t len;
	/** room for octets */
	size_t room;
};

METHOD(kupf_outbox_t, get_len, size_t,
	private_kupf_outbox_t *this)
{
	return this->len - this->pos;
}

/**
 * Move octets to the begin of the room, unless those are more than were sent:
 * so what is moved never is more than what is sent.
 */
static void compact(private_kupf_outbox_t *this)
{
	if (this->pos >= get_len(this))
	{
		this->len -= this->pos;
		if (this->len)
		{
			memmove(this->buf, this->buf + this->pos, this->len);
		}
		this->pos = 0;
	}
}

METHOD(kupf_outbox_t, add, bool,
	private_kupf_outbox_t *this, wire_octets_t data)
{
	uint8_t *buf;
	size_t room;

	if (this->len + data.len > this->room)
	{
		compact(this);
	}
	if (this->len + data.len > this->room)
	{
		room = max(2 * this->room, this->len + data.len);
		buf = realloc(this->buf, room);
		if (!buf)
		{
			return FALSE;
		}
		this->buf = buf;
		this->room = room;
	}
	memcpy(this->buf + this->len, data.ptr, data.len);
	this->len += data.len;
	return TRUE;
}

METHOD(kupf_outbox_t, send_, bool,
	private_kupf_outbox_t *this, int fd)
{
	ssize_t len;

	if (get_len(this))
	{
		len = send(fd, this->buf + this->pos, get_len(this), MSG_NOSIGNAL);
		if (len < 0)
		{
			return errno == EAGAIN || errno == EINTR;
		}
		this->pos += len;
	}
	if (!get_len(this))
	{
		this->pos = this->len = 0;
		if (this->room > ROOM_KEPT)
		{
			free(this->buf);
			this->buf = NULL;
			this->room = 0;
		}
	}
	return TRUE;
}

METHOD(kupf_outbox_t, destroy, void,
	private_kupf_outbox_t *this)
{
	free(this->buf);
	free(this);
}

/*
 * Described in header
 */
kupf_outbox_t *kupf_outbox_create()
{
	private_kupf_outbox_t *this;

	INIT(this,
		.public = {
			.get_len = _get_len,
			.add = _add,
			.send = _send_,
			.destroy = _destroy,
		},
	);

	return &this->public;
}
