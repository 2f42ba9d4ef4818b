/* SPDX-License-Identifier: MIT */

#include "n4_exchanges.h"

#include <stdlib.h>

/** Buckets, a power of two: sequence numbers have 24 bits, so that nobody gets
 * more than 256 of a peer's into one */
#define BUCKETS 65536

typedef struct peer_t peer_t;

/**
 * Exchanges of the same peers, in one direction.
 */
struct peer_t {
	/** oldest and newest one */
	n4_exchange_t *first, *last;
	/** those whose response is kept, the oldest one first */
	n4_exchange_t *kept_first, *kept_last;
	/** exchanges */
	size_t count;
	/** octets of responses */
	size_t octets;
};

/**
 * Private data.
 */
struct n4_exchanges_t {
	/** buckets */
	n4_exchange_t *buckets[BUCKETS];
	/** oldest and newest one */
	n4_exchange_t *first, *last;
	/** the one that has waited longest, and shortest */
	n4_exchange_t *waits_first, *waits_last;
	/** those of each SMF, and of the UPF with it */
	peer_t peers[KUPF_N4_SMFS][2];
	/** most exchanges, and octets, of one of them */
	size_t max, max_octets;
	/** exchanges, and octets of responses */
	size_t count, octets;
	/** exchanges that went before their time */
	uint64_t forgotten;
	/** where contents are from */
	n4_pages_t *pages;
	/** called with each that is forgotten */
	n4_exchange_end_t end;
	/** for end */
	void *user;
};

/**
 * Get the bucket of an exchange.
 */
static n4_exchange_t **bucket(n4_exchanges_t *self, unsigned int smf,
							  bool from_upf, uint32_t sequence)
{
	uint32_t hash = (2 * (sequence + smf * 0x9e3779b9) + from_upf) * 0x85ebca6b;

	return &self->buckets[hash >> 8 & (BUCKETS - 1)];
}

/*
 * Described in header
 */
n4_exchanges_t *n4_exchanges_create(n4_pages_t *pages, size_t max,
									size_t octets, n4_exchange_end_t end,
									void *user)
{
	n4_exchanges_t *self = calloc(1, sizeof(*self));

	if (self)
	{
		self->max = max;
		self->max_octets = octets;
		self->pages = pages;
		self->end = end;
		self->user = user;
	}
	return self;
}

/*
 * Described in header
 */
void n4_exchanges_destroy(n4_exchanges_t *self)
{
	while (self && self->first)
	{
		n4_exchanges_forget(self, self->first);
	}
	free(self);
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_find(n4_exchanges_t *self, unsigned int smf,
								 bool from_upf, uint32_t sequence)
{
	n4_exchange_t *exchange = *bucket(self, smf, from_upf, sequence);

	while (exchange &&
		   (exchange->smf != smf || exchange->from_upf != from_upf ||
			exchange->sequence != sequence))
	{
		exchange = exchange->chained;
	}
	return exchange;
}

/**
 * Get those of the same peers.
 */
static peer_t *peer_of(n4_exchanges_t *self, const n4_exchange_t *exchange)
{
	return &self->peers[exchange->smf][exchange->from_upf];
}

/**
 * Add an exchange that is not there.
 */
static n4_exchange_t *add(n4_exchanges_t *self, unsigned int smf,
						  bool from_upf, const n4_message_t *request)
{
	n4_exchange_t *exchange = calloc(1, sizeof(*exchange)), **to;
	peer_t *peer = &self->peers[smf][from_upf];

	if (exchange)
	{
		exchange->smf = smf;
		exchange->from_upf = from_upf;
		exchange->sequence = request->sequence;
		exchange->type = request->type;
		exchange->seid = request->seid;
		to = bucket(self, smf, from_upf, request->sequence);
		exchange->chained = *to;
		*to = exchange;
		exchange->before = self->last;
		*(self->last ? &self->last->after : &self->first) = exchange;
		self->last = exchange;
		self->count++;
		exchange->peer_before = peer->last;
		*(peer->last ? &peer->last->peer_after : &peer->first) = exchange;
		peer->last = exchange;
		peer->count++;
	}
	return exchange;
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_begin(n4_exchanges_t *self, unsigned int smf,
								  bool from_upf, const n4_message_t *request,
								  uint64_t digest, uint64_t now)
{
	peer_t *peer = &self->peers[smf][from_upf];
	n4_exchange_t *exchange;

	n4_exchanges_age(self, now);
	exchange = n4_exchanges_find(self, smf, from_upf, request->sequence);
	if (exchange)
	{
		n4_exchanges_forget(self, exchange);
	}
	if (peer->count >= self->max)
	{
		self->forgotten++;
		n4_exchanges_forget(self, peer->first);
	}
	exchange = add(self, smf, from_upf, request);
	if (exchange)
	{
		exchange->digest = digest;
		exchange->end = now + N4_EXCHANGE_LIFE;
	}
	return exchange;
}

/**
 * Give up the response of an exchange, if it has one.
 */
static void drop_response(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_exchange_t *before = exchange->kept_before, *after = exchange->kept_after;
	peer_t *peer = peer_of(self, exchange);

	if (exchange->response)
	{
		*(before ? &before->kept_after : &peer->kept_first) = after;
		*(after ? &after->kept_before : &peer->kept_last) = before;
		exchange->kept_before = exchange->kept_after = NULL;
		peer->octets -= exchange->room;
		self->octets -= exchange->room;
		free(exchange->response);
		exchange->response = NULL;
	}
}

/*
 * Described in header
 */
bool n4_exchanges_keep(n4_exchanges_t *self, n4_exchange_t *exchange,
					   wire_octets_t response, size_t more)
{
	peer_t *peer = peer_of(self, exchange);

	drop_response(self, exchange);
	exchange->response = malloc(response.len + more);
	if (!exchange->response)
	{
		return false;
	}
	memcpy(exchange->response, response.ptr, response.len);
	exchange->received = exchange->len = response.len;
	exchange->room = response.len + more;
	exchange->kept_before = peer->kept_last;
	*(peer->kept_last ? &peer->kept_last->kept_after : &peer->kept_first) =
																	exchange;
	peer->kept_last = exchange;
	peer->octets += exchange->room;
	self->octets += exchange->room;
	while (peer->octets > self->max_octets && peer->kept_first != exchange)
	{
		self->forgotten++;
		n4_exchanges_forget(self, peer->kept_first);
	}
	return true;
}

/*
 * Described in header
 */
void n4_exchanges_drop_content(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_pages_give(self->pages, exchange->content);
	exchange->content = NULL;
}

/*
 * Described in header
 */
void n4_exchanges_forget(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	peer_t *peer = peer_of(self, exchange);
	n4_exchange_t **at;

	self->end(self->user, exchange);
	n4_exchanges_answered(self, exchange);
	at = bucket(self, exchange->smf, exchange->from_upf, exchange->sequence);
	while (*at != exchange)
	{
		at = &(*at)->chained;
	}
	*at = exchange->chained;
	*(exchange->before ? &exchange->before->after : &self->first) =
															exchange->after;
	*(exchange->after ? &exchange->after->before : &self->last) =
															exchange->before;
	self->count--;
	*(exchange->peer_before ? &exchange->peer_before->peer_after :
							  &peer->first) = exchange->peer_after;
	*(exchange->peer_after ? &exchange->peer_after->peer_before :
							 &peer->last) = exchange->peer_before;
	peer->count--;
	n4_exchanges_drop_content(self, exchange);
	drop_response(self, exchange);
	free(exchange);
}

/*
 * Described in header
 */
void n4_exchanges_forget_smf(n4_exchanges_t *self, unsigned int smf,
							 const n4_exchange_t *but)
{
	n4_exchange_t *exchange, *after;
	int i;

	for (i = 0; i < 2; i++)
	{
		for (exchange = self->peers[smf][i].first; exchange; exchange = after)
		{
			after = exchange->peer_after;
			if (exchange != but)
			{
				n4_exchanges_forget(self, exchange);
			}
		}
	}
}

/*
 * Described in header
 */
void n4_exchanges_wait(n4_exchanges_t *self, n4_exchange_t *exchange,
					   uint64_t deadline)
{
	exchange->stage = N4_STAGE_WAITING;
	exchange->deadline = deadline;
	exchange->waits_before = self->waits_last;
	*(self->waits_last ? &self->waits_last->waits_after :
						 &self->waits_first) = exchange;
	self->waits_last = exchange;
}

/*
 * Described in header
 */
void n4_exchanges_answered(n4_exchanges_t *self, n4_exchange_t *exchange)
{
	n4_exchange_t *before = exchange->waits_before;
	n4_exchange_t *after = exchange->waits_after;

	if (exchange->stage == N4_STAGE_WAITING)
	{
		*(before ? &before->waits_after : &self->waits_first) = after;
		*(after ? &after->waits_before : &self->waits_last) = before;
		exchange->waits_before = exchange->waits_after = NULL;
	}
	exchange->stage = N4_STAGE_ANSWERED;
}

/*
 * Described in header
 */
n4_exchange_t *n4_exchanges_overdue(n4_exchanges_t *self, uint64_t now)
{
	n4_exchange_t *first = self->waits_first;

	return first && first->deadline <= now ? first : NULL;
}

/*
 * Described in header
 */
void n4_exchanges_age(n4_exchanges_t *self, uint64_t now)
{
	while (self->first && self->first->end <= now)
	{
		n4_exchanges_forget(self, self->first);
	}
}

/*
 * Described in header
 */
void n4_exchanges_count(const n4_exchanges_t *self, uint64_t *exchanges,
						uint64_t *octets, uint64_t *forgotten)
{
	*exchanges = self->count;
	*octets = self->octets;
	*forgotten = self->forgotten;
}

/*
 * Described in header
 */
uint64_t n4_exchanges_next(const n4_exchanges_t *self)
{
	uint64_t next = self->first ? self->first->end : UINT64_MAX;

	return self->waits_first && self->waits_first->deadline < next ?
		   self->waits_first->deadline : next;
}
