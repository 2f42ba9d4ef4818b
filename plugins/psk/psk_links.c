/* SPDX-License-Identifier: MIT */

#include "psk_links.h"

#include <stdlib.h>
#include <string.h>

/** Buckets at first, a power of two */
#define BUCKETS_MIN 64

static void ring_init(psk_node_t *ring)
{
	ring->next = ring->prev = ring;
}

/**
 * FNV-1a: names are those of the SMF side.
 */
static size_t hash_session(const char *session)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *session; session++)
	{
		hash = (hash ^ (uint8_t)*session) * 0x100000001b3;
	}
	return hash ^ (hash >> 32);
}

static psk_link_t **bucket_by_id(psk_links_t *self, uint64_t id)
{
	return &self->by_id[id & (self->size - 1)];
}

static psk_link_t **bucket_by_session(psk_links_t *self, const char *session)
{
	return &self->by_session[hash_session(session) & (self->size - 1)];
}

/**
 * Put a connection into its buckets.
 */
static void put(psk_links_t *self, psk_link_t *link)
{
	psk_link_t **bucket;

	bucket = bucket_by_id(self, link->id);
	link->next_by_id = *bucket;
	*bucket = link;
	bucket = bucket_by_session(self, link->session);
	link->next_by_session = *bucket;
	*bucket = link;
}

/**
 * Double the buckets.
 */
static bool grow(psk_links_t *self)
{
	psk_links_t old = *self;
	psk_link_t *link;
	size_t i;

	self->size = old.size ? 2 * old.size : BUCKETS_MIN;
	self->by_id = calloc(self->size, sizeof(psk_link_t*));
	self->by_session = calloc(self->size, sizeof(psk_link_t*));
	if (!self->by_id || !self->by_session)
	{
		free(self->by_id);
		free(self->by_session);
		self->by_id = old.by_id;
		self->by_session = old.by_session;
		self->size = old.size;
		return false;
	}
	for (i = 0; i < old.size; i++)
	{
		while ((link = old.by_id[i]))
		{
			old.by_id[i] = link->next_by_id;
			put(self, link);
		}
	}
	free(old.by_id);
	free(old.by_session);
	return true;
}

/*
 * Described in header
 */
void psk_links_init(psk_links_t *self)
{
	memset(self, 0, sizeof(*self));
	ring_init(&self->ending);
	ring_init(&self->untold);
}

/*
 * Described in header
 */
void psk_links_deinit(psk_links_t *self)
{
	psk_link_t *link;
	size_t i;

	for (i = 0; i < self->size; i++)
	{
		while ((link = self->by_id[i]))
		{
			self->by_id[i] = link->next_by_id;
			free(link);
		}
	}
	free(self->by_id);
	free(self->by_session);
}

/*
 * Described in header
 */
bool psk_links_add(psk_links_t *self, psk_link_t *link)
{
	if (self->count >= self->size && !grow(self) && !self->size)
	{
		return false;
	}
	ring_init(&link->ending);
	ring_init(&link->untold);
	put(self, link);
	self->count++;
	return true;
}

/*
 * Described in header
 */
psk_link_t *psk_links_find(psk_links_t *self, uint64_t id)
{
	psk_link_t *link;

	link = self->size ? *bucket_by_id(self, id) : NULL;
	while (link && link->id != id)
	{
		link = link->next_by_id;
	}
	return link;
}

/*
 * Described in header
 */
void psk_links_remove(psk_links_t *self, psk_link_t *link)
{
	psk_link_t **pos;

	for (pos = bucket_by_id(self, link->id); *pos != link;
		 pos = &(*pos)->next_by_id)
	{
		/* it is there */
	}
	*pos = link->next_by_id;
	for (pos = bucket_by_session(self, link->session); *pos != link;
		 pos = &(*pos)->next_by_session)
	{
		/* it is there */
	}
	*pos = link->next_by_session;
	psk_links_move(NULL, &link->ending);
	psk_links_move(NULL, &link->untold);
	self->count--;
	free(link);
}

/*
 * Described in header
 */
psk_link_t *psk_links_next(psk_links_t *self, const char *session,
						   psk_link_t *link)
{
	if (link)
	{
		link = link->next_by_session;
	}
	else
	{
		link = self->size ? *bucket_by_session(self, session) : NULL;
	}
	while (link && strcmp(link->session, session))
	{
		link = link->next_by_session;
	}
	return link;
}

/*
 * Described in header
 */
void psk_links_move(psk_node_t *ring, psk_node_t *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	ring_init(node);
	if (ring)
	{
		node->next = ring;
		node->prev = ring->prev;
		ring->prev->next = node;
		ring->prev = node;
	}
}

/*
 * Described in header
 */
bool psk_links_is_empty(const psk_node_t *ring)
{
	return ring->next == ring;
}

/*
 * Described in header
 */
void psk_links_retell(psk_links_t *self)
{
	psk_link_t *link;
	size_t i;

	for (i = 0; i < self->size; i++)
	{
		for (link = self->by_id[i]; link; link = link->next_by_id)
		{
			psk_links_move(&self->untold, &link->untold);
		}
	}
}
