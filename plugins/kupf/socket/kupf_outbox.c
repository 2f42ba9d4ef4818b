/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_outbox.h"
#include "kupf/keys/kupf_secret.h"

#include <errno.h>
#include <sys/socket.h>

/** Least room, octets */
#define ROOM_MIN (4096 - KUPF_SECRET_HEAD)

/** Room, octets, that is kept when everything is sent */
#define ROOM_KEPT (64 * 1024)

typedef struct private_kupf_outbox_t private_kupf_outbox_t;

/**
 * Private data of an outbox.
 */
struct private_kupf_outbox_t {
	/** public interface */
	kupf_outbox_t public;
	/** octets, from kupf_secret_alloc() if there may be keys in it */
	uint8_t *buf;
	/** octets that were sent */
	size_t pos;
	/** octets in all */
	size_t len;
	/** room for octets */
	size_t room;
	/** whether there may be keys in it */
	bool secret;
};

/**
 * Give the room back.
 */
static void free_room(private_kupf_outbox_t *this)
{
	if (this->secret)
	{
		kupf_secret_free(this->buf, this->room);
	}
	else
	{
		free(this->buf);
	}
	this->buf = NULL;
	this->room = 0;
}

/**
 * Have room for so many octets, with those that there are.
 */
static bool grow(private_kupf_outbox_t *this, size_t room)
{
	uint8_t *buf;

	if (!this->secret)
	{
		buf = realloc(this->buf, room);
	}
	else
	{
		room = max(room, ROOM_MIN);
		buf = kupf_secret_alloc(room);
		if (buf && this->len)
		{
			memcpy(buf, this->buf, this->len);
		}
		if (buf)
		{
			free_room(this);
		}
	}
	if (!buf)
	{
		return FALSE;
	}
	this->buf = buf;
	this->room = room;
	return TRUE;
}

/**
 * Wipe octets that are not needed any more.
 */
static void wipe(private_kupf_outbox_t *this, size_t from, size_t len)
{
	if (this->secret && len)
	{
		memwipe(this->buf + from, len);
	}
}

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
			wipe(this, this->len, this->pos);
		}
		this->pos = 0;
	}
}

METHOD(kupf_outbox_t, add, bool,
	private_kupf_outbox_t *this, wire_octets_t data)
{
	if (this->len + data.len > this->room)
	{
		compact(this);
	}
	if (this->len + data.len > this->room &&
		!grow(this, max(2 * this->room, this->len + data.len)))
	{
		return FALSE;
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
		wipe(this, 0, this->len);
		this->pos = this->len = 0;
		if (this->room > ROOM_KEPT)
		{
			free_room(this);
		}
	}
	return TRUE;
}

METHOD(kupf_outbox_t, destroy, void,
	private_kupf_outbox_t *this)
{
	free_room(this);
	free(this);
}

/*
 * Described in header
 */
kupf_outbox_t *kupf_outbox_create(bool secret)
{
	private_kupf_outbox_t *this;

	INIT(this,
		.public = {
			.get_len = _get_len,
			.add = _add,
			.send = _send_,
			.destroy = _destroy,
		},
		.secret = secret,
	);

	return &this->public;
}
