/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_events.h"
#include "sync_engine.h"

#include <stdlib.h>

/**
 * Find what an event is about.
 */
static bool read_event(wire_octets_t name, const wire_reader_t *message,
					   sync_event_kind_t *kind, uint64_t *unique_id,
					   wire_octets_t *text)
{
	wire_octets_t number;

	*unique_id = 0;
	if (wire_equals(name, "key-request"))
	{
		*kind = SYNC_KEY_REQUEST;
		return wire_reader_find(message, "ue-id", text);
	}
	*kind = wire_equals(name, "tunnel-up") ? SYNC_TUNNEL_UP : SYNC_TUNNEL_DOWN;
	return wire_reader_find(message, "session", text) &&
		   wire_reader_find(message, "unique-id", &number) &&
		   wire_number(number, UINT32_MAX, unique_id);
}

/**
 * An event has come.
 */
static void on_event(void *user, wire_octets_t name,
					 const wire_reader_t *message)
{
	sync_events_t *self = user;
	sync_event_kind_t kind;
	sync_event_t *event;
	wire_octets_t text;
	uint64_t unique_id;

	if (!read_event(name, message, &kind, &unique_id, &text))
	{
		return;
	}
	event = self->count < SYNC_EVENTS_MAX && text.len < SYNC_ID_SIZE ?
			malloc(sizeof(*event) + text.len) : NULL;
	if (!event)
	{
		self->lost = true;
		return;
	}
	*event = (sync_event_t){
		.kind = kind,
		.unique_id = unique_id,
		.told = sync_engine_now(),
		.len = text.len,
	};
	memcpy(event->text, text.ptr, text.len);
	if (!self->first)
	{
		self->last = &self->first;
	}
	*self->last = event;
	self->last = &event->next;
	self->count++;
}

/*
 * Described in header
 */
void sync_events_register(sync_events_t *self, kupf_client_t *client, bool keys)
{
	kupf_client_register(client, "tunnel-up", on_event, self);
	kupf_client_register(client, "tunnel-down", on_event, self);
	if (keys)
	{
		kupf_client_register(client, "key-request", on_event, self);
	}
}

/*
 * Described in header
 */
sync_event_t *sync_events_take(sync_events_t *self)
{
	sync_event_t *event = self->first;

	if (event)
	{
		self->first = event->next;
		self->count--;
	}
	return event;
}

/*
 * Described in header
 */
void sync_events_clear(sync_events_t *self)
{
	sync_event_t *event;

	while ((event = sync_events_take(self)))
	{
		free(event);
	}
	self->lost = false;
}
