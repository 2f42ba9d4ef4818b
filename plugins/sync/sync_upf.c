/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_upf.h"
#include "sync_load.h"
#include "sync_log.h"

#include <stdlib.h>

/** Most events of a step */
#define EVENTS_MAX 1000

/*
 * Described in header
 */
void sync_upf_init(sync_upf_t *self, sync_engine_t *engine,
				   sync_apply_t *apply)
{
	self->engine = engine;
	self->apply = apply;
	self->tunnels = sync_tunnels_create(engine->config->upf);
	sync_events_register(&self->events, apply->client, engine->config->fetch);
}

/*
 * Described in header
 */
void sync_upf_deinit(sync_upf_t *self)
{
	sync_events_clear(&self->events);
	if (self->tunnels)
	{
		sync_tunnels_destroy(self->tunnels);
	}
}

/*
 * Described in header
 */
void sync_upf_lose_charon(sync_upf_t *self)
{
	self->known = false;
	sync_events_clear(&self->events);
}

/*
 * Described in header
 */
void sync_upf_look(sync_upf_t *self)
{
	if (!self->known)
	{
		self->known = sync_load_tunnels(self->apply->client, self->engine,
										&self->tunnels);
	}
}

/**
 * Answer a request for a key.
 */
static void answer(sync_upf_t *self, const sync_event_t *event)
{
	wire_octets_t id = wire_octets(event->text, event->len);
	char name[SYNC_NAME_MAX + 1];
	sync_entry_t entry;

	switch (sync_store_find(self->engine, id, name, &entry))
	{
		case SYNC_DONE:
			sync_apply_answer(self->apply, id, name, &entry);
			sync_entry_wipe(&entry);
			break;
		case SYNC_NONE:
			sync_apply_answer(self->apply, id, NULL, NULL);
			break;
		case SYNC_UNREADABLE:
			self->apply->unreadable++;
			sync_say_some("session '%s': its record cannot be opened", name);
			break;
		default:
			/* it may come, or somebody else may know */
			break;
	}
}

/**
 * Deal with an event.
 */
static void take_event(sync_upf_t *self, const sync_event_t *event)
{
	wire_octets_t text = wire_octets(event->text, event->len);

	switch (event->kind)
	{
		case SYNC_TUNNEL_UP:
			sync_tunnels_up(self->tunnels, text, event->unique_id,
							event->told + self->engine->offset);
			break;
		case SYNC_TUNNEL_DOWN:
			sync_tunnels_down(self->tunnels, text, event->unique_id);
			break;
		default:
			answer(self, event);
			break;
	}
}

/*
 * Described in header
 */
void sync_upf_take_events(sync_upf_t *self)
{
	sync_event_t *event;
	unsigned int i;

	if (self->events.lost)
	{
		self->events.lost = false;
		self->known = false;
	}
	for (i = 0; i < EVENTS_MAX && (event = sync_events_take(&self->events));
		 i++)
	{
		take_event(self, event);
		free(event);
	}
}

/**
 * Say that a UE has come here.
 *
 * @return			FALSE if the engine is gone
 */
static bool claim(void *user, sync_tunnel_t *tunnel)
{
	sync_upf_t *self = user;
	bool won;

	if (sync_store_claim(self->engine, tunnel->session, tunnel->since,
						 &won) != SYNC_DONE)
	{
		return false;
	}
	tunnel->claimed = true;
	if (!won)
	{
		sync_say_some("session '%s': its UE has come to another UPF since",
					  tunnel->session);
		sync_apply_close(self->apply, tunnel->session, tunnel->unique_id);
	}
	return true;
}

/*
 * Described in header
 */
void sync_upf_claim(sync_upf_t *self)
{
	sync_tunnels_unclaimed(self->tunnels, claim, self);
}

/*
 * Described in header
 */
void sync_upf_claimed(sync_upf_t *self, wire_octets_t session,
					  wire_octets_t claimed)
{
	char upf[SYNC_GROUP_MAX + 1];
	sync_tunnel_t *tunnel;
	int64_t since;

	tunnel = sync_tunnels_get(self->tunnels, session);
	since = sync_store_read_claim(claimed, upf);
	if (tunnel && since >= 0 &&
		sync_tunnels_is_older(self->tunnels, tunnel, since, upf))
	{
		sync_say_some("session '%s': its UE is at UPF %s now", tunnel->session,
					  upf);
		sync_apply_close(self->apply, tunnel->session, tunnel->unique_id);
	}
}
