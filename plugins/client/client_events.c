/* SPDX-License-Identifier: MIT */

#include "client_events.h"

/*
 * Described in header
 */
bool client_events_add(client_events_t *self, const char *name,
					   kupf_client_event_cb_t cb, void *user)
{
	wire_octets_t octets = wire_text(name);
	client_event_t *event;

	if (!octets.len || octets.len > CLIENT_EVENTS_NAME_MAX ||
		!wire_is_name(octets))
	{
		return false;
	}
	/* the first that is not taken has the empty name */
	event = client_events_find(self, octets) ?:
			client_events_find(self, wire_octets(NULL, 0));
	if (!event)
	{
		return false;
	}
	strcpy(event->name, name);
	event->cb = cb;
	event->user = user;
	return true;
}

/*
 * Described in header
 */
client_event_t *client_events_find(client_events_t *self, wire_octets_t name)
{
	size_t i;

	for (i = 0; i < CLIENT_EVENTS_MAX; i++)
	{
		if (wire_equals(name, self->all[i].name))
		{
			return &self->all[i];
		}
	}
	return NULL;
}
