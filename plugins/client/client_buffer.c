/* SPDX-License-Identifier: MIT */

#include "client_buffer.h"

#include <stdlib.h>

/** Least room, octets */
#define ROOM_MIN 4096

/**
 * Move to a greater memory.  No realloc(): it would leave a copy behind.
 */
static bool grow(client_buffer_t *self, size_t need)
{
	size_t room = 2 * self->room;
	uint8_t *buf;

	room = room < ROOM_MIN ? ROOM_MIN : room;
	room = room < need ? need : room;
	room = room > self->max ? self->max : room;
	buf = malloc(room);
	if (!buf)
	{
		return false;
	}
	if (self->end)
	{
		memcpy(buf, self->buf, self->end);
		explicit_bzero(self->buf, self->end);
	}
	free(self->buf);
	self->buf = buf;
	self->room = room;
	return true;
}

/*
 * Described in header
 */
bool client_buffer_reserve(client_buffer_t *self, size_t more)
{
	client_buffer_wipe_taken(self);
	return more <= self->room - self->end ||
		   (more <= self->max - self->end && grow(self, self->end + more));
}

/*
 * Described in header
 */
wire_octets_t client_buffer_get(const client_buffer_t *self)
{
	return wire_octets(self->buf ? self->buf + self->start : NULL,
					   self->end - self->start);
}

/*
 * Described in header
 */
void client_buffer_take(client_buffer_t *self, size_t len)
{
	self->start += len;
}

/*
 * Described in header
 */
void client_buffer_wipe_taken(client_buffer_t *self)
{
	size_t left = self->end - self->start;

	if (!self->start)
	{
		return;
	}
	memmove(self->buf, self->buf + self->start, left);
	explicit_bzero(self->buf + left, self->start);
	self->start = 0;
	self->end = left;
}

/*
 * Described in header
 */
void client_buffer_clear(client_buffer_t *self)
{
	if (self->end)
	{
		explicit_bzero(self->buf, self->end);
	}
	free(self->buf);
	*self = (client_buffer_t){ .max = self->max };
}
