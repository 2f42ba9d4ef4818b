/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_again.h"

#include <stdlib.h>
#include <string.h>

/**
 * Where a name is in the ring.
 */
static char *at(sync_again_t *self, unsigned int i)
{
	return self->names[(self->first + i) % SYNC_AGAIN_MAX];
}

/*
 * Described in header
 */
bool sync_again_is_passing(wire_octets_t cause)
{
	static const char *causes[] = {
		"busy", "identity-in-use", "address-in-use", "no-address",
		"limit-reached",
	};
	unsigned int i;

	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
	{
		if (wire_equals(cause, causes[i]))
		{
			return true;
		}
	}
	return false;
}

/*
 * Described in header
 */
void sync_again_add(sync_again_t *self, wire_octets_t name)
{
	unsigned int i;
	char *to;

	if (name.len > SYNC_NAME_MAX)
	{
		return;
	}
	if (!self->names)
	{
		self->names = calloc(SYNC_AGAIN_MAX, sizeof(*self->names));
	}
	for (i = 0; i < self->count; i++)
	{
		if (wire_equals(name, at(self, i)))
		{
			return;
		}
	}
	if (!self->names || self->count == SYNC_AGAIN_MAX)
	{
		self->overflow = true;
		return;
	}
	to = at(self, self->count++);
	memcpy(to, name.ptr, name.len);
	to[name.len] = '\0';
}

/*
 * Described in header
 */
bool sync_again_take(sync_again_t *self, char *name)
{
	if (!self->count)
	{
		return false;
	}
	strcpy(name, at(self, 0));
	self->first = (self->first + 1) % SYNC_AGAIN_MAX;
	self->count--;
	return true;
}

/*
 * Described in header
 */
void sync_again_clear(sync_again_t *self)
{
	free(self->names);
	*self = (sync_again_t){};
}
